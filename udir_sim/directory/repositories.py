"""Rows of the directory, as one transaction sees them."""

from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, update

from sevis_sim.store.repository import Repository
from udir_sim.directory.model import Delivery, Load, State
from udir_sim.directory.record import DirectoryRecord, record_of_content
from udir_sim.directory.tables import deliveries, loads, records

_OF_NET_ID = (
    select(records.c.content)
    .where(records.c.until.is_(None), records.c.net_id.is_not(None), records.c.net_id == bindparam("net_id"))
    .order_by(records.c.location)
)
_OF_STUDENT = select(records.c.content).where(
    records.c.location == bindparam("location"),
    records.c.student_id == bindparam("student_id"),
    records.c.until.is_(None),
)

_LAST = select(loads.c.location, func.max(loads.c.number).label("number")).group_by(loads.c.location).subquery()
_CREATED_IN_FORCE = select(loads.c.location, loads.c.created).join(
    _LAST, (loads.c.location == _LAST.c.location) & (loads.c.number == _LAST.c.number)
)


class Records(Repository):
    """Records in force."""

    def of_net_id(self, net_id: str) -> list[DirectoryRecord]:
        """Return the records of a Net ID at all locations, by location; in either case, without its padding."""
        wanted = net_id.strip(" ").upper()
        if not wanted:
            return []
        found = self._connection.execute(_OF_NET_ID, {"net_id": wanted})
        return [record_of_content(content) for content in found.scalars()]

    def of_student(self, location: str, student_id: str) -> DirectoryRecord | None:
        """Return the record of a student, by the hash of the Student ID in 40 hexadecimal digits; None if unknown."""
        try:
            key = bytes.fromhex(student_id)
        except ValueError:
            return None
        content = self._connection.execute(_OF_STUDENT, {"location": location, "student_id": key}).scalar()
        return None if content is None else record_of_content(content)

    def count(self, location: str | None = None) -> int:
        """Return how many records are in force, at one location or at all."""
        query = select(func.count()).select_from(records).where(records.c.until.is_(None))
        if location is not None:
            query = query.where(records.c.location == location)
        return int(self._connection.execute(query).scalar_one())


class Loads(Repository):
    """The history of what was in force."""

    def add(self, load: Load) -> Load:
        """Add the next load of a location."""
        self._connection.execute(insert(loads), _values(load))
        return load

    def of(self, location: str | None = None) -> list[Load]:
        """Return the loads of a location, or of all, the oldest first."""
        query = select(loads).order_by(loads.c.location, loads.c.number)
        if location is not None:
            query = query.where(loads.c.location == location)
        return [Load(**row._mapping) for row in self._connection.execute(query)]

    def get(self, location: str, number: int) -> Load | None:
        """Return a load by its number."""
        query = select(loads).where(loads.c.location == location, loads.c.number == number)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else Load(**row._mapping)

    def in_force(self, location: str) -> Load | None:
        """Return the last load of a location; None before the first."""
        query = select(loads).where(loads.c.location == location).order_by(loads.c.number.desc()).limit(1)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else Load(**row._mapping)

    def last_file(self, location: str) -> Load | None:
        """Return the last load of a location that was a file, roll-backs left out; None before the first."""
        query = select(loads).where(loads.c.location == location, loads.c.kind == "file")
        row = self._connection.execute(query.order_by(loads.c.number.desc()).limit(1)).one_or_none()
        return None if row is None else Load(**row._mapping)

    def created_in_force(self) -> dict[str, date | None]:
        """Return by location the creation date of the file whose records are in force."""
        return {row.location: row.created for row in self._connection.execute(_CREATED_IN_FORCE)}

    def of_delivery(self, delivery: str) -> Load | None:
        """Return the load of a file; None where it was not loaded."""
        query = select(loads).where(loads.c.delivery == delivery, loads.c.kind == "file")
        row = self._connection.execute(query).one_or_none()
        return None if row is None else Load(**row._mapping)


class Deliveries(Repository):
    """The files that came."""

    def add(self, delivery: Delivery) -> bool:
        """Add a delivery; False where one of this id is there already."""
        added = self._connection.execute(self._dialect.insert_new(deliveries), _values(delivery))
        return added.rowcount > 0

    def get(self, delivery_id: str) -> Delivery | None:
        """Return a delivery by its id."""
        row = self._connection.execute(select(deliveries).where(deliveries.c.id == delivery_id)).one_or_none()
        return None if row is None else _delivery(row)

    def find(
        self, location: str | None = None, state: State | None = None, limit: int = 100, *, newest_first: bool = True
    ) -> list[Delivery]:
        """Return deliveries of a location in a state, or all."""
        query = select(deliveries)
        if location is not None:
            query = query.where(deliveries.c.location == location)
        if state is not None:
            query = query.where(deliveries.c.state == state.value)
        order = (deliveries.c.received, deliveries.c.id)
        query = query.order_by(*(column.desc() if newest_first else column for column in order)).limit(limit)
        return [_delivery(row) for row in self._connection.execute(query)]

    def ids(self, location: str) -> frozenset[str]:
        """Return the ids of all deliveries of a location."""
        query = select(deliveries.c.id).where(deliveries.c.location == location)
        return frozenset(self._connection.execute(query).scalars())

    def decide(self, delivery_id: str, state: State, note: str, decided: datetime) -> None:
        """Note what somebody has made of a held file."""
        self._connection.execute(
            update(deliveries).where(deliveries.c.id == delivery_id),
            {"state": state.value, "note": note, "decided": decided},
        )


def _delivery(row: Row[Any]) -> Delivery:
    values = dict(row._mapping)
    return Delivery(**{**values, "state": State(values["state"])})


def _values(row: Load | Delivery) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in fields(row)}
