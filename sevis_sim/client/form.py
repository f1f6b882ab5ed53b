"""The multipart form of an upload, in the order and manner of ``curl -F`` (reference sevis-protocol.md §1.2).

curl is what the manuals of other clients show, so a request that looks like its own is the least surprising one.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

_IN_QUOTES = {"\r": "%0D", "\n": "%0A", '"': "%22"}


@dataclass(frozen=True, slots=True)
class FilePart:
    """The part that carries a file."""

    name: str
    file_name: str
    content: bytes
    content_type: str = "application/xml"


def multipart(fields: Mapping[str, str], file: FilePart | None = None) -> tuple[bytes, str]:
    """Write a ``multipart/form-data`` body: the fields in their order, then the file.

    Equal arguments give equal bytes: the boundary is derived from the content, not drawn by lot.

    Returns:
        the body, and the value of its ``Content-Type`` header.

    """
    parts = [
        _part(f'Content-Disposition: form-data; name="{_quoted(name)}"', value.encode())
        for name, value in fields.items()
    ]
    if file is not None:
        disposition = f'form-data; name="{_quoted(file.name)}"; filename="{_quoted(file.file_name)}"'
        headers = f"Content-Disposition: {disposition}\r\nContent-Type: {file.content_type}"
        parts.append(_part(headers, file.content))
    boundary = _boundary(parts)
    delimiter = f"--{boundary}\r\n".encode()
    body = b"".join(piece for part in parts for piece in (delimiter, part)) + f"--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"


def _part(headers: str, content: bytes) -> bytes:
    return b"".join((headers.encode("utf-8", "replace"), b"\r\n\r\n", content, b"\r\n"))


def _boundary(parts: list[bytes]) -> str:
    """Return a boundary that occurs in no part."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    while True:
        boundary = "-" * 24 + digest.hexdigest()[:16]
        if not any(boundary.encode() in part for part in parts):
            return boundary
        digest.update(b"again")


def _quoted(text: str) -> str:
    """Escape a name for the inside of quotes, as browsers and curl do (HTML Standard, multipart/form-data)."""
    return "".join(_IN_QUOTES.get(character, character) for character in text)
