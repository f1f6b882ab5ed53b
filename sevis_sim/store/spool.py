"""Large contents beside a database: written once, read seldom, thrown away by the file.

SQLite writes 100 KB to its log and once more to its file, page by page, and takes as long for that as a whole request
takes otherwise. Here they are appended to a file, and a row says where they are. The oldest go first, so a file is
deleted as a whole once no row names it any more.
"""

import os
import struct
import threading
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from sevis_sim.store.errors import StoreError

FILE_BYTES = 4 * 1024 * 1024
"""A file that has reached this size gets no more contents."""
_FILE_BITS = 32
"""A place is the number of a file, and in so many bits the offset in it."""


_LENGTH = struct.Struct(">Q")
"""Stands before each content."""


def file_of(place: int) -> int:
    """Return the number of the file that a place is in."""
    return place >> _FILE_BITS


class Spool:
    """Contents in numbered files of one folder. Any thread may read; one at a time may add."""

    def __init__(self, folder: Path | None) -> None:
        """Look at nothing yet: the folder is made with the first contents.

        Args:
            folder: where the files are; None for files without a name, which are gone with the process.

        """
        self._folder = folder
        self._unnamed: dict[int, BinaryIO] = {}
        self._current: BinaryIO | None = None
        self._number = 0
        self._size = 0
        self._taken = 0
        """No file that is begun gets a number up to this one: rows may name it."""
        self._lock = threading.Lock()

    def add(self, content: bytes) -> int:
        """Append contents and return their place, a number of up to 63 bits. They are not waited for.

        What a transaction adds that is then rolled back is named by no row, and goes with its file.

        Raises:
            StoreError: the folder cannot be made, or the disk is full.

        """
        try:
            return self._add(content)
        except OSError as error:
            where = self._folder or "a temporary file"
            raise StoreError(f"cannot write to {where} ({error.strerror}): free some space or mend the disk") from error

    def _add(self, content: bytes) -> int:
        if self.full:
            self._begin()
        with self._lock:
            assert self._current is not None  # noqa: S101 - just begun
            offset = self._size
            self._current.seek(offset)
            for piece in (_LENGTH.pack(len(content)), content):
                _write(self._current, piece)
            self._size += _LENGTH.size + len(content)
        return self._number << _FILE_BITS | offset

    def read(self, place: int) -> bytes | None:
        """Return the contents at a place; None where they are gone."""
        number, offset = file_of(place), place & ((1 << _FILE_BITS) - 1)
        try:
            with self._lock:
                if self._folder is None:
                    return _read(self._unnamed[number], offset)
                with self._path(number).open("rb", buffering=0) as file:
                    return _read(file, offset)
        except (KeyError, OSError, struct.error):
            return None

    @property
    def full(self) -> bool:
        """Whether the next contents begin a new file: the time to see which ones are still wanted."""
        return self._current is None or self._size >= FILE_BYTES or self._removed(self._current)

    def _removed(self, current: BinaryIO) -> bool:
        """Whether somebody has removed the file that is being written: what is added to it could not be read again."""
        return self._folder is not None and os.fstat(current.fileno()).st_nlink == 0

    def keep_only(self, wanted: Collection[int]) -> None:
        """Delete all files but those of these numbers, and the one that is being written.

        No later file gets one of these numbers, even where somebody has removed the files themselves.
        """
        with self._lock:
            self._taken = max(self._taken, *wanted, 0)
            for number in self._numbers():
                if number in wanted or (number == self._number and not self.full):
                    continue
                if self._folder is None:
                    self._unnamed.pop(number).close()
                else:
                    with suppress(OSError):
                        self._path(number).unlink()

    def close(self) -> None:
        """Close the files; those with a name stay."""
        with self._lock:
            for file in self._unnamed.values():
                file.close()
            self._unnamed.clear()
            if self._current is not None:
                self._current.close()
                self._current = None

    def _begin(self) -> None:
        with self._lock:
            number = max(self._taken, self._number, *self._numbers()) + 1
            if self._folder is None:
                self._current = self._unnamed[number] = TemporaryFile(buffering=0)  # noqa: SIM115 - lives until `close`
            else:
                self._folder.mkdir(exist_ok=True)
                opened = self._path(number).open("xb", buffering=0)
                if self._current is not None:
                    self._current.close()
                self._current = opened
            self._number, self._size = number, 0

    def _numbers(self) -> list[int]:
        if self._folder is None:
            return list(self._unnamed)
        with suppress(FileNotFoundError):
            return [int(each.stem) for each in self._folder.iterdir() if each.stem.isdecimal()]
        return []

    def _path(self, number: int) -> Path:
        assert self._folder is not None  # noqa: S101 - callers looked
        return self._folder / f"{number:08d}.bin"


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
