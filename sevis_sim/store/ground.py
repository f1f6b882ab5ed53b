"""What the database of any simulator keeps: sandboxes, due work, small facts and the journal. No SEVIS in it."""

from sqlalchemy import Connection

from sevis_sim.store.database import Database
from sevis_sim.store.dialect import Dialect
from sevis_sim.store.due import Due
from sevis_sim.store.journal import JournalRows
from sevis_sim.store.meta import Meta
from sevis_sim.store.migrate import migrations_of
from sevis_sim.store.sandboxes import Sandboxes
from sevis_sim.store.unit import Unit

_MIGRATIONS = 1
"""How many of the store's migrations make these tables: ``0001_ground.sql``."""


class GroundTransaction(Unit):
    """What a transaction of any simulator offers: no SEVIS in it."""

    def __init__(self, connection: Connection, dialect: Dialect) -> None:
        super().__init__(connection, dialect)
        self.meta = Meta(connection, dialect)
        self.sandboxes = Sandboxes(connection, dialect)
        self.due = Due(connection, dialect)
        self.journal = JournalRows(connection, dialect)


def open_ground(url: str, application: str) -> Database[GroundTransaction]:
    """Open a database that holds nothing else, creating and migrating it as needed; StoreError as of `Store.open`."""
    return Database(url, application, migrations_of("sevis_sim.store")[:_MIGRATIONS], GroundTransaction)
