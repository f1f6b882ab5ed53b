"""CreateStudent/Student: a new student with dependents, in Initial status.

Order of the rules: the person, whether SEVIS knows them already, the program, contact and addresses, the family, the
money. Where two would both be broken the more telling one comes first (reference errata 6).
"""

from sevis_sim.codes import catalogue
from sevis_sim.domain.document import children
from sevis_sim.domain.records import INITIAL, Record
from sevis_sim.events import people
from sevis_sim.events.changes import content, new_dependents
from sevis_sim.events.declare import Broken, Case, Event, broken, rule
from sevis_sim.events.identity import identity
from sevis_sim.events.student import contact, education, family, finances, person


@rule("S1004")
def new_to_sevis(case: Case) -> Broken | None:
    """The student is known, at any school and in any status, or was created earlier in this file.

    The official list has a wording of its own for a duplicate within the file.
    """
    found = people.duplicates(case, identity("student", case.event, case.context.switches))
    if not found:
        return None
    records = (case.context.world.record("student", sevis_id) for sevis_id in found)
    if any(record and record.history and record.history[0].batch_id == case.context.batch_id for record in records):
        return broken("PersonalInfo", **{catalogue.WORDING: "2"})
    return broken("PersonalInfo")


def apply(record: Record, case: Case) -> None:
    """Make the Initial record."""
    record.status = INITIAL
    record.data = content(case.event, without=("CreateDependent",))
    record.dependents = new_dependents(children(case.event, "CreateDependent/Dependent"), INITIAL)


EVENTS = (
    Event(
        path="CreateStudent",
        population="student",
        statuses=None,
        rules=(
            *person.NAMES,
            person.BIRTH,
            new_to_sevis,
            person.commuter,
            *education.PROGRAM,
            *contact.CONTACT,
            person.EMAIL,
            contact.us_address_needed,
            *person.ADDRESSES,
            family.one_spouse,
            family.visa_of_dependent,
            family.child_age,
            finances.dependent_expense_needed,
            finances.funding_covers_expense,
        ),
        apply=apply,
        dependents=lambda case: case.after.dependents,
    ),
)
