"""`Directory`: the database and the archive of one data directory."""

import contextlib
import os
import tempfile
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sqlalchemy import Connection

from sevis_sim.store.database import Database
from sevis_sim.store.dialect import Dialect
from sevis_sim.store.migrate import migrations_of
from sevis_sim.store.unit import Unit
from udir_sim.directory.archive import Archive
from udir_sim.directory.model import Delivery, DirectoryError, Load, State
from udir_sim.directory.record import DirectoryRecord
from udir_sim.directory.repositories import Deliveries, Loads, Records

if TYPE_CHECKING:
    from udir_sim.directory.retention import Forgotten

DATABASE = "directory.db"
APPLICATION = "udir-sim"


class DirectoryTransaction(Unit):
    """What a transaction of the directory offers."""

    def __init__(self, connection: Connection, dialect: Dialect) -> None:
        super().__init__(connection, dialect)
        self.records = Records(connection, dialect)
        self.loads = Loads(connection, dialect)
        self.deliveries = Deliveries(connection, dialect)


class Directory:
    """The directory of one data directory. You obtain one from `open`; usable from several threads."""

    def __init__(self, database: Database[DirectoryTransaction], archive: Archive, exit_stack: ExitStack) -> None:
        self.database = database
        """For coroutines (``await database.read(lambda tx: …)``) and for work in one transaction."""
        self.archive = archive
        """The files and reports."""
        self._exit = exit_stack

    @classmethod
    def open(cls, folder: Path | None = None) -> Self:
        """Open a directory, making it where there is none yet.

        Args:
            folder: Data directory; None for one that ends with the program.

        Raises:
            StoreError: it cannot be written, is damaged, another program's or of a newer release.

        """
        with ExitStack() as stack:
            if folder is None:
                url = "sqlite://"
                kept = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="udir-sim-")))
            else:
                _private(folder / DATABASE)
                url = f"sqlite:///{folder / DATABASE}"
                kept = folder
            database = Database(url, APPLICATION, migrations_of("udir_sim.directory"), DirectoryTransaction)
            stack.callback(database.close)
            return cls(database, Archive(kept), stack.pop_all())

    def close(self) -> None:
        """Close the database; a second call does nothing."""
        self._exit.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- looking up ------------------------------------------------------------------------------------------------

    def lookup_net_id(self, net_id: str) -> list[DirectoryRecord]:
        """Return the records in force of a Net ID at all locations, by location. Upper or lower case do not matter."""
        with self.database.reading() as tx:
            return tx.records.of_net_id(net_id)

    def lookup_student(self, location: str, student_id: str) -> DirectoryRecord | None:
        """Return the record in force of a student, by the hash of the Student ID (40 hexadecimal digits), or None."""
        with self.database.reading() as tx:
            return tx.records.of_student(location, student_id)

    def loads(self, location: str | None = None) -> list[Load]:
        """Return the history of a location, or of all, the oldest load first; the last of a location is in force."""
        with self.database.reading() as tx:
            return tx.loads.of(location)

    def in_force(self, location: str) -> Load | None:
        """Return the load whose records are in force; None before the first."""
        with self.database.reading() as tx:
            return tx.loads.in_force(location)

    def delivery(self, delivery_id: str) -> Delivery | None:
        """Return a delivery by its id, or None."""
        with self.database.reading() as tx:
            return tx.deliveries.get(delivery_id)

    def deliveries(self, location: str | None = None, state: State | None = None, limit: int = 100) -> list[Delivery]:
        """Return what came, the newest first."""
        with self.database.reading() as tx:
            return tx.deliveries.find(location, state, limit)

    def file_in_force(self, location: str) -> Path | None:
        """Return the last accepted file of a location: the one whose records are in force."""
        with self.database.reading() as tx:
            load = tx.loads.in_force(location)
            delivery = tx.deliveries.get(load.delivery) if load is not None else None
        return None if delivery is None else self.archive.path(delivery)

    # -- changing --------------------------------------------------------------------------------------------------

    def roll_back(self, location: str, number: int, now: datetime) -> Load:
        """Put the records of an earlier load in force again, as a new load; nothing of the history is lost.

        Raises:
            DirectoryError: there is no such load, or it is in force.

        """
        from udir_sim.directory.roll_back import roll_back

        with self.database.transaction() as tx:
            return roll_back(tx.connection, tx.loads, location, number, now)

    def forget(self, location: str, keep: int) -> "Forgotten":
        """Delete what is older than the last ``keep`` loaded files of a location: loads, records, files and reports.

        Nothing of the location may be received meanwhile.
        """
        from udir_sim.directory.retention import forget

        with self.database.transaction() as tx:
            forgotten = forget(tx.connection, location, keep)
            known = tx.deliveries.ids(location)
        self.archive.forget(known, location)  # after the commit: what the database names is there
        return forgotten

    def refuse(self, delivery_id: str, note: str, now: datetime) -> Delivery:
        """Refuse a held file for good.

        Raises:
            DirectoryError: there is no such delivery, or it is not held.

        """
        with self.database.transaction() as tx:
            held(tx, delivery_id)
            tx.deliveries.decide(delivery_id, State.REFUSED, note, now)
            return held(tx, delivery_id, State.REFUSED)


def _private(file: Path) -> None:
    """Make a file that nobody else reads, unless it is there.

    The database has names and digests, and SQLite makes its files readable for all; what it puts beside a file gets
    the same mode.
    """
    with contextlib.suppress(OSError):  # the database says what is wrong
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def held(tx: DirectoryTransaction, delivery_id: str, state: State = State.HELD) -> Delivery:
    """Return a delivery that is in a state, by default held; DirectoryError otherwise."""
    delivery = tx.deliveries.get(delivery_id)
    if delivery is None:
        raise DirectoryError(f"there is no delivery {delivery_id!r}; list them with: udir-sim held list --all")
    if delivery.state is not state:
        raise DirectoryError(f"delivery {delivery_id} is {delivery.state.value}, not {state.value}")
    return delivery
