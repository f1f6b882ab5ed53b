"""What all repositories are made of.

The statements of a repository that requests wait for are module constants with named parameters: SQLAlchemy takes five
times as long to build a query as SQLite takes to answer it. Those of every upload go through `Dialect.run`.
"""

from sqlalchemy import Connection

from sevis_sim.store.dialect import Dialect, Done


class Repository:
    """The rows of one kind, as one transaction sees them."""

    def __init__(self, connection: Connection, dialect: Dialect) -> None:
        self._connection = connection
        self._dialect = dialect

    @staticmethod
    def _number(inserted: Done) -> int:
        """Return the number that the database gave to the one row just inserted."""
        assert inserted.lastrowid is not None  # noqa: S101 - every insert of a single row has one
        return inserted.lastrowid
