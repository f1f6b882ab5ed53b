"""A TLS port that tells why handshakes fail.

asyncio's own TLS server hides them: the exception is logged in debug mode only, and the application never learns that
somebody was there. Here a small protocol accepts the connection, reads its first message, and does the handshake with
`loop.start_tls`, whose exception can be seen. Then the application's protocol (aiohttp's) takes over.
"""

import asyncio
import contextlib
import errno
import socket
import ssl
import struct
import weakref
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any, Literal, Protocol, cast

from sevis_sim.wire import failure as failures
from sevis_sim.wire.context import Attempt, ServerContext, WireError, current_attempt
from sevis_sim.wire.failure import HandshakeFailure
from sevis_sim.wire.farewell import Farewell
from sevis_sim.wire.messages import ClientHello, NotTls, PlainHttp, read_certificates, read_opening

HANDSHAKE_SECONDS = 10.0
"""How long a client may take from connecting to the end of its handshake; wall time."""
MAX_HANDSHAKES = 64
"""Handshakes at one time. asyncio keeps a buffer of 256 kB for each; others wait their turn."""
MAX_WAITING = 1024
"""Connections that may be without a finished handshake at one time; any more are closed at once."""
Peer = tuple[str, int]
"""Address and port of a client."""
Admission = Literal["admit", "close", "reset"]
Doorkeeper = Callable[[Peer | None], Awaitable[Admission]]
"""Decides, when a client's first message is there, whether its handshake begins. It may take its time."""
_SHUTDOWN_SECONDS = 5.0  # how long a closing connection waits for the client's close_notify

_PLAIN_HTTP_TEXT = b"This port speaks HTTPS, and the request was plain HTTP. Use a URL with https://\n"
_PLAIN_HTTP_ANSWER = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_PLAIN_HTTP_TEXT), _PLAIN_HTTP_TEXT)
)


class Accountable(Protocol):
    """A protocol that tells of a connection on which nothing was asked for: the client left after its handshake."""

    def account(self, unused: Callable[[str], None]) -> None:
        """Take the function to tell it to, with what is known of it in words."""


