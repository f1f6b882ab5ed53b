"""Transactions and threads: one writer at a time, from coroutines and from worker threads, on any schema."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Generic, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from sevis_sim.store.dialect import READ_ONLY, Dialect, dialect_for
from sevis_sim.store.errors import StoreError
from sevis_sim.store.migrate import Migration, migrate

T = TypeVar("T")

_READERS = 2
"""Threads that read from a file while the writer writes."""


class Unit:
    """One transaction: a connection on which everything happens or nothing does."""

    def __init__(self, connection: Connection, dialect: Dialect) -> None:
        self.connection = connection
        self.dialect = dialect
        self._afterwards: list[Callable[[], None]] = []

    def after_commit(self, call: Callable[[], None]) -> None:
        """Have ``call`` called once this transaction is committed, in the thread that did it; never on roll-back."""
        self._afterwards.append(call)

    def committed(self) -> None:
        """Make the calls asked for by `after_commit`."""
        for call in self._afterwards:
            call()


UnitT_co = TypeVar("UnitT_co", bound=Unit, covariant=True)


class Database(Generic[UnitT_co]):
    """A database, opened and migrated. What a transaction offers is up to the class given as ``unit``.

    ``run`` and ``read`` are for coroutines; ``transaction`` and ``reading`` for code that is in a thread of its own.
    All of them may be used together. A work function must not keep its transaction, nor start another one.
    """

    def __init__(
        self,
        url: str,
        application: str,
        migrations: Sequence[Migration],
        unit: Callable[[Connection, Dialect], UnitT_co],
    ) -> None:
        self._dialect = dialect_for(url)
        self._unit = unit
        self._turn = threading.Lock()
        self._owner: int | None = None
        self._closing = self._closed = False
        self._engine = self._dialect.engine()
        self._writer = ThreadPoolExecutor(1, "store-writer")
        self._reader = self._writer if self._dialect.one_connection else ThreadPoolExecutor(_READERS, "store-reader")
        try:
            with self._explained(), self._engine.begin() as connection:
                self._dialect.check(connection)
                migrate(connection, self._dialect, application, migrations)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let work that was handed in finish, then close the database; a second call does nothing."""
        self._closing = True
        self._reader.shutdown()
        self._writer.shutdown()
        with self._turn:
            self._closed = True
            self._engine.dispose()

    async def run(self, work: Callable[[UnitT_co], T]) -> T:
        """Run ``work`` in one write transaction, in the writer's thread, and return what it returns.

        The transaction is committed, and durable, when this returns. An exception rolls it back and is raised here.
        Cancelling the caller does not undo work that has begun.
        """
        self._refuse(self._closing)
        return await asyncio.get_running_loop().run_in_executor(self._writer, self._write, work)

    async def read(self, work: Callable[[UnitT_co], T]) -> T:
        """Run ``work`` on one unchanging view of the database, in a reader's thread; it cannot write."""
        self._refuse(self._closing)
        return await asyncio.get_running_loop().run_in_executor(self._reader, self._look, work)

    @contextmanager
    def transaction(self) -> Iterator[UnitT_co]:
        """One write transaction in the calling thread: committed at the end of the block, rolled back on exception.

        It waits for its turn, so keep it off the event loop's thread, and never await inside it.
        """
        with self._alone(), self._explained(), self._engine.connect() as connection, connection.begin():
            unit = self._unit(connection, self._dialect)
            yield unit
        unit.committed()

    @contextmanager
    def reading(self) -> Iterator[UnitT_co]:
        """One unchanging view of the database in the calling thread; nothing can be written."""
        if self._dialect.one_connection:
            with self._alone(), self._view() as unit:
                yield unit
        else:
            self._refuse(self._closed)
            with self._view() as unit:
                yield unit

    def _write(self, work: Callable[[UnitT_co], T]) -> T:
        with self.transaction() as unit:
            return work(unit)

    def _look(self, work: Callable[[UnitT_co], T]) -> T:
        with self.reading() as unit:
            return work(unit)

    @contextmanager
    def _view(self) -> Iterator[UnitT_co]:
        with self._explained(), self._engine.connect() as plain:
            connection = plain.execution_options(**{READ_ONLY: True})
            with connection.begin():
                yield self._unit(connection, self._dialect)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._refuse(self._closed)
        with self._turn:
            self._refuse(self._closed)
            self._owner = threading.get_ident()
            try:
                yield
            finally:
                self._owner = None

    def _refuse(self, closed: bool) -> None:
        if self._owner == threading.get_ident():
            raise RuntimeError("a transaction is open in this thread: pass it on instead of starting another")
        if closed:
            raise StoreError("the database is closed: open it again")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            explained = self._dialect.explain(error)
            if explained is None:
                raise
            raise explained from error
