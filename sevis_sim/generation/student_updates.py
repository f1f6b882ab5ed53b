"""What students' events about person, program, status and family say."""

from sevis_sim.codes import table
from sevis_sim.domain.document import Node, child, value
from sevis_sim.domain.records import ACTIVE, INITIAL, Dependent
from sevis_sim.events.days import later, shifted
from sevis_sim.events.student import requests
from sevis_sim.generation import people, places
from sevis_sim.generation.data import load, subjects
from sevis_sim.generation.draw import Draw
from sevis_sim.generation.students import F1, M1, dependent, education, finances, telephone
from sevis_sim.generation.target import Maker, Target
from sevis_sim.generation.terms import term_start

_NEXT_LEVEL = {"01": "02", "02": "04", "03": "04", "04": "05", "05": "06", "07": "04", "08": "10"}
_K12 = ("01", "02")
_OTHER_LEVEL = "11"
_OTHERWISE_FAILING, _NO_SHOW = "16", "22"
_OTHER_REASON = "09"
_NO_SUBJECT = "00.0000"
_YEAR = 366
"""Days that a session may reach ahead (`Switches.session_range_days`)."""


def remarks(draw: Draw, node: Node, usual: float = 0.3) -> Node:
    """Return the node, with ``Remarks`` at its end or without."""
    return node | ({"Remarks": draw.one(load("programs")["words"]["update_remarks"])} if draw.adds(usual) else {})


def named(draw: Draw, data: Node) -> Node:
    """Return the stored ``FullName`` as an update sends it again, with a preferred name that is new."""
    stored = child(data, "FullName")
    known = {name: value(stored, name) for name in ("LastName", "FirstName", "PassportName") if value(stored, name)}
    last = known.get("LastName") or "Sample"
    first = known.get("FirstName", "")
    if draw.full:
        known["PassportName"] = f"{last} {first}".upper()[:39].strip()
    preferred = {"PreferredName": f"{first.split()[0]} {last}".title() if first.split() else last.title()}
    suffix = {"Suffix": value(stored, "Suffix")} if value(stored, "Suffix") else {}
    return {"LastName": last} | known | (preferred if draw.adds(0.9) else {}) | suffix


def _personal(target: Target) -> Node:
    draw, data = target.draw, target.record.data
    info = child(data, "PersonalInfo")
    node: Node = {"FullName": named(draw, info)} if draw.adds(0.4) else {}
    for name in ("BirthDate", "Gender", "BirthCountryCode", "CitizenshipStatus", "CitizenshipCountryCode"):
        if value(info, name) and draw.adds(0.1):
            node[name] = value(info, name)
    node |= _reachable(target, 0.5)
    if draw.adds(0.6) or not node or target.record.status == ACTIVE:
        node["USAddress"] = places.us_address(draw)
    if draw.adds(0.2):
        node["MailingAddress"] = places.us_address(draw)
    if draw.adds(0.2):
        node["ForeignAddress"] = places.foreign_address(draw, target.country)
    return remarks(draw, node)


def _reachable(target: Target, usual: float) -> Node:
    """Return e-mail, telephone and whether a commuter, as far as the student may have them."""
    draw, info = target.draw, child(target.record.data, "PersonalInfo")
    node: Node = {}
    if target.level not in _K12:
        if draw.adds(usual):
            node["Email"] = f"student{draw.digits(6)}@example.edu"
        if draw.adds(usual):
            node["Telephone"] = telephone(draw, target.country, exempt=0.1)
    if draw.adds(0.1):
        node["Commuter"] = value(info, "Commuter") or "false"
    return node


def _registration(target: Target) -> Node | None:
    draw, (start, end) = target.draw, target.program
    first = max(start, target.today)
    latest = min(end, later(target.today, _YEAR))
    if latest < first:
        return None
    session_end = draw.day(min(later(first, 60), latest), latest)
    upcoming = later(session_end, draw.number(1, 40))
    last = upcoming >= end or draw.happens(0.05)
    node: Node = {"LastSession": "true" if last else "false"}
    node["CurrentSessionStartDate"] = max(start, later(session_end, -110)).isoformat()
    node["CurrentSessionEndDate"] = session_end.isoformat()
    if not last:
        node["NextSessionStartDate"] = upcoming.isoformat()
    if draw.adds(0.1):
        node["StudyResearchAbroad"] = "false"
    if draw.adds(0.1):
        node["ThesisDissertation"] = "true" if last and target.level in ("05", "06") else "false"
    node |= _reachable(target, 0.15)
    node["USAddress"] = places.us_address(draw)
    if draw.adds(0.1):
        node["ForeignAddress"] = places.foreign_address(draw, target.country)
    return remarks(draw, node, 0.1)


