"""What students' events about employment, practical training and reduced course loads say."""

from datetime import date

from sevis_sim.codes import table
from sevis_sim.domain.document import Node, day, value
from sevis_sim.events.days import later, shifted
from sevis_sim.events.student import practical_training as opt
from sevis_sim.events.student.segments import FULL_TIME, PART_TIME, Segment, segments
from sevis_sim.generation import people, places
from sevis_sim.generation.data import load
from sevis_sim.generation.student_updates import remarks
from sevis_sim.generation.students import M1
from sevis_sim.generation.target import Maker, Target

_RELEVANCE = (
    "Applies what the student learned about the methods of the field.",
    "The work is a required part of a seminar in the major.",
)
_CHANGING = ("EmployerAddress", "CourseRelevance", "SupervisorPhone", "SupervisorEmail", "StudentsJobTitle")
_OTHER_COMMUTER = "07"


def _open(target: Target, kind: str) -> Segment | None:
    """Return one of the stored authorizations of a kind that count, drawn by chance."""
    found = [one for one in segments(target.record.data, kind) if one.open and one.start and one.end]
    return target.draw.one(found) if found else None


def _room(target: Target, longest: int = 120) -> tuple[date, date] | None:
    """Return a span within the rest of the program."""
    start, end = target.program
    return target.span(max(start, later(target.today, 1)), end, longest=longest)


def _dates(span: tuple[date, date]) -> Node:
    return {"StartDate": span[0].isoformat(), "EndDate": span[1].isoformat()}


def _key(segment: Segment, *names: str) -> Node:
    """Return the stored elements that name an authorization."""
    return {name: value(segment.node, name) for name in names}


def _named(kind: str, *names: str) -> Maker:
    """Return a maker of the key of a stored authorization, which is all that its Cancel says."""

    def make(target: Target) -> Node | None:
        found = _open(target, kind)
        return None if found is None else _key(found, *names)

    return make


def _drop_reason(target: Target) -> str:
    reasons, column = table("drop-below-reason"), "m1" if target.visa == M1 else "f1"
    codes = [code for code in reasons.codes(schema_only=True) if (reasons.row(code) or {})[column] == "Y"]
    return target.draw.one([code for code in codes if code != _OTHER_COMMUTER or target.country in ("CA", "MX")])


def _drop_below(target: Target) -> Node | None:
    span = _room(target)
    return None if span is None else remarks(target.draw, {"Reason": _drop_reason(target)} | _dates(span))


def _edit_drop_below(target: Target) -> Node | None:
    found, draw = _open(target, "AuthDropBelowFC"), target.draw
    if found is None or found.start is None or found.end is None:
        return None
    node = remarks(draw, _key(found, "Reason", "StartDate", "EndDate"))
    if draw.adds(0.5):
        node["NewReason"] = _drop_reason(target)
    if found.start > target.today and draw.adds(0.4):
        node["NewStartDate"] = later(found.start, 1).isoformat()
    if draw.adds(0.6) or not any(name.startswith("New") for name in node):
        node["NewEndDate"] = later(found.end, -draw.number(1, 5)).isoformat()
    return node


def _cpt(target: Target) -> Node | None:
    span, draw = _room(target), target.draw
    if span is None:
        return None
    place = draw.one(load("places")["places"])
    address: Node = {"Address1": f"{draw.number(10, 900)} {draw.one(load('places')['streets'])}"}
    if draw.adds(0.2):
        address["Address2"] = draw.one(load("places")["flats"]).format(draw.number(2, 90))
    address |= {"City": place["city"], "State": place["state"], "PostalCode": place["zip"]}
    if draw.adds(0.1):
        address["PostalRoutingCode"] = draw.digits(4)
    node = _dates(span) | {"FullPartTimeIndicator": draw.one((FULL_TIME, PART_TIME))}
    node |= {"EmployerName": draw.one(load("places")["employers"]), "EmployerAddress": address}
    if draw.adds(0.8):
        node["CourseRelevance"] = draw.one(_RELEVANCE)
    return remarks(draw, node)


