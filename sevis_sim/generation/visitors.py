"""New exchange visitors: the ``ExchangeVisitor`` element of a ``CreateEV`` section."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sevis_sim.codes import table
from sevis_sim.domain.document import Node
from sevis_sim.events.days import later, shifted
from sevis_sim.events.exchange_visitor.categories import AU_PAIR, INTERN, SECONDARY_STUDENT, SUMMER_WORK_TRAVEL
from sevis_sim.events.exchange_visitor.person import US_BORN
from sevis_sim.generation import people, places
from sevis_sim.generation.data import load, subjects
from sevis_sim.generation.draw import Draw
from sevis_sim.generation.people import Person
from sevis_sim.generation.terms import NOTICE, term_start
from sevis_sim.generation.training import plan

_IRELAND = "EI"
_PLAN, _EXEMPT_PROGRAM, _BOARDING, _EXEMPT_SITE = "plan", "IWT", "BRD", "EXEMPT"

_TURNS = (
    ("08", ""),
    (INTERN, _PLAN),
    (INTERN, _EXEMPT_PROGRAM),
    (SUMMER_WORK_TRAVEL, _EXEMPT_SITE),
    (SECONDARY_STUDENT, _BOARDING),
    (SECONDARY_STUDENT, ""),
    (AU_PAIR, ""),
)
"""Categories and variants that together have every optional element, in the order in which the profile full takes
them; the other categories follow."""

SHOWCASE = len(_TURNS)
"""So many records of the profile full have every optional element."""


@dataclass(frozen=True, slots=True)
class VisitorWishes:
    """Which exchange visitors are wanted."""

    categories: Collection[str] | None = None
    """Codes of the table ``ev-category``; None: all."""

    def turns(self) -> list[tuple[str, str]]:
        """Return the categories and variants that the profile full takes in turn."""
        rest = [code for code in load("programs")["categories"] if code not in {code for code, _ in _TURNS}]
        turns = [*_TURNS, *((code, "") for code in rest)]
        return [turn for turn in turns if self.categories is None or turn[0] in self.categories]


def visitor(draw: Draw, number: int, today: date, wishes: VisitorWishes, official: str) -> Node:
    """Return a new exchange visitor who keeps every rule on the day ``today`` and some weeks after it.

    Args:
        draw: chance.
        number: place among the exchange visitors made, from 1; in the profile full it decides the category.
        today: the Eastern day on which the batch is made.
        wishes: which exchange visitors are wanted.
        official: user ID of the official who signs training plans.

    """
    turns = wishes.turns()
    if draw.full:
        category, variant = turns[(number - 1) % len(turns)]
    else:
        weights = {code: load("programs")["categories"][code]["weight"] for code, _ in turns}
        category = draw.weighted(weights)
        variant = draw.one([each for code, each in turns if code == category])
    return _Visitor(draw, today, category, variant, official, showcase=draw.full and number <= len(_TURNS)).node()


class _Visitor:
    """One exchange visitor in the making."""

    def __init__(self, draw: Draw, today: date, category: str, variant: str, official: str, showcase: bool) -> None:
        self.draw = draw
        self.today = today
        self.category = category
        self.official = official
        self.showcase = showcase
        self.data = load("programs")["categories"][category]
        wants_irish = showcase or (variant == _EXEMPT_PROGRAM and (draw.full or draw.happens(0.1)))
        irish = category == INTERN and wants_irish
        self.variant = variant if irish or variant != _EXEMPT_PROGRAM else _PLAN
        earliest = later(today, NOTICE)
        self.start = term_start(draw, today) if self.data["term"] else draw.day(earliest, later(earliest, 60))
        days = draw.number(*self.data["days"])
        # A year is a year, whether it has 365 days or 366.
        self.end = later(shifted(self.start, years=1) if days == 365 else later(self.start, days), -1)
        low, high = self.data["ages"]
        country = _IRELAND if irish else None
        female = False if showcase and category == "08" else None
        self.person = people.invent(draw, self.start, (max(low, high - 9) if showcase else low, high), country, female)
        accompanied = draw.adds(0.18) and category not in (SECONDARY_STUDENT, SUMMER_WORK_TRAVEL, AU_PAIR, "11")
        self.family = people.family_of(draw, self.person, today, showcase) if accompanied else []

    def node(self) -> Node:
        draw, data = self.draw, self.data
        node: Node = {}
        if draw.adds(0.6):
            node["UserDefinedA"] = f"V{draw.digits(8)}"
        if draw.adds(0.3):
            node["UserDefinedB"] = f"{self.today:%Y%m%d}-{draw.digits(4)}"
        subject = draw.one(subjects(tuple(data["subjects"])))
        node["Biographical"] = identity(draw, self.person, self.showcase)
        if draw.adds(0.4):
            node["Biographical"]["PhoneNumber"] = places.us_number(draw)
        node["PositionCode"] = draw.one(data["positions"])
        node["PrgStartDate"] = self.start.isoformat()
        node["PrgEndDate"] = self.end.isoformat()
        node["CategoryCode"] = self.category
        if data["site"] == _PLAN and draw.adds(0.98):
            occupations = load("programs")["occupations"]
            node["OccupationCategoryCode"] = occupations.get(subject[:2], occupations["other"])
        node["SubjectField"] = {"SubjectFieldCode": subject, "Remarks": draw.one(load("programs")["words"]["fields"])}
        if draw.adds(0.5):
            node["USAddress"] = places.us_address(draw, self.showcase)
        if draw.adds(0.1):
            node["MailAddress"] = places.us_address(draw, self.showcase)
        node["FinancialInfo"] = self._finances()
        if self.family:
            node["CreateDependent"] = {"Dependent": [self._dependent(*each) for each in self.family]}
        node |= self._activity(subject)
        if self.category in (AU_PAIR, SECONDARY_STUDENT) and draw.adds(0.9):
            node["ResidentialAddress"] = self._residence()
        return node

    def _finances(self) -> Node:
        draw = self.draw
        months = max((self.end - self.start).days // 30, 1)
        node: Node = {"ReceivedUSGovtFunds": "false", "ProgramSponsorFunds": str(draw.dollars(900, 3200) * months)}
        other: Node = {}
        if draw.adds(0.08):
            other["USGovt"] = self._organizations("us-government-agency", "GovAgencyCodeType")
            node["ReceivedUSGovtFunds"] = "true"
        if draw.adds(0.08):
            other["International"] = self._organizations("international-organization", "InternationalOrgCodeType")
        for name, usual in (("EVGovt", 0.12), ("BinationalCommission", 0.05)):
            if draw.adds(usual):
                other[name] = str(draw.dollars(1000, 9000))
        if draw.adds(0.15):
            name = draw.one(load("programs")["words"]["sponsors"])
            other["Other"] = {"Name": name, "Amount": str(draw.dollars(500, 8000))}
        if draw.adds(0.4):
            other["Personal"] = str(draw.dollars(500, 6000))
        return node | ({"OtherFunds": other} if other else {})

    def _organizations(self, name: str, listed: str) -> Node:
        """Return one or two organizations with their amounts; OTHER has a name besides."""
        draw, node = self.draw, {}
        for number in ("1", "2"):
            if number == "2" and not draw.adds(0.3):
                break
            other = draw.happens(0.1) or self.showcase
            codes = [code for code in table(name).listed(listed) if (code == "OTHER") == other]
            node[f"Org{number}"] = draw.one(codes)
            if other:
                node[f"OtherName{number}"] = draw.one(load("programs")["words"]["agencies"])
            node[f"Amount{number}"] = str(draw.dollars(1000, 12000))
        return node

    def _dependent(self, relationship: str, person: Person) -> Node:
        return dependent(self.draw, relationship, person, self.showcase)

    def _activity(self, subject: str) -> Node:
        """Return where the program takes place: sites of activity, or a training plan."""
        draw = self.draw
        if self.variant == _EXEMPT_PROGRAM:
            return {"AddTIPP": {"@print7002": "true", "TippExemptProgram": _EXEMPT_PROGRAM}}
        if self.data["site"] == _PLAN:
            irish = self.category == INTERN and self.person.country == _IRELAND
            program = (self.start, self.end)
            made = plan(draw, self.person, subject, program, self.today, self.official, irish, self.showcase)
            return {"AddTIPP": made}
        if self.variant == _EXEMPT_SITE and (draw.full or draw.happens(0.5)):
            site: Node = {"@type": "EXEMPT"}
            if draw.adds(0.3):
                site["Remarks"] = "From a country that takes part in the Visa Waiver Program"
            return {"AddSiteOfActivity": {"SiteOfActivity": [site]}}
        count = 1 + (draw.adds(0.15) and draw.number(1, 2))
        return {"AddSiteOfActivity": {"SiteOfActivity": [self._site(number == 0) for number in range(count)]}}

    def _site(self, primary: bool) -> Node:
        draw = self.draw
        site = {"@type": "SOA"} | places.us_address(draw, self.showcase)
        site["SiteName"] = draw.one(load("places")["employers"])
        site["PrimarySite"] = "true" if primary else "false"
        if draw.adds(0.15):
            site["Remarks"] = "Entrance at the back" if draw.happens(0.5) else "Ask at the front desk"
        return site

    def _residence(self) -> Node:
        draw = self.draw
        node: Node = {"LCCoordinator": self._contact() | {"PostalCode": draw.one(load("places")["places"])["zip"]}}
        boarding = self.category == SECONDARY_STUDENT and self.variant == _BOARDING
        if self.category == SECONDARY_STUDENT:  # an au pair has none
            node["ResidentialType"] = _BOARDING if boarding else "HST"
        node["PContact"] = self._contact()
        number = f"{draw.digits(1).replace('0', '2').replace('1', '3')}17-555-01{draw.digits(2)}"
        phone = {"Phone": number} | ({"PhoneExt": draw.digits(3)} if draw.adds(0.3) else {})
        if boarding:
            school = draw.one(load("programs")["words"]["boarding_schools"])
            node["BoardingSchool"] = {"Name": school, "PCTitle": "Dean of Students"} | phone
        else:
            kind = draw.one(table("host-family").listed("EVHostFamilyIndicator"))
            second = {"SContact": self._contact()} if draw.adds(0.6) else {}
            node["HostFamily"] = {"HostFamilyInd": kind} | second | phone
        return node

    def _contact(self) -> Node:
        somebody = people.invent(self.draw, self.today, (25, 60), "UK")
        return {"LastName": somebody.last_name(), "FirstName": somebody.first_name()}


def identity(draw: Draw, person: Person, showcase: bool = False) -> Node:
    """Return name, birth and citizenship as both exchange visitors and their dependents have them, and e-mail."""
    born_here = draw.adds(0.01) and (showcase or not draw.full)
    node: Node = {
        "FullName": people.full_name(draw, person, showcase),
        "BirthDate": person.born.isoformat(),
        "Gender": "F" if person.female else "M",
        "BirthCity": "Boston" if born_here else places.city(draw, person.country),
        "BirthCountryCode": people.UNITED_STATES if born_here else person.country,
        "CitizenshipCountryCode": person.country,
        "PermanentResidenceCountryCode": person.country,
    }
    if node["BirthCountryCode"] in US_BORN:
        node["BirthCountryReason"] = draw.one(table("birth-country-reason").listed("USBornReasonType"))
    if draw.adds(0.85):
        node["EmailAddress"] = person.mailbox()
    return node


def dependent(draw: Draw, relationship: str, person: Person, showcase: bool = False) -> Node:
    """Return a ``Dependent`` of a new exchange visitor.

    Args:
        draw: chance.
        relationship: its code.
        person: spouse or child.
        showcase: whether every part is wanted.

    """
    node = identity(draw, person, showcase)
    if relationship == people.CHILD:
        node.pop("EmailAddress", None)
    node["Relationship"] = relationship
    if draw.adds(0.3):
        node["UserDefinedA"] = f"D{draw.digits(8)}"
    if draw.adds(0.2):
        node["UserDefinedB"] = f"FAMILY-{draw.digits(4)}"
    return node
