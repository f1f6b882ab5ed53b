"""What the rules of one batch may ask of SEVIS: known records, with the effect of earlier records laid over them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence

from sevis_sim.domain import sevis_ids
from sevis_sim.domain.records import Population, Record


class BatchWorld(ABC):
    """The `World` of one batch. Where the records known before it come from is for a subclass to say."""

    def __init__(self, org_id: str, seed: str, place: Sequence[str], id_range: str = sevis_ids.DEFAULT_RANGE) -> None:
        """Start with the world as it was before the batch.

        Args:
            org_id: whose batch it is.
            seed: new ids are derived from it,
            place: and from where the batch stands: names that together occur once (design.md §3.8).
            id_range: how new SEVIS IDs begin.

        """
        self._org_id = org_id
        self._seed = seed
        self._place = tuple(place)
        self._id_range = id_range
        self._issued: set[str] = set()
        self.changed: dict[str, tuple[Record, str]] = {}
        """Records as they stand now, with their identity, by SEVIS ID, in the order in which they were touched."""
        self.versions: list[tuple[Record, str]] = []
        """Every version to store, with its identity, in the order in which they came about."""
        self._identities: dict[tuple[Population, str], list[str]] = {}

    @abstractmethod
    def known(self, sevis_id: str) -> Record | None:
        """Return the record, of any organization, that had this SEVIS ID before the batch."""

    @abstractmethod
    def known_identity(self, population: Population, identity: str) -> Iterable[str]:
        """Return the SEVIS IDs of the records that had this identity before the batch."""

    @abstractmethod
    def taken(self, sevis_id: str) -> bool:
        """Tell whether somebody, principal or dependent, had this SEVIS ID before the batch."""

    def record(self, population: Population, sevis_id: str) -> Record | None:
        """Return the organization's record with this SEVIS ID as it stands now, or None."""
        found = self.changed[sevis_id][0] if sevis_id in self.changed else self.known(sevis_id)
        if found is None or found.population != population or found.org_id != self._org_id:
            return None
        return found.copy()

    def same_identity(self, population: Population, identity: str) -> list[str]:
        """Return the SEVIS IDs of records that have this identity now: from before the batch, or by it."""
        known = self.known_identity(population, identity)
        here = self._identities.get((population, identity), [])
        return [*(sevis_id for sevis_id in known if sevis_id not in self.changed), *here]

    def new_sevis_id(self, *place: str) -> str:
        """Return a SEVIS ID that is free, derived from the batch and the place in it (design.md §3.8)."""
        attempt = 0
        while True:
            candidate = sevis_ids.make((self._seed, *self._place, *place), attempt, self._id_range)
            if candidate not in self._issued and not self.taken(candidate):
                self._issued.add(candidate)
                return candidate
            attempt += 1

    def new_site_id(self, *place: str) -> str:
        """Return the id of a site of activity or phase, derived like a SEVIS ID."""
        return sevis_ids.site_id((self._seed, self._org_id, self._place[-1], *place))

    def keep(self, record: Record, identity: str) -> None:
        """Remember a record that an event created or changed, under the identity that it has now."""
        if record.sevis_id in self.changed:
            before = self.changed[record.sevis_id][1]
            self._identities[record.population, before].remove(record.sevis_id)
        self.changed[record.sevis_id] = (record, identity)
        self.versions.append((record, identity))
        self._identities.setdefault((record.population, identity), []).append(record.sevis_id)


class RecordsWorld(BatchWorld):
    """The world of a batch that is judged without a store: what is known are the records given."""

    def __init__(
        self,
        org_id: str,
        batch_id: str,
        records: Iterable[Record],
        identity_of: Callable[[Record], str],
    ) -> None:
        """Take the records known before the batch.

        Args:
            org_id: whose batch it is.
            batch_id: its id.
            records: of any organization and population.
            identity_of: the key by which two records are taken for one person (`events.identity`).

        """
        super().__init__(org_id, "0", (org_id, batch_id))
        self._records: dict[str, Record] = {}
        self._known_identities: dict[tuple[Population, str], list[str]] = {}
        for record in records:
            self._records[record.sevis_id] = record
            self._known_identities.setdefault((record.population, identity_of(record)), []).append(record.sevis_id)
        dependents = (d.sevis_id for record in self._records.values() for d in record.dependents)
        self._taken = frozenset((*self._records, *dependents))

    def known(self, sevis_id: str) -> Record | None:
        """Return the record with this SEVIS ID."""
        return self._records.get(sevis_id)

    def known_identity(self, population: Population, identity: str) -> Iterable[str]:
        """Return the SEVIS IDs of the records with this identity."""
        return self._known_identities.get((population, identity), [])

    def taken(self, sevis_id: str) -> bool:
        """Tell whether a record or a dependent has this SEVIS ID."""
        return sevis_id in self._taken
