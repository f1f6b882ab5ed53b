"""DisciplinaryAction: why a student was disciplined after a crime. Each one is kept; nothing prints."""

from sevis_sim.domain.document import children
from sevis_sim.domain.records import ACTIVE, Record
from sevis_sim.events.changes import content
from sevis_sim.events.declare import Case, Event


def apply(record: Record, case: Case) -> None:
    """Add the explanation to those that the record has."""
    record.data["DisciplinaryAction"] = [*children(record.data, "DisciplinaryAction"), content(case.event)]


EVENTS = (
    Event(
        path="DisciplinaryAction",
        population="student",
        statuses=frozenset({ACTIVE}),
        wrong_status="S1054",
        prints="never",
        rules=(),
        apply=apply,
    ),
)
