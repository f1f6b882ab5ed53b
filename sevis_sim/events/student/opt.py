"""OPTEmployment/Add, Cancel and Edit: optional practical training, which the school recommends and USCIS decides on.

Order of the rules: what this visa type needs, the level, the day of the request; whether the same stands there already;
the dates against each other and against the program; the overlap with other employment; the employers last. F-1
students train before or after the end of their program, M-1 students only after it.
"""

from datetime import timedelta

from sevis_sim.domain.document import present, value
from sevis_sim.domain.records import ACTIVE, Record
from sevis_sim.events import days
from sevis_sim.events.declare import Broken, Case, Event, broken, rule
from sevis_sim.events.student import education, employers, requests, segments
from sevis_sim.events.student.practical_training import (
    FAMILY,
    POST_COMPLETION,
    PRE_COMPLETION,
    extension_of,
    is_extension,
)

REQUEST_DAYS = 60
"""Until how long after the end of the program OPT can be asked for (error-codes.csv S1038)."""
M1_REQUEST_DAYS = 90
"""The same before it, for M-1 (error-codes.csv S1046)."""
START_DAYS = 61
"""How long after the end of the program a post-completion OPT starts at the latest (error-codes.csv S1121)."""
END_MONTHS = 14
"""How long after the end of the program it ends at the latest (error-codes.csv S1020)."""


def _completion(case: Case) -> str:
    """Return the completion type, which for M-1 can only be the second."""
    return POST_COMPLETION if education.visa(case) == education.M1 else value(case.event, "CompletionType")


@rule("S1127")
def completion_type_for_f1(case: Case) -> Broken | None:
    """An F-1 student's OPT does not say whether it lies before or after completion."""
    missing = education.visa(case) == education.F1 and not value(case.event, "CompletionType")
    return broken("CompletionType", field="CompletionType") if missing else None


@rule("S1036")
def level_with_opt(case: Case) -> Broken | None:
    """There is no OPT at this education level (`Switches.opt_levels_refused`)."""
    level = value(education.info(case), "EduLevel/Level")
    return broken() if level in case.context.switches.opt_levels_refused else None


@rule("S1038")
def requested_in_time(case: Case) -> Broken | None:
    """The program ended too long ago."""
    _, last = education.program_dates(case)
    return broken() if last and case.context.today > days.later(last, REQUEST_DAYS) else None


@rule("S1046")
def m1_requested_around_the_end(case: Case) -> Broken | None:
    """The end of an M-1 student's program is more than 90 days away."""
    _, last = education.program_dates(case)
    if education.visa(case) != education.M1 or last is None:
        return None
    return broken() if abs(last - case.context.today) > timedelta(days=M1_REQUEST_DAYS) else None


@rule("S1047")
def m1_starts_after_program(case: Case) -> Broken | None:
    """An M-1 student's OPT starts by the end of the program."""
    found, (_, last) = FAMILY.result(case), education.program_dates(case)
    m1 = education.visa(case) == education.M1
    return broken("StartDate") if m1 and found and found.start and last and found.start <= last else None


@rule("S1128")
def ends_before_completion(case: Case) -> Broken | None:
    """A pre-completion OPT ends after the program."""
    found, (_, last) = FAMILY.result(case), education.program_dates(case)
    if _completion(case) != PRE_COMPLETION or found is None or found.end is None or last is None:
        return None
    return broken("EndDate") if found.end > last else None


@rule("S1129")
def starts_after_completion(case: Case) -> Broken | None:
    """A post-completion OPT starts before the end of the program."""
    found, (_, last) = FAMILY.result(case), education.program_dates(case)
    if _completion(case) != POST_COMPLETION or found is None or found.start is None or last is None:
        return None
    return broken("StartDate") if found.start < last else None


@rule("S1121")
def starts_soon_after_completion(case: Case) -> Broken | None:
    """A post-completion OPT of an F-1 student starts too long after the program."""
    found, (_, last) = FAMILY.result(case), education.program_dates(case)
    if value(case.event, "CompletionType") != POST_COMPLETION or found is None or found.start is None or last is None:
        return None
    return broken("StartDate") if found.start > days.later(last, START_DAYS) else None


@rule("S1020")
def ends_soon_after_completion(case: Case) -> Broken | None:
    """A post-completion OPT ends too long after the program."""
    found, (_, last) = FAMILY.result(case), education.program_dates(case)
    if _completion(case) != POST_COMPLETION or found is None or found.end is None or last is None:
        return None
    return broken("EndDate") if found.end > days.shifted(last, months=END_MONTHS) else None


@rule("S1169")
def can_be_updated(case: Case) -> Broken | None:
    """The OPT was denied, withdrawn or cancelled (`Switches.opt_statuses_without_updates`)."""
    found = FAMILY.meant(case, ended=True)
    closed = found and found.status in case.context.switches.opt_statuses_without_updates
    return broken("StartDate") if closed else None


@rule("S1122")
def not_locked(case: Case) -> Broken | None:
    """The OPT is approved, and an element that the decision was about is sent."""
    found = FAMILY.meant(case)
    if found is None or found.status != requests.APPROVED:
        return None
    locked = sorted(case.context.switches.opt_fields_locked_by_approval)
    return next((broken(name, field=name) for name in locked if present(case.event, name)), None)


def cancel(record: Record, case: Case) -> None:
    """Cancel an OPT, and with it its STEM extension."""
    found = FAMILY.meant(case)
    if found is not None and not is_extension(found):
        extension = extension_of(record.data, found)
        if extension is not None:
            extension.node[requests.STATUS] = requests.CANCELED
    segments.cancelled(FAMILY)(record, case)


EVENTS = (
    Event(
        path="OPTEmployment/Add",
        population="student",
        statuses=frozenset({ACTIVE}),
        wrong_status="S1054",
        files=FAMILY.kind,
        rules=(
            completion_type_for_f1,
            level_with_opt,
            requested_in_time,
            m1_requested_around_the_end,
            segments.not_twice(FAMILY),
            segments.in_order("S1039", FAMILY.result),
            segments.starts_within_program("S1137", FAMILY.result),
            m1_starts_after_program,
            ends_before_completion,
            starts_after_completion,
            starts_soon_after_completion,
            ends_soon_after_completion,
            segments.no_overlap("S1044", FAMILY.result, segments.EMPLOYMENTS),
            employers.employer_named(employers.sent),
            *employers.employer_rules(FAMILY.result, employers.sent),
        ),
        apply=segments.added(FAMILY),
        employers=employers.logged,
    ),
    Event(
        path="OPTEmployment/Cancel",
        population="student",
        statuses=frozenset({ACTIVE}),
        wrong_status="S1054",
        rules=(segments.known(FAMILY), segments.before_start("S1095", FAMILY)),
        apply=cancel,
    ),
    Event(
        path="OPTEmployment/Edit",
        population="student",
        statuses=frozenset({ACTIVE}),
        wrong_status="S1054",
        rules=(
            segments.sent_in_order("S1039"),
            segments.known(FAMILY, ended=True),
            can_be_updated,
            segments.before_end("S1123", FAMILY),
            not_locked,
        ),
        apply=segments.edited(FAMILY),
    ),
)
