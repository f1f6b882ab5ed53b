"""Request/CapGapExtension: an F-1 student's status and OPT last until a petition for H-1B is decided.

The record keeps the last status that was sent: F filed, T wait-listed, C cancelled (code table ``cap-gap``). USCIS
decides on the petition, not on this request; that it did is the fact ``changeOfStatus``. Order of the rules: whether
the record and the visa type can have it, the season, the change of status, the status that is stored.
"""

from sevis_sim.domain.document import child, value
from sevis_sim.domain.records import ACTIVE, COMPLETED, Record
from sevis_sim.events import days
from sevis_sim.events.changes import content
from sevis_sim.events.declare import Broken, Case, Event, broken, rule
from sevis_sim.events.student import education, segments

FILED = "F"
WAITLISTED = "T"
CANCELLED = "C"
GRACE_DAYS = 60
"""How long students may stay after program and OPT (sevis-protocol.md §9)."""

_OPEN = frozenset({FILED, WAITLISTED})
_CHANGING = frozenset({"pending", "approved"})


def _stored(case: Case) -> str:
    return value(case.before.data, "Request/CapGapExtension/Status")


@rule("S1054")
def still_in_grace(case: Case) -> Broken | None:
    """The record is Completed, and the days of grace are over (`Switches.cap_gap_after_completion`)."""
    if case.before.status == ACTIVE:
        return None
    _, last = education.program_dates(case)
    training = (one.end for one in segments.segments(case.before.data, "OPTEmployment") if one.open)
    end = max((each for each in (last, *training) if each), default=None)
    in_grace = end is None or case.context.today <= days.later(end, GRACE_DAYS)
    return None if in_grace and case.context.switches.cap_gap_after_completion else broken()


@rule("S1140")
def in_season(case: Case) -> Broken | None:
    """SEVP has not opened cap-gap requests (`Switches.cap_gap_months`)."""
    return None if case.context.today.month in case.context.switches.cap_gap_months else broken()


@rule("S1133")
def no_change_of_status(case: Case) -> Broken | None:
    """A change of status to H-1B is pending or approved."""
    return broken() if case.before.facts.get("changeOfStatus") in _CHANGING else None


@rule("S1134")
def status_is_new(case: Case) -> Broken | None:
    """The request has this status already."""
    sent = value(case.event, "Status")
    return broken("Status", status=sent) if sent == _stored(case) else None


@rule("S1135")
def filed_before(case: Case) -> Broken | None:
    """A status for a request that was never filed, or that is cancelled."""
    return broken("Status") if value(case.event, "Status") != FILED and _stored(case) not in _OPEN else None


def apply(record: Record, case: Case) -> None:
    """Keep the status."""
    record.data["Request"] = child(record.data, "Request") | {"CapGapExtension": content(case.event)}


EVENTS = (
    Event(
        path="Request/CapGapExtension",
        population="student",
        statuses=frozenset({ACTIVE, COMPLETED}),
        wrong_status="S1054",
        rules=(still_in_grace, segments.only_f1, in_season, no_change_of_status, status_is_new, filed_before),
        apply=apply,
    ),
)
