"""The rules of the life cycle: what the calendar makes of a record on a day. Pure functions of record and day.

Each job that ``domain/life_cycle.toml`` declares has one function here, which says from which days it counts for which
part of the record (a dependent's SEVIS ID, a request's reference, or ``""`` for the record itself). Everything else
(statuses, days, new status, reason) is in the declaration.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sevis_sim.domain import facts
from sevis_sim.domain.document import day, value
from sevis_sim.domain.life_cycle import Job, LifeCycle
from sevis_sim.domain.records import ACTIVE, CANCELED, COMPLETED, INITIAL, TERMINATED, HistoryEntry, Record
from sevis_sim.events import changes, days
from sevis_sim.events.people import CHILD, CHILD_AGE_LIMIT
from sevis_sim.events.student import cap_gap, opt_extension, practical_training, requests
from sevis_sim.events.student import status as student_status
from sevis_sim.events.student.education import M1
from sevis_sim.events.student.program import EXTENSION
from sevis_sim.events.student.segments import Segment, segments

CHANGE = "StatusChange"
"""Element of a record's or dependent's data that says what the calendar last did to it, and when."""

_CAP_GAP = frozenset({cap_gap.FILED, cap_gap.WAITLISTED})

Start = tuple[date, str]
"""A day that is counted from, and the part of the record that it is about."""


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """One change that falls due."""

    day: date
    """The Eastern day on which it is made."""
    order: int
    """Place of its job among the declared ones."""
    level: int
    """The education level that it is about."""
    part: str
    """A dependent's SEVIS ID, a request's reference, or ``""``."""
    job: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change that was made."""

    job: str
    sevis_id: str
    """Whose status changed: the principal's or a dependent's."""
    before: str
    after: str
    reason: str
    part: str = ""
    """The request, where it was one."""


def due(record: Record, plan: LifeCycle, since: date | None = None) -> list[Due]:
    """Return everything that the calendar would do to a record as it stands, in the order in which it would.

    Args:
        record: is not changed.
        plan: the jobs to go by.
        since: leave out what would have happened on or before this day: a record that was put into SEVIS with a
            status is taken to have it for a reason.

    """
    jobs = plan.active(record.population)
    order = {name: number for number, name in enumerate(plan.jobs)}
    found: list[Due] = []
    for shown in _levels(record):
        for job in jobs:
            if job.subject != "dependent" and shown.status not in job.statuses:
                continue
            if job.subject == "dependent" and shown.level != record.current_level:
                continue
            for start, part in STARTS[job.name](shown):
                when = job.day(start)
                if since is None or when > since:
                    found.append(Due(when, order[job.name], shown.level, part, job.name))
    return sorted(found)


def next_day(record: Record, plan: LifeCycle, since: date | None = None) -> date | None:
    """Return the first day on which the calendar changes a record as it stands; None if there is none."""
    found = due(record, plan, since)
    return found[0].day if found else None


def run(record: Record, plan: LifeCycle, on: date, instant: datetime, since: date | None = None) -> list[Change]:
    """Do to a record what is due by a day, oldest first; each change is seen by those after it.

    Args:
        record: changed in place; its history gets an entry for each change.
        plan: the jobs to go by.
        on: the Eastern day.
        instant: when it happens, aware; for the history.
        since: as for `due`.

    Returns:
        What was changed; empty if nothing was due.

    """
    done: list[Change] = []
    while True:
        found = due(record, plan, since)
        if not found or found[0].day > on:
            record.settle()
            return done
        done += _apply(record, plan.jobs[found[0].job], found[0], on, instant)


def end(record: Record, status: str, reason: str, code: str, on: date) -> list[tuple[str, str, str]]:
    """End the education level that a record shows, though no batch did, and have its dependents follow.

    Args:
        record: changed in place, as the events ``Status/*`` would.
        status: the new status.
        reason: why, in words.
        code: the same as a code of the table ``student-termination-reason``, where there is one.
        on: the Eastern day.

    Returns:
        SEVIS ID, status before and after of each who changed, the principal first.

    """
    before = [(record.sevis_id, record.status), *((each.sevis_id, each.status) for each in record.dependents)]
    if record.population == "student" and status == TERMINATED:
        words = {"OtherRemarks": reason} if code == student_status.OTHERWISE_FAILING else {}
        student_status.terminate_record(record, {"Reason": code, **words})
    elif record.population == "student" and status == COMPLETED:
        student_status.complete_record(record, {})
    elif record.population == "student" and status == CANCELED:
        student_status.cancel_record(record, {})
    else:
        changes.end(record, status)
    record.data[CHANGE] = _said(reason, on)
    after = [record.status, *(each.status for each in record.dependents)]
    return [(who, old, new) for (who, old), new in zip(before, after, strict=True) if old != new]


def _apply(record: Record, job: Job, item: Due, on: date, instant: datetime) -> list[Change]:
    record.show(item.level)
    record.history.append(HistoryEntry(instant.isoformat(), job.reason, "", item.part, item.level))
    if job.subject == "request":
        request = requests.find(record, item.part)
        before = request.status
        request.node[requests.STATUS] = job.becomes
        request.node[requests.DECISION_DATE] = on.isoformat()
        return [Change(job.name, record.sevis_id, before, job.becomes, job.reason, item.part)]
    if job.subject == "dependent":
        dependent = record.dependent(item.part)
        assert dependent is not None  # noqa: S101 - `due` found them in this record
        before, dependent.status = dependent.status, job.becomes
        dependent.data[CHANGE] = _said(job.reason, on)
        if job.code:
            dependent.data["Termination"] = {"Reason": job.code}
        return [Change(job.name, dependent.sevis_id, before, job.becomes, job.reason)]
    ended = end(record, job.becomes, job.reason, job.code, on)
    record.settle()
    return [Change(job.name, sevis_id, old, new, job.reason) for sevis_id, old, new in ended]


