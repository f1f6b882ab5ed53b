"""Appending to the journal, reading it, and waiting for what comes."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from sevis_sim.journal.bounded import bounded, line
from sevis_sim.store import Entry

if TYPE_CHECKING:  # naming these loads SQLAlchemy
    from sevis_sim.store import Database, GroundTransaction

_PAGE = 500


class Journal:
    """The journal of all sandboxes of one database, and of the server itself (``sandbox=None``).

    Waiting is woken by the commit that brings an entry; nothing is polled. It sees what is committed through this
    object: a second process on the same database would have to be told.
    """

    def __init__(self, database: "Database[GroundTransaction]") -> None:
        self._database = database
        self._lock = threading.Lock()
        self._waiting: dict[str | None, set[_Bell]] = {}

    def append(self, tx: "GroundTransaction", entry: Entry) -> Entry:
        """Append an entry as part of a transaction; return it as it is kept, with its number.

        Summary, subjects and detail are cut to the bounds of ``bounded``. Raises MissingReference where there is no
        such sandbox (any more).
        """
        subjects = {name: line(value) for name, value in entry.subjects.items()}
        kept = replace(entry, summary=line(entry.summary), subjects=subjects, detail=bounded(entry.detail))
        tx.after_commit(lambda: self._ring(entry.sandbox))
        return tx.journal.append(kept)

    async def record(self, entry: Entry) -> Entry:
        """Append an entry in a transaction of its own."""
        return await self._database.run(lambda tx: self.append(tx, entry))

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
            kind: one kind or several; None for all.
            subject: ids that an entry must have, by what they identify, all of them.
            after_id: only entries with a higher number, to go on after one already seen.
            before_id: only entries with a lower number, to go back.
            newest_first: turn the order round; it decides which entries ``limit`` leaves out.
            limit: how many entries at most.
        """
        kinds = (kind,) if isinstance(kind, str) else tuple(kind or ())
        return await self._database.read(
            lambda tx: tx.journal.query(
                sandbox,
                kinds=kinds,
                subjects=subject,
                after_id=after_id,
                before_id=before_id,
                newest_first=newest_first,
                limit=limit,
            )
        )

    async def last_id(self, sandbox: str | None) -> int:
        """Return the number of the latest entry, to wait for later ones; 0 where there is none."""
        return await self._database.read(lambda tx: tx.journal.last_id(sandbox))

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
        deadline = None if seconds is None else asyncio.get_running_loop().time() + seconds
        with self._listening(sandbox) as bell:
            while True:
                bell.rung.clear()
                page = await self.query(sandbox, kind, subject, after_id, limit=_PAGE)
                if found := [entry for entry in page if predicate is None or predicate(entry)]:
                    return found
                if page:
                    after_id = page[-1].id
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
        while True:
            for entry in await self.wait(sandbox, kind, subject, last):
                last = entry.id
                yield entry

    @contextmanager
    def _listening(self, sandbox: str | None) -> "Iterator[_Bell]":
        bell = _Bell()
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

    def _ring(self, sandbox: str | None) -> None:
        with self._lock:
            bells = tuple(self._waiting.get(sandbox, ()))
        for bell in bells:
            bell.ring()


class _Bell:
    """Wakes one waiting task from any thread."""

    def __init__(self) -> None:
        self.rung = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def ring(self) -> None:
        # A loop that was closed with the task still waiting has nobody to wake.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self.rung.set)
