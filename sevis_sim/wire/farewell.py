"""Saying something to a client whose connection ends, so that it arrives.

A socket that is closed while unread bytes wait makes the kernel reset the connection, and the client may lose what
was sent last: the alert that says why. So the sending side is closed first, and the rest is read and thrown away.
"""

import asyncio
from typing import cast

LINGER_SECONDS = 2.0
"""How long to wait for the client to close its side; wall time."""
_MAX_IGNORED = 1024 * 1024


class Farewell(asyncio.Protocol):
    """Sends last words, closes the sending side, and ignores what comes until the client closes."""

    def __init__(self, words: bytes, gone: "set[Farewell]") -> None:
        """Make a farewell.

        Args:
            words: The last bytes to send.
            gone: Set that this object is a member of while it lasts.
        """
        self._words = words
        self._members = gone
        self._ignored = 0
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; called by the loop, or by the protocol that had the connection before."""
        stream = self._transport = cast("asyncio.Transport", transport)
        self._members.add(self)
        self._timer = asyncio.get_running_loop().call_later(LINGER_SECONDS, stream.abort)
        stream.write(self._words)
        if stream.can_write_eof() and not stream.is_closing():
            stream.write_eof()

    def data_received(self, data: bytes) -> None:
        """Ignore, but not for ever."""
        self._ignored += len(data)
        if self._ignored > _MAX_IGNORED:
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the loop's signature
        """End."""
        if self._timer is not None:
            self._timer.cancel()
        self._members.discard(self)

    def abort(self) -> None:
        """End at once."""
        if self._transport is not None:
            self._transport.abort()
