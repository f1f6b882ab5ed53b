"""Which forms an event prints, and what they say of its purpose (forms.md §3.7, §4.5, §5.2)."""

import dataclasses
from typing import Any

from sevis_sim.domain import facts
from sevis_sim.domain.document import copied, flag, present, value
from sevis_sim.domain.outcomes import FormRequest
from sevis_sim.domain.records import INITIAL, Dependent, Population, Record
from sevis_sim.events.declare import Case

_FORMS: dict[Population, str] = {"student": "I-20", "exchangeVisitor": "DS-2019"}
_CHANGE_OF_STATUS = "S"


def forms(case: Case) -> tuple[FormRequest, ...]:
    """Return the forms that go with a successful record: the principal's first, then those of dependents."""
    if not _asked(case):
        return ()
    people: list[Dependent | None] = [None] if case.declared.prints_principal else []
    if not case.declared.creates or case.context.switches.dependents_print_on_create:
        people.extend(case.declared.dependents(case))
    record = _printed(case.after)
    organization = dataclasses.asdict(case.context.organization)
    official: dict[str, Any] = dataclasses.asdict(case.official) if case.official else {}
    return tuple(
        FormRequest(
            form=_FORMS[case.after.population],
            sevis_id=person.sevis_id if person else case.after.sevis_id,
            purpose=purpose(case.after, case),
            record=record,
            dependent=dataclasses.asdict(person) if person else None,
            organization=organization,
            official=official,
            issued=case.context.today.isoformat(),
        )
        for person in people
    )


def _printed(record: Record) -> dict[str, Any]:
    """Return what forms show of a record: its history and other education levels, which may be long, are not."""
    return {
        "sevis_id": record.sevis_id,
        "status": record.status,
        "data": copied(record.data),
        "dependents": [dataclasses.asdict(each) for each in record.dependents],
        "sites": [dataclasses.asdict(each) for each in record.sites],
    }


def _asked(case: Case) -> bool:
    if case.declared.prints != "attribute":
        return case.declared.prints == "always"
    if not present(case.event, "@printForm"):
        return case.declared.prints_unless_told
    return bool(flag(case.event, "@printForm"))


def purpose(record: Record, case: Case) -> str:
    """Return the I-20's issue reason or the DS-2019's purpose.

    An I-20 says INITIAL ATTENDANCE, CHANGE OF STATUS, CHANGE OF EDUCATION LEVEL or TRANSFER PENDING until the student
    is registered, from then on CONTINUED ATTENDANCE. The wording for a change of status is the code table's, that for a
    change of level assumed, since no such form was seen (forms.md §3.7).
    """
    if record.population == "exchangeVisitor":
        return case.declared.purpose
    if record.status != INITIAL:
        return "CONTINUED ATTENDANCE"
    if record.pending_level == record.level:
        return "CHANGE OF EDUCATION LEVEL"
    if facts.true(record.facts, "transferIn"):
        return "TRANSFER PENDING"
    created_for = value(record.data, "IssueReason")
    return "CHANGE OF STATUS" if created_for == _CHANGE_OF_STATUS else "INITIAL ATTENDANCE"
