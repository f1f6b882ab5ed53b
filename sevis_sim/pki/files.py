"""Reading and writing certificate files: keys private from their first byte, every file whole or not there."""

import os
import secrets
from pathlib import Path

PRIVATE = 0o600
"""Mode of files that hold a key."""
PUBLIC = 0o644
"""Mode of files that hold only certificates."""


AUTHORITY = "ca.pem"
"""Name of the file that clients trust."""


class PkiError(Exception):
    """Certificate files or requests that cannot be used; the message is one line that says what to do."""


def write(path: Path, data: bytes, mode: int, *, durable: bool = True) -> None:
    """Write a file so that a reader sees the old content or the new, and never with a wider mode than `mode`.

    Args:
        path: The file; its folder is made where it is missing.
        data: The content.
        mode: Its permissions, `PRIVATE` or `PUBLIC`.
        durable: Wait until the disk has it; a file that lives for one call needs no such wait.

    Raises:
        PkiError: the folder cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                if durable:
                    os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise PkiError(
            f"cannot write {path}: {error.strerror or error}; make the folder writable or name another one"
        ) from error


def refuse_other_authority(path: Path, pem: bytes) -> None:
    """Raise PkiError if the file holds the certificate of another authority than `pem`: it would be lost."""
    if path.exists() and read(path, "name another folder") != pem:
        raise PkiError(f"{path} is another authority's; name another folder, or delete it and its key")


def read(path: Path, remedy: str) -> bytes:
    """Read a file.

    Args:
        path: The file.
        remedy: What the user can do if it cannot be read; ends the error message.

    Raises:
        PkiError: the file is missing or cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise PkiError(f"{path} is missing; {remedy}") from error
    except OSError as error:
        raise PkiError(f"cannot read {path}: {error.strerror or error}; {remedy}") from error