def _off_campus(target: Target) -> Node | None:
    span, draw = _room(target), target.draw
    if span is None:
        return None
    node = _dates(span) | {"EmploymentType": draw.one(table("off-campus-reason").codes(schema_only=True))}
    return node | ({"Recommendation": "The student is in good standing"} if draw.adds(0.6) else {})


def _edit_off_campus(target: Target) -> Node | None:
    found, draw = _open(target, "OffCampusEmployment"), target.draw
    if found is None or found.start is None or found.end is None:
        return None
    node = _key(found, "StartDate", "EndDate", "EmploymentType")
    if draw.adds(0.4):
        node["NewStartDate"] = later(found.start, 1).isoformat()
    node["NewEndDate"] = later(found.end, -draw.number(1, 5)).isoformat()
    if draw.adds(0.3):
        node["NewEmploymentType"] = draw.one(table("off-campus-reason").codes(schema_only=True))
    return node | ({"Recommendation": "The dates were corrected"} if draw.adds(0.5) else {})


def employer(target: Target, span: tuple[date, date], time: str, name: str | None = None) -> Node:
    """Return an ``Employer`` of an OPT.

    Args:
        target: whose it is.
        span: days between which the work lies.
        time: code of the table ``employment-time``.
        name: of the employer; None: one is drawn.

    """
    draw = target.draw
    boss = people.invent(draw, target.today, (28, 62))
    node: Node = {"EmployerName": name or draw.one(load("places")["employers"])}
    node["EmployerAddress"] = places.us_address(draw, showcase=draw.full and draw.happens(0.4))
    if draw.adds(0.7):
        node["EmployerEIN"] = f"00{draw.digits(7)}"
    if draw.adds(0.3):
        node["SelfEmployed"] = "N"
    node |= {"CourseRelevance": draw.one(_RELEVANCE), "FullPartTimeIndicator": time}
    node["StartDate"] = span[0].isoformat()
    if draw.adds(0.4):
        node["EndDate"] = span[1].isoformat()
    if draw.adds(0.8):
        node |= {"SupervisorFirstName": boss.first_name(), "SupervisorLastName": boss.last_name()}
    if draw.adds(0.6):
        node["SupervisorPhone"] = places.us_number(draw)
        if draw.adds(0.2):
            node["SupervisorPhoneExt"] = draw.digits(4)
    if draw.adds(0.6):
        node["SupervisorEmail"] = boss.mailbox()
    if draw.adds(0.7):
        node["StudentsJobTitle"] = draw.one(("Analyst", "Assistant engineer", "Laboratory assistant", "Trainee"))
    return node


def _opt(target: Target) -> Node | None:
    draw, (start, end) = target.draw, target.program
    after = target.visa == M1 or draw.happens(0.6)
    if after:
        first = later(end, draw.number(1, 55))
        span: tuple[date, date] | None = (first, later(shifted(first, months=5 if target.visa == M1 else 11), -1))
    else:
        span = target.span(max(start, later(target.today, 1)), later(end, -1), 30, 180)
    if span is None:
        return None
    time = FULL_TIME if after else draw.one((FULL_TIME, PART_TIME))
    node = _dates(span) | {"FullPartTimeIndicator": time, "AcademicYearMet": "true"}
    if target.visa != M1:
        node["CompletionType"] = opt.POST_COMPLETION if after else opt.PRE_COMPLETION
    if draw.adds(0.2):
        node["StudentRemarks"] = "The student has an offer"
    if draw.adds(0.3):
        node["Remarks"] = "Recommended by the department"
    if draw.adds(0.5):
        node["Employer"] = [employer(target, span, time)]
    return node


