"""Memory: everything that outlives a request. The only package that knows SQL.

`Store.open` gives a database on SQLite, migrated to the latest schema. Work on it happens in transactions, whose
attributes are the repositories (``tx.batches``, ``tx.records``…): dataclasses go in and come out, instants are aware
and return in UTC. Every row but those of ``tx.meta`` and of the server's own journal belongs to one sandbox.

==============================  =============================================================================
``store``                       `Store` and `Transaction`
``ground``                      `GroundTransaction`: what simulators without SEVIS have as well
``database``, ``unit``          transactions and threads: one writer at a time
``jobs``                        what coroutines have the writer's thread do, committed in groups
``dialect``                     all that is peculiar to SQLite; the seam for PostgreSQL
``spool``, ``places``           large contents beside the database; which of them rows still name
``migrate``, ``migrations/``    the schema, as numbered SQL files
``tables``, ``columns``         the same schema for building queries; how instants and JSON are kept
``sandboxes due journal meta``  repositories of any simulator
``organizations certificates``  repositories of SEVIS
``batches records``
``record_dates``                when the calendar next changes each record
``rows``, ``errors``            what repositories hand out and raise
==============================  =============================================================================

Importing this package is cheap: SQLAlchemy (a fifth of a second) is loaded when `Store` is first asked for.
"""

from typing import TYPE_CHECKING, Any

from sevis_sim.store.errors import (
    AlreadyThere,
    DuplicateBatch,
    DuplicateCertificate,
    DuplicateSandbox,
    MissingContents,
    MissingReference,
    SevisIdTaken,
    StoreError,
)
from sevis_sim.store.rows import (
    Choice,
    DueItem,
    Entry,
    Message,
    Messages,
    StoredCertificate,
    StoredRecord,
    StoredSandbox,
    StoredSnapshot,
)

if TYPE_CHECKING:
    from sevis_sim.store.database import Database
    from sevis_sim.store.ground import GroundTransaction
    from sevis_sim.store.store import Store, Transaction

__all__ = [
    "AlreadyThere",
    "Choice",
    "Database",
    "DueItem",
    "DuplicateBatch",
    "DuplicateCertificate",
    "DuplicateSandbox",
    "Entry",
    "GroundTransaction",
    "Message",
    "Messages",
    "MissingContents",
    "MissingReference",
    "SevisIdTaken",
    "Store",
    "StoreError",
    "StoredCertificate",
    "StoredRecord",
    "StoredSandbox",
    "StoredSnapshot",
    "Transaction",
]


def __getattr__(name: str) -> Any:
    if name == "GroundTransaction":
        from sevis_sim.store.ground import GroundTransaction

        return GroundTransaction
    if name in ("Store", "Transaction"):
        from sevis_sim.store import store

        return getattr(store, name)
    if name == "Database":
        from sevis_sim.store.database import Database

        return Database
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
