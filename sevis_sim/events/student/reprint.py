"""Reprint: the student's form once more. Its reason stands on no form (forms.md §3.7), the event in the history."""

from sevis_sim.domain.records import OPEN
from sevis_sim.events.changes import unchanged
from sevis_sim.events.declare import Event

EVENTS = (
    Event(
        path="Reprint",
        population="student",
        statuses=OPEN,
        wrong_status="S1106",
        prints_unless_told=True,  # the schema's default of the attribute
        rules=(),
        apply=unchanged,
    ),
)