def _finances(target: Target) -> Node:
    followers = max(len(target.record.dependents), 1)  # who comes later finds their costs covered
    return remarks(target.draw, finances(target.draw, target.level, followers, other_costs=True))


def _edit_program(target: Target) -> Node:
    draw = target.draw
    node: Node = {}
    codes = subjects(tuple(load("programs")["levels"][target.level]["subjects"]))
    if target.visa == F1:
        if draw.adds(0.1):
            node["Level"] = target.level
        node["MajorCode1"] = draw.one(codes)
        if draw.adds(0.5):
            node["MajorCode2"] = draw.one(codes) if draw.happens(0.5) else _NO_SUBJECT
        if draw.adds(0.5):
            node["Minor"] = draw.one(codes) if draw.happens(0.5) else _NO_SUBJECT
    if draw.adds(0.4) or target.visa == M1:
        required = draw.happens(0.8)
        node["EngProficiency"] = {"EngRequired": "true" if required else "false"} | (
            {"RequirementsMet": "true"} if required else {"NotRequiredReason": "Native speaker of English"}
        )
    return remarks(draw, node)


def _session_dates(target: Target) -> Node:
    draw, (start, end) = target.draw, target.program
    begin = draw.day(max(start, later(target.today, 7)), later(max(start, later(target.today, 7)), 150))
    finish = later(begin, max((end - start).days, 30))
    node = {"IssDate": later(begin, draw.number(0, 7)).isoformat(), "NewPrgStartDate": begin.isoformat()}
    return remarks(draw, node | {"NewPrgEndDate": finish.isoformat()})


def _extension(target: Target) -> Node:
    draw, (_, end) = target.draw, target.program
    node = {"NewPrgEndDate": draw.day(later(end, 30), shifted(end, months=11)).isoformat()}
    return remarks(draw, node) | {"Explanation": draw.one(load("programs")["words"]["extensions"])}


def _cancel_extension(target: Target) -> Node | None:
    waiting = [
        each for each in requests.requests(target.record, "Program/Extension") if each.status in requests.WAITING
    ]
    if not waiting:
        return None
    return remarks(target.draw, {"NewPrgEndDate": value(target.draw.one(waiting).node, "NewPrgEndDate")})


