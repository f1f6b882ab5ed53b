"""Dependent/*: a student's spouse and children come, change and go. S1113 guards all but Add and so comes first."""

from sevis_sim.domain import facts
from sevis_sim.domain.document import merged, value
from sevis_sim.domain.records import CANCELED, INITIAL, OPEN, TERMINATED, Dependent, Record
from sevis_sim.events import people
from sevis_sim.events.changes import content, unchanged
from sevis_sim.events.declare import Broken, Case, Event, broken, rule
from sevis_sim.events.student import family, finances, person

_OTHER_REASON = "09"
_USER_DEFINED = ("UserDefinedA", "UserDefinedB")
_ENDINGS = ("Termination", "Cancellation", "StatusChange")
"""What a dependent's data say of how the stay ended: by these events, or by the calendar (``life_cycle.CHANGE``)."""


@rule("S1034")
def other_reason_needs_words(case: Case) -> Broken | None:
    """Termination reason "other" (code table ``dependent-termination-reason``) without remarks."""
    missing = value(case.event, "Reason") == _OTHER_REASON and not value(case.event, "OtherRemarks")
    return broken("OtherRemarks") if missing else None


@rule("S1093")
def still_initial(case: Case) -> Broken | None:
    """The dependent is not Initial any more."""
    found = people.meant(case, case.before)
    return broken("@dependentSevisID") if found and found.status != INITIAL else None


@rule("S1094")
def not_arrived(case: Case) -> Broken | None:
    """Port-of-entry data says that the dependent has entered the United States."""
    found = people.meant(case, case.before)
    return broken("@dependentSevisID") if found and facts.true(found.facts, "arrived") else None


def _concerned(case: Case) -> list[Dependent]:
    found = people.meant(case, case.after)
    return [found] if found else []


def _user_defined(case: Case) -> dict[str, str]:
    return {name: case.group[name] for name in _USER_DEFINED if name in case.group}


def add(record: Record, case: Case) -> None:
    """Add a dependent, who follows the student's status."""
    record.dependents.append(Dependent("", record.standing, content(case.event) | _user_defined(case)))


def edit(record: Record, case: Case) -> None:
    """Merge what was sent into the dependent."""
    dependent = people.meant(case, record)
    if dependent:
        dependent.data = merged(dependent.data, case.event) | _user_defined(case)


def terminate(record: Record, case: Case) -> None:
    """End the dependent's status and keep the reason."""
    dependent = people.meant(case, record)
    if dependent:
        dependent.status = TERMINATED
        dependent.data["Termination"] = content(case.event)


def cancel(record: Record, case: Case) -> None:
    """Cancel a dependent who has not come, and keep the reason."""
    dependent = people.meant(case, record)
    if dependent:
        dependent.status = CANCELED
        dependent.data["Cancellation"] = content(case.event)


def reactivate(record: Record, case: Case) -> None:
    """Bring a dependent back into the student's status (`Switches.reactivated_dependents`)."""
    dependent = people.meant(case, record)
    if dependent and dependent.status in case.context.switches.reactivated_dependents:
        dependent.status = record.standing
        for ending in _ENDINGS:
            dependent.data.pop(ending, None)


EVENTS = (
    Event(
        path="Dependent/Add",
        population="student",
        statuses=OPEN,
        wrong_status="S1106",
        prints_principal=False,
        rules=(
            *person.NAMES,
            person.BIRTH,
            person.EMAIL,
            family.no_spouse_yet,
            family.visa_of_dependent,
            family.child_age,
            finances.dependent_expense_needed,
        ),
        apply=add,
        dependents=lambda case: case.after.dependents[-1:],
    ),
    Event(
        path="Dependent/Cancel",
        population="student",
        statuses=OPEN,
        wrong_status="S1106",
        prints="never",
        rules=(family.dependent_known, still_initial, not_arrived),
        apply=cancel,
        dependents=_concerned,
    ),
    Event(
        path="Dependent/Edit",
        population="student",
        statuses=OPEN,
        wrong_status="S1106",
        prints_principal=False,
        rules=(
            family.dependent_known,
            family.dependent_open,
            *person.NAMES,
            person.BIRTH,
            person.EMAIL,
            family.no_spouse_yet,
            family.child_age,
        ),
        apply=edit,
        dependents=_concerned,
    ),
    Event(
        path="Dependent/Reactivate",
        population="student",
        statuses=OPEN,
        wrong_status="S1106",
        prints_principal=False,
        rules=(family.dependent_known, family.no_spouse_yet),
        apply=reactivate,
        dependents=_concerned,
    ),
    Event(
        path="Dependent/Reprint",
        population="student",
        statuses=OPEN,
        wrong_status="S1106",
        # The attribute has no default in the schema, but the event has no other use (forms.md §4.5).
        prints_unless_told=True,
        prints_principal=False,
        rules=(family.dependent_known, family.dependent_open),
        apply=unchanged,
        dependents=_concerned,
    ),
    Event(
        path="Dependent/Terminate",
        population="student",
        statuses=OPEN,
        wrong_status="S1106",
        prints="never",
        rules=(family.dependent_known, family.dependent_open, other_reason_needs_words),
        apply=terminate,
        dependents=_concerned,
    ),
)
