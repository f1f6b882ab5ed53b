"""``sevis-sim generate updates``: batches of updates for records that SEVIS knows."""

import sys
from datetime import date as Date  # noqa: N812 - the option is called date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sevis_sim.cli.generate_batches import (
    BatchOption,
    FileOption,
    FormsOption,
    ProfileName,
    ProfileOption,
    SeedOption,
    StateOption,
    day,
    sender,
    write_batches,
)
from sevis_sim.cli.report import (
    EXIT_FINDINGS,
    EXIT_USAGE,
    ControlOption,
    SandboxOption,
    SystemName,
    control_client,
    fail,
    progress,
    run,
    write_output,
)

if TYPE_CHECKING:
    from sevis_sim.client import ControlClient
    from sevis_sim.domain.organizations import Organization
    from sevis_sim.domain.records import Record
    from sevis_sim.generation.updates import Outcome

_PAGE = 500
_Known = tuple[tuple["Organization", ...], list["Record"], Date | None]
"""Organizations, records, and the day that it is there, where that is known."""


def updates(
    state: Annotated[
        Path | None,
        typer.Option("--state", metavar="FILE", help="Scenario with the records. [those of a running simulator]"),
    ] = None,
    event: Annotated[
        list[str] | None,
        typer.Option("--event", metavar="PATH", help="Such as Program/Extension; may be repeated. [all that fit]"),
    ] = None,
    count: Annotated[
        int | None, typer.Option("--count", min=1, metavar="N", help="Most updates to make. [all that fit]")
    ] = None,
    seed: SeedOption = 1,
    date: Annotated[
        str | None,
        typer.Option("--date", metavar="YYYY-MM-DD", help="Day of processing. [by the scenario's clock, or today]"),
    ] = None,
    profile: ProfileOption = ProfileName.typical,
    org: Annotated[str | None, typer.Option("--org", metavar="ORGID", help="Whose records. [the only one's]")] = None,
    user: Annotated[
        str | None, typer.Option("--user", metavar="USERID", help="Who sends them. [its first official]")
    ] = None,
    batch_id: BatchOption = None,
    forms: FormsOption = True,
    control: ControlOption = None,
    sandbox: SandboxOption = None,
    system: Annotated[SystemName, typer.Option("--system", help="Whose records, of a simulator.")] = (
        SystemName.production
    ),
    write_state: StateOption = None,
    output: FileOption = None,
) -> None:
    """Make updates for known records, with values that pass all rules on the day.

    Without --event each record gets every event that its status allows, in an order in which each one succeeds, and
    in the end one that ends the status. What no record could take is told, with the code that stands in the way.

    Examples:
      sevis-sim generate updates --state records.yaml --date 2029-08-20 -o updates.xml
      sevis-sim generate updates --event Registration --event PersonalInfo -o updates.xml
      sevis-sim generate updates --control http://127.0.0.1:8444 --org P-1-12345 --count 50 -o updates.xml

    """
    from sevis_sim.generation.draw import Profile
    from sevis_sim.generation.updates import Outcome, UpdatesMaking, population_of
    from sevis_sim.generation.updates import updates as make

    organizations, records, there = _of_file(state) if state else _of_simulator(control, sandbox, system, org)
    organization = _organization(organizations, records, org)
    whose = population_of(organization)
    mine = [record for record in records if record.org_id == organization.id]
    officials = [each.id for each in organization.officials if each.active]
    if user is None and not officials:
        fail(f"{organization.id} has no active official; name one with --user", EXIT_USAGE)
    today = there if date is None and there is not None else day(date, None, None)
    making = UpdatesMaking(
        organization,
        mine,
        seed,
        today,
        Profile(profile),
        sender(whose, organization.id, user or officials[0], batch_id),
        _events(event, organization),
        count,
        forms,
    )
    outcome = Outcome()
    with progress("updates", len(mine)) as advance:
        batches = make(making, outcome, advance)
        first = next(batches, None)
        if first is None:
            _tell(outcome, making.today)
            fail(f"none of the {len(mine)} records of {organization.id} can have such an update", EXIT_FINDINGS)
        made = sum(outcome.made.values())
        several, keep = made > first.records, write_state is not None
        written = write_batches(_again(first, batches), several, output, "updates", keep)
    _tell(outcome, making.today)
    if write_state is not None:
        from sevis_sim.generation.aftermath import processed
        from sevis_sim.generation.aftermath import state as state_of

        after = processed(organization, written, today, records)
        write_output(state_of(organization, after, today).encode(), write_state)


