"""What is kept: the last files that were loaded, with everything since; what is older goes where that is asked for."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from udir_sim.directory.tables import deliveries, loads, records


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was deleted."""

    loads: int
    records: int
    """Versions of records that were in force only then."""
    deliveries: tuple[str, ...]
    """Ids; their files and reports may go once this is committed."""


def forget(connection: Connection, location: str, keep: int) -> Forgotten:
    """Delete loads before the last ``keep`` files that were loaded, and what only they needed.

    A held file stays as long as it can be released. A file to which a later load went back stays, too: it is the one
    that the next file is compared with.

    Args:
        connection: In a write transaction.
        location: Whose.
        keep: How many loaded files stay, at least 1.

    """
    here = loads.c.location == location
    files = select(loads.c.number).where(here, loads.c.kind == "file").order_by(loads.c.number.desc())
    oldest = connection.execute(files.offset(keep - 1).limit(1)).scalar()
    if oldest is None:
        return Forgotten(0, 0, ())
    gone = connection.execute(delete(loads).where(here, loads.c.number < oldest)).rowcount
    replaced = (records.c.location == location) & records.c.until.is_not(None) & (records.c.until <= oldest)
    versions = connection.execute(delete(records).where(replaced)).rowcount
    needed = select(loads.c.delivery).where(here)
    # Judged before the oldest load that stays: refused, loaded long ago, or held and overtaken by that load.
    old = (deliveries.c.location == location) & (deliveries.c.against < oldest) & deliveries.c.id.not_in(needed)
    ids = tuple(connection.execute(select(deliveries.c.id).where(old).order_by(deliveries.c.id)).scalars())
    connection.execute(delete(deliveries).where(old))
    return Forgotten(gone, versions, ids)
