"""On which day the calendar next changes each record, found by day: one piece of due work serves a whole day."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, func, select

from sevis_sim.store.repository import Repository
from sevis_sim.store.tables import record_dates

_CHUNK = 500
"""Ids in one query; SQLite and PostgreSQL take some 32,000."""

_HERE = (record_dates.c.sandbox == bindparam("sandbox"), record_dates.c.system == bindparam("system"))
_MANY = select(record_dates.c.sevis_id, record_dates.c.day, record_dates.c.since).where(
    *_HERE, record_dates.c.sevis_id.in_(bindparam("ids", expanding=True))
)
_UNTIL = (
    select(record_dates.c.sevis_id)
    .where(*_HERE, record_dates.c.day <= bindparam("until"))
    .order_by(record_dates.c.day, record_dates.c.sevis_id)
    .limit(bindparam("most"))
)
_COUNT = select(func.count()).select_from(record_dates).where(*_HERE, record_dates.c.day == bindparam("until"))
_ON = (
    select(record_dates.c.sevis_id)
    .where(*_HERE, record_dates.c.day == bindparam("until"))
    .order_by(record_dates.c.sevis_id)
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class RecordDate:
    """When the calendar next changes a record."""

    day: date | None
    """The Eastern day; None where nothing lies ahead."""
    since: date | None = None
    """What would have happened on or before this day has not, and will not any more."""


class RecordDates(Repository):
    """Dates by sandbox, system and SEVIS ID."""

    def get_many(self, sandbox: str, system: str, sevis_ids: Iterable[str]) -> dict[str, RecordDate]:
        """Return the dates of all of these records that have been looked at, by SEVIS ID."""
        found: dict[str, RecordDate] = {}
        for some in _chunks(sevis_ids):
            rows = self._connection.execute(_MANY, {"sandbox": sandbox, "system": system, "ids": some})
            found.update((row.sevis_id, RecordDate(_day(row.day), _day(row.since))) for row in rows)
        return found

    def put_many(self, sandbox: str, system: str, dates: Mapping[str, RecordDate]) -> None:
        """Keep the dates of records, in place of those they had."""
        rows = [
            {
                "sandbox": sandbox,
                "system": system,
                "sevis_id": sevis_id,
                "day": each.day and each.day.isoformat(),
                "since": each.since and each.since.isoformat(),
            }
            for sevis_id, each in dates.items()
        ]
        if rows:
            self._connection.execute(self._dialect.upsert(record_dates), rows)

    def due(self, sandbox: str, system: str, until: date, limit: int) -> list[str]:
        """Return the SEVIS IDs of records whose day is ``until`` or earlier, by day and SEVIS ID."""
        asked = {"sandbox": sandbox, "system": system, "until": until.isoformat(), "most": limit}
        return list(self._connection.execute(_UNTIL, asked).scalars())

    def on(self, sandbox: str, system: str, day: date, limit: int) -> list[str]:
        """Return the SEVIS IDs of records that have exactly this day, sorted."""
        asked = {"sandbox": sandbox, "system": system, "until": day.isoformat(), "most": limit}
        return list(self._connection.execute(_ON, asked).scalars())

    def count(self, sandbox: str, system: str, day: date) -> int:
        """Return how many records have this day."""
        asked = {"sandbox": sandbox, "system": system, "until": day.isoformat()}
        return int(self._connection.execute(_COUNT, asked).scalar_one())

    def empty(self, sandbox: str, system: str, days: Collection[date]) -> set[date]:
        """Return those of the days that no record has any more."""
        return {each for each in days if not self.on(sandbox, system, each, 1)}


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    everything = list(ids)
    for start in range(0, len(everything), _CHUNK):
        yield everything[start : start + _CHUNK]
