"""Copies of whole sandboxes, made row by row inside the database, so that they work on every kind of it.

A snapshot is a sandbox that no certificate decides and no list shows; its rows refer to their own copies of batches.
The journal is no part of it: what has happened stays on record when a sandbox goes back to an earlier state.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Executable,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    insert,
    literal_column,
    not_,
    or_,
    select,
    update,
)

from sevis_sim.store.columns import Instant, Json
from sevis_sim.store.dialect import Dialect
from sevis_sim.store.errors import DuplicateSandbox, MissingReference
from sevis_sim.store.repository import Repository
from sevis_sim.store.rows import StoredSandbox, StoredSnapshot
from sevis_sim.store.sandboxes import stored_sandbox
from sevis_sim.store.tables import (
    batch_files,
    batches,
    certificate_registrations,
    certificates,
    due_work,
    file_contents,
    journal,
    journal_bodies,
    organizations,
    record_dates,
    record_ids,
    record_versions,
    records,
    sandboxes,
    snapshot_certificates,
)

BATCH_WORK = frozenset({"process-batch", "retry-batch", "result-available", "remove-result"})
"""Kinds of due work whose key is the number of a batch, which differs from copy to copy."""

_PLAIN = (organizations, record_ids, record_dates)
"""Tables whose rows are copied as they are, with the name of the other sandbox."""
COPIED: frozenset[Table] = frozenset({*_PLAIN, records, record_versions, batches, batch_files, due_work})
NOT_COPIED: frozenset[Table] = frozenset({sandboxes, journal, journal_bodies, certificates, certificate_registrations})
"""What of a sandbox no copy has: its name, its past, and the certificates that decide it."""
SHARED: frozenset[Table] = frozenset({file_contents})
"""What a sandbox and its copies have together: it never changes, and goes with the last of them."""


_SOURCE, _TARGET = bindparam("source", type_=Text), bindparam("target", type_=Text)


def _copied_rows(
    table: Table,
    changes: Mapping[str, Any],
    where: Any,
    without: Iterable[str] = (),
    order: str | None = None,
) -> Executable:
    """Insert the rows of a table again, with some columns changed and some left to the database."""
    left_out = frozenset(without)
    columns: list[Column[Any]] = [column for column in table.c if column.name not in left_out]
    query = select(*(changes.get(column.name, column) for column in columns)).where(where)
    if order:
        query = query.order_by(table.c[order])
    return insert(table).from_select([column.name for column in columns], query)


def _copy_statements() -> Iterator[tuple[Executable, tuple[Executable, ...]]]:
    """Yield what copies a sandbox, each statement with those that copy what belongs to its rows."""
    for table in _PLAIN:
        yield _copied_rows(table, {"sandbox": _TARGET}, table.c.sandbox == _SOURCE), ()
    of_batch = or_(*(due_work.c.kind == literal_column(f"'{kind}'") for kind in sorted(BATCH_WORK)))
    here = due_work.c.sandbox == _SOURCE
    yield _copied_rows(due_work, {"sandbox": _TARGET}, and_(here, not_(of_batch)), ("sequence",), "sequence"), ()
    old, new = batches.alias("old"), batches.alias("new")
    same = and_(
        new.c.sandbox == _TARGET,
        new.c.system == old.c.system,
        new.c.org_id == old.c.org_id,
        new.c.batch_id == old.c.batch_id,
    )

    def copied(key: Any) -> Any:
        """The number of the copy of a batch."""
        return select(new.c.key).join(old, same).where(old.c.key == key).scalar_subquery()

    mine = select(batches.c.key).where(batches.c.sandbox == _SOURCE)
    files = _copied_rows(batch_files, {"batch_key": copied(batch_files.c.batch_key)}, batch_files.c.batch_key.in_(mine))
    old_key, new_key = cast(old.c.key, Text), cast(new.c.key, Text)
    key = select(new_key).join(old, same).where(old_key == due_work.c.key, old.c.sandbox == _SOURCE)
    changes = {"sandbox": _TARGET, "key": key.scalar_subquery()}
    work = _copied_rows(due_work, changes, and_(here, of_batch), ("sequence",), "sequence")
    yield (
        _copied_rows(batches, {"sandbox": _TARGET}, batches.c.sandbox == _SOURCE, without=("key",), order="key"),
        (files, work),
    )

    def with_batch(table: Table) -> Executable:
        changes = {"sandbox": _TARGET, "batch_key": copied(table.c.batch_key)}
        return _copied_rows(table, changes, table.c.sandbox == _SOURCE)

    yield with_batch(records), (with_batch(record_versions),)


_COPY = tuple(_copy_statements())

_EXISTS = select(sandboxes.c.name).where(sandboxes.c.name == _TARGET)
_DELETE = delete(sandboxes).where(sandboxes.c.name == _TARGET)
_CREATE = _copied_rows(
    sandboxes,
    {
        "name": _TARGET,
        "clock": bindparam("clock", type_=Json),
        "snapshot_of": bindparam("snapshot_of", type_=Text),
        "taken": bindparam("taken", type_=Instant),
    },
    sandboxes.c.name == _SOURCE,
)

_KEPT_COLUMNS = ["sandbox", "fingerprint", "org_id", "instant"]
_REGISTERED, _KNOWN, _KEPT = certificate_registrations.c, certificates.c, snapshot_certificates.c
_NOBODY: ColumnElement[str] = literal_column("''")
_KEEP_CERTIFICATES: tuple[Executable, ...] = (
    insert(snapshot_certificates).from_select(
        _KEPT_COLUMNS,
        select(_TARGET, _REGISTERED.fingerprint, _REGISTERED.org_id, _REGISTERED.registered).where(
            _REGISTERED.sandbox == _SOURCE
        ),
    ),
    insert(snapshot_certificates).from_select(
        _KEPT_COLUMNS,
        select(_TARGET, _KNOWN.fingerprint, _NOBODY, _KNOWN.revoked).where(_KNOWN.sandbox == _SOURCE),
    ),
)
_BRING_BACK_CERTIFICATES: tuple[Executable, ...] = (
    update(certificates)
    .where(_KNOWN.sandbox == _TARGET)
    .values(
        revoked=select(_KEPT.instant)
        .where(_KEPT.sandbox == _SOURCE, _KEPT.fingerprint == _KNOWN.fingerprint, _KEPT.org_id == _NOBODY)
        .scalar_subquery()
    ),
    insert(certificate_registrations).from_select(
        ["fingerprint", "org_id", "sandbox", "registered"],
        select(_KEPT.fingerprint, _KEPT.org_id, _TARGET, _KEPT.instant).where(
            _KEPT.sandbox == _SOURCE, _KEPT.org_id != _NOBODY
        ),
    ),
)


class Snapshots(Repository):
    """Snapshots by sandbox and name."""

    def __init__(self, connection: Connection, dialect: Dialect, change: Callable[[], None]) -> None:
        """Prepare; ``change`` is called where certificates and registrations become what they were."""
        super().__init__(connection, dialect)
        self._change = change

    def take(
        self, sandbox: str, name: str, clock_state: Mapping[str, Any], instant: datetime, *, replace: bool = False
    ) -> None:
        """Copy a sandbox as it stands.

        Args:
            sandbox: which.
            name: what to call the copy.
            clock_state: the state of the sandbox's clock now.
            instant: when, by its clock.
            replace: take the place of a snapshot of this name.

        Raises:
            DuplicateSandbox: there is a snapshot of this name.
            MissingReference: there is no such sandbox.

        """
        if replace:
            self.delete(sandbox, name)
        self._create(sandbox, _hidden(sandbox, name), clock_state, sandbox, instant)
        self._copy(sandbox, _hidden(sandbox, name))
        self._keep_certificates(sandbox, _hidden(sandbox, name))

    def restore(self, sandbox: str, name: str) -> dict[str, Any]:
        """Put a sandbox back to a snapshot; return the state of its clock.

        Its certificates stay bound to it; they are registered and revoked as they were then, and those that came later
        are registered for nothing.

        Raises:
            MissingReference: there is no such snapshot.

        """
        kept = self._get(sandbox, name)
        for table in (*_PLAIN, due_work, batches, records):  # the files and versions go with their batches and records
            self._connection.execute(delete(table).where(table.c.sandbox == sandbox))
        self._copy(kept.name, sandbox)
        self._change()
        self._bring_back_certificates(kept.name, sandbox)
        change = update(sandboxes).where(sandboxes.c.name == sandbox)
        self._connection.execute(change.values(clock=kept.clock, settings=kept.settings))
        return kept.clock

    def branch(self, sandbox: str, target: str, clock_state: Mapping[str, Any], snapshot: str | None = None) -> None:
        """Make a new sandbox from one as it stands, or from one of its snapshots. It has no certificates.

        Raises:
            DuplicateSandbox: there is a sandbox of the new name.
            MissingReference: there is no such sandbox or snapshot.

        """
        source, state = sandbox, dict(clock_state)
        if snapshot is not None:
            kept = self._get(sandbox, snapshot)
            source, state = kept.name, kept.clock
        self._create(sandbox, target, state)
        self._copy(source, target)

    def list(self, sandbox: str) -> list[StoredSnapshot]:
        """Return the snapshots of a sandbox, oldest first."""
        query = select(sandboxes.c.name, sandboxes.c.taken).where(sandboxes.c.snapshot_of == sandbox)
        rows = self._connection.execute(query.order_by(sandboxes.c.taken, sandboxes.c.name))
        return [StoredSnapshot(row.name.partition("@")[2], row.taken) for row in rows]

    def delete(self, sandbox: str, name: str) -> bool:
        """Delete a snapshot; False where there is none of this name."""
        return self._dialect.run(self._connection, _DELETE, {"target": _hidden(sandbox, name)}).rowcount > 0

    def _get(self, sandbox: str, name: str) -> StoredSandbox:
        row = self._connection.execute(
            select(sandboxes).where(sandboxes.c.name == _hidden(sandbox, name))
        ).one_or_none()
        if row is None:
            raise MissingReference(f"sandbox {sandbox!r} has no snapshot {name!r}")
        return stored_sandbox(row)

    def _create(
        self,
        like: str,
        name: str,
        clock: Mapping[str, Any],
        snapshot_of: str | None = None,
        taken: datetime | None = None,
    ) -> None:
        if self._exists(name):
            raise DuplicateSandbox(name.partition("@")[2] or name)
        row = {"source": like, "target": name, "clock": dict(clock), "snapshot_of": snapshot_of, "taken": taken}
        if self._dialect.run(self._connection, _CREATE, row).rowcount == 0:
            raise MissingReference(f"there is no sandbox {like!r}")

    def _exists(self, name: str) -> bool:
        return self._dialect.run(self._connection, _EXISTS, {"target": name}).fetchone() is not None

    def _copy(self, source: str, target: str) -> None:
        """Copy all rows of one sandbox to another that has none.

        What belongs to rows that there are none of is not looked for: making these statements is a third of what a
        snapshot costs a start.
        """
        for statement, belonging in _COPY:
            if self._run(statement, source, target):
                self._do(belonging, source, target)

    def _keep_certificates(self, sandbox: str, hidden: str) -> None:
        self._do(_KEEP_CERTIFICATES, sandbox, hidden)

    def _bring_back_certificates(self, hidden: str, sandbox: str) -> None:
        self._do(_BRING_BACK_CERTIFICATES, hidden, sandbox)

    def _do(self, statements: Iterable[Executable], source: str, target: str) -> None:
        for statement in statements:
            self._run(statement, source, target)

    def _run(self, statement: Executable, source: str, target: str) -> int:
        """Run a statement of a copy; return the number of its rows."""
        return self._dialect.run(self._connection, statement, {"source": source, "target": target}).rowcount


def _hidden(sandbox: str, name: str) -> str:
    """Return the name under which a snapshot is kept; no sandbox can have it."""
    return f"{sandbox}@{name}"
