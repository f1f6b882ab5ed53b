"""Bounds on connections and requests: how many at a time, and how long each phase of them may take.

aiohttp knows neither: a request whose headers come byte by byte, an answer that is never read, a connection that is
kept for nothing would each hold memory for ever. A request's body has a bound of its own, see `body`.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from logging import Logger
from typing import Any, cast

from aiohttp import web

from sevis_sim.gateway.replies import bare_page

Tell = Callable[[str, int, str], None]
"""Told of requests cut off: reason, HTTP status (0 without an answer), peer."""
Refuse = Callable[[web.Request, str, str], Awaitable[web.StreamResponse]]
"""Answers a request that there is no room for, given reason and remedy, and journals it."""
Page = Callable[[int], web.Response]
"""Makes the page for an HTTP status."""

_NEVER = 365 * 86400.0  # aiohttp's own timer for idle connections, which is not used
_MOST_REFUSED = 100
"""Connections over the limit that are being told so at one time."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one server takes on. Times are wall time in seconds."""

    connections: int = 1000
    connections_per_peer: int = 500
    requests: int = 400
    requests_per_peer: int = 300
    head_seconds: float = 20.0
    """From the first byte of a request to the end of its headers; for the first request from the handshake on."""
    idle_seconds: float = 75.0
    """How long a connection is kept for a further request, and how long an answer may make no progress."""


class Traffic:
    """The connections and requests of one server, on all its TLS ports together."""

    def __init__(self, limits: Limits, tell: Tell) -> None:
        """Prepare; ``tell`` is told of connections that are refused, and of requests cut off."""
        self.limits = limits
        self.tell = tell
        self.closing = False
        self._connections: Counter[str] = Counter()
        self._requests: Counter[str] = Counter()
        self._quiet = asyncio.Event()
        self._quiet.set()
        self.page: Page | None = None
        """Answers what cannot be read as a request; aiohttp does where there is none."""

    def protocols(self, server: web.Server, logger: Logger) -> Callable[[], "Connection"]:
        """Return what makes the protocol of each connection of a server that aiohttp has set up."""

        def make() -> Connection:
            return Connection(
                self, server, loop=asyncio.get_running_loop(), logger=logger, access_log=None, lingering_time=0.0
            )

        return make

    def middleware(self, refuse: Refuse, page: Page) -> Any:
        """Return the outermost middleware, which counts requests and refuses those over the limit.

        Args:
            refuse: answers those.
            page: answers what never becomes a request.

        """
        self.page = page

        @web.middleware
        async def bounded(
            request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
        ) -> web.StreamResponse:
            peer, connection = request.remote or "", request.protocol
            if isinstance(connection, Connection):
                connection.begin()
            self._requests[peer] += 1
            self._quiet.clear()
            try:
                crowd = self._crowd(peer)
                response = await (refuse(request, *crowd) if crowd else handler(request))
            finally:
                _less(self._requests, peer)
                if not self._requests:
                    self._quiet.set()
                if isinstance(connection, Connection):
                    connection.end()
            if self.closing:
                response.force_close()
            return response

        return bounded

    def _crowd(self, peer: str) -> tuple[str, str] | None:
        """Return why a request that was counted is one too many, and what to do about it."""
        remedy = "Send fewer requests at a time, or raise max_requests and max_requests_per_peer."
        if self._requests[peer] > self.limits.requests_per_peer:
            return f"more than {self.limits.requests_per_peer} requests of {peer} are being answered", remedy
        if self._requests.total() > self.limits.requests:
            return f"more than {self.limits.requests} requests are being answered", remedy
        return None

    def enter(self, peer: str) -> str:
        """Count a connection; return why it is one too many, or nothing."""
        self._connections[peer] += 1
        if self._connections[peer] > self.limits.connections_per_peer:
            return f"more than {self.limits.connections_per_peer} connections of {peer} are open"
        if self._connections.total() > self.limits.connections:
            return f"more than {self.limits.connections} connections are open"
        return ""

    @property
    def overrun(self) -> bool:
        """Whether so many connections are over the limit that none is answered any more."""
        return self._connections.total() > self.limits.connections + _MOST_REFUSED

    def leave(self, peer: str) -> None:
        """Count a connection no more."""
        _less(self._connections, peer)

    async def finish(self, seconds: float) -> None:
        """Let requests that have begun end, for so long at most; connections close behind them."""
        self.closing = True
        try:
            async with asyncio.timeout(seconds):
                await self._quiet.wait()
        except TimeoutError:
            return