def _again(first: Any, rest: Any) -> Any:
    yield first
    yield from rest


def _tell(outcome: "Outcome", today: Date) -> None:
    """Say on standard error what was made for which day, and what not."""
    for path, number in outcome.made.items():
        print(f"  {number:>6,}  {path}", file=sys.stderr)
    for path, reason in outcome.refused.items():
        if path not in outcome.made:
            print(f"    none  {path}: {reason}", file=sys.stderr)
    print(f"  for processing on {today}", file=sys.stderr)


def _organization(
    organizations: "tuple[Organization, ...]", records: "list[Record]", org: str | None
) -> "Organization":
    """Return the organization that is meant: as named, else the only one that has records."""
    known = {each.id: each for each in organizations}
    with_records = [each for each in known if any(record.org_id == each for record in records)]
    if org is not None:
        if org not in known:
            fail(f"--org {org}: not there; these are: {', '.join(known) or 'none'}", EXIT_USAGE)
        if org not in with_records:
            fail(f"{org} has no records to update", EXIT_FINDINGS)
        return known[org]
    if not with_records:
        fail("there are no records to update", EXIT_FINDINGS)
    if len(with_records) > 1:
        fail(f"several organizations have records, choose one with --org: {', '.join(with_records)}", EXIT_USAGE)
    return known[with_records[0]]


def _events(given: list[str] | None, organization: "Organization") -> tuple[str, ...]:
    """Return the events asked for, or fail with those that there are."""
    from sevis_sim.clock.hints import did_you_mean
    from sevis_sim.generation.updates import population_of, registered

    known = registered(population_of(organization))
    for path in given or ():
        if path not in known:
            hint = did_you_mean(path, known)
            there = ", ".join(sorted(known))
            fail(f"--event {path}: no event that can be made; there are: {there}{hint}", EXIT_USAGE)
    return tuple(given or ())


def _of_file(file: Path) -> _Known:
    from sevis_sim.clock import Calendar, parse_clock
    from sevis_sim.scenarios import ScenarioError, load_scenario

    try:
        scenario = load_scenario(file)
    except ScenarioError as error:
        fail(str(error), EXIT_USAGE)
    there = Calendar().today(parse_clock(scenario.clock).now()) if scenario.clock else None
    return scenario.to_organizations(), list(scenario.to_records()), there


def _of_simulator(control: str | None, sandbox: str | None, system: SystemName, org: str | None) -> _Known:
    """Ask a running simulator for its organizations, records and day."""
    from datetime import datetime

    from sevis_sim.clock import Calendar

    async def ask() -> tuple[list[Any], list[Any], str]:
        async with control_client(control, sandbox) as client:
            organizations = await client.get("organizations")
            clock = await client.get("clock")
            return organizations, await _records(client, system, org), str(clock["now"])

    organizations, records, now = run(ask())
    there = Calendar().today(datetime.fromisoformat(now))
    return tuple(map(_organization_of, organizations)), list(map(_record_of, records)), there


async def _records(client: "ControlClient", system: SystemName, org: str | None) -> list[Any]:
    """Return all records of a system, one page of the list after the other."""
    query = {"system": system.value, "limit": str(_PAGE)} | ({"organization": org} if org else {})
    found: list[Any] = []
    while True:
        page = await client.get("records", query)
        found += [await client.get(f"records/{row['sevisID']}", {"system": system.value}) for row in page]
        if len(page) < _PAGE:
            return found
        query["after"] = page[-1]["sevisID"]


def _organization_of(answer: Any) -> "Organization":
    from sevis_sim.domain.organizations import Official, Organization

    users = tuple(Official(user["id"], user["role"], user["name"], active=user["active"]) for user in answer["users"])
    return Organization(answer["id"], answer["kind"], answer["name"], active=answer["active"], officials=users)


def _record_of(answer: Any) -> "Record":
    from sevis_sim.domain.records import Dependent, HistoryEntry, Level, Record, Site

    return Record(
        answer["sevisID"],
        answer["organization"],
        answer["population"],
        answer["status"],
        answer["data"],
        [Dependent(each["sevisID"], each["status"], each["data"], each["facts"]) for each in answer["dependents"]],
        [Site(each["siteID"], each["data"]) for each in answer["sites"]],
        answer["facts"],
        [
            HistoryEntry(h["instant"], h["event"], h["batch_id"], h["request_id"], h.get("level", 1))
            for h in answer["history"]
        ],
        answer["level"],
        [Level(each["number"], each["status"], each["data"]) for each in answer["levels"]],
    )
