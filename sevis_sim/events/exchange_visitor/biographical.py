"""Biographical: an exchange visitor's name, birth, contact and addresses change."""

from sevis_sim.domain.records import ACTIVE, INITIAL, Record
from sevis_sim.events.changes import merge_block, replace
from sevis_sim.events.declare import Broken, Case, Event, broken, rule
from sevis_sim.events.exchange_visitor import person, program, residence

VISA_ISSUED = "visaIssued"
"""Fact about a record that only the State Department knows: the day on which the visa was issued."""

_BIOGRAPHIC = (
    "FullName",
    "BirthDate",
    "Gender",
    "BirthCity",
    "BirthCountryCode",
    "CitizenshipCountryCode",
    "PermanentResidenceCountryCode",
    "BirthCountryReason",
    "EmailAddress",
    "PhoneNumber",
)


@rule("S2204")
def no_visa_yet(case: Case) -> Broken | None:
    """The record is still Initial, but a visa has been issued on it (fact ``visaIssued``)."""
    return broken() if case.before.status == INITIAL and case.before.facts.get(VISA_ISSUED) else None


def apply(record: Record, case: Case) -> None:
    """Merge what was sent; a residential address is replaced like any other."""
    merge_block(record, "Biographical", case.event, _BIOGRAPHIC)
    replace(record, case.event, ("PositionCode", "USAddress", "MailAddress", "ResidentialAddress", "Remarks"))


EVENTS = (
    Event(
        path="Biographical",
        population="exchangeVisitor",
        statuses=frozenset({INITIAL, ACTIVE}),
        wrong_status="S2124",
        purpose="Update information",
        rules=(
            no_visa_yet,
            *person.NAMES,
            person.BIRTH,
            *person.BIRTH_COUNTRY,
            person.EMAIL,
            *program.AGES,
            *person.ADDRESSES,
            *residence.RESIDENCE,
        ),
        apply=apply,
    ),
)
