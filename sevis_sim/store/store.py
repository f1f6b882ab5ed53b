"""The store of sevis-sim: its transactions, and how it is opened."""

from functools import partial

from sqlalchemy import Connection

from sevis_sim.store.batches import Batches
from sevis_sim.store.certificates import Certificates
from sevis_sim.store.database import Database
from sevis_sim.store.dialect import Dialect
from sevis_sim.store.ground import GroundTransaction
from sevis_sim.store.migrate import migrations_of
from sevis_sim.store.organizations import Organizations
from sevis_sim.store.record_dates import RecordDates
from sevis_sim.store.records import Records
from sevis_sim.store.snapshots import Snapshots


class Generation:
    """A number that grows whenever something has changed: what was read under another one is out of date."""

    def __init__(self) -> None:
        self.number = 0

    def changed(self) -> None:
        """Let what was read until now be out of date. Called by the writer alone."""
        self.number += 1


class Transaction(GroundTransaction):
    """What a transaction of sevis-sim offers: one repository for each kind of row."""

    def __init__(self, connection: Connection, dialect: Dialect, identities: Generation | None = None) -> None:
        super().__init__(connection, dialect)
        self._identities = identities or Generation()
        self.organizations = Organizations(connection, dialect, self._identities_change)
        self.certificates = Certificates(connection, dialect, self._identities_change)
        self.batches = Batches(connection, dialect)
        self.records = Records(connection, dialect)
        self.record_dates = RecordDates(connection, dialect)
        self.snapshots = Snapshots(connection, dialect, self._identities_change)

    def _identities_change(self) -> None:
        self.after_commit(self._identities.changed)


class Store(Database[Transaction]):
    """The database of sevis-sim."""

    identities: Generation
    """Changes with organizations, certificates and their registrations, as far as this process changes them."""

    @classmethod
    def open(cls, url: str) -> "Store":
        """Open a database, creating and migrating it as needed.

        Args:
            url: ``sqlite:///path/store.db``, or ``sqlite://`` for one of its own in memory.

        Raises:
            StoreError: one line that says what to do: the place cannot be written to, the file is damaged or another
                program's, or a newer release wrote it.
        """
        identities = Generation()
        store = cls(url, "sevis-sim", migrations_of("sevis_sim.store"), partial(Transaction, identities=identities))
        store.identities = identities
        return store
