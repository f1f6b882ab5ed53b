"""Rules about what a student studies and when. They judge the record as the event would leave it."""

from datetime import date

from sevis_sim.codes import table
from sevis_sim.domain.document import Node, child, day, present, value
from sevis_sim.events.declare import Broken, Case, broken, rule

F1 = "01"
M1 = "02"
OTHER_LEVEL = "11"


def info(case: Case) -> Node:
    """Return the educational information as the event would leave it."""
    return child(case.after.data, "EducationalInfo")


def visa(case: Case) -> str:
    """Return the visa type of the record, 01 (F-1) or 02 (M-1)."""
    return value(case.after.data, "PersonalInfo/VisaType")


def program_dates(case: Case) -> tuple[date | None, date | None]:
    """Return first and last day of the program as the event would leave them."""
    return day(info(case), "PrgStartDate"), day(info(case), "PrgEndDate")


def _at(case: Case, name: str) -> str:
    """Return where the event sent a value of the educational information: each event has its own place for it."""
    last = name.rpartition("/")[2]
    if present(case.event, "EducationalInfo"):
        return f"EducationalInfo/{name}"
    return f"New{last}" if present(case.event, f"New{last}") else last


@rule("S1062")
def level_for_visa(case: Case) -> Broken | None:
    """The level is not one for this visa type (code table ``education-level``), or not one that the school teaches.

    No code is known for a level outside a school's own list; this is the nearest.
    """
    level = value(info(case), "EduLevel/Level")
    row = table("education-level").row(level)
    allowed = row is None or row["m1" if visa(case) == M1 else "f1"] == "Y"
    levels = case.context.organization.levels
    if allowed and (not level or levels is None or level in levels):
        return None
    return broken(_at(case, "EduLevel/Level"))


@rule("S1061")
def other_level_needs_words(case: Case) -> Broken | None:
    """Level "other" without remarks that say which."""
    level = child(info(case), "EduLevel")
    if value(level, "Level") == OTHER_LEVEL and not value(level, "OtherRemarks"):
        return broken(_at(case, "EduLevel/OtherRemarks"))
    return None


@rule("S1035")
def level_at_public_school(case: Case) -> Broken | None:
    """A public school has no students at this level (`Switches.public_school_levels_refused`)."""
    refused = case.context.switches.public_school_levels_refused
    if case.context.organization.public and value(info(case), "EduLevel/Level") in refused:
        return broken(_at(case, "EduLevel/Level"))
    return None


@rule("S1037")
def no_second_subject_for_m1(case: Case) -> Broken | None:
    """An M-1 student has a second major or a minor, be it only 00.0000."""
    for name in ("MajorCode2", "Minor"):
        if visa(case) == M1 and value(info(case), name):
            return broken(_at(case, name))
    return None


@rule("S1138")
def second_subjects_for_f1(case: Case) -> Broken | None:
    """An F-1 student has no second major or no minor; 00.0000 says that there is none."""
    for name in ("MajorCode2", "Minor"):
        if visa(case) == F1 and case.lacks(f"EducationalInfo/{name}"):
            return broken(_at(case, name))
    return None


@rule("S1009")
def start_before_end(case: Case) -> Broken | None:
    """The program starts on or after its last day."""
    start, end = program_dates(case)
    return broken(_at(case, "PrgStartDate")) if start and end and start >= end else None


@rule("S1010")
def start_not_past(case: Case) -> Broken | None:
    """The program starts before the day of processing."""
    start, _ = program_dates(case)
    return broken(_at(case, "PrgStartDate")) if start and start < case.context.today else None


@rule("S1025")
def subject_allowed(case: Case) -> Broken | None:
    """Citizens of the student's country may not study a subject (`Switches.prohibited_subjects`)."""
    citizenship = value(case.after.data, "PersonalInfo/CitizenshipCountryCode")
    for entry in case.context.switches.prohibited_subjects:
        country, _, beginning = entry.partition(":")
        for name in ("MajorCode1", "MajorCode2", "Minor"):
            if country == citizenship and beginning and value(info(case), name).startswith(beginning):
                return broken(_at(case, name))
    return None


PROGRAM = (
    level_for_visa,
    other_level_needs_words,
    level_at_public_school,
    no_second_subject_for_m1,
    second_subjects_for_f1,
    subject_allowed,
    start_before_end,
    start_not_past,
)
"""What is asked of a program that begins: by a create, or by a change of education level."""


@rule("S1096")
def program_not_over(case: Case) -> Broken | None:
    """The program ended before the day of processing."""
    end = day(case.before.data, "EducationalInfo/PrgEndDate")
    return broken() if end and end < case.context.today else None


@rule("S1119")
def first_level(case: Case) -> Broken | None:
    """The record is the new one of a pending change of education level."""
    return broken() if case.before.pending_level == case.before.level else None
