"""Students and exchange visitors: the latest version of each, every earlier one, and every SEVIS ID in use.

A record changes by moving its row to ``record_versions`` and writing the new one in its place, so that a create
writes its payload once, and looking up the latest version never touches the history.

What has happened to a record only grows, so a long version that is replaced keeps no list of events: it keeps how many
there were of those that the next version lists. Else a record with many events would be stored with all of them many
times.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Row, bindparam, or_, select, update

from sevis_sim.domain.records import Dependent, HistoryEntry, Level, Population, Record, Site
from sevis_sim.store.columns import from_json, to_json, to_microseconds
from sevis_sim.store.errors import SevisIdTaken
from sevis_sim.store.repository import Repository
from sevis_sim.store.rows import StoredRecord
from sevis_sim.store.tables import record_ids, record_versions, records

_CHUNK = 500
"""Ids in one query; SQLite and PostgreSQL take some 32,000."""

_LONG = 8_000
"""Characters of a payload from which on it is worth the time to take the events out; a student's create has 2,000."""

_COLUMNS = tuple(column.name for column in records.columns)
_PARTS: dict[str, type[Dependent | Site | HistoryEntry | Level]] = {
    "dependents": Dependent,
    "sites": Site,
    "history": HistoryEntry,
    "levels": Level,
}
"""The lists of a record, which hold dataclasses; everything else in it is plain."""

_NAMES = {noun: tuple(field.name for field in fields(noun)) for noun in (Record, *_PARTS.values())}
_Row = tuple[str, str, str, str, str, str, str, int, int | None, int, str]
"""The columns of a record in their order, as the driver takes them."""
_IN_COLUMNS = frozenset({"sevis_id", "org_id", "population", "status"})

_REPLACE = (
    update(records)
    .where(
        records.c.sandbox == bindparam("new_sandbox"),
        records.c.system == bindparam("new_system"),
        records.c.sevis_id == bindparam("new_sevis_id"),
    )
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in ("org_id", "population", "status", "identity", "batch_key", "payload")
        }
        | {"instant": bindparam("new_instant", type_=BigInteger), "version": records.c.version + 1}
    )
)

_HERE = (records.c.sandbox == bindparam("sandbox"), records.c.system == bindparam("system"))
_MANY = select(records).where(*_HERE, records.c.sevis_id.in_(bindparam("ids", expanding=True)))
_OWNERS = select(record_ids.c.sevis_id, record_ids.c.principal).where(
    record_ids.c.sandbox == bindparam("sandbox"),
    record_ids.c.system == bindparam("system"),
    record_ids.c.sevis_id.in_(bindparam("ids", expanding=True)),
)
_SAME_IDENTITY = (
    select(records.c.sevis_id)
    .where(
        *_HERE,
        records.c.population == bindparam("population"),
        records.c.identity == bindparam("identity"),
    )
    .order_by(records.c.sevis_id)
)