def _shorten(target: Target) -> Node | None:
    draw, (start, end) = target.draw, target.program
    earliest = max(later(start, 1), later(target.today, 1))
    if earliest >= end:
        return None
    return remarks(
        draw, {"NewPrgEndDate": draw.day(later(end, -(end - earliest).days // 4), later(end, -1)).isoformat()}
    )


def _change_level(target: Target) -> Node:
    draw = target.draw
    other = draw.full and target.visa == F1 and draw.happens(0.3)
    level = _OTHER_LEVEL if other else _NEXT_LEVEL.get(target.level, target.level)
    node = {
        "EducationalInfo": education(draw, level, target.visa, term_start(draw, target.today), showcase=other),
        "FinancialInfo": finances(draw, level, len(target.record.dependents)),
    }
    return remarks(draw, node)


def _terminate(target: Target) -> Node:
    draw, column = target.draw, "m1" if target.visa == M1 else "f1"
    reasons = table("student-termination-reason")
    codes = [code for code in reasons.codes(schema_only=True) if (reasons.row(code) or {})[column] == "Y"]
    reason = _OTHERWISE_FAILING if draw.full and draw.happens(0.5) else draw.one(codes)
    reason = _NO_SHOW if target.record.status == INITIAL else reason
    node: Node = {"Reason": reason}
    if reason == _OTHERWISE_FAILING:
        node["OtherRemarks"] = "Does not answer the school's letters"
    return remarks(draw, node)


def _reason(name: str, usual: float = 0.3) -> Maker:
    """Return a maker of a ``Reason`` of a code table and remarks."""

    def make(target: Target) -> Node:
        return remarks(target.draw, {"Reason": target.draw.one(table(name).codes(schema_only=True))}, usual)

    return make


def _add_dependent(target: Target) -> Node | None:
    draw, record = target.draw, target.record
    on = target.today
    married = any(
        value(one.data, "Relationship") == people.SPOUSE and one.status in (INITIAL, ACTIVE)
        for one in record.dependents
    )
    spouse = not married and draw.happens(0.5)
    shown = draw.full and draw.happens(0.3)
    person = people.invent(draw, on, (19, 40) if spouse else (0, 15), target.country)
    node = dependent(draw, people.SPOUSE if spouse else people.CHILD, person, target.visa, shown)
    return {name: inner for name, inner in node.items() if not name.startswith("UserDefined")}


def _concerned(target: Target, *statuses: str) -> Dependent | None:
    found = target.dependents(*statuses)
    return target.draw.one(found) if found else None


def _edit_dependent(target: Target) -> Node | None:
    one = _concerned(target)
    if one is None:
        return None
    draw = target.draw
    node: Node = {"@dependentSevisID": one.sevis_id}
    if draw.adds(0.7):
        node["FullName"] = named(draw, one.data)
    for name in ("BirthDate", "Gender", "BirthCountryCode", "CitizenshipStatus", "CitizenshipCountryCode"):
        if value(one.data, name) and draw.adds(0.2):
            node[name] = value(one.data, name)
    if draw.adds(0.4) or len(node) == 1:
        node["Email"] = f"family{draw.digits(6)}@example.org"
    if value(one.data, "Relationship") and draw.adds(0.1):
        node["Relationship"] = value(one.data, "Relationship")
    return remarks(draw, node)


def _about_dependent(make: Maker, *statuses: str) -> Maker:
    """Return a maker that adds which dependent an event is about."""

    def made(target: Target) -> Node | None:
        one = _concerned(target, *statuses)
        return None if one is None else {"@dependentSevisID": one.sevis_id} | (make(target) or {})

    return made


def _terminate_dependent(target: Target) -> Node:
    draw = target.draw
    codes = table("dependent-termination-reason").codes(schema_only=True)
    node: Node = {"Reason": _OTHER_REASON if draw.full and draw.happens(0.5) else draw.one(codes)}
    if node["Reason"] == _OTHER_REASON:
        node["OtherRemarks"] = "Returned home for good"
    return remarks(draw, node)


def nothing(_: Target) -> Node:
    """Make the content of an event that says everything by its name."""
    return {}


def only_remarks(target: Target) -> Node:
    """Make the content of an event that may have remarks and nothing else."""
    return remarks(target.draw, {})


def _discipline(target: Target) -> Node:
    return {"Explanation": target.draw.one(load("programs")["words"]["disciplines"])}


MAKERS: dict[str, Maker] = {
    "PersonalInfo": _personal,
    "Registration": _registration,
    "FinancialInfo": _finances,
    "Program/Edit": _edit_program,
    "Program/ManageSessionDates": _session_dates,
    "Program/Extension": _extension,
    "Program/CancelExtension": _cancel_extension,
    "Program/Shorten": _shorten,
    "EducationLevel/Change": _change_level,
    "EducationLevel/Cancel": only_remarks,
    "Status/Complete": only_remarks,
    "Status/Cancel": _reason("student-cancellation-reason"),
    "Status/Terminate": _terminate,
    "Status/Verify": nothing,
    "Dependent/Add": _add_dependent,
    "Dependent/Edit": _edit_dependent,
    "Dependent/Reprint": _about_dependent(nothing),
    "Dependent/Terminate": _about_dependent(_terminate_dependent),
    "Dependent/Cancel": _about_dependent(_reason("dependent-cancellation-reason"), INITIAL),
    "Dependent/Reactivate": _about_dependent(nothing, "TERMINATED", "COMPLETED"),
    "DisciplinaryAction": _discipline,
    "Reprint": _reason("student-reprint-reason"),
}
"""Makers by the path of the event."""
