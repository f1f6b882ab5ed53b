"""Program/*: subjects and level are corrected, the start is put off, the end moves.

An F-1 student's extension takes effect at once; that of an M-1 student is a request, which USCIS decides
(``requests``). The end that the program had first is kept beside them, since S1016 counts from there.

Order of the rules: whether the event is for this student at all, then a request that waits, then the new end against
the program, and last the windows and caps of M-1. S1043 comes before S1100, which would forestall it.
"""

from datetime import date

from sevis_sim.domain import facts
from sevis_sim.domain.document import Node, child, children, day, present, value
from sevis_sim.domain.records import ACTIVE, INITIAL, OPEN, Record
from sevis_sim.events import days
from sevis_sim.events.changes import content, merge_block, replace
from sevis_sim.events.declare import Broken, Case, Event, broken, rule
from sevis_sim.events.student import education, requests
from sevis_sim.events.student.education import M1, visa

EXTENSION = "Program/Extension"
ORIGINAL_END = "OriginalPrgEndDate"
"""Name below ``Program`` of the record's data for the end that the program had before it was first moved."""

_NEW_END = "NewPrgEndDate"
_SUBJECTS = ("MajorCode1", "MajorCode2", "Minor")


def _new_end(case: Case) -> date:
    """Return the end that the event asks for, which the schema demands."""
    return day(case.event, _NEW_END) or date.min


def _stored(case: Case) -> tuple[date | None, date | None]:
    info = child(case.before.data, "EducationalInfo")
    return day(info, "PrgStartDate"), day(info, "PrgEndDate")


def _waiting(record: Record) -> list[requests.Request]:
    return [each for each in requests.requests(record, EXTENSION) if each.status in requests.WAITING]


@rule("S1071")
def new_request(case: Case) -> Broken | None:
    """An extension to the same day waits for a decision already."""
    same = any(day(each.node, _NEW_END) == _new_end(case) for each in _waiting(case.before))
    return broken(_NEW_END) if same else None


@rule("S1110")
def no_request_waiting(case: Case) -> Broken | None:
    """An extension waits for a decision already."""
    return broken() if _waiting(case.before) else None


@rule("S1043")
def new_end_after_start(case: Case) -> Broken | None:
    """The program would end before it starts."""
    start, _ = _stored(case)
    return broken(_NEW_END) if start and _new_end(case) < start else None


@rule("S1100")
def new_end_later(case: Case) -> Broken | None:
    """An extension does not move the end to a later day."""
    _, end = _stored(case)
    return broken(_NEW_END) if end and _new_end(case) <= end else None


@rule("S1089")
def new_end_not_later(case: Case) -> Broken | None:
    """A program would be shortened to a later day."""
    _, end = _stored(case)
    return broken(_NEW_END) if end and _new_end(case) > end else None


EARLIEST, LATEST = 60, 15
"""Days before the program's end between which an M-1 student's end may change (error-codes.csv S1042)."""


@rule("S1042")
def in_window_of_m1(case: Case) -> Broken | None:
    """The end of an M-1 program is not between 60 and 15 days away, both days included."""
    _, end = _stored(case)
    if visa(case) != M1 or end is None:
        return None
    inside = days.later(end, -EARLIEST) <= case.context.today <= days.later(end, -LATEST)
    return None if inside else broken()


@rule("S1041")
def within_three_years(case: Case) -> Broken | None:
    """An M-1 program would end more than three years after it started."""
    start, _ = _stored(case)
    if visa(case) != M1 or start is None or _new_end(case) <= days.shifted(start, years=3):
        return None
    return broken(_NEW_END)


@rule("S1016")
def within_twelve_months(case: Case) -> Broken | None:
    """A program would end more than twelve months after its original end (`Switches.twelve_month_extension_visas`)."""
    original = day(case.before.data, f"Program/{ORIGINAL_END}") or _stored(case)[1]
    if visa(case) not in case.context.switches.twelve_month_extension_visas or original is None:
        return None
    return broken(_NEW_END) if _new_end(case) > days.shifted(original, months=12) else None


@rule("S1056")
def only_m1(case: Case) -> Broken | None:
    """The student is no M-1 student: only theirs are requests."""
    return None if visa(case) == M1 else broken()


@rule("S1069")
def request_known(case: Case) -> Broken | None:
    """No extension to this day waits for a decision."""
    return (
        None if any(day(each.node, _NEW_END) == _new_end(case) for each in _waiting(case.before)) else broken(_NEW_END)
    )


@rule("S1097")
def program_of_m1_fixed(case: Case) -> Broken | None:
    """Level, major or minor of an M-1 student would change."""
    sent = [name for name in ("Level", *_SUBJECTS) if present(case.event, name)]
    return broken(sent[0]) if sent and visa(case) == M1 else None


@rule("S1118")
def no_transfer_in(case: Case) -> Broken | None:
    """The record was made by a transfer from another school."""
    return broken() if facts.true(case.before.facts, "transferIn") else None


