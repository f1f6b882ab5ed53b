"""PersonalInfo: a student's name, birth, contact and addresses change."""

from sevis_sim.domain.document import present, value
from sevis_sim.domain.records import ACTIVE, OPEN, Record
from sevis_sim.events.changes import replace
from sevis_sim.events.declare import Broken, Case, Event, broken, rule
from sevis_sim.events.student import contact, person


@rule("S1122")
def field_not_locked(case: Case) -> Broken | None:
    """An element that an Active student's record locks was sent (`Switches.locked_personal_fields`)."""
    locked = case.context.switches.locked_personal_fields if case.before.status == ACTIVE else ()
    return next((broken(name, field=name) for name in sorted(locked) if present(case.event, name)), None)


@rule("S1058")
def foreign_citizen(case: Case) -> Broken | None:
    """The student would be a citizen of the United States. The schemas shipped here refuse that before (S0013)."""
    return broken("CitizenshipCountryCode") if value(case.event, "CitizenshipCountryCode") == "US" else None


def apply(record: Record, case: Case) -> None:
    """Merge what was sent."""
    person.merge_person(record, case.event)
    replace(record, case.event, ("Remarks",))


EVENTS = (
    Event(
        path="PersonalInfo",
        population="student",
        statuses=OPEN,
        wrong_status="S1106",
        rules=(
            field_not_locked,
            *person.NAMES,
            person.BIRTH,
            foreign_citizen,
            person.commuter,
            *contact.CONTACT,
            person.EMAIL,
            contact.us_address_needed,
            *person.ADDRESSES,
        ),
        apply=apply,
    ),
)