class Records(Repository):
    """Records by sandbox, system and SEVIS ID."""

    def get(self, sandbox: str, system: str, sevis_id: str) -> Record | None:
        """Return the latest version of the record with this SEVIS ID (a principal's), or None."""
        return self.get_many(sandbox, system, [sevis_id]).get(sevis_id)

    def get_many(self, sandbox: str, system: str, sevis_ids: Iterable[str]) -> dict[str, Record]:
        """Return the latest versions of all of these that exist, by SEVIS ID."""
        found: dict[str, Record] = {}
        for some in _chunks(sevis_ids):
            rows = self._connection.execute(_MANY, {"sandbox": sandbox, "system": system, "ids": some})
            found.update((row.sevis_id, _record(row)) for row in rows)
        return found

    def save(
        self, sandbox: str, system: str, record: Record, identity: str, batch_key: int | None, instant: datetime
    ) -> None:
        """Keep a record as a new version; see `save_many`."""
        self.save_many(sandbox, system, [(record, identity)], batch_key, instant)

    def save_many(
        self,
        sandbox: str,
        system: str,
        saves: Iterable[tuple[Record, str]],
        batch_key: int | None,
        instant: datetime,
    ) -> None:
        """Keep records, each with the identity it is found by, as new versions written at an aware instant.

        A record that comes more than once gets as many versions, in the order given.

        Raises:
            SevisIdTaken: a SEVIS ID of a record, or of a dependent in it, belongs to another record.
        """
        written = to_microseconds(instant)
        waiting = list(saves)
        while waiting:
            rows: dict[str, _Row] = {}
            owners: dict[str, str] = {}
            histories: dict[str, list[dict[str, Any]]] = {}
            again = []
            for record, identity in waiting:
                own = record.sevis_id
                if own in rows:
                    again.append((record, identity))
                    continue
                head = (sandbox, system, own, record.org_id, record.population, record.status, identity)
                plain = _plain(record)
                histories[own] = plain["history"]
                rows[own] = (*head, 1, batch_key, written, to_json(plain))
                for sevis_id in (own, *(dependent.sevis_id for dependent in record.dependents)):
                    if owners.setdefault(sevis_id, own) != own:
                        raise SevisIdTaken(sevis_id, owners[sevis_id])
            self._write(sandbox, system, rows, owners, histories)
            waiting = again

    def _write(
        self,
        sandbox: str,
        system: str,
        rows: dict[str, _Row],
        owners: dict[str, str],
        histories: Mapping[str, list[dict[str, Any]]],
    ) -> None:
        """Write one version of each of these records.

        Args:
            sandbox: where.
            system: where.
            rows: by SEVIS ID.
            owners: of each SEVIS ID in them, in whose record it stands.
            histories: what has happened to each of them, as their payloads list it.

        """
        known = self._owners(sandbox, system, owners)
        for sevis_id, owner in known.items():
            if owner != owners[sevis_id]:
                raise SevisIdTaken(sevis_id, owner)
        if changed := [sevis_id for sevis_id in rows if sevis_id in known]:
            for some in _chunks(changed):
                replaced = self._connection.execute(_MANY, {"sandbox": sandbox, "system": system, "ids": some})
                kept = [_replaced(row, histories[row.sevis_id]) for row in replaced]
                self._dialect.insert_many(self._connection, record_versions, kept)
            new = [f"new_{name}" for name in _COLUMNS]
            self._connection.execute(_REPLACE, [dict(zip(new, rows[i], strict=True)) for i in changed])
        added = [row for sevis_id, row in rows.items() if sevis_id not in known]
        ids = [(sandbox, system, own, owner) for own, owner in owners.items() if own not in known]
        self._dialect.insert_many(self._connection, records, added)
        self._dialect.insert_many(self._connection, record_ids, ids)

    def same_identity(self, sandbox: str, system: str, population: Population, identity: str) -> Sequence[str]:
        """Return the SEVIS IDs of the records whose latest version has this identity, sorted."""
        asked = {"sandbox": sandbox, "system": system, "population": population, "identity": identity}
        return self._connection.execute(_SAME_IDENTITY, asked).scalars().all()

    def owner(self, sandbox: str, system: str, sevis_id: str) -> str | None:
        """Return in whose record a SEVIS ID stands: the principal's own, or that of a dependent's principal."""
        return self._owners(sandbox, system, [sevis_id]).get(sevis_id)

    def taken(self, sandbox: str, system: str, sevis_ids: Iterable[str]) -> set[str]:
        """Return those SEVIS IDs that stand for someone already, principal or dependent, now or in the past."""
        return set(self._owners(sandbox, system, sevis_ids))

    def list(
        self,
        sandbox: str,
        system: str | None = None,
        org_id: str | None = None,
        *,
        population: Population | None = None,
        status: str | None = None,
        limit: int = 100,
        after: tuple[str, str] | None = None,
    ) -> Sequence[StoredRecord]:
        """Return latest versions by system and SEVIS ID; ``after`` is that pair of the page before's last one."""
        query = select(records).where(records.c.sandbox == sandbox)
        for column, wanted in (
            (records.c.system, system),
            (records.c.org_id, org_id),
            (records.c.population, population),
            (records.c.status, status),
        ):
            if wanted is not None:
                query = query.where(column == wanted)
        if after is not None:
            query = query.where(
                or_(
                    records.c.system > after[0],
                    (records.c.system == after[0]) & (records.c.sevis_id > after[1]),
                )
            )
        query = query.order_by(records.c.system, records.c.sevis_id).limit(limit)
        return [_stored(row) for row in self._connection.execute(query)]

    def versions(self, sandbox: str, system: str, sevis_id: str) -> Sequence[StoredRecord]:
        """Return every version of a record, the first one first."""
        rows: list[Row[Any]] = []
        for table in (record_versions, records):
            query = select(table).where(
                table.c.sandbox == sandbox, table.c.system == system, table.c.sevis_id == sevis_id
            )
            rows.extend(self._connection.execute(query.order_by(table.c.version)))
        found: list[StoredRecord] = []
        for row in reversed(rows):  # each lists what happened, or how much of what the next one lists
            found.append(_stored(row, found[-1].record.history if found else ()))
        return found[::-1]

    def _owners(self, sandbox: str, system: str, sevis_ids: Iterable[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for some in _chunks(sevis_ids):
            rows = self._connection.execute(_OWNERS, {"sandbox": sandbox, "system": system, "ids": some})
            found.update((row.sevis_id, row.principal) for row in rows)
        return found


def _chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    everything = list(ids)
    for start in range(0, len(everything), _CHUNK):
        yield everything[start : start + _CHUNK]


def _plain(record: Record) -> dict[str, Any]:
    plain = {name: getattr(record, name) for name in _NAMES[Record] if name not in _IN_COLUMNS}
    for name, noun in _PARTS.items():
        names = _NAMES[noun]
        plain[name] = [{part: getattr(item, part) for part in names} for item in plain[name]]
    return plain


def _replaced(row: Row[Any], next_history: list[dict[str, Any]]) -> tuple[Any, ...]:
    """Return the row of a version that is replaced, with the number of its events if the next one lists them too."""
    payload = row.payload
    if len(payload) >= _LONG:
        plain = from_json(payload)
        history = plain.get("history", [])
        if next_history[: len(history)] == history:
            payload = to_json(plain | {"history": len(history)})
    return (*row[:-2], to_microseconds(row.instant), payload)


def _record(row: Row[Any], next_history: Sequence[HistoryEntry] = ()) -> Record:
    plain = from_json(row.payload)
    count = plain.pop("history") if isinstance(plain.get("history"), int) else 0
    for name, noun in _PARTS.items():
        plain[name] = [noun(**item) for item in plain.get(name, ())]  # a part may be younger than the row
    record = Record(row.sevis_id, row.org_id, row.population, row.status, **plain)
    record.history.extend(next_history[:count])
    return record


def _stored(row: Row[Any], next_history: Sequence[HistoryEntry] = ()) -> StoredRecord:
    return StoredRecord(row.system, _record(row, next_history), row.identity, row.version, row.batch_key, row.instant)
