"""EducationLevel/*: a student goes on to another education level under the same SEVIS ID.

A change begins a second record, Initial, beside the Active one. It ends with its registration (``registration``),
which deactivates the old record, or by EducationLevel/Cancel. Rules judge the new record.

Order of the rules: whether there can be a change at all, then the program as in a create (``create``), then the money.
"""

from sevis_sim.domain import facts
from sevis_sim.domain.records import ACTIVE, CANCELED, OPEN, Record
from sevis_sim.events.changes import content, end
from sevis_sim.events.declare import Broken, Case, Event, broken, rule
from sevis_sim.events.student import education, finances


@rule("S1083")
def no_change_pending(case: Case) -> Broken | None:
    """A change of education level is pending already."""
    return None if case.before.pending_level is None else broken()


@rule("S1098")
def no_transfer_out(case: Case) -> Broken | None:
    """A transfer to another school is pending."""
    return broken() if facts.true(case.before.facts, "transferOut") else None


@rule("S1101")
def change_pending(case: Case) -> Broken | None:
    """No change of education level is pending."""
    return broken() if case.before.pending_level is None else None


def change(record: Record, case: Case) -> None:
    """Begin the new level."""
    record.begin_level(content(case.event))


def cancel(record: Record, case: Case) -> None:
    """End the new level before it began, and keep the remarks."""
    record.data["Cancellation"] = content(case.event)
    end(record, CANCELED)


EVENTS = (
    Event(
        path="EducationLevel/Cancel",
        population="student",
        statuses=OPEN,
        wrong_status="S1101",
        of_pending_level=True,
        prints="never",
        rules=(change_pending,),
        apply=cancel,
    ),
    Event(
        path="EducationLevel/Change",
        population="student",
        statuses=frozenset({ACTIVE}),
        wrong_status="S1054",
        rules=(
            no_change_pending,
            no_transfer_out,
            *education.PROGRAM,
            finances.dependent_expense_needed,
            finances.funding_covers_expense,
        ),
        apply=change,
    ),
)
