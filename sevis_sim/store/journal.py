"""Rows of the journal. What the entries mean, and who waits for them, is up to the package ``journal``."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select

from sevis_sim.store.repository import Repository
from sevis_sim.store.rows import Entry
from sevis_sim.store.tables import journal, journal_subjects

_ADD = insert(journal)


class JournalRows(Repository):
    """Entries by sandbox, in the order of appending. ``sandbox=None`` is the server's own journal everywhere."""

    def append(self, entry: Entry) -> Entry:
        """Append an entry and return it with its number, which grows and is never used twice."""
        row = {
            "sandbox": entry.sandbox,
            "instant": entry.instant,
            "kind": entry.kind,
            "summary": entry.summary,
            "subjects": dict(entry.subjects),
            "detail": dict(entry.detail),
        }
        number = self._number(self._connection.execute(_ADD, row))
        rows = [(number, name, value) for name, value in entry.subjects.items()]
        self._dialect.insert_many(self._connection, journal_subjects, rows)
        return replace(entry, id=number)

    def query(
        self,
        sandbox: str | None,
        *,
        kinds: Collection[str] = (),
        subjects: Mapping[str, str] | None = None,
        after_id: int | None = None,
        before_id: int | None = None,
        newest_first: bool = False,
        limit: int = 100,
    ) -> list[Entry]:
        """Return entries of one of the kinds (any, if none is named) that have all of the subjects.

        Args:
            sandbox: whose journal.
            kinds: names of kinds.
            subjects: ids, by what they identify.
            after_id: only entries with a higher number.
            before_id: only entries with a lower number.
            newest_first: order; it decides which ones are left out where there are more than ``limit``.
            limit: how many entries at most.
        """
        query = select(journal).where(journal.c.sandbox.is_(None) if sandbox is None else journal.c.sandbox == sandbox)
        if kinds:
            query = query.where(journal.c.kind.in_(kinds))
        for name, value in (subjects or {}).items():
            query = query.where(
                journal.c.id.in_(
                    select(journal_subjects.c.entry).where(
                        journal_subjects.c.name == name, journal_subjects.c.value == value
                    )
                )
            )
        if after_id is not None:
            query = query.where(journal.c.id > after_id)
        if before_id is not None:
            query = query.where(journal.c.id < before_id)
        order = journal.c.id.desc() if newest_first else journal.c.id
        return [_entry(row) for row in self._connection.execute(query.order_by(order).limit(limit))]

    def last_id(self, sandbox: str | None) -> int:
        """Return the number of the latest entry; 0 where there is none."""
        belongs = journal.c.sandbox.is_(None) if sandbox is None else journal.c.sandbox == sandbox
        return int(self._connection.execute(select(func.max(journal.c.id)).where(belongs)).scalar() or 0)

    def purge(self, sandbox: str | None, before: datetime | None) -> int:
        """Delete the entries of before an instant, or all; return how many there were."""
        belongs = journal.c.sandbox.is_(None) if sandbox is None else journal.c.sandbox == sandbox
        statement = delete(journal).where(belongs)
        if before is not None:
            statement = statement.where(journal.c.instant < before)
        return self._connection.execute(statement).rowcount


def _entry(row: Row[Any]) -> Entry:
    return Entry(row.sandbox, row.instant, row.kind, row.summary, row.subjects, row.detail, row.id)
