"""AuthDropBelowFC/*: a student may take less than a full course of study for a while. The school itself approves it.

Order of the rules: for an Edit whether it says anything and whether there is something to edit; the reason; whether the
same stands there already; the dates, S1096 and S1051 first, which S1076, S1077 and S1066 would always forestall
(reference errata 6); the overlap with others last.
"""

from collections.abc import Callable

from sevis_sim.codes import table
from sevis_sim.domain.document import present, value
from sevis_sim.domain.records import ACTIVE
from sevis_sim.events import days
from sevis_sim.events.declare import Broken, Case, Event, Rule, broken, rule
from sevis_sim.events.student import education, requests, segments

PART_TIME_COMMUTER = "07"
_MONTHS = {education.F1: 12, education.M1: 5}
"""Longest authorization in months by visa type (error-codes.csv S1073, S1074)."""

_NEW = {"NewReason": "Reason", "NewStartDate": "StartDate", "NewEndDate": "EndDate"}
FAMILY = segments.Family("AuthDropBelowFC", ("StartDate", "EndDate", "Reason"), "S1070", _NEW)


@rule("S1055")
def reason_for_visa(case: Case) -> Broken | None:
    """The reason is not one for this visa type (code table ``drop-below-reason``)."""
    found = FAMILY.result(case)
    row = table("drop-below-reason").row(value(found.node, "Reason")) if found else None
    allowed = row is None or row["m1" if education.visa(case) == education.M1 else "f1"] == "Y"
    return None if allowed else segments.at(case, "Reason")


@rule("S1087")
def commuters_citizenship(case: Case) -> Broken | None:
    """Reason 07, part-time commuter, for a citizen of neither Canada nor Mexico (`Switches.part_time_commuters`)."""
    found, allowed = FAMILY.result(case), case.context.switches.part_time_commuters
    if found is None or allowed is None or value(found.node, "Reason") != PART_TIME_COMMUTER:
        return None
    citizenship = value(case.after.data, "PersonalInfo/CitizenshipCountryCode")
    return segments.at(case, "Reason") if citizenship and citizenship not in allowed else None


@rule("S1051")
def starts_before_program_ends(case: Case) -> Broken | None:
    """It would start when the program ends, or later."""
    found, (_, last) = FAMILY.result(case), education.program_dates(case)
    return segments.at(case, "StartDate") if found and found.start and last and found.start >= last else None


@rule("S1077")
def end_not_past(case: Case) -> Broken | None:
    """It would have ended before the day of processing."""
    found = FAMILY.result(case)
    return segments.at(case, "EndDate") if found and found.end and found.end < case.context.today else None


def _too_long(visa: str) -> Callable[[Case], Broken | None]:
    def check(case: Case) -> Broken | None:
        """It is longer than students of this visa type may have it."""
        found = FAMILY.result(case)
        if education.visa(case) != visa or found is None or found.start is None or found.end is None:
            return None
        return segments.at(case, "EndDate") if found.end > days.shifted(found.start, months=_MONTHS[visa]) else None

    return check


@rule("S1081")
def something_new(case: Case) -> Broken | None:
    """An Edit brings no new reason, start or end."""
    return None if any(present(case.event, name) for name in _NEW) else broken()


@rule("S1079")
def not_over(case: Case) -> Broken | None:
    """An Edit of an authorization that ended before the day of processing."""
    found = FAMILY.meant(case)
    return broken("EndDate") if found and found.end and found.end < case.context.today else None


@rule("S1078")
def start_not_reached(case: Case) -> Broken | None:
    """A new start for an authorization that has started (sevis-protocol.md §7.1: locked once reached)."""
    found = FAMILY.meant(case)
    reached = found and found.start and found.start <= case.context.today
    return broken("NewStartDate") if reached and present(case.event, "NewStartDate") else None


_REASON = (reason_for_visa, commuters_citizenship)
_DATES = (
    starts_before_program_ends,
    segments.starts_within_program("S1075", FAMILY.result),
    segments.in_order("S1066", FAMILY.result),
    segments.ends_within_program("S1076", FAMILY.result),
    end_not_past,
    Rule("S1073", _too_long(education.F1)),
    Rule("S1074", _too_long(education.M1)),
    segments.no_overlap("S1072", FAMILY.result, (FAMILY.kind,)),
)

EVENTS = (
    Event(
        path="AuthDropBelowFC/Add",
        population="student",
        statuses=frozenset({ACTIVE}),
        wrong_status="S1054",
        rules=(education.program_not_over, *_REASON, segments.not_twice(FAMILY), *_DATES),
        apply=segments.added(FAMILY, requests.APPROVED),
    ),
    Event(
        path="AuthDropBelowFC/Cancel",
        population="student",
        statuses=frozenset({ACTIVE}),
        wrong_status="S1054",
        rules=(segments.known(FAMILY), segments.before_start("S1080", FAMILY)),
        apply=segments.cancelled(FAMILY),
    ),
    Event(
        path="AuthDropBelowFC/Edit",
        population="student",
        statuses=frozenset({ACTIVE}),
        wrong_status="S1054",
        rules=(something_new, segments.known(FAMILY), not_over, start_not_reached, *_REASON, *_DATES),
        apply=segments.edited(FAMILY),
    ),
)
