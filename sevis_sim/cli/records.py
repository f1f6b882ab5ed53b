"""``sevis-sim record``: see and add records, and play the outside world to them."""

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from sevis_sim.cli.report import (
    EXIT_USAGE,
    Command,
    ControlOption,
    JsonOption,
    SandboxOption,
    SystemName,
    control_client,
    fail,
    run,
    say,
    say_json,
)

app = typer.Typer(
    help="See and add records, and tell SEVIS what only the outside world knows of them.", no_args_is_help=True
)

SystemOption = Annotated[SystemName, typer.Option("--system", help="The SEVIS system that the record is in.")]
SevisId = Annotated[str, typer.Argument(metavar="SEVIS-ID", help="SEVIS ID of a student or exchange visitor.")]
DayOption = Annotated[str | None, typer.Option(metavar="DAY", help="A day such as 2026-03-06.")]


@app.command("list", cls=Command)
def list_records(
    control: ControlOption = None,
    sandbox: SandboxOption = None,
    system: SystemOption = SystemName.production,
    org: Annotated[str | None, typer.Option(metavar="ORG-ID", help="Only records of this organization.")] = None,
    status: Annotated[str | None, typer.Option(help="Only records in this status, such as ACTIVE.")] = None,
    population: Annotated[str | None, typer.Option(help="Only student, or only exchangeVisitor.")] = None,
    after: Annotated[str | None, typer.Option(metavar="SEVIS-ID", help="Only records after this one.")] = None,
    limit: Annotated[int, typer.Option(help="How many records at most.", min=1, max=1000)] = 100,
    json: JsonOption = False,
) -> None:
    """Print records, and the day on which the calendar next changes each.

    Examples:
      sevis-sim record list
      sevis-sim record list --status ACTIVE --org ABC214F00012000 --json

    """
    asked = {"organization": org, "status": status, "population": population, "after": after}
    query = {"system": str(system), "limit": str(limit)} | {name: text for name, text in asked.items() if text}
    rows = run(_get(control, sandbox, "records", query))
    if json:
        say_json(rows)
        return
    for row in rows:
        due = f"  next change {row['next']}" if row["next"] else ""
        say(f"{row['sevisID']}  {row['organization']:<15}  {row['status']:<11}  {row['name'] or '-'}{due}")
    if not rows:
        say("no records")


@app.command(cls=Command)
def show(
    sevis_id: SevisId,
    control: ControlOption = None,
    sandbox: SandboxOption = None,
    system: SystemOption = SystemName.production,
    json: JsonOption = False,
) -> None:
    """Print a record: status, dependents, outside facts, history, and what the calendar will do to it.

    Examples:
      sevis-sim record show N9904705123
      sevis-sim record show N9904705123 --json

    """
    record = run(_get(control, sandbox, _path(sevis_id), {"system": str(system)}))
    if json:
        say_json(record)
        return
    _print(record)


@app.command("facts", cls=Command)
def tell_facts(
    sevis_id: Annotated[
        str | None, typer.Argument(metavar="SEVIS-ID", help="A student, exchange visitor or dependent.")
    ] = None,
    told: Annotated[
        list[str] | None, typer.Argument(metavar="NAME=VALUE", help="Facts to tell; NAME= takes one back.")
    ] = None,
    control: ControlOption = None,
    sandbox: SandboxOption = None,
    system: SystemOption = SystemName.production,
    json: JsonOption = False,
) -> None:
    """Tell what only the outside world knows of a person; without a SEVIS ID, print what can be told.

    Examples:
      sevis-sim record facts
      sevis-sim record facts N9904705123 arrived=2026-03-01 visaIssued=true
      sevis-sim record facts N9904705123 changeOfStatus=pending
      sevis-sim record facts N9904705123 arrived=

    """
    if sevis_id is None:
        known = run(_get(control, sandbox, "facts", {}))
        if json:
            say_json(known)
            return
        for fact in known:
            say(f"{fact['name']:<16} {fact['means']} ({fact['expected']})")
        return
    if not told:
        record = run(_get(control, sandbox, _path(sevis_id), {"system": str(system)}))
    else:
        body = {"facts": dict(_assignment(text) for text in told)}
        record = run(_send("patch", control, sandbox, _path(sevis_id, "facts"), body, system))
    people = [{"sevisID": record["sevisID"], "facts": record["facts"]}, *record["dependents"]]
    person = next((each for each in people if each["sevisID"] == sevis_id), people[0])
    if json:
        say_json({"sevisID": person["sevisID"], "facts": person["facts"]})
        return
    for name, value in person["facts"].items():
        say(f"{name}: {_word(value)}")
    if not person["facts"]:
        say(f"no facts are known of {person['sevisID']}")


@app.command(cls=Command)
def decide(
    sevis_id: SevisId,
    request: Annotated[
        str,
        typer.Argument(
            help="OPTEmployment, OffCampusEmployment, Program/Extension (with [N], where several wait) or "
            "ChangeOfStatus."
        ),
    ],
    decision: Annotated[str, typer.Argument(help="pending, approved, denied or withdrawn.")],
    control: ControlOption = None,
    sandbox: SandboxOption = None,
    system: SystemOption = SystemName.production,
    start: DayOption = None,
    end: DayOption = None,
    on: Annotated[str | None, typer.Option(metavar="DAY", help="Day of the decision; today by default.")] = None,
    json: JsonOption = False,
) -> None:
    """Play USCIS: take a decision on a request. --start and --end are the approved dates, where they differ.

    Examples:
      sevis-sim record decide N9904705123 OPTEmployment approved
      sevis-sim record decide N9904705123 "OPTEmployment[2]" approved --start 2026-06-15 --end 2027-06-14
      sevis-sim record decide N9904705123 ChangeOfStatus pending

    """
    given = {"request": request, "decision": decision.lower(), "on": on, "start": start, "end": end}
    body = {name: text for name, text in given.items() if text is not None}
    record = run(_send("post", control, sandbox, _path(sevis_id, "decisions"), body, system))
    if json:
        say_json(record)
        return
    say(f"{record['sevisID']}: {record['history'][-1]['event']}")


