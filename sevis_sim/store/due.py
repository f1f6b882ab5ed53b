"""Work that falls due, in the order in which it is to be done."""

from datetime import datetime

from sqlalchemy import Select, delete, insert, select

from sevis_sim.store.repository import Repository
from sevis_sim.store.rows import DueItem
from sevis_sim.store.tables import due_work


class Due(Repository):
    """Due work by sandbox, ordered by instant and then by the order of adding."""

    def add(self, sandbox: str, instant: datetime, kind: str, key: str) -> int:
        """Add work of a kind that falls due at an aware instant; return its sequence number, never used twice."""
        row = {"sandbox": sandbox, "instant": instant, "kind": kind, "key": key}
        return self._number(self._connection.execute(insert(due_work), row))

    def next(self, sandbox: str, until: datetime | None = None) -> DueItem | None:
        """Return what falls due first, at ``until`` at the latest; None where nothing does."""
        row = self._connection.execute(_in_order(sandbox, until).limit(1)).one_or_none()
        return None if row is None else DueItem(**row._mapping)

    def list(self, sandbox: str, until: datetime | None = None) -> list[DueItem]:
        """Return what falls due until then (``until`` included), in order."""
        return [DueItem(**row._mapping) for row in self._connection.execute(_in_order(sandbox, until))]

    def remove(self, sequence: int) -> bool:
        """Remove an item, done or not wanted any more; False where someone else removed it before."""
        return self._connection.execute(delete(due_work).where(due_work.c.sequence == sequence)).rowcount > 0


def _in_order(sandbox: str, until: datetime | None) -> Select[tuple[object, ...]]:
    query = select(due_work).where(due_work.c.sandbox == sandbox).order_by(due_work.c.instant, due_work.c.sequence)
    return query if until is None else query.where(due_work.c.instant <= until)
