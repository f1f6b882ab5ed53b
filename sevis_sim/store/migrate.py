"""Plain, ordered migrations: numbered SQL files, applied once each, all of them in one transaction."""

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from sqlalchemy import Connection, inspect, text

from sevis_sim.store.dialect import Dialect
from sevis_sim.store.errors import StoreError

_NAME = re.compile(r"([0-9]{4})_([a-z0-9_]+)\.sql")
_VERSIONS = "CREATE TABLE schema_version (application TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL)"


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema. Never change one that has been released; add the next."""

    number: int
    name: str
    sql: str

    def statements(self, words: Mapping[str, str]) -> Iterator[str]:
        """Yield its statements, with the dialect's words in place of ``{…}``; comments are left out."""
        lines = [line for line in self.sql.splitlines() if not line.lstrip().startswith("--")]
        for statement in "\n".join(lines).split(";\n"):
            if statement.strip(" \n;"):
                yield statement.strip(" \n;").format_map(words)


@functools.cache
def migrations_of(package: str) -> tuple[Migration, ...]:
    """Return the migrations in the folder ``migrations`` of a package, in order."""
    found = [
        Migration(int(named[1]), named[2], file.read_text(encoding="utf-8"))
        for file in resources.files(package).joinpath("migrations").iterdir()
        if (named := _NAME.fullmatch(file.name))
    ]
    return tuple(sorted(found, key=lambda migration: migration.number))


def migrate(connection: Connection, dialect: Dialect, application: str, migrations: Sequence[Migration]) -> None:
    """Bring the database of a write transaction to the latest version.

    Args:
        connection: in a write transaction of its own.
        dialect: whose words the statements are filled with.
        migrations: all that there are, in order.
        application: whose database it is; kept in it, so that another program's is refused.

    Raises:
        StoreError: the database is another program's, or was written by a newer release.
    """
    latest = migrations[-1].number
    version = _version(connection, application, dialect.place)
    if version is not None and version > latest:
        raise StoreError(
            f"{dialect.place} was written by a newer {application} (schema {version}, this release knows {latest}): "
            f"install that release, or choose another database"
        )
    cursor = connection.connection.cursor()  # the driver's: SQLAlchemy takes as long for each statement as SQLite does
    for migration in migrations:
        if version is None or migration.number > version:
            for statement in migration.statements(dialect.words):
                cursor.execute(statement)
    if version is None:
        cursor.execute(_VERSIONS)
        connection.execute(
            text("INSERT INTO schema_version VALUES (:name, :latest)"), {"name": application, "latest": latest}
        )
    elif version < latest:
        cursor.execute(f"UPDATE schema_version SET version = {latest:d}")  # noqa: S608 - a number


def _version(connection: Connection, application: str, place: str) -> int | None:
    """Return the number of the last migration that was applied; None for a database with nothing in it."""
    names = inspect(connection).get_table_names()
    if not names:
        return None
    if "schema_version" in names:
        row = connection.exec_driver_sql("SELECT application, version FROM schema_version").one()
        if row.application == application:
            return int(row.version)
    raise StoreError(f"{place} is the database of another program: choose another for {application}")
