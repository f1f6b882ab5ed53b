"""OPTEmployment/Extend and ReportParticipation: the STEM extension of an approved post-completion OPT.

The dates of an Extend name the OPT; SEVIS sets those of the extension itself: it begins on the day after the OPT ends
(Terra Dotta KB 360040863494). A report may name the extension or the OPT that it extends.

Order of the rules: the visa type and the key; whether there is an extension already, before whether there may be one;
the subject; the day; the employers last.
"""

import functools
import tomllib
from datetime import date, timedelta
from pathlib import Path

from sevis_sim.domain.document import Node, children, day, value
from sevis_sim.domain.records import ACTIVE, Record
from sevis_sim.events import days
from sevis_sim.events.changes import content
from sevis_sim.events.declare import Broken, Case, Event, broken, rule
from sevis_sim.events.student import education, employers, requests, segments
from sevis_sim.events.student.practical_training import FAMILY, POST_COMPLETION, STEM, extension_of, is_extension
from sevis_sim.events.student.segments import Segment

REPORT_MONTHS = (6, 12, 18)
"""When a student reports, in months after the start of the extension (error-codes.csv S1131)."""
REPORT_DAYS = 30
"""How long before and after such a day (error-codes.csv S1131)."""
REPORTS = "Participation"
"""Where an extension keeps its reports: elements with ``Due`` and ``Reported``, both days."""


@functools.cache
def _shipped_subjects() -> tuple[str, ...]:
    with Path(__file__).with_name("stem.toml").open("rb") as file:
        data = tomllib.load(file)
    return (*data["whole_series"], *data["related"], *data["earlier_numbers"])


def _base(case: Case) -> Segment | None:
    """Return the OPT that an Extend names, which is no extension itself."""
    found = FAMILY.meant(case)
    return None if found is None or is_extension(found) else found


def extension(case: Case) -> Segment | None:
    """Return the extension that an Extend brings, as it leaves it."""
    base = _base(case)
    return extension_of(case.after.data, base) if base else None


def reported(case: Case) -> Segment | None:
    """Return the stored extension that a report is about."""
    found = FAMILY.meant(case)
    if found is None or is_extension(found):
        return found
    return extension_of(case.before.data, found)


def report_days(found: Segment) -> list[date]:
    """Return the days about which reports of an extension are due; none if its start is not known."""
    return [days.shifted(found.start, months=months) for months in REPORT_MONTHS] if found.start else []


def missing_reports(data: Node) -> list[date]:
    """Return the days about which reports of a record's approved extensions are due and have not been made.

    A report that could not be made any more when USCIS approved the extension (S1130 until then) is not missing.
    """
    return [
        due
        for found in segments.segments(data, FAMILY.kind)
        if is_extension(found) and found.status == requests.APPROVED
        for due in report_days(found)
        if due not in _made(found) and days.later(due, REPORT_DAYS) >= (day(found.node, requests.DECISION_DATE) or due)
    ]


def _made(found: Segment) -> set[date | None]:
    """Return the days about which reports were due that have been made."""
    return {day(each, "Due") for each in children(found.node, REPORTS)}


def report_due(found: Segment, today: date) -> date | None:
    """Return the day around which a report of an extension can be made today, if it has not been; else None."""
    for due in report_days(found):
        if days.later(due, -REPORT_DAYS) <= today <= days.later(due, REPORT_DAYS):
            return None if due in _made(found) else due
    return None


@rule("S1069")
def base_known(case: Case) -> Broken | None:
    """The student has no such OPT."""
    return None if _base(case) else broken("StartDate")


@rule("S1126")
def not_extended(case: Case) -> Broken | None:
    """The OPT has an extension that counts."""
    base = _base(case)
    return broken("StartDate") if base and extension_of(case.before.data, base) else None


@rule("S1124")
def approved_post_completion(case: Case) -> Broken | None:
    """The OPT is not approved, or lies before completion."""
    base = _base(case)
    if base is None:
        return None
    good = base.status == requests.APPROVED and value(base.node, "CompletionType") == POST_COMPLETION
    return None if good else broken("StartDate")


@rule("S1139")
def stem_subject(case: Case) -> Broken | None:
    """Neither major is a STEM subject (`Switches.stem_subjects`)."""
    chosen = case.context.switches.stem_subjects
    beginnings = _shipped_subjects() if chosen is None else tuple(chosen)
    majors = [value(education.info(case), name) for name in ("MajorCode1", "MajorCode2")]
    return None if any(major.startswith(beginnings) for major in majors if major) else broken()


@rule("S1141")
def opt_started(case: Case) -> Broken | None:
    """The OPT has not started yet."""
    base = _base(case)
    return broken("StartDate") if base and base.start and case.context.today < base.start else None


@rule("S1069")
def extension_known(case: Case) -> Broken | None:
    """The student has no such extension."""
    return None if reported(case) else broken("StartDate")


@rule("S1130")
def extension_approved(case: Case) -> Broken | None:
    """The extension is not approved yet."""
    found = reported(case)
    return broken("StartDate") if found and found.status != requests.APPROVED else None


@rule("S1131")
def report_is_due(case: Case) -> Broken | None:
    """No report is due around today, or it has been made."""
    found = reported(case)
    return broken() if found and report_due(found, case.context.today) is None else None


def extend(record: Record, case: Case) -> None:
    """File the extension, with dates of its own."""
    base = _base(case)
    if base is None or base.end is None:
        return
    start = days.later(base.end, 1)
    end = days.shifted(start, months=case.context.switches.stem_extension_months) - timedelta(days=1)
    node: Node = content(case.event, without=FAMILY.key) | {
        "Type": STEM,
        "StartDate": start.isoformat(),
        "EndDate": end.isoformat(),
        "FullPartTimeIndicator": value(base.node, "FullPartTimeIndicator"),
        "CompletionType": POST_COMPLETION,
        "Extends": {name: value(base.node, name) for name in ("StartDate", "EndDate")},
    }
    segments.append(record, FAMILY.kind, requests.filed(node, case.context.today))


def report(record: Record, case: Case) -> None:
    """Keep that the student reported, and around which day it was due."""
    found = reported(case)
    due = report_due(found, case.context.today) if found else None
    if found is None or due is None:
        return
    node = segments.segments(record.data, FAMILY.kind)[found.number].node
    made = {"Due": due.isoformat(), "Reported": case.context.today.isoformat()}
    node[REPORTS] = [*children(node, REPORTS), made]


EVENTS = (
    Event(
        path="OPTEmployment/Extend",
        population="student",
        statuses=frozenset({ACTIVE}),
        wrong_status="S1054",
        files=FAMILY.kind,
        rules=(
            segments.only_f1,
            segments.sent_in_order("S1039"),
            base_known,
            not_extended,
            approved_post_completion,
            stem_subject,
            opt_started,
            employers.employer_named(employers.sent),
            *employers.employer_rules(extension, employers.sent),
        ),
        apply=extend,
        employers=employers.logged,
    ),
    Event(
        path="OPTEmployment/ReportParticipation",
        population="student",
        statuses=frozenset({ACTIVE}),
        wrong_status="S1054",
        rules=(segments.only_f1, extension_known, extension_approved, report_is_due),
        apply=report,
    ),
)
