"""The files to check: named ones, those in folders and zips, standard input; read one at a time and never too much."""

import io
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from sevis_sim.advice.check_model import TOO_LARGE, Finding

if TYPE_CHECKING:
    import zipfile

STDIN = "-"
_SIGNATURE = b"PK\x03\x04"
_MEGABYTE = 1024 * 1024


class SourceError(Exception):
    """A file that cannot be read at all. ``misnamed``: nothing of that name is there to check."""

    def __init__(self, message: str, misnamed: bool = False) -> None:
        super().__init__(message)
        self.misnamed = misnamed


@dataclass(frozen=True, slots=True)
class Source:
    """One file to check."""

    name: str
    """How reports call it."""
    file_name: str | None
    """What an upload would call it; None where it has no name yet (standard input)."""
    document: bytes = b""
    refused: Finding | None = None
    """Why it was not read: too large, or a broken zip."""


def sources(given: str, max_bytes: int) -> Iterator[Source | SourceError]:
    """Yield the files that a word of the command line stands for.

    A folder stands for all ``*.xml`` below it, a zip for all ``*.xml`` in it. No more than ``max_bytes`` of a file are
    read; a larger one is yielded with its refusal. What cannot be read is yielded as an error, and the rest goes on.
    """
    if given == STDIN:
        yield from _stream(sys.stdin.buffer, max_bytes)
        return
    path = Path(given)
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            inside = sorted(each for each in path.rglob("*") if each.suffix.lower() == ".xml" and each.is_file())
            if not inside:
                yield SourceError(f"{given}: there is no *.xml in this folder", misnamed=True)
            for each in inside:
                yield _file(each, max_bytes)
        elif path.suffix.lower() == ".zip":
            yield from _zip(given, path, max_bytes)
        else:
            yield _file(path, max_bytes)
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a zero byte in the name
        yield SourceError(f"{given}: there is no such file or folder", misnamed=True)
    except OSError as error:
        yield SourceError(f"{given}: {error.strerror or error}")


def _stream(stream: IO[bytes], max_bytes: int) -> Iterator[Source]:
    document = stream.read(max_bytes + 1)
    if len(document) > max_bytes:
        yield Source("stdin", None, refused=_too_large(f"more than {max_bytes:,}", max_bytes))
    elif document.startswith(_SIGNATURE):
        yield from _zip("stdin", io.BytesIO(document), max_bytes)
    else:
        yield Source("stdin", None, document)


def _file(path: Path, max_bytes: int) -> Source | SourceError:
    try:
        size = path.stat().st_size
        if size > max_bytes:
            return Source(str(path), path.name, refused=_too_large(f"{size:,}", max_bytes))
        with path.open("rb") as file:
            document = file.read(max_bytes + 1)  # it may grow meanwhile, or be a pipe that tells no size
    except OSError as error:
        return SourceError(f"{path}: {error.strerror or error}")
    if len(document) > max_bytes:
        return Source(str(path), path.name, refused=_too_large(f"more than {max_bytes:,}", max_bytes))
    return Source(str(path), path.name, document)


def _damage() -> tuple[type[Exception], ...]:
    """Return what reading a damaged zip has been seen to raise. `zipfile` and its kin are imported for zips only."""
    import lzma
    import struct
    import zipfile
    import zlib

    return (
        zipfile.BadZipFile,
        NotImplementedError,  # a kind of compression that nobody knows
        RuntimeError,  # encrypted
        ValueError,
        EOFError,
        OverflowError,
        struct.error,
        zlib.error,
        lzma.LZMAError,
    )


def _zip(name: str, place: Path | IO[bytes], max_bytes: int) -> Iterator[Source]:
    import zipfile

    try:
        with zipfile.ZipFile(place) as archive:
            inside = [each for each in archive.infolist() if each.filename.lower().endswith(".xml")]
            if not inside:
                yield Source(name, None, refused=Finding("S0012", "there is no *.xml in this zip"))
            for each in inside:
                yield _member(archive, each, name, max_bytes)
    except _damage() as error:
        yield _broken(name, None, error)


def _member(archive: "zipfile.ZipFile", member: "zipfile.ZipInfo", name: str, max_bytes: int) -> Source:
    full, own = f"{name}/{member.filename}", PurePosixPath(member.filename).name
    if member.file_size > max_bytes:
        return Source(full, own, refused=_too_large(f"{member.file_size:,}", max_bytes))
    try:
        with archive.open(member) as file:
            document = file.read(max_bytes + 1)  # what the zip says of the size need not be true
    except _damage() as error:
        return _broken(full, own, error)
    if len(document) > max_bytes:
        return Source(full, own, refused=_too_large(f"more than {max_bytes:,}", max_bytes))
    return Source(full, own, document)


def _broken(name: str, file_name: str | None, error: Exception) -> Source:
    reason = " ".join(str(error).split()) or type(error).__name__
    if "not a zip file" in reason:
        reason = "it is no zip, or not all of one"
    return Source(name, file_name, refused=Finding("S0012", f"the zip cannot be read: {reason}"))


def _too_large(size: str, max_bytes: int) -> Finding:
    return Finding(
        TOO_LARGE,
        f"the file has {size} bytes; {max_bytes / _MEGABYTE:g} MB ({max_bytes:,} bytes) are allowed. It was not read",
        remedy="Send several smaller batches: the service takes 20 MB. --max-size MB sets another limit.",
    )
