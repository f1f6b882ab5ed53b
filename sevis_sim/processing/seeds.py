"""Puts records into SEVIS that no batch created: those of a scenario, and those that the control API adds."""

from collections.abc import Sequence

from sevis_sim.domain.records import Record
from sevis_sim.events import identity
from sevis_sim.processing import life_cycle
from sevis_sim.sandbox import Sandbox
from sevis_sim.store import Transaction


def seed_records(sandbox: Sandbox, tx: Transaction, system: str, records: Sequence[Record]) -> None:
    """Store records as they are now. What the calendar would have done to them before does not happen any more.

    Raises:
        SevisIdTaken: a SEVIS ID, of a record or of a dependent in it, belongs to another record.

    """
    now = sandbox.now()
    saves = [(record, identity(record.population, record.data, sandbox.switches.rules)) for record in records]
    tx.records.save_many(sandbox.name, system, saves, None, now)
    life_cycle.schedule(sandbox, tx, system, records, now, life_cycle.seeded_since(sandbox, now))
