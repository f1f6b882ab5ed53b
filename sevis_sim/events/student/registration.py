"""Registration: a student is enrolled for a session. An Initial record becomes Active.

At a new education level that makes the old record Deactivated (`changes.activate`).

Order of the rules: the two session dates against each other and today, then against the program, then the accepted
range; contact and addresses last. S1114 comes before S1103 and S1032, which together would always forestall it
(reference errata 6).
"""

from datetime import date

from sevis_sim.domain.document import day, flag
from sevis_sim.domain.records import ACTIVE, OPEN, Record
from sevis_sim.events import days
from sevis_sim.events.changes import activate, content, replace
from sevis_sim.events.declare import Broken, Case, Event, broken, rule
from sevis_sim.events.student import contact, education, person

_SESSION = (
    "LastSession",
    "CurrentSessionStartDate",
    "CurrentSessionEndDate",
    "NextSessionStartDate",
    "StudyResearchAbroad",
    "ThesisDissertation",
)
_CURRENT_END = "CurrentSessionEndDate"
_NEXT_START = "NextSessionStartDate"


def _dates(case: Case) -> tuple[date, date | None]:
    """Return the end of the current session, which the schema demands, and the start of the next."""
    return day(case.event, _CURRENT_END) or date.min, day(case.event, _NEXT_START)


@rule("S1068")
def next_session_iff_not_last(case: Case) -> Broken | None:
    """A next session is needed unless this is the last one, and then must not be given."""
    return broken(_NEXT_START) if bool(flag(case.event, "LastSession")) == (_dates(case)[1] is not None) else None


@rule("S1114")
def next_start_not_past(case: Case) -> Broken | None:
    """The next session started before today."""
    _, start = _dates(case)
    return broken(_NEXT_START) if start and start < case.context.today else None


@rule("S1032")
def current_end_not_past(case: Case) -> Broken | None:
    """The current session ended before today."""
    return broken(_CURRENT_END) if _dates(case)[0] < case.context.today else None


@rule("S1103")
def next_after_current(case: Case) -> Broken | None:
    """The next session starts before the current one ends."""
    end, start = _dates(case)
    return broken(_NEXT_START) if start and start < end else None


@rule("S1115")
def current_end_after_program_start(case: Case) -> Broken | None:
    """The current session ends before the program starts."""
    start, _ = education.program_dates(case)
    return broken(_CURRENT_END) if start and _dates(case)[0] < start else None


@rule("S1116")
def current_end_within_program(case: Case) -> Broken | None:
    """The current session ends after the program."""
    _, end = education.program_dates(case)
    return broken(_CURRENT_END) if end and _dates(case)[0] > end else None


@rule("S1085")
def current_end_in_range(case: Case) -> Broken | None:
    """The current session ends too far ahead (`Switches.session_range_days`)."""
    limit = case.context.switches.session_range_days
    if limit is None or _dates(case)[0] <= days.later(case.context.today, limit):
        return None
    return broken(_CURRENT_END)


@rule("S1086")
def next_start_in_range(case: Case) -> Broken | None:
    """The next session starts too long after the current one (`Switches.session_range_days`)."""
    limit = case.context.switches.session_range_days
    end, start = _dates(case)
    if limit is None or start is None or start <= days.later(end, limit):
        return None
    return broken(_NEXT_START)


@rule("S1102")
def old_level_ended(case: Case) -> Broken | None:
    """The record at the old education level is still open (`Switches.registration_deactivates_old_level`)."""
    if case.context.switches.registration_deactivates_old_level or case.before.pending_level != case.before.level:
        return None
    return broken() if ACTIVE in case.before.statuses.values() else None


def apply(record: Record, case: Case) -> None:
    """Activate the record, keep the session, merge contact and address."""
    activate(record)
    person.merge_person(record, case.event)
    record.data["Registration"] = {name: inner for name, inner in content(case.event).items() if name in _SESSION}
    replace(record, case.event, ("Remarks",))


EVENTS = (
    Event(
        path="Registration",
        population="student",
        statuses=OPEN,
        wrong_status="S1106",
        rules=(
            old_level_ended,
            next_session_iff_not_last,
            next_start_not_past,
            current_end_not_past,
            next_after_current,
            current_end_after_program_start,
            current_end_within_program,
            current_end_in_range,
            next_start_in_range,
            person.commuter,
            *contact.CONTACT,
            person.EMAIL,
            contact.us_address_needed,
            *person.ADDRESSES,
        ),
        apply=apply,
    ),
)
