"""OffCampusEmployment/*: employment off campus for F-1 students, which USCIS decides on (``requests``).

Order of the rules: the visa type; whether the request exists, and is not over yet, or for an Add whether it exists
already; the dates as the event would leave them; the overlap with other employment last.
"""

from sevis_sim.domain.records import ACTIVE
from sevis_sim.events.declare import Event
from sevis_sim.events.student import segments

FAMILY = segments.Family(
    "OffCampusEmployment",
    ("StartDate", "EndDate", "EmploymentType"),
    "S1069",
    {"NewStartDate": "StartDate", "NewEndDate": "EndDate", "NewEmploymentType": "EmploymentType"},
)

_DATES = (
    segments.in_order("S1039", FAMILY.result),
    segments.ends_within_program("S1050", FAMILY.result),
    segments.no_overlap("S1044", FAMILY.result, segments.EMPLOYMENTS),
)

EVENTS = (
    Event(
        path="OffCampusEmployment/Add",
        population="student",
        statuses=frozenset({ACTIVE}),
        wrong_status="S1054",
        files=FAMILY.kind,
        rules=(segments.only_f1, segments.not_twice(FAMILY), *_DATES),
        apply=segments.added(FAMILY),
    ),
    Event(
        path="OffCampusEmployment/Cancel",
        population="student",
        statuses=frozenset({ACTIVE}),
        wrong_status="S1054",
        rules=(segments.only_f1, segments.known(FAMILY), segments.before_start("S1095", FAMILY)),
        apply=segments.cancelled(FAMILY),
    ),
    Event(
        path="OffCampusEmployment/Edit",
        population="student",
        statuses=frozenset({ACTIVE}),
        wrong_status="S1054",
        rules=(segments.only_f1, segments.known(FAMILY), segments.before_end("S1123", FAMILY), *_DATES),
        apply=segments.edited(FAMILY),
    ),
)
