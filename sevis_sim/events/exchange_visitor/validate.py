"""Validate: an exchange visitor has arrived; the Initial record becomes Active.

The event has no printForm, yet a new DS-2019 always comes back (sevis-protocol.md §5). It is taken to be the
principal's alone: nothing was found that says dependents get one too.
"""

from sevis_sim.domain.document import day
from sevis_sim.domain.records import INITIAL, Record
from sevis_sim.events import days
from sevis_sim.events.changes import activate, merge_block, replace
from sevis_sim.events.declare import Broken, Case, Event, broken, rule
from sevis_sim.events.exchange_visitor import person

EARLIEST = 30
"""Days before the program's start from which on it may be validated (error-codes.csv S2284)."""


@rule("S2284")
def not_too_early(case: Case) -> Broken | None:
    """The program starts more than 30 days from today."""
    start = day(case.before.data, "PrgStartDate")
    return broken() if start and case.context.today < days.later(start, -EARLIEST) else None


def apply(record: Record, case: Case) -> None:
    """Activate the record and merge address, contact and signature dates."""
    activate(record)
    merge_block(record, "Biographical", case.event, ("EmailAddress", "PhoneNumber"))
    replace(record, case.event, ("USAddress", "TippSignatureDates"))


EVENTS = (
    Event(
        path="Validate",
        population="exchangeVisitor",
        statuses=frozenset({INITIAL}),
        wrong_status="S2124",
        prints="always",
        purpose="Update information",
        rules=(not_too_early, person.EMAIL, *person.ADDRESSES),
        apply=apply,
    ),
)
