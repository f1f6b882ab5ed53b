"""The places and kinds of the SEVIS batch interface (design.md §3.4, reference sevis-protocol.md §10)."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from sevis_sim.clock import Calendar, InstantError
from sevis_sim.clock.hints import did_you_mean, quoted
from sevis_sim.clock.instants import Fixed, Later, NextBusinessDay, parse_instant
from sevis_sim.clock.profiles import PROFILES
from sevis_sim.clock.stamps import parse_wall
from sevis_sim.domain.systems import PRODUCTION
from sevis_sim.faults import TRANSPORT, Kind, Phase, Vocabulary
from sevis_sim.faults.vocabulary import Moment

UPLOAD, DOWNLOAD, HANDSHAKE, PROCESSING, RECORD = "upload", "download", "handshake", "processing", "record"

ALL, HALF = "all", "half"
"""Whose forms are missing: everybody's, every second one's, or those of a SEVIS ID (may have ``*``)."""

NEXT = "next"
"""A release of the schemas that nobody has yet, and to which no document keeps."""

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = re.compile(rf"(?P<day>{'|'.join(_DAYS)}) (?P<wall>\S+)")
_SEVIS_ID = re.compile(r"[Nn0-9*?]{1,11}")


def _disposition(code: str) -> str | None:
    from sevis_sim.codes import catalogue  # 30 KB to read, only where a code is named

    known = [entry.code for entry in catalogue.entries().values() if entry.population == "transport"]
    if code in known:
        return None
    return f"{quoted(code)} is no code of uploads and downloads{did_you_mean(code, known)}; known: {', '.join(known)}"


def _record_code(code: str) -> str | None:
    from sevis_sim.codes import catalogue

    known = [entry.code for entry in catalogue.entries().values() if entry.population != "transport"]
    if code in known:
        return None
    hint = did_you_mean(code, known)
    return f"{quoted(code)} is no code of a record{hint}; expected one of docs/codes.md, such as S1024, S2101 or S9999"


def _release(name: str) -> str | None:
    from sevis_sim.schemas.releases import NAME  # only where one is named; which there are, only a simulator knows

    return None if NAME.fullmatch(name) else f"{quoted(name)} is no name of a release: sevis-sim schemas list"


def _whose(text: str) -> str | None:
    if text in (ALL, HALF) or _SEVIS_ID.fullmatch(text):
        return None
    return f"{quoted(text)}: expected {ALL}, {HALF} or a SEVIS ID such as N9904705123 (or N99*)"


def _outage(text: str) -> str | None:
    return None if text in ("503", "reset", "drop") else f"{quoted(text)}: expected 503, reset or drop"


_ANSWER = (
    *TRANSPORT,
    Kind("html", "nothing", "answers 200 with an HTML page where a log or a zip belongs"),
    Kind("outage", "text", "is out of service (503, reset or drop); say when with from and until", "503", _outage),
)
_LOG_KINDS = (
    Kind("missing-pdf", "text", "leaves forms out of the zip: all, half, or those of a SEVIS ID", ALL, _whose),
    Kind("missing-log", "nothing", "leaves the transaction log out of the zip"),
    Kind("corrupt-zip", "nothing", "damages the zip, so that it cannot be unpacked"),
    Kind("odd-log", "nothing", "puts elements into the log that its schema does not allow"),
)


def _always(kinds: tuple[Kind, ...], phase: Phase) -> tuple[Kind, ...]:
    return tuple(replace(kind, phases=(phase,)) for kind in kinds)


VOCABULARY = Vocabulary(
    places={
        UPLOAD: (
            *_ANSWER,
            Kind("disposition", "text", "answers with this code instead of what the checks say", "S0001", _disposition),
            Kind("schema-switch", "text", "validates with this release of `sevis-sim schemas list`; next: with one "
                 "that no document keeps to, S0013", NEXT, _release, ("before",)),
        ),
        DOWNLOAD: (
            *_ANSWER,
            Kind("disposition", "text", "answers with this code instead of the result", "S0030", _disposition),
            *_always(_LOG_KINDS, "before"),
            Kind("old-result", "nothing", "answers with the result of the organization's batch before this one", None,
                 None, ("before",)),
        ),
        HANDSHAKE: (
            Kind("delay", "seconds", "begins the handshake so many seconds later (wall time)", 1.0, None, ("before",)),
            Kind("drop", "nothing", "closes the connection where the handshake would begin", None, None, ("before",)),
            Kind("reset", "nothing", "resets the connection where the handshake would begin", None, None, ("before",)),
        ),
        PROCESSING: (
            Kind("late", "duration", "makes the result so much later; phase before: processes so much later", "24h",
                 None, ("after", "before")),
            Kind("no-result", "nothing", "never writes the log; phase after: though the records are stored"),
            Kind("system-fault", "nothing", "fails every record with S9999 (students) or S2000 (exchange visitors)"),
            *_always(_LOG_KINDS, "after"),
        ),
        RECORD: (
            Kind("error", "text", "fails the record with this code; phase after: though it is stored", "S9999",
                 _record_code),
            Kind("no-pdf", "nothing", "prints no forms for the record; its data is stored", None, None, ("after",)),
            Kind("upper-case-name", "nothing", "stores the names in capitals, so that they differ from the client's",
                 None, None, ("after",)),
        ),
    },
    facts=(
        "system", "organization", "user", "batch", "certificate", "file", "request", "event", "sevisid", "population",
        "code", "listener", "peer",
    ),
)  # fmt: skip
"""What can go wrong where. Facts that a place does not know never match a pattern other than ``*``."""


def moments(calendar: Calendar) -> Moment:
    """Return what reads ``from`` and ``until``: the grammar of instants, and ``friday 20:00``: the next one."""

    def read(text: str, start: datetime) -> datetime:
        words = " ".join(text.lower().split())
        if found := _WEEKDAY.fullmatch(words):
            wall, wanted, today = parse_wall(found["wall"]), _DAYS.index(found["day"]), calendar.today(start)
            for ahead in range(8):
                day = today + timedelta(days=ahead)
                if day.weekday() == wanted and (at := calendar.at(day, wall)) > start:
                    return at
        instant = parse_instant(text)
        if not isinstance(instant, (Fixed, Later, NextBusinessDay)):
            raise InstantError(
                f"{quoted(text)} depends on what is due; name a time (2026-03-06T20:00-05:00, friday 20:00)"
            )
        return instant.resolve(start, calendar, PROFILES[PRODUCTION.name])

    return read
