"""Large contents beside a database: written once, read seldom, thrown away by the file.

SQLite writes 100 KB to its log and once more to its file, page by page, and takes as long for that as a whole request
takes otherwise. Here they are appended to a file, and a row says where they are. A file is deleted as a whole once no
row names it any more; so what stays for long (`lasting`) does not share a file with what soon goes.
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
        self._current: dict[bool, _Current] = {}
        """By whether its contents are lasting."""
        self._last_number = 0
        """No file that is begun gets a number up to this one: rows may name it."""
        self._unsynced = False
        self._unwanted: list[int] = []
        """Files that go when the transaction is committed that names them no more."""
        self._latest: tuple[bytes, int] | None = None
        self._lock = threading.Lock()

    def add(self, content: bytes, *, lasting: bool = False) -> int:
        """Append contents and return their place, a number of up to 63 bits.

        They outlive the process; that lasting ones outlive a power cut too, is waited for by `sync`. What a transaction
        adds that is then rolled back is named by no row, and goes with its file.

        Raises:
            StoreError: the folder cannot be made, or the disk is full.

        """
        with self._telling():
            place = self._add(content, lasting)
        self._latest = (content, place) if len(content) <= _SHARED else None
        self._unsynced |= lasting
        return place

    def _add(self, content: bytes, lasting: bool) -> int:
        current = self._begin(lasting) if self.full(lasting=lasting) else self._current[lasting]
        with self._lock:
            offset = current.size
            current.file.seek(offset)
            for piece in (_LENGTH.pack(len(content)), content):
                _write(current.file, piece)
            current.size += _LENGTH.size + len(content)
        return current.number << _FILE_BITS | offset

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
        """Wait until all lasting contents would outlive a power cut; StoreError as of `add`."""
        current = self._current.get(True)
        if self._unsynced and current is not None and self.folder is not None:
            with self._telling():
                _to_disk(current.file.fileno())
        self._unsynced = False

    def read(self, place: int) -> bytes | None:
        """Return the contents at a place; None where they are gone."""
        number, offset = file_of(place), place & ((1 << _FILE_BITS) - 1)
        try:
            with self._lock:
                if self.folder is None:
                    return _read(self._unnamed[number], offset)
                with self._path(number).open("rb", buffering=0) as file:
                    return _read(file, offset)
        except (KeyError, OSError, struct.error):
            return None

    def full(self, *, lasting: bool = False) -> bool:
        """Whether the next contents begin a new file: the time to see which ones are still wanted."""
        current = self._current.get(lasting)
        return current is None or current.size >= FILE_BYTES or self._removed(current.file)

    def _removed(self, file: BinaryIO) -> bool:
        """Whether somebody has removed a file that is being written: what is added to it could not be read again."""
        return self.folder is not None and os.fstat(file.fileno()).st_nlink == 0

    def keep_only(self, wanted: Collection[int]) -> None:
        """Have all files deleted, on `committed`, but those of these numbers, and those to which more is added.

        No later file gets one of these numbers, even where somebody has removed the files themselves.
        """
        with self._lock:
            self._latest = None  # so that nothing names a file that is about to go
            self._last_number = max([self._last_number, *wanted])
            written = {each.number for lasting, each in self._current.items() if not self.full(lasting=lasting)}
            self._unwanted = [number for number in self._numbers() if number not in wanted and number not in written]

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

    def rolled_back(self) -> None:
        """Delete nothing: rows that were deleted are there again, and name what they named."""
        self._unwanted = []

    def close(self) -> None:
        """Close the files; those with a name stay."""
        with self._lock:
            for file in (*self._unnamed.values(), *(each.file for each in self._current.values())):
                file.close()
            self._unnamed.clear()
            self._current.clear()

    def _begin(self, lasting: bool) -> _Current:
        with self._lock:
            number = max([self._last_number, *self._numbers()]) + 1
            if self.folder is None:
                file: BinaryIO = TemporaryFile(buffering=0)  # noqa: SIM115 - lives until `close`
                self._unnamed[number] = file
            else:
                self.folder.mkdir(exist_ok=True)
                file = self._path(number).open("xb", buffering=0)
                before = self._current.get(lasting)
                if before is not None:
                    if lasting and self._unsynced:
                        _to_disk(before.file.fileno())
                    before.file.close()
                if lasting:
                    _names_to_disk(self.folder)
                    _names_to_disk(self.folder.parent)
            self._last_number = number
            self._current[lasting] = _Current(number, file)
            return self._current[lasting]

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
