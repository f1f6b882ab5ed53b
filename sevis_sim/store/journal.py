"""Rows of the journal. What the entries mean, and who waits for them, is up to the package ``journal``."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Delete,
    Row,
    Select,
    Text,
    bindparam,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    union,
)

from sevis_sim.store.columns import to_json
from sevis_sim.store.repository import Repository
from sevis_sim.store.rows import Choice, Entry, Message, Messages
from sevis_sim.store.spool import file_of
from sevis_sim.store.tables import journal, journal_bodies, journal_subjects

_ROOM = 16
"""Which part of what may be kept is made room for at once."""
_ADD = insert(journal)
_KEEP = insert(journal_bodies)
_KEPT = select(journal_bodies).where(journal_bodies.c.entry == bindparam("entry"))
_PLACES = union(
    select(journal_bodies.c.request_place).where(journal_bodies.c.request_place.is_not(None)),
    select(journal_bodies.c.response_place).where(journal_bodies.c.response_place.is_not(None)),
)
_LARGE = 8 * 1024
"""Bytes of a body that are kept in its row; a larger one goes to the spool."""


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

    def append(self, entry: Entry) -> Entry:
        """Append an entry and return it with its number, which grows and is never used twice."""
        row = {
            "id": None,
            "sandbox": entry.sandbox,
            "instant": entry.instant,
            "kind": entry.kind,
            "summary": entry.summary,
            "subjects": dict(entry.subjects),
            "detail": dict(entry.detail),
        }
        number = self._number(self._dialect.run(self._connection, _ADD, row))
        rows = [(number, name, value) for name, value in entry.subjects.items()]
        self._dialect.insert_many(self._connection, journal_subjects, rows)
        return replace(entry, id=number)

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

    def keep(self, entry: Entry, messages: Messages, most: int, most_bytes: int) -> None:
        """Keep what was sent and answered beside an appended entry, and drop the oldest of its journal that are over.

        Args:
            entry: with its number.
            messages: what to keep.
            most: how many exchanges of one journal are kept.
            most_bytes: how many bytes of them all.
        """
        request, response = messages.request, messages.response
        both = [each for each in (request, response) if each]
        self._clear_spool()
        request_body, request_place = self._put(request.body)
        response_body, response_place = self._put(response.body) if response else (None, None)
        row = {
            "entry": entry.id,
            "sandbox": entry.sandbox,
            "kept": sum(len(each.head) + len(each.body) for each in both),
            "request_head": request.head,
            "request_body": request_body,
            "request_size": request.size,
            "request_place": request_place,
            "response_head": response.head if response else None,
            "response_body": response_body,
            "response_size": response.size if response else None,
            "response_place": response_place,
        }
        self._dialect.run(self._connection, _KEEP, row)
        whose: dict[str, Any] = {} if entry.sandbox is None else {"whose": entry.sandbox}
        total, drop = (_TOTAL_OF_SERVER, _DROP_OF_SERVER) if entry.sandbox is None else (_TOTAL, _DROP)
        number, size = self._dialect.run(self._connection, total, whose).fetchone()
        if number > most or size > most_bytes:
            # A little more than needed, so that not every further one has to drop another.
            bounds = {"most": most - most // _ROOM, "most_bytes": most_bytes - most_bytes // _ROOM}
            self._dialect.run(self._connection, drop, whose | bounds)

    def kept(self, number: int) -> Messages | None:
        """Return what is kept beside the entry of this number, or None."""
        row = self._connection.execute(_KEPT, {"entry": number}).one_or_none()
        if row is None:
            return None
        request = self._message(row.request_head, row.request_body, row.request_size, row.request_place)
        if request is None or row.response_head is None:
            return None if request is None else Messages(request)
        response = self._message(row.response_head, row.response_body, row.response_size, row.response_place)
        return None if response is None else Messages(request, response)

    def _put(self, body: bytes) -> tuple[bytes, int | None]:
        """Return what of a body its row has, and where the rest is."""
        return (body, None) if len(body) <= _LARGE else (b"", self._dialect.spool.add(body))

    def _message(self, head: bytes, body: bytes, size: int, place: int | None) -> Message | None:
        found = body if place is None else self._dialect.spool.read(place)
        return None if found is None else Message(head, found, size)

    def _clear_spool(self) -> None:
        """Delete the files of the spool that no row names any more, whenever one is full."""
        spool = self._dialect.spool
        if spool.full:
            spool.keep_only({file_of(place) for (place,) in self._connection.execute(_PLACES)})

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