@rule("S1120")
def not_arrived(case: Case) -> Broken | None:
    """Port-of-entry data says that the student has entered the United States."""
    return broken() if facts.true(case.before.facts, "arrived") else None


def _set_end(record: Record, case: Case, new: str) -> None:
    """Move the end of the program."""
    _keep_original_end(record, case)
    record.data["EducationalInfo"] = child(record.data, "EducationalInfo") | {"PrgEndDate": new}


def _keep_original_end(record: Record, case: Case) -> None:
    end = value(case.before.data, "EducationalInfo/PrgEndDate")
    program = child(record.data, "Program")
    if end and not value(program, ORIGINAL_END):
        record.data["Program"] = program | {ORIGINAL_END: end}


def extend(record: Record, case: Case) -> None:
    """Move the end, or for M-1 file the request to do so."""
    today = case.context.today
    request: Node = requests.filed(content(case.event), today)
    if visa_of(record) == M1:
        _keep_original_end(record, case)
    else:
        request |= {requests.STATUS: requests.APPROVED, requests.DECISION_DATE: today.isoformat()}
        _set_end(record, case, value(case.event, _NEW_END))
    earlier = children(record.data, EXTENSION)
    record.data["Program"] = child(record.data, "Program") | {"Extension": [*earlier, request]}
    replace(record, case.event, ("Remarks",))


def visa_of(record: Record) -> str:
    """Return the visa type of a record: ``case.after`` does not exist yet while an event is applied."""
    return value(record.data, "PersonalInfo/VisaType")


def cancel_extension(record: Record, case: Case) -> None:
    """Cancel the request."""
    for each in _waiting(record):
        if day(each.node, _NEW_END) == _new_end(case):
            each.node[requests.STATUS] = requests.CANCELED
            each.node[requests.DECISION_DATE] = case.context.today.isoformat()
    replace(record, case.event, ("Remarks",))


def shorten(record: Record, case: Case) -> None:
    """Move the end."""
    _set_end(record, case, value(case.event, _NEW_END))
    replace(record, case.event, ("Remarks",))


def edit(record: Record, case: Case) -> None:
    """Correct level, subjects and English proficiency.

    A new level that is not "other" takes the words for "other" with it. English proficiency is replaced whole: its
    parts hang together.
    """
    merge_block(record, "EducationalInfo", case.event, _SUBJECTS)
    changed = {}
    if present(case.event, "Level"):
        changed["EduLevel"] = {"Level": value(case.event, "Level")}
        if value(case.event, "Level") == education.OTHER_LEVEL:
            changed["EduLevel"] = child(record.data, "EducationalInfo/EduLevel") | changed["EduLevel"]
    if present(case.event, "EngProficiency"):
        changed["EngProficiency"] = content(child(case.event, "EngProficiency"))
    if changed:
        record.data["EducationalInfo"] = child(record.data, "EducationalInfo") | changed
    replace(record, case.event, ("Remarks",))


def defer(record: Record, case: Case) -> None:
    """Move start and end, and the day on which classes begin."""
    sent = {
        "IssDate": value(case.event, "IssDate"),
        "PrgStartDate": value(case.event, "NewPrgStartDate"),
        "PrgEndDate": value(case.event, _NEW_END),
    }
    record.data["EducationalInfo"] = child(record.data, "EducationalInfo") | {n: v for n, v in sent.items() if v}
    replace(record, case.event, ("Remarks",))


EVENTS = (
    Event(
        path="Program/CancelExtension",
        population="student",
        statuses=frozenset({ACTIVE}),
        wrong_status="S1054",
        rules=(only_m1, request_known),
        apply=cancel_extension,
    ),
    Event(
        path="Program/ManageSessionDates",
        population="student",
        statuses=frozenset({INITIAL}),
        wrong_status="S1057",
        rules=(
            education.first_level,
            no_transfer_in,
            not_arrived,
            education.start_before_end,
            education.start_not_past,
        ),
        apply=defer,
    ),
    Event(
        path="Program/Edit",
        population="student",
        statuses=OPEN,
        wrong_status="S1106",
        # S1037 says which element an M-1 student must not have at all, so it comes before S1097.
        rules=(
            education.program_not_over,
            education.no_second_subject_for_m1,
            program_of_m1_fixed,
            education.level_for_visa,
            education.level_at_public_school,
            education.second_subjects_for_f1,
            education.subject_allowed,
        ),
        apply=edit,
    ),
    Event(
        path=EXTENSION,
        population="student",
        statuses=frozenset({ACTIVE}),
        wrong_status="S1054",
        files=EXTENSION,
        rules=(
            education.program_not_over,
            new_request,
            no_request_waiting,
            new_end_after_start,
            new_end_later,
            in_window_of_m1,
            within_three_years,
            within_twelve_months,
        ),
        apply=extend,
    ),
    Event(
        path="Program/Shorten",
        population="student",
        statuses=frozenset({ACTIVE}),
        wrong_status="S1054",
        rules=(education.program_not_over, new_end_after_start, new_end_not_later, in_window_of_m1),
        apply=shorten,
    ),
)
