"""PersonalInfo: a student's name, birth, contact and addresses change."""

from sevis_sim.domain.records import ACTIVE, INITIAL, Record
from sevis_sim.events.changes import replace
from sevis_sim.events.declare import Case, Event
from sevis_sim.events.student import contact, person


def apply(record: Record, case: Case) -> None:
    """Merge what was sent."""
    person.merge_person(record, case.event)
    replace(record, case.event, ("Remarks",))


EVENTS = (
    Event(
        path="PersonalInfo",
        population="student",
        statuses=frozenset({INITIAL, ACTIVE}),
        wrong_status="S1106",
        rules=(
            *person.NAMES,
            person.BIRTH,
            person.commuter,
            *contact.CONTACT,
            person.EMAIL,
            contact.us_address_needed,
            *person.ADDRESSES,
        ),
        apply=apply,
    ),
)
