"""The log: each entry of the journal, and each that it lost, as one line on standard error, for people or as JSON.

A thread of its own writes, so that a reader who is slow, or a disk that is full, holds up no request; lines that it
cannot write in time are counted and left out. structlog is loaded by the first line.
"""

import contextlib
import queue
import sys
import threading
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

from sevis_sim.journal import Entry, Journal, advice
from sevis_sim.journal.bounded import line

LogFormat = Literal["auto", "human", "json"]
LogLevel = Literal["debug", "info", "warning", "error", "off"]

MOST_WAITING = 10_000
"""Lines that wait to be written; any more are left out."""
_LEVELS: Mapping[str, int] = {"debug": 10, "info": 20, "warning": 30, "error": 40, "off": 100}
_BROKEN = ("request.failed", "batch.delayed", "due-work.failed")
_MANY = ("record.", "batch.accepted")
"""Kinds that repeat for each record, or as another kind, what one line says."""
_IDS = ("batch", "exchange", "organization", "system", "peer")


def level_of(entry: Entry) -> str:
    """Return how much an entry matters: what broke down, what was refused or struck by a fault, the rest, details."""
    if entry.kind in _BROKEN:
        return "error"
    if entry.kind.startswith(_MANY):  # before the details are read: a record has a reason and a status of its own
        return "debug"
    refused = entry.detail.get("reason") or int(entry.detail.get("status") or 200) >= 400
    return "warning" if refused or entry.kind.startswith(("fault.", "handshake.")) else "info"


class Log:
    """Writes the log of one simulator, from its first entry until `close`."""

    def __init__(
        self,
        journal: Journal,
        form: LogFormat = "auto",
        level: LogLevel = "info",
        local: Callable[[datetime], datetime] = lambda instant: instant,
        stream: TextIO | None = None,
    ) -> None:
        """Begin.

        Args:
            journal: what is told.
            form: human or JSON; auto is human on a terminal.
            level: what matters less is left out.
            local: turns an instant into the time zone that people are shown.
            stream: where to write; None is standard error.

        """
        self._stream = stream or sys.stderr
        self._human = self._stream.isatty() if form == "auto" else form == "human"
        self._least = _LEVELS[level]
        self._local = local
        self._waiting: queue.Queue[tuple[str, Entry] | None] = queue.Queue(MOST_WAITING)
        self._lost = 0
        self._thread: threading.Thread | None = None
        self._beginning = threading.Lock()
        if level != "off":
            journal.observe(lambda entry: self._take(level_of(entry), entry))
            journal.observe_losses(self._take_lost)

    def close(self) -> None:
        """Write what waits, and stop."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()
            self._thread = None

    def _take_lost(self, entry: Entry, error: BaseException) -> None:
        """Take an entry that the journal could not: this line is all that tells of it."""
        self._take("error", replace(entry, summary=f"{entry.summary} (lost to the journal: {line(str(error))})"))

    def _take(self, level: str, entry: Entry) -> None:
        if _LEVELS[level] < self._least:
            return
        with self._beginning:
            if self._thread is None:
                self._thread = threading.Thread(target=self._write_all, name="log", daemon=True)
                self._thread.start()
        try:
            self._waiting.put_nowait((level, entry))
        except queue.Full:
            self._lost += 1

    def _write_all(self) -> None:
        import structlog

        logger = structlog.wrap_logger(
            structlog.WriteLogger(self._stream),
            processors=[
                structlog.processors.add_log_level,
                human if self._human else structlog.processors.JSONRenderer(ensure_ascii=True),
            ],
            wrapper_class=structlog.BoundLogger,
        )
        while (taken := self._waiting.get()) is not None:
            level, entry = taken
            lost, self._lost = self._lost, 0
            with contextlib.suppress(OSError, ValueError):  # nobody reads it (`2>&1 | head`): serve on without it
                if lost:
                    logger.warning("log.lost", message=f"{lost} lines were left out: they came faster than they go")
                getattr(logger, level)(entry.kind, **self._fields(entry))

    def _fields(self, entry: Entry) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),  # of the log, not of any sandbox
            "simulated": self._local(entry.instant).isoformat(timespec="seconds"),
            "sandbox": entry.sandbox or "",
            "entry": entry.id,
            **{name: entry.subjects[name] for name in _IDS if name in entry.subjects},
            "message": entry.summary,
        }
        if self._human:
            fields["advice"] = advice(entry.detail)
        elif entry.detail.get("remedy"):
            fields["remedy"] = entry.detail["remedy"]
        return fields


def human(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    """Write a line for people: the simulated time, what happened, where; below it what to do (structlog processor)."""
    if "simulated" not in event:
        return str(event["message"])
    where = "" if event["sandbox"] == "default" else f"  [{event['sandbox'] or 'server'}]"
    exchange = f"  ({event['exchange'][:8]})" if event.get("exchange") else ""
    stamp = event["simulated"][:19].replace("T", " ")
    return "\n".join([f"{stamp}  {event['message']}{where}{exchange}", *(f"{'':21}{line}" for line in event["advice"])])
