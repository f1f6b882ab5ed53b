"""Records over the control API: seeing and adding them, and playing the outside world to them."""

from collections.abc import Awaitable, Iterable
from datetime import date
from typing import Any, TypeVar

from aiohttp import web
from pydantic import ValidationError

from sevis_sim.control import models
from sevis_sim.control import record_models as out
from sevis_sim.control.requests import Problem, Resources, body_of, number_of, served_by, system_of
from sevis_sim.control.world import organization_out, version_out
from sevis_sim.domain.document import value
from sevis_sim.domain.facts import facts
from sevis_sim.domain.organizations import Organization, kind_of
from sevis_sim.domain.records import STATUSES, Record
from sevis_sim.domain.systems import PRODUCTION
from sevis_sim.scenarios import Scenario
from sevis_sim.store import StoredRecord, Transaction
from sevis_sim.store.record_dates import RecordDate
from sevis_sim.timeline import outside
from sevis_sim.yamlfile import findings, path_text

T = TypeVar("T")


async def list_records(resources: Resources, request: web.Request) -> list[out.RecordRowOut]:
    """Records by SEVIS ID; filters: organization, status, population; ``after`` is the last SEVIS ID of a page."""
    served, system = served_by(resources, request), (system_of(request) or PRODUCTION).name
    await served.timeline.settle()
    population, status = request.query.get("population"), request.query.get("status")
    if population is not None and population not in STATUSES:
        raise Problem(
            422, "No such population", f"population is {population!r}; expected {', '.join(STATUSES)}", "population"
        )
    limit, after = number_of(request, "limit", 100), request.query.get("after")
    name = served.sandbox.name

    def read(tx: Transaction) -> list[out.RecordRowOut]:
        rows = tx.records.list(
            name,
            system,
            request.query.get("organization"),
            population="student" if population == "student" else "exchangeVisitor" if population else None,
            status=status,
            limit=limit,
            after=(system, after) if after is not None else None,
        )
        dates = tx.record_dates.get_many(name, system, [row.record.sevis_id for row in rows])
        return [_row(row, dates) for row in rows]

    return await resources.store.read(read)


async def show_record(resources: Resources, request: web.Request) -> out.RecordOut:
    """A record as it stands now, and what the calendar will do to it; by the SEVIS ID of anybody in it."""
    served = served_by(resources, request)
    await served.timeline.settle()
    return await _shown(resources, request, request.match_info["sevis_id"])


async def add_records(resources: Resources, request: web.Request) -> list[out.RecordRowOut]:
    """Put records into SEVIS as they are, as a scenario's ``records`` are; all of them or none."""
    served, system = served_by(resources, request), (system_of(request) or PRODUCTION).name
    records = _read((await body_of(request, out.AddRecords)).records)
    await _told(outside.add_records(served, system, records))
    ids = [record.sevis_id for record in records]

    def read(tx: Transaction) -> list[out.RecordRowOut]:
        dates = tx.record_dates.get_many(served.sandbox.name, system, ids)
        return [_row(StoredRecord(system, each, "", 1, None, served.sandbox.now()), dates) for each in records]

    return await resources.store.read(read)


async def tell_facts(resources: Resources, request: web.Request) -> out.RecordOut:
    """Tell what only the outside world knows of a student, an exchange visitor or a dependent of one."""
    served, system = served_by(resources, request), (system_of(request) or PRODUCTION).name
    sevis_id = request.match_info["sevis_id"]
    told = (await body_of(request, out.TellFacts)).facts
    await _told(outside.tell_facts(served, system, sevis_id, told))
    return await _shown(resources, request, sevis_id)


async def take_decision(resources: Resources, request: web.Request) -> out.RecordOut:
    """Take a decision of USCIS on a request of a record."""
    served, system = served_by(resources, request), (system_of(request) or PRODUCTION).name
    sevis_id, body = request.match_info["sevis_id"], await body_of(request, out.TakeDecision)
    deciding = outside.decide(
        served, system, sevis_id, body.request, body.decision, on=body.on, start=body.start, end=body.end
    )
    await _told(deciding)
    return await _shown(resources, request, sevis_id)


async def correct_status(resources: Resources, request: web.Request) -> out.RecordOut:
    """Undo a status as a school or sponsor does in RTI."""
    served, system = served_by(resources, request), (system_of(request) or PRODUCTION).name
    sevis_id, body = request.match_info["sevis_id"], await body_of(request, out.CorrectStatus)
    await _told(outside.correct(served, system, sevis_id, body.status, body.reason))
    return await _shown(resources, request, sevis_id)


