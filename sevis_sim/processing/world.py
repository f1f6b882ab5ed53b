"""What the rules of one batch may ask of SEVIS: stored records, with the effect of earlier records laid over them."""

from sevis_sim.domain import sevis_ids
from sevis_sim.domain.records import Population, Record
from sevis_sim.domain.submissions import Batch
from sevis_sim.sandbox import Sandbox
from sevis_sim.store import Transaction


class StoreWorld:
    """The `events.World` of one batch, read through one transaction."""

    def __init__(self, sandbox: Sandbox, batch: Batch, tx: Transaction) -> None:
        self._sandbox = sandbox
        self._batch = batch
        self._tx = tx
        self._issued: set[str] = set()
        self.changed: dict[str, tuple[Record, str]] = {}
        """Records to store, with their identity, by SEVIS ID, in the order in which they were first touched."""
        self._identities: dict[tuple[Population, str], list[str]] = {}

    def record(self, population: Population, sevis_id: str) -> Record | None:
        """Return the organization's record with this SEVIS ID as it stands now, or None."""
        if sevis_id in self.changed:
            found: Record | None = self.changed[sevis_id][0]
        else:
            found = self._tx.records.get(self._sandbox.name, self._batch.system, sevis_id)
        if found is None or found.population != population or found.org_id != self._batch.org_id:
            return None
        return found.copy()

    def same_identity(self, population: Population, identity: str) -> list[str]:
        """Return the SEVIS IDs of records that have this identity now: of an earlier batch, or by this one."""
        stored = self._tx.records.same_identity(self._sandbox.name, self._batch.system, population, identity)
        here = self._identities.get((population, identity), [])
        return [*(sevis_id for sevis_id in stored if sevis_id not in self.changed), *here]

    def new_sevis_id(self, *place: str) -> str:
        """Return a SEVIS ID that is free, derived from the batch and the place in it (design.md §3.8)."""
        parts = (
            str(self._sandbox.seed),
            self._sandbox.name,
            self._batch.org_id,
            self._batch.system,
            self._batch.batch_id,
            *place,
        )
        attempt = 0
        while True:
            candidate = sevis_ids.make(parts, attempt, self._sandbox.switches.sevis_id_range)
            taken = candidate in self._issued or self._tx.records.taken(
                self._sandbox.name, self._batch.system, [candidate]
            )
            if not taken:
                self._issued.add(candidate)
                return candidate
            attempt += 1

    def new_site_id(self, *place: str) -> str:
        """Return the id of a site of activity or phase, derived like a SEVIS ID."""
        return sevis_ids.site_id((str(self._sandbox.seed), self._batch.org_id, self._batch.batch_id, *place))

    def keep(self, record: Record, identity: str) -> None:
        """Remember a record that an event created or changed, under the identity that it has now."""
        if record.sevis_id in self.changed:
            before = self.changed[record.sevis_id][1]
            self._identities[record.population, before].remove(record.sevis_id)
        self.changed[record.sevis_id] = (record, identity)
        self._identities.setdefault((record.population, identity), []).append(record.sevis_id)
