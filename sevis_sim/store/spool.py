"""Large contents beside a database: written once, read seldom, thrown away by the file.

SQLite writes 100 KB to its log and once more to its file, page by page, and takes as long for that as a whole request
takes otherwise. Here they are appended to a file, and a row says where they are. A file is deleted as a whole once no
row names it any more. So contents that live as long as each other share one: those of one sandbox (the ``owner``), and
apart from them those that soon go.
"""

import os
import struct
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, NamedTuple

from sevis_sim.store.errors import StoreError

LARGE = 8 * 1024
"""Bytes that a row holds itself; what is larger goes here."""
FILE_BYTES = 4 * 1024 * 1024
"""A file that has reached this size gets no more contents."""
_FILE_BITS = 32
"""A place is the number of a file, and in so many bits the offset in it."""
_LEAD = 256
"""Bytes by which the beginning of known contents is looked for in larger ones."""
_SHARED = 1024 * 1024
"""Contents up to this size stay in memory until the next ones come, so that they can be found again."""
_MOST_OPEN = 16
"""Files that are written in turn; whose turn comes seldom begins another one each time."""
_TOGETHER = "together"
"""The one owner of all files without a name, which are gone with the process."""


_LENGTH = struct.Struct(">Q")
"""Stands before each content."""


def file_of(place: int) -> int:
    """Return the number of the file that a place is in."""
    return place >> _FILE_BITS


class Within(NamedTuple):
    """Where contents that are kept already stand in larger ones."""

    start: int
    end: int
    place: int


@dataclass(slots=True)
class _Current:
    """A file that is being written."""

    number: int
    file: BinaryIO
    size: int = 0


