"""Training and internship placement plans (T/IPP, form DS-7002): participant, sites, phases."""

from datetime import date

from sevis_sim.codes import table
from sevis_sim.domain.document import Node
from sevis_sim.events.days import later, shifted
from sevis_sim.generation import people, places
from sevis_sim.generation.data import load
from sevis_sim.generation.draw import Draw
from sevis_sim.generation.people import Person

_SHORT = 90
"""Days of a program below which it is not divided between two sites."""


def plan(
    draw: Draw,
    person: Person,
    subject: str,
    program: tuple[date, date],
    today: date,
    official: str,
    irish_intern: bool,
    showcase: bool = False,
) -> Node:
    """Return an ``AddTIPP`` element whose phases cover the program without a hole.

    Args:
        draw: chance.
        person: who is trained.
        subject: code of the field.
        program: first and last day.
        today: the day on which it is signed.
        official: user ID of the official who signs it.
        irish_intern: whether IsIWT must be answered (S2261) or must not be there (S2265).
        showcase: whether every part is wanted.

    """
    field = table("subject").words(subject)[:100]
    info: Node = {"IsIWT": "false"} if irish_intern else {}
    info |= {"EmailAddress": person.mailbox(), "FieldOfStudy": field}
    if draw.adds(0.7):
        info["YearsOfExperience"] = str(draw.number(0, 6))
    info["TypeOfDegree"] = draw.one(load("programs")["training"]["degrees"])
    info["DateAwardedOrExpected"] = shifted(program[0], months=draw.number(-30, 10)).isoformat()
    first, last = program
    halves = [program]
    if (last - first).days > _SHORT and draw.adds(0.25):
        middle = later(first, (last - first).days // 2)
        halves = [(first, middle), (later(middle, 1), last)]
    sites = [_site(draw, span, field, today, official, number == 0, showcase) for number, span in enumerate(halves)]
    return {"@print7002": "true", "ParticipantInfo": info, "TippSite": sites}


def _site(
    draw: Draw, span: tuple[date, date], field: str, today: date, official: str, primary: bool, showcase: bool
) -> Node:
    words = load("programs")["training"]
    boss = people.invent(draw, today, (30, 60))
    node: Node = places.us_address(draw, showcase)
    node["SiteName"] = draw.one(load("places")["employers"])
    node["PrimarySite"] = "true" if primary else "false"
    if draw.adds(0.1):
        node["Remarks"] = "Parking is free for trainees"
    node["EmployerID"] = f"00{draw.digits(7)}"  # no employer's number begins so
    node["FullTimeEmployees"] = str(draw.number(4, 1800))
    node["AnnualRevenue"] = draw.one(table("annual-revenue").listed("AnnualRevenue"))
    node["WebsiteURL"] = f"https://www.example.com/{node['SiteName'].lower().replace(' ', '-')}"
    insured = draw.happens(0.8) or draw.full
    node["WorkersCompInd"] = "Y" if insured else "N"
    if insured and draw.adds(0.95):
        node["WorkersCompCarrier"] = draw.one(words["carriers"])
    node["WorkersCompForEvInd"] = draw.one(("Y", "E")) if insured else "N"
    node["EvHoursPerWeek"] = str(draw.number(32, 40))
    paid = draw.full or (draw.adds(0.85))
    node["StipendInd"] = "Y" if paid else "N"
    if paid:
        node["StipendAmount"] = f"{draw.number(14, 26)}.50"
        node["StipendFrequency"] = "01"  # an hour
    if draw.adds(0.2):
        node["NonMonetaryComp"] = draw.one(words["benefits"])
    node |= {"SupervisorLastName": boss.last_name(), "SupervisorFirstName": boss.first_name()[:40].strip()}
    node["SupervisorTitle"] = draw.one(words["titles"])
    node["SupervisorPhone"] = places.us_number(draw)
    if draw.adds(0.3):
        node["SupervisorPhoneExt"] = draw.digits(3)
    node["SupervisorEmail"] = boss.mailbox()
    if draw.adds(0.1):
        node["SupervisorFax"] = places.us_number(draw)
    if draw.adds(0.7):
        node["OfficialUserName"] = official
        node["OfficialSignatureDate"] = later(today, -draw.number(0, 20)).isoformat()
    if draw.adds(0.5):
        node["EvSignatureDate"] = later(today, -draw.number(0, 20)).isoformat()
    return node | {"TippPhase": _phases(draw, span, field, today, boss)}


def _phases(draw: Draw, span: tuple[date, date], field: str, today: date, boss: Person) -> list[Node]:
    words = load("programs")["training"]
    first, last = span
    count = draw.number(1, 2) + (draw.adds(0.5) and 1) if (last - first).days >= 12 else 1
    length = ((last - first).days + 1) // count
    found = []
    for number in range(count):
        end = last if number == count - 1 else later(first, length - 1)
        node: Node = {
            "PhaseName": words["phases"][number % len(words["phases"])],
            "StartDate": first.isoformat(),
            "EndDate": end.isoformat(),
            "TrainingField": field,
            "SuperLastName": boss.last_name(),
            "SuperFirstName": boss.first_name()[:40].strip(),
        }
        if draw.adds(0.3):
            node["SuperMiddleInitial"] = draw.one("ABCDEFGHJKLMNPRSTW")
        node |= {"SuperTitle": draw.one(words["titles"]), "SuperEmail": boss.mailbox()}
        node["SuperPhone"] = places.us_number(draw)
        if draw.adds(0.3):
            node["SuperPhoneExt"] = draw.digits(3)
        if draw.adds(0.4):
            node["SuperSignatureDate"] = later(today, -draw.number(0, 20)).isoformat()
        node |= {
            "EvRole": draw.one(words["roles"]),
            "GoalsAndObjectives": draw.one(words["goals"]),
            "SupervisorAndQualifications": draw.one(words["qualifications"]),
            "CulturalActivities": draw.one(words["culture"]),
            "SkillsLearned": draw.one(words["skills"]),
            "TeachingMethod": draw.one(words["methods"]),
            "HowCompetencyMeasured": draw.one(words["measures"]),
        }
        if draw.adds(0.3):
            node["AdditionalRemarks"] = draw.one(words["remarks"])
        found.append(node)
        first = later(end, 1)
    return found