def _edit_opt(target: Target) -> Node | None:
    found, draw = _open(target, "OPTEmployment"), target.draw
    if found is None:
        return None
    node = _key(found, "StartDate", "EndDate", "FullPartTimeIndicator")
    if draw.adds(0.2) and found.status != "APPROVED":
        node["NewFullPartTimeIndicator"] = value(found.node, "FullPartTimeIndicator")
    if draw.adds(0.2) and found.status != "APPROVED":
        node["AcademicYearMet"] = "true"
    if draw.adds(0.5):
        node["StudentRemarks"] = "The start was put off by the employer"
    return remarks(draw, node, 0.7)


def _extend_opt(target: Target) -> Node | None:
    found, draw = _open(target, "OPTEmployment"), target.draw
    if found is None or found.end is None:
        return None
    first = later(found.end, 1)
    time = value(found.node, "FullPartTimeIndicator")
    span = (first, shifted(first, months=draw.number(6, 20)))
    return _key(found, "StartDate", "EndDate", "FullPartTimeIndicator") | {"Employer": [employer(target, span, time)]}


def _add_employer(target: Target) -> Node | None:
    found, draw = _open(target, "OPTEmployment"), target.draw
    if found is None or found.start is None or found.end is None:
        return None
    span = target.span(found.start, later(found.end, -1))
    if span is None:
        return None
    taken = {value(one, "EmployerName") for one in opt.employers(found)}
    free = [name for name in load("places")["employers"] if name not in taken] or [f"Example Company {draw.digits(5)}"]
    time = value(found.node, "FullPartTimeIndicator")
    return {
        "EmploymentIdentifier": _key(found, "StartDate", "EndDate"),
        "Employer": [employer(target, span, time, draw.one(free))],
    }


def _edit_employer(target: Target) -> Node | None:
    found, draw = _open(target, "OPTEmployment"), target.draw
    known = [one for one in opt.employers(found) if value(one, "EmployerName")] if found else []
    if found is None or not known:
        return None
    one = draw.one(known)
    time = value(one, "FullPartTimeIndicator") or FULL_TIME
    start = day(one, "StartDate") or found.start or target.today
    end = day(one, "EndDate") or found.end or later(start, 30)
    whole = employer(target, (start, end), time, value(one, "EmployerName"))
    new = {name: inner for name, inner in whole.items() if draw.full or (name in _CHANGING and draw.happens(0.4))}
    new = new or {"StudentsJobTitle": "Senior analyst"}
    return {
        "EmploymentIdentifier": _key(found, "StartDate", "EndDate"),
        "EmployerIdentifier": _key(Segment("", 0, one), "EmployerName", "StartDate"),
        "Employer": [new],
    }


def _cap_gap(target: Target) -> Node:
    stored = value(target.record.data, "Request/CapGapExtension/Status")
    return {"Status": target.draw.one([code for code in ("F", "T", "C") if code != stored]) if stored else "F"}


_OPT_KEY = ("StartDate", "EndDate", "FullPartTimeIndicator")

MAKERS: dict[str, Maker] = {
    "AuthDropBelowFC/Add": _drop_below,
    "AuthDropBelowFC/Edit": _edit_drop_below,
    "AuthDropBelowFC/Cancel": _named("AuthDropBelowFC", "Reason", "StartDate", "EndDate"),
    "CPTEmployment/Add": _cpt,
    "CPTEmployment/Cancel": _named("CPTEmployment", *_OPT_KEY, "EmployerName"),
    "OffCampusEmployment/Add": _off_campus,
    "OffCampusEmployment/Edit": _edit_off_campus,
    "OffCampusEmployment/Cancel": _named("OffCampusEmployment", "StartDate", "EndDate", "EmploymentType"),
    "OPTEmployment/Add": _opt,
    "OPTEmployment/Edit": _edit_opt,
    "OPTEmployment/Cancel": _named("OPTEmployment", *_OPT_KEY),
    "OPTEmployment/Extend": _extend_opt,
    "OPTEmployment/ReportParticipation": _named("OPTEmployment", *_OPT_KEY),
    "OPTEmployer/Add": _add_employer,
    "OPTEmployer/Edit": _edit_employer,
    "Request/CapGapExtension": _cap_gap,
}
"""Makers by the path of the event."""