class Spool:
    """Contents in numbered files of one folder. Any thread may read; one at a time may add."""

    def __init__(self, folder: Path | None) -> None:
        """Look at nothing yet: the folder is made with the first contents.

        Args:
            folder: where the files are; None for files without a name, which are gone with the process.

        """
        self.folder = folder
        self._unnamed: dict[int, BinaryIO] = {}
        self._current: dict[str | None, _Current] = {}
        """By owner, the one that was begun last at the end."""
        self._ended: list[BinaryIO] = []
        """Files that get no more contents, to be closed after the transaction."""
        self._last_number = 0
        """No file that is begun gets a number up to this one: rows may name it."""
        self._since_look = FILE_BYTES
        """Bytes added since it was looked which files are wanted."""
        self._unsynced: dict[int, BinaryIO] = {}
        """By number, files with lasting contents that a power cut could still take."""
        self._unwanted: list[int] = []
        """Files that go when the transaction is committed that names them no more."""
        self._suspects: set[int] = set()
        """Files that were unwanted when it was last looked; some reader may still be on an earlier view."""
        self._latest: tuple[bytes, int] | None = None
        self._lock = threading.Lock()

    def add(self, content: bytes, owner: str | None = None) -> int:
        """Append contents and return their place, a number of up to 63 bits.

        They outlive the process; that those of an owner outlive a power cut too, is waited for by `sync`. What a
        transaction adds that is then rolled back is named by no row, and goes with its file.

        Args:
            content: to be read again, all of it.
            owner: with whose contents they share a file; None for such as soon go.

        Raises:
            StoreError: the folder cannot be made, or the disk is full.

        """
        with self._telling():
            current = self._writable(owner)
            with self._lock:
                offset = current.size
                current.file.seek(offset)
                for piece in (_LENGTH.pack(len(content)), content):
                    _write(current.file, piece)
                current.size += _LENGTH.size + len(content)
        place = current.number << _FILE_BITS | offset
        self._latest = (content, place) if len(content) <= _SHARED else None
        self._since_look += len(content)
        if owner is not None:
            self._unsynced[current.number] = current.file
        return place

    def _writable(self, owner: str | None) -> _Current:
        """Return the file that contents of an owner go to, begun where there is none with room."""
        if self.folder is None and owner is not None:
            owner = _TOGETHER
        current = self._current.get(owner)
        if current is not None and self._has_room(current):
            return current
        if current is not None or len(self._current) >= _MOST_OPEN:
            self._ended.append(self._current.pop(owner if current is not None else next(iter(self._current))).file)
        self._current[owner] = self._begin(lasting=owner is not None)
        return self._current[owner]

    def _has_room(self, current: _Current) -> bool:
        """Whether more goes into a file: not where somebody has removed it, for it could not be read again."""
        return current.size < FILE_BYTES and (self.folder is None or os.fstat(current.file.fileno()).st_nlink > 0)

    def within(self, content: bytes) -> Within | None:
        """Return where the contents added last stand in larger ones, so that they need not be added again."""
        if self._latest is None:
            return None
        known, place = self._latest
        start = content.find(known[:_LEAD])
        if start < 0 or not content.startswith(known, start):
            return None
        return Within(start, start + len(known), place)

    def sync(self) -> None:
        """Wait until all contents of owners would outlive a power cut; StoreError as of `add`."""
        with self._telling():
            for file in self._unsynced.values():
                if self.folder is not None:
                    _to_disk(file.fileno())
        self._unsynced.clear()

    def read(self, place: int) -> bytes | None:
        """Return the contents at a place; None where they are gone. StoreError where the system does not let it."""
        number, offset = file_of(place), place & ((1 << _FILE_BITS) - 1)
        try:
            with self._lock:
                if self.folder is None:
                    return _read(self._unnamed[number], offset)
                with self._path(number).open("rb", buffering=0) as file:
                    return _read(file, offset)
        except (KeyError, FileNotFoundError, IsADirectoryError, NotADirectoryError, struct.error):
            return None
        except OSError as error:
            raise StoreError(f"cannot read from {self.folder} ({error.strerror}): mend that, then try again") from error

    @property
    def due(self) -> bool:
        """Whether so much was added that it is time to see which files are still wanted."""
        return self._since_look >= FILE_BYTES

    def keep_only(self, wanted: Collection[int]) -> None:
        """Have those files deleted, on `committed`, that are unwanted now and were so when this was called last.

        Wanted are those of these numbers, and those to which more is added.
        No later file gets one of these numbers, even where somebody has removed the files themselves.
        """
        with self._lock:
            self._latest = None  # so that nothing names a file that is about to go
            self._since_look = 0
            self._last_number = max([self._last_number, *wanted])
            written = {each.number for each in self._current.values() if self._has_room(each)}
            unwanted = {number for number in self._numbers() if number not in wanted and number not in written}
            self._unwanted, self._suspects = sorted(unwanted & self._suspects), unwanted

    def committed(self) -> None:
        """Delete what the transaction that is committed now did without."""
        with self._lock:
            for number in self._unwanted:
                if self.folder is None:
                    self._unnamed.pop(number).close()
                else:
                    with suppress(OSError):
                        self._path(number).unlink()
            self._unwanted = []
            if self._ended and self.folder is not None:
                self._unsynced = {number: f for number, f in self._unsynced.items() if f not in self._ended}
                for file in self._ended:
                    file.close()
            self._ended = []

    def rolled_back(self) -> None:
        """Delete nothing: rows that were deleted are there again, and name what they named."""
        self._unwanted = []

    def close(self) -> None:
        """Close the files; those with a name stay."""
        with self._lock:
            for file in (*self._unnamed.values(), *self._ended, *(each.file for each in self._current.values())):
                file.close()
            for each in (self._unnamed, self._ended, self._current, self._unsynced):
                each.clear()

    def _begin(self, *, lasting: bool) -> _Current:
        with self._lock:
            number = max([self._last_number, *self._numbers()]) + 1
            if self.folder is None:
                file: BinaryIO = TemporaryFile(buffering=0)  # noqa: SIM115 - lives until `close`
                self._unnamed[number] = file
            else:
                self.folder.mkdir(exist_ok=True)
                file = self._path(number).open("xb", buffering=0)
                if lasting:
                    _names_to_disk(self.folder)
                    _names_to_disk(self.folder.parent)
            self._last_number = number
            return _Current(number, file)

    def _numbers(self) -> list[int]:
        if self.folder is None:
            return list(self._unnamed)
        with suppress(FileNotFoundError):
            return [int(each.stem) for each in self.folder.iterdir() if each.stem.isdecimal()]
        return []

    def _path(self, number: int) -> Path:
        assert self.folder is not None  # noqa: S101 - callers looked
        return self.folder / f"{number:08d}.bin"

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            where = self.folder or "a temporary file"
            raise StoreError(f"cannot write to {where} ({error.strerror}): free some space or mend the disk") from error


def _read(file: BinaryIO, offset: int) -> bytes | None:
    file.seek(offset)
    (size,) = _LENGTH.unpack(file.read(_LENGTH.size))
    if size > os.fstat(file.fileno()).st_size - offset - _LENGTH.size:
        return None  # the machine went down before all of it was on the disk
    content = file.read(size)
    return content if len(content) == size else None


def _write(file: BinaryIO, data: bytes) -> None:
    """Write all of the data: a file without a buffer may take a part only."""
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]


def _to_disk(file: int) -> None:
    """Wait until what a file holds is on the disk; its times may be late, where a system tells the two apart."""
    getattr(os, "fdatasync", os.fsync)(file)


def _names_to_disk(folder: Path) -> None:
    """Wait until the names of new files are on the disk; Windows has no such call, and does it by itself."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
