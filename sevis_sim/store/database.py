"""Transactions and threads: one writer at a time, from coroutines and from worker threads, on any schema."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Generic, TypeVar, cast

from sqlalchemy import Connection

from sevis_sim.store.dialect import READ_ONLY, Dialect, dialect_for
from sevis_sim.store.errors import StoreError
from sevis_sim.store.jobs import Job, Jobs, settle
from sevis_sim.store.migrate import Migration, migrate
from sevis_sim.store.unit import Unit

T = TypeVar("T")
UnitT_co = TypeVar("UnitT_co", bound=Unit, covariant=True)

_READERS = 2
"""Threads that read from a file while the writer writes."""
_SOON = 0.05
"""Seconds for which work that nobody waits for is gathered."""


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
        self.timed: Callable[[str, float], None] | None = None
        """Told of each transaction, when it is done: ``read`` or ``write``, and the seconds it took."""
        self._jobs: Jobs[UnitT_co] = Jobs()
        self._gathered: asyncio.TimerHandle | None = None
        """Will have the writer do what `soon` has gathered."""
        self._doing: Future[None] | None = None
        """The writer's turn in which the last of that is done."""
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
        if not self._closing:
            self._closing = True
            self._writer.submit(self._write_groups)
        self._reader.shutdown()
        self._writer.shutdown()
        with self._turn:
            self._closed = True
            self._engine.dispose()
            self._dialect.spool.close()

    async def run(self, work: Callable[[UnitT_co], T], *, durable: bool = True) -> T:
        """Run ``work`` in a write transaction, in the writer's thread, and return what it returns.

        What it wrote is committed, and durable, when this returns. An exception undoes it and is raised here.
        Work that waits at the same time shares one commit, each behind a savepoint of its own, so that under load
        there is one wait for the disk for many. Cancelling the caller does not undo work that has begun.

        With ``durable`` false nobody waits for the disk: what was written outlives the end of this process, however
        it ends, and the database stays whole, but should the power fail at once the last of it may be lost.
        """
        self._refuse(self._closing)
        job: Job[UnitT_co] = Job(work, durable=durable)
        self._jobs.put(job)
        self._writer.submit(self._write_groups)
        return cast("T", await job.future)

    def soon(self, work: Callable[[UnitT_co], object], failed: Callable[[BaseException], None]) -> None:
        """Run ``work`` in a write transaction with others of its kind, within `_SOON` seconds; nobody waits for it.

        Work handed to `run` afterwards is done afterwards; who is to `read` what this writes waits until the writer has
        `caught_up`, for others need not wait for it. Nobody waits for the disk either, as with ``durable`` false.
        ``failed`` is told, in the event loop, what undid it.
        """
        try:
            self._refuse(self._closing)
        except StoreError as error:
            failed(error)
            return
        job: Job[UnitT_co] = Job(work, durable=False, failed=failed)
        self._jobs.put(job)
        if self._gathered is None:
            self._gathered = job.loop.call_later(_SOON, self._begin)

    def _begin(self) -> None:
        """Have the writer do what `soon` has gathered."""
        if self._gathered is not None and not self._closing:
            self._gathered.cancel()
            self._doing = self._writer.submit(self._write_groups)
        self._gathered = None

    async def caught_up(self) -> None:
        """Wait until all that `soon` was given before is done, well or badly; whoever is cancelled stops none of it."""
        self._begin()
        if self._doing is not None and not self._doing.done():
            await asyncio.shield(asyncio.wrap_future(self._doing))

    async def read(self, work: Callable[[UnitT_co], T]) -> T:
        """Run ``work`` on one unchanging view of the database, in a reader's thread; it cannot write."""
        self._refuse(self._closing)
        return await asyncio.get_running_loop().run_in_executor(self._reader, self._look, work)

    @contextmanager
    def transaction(self) -> Iterator[UnitT_co]:
        """One write transaction in the calling thread: committed at the end of the block, rolled back on exception.

        It waits for its turn, so keep it off the event loop's thread, and never await inside it.
        """
        with self._alone(), self._explained(), self._writing(durable=True) as connection:
            unit = self._unit(connection, self._dialect)
            yield unit
            unit.done()
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

    def _write_groups(self) -> None:
        """Do all jobs that wait when this begins."""
        for _ in range(len(self._jobs)):
            if not self._write_group():
                return

    def _write_group(self) -> bool:
        """Do jobs that wait, in one transaction; False where none does."""
        if not self._jobs:
            return False
        group: list[Job[UnitT_co]] = []
        began = time.perf_counter()
        try:
            with self._alone(), self._explained():
                durable = self._jobs.durable
                with self._writing(durable) as connection:
                    for job in self._jobs.group(durable):
                        group.append(job)
                        job.unit = self._unit(connection, self._dialect)
                        if job is group[0]:
                            # Nothing to protect yet: its exception ends the transaction, the others get another.
                            job.do()
                        else:
                            self._do_behind_savepoint(job, connection)
        except BaseException as error:  # whatever it is, a coroutine waits for it
            group = group or list(self._jobs.group(durable=True))
            for job in group:
                job.error = job.error or error
        for job in group:
            if job.error is None:
                job.committed()
        self._tell_time("write", began)
        settle(group)
        return True

    @contextmanager
    def _writing(self, durable: bool) -> Iterator[Connection]:
        """One transaction, and what it does to the spool."""
        spool = self._dialect.spool
        with self._engine.connect() as connection:
            self._dialect.wait_for_disk(connection, durable)
            try:
                with connection.begin():
                    yield connection
                    if durable:
                        spool.sync()
            except BaseException:
                spool.rolled_back()
                raise
            spool.committed()

    def _tell_time(self, what: str, began: float) -> None:
        if self.timed is not None:
            self.timed(what, time.perf_counter() - began)

    def _do_behind_savepoint(self, job: Job[UnitT_co], connection: Connection) -> None:
        driver = connection.connection.cursor()
        driver.execute("SAVEPOINT job")
        try:
            with self._explained():
                job.do()
        except BaseException as error:  # whatever it is, a coroutine waits for it
            job.error = error
            driver.execute("ROLLBACK TO SAVEPOINT job")
            self._dialect.spool.rolled_back()
        driver.execute("RELEASE SAVEPOINT job")

    def _look(self, work: Callable[[UnitT_co], T]) -> T:
        began = time.perf_counter()
        try:
            with self.reading() as unit:
                return work(unit)
        finally:
            self._tell_time("read", began)

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
        except self._dialect.errors as error:
            explained = self._dialect.explain(error)
            if explained is None:
                raise
            raise explained from error
