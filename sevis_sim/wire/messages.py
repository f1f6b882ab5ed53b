"""Reading a client's messages of the handshake: its hello (or what it sent instead), and its certificates.

OpenSSL says little about what it refuses: not the versions that were offered, not the server name, not the
certificate, and of plain HTTP nothing at all. So these messages are read on the side.
"""

import re
from dataclasses import dataclass

MAX_BYTES = 32 * 1024
"""A ClientHello that is longer is left to OpenSSL's judgement; browsers send about 2 kB."""

_HANDSHAKE = 22  # content type of the record, RFC 8446 section 5.1
_CLIENT_HELLO = 1  # handshake type, RFC 8446 section 4
_MAX_RECORD = 16384 + 2048  # RFC 5246 section 6.2.3
_SERVER_NAME, _ALPN, _SUPPORTED_VERSIONS = 0, 16, 43  # extension types, RFC 8446 section 4.2
_VERSIONS = {0x0300: "SSL 3.0", 0x0301: "TLS 1.0", 0x0302: "TLS 1.1", 0x0303: "TLS 1.2", 0x0304: "TLS 1.3"}
_REQUEST_LINE = re.compile(rb"(?!PROXY )[A-Z]{3,10} [^\r\n]{0,2000}")
_MAY_BECOME_REQUEST = re.compile(rb"[A-Z]{1,10}")


@dataclass(frozen=True, slots=True)
class ClientHello:
    """What a TLS client offers. Fields are empty where the message is damaged or leaves them out."""

    versions: tuple[str, ...] = ()
    """Protocol versions, such as ``TLS 1.3``, in the client's order."""
    server_name: str = ""
    """The host that the client means (SNI)."""
    alpn: tuple[str, ...] = ()
    """Application protocols, such as ``http/1.1``."""


@dataclass(frozen=True, slots=True)
class PlainHttp:
    """An HTTP request without TLS."""

    request_line: str


@dataclass(frozen=True, slots=True)
class NotTls:
    """Bytes that begin neither TLS nor HTTP."""

    start: str
    """The first 16 bytes in hexadecimal."""


def read_opening(data: bytes) -> ClientHello | PlainHttp | NotTls | None:
    """Tell what the bytes received so far begin; None while more of them are needed."""
    if not data:
        return None
    if data[0] != _HANDSHAKE:
        return _without_tls(data)
    if len(data) > 1 and data[1] != 3:
        return NotTls(data[:16].hex(" "))
    message = _first_message(data)
    if message is None:
        return None if len(data) < MAX_BYTES else ClientHello()
    try:
        return _client_hello(message)
    except (IndexError, ValueError):
        return ClientHello()


def _without_tls(data: bytes) -> PlainHttp | NotTls | None:
    if line := _REQUEST_LINE.match(data):
        return PlainHttp(line[0][:200].decode("latin-1"))
    if _MAY_BECOME_REQUEST.fullmatch(data):
        return None
    return NotTls(data[:16].hex(" "))


def _first_message(data: bytes) -> bytes | None:
    """Join the first handshake message from its records; None while bytes are missing, empty if it is no hello."""
    message = b""
    position = 0
    while position + 5 <= len(data):
        length = int.from_bytes(data[position + 3 : position + 5])
        if data[position] != _HANDSHAKE or not 0 < length <= _MAX_RECORD:
            return b""
        message += data[position + 5 : position + 5 + length]
        position += 5 + length
        if message and message[0] != _CLIENT_HELLO:
            return b""
        if len(message) >= 4:
            size = int.from_bytes(message[1:4])
            if size > MAX_BYTES:
                return b""
            if len(message) >= 4 + size:
                return message[4 : 4 + size]
    return None


def read_certificates(message: bytes) -> tuple[bytes, ...]:
    """Return the certificates (DER) of a Certificate message, the client's own first; empty if it is damaged.

    Args:
        message: With its header of four bytes; of TLS 1.2 (RFC 5246 section 7.4.2) or 1.3 (RFC 8446 section 4.4.2).
    """
    body = message[4:]
    try:
        if int.from_bytes(body[:3]) == len(body) - 3:
            entries, is_13 = _Reader(body[3:]), False
        else:
            reader = _Reader(body)
            reader.vector(1)  # request context
            entries, is_13 = _Reader(reader.vector(3)), True
        found = []
        while entries.rest:
            found.append(entries.vector(3))
            if is_13:
                entries.vector(2)  # extensions
    except IndexError:
        return ()
    return tuple(found)


class _Reader:
    """Takes fields from the front of a message; IndexError where it ends too soon."""

    def __init__(self, data: bytes) -> None:
        self.rest = data

    def take(self, count: int) -> bytes:
        if len(self.rest) < count:
            raise IndexError
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def vector(self, length_bytes: int) -> bytes:
        return self.take(int.from_bytes(self.take(length_bytes)))


def _client_hello(message: bytes) -> ClientHello:
    """Read the body of a ClientHello (RFC 8446 section 4.1.2, the same in TLS 1.0 to 1.2)."""
    reader = _Reader(message)
    legacy_version = int.from_bytes(reader.take(2))
    reader.take(32)  # random
    reader.vector(1)  # session id
    reader.vector(2)  # cipher suites
    reader.vector(1)  # compression methods
    versions = _version_names([legacy_version])
    server_name = ""
    alpn: tuple[str, ...] = ()
    extensions = _Reader(reader.vector(2) if reader.rest else b"")
    while extensions.rest:
        kind = int.from_bytes(extensions.take(2))
        content = _Reader(extensions.vector(2))
        if kind == _SUPPORTED_VERSIONS:
            offered = content.vector(1)
            versions = _version_names([int.from_bytes(offered[i : i + 2]) for i in range(0, len(offered), 2)])
        elif kind == _SERVER_NAME:
            names = _Reader(content.vector(2))
            names.take(1)  # name type: host_name is the only one there is
            server_name = names.vector(2).decode("latin-1")
        elif kind == _ALPN:
            protocols = _Reader(content.vector(2))
            found = []
            while protocols.rest:
                found.append(protocols.vector(1).decode("latin-1"))
            alpn = tuple(found)
    return ClientHello(versions, server_name, alpn)


def _version_names(numbers: list[int]) -> tuple[str, ...]:
    """Name versions; unknown ones are left out, for clients sprinkle in reserved numbers (GREASE, RFC 8701)."""
    return tuple(_VERSIONS[number] for number in numbers if number in _VERSIONS)
