"""Which files of the spool are still wanted: those that a row names."""

from sqlalchemy import Connection, select, union

from sevis_sim.store.dialect import Dialect
from sevis_sim.store.spool import file_of
from sevis_sim.store.tables import file_contents, journal_bodies

_PLACES = union(
    *(
        select(place).where(place.is_not(None))
        for place in (file_contents.c.place, journal_bodies.c.request_place, journal_bodies.c.response_place)
    )
)


def make_room(connection: Connection, dialect: Dialect) -> None:
    """Where much has been added since the last time, have the spool delete the files that nobody needs any more.

    Call it when rows name all that was added before in this transaction, for what no row names is not needed.
    """
    if dialect.spool.due:
        dialect.spool.keep_only({file_of(place) for (place,) in connection.execute(_PLACES)})
