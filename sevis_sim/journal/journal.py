"""Appending to the journal, reading it, and waiting for what comes."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from sevis_sim.journal.bell import Bell, call_in
from sevis_sim.journal.bounded import bounded, line
from sevis_sim.store import Choice, Entry, Messages

if TYPE_CHECKING:
    from sevis_sim.journal.expectations import Expectation, Verdict
    from sevis_sim.store import Database, GroundTransaction  # naming these loads SQLAlchemy

_T = TypeVar("_T")
_PAGE = 500
BOUNDED_EACH = 1000
"""Entries, of all journals together, after which those that are over are dropped: counting takes milliseconds."""
_MOST_GATHERED = 16 * 1024 * 1024
"""Bytes that may wait to be appended before `Journal.keep_pace` waits for that."""
_EACH = 4 * 1024
"""Bytes that an entry is taken for, without its messages."""
_Gathered = tuple[Entry, Messages | None, Callable[[BaseException], None]]
"""An entry that is about to be appended, what is kept beside it, and whom to tell if that cannot be."""


@dataclass(frozen=True, slots=True)
class Keep:
    """How much is kept of entries, and beside them of what was sent and answered; the oldest goes first."""

    most: int = 200
    """Exchanges of one journal; 0 keeps nothing."""
    most_bytes: int = 16 * 1024 * 1024
    """Bytes of all of them."""
    entries: int = 0
    """Entries of one journal, and up to `BOUNDED_EACH` more; 0 keeps all."""


class Redaction(Protocol):
    """Takes out of entries and messages what a person could be known by."""

    def entry(self, entry: Entry) -> Entry:
        """Return the entry as it may be kept."""

    def messages(self, messages: Messages) -> Messages:
        """Return the messages as they may be kept."""


class Journal:
    """The journal of all sandboxes of one database, and of the server itself (``sandbox=None``).

    Waiting is woken by the commit that brings an entry; nothing is polled. It sees what is committed through this
    object: a second process on the same database would have to be told.
    """

    def __init__(
        self, database: "Database[GroundTransaction]", keep: Keep | None = None, redaction: Redaction | None = None
    ) -> None:
        """Prepare.

        Args:
            database: where the entries are.
            keep: bounds of what is kept; None for the usual ones.
            redaction: what everything goes through before it is kept; None keeps it as it is.

        """
        self._database = database
        self._keep = keep or Keep()
        self._redaction = redaction
        self._lock = threading.Lock()
        self._waiting: dict[str | None, set[Bell]] = {}
        self._observers: list[Callable[[Entry], None]] = []
        self._losses: list[Callable[[Entry, BaseException], None]] = []
        self._gathered: list[_Gathered] = []
        self._gathered_bytes = 0

    def observe(self, observer: Callable[[Entry], None]) -> None:
        """Have each entry told to ``observer`` once it is committed, in the thread that did it: it must be quick."""
        self._observers.append(observer)

    def observe_losses(self, observer: Callable[[Entry, BaseException], None]) -> None:
        """Have ``observer`` told, in the event loop, what was recorded soon and could not be appended, and why not."""
        self._losses.append(observer)

    @property
    def keeps_messages(self) -> bool:
        """Whether messages given with an entry are kept at all."""
        return self._keep.most > 0

    def append(self, tx: "GroundTransaction", entry: Entry, messages: Messages | None = None) -> None:
        """Append an entry at the end of a transaction, with all that it appends; ``messages`` are kept beside it.

        Summary, subjects and detail are cut to the bounds of ``bounded``. Where there is no such sandbox (any more) the
        transaction ends with MissingReference.
        """
        waiting = tx.journal.waiting
        waiting.append((entry, messages))
        if len(waiting) == 1:
            tx.before_commit(partial(self._append, tx, waiting))

    async def record(self, entry: Entry, messages: Messages | None = None) -> Entry:
        """Append an entry in a transaction of its own, which the disk is not waited for; return it with its number."""
        return await self._database.run(lambda tx: self._append(tx, [(entry, messages)])[0], durable=False)

    async def keep_pace(self) -> None:
        """Wait where so much was recorded soon that memory would fill faster than the store can take it."""
        if self._gathered_bytes > _MOST_GATHERED:
            await self._database.caught_up()

    def record_soon(
        self, entry: Entry, messages: Messages | None = None, *, failed: Callable[[BaseException], None]
    ) -> None:
        """Append an entry within some milliseconds, together with others, while the caller goes on.

        Whoever reads the journal afterwards finds it. ``failed`` is told in the event loop what kept it from being
        appended: MissingReference where its sandbox has gone, StoreError where the store cannot write.
        """
        with self._lock:
            group, first = self._gathered, not self._gathered
            group.append((entry, messages, failed))
            bodies = [each.body for each in (messages.request, messages.response) if each] if messages else []
            self._gathered_bytes += _EACH + sum(map(len, bodies))
        if first:
            loop = asyncio.get_running_loop()
            self._database.soon(
                lambda tx: self._append_gathered(tx, group, loop), lambda error: self._lose(group, error)
            )

    def _append_gathered(
        self, tx: "GroundTransaction", group: "list[_Gathered]", loop: asyncio.AbstractEventLoop
    ) -> None:
        """Append what was gathered by now: all at once, or where that cannot be each by itself. In the writer's thread.

        Most often one of them has lost its sandbox.
        """
        self._close(group)
        try:
            with tx.part():
                self._append(tx, [(entry, messages) for entry, messages, _ in group])
        except Exception:
            for entry, messages, failed in group:
                try:
                    with tx.part():
                        self._append(tx, [(entry, messages)])
                except Exception as error:
                    tx.after_commit(partial(call_in, loop, self._tell_loss, entry, failed, error))

    def _lose(self, group: "list[_Gathered]", error: BaseException) -> None:
        """Tell that nothing of a group could be appended: the store does not work."""
        self._close(group)
        for entry, _, failed in group:
            self._tell_loss(entry, failed, error)

    def _tell_loss(self, entry: Entry, failed: Callable[[BaseException], None], error: BaseException) -> None:
        failed(error)
        for observer in self._losses:
            observer(self._fit(entry), error)

    def _close(self, group: "list[_Gathered]") -> None:
        """Let what comes from now on be another group."""
        with self._lock:
            if self._gathered is group:
                self._gathered, self._gathered_bytes = [], 0

    def _append(self, tx: "GroundTransaction", new: Iterable[tuple[Entry, Messages | None]]) -> list[Entry]:
        entries, beside = [], []
        for entry, messages in new:
            entries.append(self._fit(entry))
            beside.append(messages and self._redaction.messages(messages) if self._redaction else messages)
        appended = tx.journal.append(entries)
        tx.after_commit(lambda: self._tell(appended))
        if self._keep.entries and any(entry.id % BOUNDED_EACH == 0 for entry in appended):
            tx.journal.bound(self._keep.entries)
        kept = [(entry, messages) for entry, messages in zip(appended, beside, strict=True) if messages is not None]
        if kept and self.keeps_messages:
            tx.journal.keep(kept, self._keep.most, self._keep.most_bytes)
        return appended

    def _fit(self, entry: Entry) -> Entry:
        """Return an entry as it may be kept and shown."""
        if self._redaction is not None:
            entry = self._redaction.entry(entry)
        subjects = {name: line(value) for name, value in entry.subjects.items()}
        return replace(entry, summary=line(entry.summary), subjects=subjects, detail=bounded(entry.detail))

    async def _read(self, work: "Callable[[GroundTransaction], _T]") -> _T:
        """Look at the journal once what was recorded before is there."""
        await self._database.caught_up()
        return await self._database.read(work)

    async def get(self, sandbox: str | None, number: int) -> Entry | None:
        """Return the entry of this number of a sandbox's journal, or None."""
        return await self._read(lambda tx: tx.journal.get(sandbox, number))

    async def messages(self, sandbox: str | None, number: int) -> Messages | None:
        """Return what is kept beside an entry of a sandbox's journal; None where nothing is (any more)."""

        def work(tx: "GroundTransaction") -> Messages | None:
            return tx.journal.kept(number) if tx.journal.get(sandbox, number) else None

        return await self._read(work)

    async def query(
        self,
        sandbox: str | None,
        kind: str | Collection[str] | None = None,
        subject: Mapping[str, str] | None = None,
        after_id: int | None = None,
        before_id: int | None = None,
        *,
        newest_first: bool = False,
        limit: int = 100,
    ) -> list[Entry]:
        """Return entries of a sandbox, or of the server, in the order of appending.

        Args:
            sandbox: whose journal; None for the server's.
            kind: one kind or several, ``upload.*`` for all that begin so; None for all.
            subject: ids that an entry must have, by what they identify, all of them.
            after_id: only entries with a higher number, to go on after one already seen.
            before_id: only entries with a lower number, to go back.
            newest_first: turn the order round; it decides which entries ``limit`` leaves out.
            limit: how many entries at most.
        """
        choice = _choice(kind, subject, after_id, before_id)
        return await self.find(sandbox, choice, newest_first=newest_first, limit=limit)

    async def find(
        self, sandbox: str | None, choice: Choice, *, newest_first: bool = False, limit: int = 100
    ) -> list[Entry]:
        """Return the chosen entries; as `query`, with all that a `Choice` can say."""
        return await self._read(lambda tx: tx.journal.query(sandbox, choice, newest_first=newest_first, limit=limit))

    async def last_id(self, sandbox: str | None) -> int:
        """Return the number of the latest entry, to wait for later ones; 0 where there is none."""
        return await self._read(lambda tx: tx.journal.last_id(sandbox))

    async def wait(
        self,
        sandbox: str | None,
        kind: str | Collection[str] | None = None,
        subject: Mapping[str, str] | None = None,
        after_id: int = 0,
        *,
        predicate: Callable[[Entry], bool] | None = None,
        seconds: float | None = None,
    ) -> list[Entry]:
        """Return the entries after ``after_id`` that match; where there are none yet, wait until there is one.

        Args:
            sandbox: whose journal; None for the server's.
            kind: as of `query`.
            subject: as of `query`.
            after_id: number of the last entry already seen.
            predicate: a further condition.
            seconds: how long to wait, by the event loop's clock; then the list is empty. None waits for ever.
        """
        return await self.wait_for(sandbox, _choice(kind, subject, after_id), predicate=predicate, seconds=seconds)

    async def wait_for(
        self,
        sandbox: str | None,
        choice: Choice,
        *,
        predicate: Callable[[Entry], bool] | None = None,
        seconds: float | None = None,
    ) -> list[Entry]:
        """Return the chosen entries, as `wait`, with all that a `Choice` can say."""
        deadline = None if seconds is None else asyncio.get_running_loop().time() + seconds
        with self._listening(sandbox) as bell:
            while True:
                bell.rung.clear()
                page = await self.find(sandbox, choice, limit=_PAGE)
                if found := [entry for entry in page if predicate is None or predicate(entry)]:
                    return found
                if page:
                    choice = replace(choice, after_id=page[-1].id)
                if len(page) == _PAGE:
                    continue
                try:
                    async with asyncio.timeout_at(deadline):
                        await bell.rung.wait()
                except TimeoutError:
                    return []

    async def subscribe(
        self,
        sandbox: str | None,
        kind: str | Collection[str] | None = None,
        subject: Mapping[str, str] | None = None,
        after_id: int | None = None,
    ) -> AsyncIterator[Entry]:
        """Yield matching entries for ever: those after ``after_id``, or those to come once iteration has begun."""
        last = await self.last_id(sandbox) if after_id is None else after_id
        choice = _choice(kind, subject, last)
        while True:
            for entry in await self.wait_for(sandbox, choice):
                choice = replace(choice, after_id=entry.id)
                yield entry

    async def verify(
        self,
        sandbox: str | None,
        expectation: "Expectation | Mapping[str, Any]",
        *,
        after_id: int = 0,
        seconds: float = 0,
    ) -> "Verdict":
        """Say whether a journal is as expected, and if not what came nearest.

        Args:
            sandbox: whose journal; None for the server's.
            expectation: what is to have happened, or never to have happened, how often; a mapping is read by
                `Expectation.read`.
            after_id: number of the last entry that does not count.
            seconds: how long to wait for it to be met, by the event loop's clock. What is met already, or can no longer
                be, is told at once; but a bound on how often something happens can only be told at the end.

        Raises:
            MatchError: the mapping is no expectation.

        """
        from sevis_sim.journal.expectations import Expectation, Verification, document_of  # not for those who append

        deadline = asyncio.get_running_loop().time() + seconds
        verification = Verification(
            expectation if isinstance(expectation, Expectation) else Expectation.read(expectation)
        )
        choice = Choice(after_id=after_id)
        with self._listening(sandbox) as bell:
            while True:
                bell.rung.clear()
                page = await self.find(sandbox, choice, limit=_PAGE)
                for entry in page:
                    verification.see(document_of(entry))
                if page:
                    choice = replace(choice, after_id=page[-1].id)
                if len(page) == _PAGE:
                    continue
                if verification.settled:
                    return verification.verdict()
                try:
                    async with asyncio.timeout_at(deadline):
                        await bell.rung.wait()
                except TimeoutError:
                    return verification.verdict()

    @contextmanager
    def _listening(self, sandbox: str | None) -> Iterator[Bell]:
        bell = Bell()
        with self._lock:
            self._waiting.setdefault(sandbox, set()).add(bell)
        try:
            yield bell
        finally:
            with self._lock:
                bells = self._waiting[sandbox]
                bells.discard(bell)
                if not bells:
                    del self._waiting[sandbox]

    def _tell(self, entries: Sequence[Entry]) -> None:
        for observer in self._observers:
            for entry in entries:
                observer(entry)
        for sandbox in {entry.sandbox for entry in entries}:
            self._ring(sandbox)

    def _ring(self, sandbox: str | None) -> None:
        with self._lock:
            bells = tuple(self._waiting.get(sandbox, ()))
        for bell in bells:
            bell.ring()


def _choice(
    kind: str | Collection[str] | None,
    subject: Mapping[str, str] | None,
    after_id: int | None,
    before_id: int | None = None,
) -> Choice:
    kinds = (kind,) if isinstance(kind, str) else tuple(kind or ())
    return Choice(kinds, subject, after_id, before_id)
