"""The two open ports of a simulator: TLS for clients, plain HTTP on the loopback interface for test controls."""

import asyncio
import contextlib
import weakref
from collections.abc import Callable

from aiohttp import web

from sevis_sim.gateway.connections import Limits, Traffic
from sevis_sim.journal import Event
from sevis_sim.sandbox.happenings import RequestUnreadable
from sevis_sim.settings import Settings
from sevis_sim.simulator.errors import SimulatorError
from sevis_sim.simulator.http_errors import JournalLogger
from sevis_sim.wire import Doorkeeper, HandshakeFailure, ServerContext, TlsListener, add_anchor

_CONTROL_GRACE_SECONDS = 2.0
"""How long a request to the control API may take when the ports are closed."""
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - recognized, not chosen


class Ports:
    """Opens and closes both ports."""

    def __init__(self, settings: Settings, note: Callable[[Event], None]) -> None:
        """Prepare; ``note`` is told of requests that cannot be read or that break a handler."""
        self._settings = settings
        self._note = note
        self._logger = JournalLogger(note)
        self.traffic = Traffic(
            Limits(
                connections=settings.max_connections,
                connections_per_peer=settings.max_connections_per_peer,
                requests=settings.max_requests,
                requests_per_peer=settings.max_requests_per_peer,
                head_seconds=settings.header_timeout_s,
                idle_seconds=settings.keep_alive_s,
            ),
            self._cut_off,
        )
        """What goes on at the TLS ports."""
        self._exit = contextlib.AsyncExitStack()
        self._listener: TlsListener | None = None
        self._more: dict[str, TlsListener] = {}
        self._opened: weakref.WeakSet[TlsListener] = weakref.WeakSet()
        self._protocols: Callable[[], asyncio.Protocol] | None = None
        self._control: tuple[str, int] | None = None

    @property
    def port(self) -> int:
        """The TLS port."""
        return self._open_listener.port

    @property
    def control_url(self) -> str:
        """The base address of the control API."""
        if self._control is None:
            raise SimulatorError("the control port is not open: start the simulator first")
        host, port = self._control
        if host in _EVERYWHERE:  # an address to listen on, none to connect to
            host = next(iter(self._settings.server_names), "127.0.0.1")
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def open_wire(
        self,
        application: web.Application,
        context: ServerContext,
        on_failure: Callable[[HandshakeFailure], None],
        doorkeeper: Doorkeeper | None = None,
    ) -> None:
        """Open the TLS port; `wire.WireError` says why it cannot be opened."""
        self._exit.push_async_callback(self._abandon)  # called after the runner has closed its connections
        runner = await self._runner(application)
        if runner.server is None:
            raise SimulatorError("the wire application did not start")
        self._exit.push_async_callback(self.traffic.finish, self._settings.stop_timeout_s)
        self._protocols = self.traffic.protocols(runner.server, self._logger)
        listener = TlsListener(
            self._protocols,
            context,
            host=self._settings.host,
            port=self._settings.port,
            on_failure=on_failure,
            doorkeeper=doorkeeper,
        )
        await listener.start()
        self._exit.push_async_callback(listener.close)
        self._listener = listener
        self._opened.add(listener)

    async def open_more(
        self,
        name: str,
        context: ServerContext,
        on_failure: Callable[[HandshakeFailure], None],
        doorkeeper: Doorkeeper | None = None,
    ) -> int:
        """Open another, free TLS port to the same application; return which."""
        if self._protocols is None:
            raise SimulatorError("the TLS port is not open: start the simulator first")
        listener = TlsListener(
            self._protocols, context, host=self._settings.host, on_failure=on_failure, doorkeeper=doorkeeper
        )
        await listener.start()
        self._more[name] = listener
        self._opened.add(listener)
        return listener.port

    async def close_more(self, name: str) -> None:
        """Close a port that `open_more` opened."""
        await self._more.pop(name).close()

    async def open_control(self, application: web.Application) -> None:
        """Open the control port.

        Raises:
            SimulatorError: it is in use, or the address cannot be listened on.

        """
        runner = await self._runner(application)
        host, port = self._settings.control_host, self._settings.control_port
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except (OSError, OverflowError) as error:
            raise SimulatorError(
                f"the control port {port} on {host} cannot be opened ({getattr(error, 'strerror', None) or error}); "
                "choose another with --control-port, 0 picks a free one"
            ) from error
        self._control = host, int(runner.addresses[0][1])

    def trust(self, pem: bytes) -> None:
        """Let handshakes from now on accept a certificate as its own anchor."""
        for listener in (self._open_listener, *self._more.values()):
            add_anchor(listener.context, pem)

    async def close(self) -> None:
        """Close both ports; requests in flight are finished, if they take no more than the settings allow."""
        for name in list(self._more):
            await self.close_more(name)
        await self._exit.aclose()

    async def _abandon(self) -> None:
        for listener in list(self._opened):
            await listener.abandon()

    def _cut_off(self, reason: str, status: int, peer: str) -> None:
        self._note(RequestUnreadable(peer=peer, reason=reason, status=status))

    async def _runner(self, application: web.Application) -> web.AppRunner:
        runner = web.AppRunner(
            application,
            access_log=None,
            handle_signals=False,
            logger=self._logger,
            shutdown_timeout=_CONTROL_GRACE_SECONDS,
            keepalive_timeout=self._settings.keep_alive_s,
        )
        await runner.setup()
        self._exit.push_async_callback(runner.cleanup)
        return runner

    @property
    def _open_listener(self) -> TlsListener:
        if self._listener is None:
            raise SimulatorError("the TLS port is not open: start the simulator first")
        return self._listener
