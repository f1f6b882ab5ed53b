"""Rows of the journal. What the entries mean, and who waits for them, is up to the package ``journal``."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Delete,
    Row,
    Select,
    Text,
    bindparam,
    cast,
    delete,
    func,
    literal_column,
    or_,
    select,
)

from sevis_sim.store.columns import to_json, to_microseconds
from sevis_sim.store.dialect import Dialect
from sevis_sim.store.places import make_room
from sevis_sim.store.repository import Repository
from sevis_sim.store.rows import Choice, Entry, Message, Messages
from sevis_sim.store.spool import LARGE
from sevis_sim.store.tables import journal, journal_bodies, journal_subjects, sandboxes

_NAMES = select(sandboxes.c.name).where(sandboxes.c.snapshot_of.is_(None))
_ROOM = 16
"""Which part of what may be kept is made room for at once."""
_KEPT = select(journal_bodies).where(journal_bodies.c.entry == bindparam("entry"))
_OVER = (
    select(journal.c.id)
    .where(journal.c.sandbox.is_not_distinct_from(bindparam("whose", type_=Text)))
    .order_by(journal.c.id.desc())
    .limit(literal_column("1"))
    .offset(bindparam("most", type_=BigInteger))
)
"""The newest entry of a journal that is over."""
_DROP_ENTRIES = delete(journal).where(
    journal.c.sandbox.is_not_distinct_from(bindparam("whose", type_=Text)), journal.c.id <= bindparam("last")
)


def _dropping(mine: ColumnElement[bool]) -> Delete:
    """Return the statement that keeps the newest ``most`` of these and ``most_bytes`` of them."""
    newest = journal_bodies.c.entry.desc()
    ranked = (
        select(
            journal_bodies.c.entry,
            func.row_number().over(order_by=newest).label("number"),
            func.sum(journal_bodies.c.kept).over(order_by=newest).label("bytes"),
        )
        .where(mine)
        .subquery()
    )
    over = or_(ranked.c.number > bindparam("most"), ranked.c.bytes > bindparam("most_bytes"))
    last = select(func.max(ranked.c.entry)).where(over).scalar_subquery()
    return delete(journal_bodies).where(mine, journal_bodies.c.entry <= last)


_OF_SANDBOX = journal_bodies.c.sandbox == bindparam("whose")
_OF_SERVER = journal_bodies.c.sandbox.is_(None)
_DROP, _DROP_OF_SERVER = _dropping(_OF_SANDBOX), _dropping(_OF_SERVER)
_TOTAL = select(func.count(), func.sum(journal_bodies.c.kept)).where(_OF_SANDBOX)
_TOTAL_OF_SERVER = select(func.count(), func.sum(journal_bodies.c.kept)).where(_OF_SERVER)


class JournalRows(Repository):
    """Entries by sandbox, in the order of appending. ``sandbox=None`` is the server's own journal everywhere."""

    def __init__(self, connection: Connection, dialect: Dialect) -> None:
        super().__init__(connection, dialect)
        self.waiting: list[tuple[Entry, Messages | None]] = []
        """What this transaction is to append at its end, all at once."""

    def append(self, entries: Sequence[Entry]) -> list[Entry]:
        """Append entries and return them with their numbers, which grow and are never used twice."""
        rows = [
            (
                None,
                entry.sandbox,
                to_microseconds(entry.instant),
                entry.kind,
                entry.summary,
                to_json(dict(entry.subjects)),
                to_json(dict(entry.detail)),
            )
            for entry in entries
        ]
        numbers = self._dialect.insert_numbered(self._connection, journal, rows)
        appended = [replace(entry, id=number) for entry, number in zip(entries, numbers, strict=True)]
        subjects = [(entry.id, name, value) for entry in appended for name, value in entry.subjects.items()]
        self._dialect.insert_many(self._connection, journal_subjects, subjects)
        return appended

    def query(
        self,
        sandbox: str | None,
        choice: Choice | None = None,
        *,
        newest_first: bool = False,
        limit: int = 100,
    ) -> list[Entry]:
        """Return the chosen entries.

        Args:
            sandbox: whose journal.
            choice: which entries; None chooses all.
            newest_first: order; it decides which ones are left out where there are more than ``limit``.
            limit: how many entries at most.
        """
        query = _chosen(select(journal).where(_belongs(sandbox)), choice or Choice())
        order = journal.c.id.desc() if newest_first else journal.c.id
        return [_entry(row) for row in self._connection.execute(query.order_by(order).limit(limit))]

    def get(self, sandbox: str | None, number: int) -> Entry | None:
        """Return the entry of a journal with this number, or None."""
        row = self._connection.execute(select(journal).where(_belongs(sandbox), journal.c.id == number)).one_or_none()
        return None if row is None else _entry(row)

    def keep(self, kept: Sequence[tuple[Entry, Messages]], most: int, most_bytes: int) -> None:
        """Keep what was sent and answered beside appended entries, and drop the oldest of their journals that are over.

        Args:
            kept: entries with their numbers, and what to keep of each.
            most: how many exchanges of one journal are kept.
            most_bytes: how many bytes of them all.
        """
        make_room(self._connection, self._dialect)
        rows = [self._row(entry, messages.request, messages.response) for entry, messages in kept]
        self._dialect.insert_many(self._connection, journal_bodies, rows)
        for sandbox in {entry.sandbox for entry, _ in kept}:
            self._drop(sandbox, most, most_bytes)

    def _row(self, entry: Entry, request: Message, response: Message | None) -> tuple[Any, ...]:
        both = [each for each in (request, response) if each]
        size = sum(len(each.head) + len(each.body) for each in both)
        asked = self._columns(request)
        answered = self._columns(response) if response else (None, None, None, None, 0)
        return (entry.id, entry.sandbox, size, *asked[:3], *answered[:3], asked[3], answered[3], asked[4], answered[4])

    def _columns(self, message: Message) -> tuple[bytes, bytes, int, int | None, int]:
        """Return head, body, size, place and start of a message: what is large of a body is not in its row."""
        head, body, size = message.head, message.body, message.size
        if len(body) <= LARGE:
            return head, body, size, None, 0
        known = self._dialect.spool.within(body)  # the document of the batch that this upload brought
        if known and len(body) - (known.end - known.start) <= LARGE:
            return head, body[: known.start] + body[known.end :], size, known.place, known.start
        return head, b"", size, self._dialect.spool.add(body), 0

    def _drop(self, sandbox: str | None, most: int, most_bytes: int) -> None:
        """Drop the oldest exchanges of a journal that are over."""
        whose: dict[str, Any] = {} if sandbox is None else {"whose": sandbox}
        total, drop = (_TOTAL_OF_SERVER, _DROP_OF_SERVER) if sandbox is None else (_TOTAL, _DROP)
        number, size = self._dialect.run(self._connection, total, whose).fetchone()
        if number > most or size > most_bytes:
            # A little more than needed, so that not every further one has to drop another.
            bounds = {"most": most - most // _ROOM, "most_bytes": most_bytes - most_bytes // _ROOM}
            self._dialect.run(self._connection, drop, whose | bounds)

    def bound(self, most: int) -> None:
        """Drop the oldest entries of every journal that has more than ``most``, a little more than needed."""
        for whose in (None, *self._connection.execute(_NAMES).scalars().all()):
            if self._newest_over(whose, most) is not None:
                last = self._newest_over(whose, most - most // _ROOM)
                self._dialect.run(self._connection, _DROP_ENTRIES, {"whose": whose, "last": last})

    def _newest_over(self, whose: str | None, most: int) -> int | None:
        row = self._dialect.run(self._connection, _OVER, {"whose": whose, "most": most}).fetchone()
        return None if row is None else int(row[0])

    def kept(self, number: int) -> Messages | None:
        """Return what is kept beside the entry of this number, or None."""
        row = self._connection.execute(_KEPT, {"entry": number}).one_or_none()
        if row is None:
            return None
        request = self._message(
            row.request_head, row.request_body, row.request_size, row.request_place, row.request_start
        )
        if request is None or row.response_head is None:
            return None if request is None else Messages(request)
        response = self._message(
            row.response_head, row.response_body, row.response_size, row.response_place, row.response_start
        )
        return None if response is None else Messages(request, response)

    def _message(self, head: bytes, body: bytes, size: int, place: int | None, start: int) -> Message | None:
        if place is None:
            return Message(head, body, size)
        found = self._dialect.spool.read(place)
        return None if found is None else Message(head, body[:start] + found + body[start:], size)

    def last_id(self, sandbox: str | None) -> int:
        """Return the number of the latest entry; 0 where there is none."""
        query = select(func.max(journal.c.id)).where(_belongs(sandbox))
        return int(self._connection.execute(query).scalar() or 0)

    def purge(self, sandbox: str | None, before: datetime | None) -> int:
        """Delete the entries of before an instant, or all; return how many there were."""
        statement = delete(journal).where(_belongs(sandbox))
        if before is not None:
            statement = statement.where(journal.c.instant < before)
        return self._connection.execute(statement).rowcount


def _belongs(sandbox: str | None) -> ColumnElement[bool]:
    return journal.c.sandbox.is_(None) if sandbox is None else journal.c.sandbox == sandbox


def _chosen(query: Select[Any], choice: Choice) -> Select[Any]:
    if choice.kinds:
        named = [kind for kind in choice.kinds if not kind.endswith("*")]
        begun = [journal.c.kind.startswith(kind[:-1], autoescape=True) for kind in choice.kinds if kind.endswith("*")]
        query = query.where(or_(journal.c.kind.in_(named), *begun))
    for name, value in (choice.subjects or {}).items():
        having = select(journal_subjects.c.entry).where(
            journal_subjects.c.name == name, journal_subjects.c.value == value
        )
        query = query.where(journal.c.id.in_(having))
    if choice.after_id is not None:
        query = query.where(journal.c.id > choice.after_id)
    if choice.before_id is not None:
        query = query.where(journal.c.id < choice.before_id)
    if choice.since is not None:
        query = query.where(journal.c.instant >= choice.since)
    if choice.until is not None:
        query = query.where(journal.c.instant < choice.until)
    return query.where(_says(choice.text)) if choice.text else query


def _says(text: str) -> ColumnElement[bool]:
    """A text stands in the summary, or as JSON writes it in subjects or detail."""
    plain, encoded = text.lower(), to_json(text)[1:-1].lower()
    columns = ((journal.c.summary, plain), (journal.c.subjects, encoded), (journal.c.detail, encoded))
    return or_(*(func.lower(cast(column, Text)).contains(each, autoescape=True) for column, each in columns))


def _entry(row: Row[Any]) -> Entry:
    return Entry(row.sandbox, row.instant, row.kind, row.summary, row.subjects, row.detail, row.id)
