"""Status/*: a student's record is cancelled, completed, terminated or confirmed. None of them prints.

Dependents follow the principal into the new status (sevis-protocol.md §9), with the reason that the code table
``dependent-termination-reason`` has for it.

Order of the rules: what the record is before what outsiders have told of it; of a termination whether there can be one,
then its reason, then the words that go with the reason.
"""

from sevis_sim.codes import table
from sevis_sim.domain import facts
from sevis_sim.domain.document import Node, value
from sevis_sim.domain.records import ACTIVE, CANCELED, COMPLETED, INITIAL, OPEN, TERMINATED, Record
from sevis_sim.events.changes import content, end, unchanged
from sevis_sim.events.declare import Broken, Case, Event, Rule, broken, rule
from sevis_sim.events.student import education
from sevis_sim.events.student.education import M1, visa

OTHERWISE_FAILING = "16"
NO_SHOW = "22"
"""Reasons of the code table ``student-termination-reason``."""
PRINCIPAL_TERMINATED = "06"
PRINCIPAL_COMPLETED = "10"
"""Reasons of the code table ``dependent-termination-reason``."""


@rule("S1090")
def no_transfer_in(case: Case) -> Broken | None:
    """The record was made by a transfer from another school."""
    return broken() if facts.true(case.before.facts, "transferIn") else None


@rule("S1092")
def not_arrived(case: Case) -> Broken | None:
    """Port-of-entry data says that the student has entered the United States."""
    return broken() if facts.true(case.before.facts, "arrived") else None


first_level = Rule("S1091", education.first_level.check)


@rule("S1132")
def program_ended(case: Case) -> Broken | None:
    """The program ends after today (`Switches.completion_needs_end_reached`)."""
    _, last = education.program_dates(case)
    early = last is not None and last > case.context.today
    return broken() if early and case.context.switches.completion_needs_end_reached else None


@rule("S1054")
def active_or_no_show(case: Case) -> Broken | None:
    """An Initial record is terminated other than as a no-show (`Switches.initial_no_show_may_be_terminated`)."""
    if case.before.status != INITIAL:
        return None
    no_show = value(case.event, "Reason") == NO_SHOW and facts.true(case.before.facts, "arrived")
    return None if no_show and case.context.switches.initial_no_show_may_be_terminated else broken()


@rule("S1060")
def reason_for_visa(case: Case) -> Broken | None:
    """The reason is not one for this visa type (code table ``student-termination-reason``)."""
    row = table("student-termination-reason").row(value(case.event, "Reason"))
    return broken("Reason") if row and row["m1" if visa(case) == M1 else "f1"] != "Y" else None


@rule("S1059")
def other_reason_needs_words(case: Case) -> Broken | None:
    """Reason "otherwise failing to maintain status" without remarks that say how."""
    missing = value(case.event, "Reason") == OTHERWISE_FAILING and not value(case.event, "OtherRemarks")
    return broken("OtherRemarks") if missing else None


@rule("S1104")
def words_for_other_reason_only(case: Case) -> Broken | None:
    """Remarks for another reason than "otherwise failing to maintain status"."""
    needless = value(case.event, "Reason") != OTHERWISE_FAILING and value(case.event, "OtherRemarks")
    return broken("OtherRemarks") if needless else None


def terminate_record(record: Record, termination: Node) -> None:
    """Terminate a record and those who follow it.

    Args:
        record: changed in place.
        termination: ``Reason``, and ``OtherRemarks`` and ``Remarks`` where there are any.

    """
    record.data["Termination"] = termination
    for dependent in end(record, TERMINATED):
        dependent.data["Termination"] = {"Reason": PRINCIPAL_TERMINATED}


def complete_record(record: Record, completion: Node) -> None:
    """Complete a record and those who follow it; ``completion`` may have ``Remarks``."""
    record.data["Completion"] = completion
    for dependent in end(record, COMPLETED):
        dependent.data["Termination"] = {"Reason": PRINCIPAL_COMPLETED}


def cancel_record(record: Record, cancellation: Node) -> None:
    """Cancel a record and those who follow it; ``cancellation`` has ``Reason`` and may have ``Remarks``."""
    record.data["Cancellation"] = cancellation
    end(record, CANCELED)


def _cancel(record: Record, case: Case) -> None:
    """Cancel the record and those who follow it, and keep the reason."""
    cancel_record(record, content(case.event))


def _complete(record: Record, case: Case) -> None:
    """Complete the record and those who follow it."""
    complete_record(record, content(case.event))


def _terminate(record: Record, case: Case) -> None:
    """Terminate the record and those who follow it, and keep the reason."""
    terminate_record(record, content(case.event))


EVENTS = (
    Event(
        path="Status/Cancel",
        population="student",
        statuses=frozenset({INITIAL}),
        wrong_status="S1057",
        prints="never",
        rules=(first_level, no_transfer_in, not_arrived),
        apply=_cancel,
    ),
    Event(
        path="Status/Complete",
        population="student",
        statuses=frozenset({ACTIVE}),
        wrong_status="S1054",
        prints="never",
        rules=(program_ended,),
        apply=_complete,
    ),
    Event(
        path="Status/Terminate",
        population="student",
        statuses=OPEN,
        wrong_status="S1054",
        prints="never",
        rules=(active_or_no_show, reason_for_visa, other_reason_needs_words, words_for_other_reason_only),
        apply=_terminate,
    ),
    Event(
        path="Status/Verify",
        population="student",
        statuses=OPEN,
        wrong_status="S1106",
        prints="never",
        # What it does in SEVIS was not found (sevis-protocol.md §12, question 13): here it stands in the history.
        rules=(),
        apply=unchanged,
    ),
)
