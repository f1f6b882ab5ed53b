"""All that is peculiar to one kind of database. No other module holds SQL that only SQLite understands.

A second database needs a second class with these methods and a line in `dialect_for`.
"""

import functools
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar, Protocol, cast

from sqlalchemy import ClauseElement, Connection, Engine, Executable, StaticPool, Table, create_engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import Insert

from sevis_sim.store.errors import MissingReference, StoreError
from sevis_sim.store.spool import Spool

READ_ONLY = "store_read_only"
"""Execution option of connections that may not write; also the note on a connection of how it was set last."""

_WAITS = "store_waits_for_disk"
"""Note on a connection: how it was set last; FULL when it is made."""

_BUSY_SECONDS = 10
"""How long a writer waits for another process that writes to the same file."""

_LOG_BYTES = 64 * 1024 * 1024
"""What the write-ahead log keeps of its size once it has been written back."""

_ROWS = 50
"""Rows that are inserted by one statement."""

_CHECKED_BYTES = 16 * 1024 * 1024
"""Files up to this size are checked whole when opened (about 1 ms for each megabyte); larger ones as they are read."""


class Done(Protocol):
    """What a statement did, as drivers tell it (PEP 249)."""

    @property
    def rowcount(self) -> int:
        """How many rows were written."""

    @property
    def lastrowid(self) -> int | None:
        """The number that the database gave to the one row just inserted."""

    def fetchone(self) -> Any:
        """Return the next row that was read, None behind the last one."""