def _said(reason: str, on: date) -> dict[str, str]:
    return {"Reason": reason, "Date": on.isoformat()}


def _levels(record: Record) -> Iterator[Record]:
    """Yield the record once for each education level, showing it; the record itself stays as it is."""
    if not record.levels:
        yield record
        return
    copied = record.copy()
    for number in sorted(record.statuses):
        copied.show(number)
        yield copied


# -- from which day each job counts ------------------------------------------------------------------------------------


def _program_start(record: Record, *, arrived: bool) -> Iterator[Start]:
    path = "EducationalInfo/PrgStartDate" if record.population == "student" else "PrgStartDate"
    start = day(record.data, path)
    if start and facts.true(record.facts, "arrived") is arrived:
        yield start, ""


def _not_arrived(record: Record) -> Iterator[Start]:
    return _program_start(record, arrived=False)


def _arrived(record: Record) -> Iterator[Start]:
    return _program_start(record, arrived=True)


def _next_session(record: Record) -> Iterator[Start]:
    start, end = day(record.data, "Registration/NextSessionStartDate"), day(record.data, "EducationalInfo/PrgEndDate")
    if start and not (end and start > end):
        yield start, ""


def _student_end(record: Record, *, m1: bool) -> Iterator[Start]:
    end = day(record.data, "EducationalInfo/PrgEndDate")
    if end is None or (value(record.data, "PersonalInfo/VisaType") == M1) is not m1:
        return
    end = max([end, *_later_ends(record)])
    if value(record.data, "Request/CapGapExtension/Status") in _CAP_GAP:
        end = max(end, date(end.year, 9, 30))
    yield end, ""


def _later_ends(record: Record) -> Iterator[date]:
    """Yield the ends of OPT and extensions that are approved or wait: a student is not completed before the decision.

    When SEVIS cancelled old requests by a job, it completed records wrongly by that (NAFSA on the 180-day job): while
    a request waits, the end that was asked for counts.
    """
    for one in segments(record.data, practical_training.FAMILY.kind):
        if one.end and one.status in (requests.APPROVED, *requests.WAITING):
            yield one.end
    for request in requests.requests(record, EXTENSION):
        asked = day(request.node, "NewPrgEndDate")
        if asked and request.status in requests.WAITING:
            yield asked


def _approved_opt(record: Record) -> list[Segment]:
    found = segments(record.data, practical_training.FAMILY.kind)
    return [one for one in found if one.status == requests.APPROVED]


def _f1_end(record: Record) -> Iterator[Start]:
    return _student_end(record, m1=False)


def _m1_end(record: Record) -> Iterator[Start]:
    return _student_end(record, m1=True)


def _birthdays(record: Record) -> Iterator[Start]:
    for dependent in record.dependents:
        born = day(dependent.data, "BirthDate")
        if born and value(dependent.data, "Relationship") == CHILD and dependent.status in (INITIAL, ACTIVE):
            yield _birthday(born), dependent.sevis_id


def _birthday(born: date) -> date:
    """Return the 21st birthday; who was born on 29 February has it on 1 March, as `days.age` counts."""
    birthday = days.shifted(born, years=CHILD_AGE_LIMIT)
    return birthday if birthday.day == born.day else days.later(birthday, 1)


def _opt_start(record: Record) -> Iterator[Start]:
    if facts.true(record.facts, "portalEmployer"):
        return
    for one in _approved_opt(record):
        post = value(one.node, "CompletionType") == practical_training.POST_COMPLETION
        extends = practical_training.is_extension(one)
        if one.start and post and not extends and not practical_training.employers(one):
            yield max(one.start, day(one.node, requests.DECISION_DATE) or one.start), ""


def _missing_reports(record: Record) -> Iterator[Start]:
    yield from ((expected, "") for expected in opt_extension.missing_reports(record.data))


def _filed(record: Record) -> Iterator[Start]:
    for request in requests.requests(record):
        if request.filed and request.status in requests.WAITING:
            yield request.filed, request.reference


def _visitor_end(record: Record) -> Iterator[Start]:
    end = day(record.data, "PrgEndDate")
    if end:
        yield end, ""


STARTS: Mapping[str, Callable[[Record], Iterator[Start]]] = {
    "student-canceled": _not_arrived,
    "student-no-show": _arrived,
    "student-failure-to-enroll": _next_session,
    "student-completed": _f1_end,
    "student-m1-completed": _m1_end,
    "student-child-21": _birthdays,
    "opt-unemployment": _opt_start,
    "stem-report": _missing_reports,
    "stale-request": _filed,
    "visitor-invalid": _not_arrived,
    "visitor-no-show": _arrived,
    "visitor-inactive": _visitor_end,
    "visitor-child-21": _birthdays,
}
"""What each job counts from: its start days, each with the part of the record that it is about."""
