"""What a file adds, changes and deletes in its location, and what is carried forward; then does it.

Campuses send everybody every time (full volume), so the difference to what is in force is derived by Student ID. The
file is read twice, in blocks, and what is in force once, in order; memory is about a hundred bytes a student of the
file, not their records. All in the caller's transaction.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, bindparam, select, update

from sevis_sim.store.dialect import Dialect
from udir_sim.checker.model import LoadPlan
from udir_sim.directory.model import Delivery, Load
from udir_sim.directory.repositories import Loads
from udir_sim.directory.rows import Numbers, Part, parts
from udir_sim.directory.tables import new_records, records
from udir_sim.layout import layout

_DIGEST = 16
_ID = 20
_TOGETHER = 20_000
"""Rows that are read from or written to the database at once."""
_CACHE_MB = 64
_STUDENT = layout().field("D02").span
_NET_ID = layout().field("D06").span

Keys = npt.NDArray[Any]


@dataclass(slots=True)
class _Population:
    """Students by rising ID: one entry each."""

    ids: Keys
    """20 bytes each."""
    digests: Keys
    """Of the whole record, 16 bytes each."""
    numbers: Numbers
    """Record numbers in the file, or keys in the database."""


@dataclass(slots=True)
class _Arrivals:
    people: _Population
    held: Keys
    unknown: int


@dataclass(slots=True)
class _Changes:
    write: Numbers
    """Numbers of the records of the file that are new or changed."""
    replaced: Numbers
    """Keys of versions that end."""
    added: int
    changed: int
    deleted: int
    unchanged: int
    carried: int


def load(
    connection: Connection,
    dialect: Dialect,
    loads: Loads,
    delivery: Delivery,
    file: BinaryIO,
    plan: LoadPlan,
    now: datetime,
) -> Load:
    """Put the records of a file in force for the location of its delivery.

    Args:
        connection: of a write transaction.
        dialect: of the database.
        loads: of the same transaction.
        delivery: the file, which is in the table of deliveries.
        file: its content, from the current position on; can be sought.
        plan: which of its records are held or dropped.
        now: the instant of the load.

    """
    last = loads.in_force(delivery.location)
    number = 1 if last is None else last.number + 1
    start = file.tell()

    def again() -> Iterator[Part]:
        file.seek(start)
        return parts(file, delivery.location, plan)

    changes = _difference(_in_force(connection, delivery.location), _arrivals(again))
    with dialect.with_room(connection, _CACHE_MB):
        _end(connection, changes.replaced, number)
        for part in again():
            _write(connection, dialect, part, changes.write, delivery.location, number)
    return loads.add(
        Load(
            delivery.location,
            number,
            "file",
            delivery.id,
            None,
            now,
            delivery.created,
            records=changes.added + changes.changed + changes.unchanged + changes.carried,
            added=changes.added,
            changed=changes.changed,
            deleted=changes.deleted,
            unchanged=changes.unchanged,
            carried=changes.carried,
        )
    )


def _arrivals(again: Callable[[], Iterator[Part]]) -> _Arrivals:
    ids, digests, numbers = bytearray(), bytearray(), []
    held: list[bytes] = []
    unknown = 0
    for part in again():
        ids += bytes.fromhex(part.rows[:, _STUDENT].tobytes().decode("ascii"))
        digests += _digests(part)
        numbers.append(part.numbers)
        held += part.held
        unknown += part.unknown
    people = _population(ids, digests, np.concatenate([np.zeros(0, np.int64), *numbers]))
    return _Arrivals(people, _keys(b"".join(map(bytes.fromhex, map(bytes.decode, held))), _ID), unknown)


def _digests(part: Part) -> bytes:
    rows = memoryview(part.rows.tobytes())
    width = part.rows.shape[1]
    digest = hashlib.blake2b
    return b"".join([digest(rows[at : at + width], digest_size=_DIGEST).digest() for at in range(0, len(rows), width)])


def _population(ids: bytearray, digests: bytearray, numbers: Numbers) -> _Population:
    """Sort by ID. Of several records of a student, which only a profile can let pass, the first one counts."""
    keys = _keys(ids, _ID)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    again = np.flatnonzero(keys[1:] == keys[:-1]) + 1
    if len(again):
        keys, order = np.delete(keys, again), np.delete(order, again)
    return _Population(keys, _keys(digests, _DIGEST)[order], numbers[order])


def _keys(values: bytes | bytearray, width: int) -> Keys:
    # numpy pads and compares these with zero bytes, which changes nothing between values of one width.
    return np.frombuffer(values, f"S{width}")


def _in_force(connection: Connection, location: str) -> Iterator[_Population]:
    """Yield who is in force, by rising ID, some thousands at a time."""
    query = select(records.c.student_id, records.c.digest, records.c.key).where(
        records.c.location == location, records.c.until.is_(None)
    )
    result = connection.execute(query.order_by(records.c.student_id)).yield_per(_TOGETHER)
    for rows in result.partitions():
        ids, digests, keys = zip(*rows, strict=True)
        yield _Population(_keys(b"".join(ids), _ID), _keys(b"".join(digests), _DIGEST), np.array(keys, np.int64))


def _difference(in_force: Iterable[_Population], arrivals: _Arrivals) -> _Changes:
    new, held = arrivals.people, np.unique(arrivals.held)
    known, same = np.zeros(len(new.ids), np.bool_), np.zeros(len(new.ids), np.bool_)
    replaced: list[Numbers] = [np.zeros(0, np.int64)]
    deleted = carried = 0
    for old in in_force:
        place = np.minimum(np.searchsorted(new.ids, old.ids), max(len(new.ids) - 1, 0))
        here = new.ids[place] == old.ids if len(new.ids) else np.zeros(len(old.ids), np.bool_)
        equal = here.copy()
        equal[here] = new.digests[place[here]] == old.digests[here]
        known[place[here]] = True
        same[place[equal]] = True
        # A held record that does not tell whose it is may be anybody's who is missing: then nobody is deleted.
        stays = ~here if arrivals.unknown else ~here & np.isin(old.ids, held)
        gone = ~here & ~stays
        carried += int(np.count_nonzero(stays))
        deleted += int(np.count_nonzero(gone))
        replaced.append(old.numbers[(here & ~equal) | gone])
    return _Changes(
        write=np.sort(new.numbers[~same]),
        replaced=np.concatenate(replaced),
        added=int(np.count_nonzero(~known)),
        changed=int(np.count_nonzero(known & ~same)),
        deleted=deleted,
        unchanged=int(np.count_nonzero(same)),
        carried=carried,
    )


def _end(connection: Connection, keys: Numbers, number: int) -> None:
    statement = update(records).where(records.c.key == bindparam("version")).values(until=number)
    for start in range(0, len(keys), _TOGETHER):
        connection.execute(statement, [{"version": key} for key in keys[start : start + _TOGETHER].tolist()])


def _write(connection: Connection, dialect: Dialect, part: Part, wanted: Numbers, location: str, number: int) -> None:
    chosen = np.isin(part.numbers, wanted, assume_unique=True)
    if not chosen.any():
        return
    part.rows, part.numbers = part.rows[chosen], part.numbers[chosen]
    content = part.rows.tobytes()
    ids = bytes.fromhex(part.rows[:, _STUDENT].tobytes().decode("ascii"))
    digests = _digests(part)
    width = part.rows.shape[1]
    rows = []
    for place in range(len(part.rows)):
        record = content[place * width : (place + 1) * width]
        rows.append(
            (
                location,
                ids[place * _ID : (place + 1) * _ID],
                record[_NET_ID].decode("latin-1").strip(" ") or None,
                number,
                None,
                digests[place * _DIGEST : (place + 1) * _DIGEST],
                record,
            )
        )
    dialect.insert_many(connection, new_records, rows)
