"""The world of one batch whose known records are in the store."""

from collections.abc import Iterable

from sevis_sim.domain.records import Population, Record
from sevis_sim.domain.submissions import Batch
from sevis_sim.events import BatchWorld
from sevis_sim.sandbox import Sandbox
from sevis_sim.store import Transaction


class StoreWorld(BatchWorld):
    """The `events.World` of one batch, read through one transaction."""

    def __init__(self, sandbox: Sandbox, batch: Batch, tx: Transaction) -> None:
        place = (sandbox.name, batch.org_id, batch.system, batch.batch_id)
        super().__init__(batch.org_id, str(sandbox.seed), place, sandbox.switches.sevis_id_range)
        self._sandbox = sandbox
        self._batch = batch
        self._tx = tx

    def known(self, sevis_id: str) -> Record | None:
        """Return the stored record with this SEVIS ID."""
        return self._tx.records.get(self._sandbox.name, self._batch.system, sevis_id)

    def known_identity(self, population: Population, identity: str) -> Iterable[str]:
        """Return the SEVIS IDs of the stored records with this identity."""
        return self._tx.records.same_identity(self._sandbox.name, self._batch.system, population, identity)

    def taken(self, sevis_id: str) -> bool:
        """Tell whether this SEVIS ID has been given out."""
        return bool(self._tx.records.taken(self._sandbox.name, self._batch.system, [sevis_id]))