def _less(counts: Counter[str], peer: str) -> None:
    counts[peer] -= 1
    if counts[peer] <= 0:
        del counts[peer]


class Connection(web.RequestHandler):
    """A connection that is watched: one timer, which means what the connection is waiting for."""

    __slots__ = (
        "_asked",
        "_busy",
        "_deadline",
        "_left",
        "_peer",
        "_received",
        "_stream",
        "_traffic",
        "_unsent",
        "_unused",
    )

    def __init__(self, traffic: Traffic, server: web.Server, **options: Any) -> None:
        super().__init__(server, keepalive_timeout=_NEVER, **options)
        self._traffic = traffic
        self._asked = self._received = 0
        self._busy = self._left = False
        self._unsent: int | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._peer = ""
        self._unused: Callable[[str], None] | None = None
        self._stream: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, or refuse: an answer to the request that is about to come, then the end."""
        super().connection_made(transport)
        self._stream = cast("asyncio.Transport", transport)
        name = transport.get_extra_info("peername")
        self._peer = str(name[0]) if name else ""
        crowd = self._traffic.enter(self._peer)
        if crowd and self._traffic.overrun:
            self._left = True
            self._stream.abort()
        elif crowd:
            self._end_with(503, crowd)
        else:
            self._arm(self._traffic.limits.head_seconds)

    def account(self, unused: Callable[[str], None]) -> None:
        """Take whom to tell if the connection ends without a request (`wire.Accountable`)."""
        self._unused = unused

    def data_received(self, data: bytes) -> None:
        """Take bytes; the first ones of a request begin the time of its headers."""
        if not self._busy and not self._left:
            if not self._received and self._asked:
                self._arm(self._traffic.limits.head_seconds)
            self._received += len(data)
        super().data_received(data)

    def begin(self) -> None:
        """The headers of a request are complete."""
        self._asked += 1
        self._busy, self._received = True, 0
        self._disarm()

    def end(self) -> None:
        """The answer is about to be sent."""
        self._busy, self._unsent = False, None
        if not self._left:
            self._arm(self._traffic.limits.idle_seconds)

    def handle_error(self, *args: Any, **options: Any) -> web.StreamResponse:
        """Answer what cannot be read; it counts as a request that was told already."""
        self._asked += 1
        answer = super().handle_error(*args, **options)  # tells it; ConnectionError where an answer has begun
        if self._traffic.page is None:
            return answer
        page = self._traffic.page(answer.status)
        page.force_close()
        return page

    def connection_lost(self, exc: BaseException | None) -> None:
        """End; a connection that never asked for anything is told."""
        self._disarm()
        self._traffic.leave(self._peer)
        if not self._asked and not self._left and not self._traffic.closing:
            came = f" ({self._received} bytes of one came)" if self._received else ""
            if self._unused is not None:
                self._unused(f"the client ended the connection without a request{came}")
        self._left = True
        super().connection_lost(exc)

    def _arm(self, seconds: float) -> None:
        self._disarm()
        self._deadline = asyncio.get_running_loop().call_later(seconds, self._late)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _late(self) -> None:
        stream, limits = self._stream, self._traffic.limits
        if stream is None or self._busy or self._left:
            return
        unsent = stream.get_write_buffer_size()
        if unsent and (self._unsent is None or unsent < self._unsent):  # a slow reader, but a reader
            self._unsent = unsent
            self._arm(limits.idle_seconds)
        elif unsent:
            reason = f"the client took nothing of its answer for {limits.idle_seconds:g} seconds"
            self._traffic.tell(reason, 0, self._peer)
            self._left = True
            stream.abort()
        elif self._received or not self._asked:
            self._end_with(408, f"the headers of a request did not arrive within {limits.head_seconds:g} seconds")
        else:
            self._left = True
            self.force_close()

    def _end_with(self, status: int, reason: str) -> None:
        """Answer outside of any request, tell it, and close."""
        self._left = True
        self._traffic.tell(reason, status, self._peer)
        if self._stream is not None:
            self._stream.write(bare_page(HTTPStatus(status), f"{reason[0].upper()}{reason[1:]}."))
        self.force_close()
