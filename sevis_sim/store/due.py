"""Work that falls due, in the order in which it is to be done."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import bindparam, delete, func, insert, select

from sevis_sim.store.columns import to_microseconds
from sevis_sim.store.repository import Repository
from sevis_sim.store.rows import DueItem
from sevis_sim.store.tables import due_work

_ADD = insert(due_work)
_IN_ORDER = (
    select(due_work)
    .where(due_work.c.sandbox == bindparam("sandbox"), due_work.c.instant <= bindparam("until"))
    .order_by(due_work.c.instant, due_work.c.sequence)
)
_NEXT = _IN_ORDER.limit(1)
_FIND = select(due_work).where(
    due_work.c.sandbox == bindparam("sandbox"),
    due_work.c.instant == bindparam("instant"),
    due_work.c.kind == bindparam("kind"),
    due_work.c.key == bindparam("key"),
)
_REMOVE = delete(due_work).where(due_work.c.sequence == bindparam("number"))

_END_OF_TIME = datetime.max.replace(tzinfo=UTC)


class Due(Repository):
    """Due work by sandbox, ordered by instant and then by the order of adding."""

    def add(self, sandbox: str, instant: datetime, kind: str, key: str) -> int:
        """Add work of a kind that falls due at an aware instant; return its sequence number, never used twice."""
        row = {"sequence": None, "sandbox": sandbox, "instant": instant, "kind": kind, "key": key}
        return self._number(self._dialect.run(self._connection, _ADD, row))

    def add_all(self, sandbox: str, work: Iterable[tuple[datetime, str]], key: str) -> None:
        """Add work about one key, of several kinds, each with its aware instant, in this order."""
        rows = [(None, sandbox, to_microseconds(instant), kind, key) for instant, kind in work]
        self._dialect.insert_many(self._connection, due_work, rows)

    def find(self, sandbox: str, instant: datetime, kind: str, key: str) -> DueItem | None:
        """Return the work of this kind and key that falls due at an instant, or None."""
        asked = {"sandbox": sandbox, "instant": instant, "kind": kind, "key": key}
        row = self._connection.execute(_FIND, asked).first()
        return None if row is None else DueItem(**row._mapping)

    def next(self, sandbox: str, until: datetime | None = None) -> DueItem | None:
        """Return what falls due first, at ``until`` at the latest; None where nothing does."""
        row = self._connection.execute(_NEXT, {"sandbox": sandbox, "until": until or _END_OF_TIME}).one_or_none()
        return None if row is None else DueItem(**row._mapping)

    def list(self, sandbox: str, until: datetime | None = None) -> list[DueItem]:
        """Return what falls due until then (``until`` included), in order."""
        rows = self._connection.execute(_IN_ORDER, {"sandbox": sandbox, "until": until or _END_OF_TIME})
        return [DueItem(**row._mapping) for row in rows]

    def firsts(self) -> dict[str, datetime]:
        """Return by sandbox the instant at which its first work falls due."""
        query = select(due_work.c.sandbox, func.min(due_work.c.instant).label("instant")).group_by(due_work.c.sandbox)
        return {row.sandbox: row.instant for row in self._connection.execute(query)}

    def remove(self, sequence: int) -> bool:
        """Remove an item, done or not wanted any more; False where someone else removed it before."""
        return self._connection.execute(_REMOVE, {"number": sequence}).rowcount > 0
