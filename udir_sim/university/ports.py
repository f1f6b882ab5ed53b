"""The HTTPS port for campuses and applications, and the control port on the loopback interface."""

import contextlib
import logging
from collections.abc import Callable

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from sevis_sim.wire import HandshakeFailure, ServerContext, TlsListener
from udir_sim.university.settings import UniversityError

_GRACE_SECONDS = 30.0
"""How long a request that is being answered may take when the ports are closed: a large file is being loaded."""


class Ports:
    """Opens and closes both ports."""

    def __init__(self, note: Callable[[str], None]) -> None:
        """Prepare; ``note`` is told of requests that cannot be read or that break a handler."""
        self._logger = _Logger(note)
        self._exit = contextlib.AsyncExitStack()
        self._listener: TlsListener | None = None
        self._control: tuple[str, int] | None = None

    @property
    def port(self) -> int:
        """The HTTPS port."""
        if self._listener is None:
            raise UniversityError("the HTTPS port is not open: start it first")
        return self._listener.port

    @property
    def control_url(self) -> str:
        """The base address of the control API."""
        if self._control is None:
            raise UniversityError("the control port is not open: start it first")
        host, port = self._control
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def open_https(
        self,
        application: web.Application,
        context: ServerContext,
        host: str,
        port: int,
        on_failure: Callable[[HandshakeFailure], None],
    ) -> None:
        """Open the HTTPS port; `wire.WireError` says why it cannot be opened."""
        runner = await self._runner(application)
        if runner.server is None:
            raise UniversityError("the HTTPS application did not start")
        listener = TlsListener(runner.server, context, host=host, port=port, on_failure=on_failure)
        await listener.start()
        self._exit.push_async_callback(listener.close)
        self._listener = listener

    async def open_control(self, application: web.Application, host: str, port: int) -> None:
        """Open the control port; UniversityError where it is in use or cannot be listened on."""
        runner = await self._runner(application)
        try:
            await web.TCPSite(runner, host, port).start()
        except (OSError, OverflowError) as error:
            raise UniversityError(
                f"the control port {port} on {host} cannot be opened ({getattr(error, 'strerror', None) or error}); "
                "choose another with --control-port, 0 picks a free one"
            ) from error
        self._control = host, int(runner.addresses[0][1])

    async def close(self) -> None:
        """Close both ports; requests that are being answered are finished, if that takes no more than half a minute."""
        await self._exit.aclose()

    async def _runner(self, application: web.Application) -> web.AppRunner:
        runner = web.AppRunner(
            application,
            access_log=None,
            handle_signals=False,
            logger=self._logger,
            shutdown_timeout=_GRACE_SECONDS,
            auto_decompress=False,  # files are kept as they were sent
            lingering_time=0.0,
        )
        await runner.setup()
        self._exit.push_async_callback(runner.cleanup)
        return runner


class _Logger(logging.Logger):
    """Outside the tree of loggers: what aiohttp logs becomes a line of the journal, never a traceback."""

    def __init__(self, note: Callable[[str], None]) -> None:
        super().__init__("udir_sim.http", logging.DEBUG)
        self.addHandler(_Handler(note))


class _Handler(logging.Handler):
    def __init__(self, note: Callable[[str], None]) -> None:
        super().__init__()
        self._note = note

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, HttpProcessingError):
            self._note(" ".join(error.message.split())[:300])
        elif record.levelno >= logging.WARNING and not isinstance(error, ConnectionResetError):
            self._note((f"{type(error).__name__}: {error}" if error else record.getMessage())[:500])
