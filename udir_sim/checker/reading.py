"""From a file to blocks of whole records, about two megabytes each, and from a block to records.

A regular block, whose records all have their length and end alike, is seen as a table where it stands. In any other
block the line ends are looked up, records of the right length are gathered into a table, and the odd ones are handed
out one by one.
"""

import gzip
import os
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import numpy.typing as npt

from udir_sim.checker.model import InputError
from udir_sim.checker.table import Table
from udir_sim.layout import layout

LENGTH = layout().length
BLOCK = 3 << 20
"""Bytes of a block. Threads that calculate in steps much shorter than this allows wait for each other's turn to call
numpy: two of them are then no faster than one.
"""
KEPT = 600
"""Bytes of an odd record that are looked at: enough for a record with two SHA-256 digests."""
LONGEST = 1 << 18
"""A line longer than this is not held in memory; only its beginning is."""
MAX_BYTES = 16 << 30
_GZIP = b"\x1f\x8b"


@contextmanager
def opened(source: Path | BinaryIO, max_bytes: int = MAX_BYTES) -> Iterator[BinaryIO]:
    """Open what is to be checked, as a file in which one can go back.

    Pipes and .gz files go to a temporary file, in memory while they are small.

    Raises:
        InputError: it cannot be read, is a damaged .gz file, or is larger than ``max_bytes``.

    """
    try:
        if isinstance(source, Path):
            with source.open("rb") as file:
                yield from _seekable(file, max_bytes)
        else:
            yield from _seekable(source, max_bytes)
    except OSError as error:  # gzip.BadGzipFile is one too
        raise InputError(f"{name_of(source)}: {error.strerror or error}") from error
    except EOFError as error:
        raise InputError(f"{name_of(source)}: the .gz file is cut off; send it again") from error
    except zlib.error as error:
        raise InputError(f"{name_of(source)}: the .gz file is damaged ({error}); send it again") from error


def name_of(source: Path | BinaryIO) -> str:
    """Return what to call a file."""
    name = source if isinstance(source, Path) else getattr(source, "name", None)
    return printable(str(name)) if isinstance(name, str | Path) else "the file"


def printable(name: str) -> str:
    """Return a name of a file in one line of text: it may hold line ends, or bytes that are no UTF-8."""
    return "".join(character if character.isprintable() else "?" for character in name)


def _seekable(file: BinaryIO, max_bytes: int) -> Iterator[BinaryIO]:
    if not file.seekable():
        with _spooled(file, max_bytes) as spool:
            yield from _plain(spool, max_bytes)
    else:
        yield from _plain(file, max_bytes)


def _plain(file: BinaryIO, max_bytes: int) -> Iterator[BinaryIO]:
    start = file.tell()
    packed = file.read(2) == _GZIP
    file.seek(start)
    if packed:
        with gzip.GzipFile(fileobj=file) as content, _spooled(cast("BinaryIO", content), max_bytes) as spool:
            yield spool
        return
    _limit(size_of(file), max_bytes)
    yield file


@contextmanager
def _spooled(file: BinaryIO, max_bytes: int) -> Iterator[BinaryIO]:
    with tempfile.SpooledTemporaryFile(max_size=8 << 20) as spool:
        written = 0
        while part := file.read(BLOCK):
            written += len(part)
            _limit(written, max_bytes)
            spool.write(part)
        spool.seek(0)
        yield cast("BinaryIO", spool)


