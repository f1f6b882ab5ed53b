"""Work that coroutines wait for while the writer's thread does it."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from sevis_sim.store.unit import Unit

UnitT = TypeVar("UnitT", bound=Unit)

_MOST = 64
"""Jobs in one group."""
_LONGEST = 0.01
"""Seconds after which a group takes no further job, so that its first one need not wait long for the commit."""


class Job(Generic[UnitT]):
    """A piece of work on a transaction, and the coroutine that waits for what it returns."""

    def __init__(self, work: Callable[[UnitT], object], *, durable: bool = True) -> None:
        self._work = work
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
        else:
            self.future.set_exception(self.error)


class Jobs(Generic[UnitT]):
    """The jobs that wait for the writer's thread, in the order in which they came."""

    def __init__(self) -> None:
        self._waiting: SimpleQueue[Job[UnitT]] = SimpleQueue()
        self._held: Job[UnitT] | None = None
        """The next job, which the group before it could not take."""

    def put(self, job: Job[UnitT]) -> None:
        """Add a job."""
        self._waiting.put(job)

    def next(self) -> Job[UnitT] | None:
        """Take the next job that is still waited for; None where there is none."""
        if self._held is not None:
            held, self._held = self._held, None
            if not held.future.cancelled():
                return held
        with suppress(Empty):
            while (job := self._waiting.get_nowait()).future.cancelled():
                pass
            return job
        return None

    def group(self, first: Job[UnitT]) -> Iterator[Job[UnitT]]:
        """Yield ``first`` and those that wait behind it, as long as that does not keep the first one waiting.

        A group whose first job need not be durable takes none that must be.
        """
        end = time.monotonic() + _LONGEST
        job: Job[UnitT] | None = first
        taken = 0
        while job is not None:
            yield job
            taken += 1
            job = self.next() if taken < _MOST and time.monotonic() < end else None
            if job is not None and job.durable and not first.durable:
                self._held, job = job, None


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
