"""The timeline of one sandbox."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sevis_sim.clock import ClockError, parse_instant
from sevis_sim.clock.stamps import LATEST
from sevis_sim.domain.systems import PRODUCTION, System
from sevis_sim.journal import ClockMoved
from sevis_sim.sandbox import Sandbox
from sevis_sim.sandbox.happenings import DueWorkFailed
from sevis_sim.store import AlreadyThere, DueItem, MissingContents, MissingReference, StoreError, Transaction

_RETRY_SECONDS = 5.0
"""How long the timer of a running clock waits, by the event loop's time, after the store has failed."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One piece of due work: when, what kind, of what (a batch key), and what came of it in words."""

    instant: datetime
    kind: str
    key: str
    summary: str = ""


Handler = Callable[[DueItem], Awaitable[str]]
"""Does one piece of due work as of its instant and says in words what came of it. Must bear to be repeated."""


class TimelineError(Exception):
    """The clock cannot be moved as asked; the message says why and what can be done."""


class Timeline:
    """Moves one sandbox's time and runs what falls due on the way."""

    def __init__(
        self,
        sandbox: Sandbox,
        handlers: Mapping[str, Handler],
        describe: Callable[[DueItem], Awaitable[str]],
    ) -> None:
        self._sandbox = sandbox
        self._handlers = handlers
        self._describe = describe
        self._timer: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._changes = 0
        """How often due work was added, as far as was said."""
        self._awaited: datetime | None = None
        """The instant that the timer waits for; None while it looks."""
        self._quiet_until: datetime | None = None
        """Nothing falls due before this instant, as far as was looked; None where it must be looked up."""

    async def settle(self) -> list[Happening]:
        """Run what is due by now, so that what a client sees never lags behind the clock."""
        if self._quiet_until is not None and self._quiet_until > self._sandbox.now():
            return []
        seen = self._changes
        item = await self._next()
        if item is None or item.instant > self._sandbox.now():
            if seen == self._changes:  # else work was added behind this look, which must not be forgotten
                self._quiet_until = item.instant if item else LATEST
            return []
        async with self._sandbox.turn():
            return await self._run_until(self._sandbox.now())

    async def advance(self, to: str | datetime, system: System = PRODUCTION) -> list[Happening]:
        """Move time forward to an instant of the grammar, running all that falls due on the way, in order.

        Raises:
            TimelineError: the instant is in the past.
            InstantError: it is none of the grammar, or there is no such instant.

        """
        async with self._sandbox.turn():
            asked_at = self._sandbox.now()
            target = await self._resolve(to, system)
            if target < asked_at:
                raise TimelineError(
                    f"time never moves backward: it is {self._local(asked_at)}, asked for {self._local(target)}; "
                    "use a new sandbox, or set the clock before the first upload"
                )
            return await self._move(target, str(to))

    async def set(self, to: str | datetime, system: System = PRODUCTION) -> list[Happening]:
        """Set the clock: forward like `advance`; to any instant while the sandbox has no batches yet."""
        async with self._sandbox.turn():
            asked_at = self._sandbox.now()
            target = await self._resolve(to, system)
            if target >= asked_at:
                return await self._move(target, str(to))
            if await self._sandbox.store.read(lambda tx: bool(tx.batches.list(self._sandbox.name, limit=1))):
                raise TimelineError(
                    f"time never moves backward once a batch has been received: it is {self._local(asked_at)}, asked "
                    f"for {self._local(target)}; start with --clock and a new data directory"
                )
            before = self._sandbox.now()
            self._sandbox.clock.set(target, allow_backward=True)
            await self._save(before, str(to))
            self.changed()
            return []

    async def plan(self, until: str | datetime, system: System = PRODUCTION) -> list[Happening]:
        """Return what would happen until an instant, in order, without doing it."""
        target = await self._resolve(until, system)
        items = await self._sandbox.store.read(lambda tx: tx.due.list(self._sandbox.name, target))
        return [Happening(i.instant, i.kind, i.key, await self._describe(i)) for i in items]

    async def resolve(self, to: str | datetime, system: System = PRODUCTION) -> datetime:
        """Return the instant that an expression of the grammar means now."""
        return await self._resolve(to, system)

    def start(self) -> None:
        """Let a running clock run due work as it falls due: one timer, none for a frozen clock."""
        if self._timer is None:
            self._timer = asyncio.create_task(self._run_timer(), name=f"timeline {self._sandbox.name}")

    async def stop(self) -> None:
        """Stop the timer; due work stays in the store."""
        if self._timer is not None:
            self._timer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._timer
            self._timer = None

    def changed(self, first: datetime | None = None) -> None:
        """Say that due work was added, so that the timer looks again, and `settle` too.

        Args:
            first: the instant at which the first of it falls due; None where that is not known.

        """
        self._changes += 1
        if first is None or self._quiet_until is None:
            self._quiet_until = None
        else:
            self._quiet_until = min(self._quiet_until, first)
        if first is None or self._awaited is None or first < self._awaited:
            self._wake.set()

    async def _run_timer(self) -> None:
        while True:
            self._wake.clear()
            self._awaited = None
            try:
                item = await self._next()
                self._awaited = item.instant if item else LATEST
                delay = self._sandbox.clock.wall_delay_until(item.instant) if item else None
                if delay is not None and delay <= 0:
                    await self.settle()
                    continue
            except StoreError:  # a full disk, perhaps: requests tell it, the timer outlives it
                delay = _RETRY_SECONDS
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), delay)

    async def _next(self) -> DueItem | None:
        return await self._sandbox.store.read(lambda tx: tx.due.next(self._sandbox.name))

    async def _resolve(self, to: str | datetime, system: System) -> datetime:
        item = await self._next()
        return parse_instant(to, bare_duration=True).resolve(
            self._sandbox.now(),
            self._sandbox.calendar,
            self._sandbox.profile(system),
            item.instant if item else None,
        )

    def _forward(self, instant: datetime) -> None:
        """Move the clock to an instant, unless it has run past it meanwhile."""
        if instant > self._sandbox.now():
            with contextlib.suppress(ClockError):
                self._sandbox.clock.advance_to(instant)

    async def _move(self, target: datetime, asked: str) -> list[Happening]:
        """Run what falls due until an instant that is not past, and go there. The lock is held by the caller."""
        before = self._sandbox.now()
        happened = await self._run_until(target)
        self._forward(target)
        await self._save(before, asked)
        self._wake.set()
        return happened

    async def _run_until(self, target: datetime) -> list[Happening]:
        """Run due items up to ``target``; each sees its own instant as the time. The lock is held by the caller."""
        happened: list[Happening] = []
        while True:
            item = await self._sandbox.store.read(lambda tx: tx.due.next(self._sandbox.name, target))
            if item is None:
                return happened
            self._forward(item.instant)
            await self._sandbox.store.run(self._keep_clock)  # first: a crash must not leave the clock behind the work
            summary = await self._do(item)
            await self._sandbox.store.run(partial(_remove, item))
            happened.append(Happening(item.instant, item.kind, item.key, summary))

    def _keep_clock(self, tx: Transaction) -> None:
        tx.sandboxes.update_clock(self._sandbox.name, self._sandbox.clock.to_state())

    async def _do(self, item: DueItem) -> str:
        """Run one piece of due work. One that breaks down must not stand in the way of all later ones for ever."""
        try:
            return await self._handlers[item.kind](item)
        except Exception as error:
            if passes_by_itself(error):
                raise  # nothing is lost: it stays due until the store works again
            happening = DueWorkFailed(work=item.kind, key=item.key, error=f"{type(error).__name__}: {error}")
            await self._sandbox.record(happening, item.instant)
            return happening.summary()

    async def _save(self, before: datetime, asked: str) -> None:
        sandbox = self._sandbox
        happening = ClockMoved(before=before, after=sandbox.now(), asked=asked)
        state = sandbox.clock.to_state()

        def work(tx: Transaction) -> None:
            tx.sandboxes.update_clock(sandbox.name, state)
            sandbox.note(tx, happening)

        await sandbox.store.run(work)

    def _local(self, instant: datetime) -> str:
        return instant.astimezone(self._sandbox.calendar.zone).isoformat(sep=" ", timespec="seconds")


def passes_by_itself(error: BaseException) -> bool:
    """Tell whether an error is the store's trouble with its surroundings, such as a full disk: the work stays due."""
    return isinstance(error, StoreError) and not isinstance(error, AlreadyThere | MissingContents | MissingReference)


def _remove(item: DueItem, tx: Transaction) -> None:
    tx.due.remove(item.sequence)
