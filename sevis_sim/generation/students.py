"""New students: the ``Student`` element of a ``CreateStudent`` section."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sevis_sim.codes import table
from sevis_sim.domain.document import Node
from sevis_sim.events.days import age, later, shifted
from sevis_sim.generation import people, places
from sevis_sim.generation.data import load, subjects
from sevis_sim.generation.draw import Draw
from sevis_sim.generation.people import Person
from sevis_sim.generation.terms import month_start, term_start

F1, M1 = "01", "02"
_DEPENDENT_VISA = {F1: "04", M1: "05"}
_K12 = ("01", "02")
_OTHER = "11"
_NO_SUBJECT = "00.0000"
_NEIGHBOURS = ("CA", "MX")
_TERM_LEVELS = ("01", "02", "03", "04", "05", "06", "11")


@dataclass(frozen=True, slots=True)
class StudentWishes:
    """Which students are wanted."""

    visas: Collection[str] = (F1, M1)
    """Codes of the table ``class-of-admission``."""
    levels: Collection[str] | None = None
    """Codes of the table ``education-level``; None: all that the visas allow."""

    def possible(self) -> list[str]:
        """Return the levels to choose from: "other" first, since its students can have every element."""
        rows = {code: table("education-level").row(code) or {} for code in load("programs")["levels"]}
        wanted = [
            code
            for code, row in rows.items()
            if (self.levels is None or code in self.levels)
            and any(row["m1" if visa == M1 else "f1"] == "Y" for visa in self.visas)
        ]
        return sorted(wanted, key=lambda code: code != _OTHER)


def student(draw: Draw, number: int, today: date, wishes: StudentWishes) -> Node:
    """Return a new student who keeps every rule on the day ``today`` and some weeks after it.

    Args:
        draw: chance.
        number: place among the students made, from 1; in the profile full it decides the level.
        today: the Eastern day on which the batch is made.
        wishes: which students are wanted.

    """
    possible = wishes.possible()
    levels = load("programs")["levels"]
    if draw.full:
        level = possible[(number - 1) % len(possible)]
    else:
        level = draw.weighted({code: levels[code]["weight"] for code in possible})
    return _Student(draw, today, level, showcase=draw.full and number == 1).node()


class _Student:
    """One student in the making."""

    def __init__(self, draw: Draw, today: date, level: str, showcase: bool) -> None:
        self.draw = draw
        self.today = today
        self.level = level
        self.showcase = showcase
        self.data = load("programs")["levels"][level]
        self.visa = F1 if (table("education-level").row(level) or {})["f1"] == "Y" else M1
        first = term_start(draw, today) if level in _TERM_LEVELS else month_start(draw, today)
        self.start = first
        low, high = self.data["ages"]
        low = max(low, high - 5) if showcase else low
        self.person = people.invent(draw, first, (low, high), female=False if showcase else None)
        self.family = people.family_of(draw, self.person, today, showcase) if draw.adds(0.16) else []
        self.changes_status = draw.adds(0.05) and (showcase or not draw.full or draw.happens(0.2))
        self.commutes = self.person.country in _NEIGHBOURS and draw.adds(0.25) and not self.changes_status

    def node(self) -> Node:
        draw, person = self.draw, self.person
        node: Node = {}
        if draw.adds(0.6):
            node["UserDefinedA"] = f"A{draw.digits(8)}"
        if draw.adds(0.3):
            node["UserDefinedB"] = f"{self.today:%Y%m%d}-{draw.digits(4)}"
        node["PersonalInfo"] = self._personal()
        node["IssueReason"] = "S" if self.changes_status else "I"
        if self.changes_status or (draw.adds(0.3) and not self.commutes):
            node["USAddress"] = places.us_address(draw, self.showcase)
        if draw.adds(0.08):
            node["MailingAddress"] = places.us_address(draw, self.showcase)
        node["ForeignAddress"] = places.foreign_address(draw, person.country)
        node["EducationalInfo"] = education(draw, self.level, self.visa, self.start, self.showcase)
        node["FinancialInfo"] = finances(draw, self.level, len(self.family))
        if self.family:
            node["CreateDependent"] = {"Dependent": [self._dependent(*each) for each in self.family]}
        if draw.adds(0.15):
            node["Remarks"] = draw.one(load("programs")["words"]["remarks"])
        return node

    def _personal(self) -> Node:
        draw, person = self.draw, self.person
        node = identity(draw, person, self.showcase)
        contact = self.level not in _K12 and not (self.visa == M1 and age(person.born, self.today) < 14)
        if contact:
            node["Email"] = person.mailbox()
        if draw.adds(0.1) or self.commutes:
            node["Commuter"] = "true" if self.commutes else "false"
        node["VisaType"] = self.visa
        if contact:
            node["Telephone"] = telephone(draw, person.country, exempt=0.05)
        return node

    def _dependent(self, relationship: str, person: Person) -> Node:
        return dependent(self.draw, relationship, person, self.visa, self.showcase)


def education(draw: Draw, level: str, visa: str, start: date, showcase: bool = False) -> Node:
    """Return an ``EducationalInfo`` element.

    Args:
        draw: chance.
        level: code of the table ``education-level``, one that the visa allows.
        visa: as ``PersonalInfo/VisaType`` has it.
        start: first day of the program.
        showcase: whether English is not required, for the sake of the reason.

    """
    words, data = load("programs")["words"], load("programs")["levels"][level]
    edu_level: Node = {"Level": level}
    if level == _OTHER:
        edu_level["OtherRemarks"] = draw.one(load("programs")["other_levels"]["words"])
    codes = subjects(tuple(data["subjects"]))
    node: Node = {"EduLevel": edu_level, "MajorCode1": draw.one(codes)}
    if visa == F1:
        second = level in ("04", "05", "06", _OTHER)
        node["MajorCode2"] = draw.one(codes) if second and draw.adds(0.1) else _NO_SUBJECT
        node["Minor"] = draw.one(codes) if second and draw.adds(0.15) else _NO_SUBJECT
    months = draw.number(*data["months"])
    node["IssDate"] = later(start, draw.number(0, 7)).isoformat()
    node["PrgStartDate"] = start.isoformat()
    node["PrgEndDate"] = later(shifted(start, months=months), -draw.number(1, 9)).isoformat()
    if level == "07" or showcase or (draw.happens(0.15) and not draw.full):
        english: Node = {"EngRequired": "false"}
        if draw.adds(0.9):
            english["NotRequiredReason"] = draw.one(words["no_english"])
    else:
        english = {"EngRequired": "true"}
        if draw.adds(0.95):
            english["RequirementsMet"] = "true" if draw.happens(0.9) else "false"
    return node | {"EngProficiency": english}


def finances(draw: Draw, level: str, followers: int, other_costs: bool = False) -> Node:
    """Return a ``FinancialInfo`` element whose funding is more than its expenses.

    Whether as much would be enough is an open question (`Switches.equal_expense_and_funding_allowed`).

    Args:
        draw: chance.
        level: of education.
        followers: number of dependents.
        other_costs: whether other expenses must be there, to replace what is stored.

    """
    words, data = load("programs")["words"], load("programs")["levels"][level]
    months = min(data["months"][0], 9) if draw.happens(0.8) else 12
    expense: Node = {"Tuition": str(draw.dollars(*data["costs"]))}
    expense["LivingExpense"] = str(draw.dollars(900 * months, 2100 * months))
    if followers:
        expense["DependentExp"] = str(draw.dollars(3000, 6000) * followers)
    if draw.adds(0.5) or other_costs:
        expense["Other"] = {"Amount": str(draw.dollars(300, 3200)), "Remarks": draw.one(words["other_costs"])}
    needed = sum(int(amount["Amount"] if isinstance(amount, dict) else amount) for amount in expense.values())
    needed += draw.dollars(100, 4000)
    parts: dict[str, int] = {}
    for name, usual in (("School", 0.45), ("Other", 0.25), ("Employment", 0.08)):
        if draw.adds(usual):
            parts[name] = draw.dollars(500, max(needed // 4, 600))
    funding: Node = {"Personal": str(max(needed - sum(parts.values()), 0))}
    for name, amount in parts.items():
        if name == "Employment":
            funding[name] = str(amount)
        else:
            funding[name] = {"Amount": str(amount), "Remarks": draw.one(words[f"{name.lower()}_funds"])}
    return {"AcademicTerm": f"{months:02}", "Expense": expense, "Funding": funding}


def identity(draw: Draw, person: Person, showcase: bool = False) -> Node:
    """Return name, birth and citizenship as both students and their dependents have them."""
    abroad = person.country
    born_here = draw.adds(0.01) and (showcase or not draw.full)
    node: Node = {
        "FullName": people.full_name(draw, person, showcase),
        "BirthDate": person.born.isoformat(),
        "Gender": "U" if draw.full and not showcase and draw.happens(0.05) else "F" if person.female else "M",
        "BirthCountryCode": people.UNITED_STATES if born_here else abroad,
    }
    if born_here:
        node["CitizenshipStatus"] = draw.one(table("citizenship-status").codes(schema_only=True))
    return node | {"CitizenshipCountryCode": person.country}


def dependent(draw: Draw, relationship: str, person: Person, visa: str, showcase: bool = False) -> Node:
    """Return a ``Dependent`` of a new student.

    Args:
        draw: chance.
        relationship: its code.
        person: spouse or child.
        visa: the student's, as ``PersonalInfo/VisaType`` has it.
        showcase: whether every part is wanted.

    """
    node = identity(draw, person, showcase)
    if draw.adds(0.5) and relationship == people.SPOUSE:
        node["Email"] = person.mailbox()
    node["VisaType"] = _DEPENDENT_VISA[visa]
    node["Relationship"] = relationship
    if draw.adds(0.1):
        node["Remarks"] = "Comes with the student" if draw.happens(0.5) else "Follows later"
    if draw.adds(0.3):
        node["UserDefinedA"] = f"D{draw.digits(8)}"
    if draw.adds(0.2):
        node["UserDefinedB"] = f"FAMILY-{draw.digits(4)}"
    return node


def telephone(draw: Draw, country: str, exempt: float) -> Node:
    """Return a ``Telephone`` element; without a number where only what must be is wanted, or with this chance."""
    if not draw.adds(1 - exempt):
        return {"TelephoneExemptInd": "Y"}
    phone: Node = {}
    if draw.adds(0.3):
        phone["USNumber"] = places.us_number(draw)
    if draw.full or not phone:
        phone["Foreign"] = places.foreign_number(draw, country)
    return {"TelephoneExemptInd": "N", "Phone": phone}
