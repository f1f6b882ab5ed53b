"""What a request and its answer looked like on the wire, for the journal."""

from collections.abc import Callable

from aiohttp import HttpVersion10, HttpVersion11, web

from sevis_sim.journal import Message, Messages

MAX_BODY = 1024 * 1024
"""Bytes of a body that are kept; of a longer one the beginning."""


class Recording:
    """Takes down one request while it is read, and its answer just before it is sent."""

    def __init__(self, request: web.Request) -> None:
        """Begin with the head; the body comes by `feed`."""
        self._head = _request_head(request)
        self._pieces: list[bytes] = []
        self._size = self._kept = 0

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the body, without their transfer coding."""
        self._size += len(data)
        if room := MAX_BODY - self._kept:
            piece = data[:room]
            self._pieces.append(piece)
            self._kept += len(piece)

    def messages(self, request: web.Request, response: web.Response | None) -> Messages:
        """Return what was taken down; completes the headers of the answer, so that they are sent as they are kept."""
        return Messages(
            Message(self._head, b"".join(self._pieces), self._size),
            None if response is None else _answer(request, response),
        )


def recorded(take: Callable[[bytes], None], recording: Recording | None) -> Callable[[bytes], None]:
    """Return a function that gives bytes to a recording, where there is one, and to ``take``."""
    if recording is None:
        return take

    def both(data: bytes) -> None:
        recording.feed(data)
        take(data)

    return both


def _request_head(request: web.Request) -> bytes:
    version = request.version
    first = f"{request.method} {request.raw_path} HTTP/{version.major}.{version.minor}"
    return b"\r\n".join(
        (
            first.encode("utf-8", "surrogateescape"),
            *(name + b": " + value for name, value in request.raw_headers),
            b"",
            b"",
        )
    )


def _answer(request: web.Request, response: web.Response) -> Message:
    """Return the answer as aiohttp sends it; what it would add to the headers is added here, in the same way."""
    body = response.body
    content = bytes(body) if isinstance(body, (bytes, bytearray)) else b""
    if request.method == "HEAD":
        content = b""
    response.headers.setdefault("Content-Length", str(len(content)))
    if "Connection" not in response.headers:
        if request.keep_alive and request.version == HttpVersion10:
            response.headers["Connection"] = "keep-alive"
        elif not request.keep_alive and request.version == HttpVersion11:
            response.headers["Connection"] = "close"
    version = request.version
    first = f"HTTP/{version.major}.{version.minor} {response.status} {response.reason}"
    lines = (first, *(f"{name}: {value}" for name, value in response.headers.items()), "", "")
    return Message("\r\n".join(lines).encode("utf-8", "surrogateescape"), content[:MAX_BODY], len(content))
