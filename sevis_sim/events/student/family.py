"""Rules about a student's spouse and children."""

from sevis_sim.domain.document import value
from sevis_sim.domain.records import OPEN, Dependent, Record
from sevis_sim.events import people
from sevis_sim.events.declare import Broken, Case, Rule, broken, rule

_DEPENDENT_VISA = {"01": "04", "02": "05"}
"""F-2 goes with F-1, M-2 with M-1."""

one_spouse = Rule("S1105", people.second_spouse)
child_age = Rule("S1014", people.too_old_child)


@rule("S1033")
def visa_of_dependent(case: Case) -> Broken | None:
    """A dependent's visa type does not go with the student's."""
    expected = _DEPENDENT_VISA.get(value(case.after.data, "PersonalInfo/VisaType"))
    for path, person in people.people(case):
        sent = value(person, "VisaType")
        if value(person, "Relationship") and sent and expected and sent != expected:
            return broken(people.joined(path, "VisaType"), **people.named(person))
    return None


@rule("S1006")
def no_spouse_yet(case: Case) -> Broken | None:
    """The event makes a second spouse in Initial or Active status: a new, an edited or a reactivated one."""
    before, after = (_open_spouses(record) for record in (case.before, case.after))
    if len(after) < 2 or len(after) == len(before):
        return None
    return broken("Relationship" if value(case.event, "Relationship") else "@dependentSevisID")


def _open_spouses(record: Record) -> list[Dependent]:
    return [
        each for each in record.dependents if value(each.data, "Relationship") == people.SPOUSE and each.status in OPEN
    ]


@rule("S1113")
def dependent_known(case: Case) -> Broken | None:
    """The dependentSevisID is not one of this student's dependents."""
    return broken("@dependentSevisID") if people.meant(case, case.before) is None else None


@rule("S1107")
def dependent_open(case: Case) -> Broken | None:
    """The dependent is neither Initial nor Active."""
    found = people.meant(case, case.before)
    return broken("@dependentSevisID") if found and found.status not in OPEN else None