async def change_organization(resources: Resources, request: web.Request) -> models.OrganizationOut:
    """Withdraw a school or end a program, or make either active again."""
    served, body = served_by(resources, request), await body_of(request, out.ChangeOrganization)
    changing = outside.set_active(served, request.match_info["org_id"], body.active, end_records=body.endRecords)
    organization: Organization = await _told(changing)
    return organization_out(organization)


async def list_facts(resources: Resources, request: web.Request) -> list[out.FactOut]:
    """Every fact that can be told, with its type and the codes that read it."""
    served_by(resources, request)
    return [
        out.FactOut(
            name=each.name,
            means=each.means,
            expected=each.expected,
            populations=list(each.populations),
            of=list(each.of),
            codes=list(each.codes),
            told_by=each.told_by,
        )
        for each in facts().values()
    ]


async def show_life_cycle(resources: Resources, request: web.Request) -> out.LifeCycleOut:
    """What the calendar does to the records of this sandbox."""
    plan = served_by(resources, request).sandbox.life_cycle
    jobs = [
        out.JobOut(
            name=job.name,
            means=job.means,
            on=job.on,
            days=job.days,
            counts_from=job.counts_from,
            becomes=job.becomes,
            reason=job.reason,
        )
        for job in plan.jobs.values()
    ]
    return out.LifeCycleOut(at=f"{plan.at:%H:%M}", jobs=jobs)


async def _told(telling: Awaitable[T]) -> T:
    try:
        return await telling
    except outside.OutsideError as error:
        status, title = (404, "There is no such thing") if error.missing else (422, "That cannot be told")
        raise Problem(status, title, str(error), error.field) from error


async def _shown(resources: Resources, request: web.Request, sevis_id: str) -> out.RecordOut:
    served, system = served_by(resources, request), (system_of(request) or PRODUCTION).name
    name = served.sandbox.name

    def read(tx: Transaction) -> tuple[models.VersionOut, Record, date | None] | None:
        owner = tx.records.owner(name, system, sevis_id)
        found = tx.records.versions(name, system, owner) if owner else ()
        if not found:
            return None
        last = found[-1]
        batch = tx.batches.get(last.batch_key) if last.batch_key is not None else None
        dates = tx.record_dates.get_many(name, system, [last.record.sevis_id])
        return version_out(last, batch), last.record, dates.get(last.record.sevis_id, RecordDate(None)).since

    shown = await resources.store.read(read)
    if shown is None:
        raise Problem(404, "No such record", f"{system} has no record of {sevis_id}", "sevis_id")
    version, record, since = shown
    upcoming = [out.UpcomingOut(**each) for each in outside.upcoming(served, record, since)]
    return out.RecordOut(**dict(version), upcoming=upcoming)


def _row(stored: StoredRecord, dates: dict[str, RecordDate]) -> out.RecordRowOut:
    record = stored.record
    block = "PersonalInfo" if record.population == "student" else "Biographical"
    names = (value(record.data, f"{block}/FullName/{each}") for each in ("LastName", "FirstName"))
    return out.RecordRowOut(
        sevisID=record.sevis_id,
        system=stored.system,
        organization=record.org_id,
        population=record.population,
        status=record.status,
        level=record.level,
        name=", ".join(filter(None, names)),
        dependents=len(record.dependents),
        facts=record.facts,
        next=dates.get(record.sevis_id, RecordDate(None)).day,
    )


def _read(given: list[dict[str, Any]]) -> list[Record]:
    """Read records as a scenario would; the same things are refused in the same words."""
    orgs: Iterable[str] = dict.fromkeys(each["org"] for each in given if isinstance(each.get("org"), str))
    scenario = {
        "scenario": "added",
        "organizations": [{"id": org} for org in orgs if kind_of(org)],
        "records": _texts(given),
    }
    try:
        return list(Scenario.model_validate(scenario).to_records())
    except ValidationError as error:
        first = next(found for detail in error.errors(include_url=False) for found in findings(detail, Scenario))
        where = path_text(first.path)
        raise Problem(422, "The record is not valid", f"{where}: {first.message}", where) from error


def _texts(given: Any) -> Any:
    """Return JSON values as YAML gives them to a scenario: everything that is no list or mapping is a text."""
    if isinstance(given, dict):
        return {name: _texts(each) for name, each in given.items()}
    if isinstance(given, list):
        return [_texts(each) for each in given]
    if isinstance(given, bool):
        return "true" if given else "false"
    return given if given is None else str(given)
