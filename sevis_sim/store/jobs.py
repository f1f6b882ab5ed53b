"""Work that coroutines wait for while the writer's thread does it."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Generic, TypeVar

from sevis_sim.store.unit import Unit

UnitT = TypeVar("UnitT", bound=Unit)

_MOST = 64
"""Jobs in one group."""
_LONGEST = 0.01
"""Seconds after which a group takes no further job, so that its first one need not wait long for the commit."""


class Job(Generic[UnitT]):
    """A piece of work on a transaction, and the coroutine that waits for what it returns, if one does."""

    def __init__(
        self,
        work: Callable[[UnitT], object],
        *,
        durable: bool = True,
        failed: Callable[[BaseException], None] | None = None,
    ) -> None:
        self._work = work
        self._failed = failed
        self.durable = durable
        """Whether the coroutine may only go on when the power may fail."""
        self.unit: UnitT | None = None
        """The transaction it is done in."""
        self.outcome: object = None
        self.error: BaseException | None = None
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[object] = self.loop.create_future()

    def do(self) -> None:
        """Do the work on `unit`; its exception is the caller's."""
        assert self.unit is not None  # noqa: S101 - set by the writer just before
        self.outcome = self._work(self.unit)
        self.unit.done()

    def committed(self) -> None:
        """Make the calls that the work asked for; should one fail, the coroutine is to know."""
        try:
            if self.unit is not None:
                self.unit.committed()
        except Exception as error:
            self.error = error

    def settle(self) -> None:
        """Hand over the outcome, in the event loop's thread; one that waits no longer gets nothing."""
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.outcome)
        elif self._failed is not None:
            self.future.set_result(None)
            self._failed(self.error)
        else:
            self.future.set_exception(self.error)


class Jobs(Generic[UnitT]):
    """The jobs that wait for the writer's thread, in the order in which they came."""

    def __init__(self) -> None:
        self._waiting: deque[Job[UnitT]] = deque()
        self._lock = threading.Lock()

    def put(self, job: Job[UnitT]) -> None:
        """Add a job."""
        with self._lock:
            self._waiting.append(job)

    @property
    def durable(self) -> bool:
        """Whether one of those that wait must be durable: the others may then share its commit."""
        with self._lock:
            return any(job.durable for job in self._waiting)

    def group(self, durable: bool) -> Iterator[Job[UnitT]]:
        """Yield the jobs that wait, as long as that does not keep the first of them waiting.

        A group whose commit will not be durable takes none that must be.
        """
        end = time.monotonic() + _LONGEST
        taken = 0
        while (job := self._next(durable)) is not None:
            yield job
            taken += 1
            if taken == _MOST or time.monotonic() > end:
                return

    def _next(self, durable: bool) -> Job[UnitT] | None:
        """Take the next job that is still waited for; None where there is none."""
        with self._lock:
            while self._waiting and self._waiting[0].future.cancelled():
                self._waiting.popleft()
            if not self._waiting or (self._waiting[0].durable and not durable):
                return None
            return self._waiting.popleft()

    def __len__(self) -> int:
        return len(self._waiting)


def settle(jobs: Iterable[Job[UnitT]]) -> None:
    """Have the outcomes of jobs handed over in the event loops of those who wait."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Job[UnitT]]] = {}
    for job in jobs:
        by_loop.setdefault(job.loop, []).append(job)
    for loop, mine in by_loop.items():
        # A loop that was closed meanwhile has nobody waiting.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_settle_all, mine)


def _settle_all(jobs: Iterable[Job[UnitT]]) -> None:
    for job in jobs:
        job.settle()