@app.command(cls=Command)
def correct(
    sevis_id: SevisId,
    status: Annotated[str, typer.Argument(help="INITIAL or TERMINATED.")],
    control: ControlOption = None,
    sandbox: SandboxOption = None,
    system: SystemOption = SystemName.production,
    reason: Annotated[str, typer.Option(help="Why, in words.")] = "",
    json: JsonOption = False,
) -> None:
    """Undo a status as a school or sponsor does in RTI: a cancelled student is INITIAL again, for 15 days.

    Examples:
      sevis-sim record correct N9904705123 INITIAL
      sevis-sim record correct N9904705123 TERMINATED --reason "completed by mistake"

    """
    body = {"status": status.upper(), "reason": reason}
    record = run(_send("post", control, sandbox, _path(sevis_id, "corrections"), body, system))
    if json:
        say_json(record)
        return
    say(f"{record['sevisID']}: {record['history'][-1]['event']}")


@app.command(cls=Command)
def add(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="YAML: a record, a list of them, or a scenario; - is standard input.")
    ],
    control: ControlOption = None,
    sandbox: SandboxOption = None,
    system: SystemOption = SystemName.production,
    json: JsonOption = False,
) -> None:
    """Put records into SEVIS, written as a scenario's records are: all of them or none.

    Examples:
      sevis-sim record add student.yaml
      sevis-sim record add - < records.yaml

    """
    rows = run(_send("post", control, sandbox, "records", {"records": _records(file)}, system))
    if json:
        say_json(rows)
        return
    for row in rows:
        say(f"{row['sevisID']} added to {row['organization']}, {row['status']}")


@app.command(cls=Command)
def jobs(control: ControlOption = None, sandbox: SandboxOption = None, json: JsonOption = False) -> None:
    """Print what the calendar does to records here: jobs, days, and which are off.

    Example:  sevis-sim record jobs
    """
    plan = run(_get(control, sandbox, "life-cycle", {}))
    if json:
        say_json(plan)
        return
    for job in plan["jobs"]:
        when = f"{job['days']} days after {job['counts_from']}" if job["on"] else "off"
        say(f"{job['name']:<26}{job['becomes']:<11}{when}")
    say(f"They run at {plan['at']} Eastern.")


async def _get(control: str | None, sandbox: str | None, path: str, query: dict[str, str]) -> Any:
    async with control_client(control, sandbox) as api:
        return await api.get(path, query)


async def _send(
    verb: str, control: str | None, sandbox: str | None, path: str, body: dict[str, Any], system: SystemName
) -> Any:
    async with control_client(control, sandbox) as api:
        call = api.patch if verb == "patch" else api.post
        return await call(path, body, {"system": str(system)})


def _path(*parts: str) -> str:
    return "/".join(["records", *(quote(part, safe="") for part in parts)])


def _assignment(text: str) -> tuple[str, str | None]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        fail(f"{text!r} tells no fact; expected NAME=VALUE, such as arrived=2026-03-01", EXIT_USAGE)
    return name, value or None


def _records(file: Path) -> list[Any]:
    import sys

    from sevis_sim.yamlfile import YamlError, load_file, load_text

    try:
        document = load_text(sys.stdin.read(), "standard input") if str(file) == "-" else load_file(file)
    except YamlError as error:
        fail(str(error), EXIT_USAGE)
    value = document.value
    if isinstance(value, dict) and "records" in value:
        value = value["records"]
    found = value if isinstance(value, list) else [value]
    if not found or not all(isinstance(each, dict) for each in found):
        fail(f"{file}: no record stands here; expected sevisID, org, status and the elements of a create", EXIT_USAGE)
    return found


def _print(record: dict[str, Any]) -> None:
    say(f"{record['sevisID']}  {record['status']}  {record['population']} at {record['organization']}")
    for level in record["levels"]:
        say(f"  education level {level['number']}: {level['status']}")
    for dependent in record["dependents"]:
        known = "".join(f", {name} {_word(value)}" for name, value in dependent["facts"].items())
        say(f"  dependent {dependent['sevisID']}: {dependent['status']}{known}")
    for address in record["addresses"]:
        lines = ", ".join(text for text in (address["corrected"] or {}).values() if text)
        said = f" ({address['message']})" if address["message"] else ""
        say(f"  {address['path']}: {address['result']}{said}{': ' if lines else ''}{lines}")
    for name, value in record["facts"].items():
        say(f"  fact {name}: {_word(value)}")
    for event in record["history"]:
        batch = f" (batch {event['batch_id']})" if event["batch_id"] else ""
        say(f"  {event['instant']}  {event['event']}{batch}")
    for each in record["upcoming"]:
        whose = f" of {each['part']}" if each["part"] else ""
        say(f"  {each['day']}  the calendar: {each['becomes']}{whose}: {each['reason']} ({each['job']})")


def _word(value: Any) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
