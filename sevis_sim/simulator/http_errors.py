"""What aiohttp logs of requests that it cannot read or that break a handler: journal entries, never tracebacks."""

import logging
from collections.abc import Callable

from aiohttp.http_exceptions import HttpProcessingError

from sevis_sim.journal import Event
from sevis_sim.sandbox.happenings import RequestFailed, RequestUnreadable
from sevis_sim.store import StoreError


class JournalLogger(logging.Logger):
    """A logger outside the tree of loggers, for ``AppRunner(logger=…)``: what it is told goes to ``note``."""

    def __init__(self, note: Callable[[Event], None]) -> None:
        super().__init__("sevis_sim.http", logging.DEBUG)  # a first request that is no HTTP is told at this level
        self.addHandler(_JournalHandler(note))


class _JournalHandler(logging.Handler):
    def __init__(self, note: Callable[[Event], None]) -> None:
        super().__init__()
        self._note = note

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, HttpProcessingError):
            self._note(RequestUnreadable(reason=" ".join(error.message.split())[:300], status=error.code))
        elif isinstance(error, ConnectionError):
            pass  # the client has gone, which the entry of its exchange tells
        elif isinstance(error, StoreError):
            self._note(RequestFailed(error=str(error)[:500], ours=False))
        elif record.levelno >= logging.WARNING:
            words = f"{type(error).__name__}: {error}" if error else record.getMessage()
            self._note(RequestFailed(error=words[:500]))
