"""CPTEmployment/*: curricular practical training, which the school itself authorizes for F-1 students.

Order of the rules: the visa type, the school and level, the program; whether the same stands there already; the dates;
the overlap with other employment last.
"""

from sevis_sim.domain.document import value
from sevis_sim.domain.records import ACTIVE
from sevis_sim.events import days
from sevis_sim.events.declare import Broken, Case, Event, broken, rule
from sevis_sim.events.student import education, requests, segments

LANGUAGE_TRAINING = "07"
FAMILY = segments.Family(
    "CPTEmployment", ("StartDate", "EndDate", "FullPartTimeIndicator", "EmployerName"), "S1069", {}
)


def _level(case: Case) -> str:
    return value(education.info(case), "EduLevel/Level")


@rule("S1027")
def no_language_school(case: Case) -> Broken | None:
    """The student is in language training, or the school teaches nothing else."""
    taught = case.context.organization.levels
    return broken() if _level(case) == LANGUAGE_TRAINING or taught == frozenset({LANGUAGE_TRAINING}) else None


@rule("S1031")
def level_with_cpt(case: Case) -> Broken | None:
    """There is no CPT at this education level (`Switches.cpt_levels_refused`)."""
    return broken() if _level(case) in case.context.switches.cpt_levels_refused else None


@rule("S1029")
def at_most_a_year(case: Case) -> Broken | None:
    """It ends later than a year after its start."""
    found = FAMILY.result(case)
    too_long = found and found.start and found.end and found.end > days.shifted(found.start, years=1)
    return broken("EndDate") if too_long else None


EVENTS = (
    Event(
        path="CPTEmployment/Add",
        population="student",
        statuses=frozenset({ACTIVE}),
        wrong_status="S1054",
        rules=(
            segments.only_f1,
            no_language_school,
            level_with_cpt,
            education.program_not_over,
            segments.not_twice(FAMILY),
            segments.in_order("S1039", FAMILY.result),
            at_most_a_year,
            segments.starts_within_program("S1136", FAMILY.result),
            segments.ends_within_program("S1050", FAMILY.result),
            segments.no_overlap("S1044", FAMILY.result, segments.EMPLOYMENTS),
        ),
        apply=segments.added(FAMILY, requests.APPROVED),
    ),
    Event(
        path="CPTEmployment/Cancel",
        population="student",
        statuses=frozenset({ACTIVE}),
        wrong_status="S1054",
        rules=(segments.only_f1, segments.known(FAMILY), segments.before_start("S1095", FAMILY)),
        apply=segments.cancelled(FAMILY),
    ),
)
