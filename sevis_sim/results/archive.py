"""Writes the zip of a result: ``sevis_transaction_log.xml`` first, then the forms (sevis-protocol.md §5).

The log is deflated; forms are PDFs, compressed in themselves, so they are stored as they are. The bytes depend on the
arguments alone. `zipfile` would do, but takes most of the 5 ms that design.md §6 allows for 250 forms, and writes
into each entry which operating system it ran on.

Names of entries are made safe for every file system: characters of paths and those that Windows forbids become ``_``.
A name that is taken - whether a capital or a small letter makes no difference - gets ``_2``, ``_3``… before its ending.
"""

import re
import struct
import zlib
from collections.abc import Sequence
from datetime import datetime

LOG_NAME = "sevis_transaction_log.xml"

MAX_NAME = 120
"""Characters of an entry's name; what is longer is cut before the ending."""
MAX_ENTRIES = 0xFFFF
MAX_SIZE = 0xFFFFFFFF
"""Limits of the zip format without its 64-bit extension, which older clients cannot read (APPNOTE.TXT 4.4.1.4)."""

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_STORED, _DEFLATED = 0, 8
_VERSION = 20  # 2.0, the first that knows deflate
_UTF8_NAME = 0x800
_UNIX = 3 << 8
_PLAIN_FILE = 0o100644 << 16

_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\ud800-\udfff]')
_DEVICE = re.compile(r"(CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(\.|$)", re.IGNORECASE)


def archive(log: bytes, forms: Sequence[tuple[str, bytes]], stamp: datetime) -> bytes:
    """Pack a transaction log and forms into one zip.

    Args:
        log: The transaction log.
        forms: File name and content of each form, in the order in which they shall stand.
        stamp: The date of all entries, by its own wall time: pass it in Eastern time. What a zip cannot date (it knows
            1980 to 2107, in steps of two seconds) gets the nearest date that it can.

    Raises:
        ValueError: more forms, or more bytes, than a plain zip can hold.

    """
    if len(forms) >= MAX_ENTRIES:
        raise ValueError(f"a zip cannot hold {len(forms)} forms; at most {MAX_ENTRIES - 1} are possible")
    when = _dos_time(stamp)
    out: list[bytes] = []
    directory: list[bytes] = []
    offset = 0
    taken: dict[str, int] = {}
    for position, (name, content) in enumerate(((LOG_NAME, log), *forms)):
        method, data = (_DEFLATED, _deflate(content)) if position == 0 else (_STORED, content)
        label = _free_name(_safe_name(name), taken).encode()
        facts = (_flags(label), method, *when, zlib.crc32(content), len(data), len(content), len(label), 0)
        if offset + len(data) + len(label) > MAX_SIZE:
            raise ValueError(f"a zip cannot hold more than {MAX_SIZE} bytes")
        out += (_LOCAL.pack(b"PK\3\4", _VERSION, *facts), label, data)
        directory += (
            _CENTRAL.pack(b"PK\1\2", _UNIX | _VERSION, _VERSION, *facts, 0, 0, 0, _PLAIN_FILE, offset),
            label,
        )
        offset += _LOCAL.size + len(label) + len(data)
    size = sum(map(len, directory))
    if offset + size > MAX_SIZE:
        raise ValueError(f"a zip cannot hold more than {MAX_SIZE} bytes")
    count = len(forms) + 1
    return b"".join((*out, *directory, _END.pack(b"PK\5\6", 0, 0, count, count, size, offset, 0)))


def _deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


def _flags(label: bytes) -> int:
    return 0 if label.isascii() else _UTF8_NAME


def _dos_time(stamp: datetime) -> tuple[int, int]:
    """Return time and date as MS-DOS counts them (APPNOTE.TXT 4.4.6)."""
    wall = stamp.replace(tzinfo=None)
    wall = min(max(wall, datetime(1980, 1, 1)), datetime(2107, 12, 31, 23, 59, 59))  # noqa: DTZ001 - wall times
    return (
        wall.hour << 11 | wall.minute << 5 | wall.second // 2,
        wall.year - 1980 << 9 | wall.month << 5 | wall.day,
    )


def _safe_name(name: str) -> str:
    safe = _UNSAFE.sub("_", name).strip(" .")
    if _DEVICE.match(safe):
        safe = f"_{safe}"
    stem, ending = _split(safe or "form.pdf")
    return stem[: MAX_NAME - len(ending)].rstrip(" .") + ending


def _free_name(name: str, taken: dict[str, int]) -> str:
    """Return the name, with a number if it is taken, and take it. ``taken`` counts how often each name was wanted."""
    stem, ending = _split(name)
    free = name
    while free.casefold() in taken:
        taken[name.casefold()] += 1
        free = f"{stem}_{taken[name.casefold()]}{ending}"
    taken[free.casefold()] = 1
    return free


def _split(name: str) -> tuple[str, str]:
    """Split off a short ending with its dot; without one it is ``""``."""
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending) if stem and len(ending) <= 8 else (name, "")
