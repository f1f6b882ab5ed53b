"""An earlier load in force again, as a new load of its own."""

from datetime import datetime

from sqlalchemy import Connection, func, insert, literal, null, select, update

from udir_sim.directory.model import DirectoryError, Load
from udir_sim.directory.repositories import Loads
from udir_sim.directory.tables import records

_COPIED = ("location", "student_id", "net_id", "digest", "content")


def roll_back(connection: Connection, loads: Loads, location: str, number: int, now: datetime) -> Load:
    """Put the records of load ``number`` in force; DirectoryError where there is none, or it is the one in force."""
    last, target = loads.in_force(location), loads.get(location, number)
    if last is None or target is None:
        known = f"loads {loads.of(location)[0].number} to {last.number}" if last is not None else "none yet"
        raise DirectoryError(f"location {location} has no load {number}; it has {known}")
    if number == last.number:
        raise DirectoryError(f"load {number} of location {location} is the one in force")
    here = records.c.location == location
    later = here & records.c.until.is_(None) & (records.c.since > number)
    earlier = here & (records.c.since <= number) & (records.c.until > number)
    again = select(records.c.student_id).where(earlier)

    def count(condition: object) -> int:
        query = select(func.count()).select_from(records).where(condition)  # type: ignore[arg-type]
        return int(connection.execute(query).scalar_one())

    unchanged = count(here & records.c.until.is_(None) & (records.c.since <= number))
    changed = count(later & records.c.student_id.in_(again))
    closing, opening = count(later), count(earlier)
    new = last.number + 1
    connection.execute(update(records).where(later), {"until": new})
    source = select(*(records.c[name] for name in _COPIED), literal(new).label("since"), null().label("until")).where(
        earlier
    )
    connection.execute(insert(records).from_select([*_COPIED, "since", "until"], source))
    return loads.add(
        Load(
            location,
            new,
            "roll-back",
            target.delivery,
            number,
            now,
            target.created,
            records=unchanged + opening,
            added=opening - changed,
            changed=changed,
            deleted=closing - changed,
            unchanged=unchanged,
            carried=0,
        )
    )
