"""The University Directory's memory: who is a student where, since which file, and every file with its report.

=================  ==========================================================================
``directory``      `Directory`: open, look up, load, roll back, release and refuse held files
``record``         `DirectoryRecord`: one student
``model``          deliveries and loads
``reader``         the students of a file, for programs that keep no directory
``rows``           from a checked file to the records that are to be loaded
``loading``        what a file adds, changes, deletes and carries forward
``roll_back``      an earlier load in force again
``retention``      which loads are kept, where not all of them are
``archive``        files and reports as they came and went, with their checksums
``repositories``   deliveries, loads and records in the database
``tables``, ``migrations/``  the schema
=================  ==========================================================================

Stands on the store engine of sevis_sim. Nothing here asks whether a file is good; that is the checker's, and whose
file it is the receiver's, word. Needs numpy (extra ``udir``) to load, not to look up.

Looking up, from a thread::

    with Directory.open(Path(".udir-sim")) as directory:
        directory.lookup_net_id("1234567")

and from a coroutine::

    await directory.database.read(lambda tx: tx.records.of_net_id("1234567"))
"""

from typing import TYPE_CHECKING, Any

from udir_sim.directory.model import Delivery, DirectoryError, Door, Load, State
from udir_sim.directory.record import DirectoryRecord

if TYPE_CHECKING:
    from udir_sim.directory.directory import Directory, DirectoryTransaction

__all__ = [
    "Delivery",
    "Directory",
    "DirectoryError",
    "DirectoryRecord",
    "DirectoryTransaction",
    "Door",
    "Load",
    "State",
]


def __getattr__(name: str) -> Any:
    if name in ("Directory", "DirectoryTransaction"):  # loads SQLAlchemy
        from udir_sim.directory import directory

        return getattr(directory, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