def _limit(size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise InputError(f"more than {max_bytes:,} bytes; split the file or raise the limit")


def size_of(file: BinaryIO) -> int:
    """Return the bytes from the current position to the end."""
    start = file.tell()
    end = file.seek(0, os.SEEK_END)
    file.seek(start)
    return end - start


@dataclass(frozen=True, slots=True)
class Ends:
    """How the records of a file end, as its beginning shows."""

    byte: bytes
    """LF; CR where there is no LF; nothing where records follow each other without ends."""

    @classmethod
    def of(cls, beginning: bytes, size: int) -> "Ends":
        """Look at the first bytes of a file of some size."""
        if b"\n" in beginning:
            return cls(b"\n")
        if b"\r" in beginning:
            return cls(b"\r")
        return cls(b"" if size > 0 and size % LENGTH == 0 else b"\n")


@dataclass(frozen=True, slots=True)
class Block:
    """Whole records with their ends."""

    data: bytes
    offset: int
    """Where it begins in the file."""
    long: int = 0
    """If not 0, the block is the beginning of one line of so many bytes, without its end."""


def blocks(file: BinaryIO, ends: Ends, progress: Callable[[int], None] | None = None) -> Iterator[Block]:
    """Yield the blocks of a file from its current position on.

    Args:
        file: the file.
        ends: how its records end.
        progress: is called with the position after each block.

    """
    offset = file.tell()
    rest = b""
    size = BLOCK - BLOCK % LENGTH
    while True:
        part = file.read(size)
        data = rest + part if rest else part
        if not data:
            return
        if not part:
            yield Block(data, offset)
            return
        cut = len(data) - len(data) % LENGTH if not ends.byte else data.rfind(ends.byte) + 1
        if cut == 0 and len(data) >= LONGEST:
            length, rest = _skip_line(file, ends.byte, len(data))
            yield Block(data[:KEPT], offset, long=length)
            offset = file.tell() - len(rest)
            continue
        if cut:
            yield Block(data if cut == len(data) else data[:cut], offset)
            offset += cut
        rest = data[cut:]
        if ends.byte:
            # Records of one length make the next block end where a record ends.
            stride = data.find(ends.byte) + 1
            size = max(BLOCK - BLOCK % stride - len(rest), stride) if 0 < stride <= LONGEST else BLOCK
        if progress is not None:
            progress(offset)


def _skip_line(file: BinaryIO, end: bytes, length: int) -> tuple[int, bytes]:
    """Read on to the end of a line; return its length without the end, and what was read beyond it."""
    while part := file.read(BLOCK):
        place = part.find(end)
        if place >= 0:
            return length + place, part[place + 1 :]
        length += len(part)
    return length, b""


@dataclass(slots=True)
class Records:
    """The records of a block."""

    count: int
    """Of any kind, empty ones too."""
    table: Table
    places: npt.NDArray[np.intp] | None
    """Which records of the block stand in the table; None if all do."""
    odd: list[tuple[int, bytes, int]] = field(default_factory=list)
    """Place in the block, beginning, and length of each record that has not its length."""
    ended_lf: int = 0
    ended_crlf: int = 0
    first_lf: int = -1
    first_crlf: int = -1
    readable: bool = False
    """Whether the block is known to have no control and no foreign bytes."""
    unended: bool = False
    """Whether the last record has no line end."""


def regular(block: Block, ends: Ends) -> Records | None:
    """Return the records of a block as they stand, or None if they are not all alike."""
    data = block.data
    if not ends.byte:
        count = len(data) // LENGTH
        return Records(count, Table(data, count, LENGTH), None) if count * LENGTH == len(data) else None
    stride = LENGTH + 1 + (data[LENGTH : LENGTH + 1] == b"\r" and ends.byte == b"\n")
    count = len(data) // stride
    if count * stride != len(data) or block.long:
        return None
    table = Table(data, count, stride)
    if not (table.column(stride, "u1") == ends.byte[0]).all():
        return None
    if stride == LENGTH + 2:
        if not (table.column(stride - 1, "u1") == 0x0D).all():
            return None
        return Records(count, table, None, ended_crlf=count, first_crlf=0)
    return Records(count, table, None, ended_lf=count, first_lf=0)


def irregular(block: Block, ends: Ends) -> Records:
    """Return the records of any block."""
    if block.long:
        return Records(1, Table(b"", 0, LENGTH), np.zeros(0, np.intp), [(0, block.data[:KEPT], block.long)])
    array = np.frombuffer(block.data, np.uint8)
    if ends.byte:
        stops = np.flatnonzero(array == ends.byte[0])
        unended = len(stops) == 0 or stops[-1] != len(array) - 1
        if unended:
            stops = np.append(stops, len(array))
    else:
        stops = np.append(np.arange(LENGTH, len(array), LENGTH), len(array))
        unended = False
    skip = 1 if ends.byte else 0
    starts = np.concatenate(([0], stops[:-1] + skip))
    lengths = stops - starts
    records = Records(len(starts), Table(b"", 0, LENGTH), None, unended=unended)
    if ends.byte == b"\n":
        crlf = (lengths > 0) & (array[np.maximum(stops - 1, 0)] == 0x0D)
        ended = np.ones(len(starts), np.bool_)
        if unended:
            crlf[-1], ended[-1] = False, False
        lengths = lengths - crlf
        lf = ended & ~crlf
        records.ended_lf, records.ended_crlf = int(lf.sum()), int(crlf.sum())
        records.first_lf = int(lf.argmax()) if records.ended_lf else -1
        records.first_crlf = int(crlf.argmax()) if records.ended_crlf else -1
    else:
        records.ended_lf, records.first_lf = len(starts) - unended, 0
    whole = lengths == LENGTH
    records.places = np.flatnonzero(whole)
    if len(records.places):
        windows = np.lib.stride_tricks.sliding_window_view(array, LENGTH)
        rows = windows[starts[records.places]]
        records.table = Table(rows, len(rows), LENGTH)
    odd = np.flatnonzero(~whole)
    if len(odd):
        strange = int(np.count_nonzero((array < 0x20) | (array >= 0x7F)))
        records.readable = strange == records.ended_lf * skip + 2 * records.ended_crlf
    for place in odd:
        start, length = int(starts[place]), int(lengths[place])
        records.odd.append((int(place), block.data[start : start + min(length, KEPT)], length))
    return records
