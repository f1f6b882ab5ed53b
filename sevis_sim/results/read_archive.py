"""Reads the zip of a result. It may come from anywhere, so nothing in it is believed before it is checked."""

import io
import zipfile
import zlib
from dataclasses import dataclass

from sevis_sim.results.archive import LOG_NAME
from sevis_sim.results.parsed import ParsedLog
from sevis_sim.results.read_log import LogError, read_log

MAX_FORMS = 20_000
"""A file holds 500 records with 25 dependents each (sevis-protocol.md §3), so 13,000 forms at most."""
MAX_LOG = 64 * 1024 * 1024
MAX_TOTAL = 512 * 1024 * 1024
"""Bytes after unpacking: of the log, and of everything."""

_KNOWN_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
# Everything that `zipfile` has been seen to raise on damaged input besides its own error.
_DAMAGE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
    IndexError,
)


class ArchiveError(Exception):
    """The zip cannot be read, or should not be. The text is one line that says why."""


@dataclass(frozen=True, slots=True)
class ParsedArchive:
    """A result as downloaded. ``forms`` are by file name, in the order of the zip; names never hold a path."""

    log: ParsedLog
    log_bytes: bytes
    forms: dict[str, bytes]


def read_archive(content: bytes, max_total: int = MAX_TOTAL) -> ParsedArchive:
    """Read a downloaded zip.

    Args:
        content: The zip.
        max_total: How many bytes it may unpack to.

    Raises:
        ArchiveError: it is damaged, too large, encrypted, has no transaction log or one that cannot be read, or has an
            entry whose name could leave the folder in which it is unpacked.

    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            entries = _checked(opened.infolist(), max_total)
            unpacked = {entry.filename: _read(opened, entry) for entry in entries}
    except _DAMAGE as error:
        raise ArchiveError(f"the zip is damaged: {' '.join(str(error).split()) or type(error).__name__}") from error
    log = unpacked.pop(LOG_NAME, None)
    if log is None:
        found = ", ".join(list(unpacked)[:3]) or "nothing"
        raise ArchiveError(f"the zip has no {LOG_NAME}; it holds {found[:200]}")
    try:
        return ParsedArchive(read_log(log), log, unpacked)
    except LogError as error:
        raise ArchiveError(f"{LOG_NAME} in the zip cannot be read: {error}") from error


def _checked(entries: list[zipfile.ZipInfo], max_total: int) -> list[zipfile.ZipInfo]:
    """Judge what the directory announces, before anything is unpacked; `zipfile` never unpacks more than that."""
    if len(entries) > MAX_FORMS:
        raise ArchiveError(f"the zip has {len(entries)} entries; a result has {MAX_FORMS} at most")
    total = 0
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        shown = ascii(name[:80])
        total += entry.file_size
        limit = MAX_LOG if name == LOG_NAME else max_total
        if entry.file_size > limit or total > max_total:
            raise ArchiveError(f"the zip unpacks to more than {min(limit, max_total)} bytes at {shown}")
        if not name.strip(". ") or any(c in "/\\:" or ord(c) < 32 for c in name):
            raise ArchiveError(f"the zip has an entry {shown}, which is no plain file name")
        if name in seen:
            raise ArchiveError(f"the zip has two entries {shown}")
        if entry.flag_bits & _ENCRYPTED:
            raise ArchiveError(f"the entry {shown} of the zip is encrypted")
        if entry.compress_type not in _KNOWN_METHODS:
            raise ArchiveError(f"the entry {shown} of the zip is packed in a way other than stored or deflated")
        seen.add(name)
    return entries


def _read(opened: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with opened.open(entry) as stream:
        content = stream.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise zipfile.BadZipFile(
            f"the entry {entry.filename[:80]!r} is {len(content)} bytes long, not the "
            f"{entry.file_size} that its directory says"
        )
    return content