class TlsListener:
    """Listens on one address and hands finished TLS connections to an application's protocol."""

    def __init__(
        self,
        protocol_factory: Callable[[], asyncio.Protocol],
        context: ServerContext,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        on_failure: Callable[[HandshakeFailure], None],
        handshake_seconds: float = HANDSHAKE_SECONDS,
        max_handshakes: int = MAX_HANDSHAKES,
        max_waiting: int = MAX_WAITING,
        doorkeeper: Doorkeeper | None = None,
    ) -> None:
        """Make a listener; `start` opens the port.

        Args:
            protocol_factory: Makes the application's protocol, for example ``AppRunner.server`` of aiohttp.
            context: From `server_context`. Assign `context` anew to change it for later handshakes.
            host: Address or name to listen on.
            port: Port; 0 picks a free one.
            on_failure: Told of every connection that never became a TLS connection.
            handshake_seconds: Limit from connecting to the end of the handshake (wall time).
            max_handshakes: Handshakes at one time; others wait.
            max_waiting: Connections without a finished handshake at one time; others are closed.
            doorkeeper: Asked before each handshake; a connection that it does not admit is told to nobody.
        """
        self.context = context
        self.host = host
        self._wanted_port = port
        self._port: int | None = None
        self._factory = protocol_factory
        self._on_failure = on_failure
        self._handshake_seconds = handshake_seconds
        self._slots = asyncio.Semaphore(max_handshakes)
        self._max_waiting = max_waiting
        self._doorkeeper = doorkeeper
        self._server: asyncio.Server | None = None
        self._arrivals: set[_Arrival] = set()
        self._farewells: set[Farewell] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._given: weakref.WeakSet[asyncio.Transport] = weakref.WeakSet()

    @property
    def port(self) -> int:
        """The port in use, also after `close`: connections may end behind that, and are told with it."""
        if self._port is None:
            raise WireError("the listener has no port: start it first")
        return self._port

    async def start(self) -> None:
        """Open the port.

        Raises:
            WireError: it is in use, or the address cannot be listened on.
        """
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(
                lambda: _Arrival(self), self.host, self._wanted_port, backlog=self._max_waiting
            )
        except (OSError, OverflowError) as error:
            raise WireError(_why_not_listening(error, self.host, self._wanted_port)) from error
        self._port = int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop accepting and end unfinished handshakes.

        Finished connections belong to the application, which alone knows which are idle: ``AppRunner.cleanup`` of
        aiohttp, called next, closes those at once and the others when their requests are answered.
        """
        if self._server is not None:
            self._server.close()
            self._server = None
        for arrival in list(self._arrivals):
            arrival.abort()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for farewell in list(self._farewells):
            farewell.abort()

    async def abandon(self) -> None:
        """Let go of connections that the application has closed and whose clients do not answer that, the last step.

        TLS waits some seconds for their close_notify; a loop that ends before would leave sockets open. What has not
        been sent yet is left to the loop.
        """
        for raw in list(self._given):
            if raw.get_write_buffer_size() == 0:
                raw.abort()
        await asyncio.sleep(0)  # sockets are closed in the next turn of the loop

    # What an arrival asks of its listener.

    def _enter(self, arrival: "_Arrival") -> bool:
        if len(self._arrivals) >= self._max_waiting:
            return False
        self._arrivals.add(arrival)
        return True

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            context = {"message": "a connection could not be handed over", "exception": error, "task": task}
            asyncio.get_running_loop().call_exception_handler(context)


class _Arrival(asyncio.Protocol):
    """One connection from its acceptance until its handshake has ended, well or badly."""

    def __init__(self, listener: TlsListener) -> None:
        self._listener = listener
        self._loop = asyncio.get_running_loop()
        self._deadline = self._loop.time() + listener._handshake_seconds
        self._received = bytearray()
        self._peer: tuple[str, int] | None = None
        self._raw: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._hello: ClientHello | None = None
        self._attempt: Attempt | None = None
        self._ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        raw = self._raw = cast("asyncio.Transport", transport)
        name = raw.get_extra_info("peername")
        self._peer = (str(name[0]), int(name[1])) if name else None
        if self._listener._server is None:  # accepted when the port was about to be closed
            self.abort()
            return
        if not self._listener._enter(self):
            self._fail("too-busy", f"more than {self._listener._max_waiting} connections wait for their handshake")
            raw.abort()
            return
        self._timer = self._loop.call_at(self._deadline, self._too_late)

    def data_received(self, data: bytes) -> None:
        if self._ended or self._raw is None:
            return
        self._received += data
        opening = read_opening(bytes(self._received))
        if isinstance(opening, ClientHello):
            self._hello = opening
            self._raw.pause_reading()
            self._listener._spawn(self._handshake(self._raw, opening))
        elif opening is not None:
            self._refuse(opening, self._raw)

    def eof_received(self) -> None:
        self._left()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the loop's signature
        self._left()

    def abort(self) -> None:
        """End without a word, for the listener closes."""
        self._end()
        if self._raw is not None:
            self._raw.abort()

    def _left(self) -> None:
        if self._hello is not None:
            self._fail("closed", "the client closed while it waited for its handshake")
        elif self._received:
            self._fail("cut-off", f"the client closed after {len(self._received)} bytes")
        else:
            self._fail("silent", "the client closed without sending anything")

    def _too_late(self) -> None:
        seconds = f"{self._listener._handshake_seconds:g} s"
        self._fail("timeout", f"no complete first message within {seconds} ({len(self._received)} bytes came)")
        if self._raw is not None:
            self._raw.abort()

    def _refuse(self, opening: PlainHttp | NotTls, raw: asyncio.Transport) -> None:
        words = _PLAIN_HTTP_ANSWER if isinstance(opening, PlainHttp) else b""
        farewell = Farewell(words, self._listener._farewells)
        raw.set_protocol(farewell)
        farewell.connection_made(raw)
        self._report(failures.from_opening(opening, self._peer))

    async def _handshake(self, raw: asyncio.Transport, hello: ClientHello) -> None:
        if self._listener._doorkeeper is not None and not await self._admitted(self._listener._doorkeeper, raw):
            return
        waiting_room = _WaitingRoom()
        try:
            async with self._listener._slots:
                if raw.is_closing():  # its time ran out while it waited
                    return
                self._stop_timer()  # from here on asyncio keeps the time
                tls = await self._start_tls(raw, waiting_room)
        except ssl.SSLError as error:
            self._report(failures.from_error(error, self._peer, hello))
        except ConnectionAbortedError:
            self._fail("timeout", f"the handshake was not finished within {self._listener._handshake_seconds:g} s")
        except OSError as error:
            self._fail("closed", f"the client closed during the handshake ({type(error).__name__})")
        else:
            if tls is None:  # so Python 3.11 and 3.12 say that the connection was lost meanwhile
                self._fail("closed", "the client closed during the handshake")
                return
            self._end()
            protocol, peer, tell = self._listener._factory(), self._peer, self._listener._on_failure
            if hasattr(protocol, "account"):
                accountable = cast("Accountable", protocol)
                accountable.account(lambda detail: tell(failures.from_kind("no-request", detail, peer, hello)))
            self._listener._given.add(raw)
            waiting_room.hand_over(tls, protocol)

    async def _admitted(self, doorkeeper: Doorkeeper, raw: asyncio.Transport) -> bool:
        self._stop_timer()
        admission = await doorkeeper(self._peer)
        if self._ended or raw.is_closing():  # the client has gone meanwhile
            return False
        if admission == "admit":
            self._deadline = self._loop.time() + self._listener._handshake_seconds  # how long it took was not its fault
            self._timer = self._loop.call_at(self._deadline, self._too_late)
            return True
        self._end()
        if admission == "reset" and (handle := raw.get_extra_info("socket")) is not None:
            # Linger for no time: the kernel then sends RST in place of FIN.
            handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raw.abort()
        return False

    async def _start_tls(self, raw: asyncio.Transport, protocol: asyncio.Protocol) -> asyncio.Transport | None:
        self._attempt = Attempt(bytes(self._received), self._say_last)
        token = current_attempt.set(self._attempt)
        try:
            return await self._loop.start_tls(
                raw,
                protocol,
                self._listener.context,
                server_side=True,
                ssl_handshake_timeout=max(self._deadline - self._loop.time(), 0.001),
                ssl_shutdown_timeout=_SHUTDOWN_SECONDS,
            )
        finally:
            current_attempt.reset(token)

    def _say_last(self, alert: bytes) -> None:
        """Send an alert on a second handle of the socket, for asyncio is about to close the first without it."""
        handle = self._raw.get_extra_info("socket") if self._raw is not None else None
        if not alert or handle is None or handle.fileno() < 0:
            return
        second = handle.dup()
        task = self._listener._spawn(_send_last(second, alert, self._listener._farewells))
        task.add_done_callback(lambda done: second.close() if done.cancelled() else None)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end(self) -> bool:
        """Leave the listener; False if that was done before."""
        if self._ended:
            return False
        self._ended = True
        self._stop_timer()
        self._listener._arrivals.discard(self)
        return True

    def _fail(self, kind: str, detail: str) -> None:
        self._report(failures.from_kind(kind, detail, self._peer, self._hello))

    def _report(self, failure: HandshakeFailure) -> None:
        if self._attempt is not None and self._attempt.certificate_message:
            failure = replace(failure, offered=read_certificates(self._attempt.certificate_message))
        if self._end():
            self._listener._on_failure(failure)


class _WaitingRoom(asyncio.Protocol):
    """Keeps what arrives between the end of the handshake and the moment when the application takes over."""

    def __init__(self) -> None:
        self._data: list[bytes] = []
        self._eof = False
        self._lost: list[Exception | None] = []

    def data_received(self, data: bytes) -> None:
        self._data.append(data)

    def eof_received(self) -> None:
        self._eof = True

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost.append(exc)

    def hand_over(self, transport: asyncio.Transport, protocol: asyncio.Protocol) -> None:
        protocol.connection_made(transport)
        transport.set_protocol(protocol)
        for data in self._data:
            protocol.data_received(data)
        if self._eof:
            protocol.eof_received()
        for error in self._lost:
            protocol.connection_lost(error)


async def _send_last(handle: socket.socket, words: bytes, farewells: set[Farewell]) -> None:
    with contextlib.suppress(OSError):  # the client may be gone: then nobody is there to be told
        loop = asyncio.get_running_loop()
        await loop.connect_accepted_socket(lambda: Farewell(words, farewells), handle)


def _why_not_listening(error: OSError | OverflowError, host: str, port: int) -> str:
    code = error.errno if isinstance(error, OSError) else None
    if code == errno.EADDRINUSE:
        return f"port {port} on {host} is in use by another program; choose another port, or 0 for any free one"
    if code == errno.EACCES:
        return f"port {port} may not be opened by this user; choose a port from 1024 up, or 0 for any free one"
    if isinstance(error, OverflowError):
        return f"there is no port {port}; choose one from 1 to 65535, or 0 for any free one"
    if isinstance(error, socket.gaierror):
        return f"the host name {host!r} is not known on this machine; use 127.0.0.1, or 0.0.0.0 for all addresses"
    return f"cannot listen on {host} port {port}: {error.strerror or error}; use 127.0.0.1 and a free port"


def peer_certificate(transport: asyncio.BaseTransport | None) -> bytes | None:
    """Return the client's certificate (DER), also on resumed sessions; None if it sent none.

    Args:
        transport: Of the connection, ``request.transport`` in aiohttp; None (the client has left) gives None.
    """
    tls = transport.get_extra_info("ssl_object") if transport is not None else None
    return tls.getpeercert(binary_form=True) if isinstance(tls, ssl.SSLObject) else None
