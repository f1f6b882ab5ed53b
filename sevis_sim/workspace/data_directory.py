"""The data directory: SQLite file, CA and identities of one simulator, held by one process at a time."""

import contextlib
import os
from pathlib import Path
from typing import IO, Self

_LOCKED_BYTE = 1024 * 1024
"""Where Windows locks the file: so far past the text that no buffered read of the text, who holds it, reaches it."""


class DataDirectoryError(Exception):
    """The data directory cannot be used; the message says why and what to do."""


class DataDirectory:
    """A folder that this process holds until `release`."""

    def __init__(self, path: Path, lock: IO[str]) -> None:
        self.path = path
        self._lock = lock

    @classmethod
    def acquire(cls, path: Path) -> Self:
        """Make the folder if need be, check that it can be written, and lock it.

        Raises:
            DataDirectoryError: it cannot be made or written, or another process holds it; the message names that one.

        """
        if path.exists() and not path.is_dir():
            raise DataDirectoryError(f"the data directory {path} is a file; choose a folder with --data")
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise DataDirectoryError(
                f"the data directory {path} cannot be written ({error.strerror}); choose another with --data"
            ) from error
        lock = os.fdopen(descriptor, "r+", encoding="utf-8")
        if not _try_lock(lock):
            holder = lock.read().strip() or "another process"
            lock.close()
            raise DataDirectoryError(
                f"the data directory {path} is in use by {holder}; stop that one, or choose another with --data"
            )
        held = cls(path, lock)
        held.announce(f"process {os.getpid()}")
        return held

    def announce(self, holder: str) -> None:
        """Write who holds the folder, for the message that a second process gets."""
        self._lock.seek(0)
        self._lock.truncate()
        self._lock.write(holder)
        self._lock.flush()

    def release(self) -> None:
        """Let other processes have the folder."""
        with contextlib.suppress(OSError, ValueError):
            self._lock.close()


def _try_lock(lock: IO[str]) -> bool:
    """Lock a file for this process without waiting; the lock ends with the process, however it ends."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            lock.seek(_LOCKED_BYTE)
            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
        except OSError:
            return False
        finally:
            lock.seek(0)
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