class Dialect(Protocol):
    """What the store asks of one kind of database."""

    words: ClassVar[Mapping[str, str]]
    """What stands for ``{key}`` (a growing number, never used twice), ``{blob}`` and ``{clustered}`` in migrations."""
    errors: ClassVar[tuple[type[Exception], ...]]
    """What the driver raises, and what SQLAlchemy makes of that."""
    one_connection: bool
    """Whether readers have to take turns with the writer, because there is only one connection."""
    place: str
    """What to call the database in a message."""
    spool: Spool
    """Where contents are that are too large for rows."""

    def engine(self) -> Engine:
        """Return an engine whose transactions begin as their connection's ``READ_ONLY`` option says."""

    def check(self, connection: Connection) -> None:
        """Raise StoreError where the database is damaged."""

    def wait_for_disk(self, connection: Connection, wanted: bool) -> None:
        """Say, before a transaction begins, whether its commit shall wait until it would outlive a power cut."""

    def upsert(self, table: Table) -> Insert:
        """Return an INSERT that replaces the row of the same primary key."""

    def insert_new(self, table: Table) -> Insert:
        """Return an INSERT that does nothing (row count 0) where a unique constraint forbids the row."""

    def insert_many(self, connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert many rows as fast as the driver can, of values as it takes them, in the order of the columns."""

    def insert_numbered(self, connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> Sequence[int]:
        """Insert as `insert_many`, with None in the column that the database numbers; return the numbers it gave."""

    def run(self, connection: Connection, statement: Executable, values: Mapping[str, Any]) -> Done:
        """Run a statement that is a module constant, with a value for each of its names, and return what it did.

        Its text is made once per process. SQLAlchemy makes it once for each engine, which a simulator that lives for
        milliseconds notices, and takes five times as long as SQLite on the way, which every upload would wait for.
        Rows that are read come as the driver gives them: instants as microseconds, mappings as JSON text.
        """

    def with_room(self, connection: Connection, megabytes: int) -> AbstractContextManager[None]:
        """Let a transaction that writes very much keep more of the database in memory while the block lasts."""

    def explain(self, error: Exception) -> StoreError | None:
        """Say in one line what to do about an error of the driver; None where it is a fault of ours."""


def dialect_for(url: str) -> Dialect:
    """Return the dialect of a database URL; StoreError where there is none for it."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(f"{url!r} is no database URL: write sqlite:///DIRECTORY/store.db") from error
    if parsed.drivername != "sqlite" or parsed.query:
        shown = parsed.render_as_string(hide_password=True)
        raise StoreError(f"{shown} is not supported: write sqlite:///DIRECTORY/store.db without options")
    return Sqlite(parsed)


_NAMED = sqlite.dialect(paramstyle="named")


def _driver(connection: Connection) -> sqlite3.Cursor:
    return cast("sqlite3.Cursor", connection.connection.cursor())


@functools.cache
def _made(statement: Executable) -> tuple[str, Mapping[str, Callable[[Any], Any]]]:
    """Return the text of a statement whose every value has a name, and how values of some names are written."""
    compiled = cast("SQLCompiler", cast("ClauseElement", statement).compile(dialect=_NAMED))
    found = {name: each.type.dialect_impl(_NAMED).bind_processor(_NAMED) for name, each in compiled.binds.items()}
    return str(compiled), {name: each for name, each in found.items() if each is not None}


class Sqlite:
    """SQLite, in a file or in memory.

    A file is in WAL mode, so that readers never wait for the writer, with ``synchronous=FULL``: a commit has reached
    the disk when it returns and survives a power cut, not only ``kill -9`` (design.md §2: "the reply is sent only
    after this is durable"). Write transactions take their lock when they begin, so that none fails half-way.
    """

    words: ClassVar[Mapping[str, str]] = {
        "key": "INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL",
        "blob": "BLOB",
        "clustered": " WITHOUT ROWID",
    }

    errors: ClassVar[tuple[type[Exception], ...]] = (DBAPIError, sqlite3.Error)

    def __init__(self, url: URL) -> None:
        self._url = url
        self.one_connection = url.database in (None, "", ":memory:")
        self.place = "the database in memory" if self.one_connection else str(url.database)
        self.spool = Spool(None if self.one_connection else Path(f"{self.place}-large"))

    def engine(self) -> Engine:
        """Return the engine; makes the directory of the file. StoreError where that cannot be."""
        options: dict[str, Any] = {"connect_args": {"check_same_thread": False, "timeout": _BUSY_SECONDS}}
        if self.one_connection:
            options["poolclass"] = StaticPool
        else:
            folder = Path(self.place).absolute().parent
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError(
                    f"cannot make the directory {folder} ({error.strerror}): choose one that can be written to"
                ) from error
        engine = create_engine(self._url, **options)
        event.listen(engine, "connect", self._configure)
        event.listen(engine, "begin", _begin)
        return engine

    def _configure(self, connection: sqlite3.Connection, _record: object) -> None:
        # The driver is not to begin transactions by itself; _begin does.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        if not self.one_connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            # What one very large transaction made of the log is given back to the disk.
            connection.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")

    def wait_for_disk(self, connection: Connection, wanted: bool) -> None:
        """Set ``synchronous``; NORMAL writes the log without waiting for it, and only a power cut can tell."""
        if self.one_connection or connection.info.get(_WAITS, True) == wanted:
            return
        connection.connection.cursor().execute(f"PRAGMA synchronous = {'FULL' if wanted else 'NORMAL'}")
        connection.info[_WAITS] = wanted

    def check(self, connection: Connection) -> None:
        """Let SQLite check the structure of a file of moderate size."""
        if self.one_connection or Path(self.place).stat().st_size > _CHECKED_BYTES:
            return
        verdict = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())
        if verdict != "ok":
            raise self._damaged(" ".join(verdict.split()))

    def upsert(self, table: Table) -> Insert:
        """Return ``INSERT … ON CONFLICT (primary key) DO UPDATE``."""
        return _upsert(table)

    def insert_new(self, table: Table) -> Insert:
        """Return ``INSERT … ON CONFLICT DO NOTHING``."""
        return _insert_new(table)

    def insert_many(self, connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert many rows by one statement: the driver lets other threads in after each, and waits for them."""
        _insert(_driver(connection), table, rows)

    def insert_numbered(self, connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> Sequence[int]:
        """Insert; as nobody else writes meanwhile, ``AUTOINCREMENT`` counts on from one to the next."""
        cursor = _driver(connection)
        _insert(cursor, table, rows)
        last = cursor.lastrowid or 0
        return range(last - len(rows) + 1, last + 1)

    def run(self, connection: Connection, statement: Executable, values: Mapping[str, Any]) -> Done:
        """Run a statement that is a module constant on the driver itself."""
        text, written = _made(statement)
        given = dict(values)
        for name, write in written.items():
            given[name] = write(given[name])
        return _driver(connection).execute(text, given)

    @contextmanager
    def with_room(self, connection: Connection, megabytes: int) -> Iterator[None]:
        """Raise the size of the page cache: indexes that are filled in no order are else read and written again."""
        before = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
        connection.exec_driver_sql(f"PRAGMA cache_size = {-1024 * megabytes}")
        try:
            yield
        finally:
            connection.exec_driver_sql(f"PRAGMA cache_size = {before}")

    def explain(self, error: Exception) -> StoreError | None:
        """Go by SQLite's own error names, which do not change with its wording."""
        cause = error.orig if isinstance(error, DBAPIError) else error
        name = str(getattr(cause, "sqlite_errorname", ""))
        if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
            return self._damaged(str(cause))
        if name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM")):
            return StoreError(
                f"cannot write to {self.place} ({cause}): make it and its directory writable, or choose another"
            )
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return StoreError(f"{self.place} is in use by another process: stop that one, or choose another database")
        if name.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
            return StoreError(f"cannot write to {self.place} ({cause}): free some space or mend the disk")
        if name == "SQLITE_CONSTRAINT_FOREIGNKEY":
            return MissingReference(
                "the sandbox, organization, certificate or batch that this belongs to is not there: create it first"
            )
        return None

    def _damaged(self, reason: str) -> StoreError:
        return StoreError(
            f"{self.place} is damaged or no database ({reason}): put back a copy, or move it away and start afresh"
        )


def _insert(cursor: sqlite3.Cursor, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    for start in range(0, len(rows), _ROWS):
        some = rows[start : start + _ROWS]
        cursor.execute(_insert_by_place(table, len(some)), tuple(chain.from_iterable(some)))


@functools.cache
def _insert_by_place(table: Table, rows: int) -> str:
    names = ", ".join(column.name for column in table.columns)
    marks = f"({', '.join('?' for _ in table.columns)})"
    return f"INSERT INTO {table.name} ({names}) VALUES {', '.join([marks] * rows)}"  # noqa: S608 - names of ours


@functools.cache
def _upsert(table: Table) -> Insert:
    insert = sqlite.insert(table)
    keys = [column.name for column in table.primary_key]
    return insert.on_conflict_do_update(
        index_elements=keys,
        set_={c.name: insert.excluded[c.name] for c in table.columns if c.name not in keys},
    )


@functools.cache
def _insert_new(table: Table) -> Insert:
    return sqlite.insert(table).on_conflict_do_nothing()


def _begin(connection: Connection) -> None:
    read_only = bool(connection.get_execution_options().get(READ_ONLY))
    # Straight to the driver: these two are part of every transaction, and SQLAlchemy would take longer than SQLite.
    driver = _driver(connection)
    if connection.info.get(READ_ONLY) != read_only:
        driver.execute(f"PRAGMA query_only = {int(read_only)}")
        connection.info[READ_ONLY] = read_only
    driver.execute("BEGIN" if read_only else "BEGIN IMMEDIATE")
