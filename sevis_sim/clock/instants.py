"""The one grammar of instants for command line, YAML, control API and Python (design.md "Time").

===================================  ==================================================================================
``2026-03-06T21:50-05:00``           that instant; seconds and milliseconds may follow the minutes, ``Z`` means UTC
``+30s`` ``+15m`` ``+2h``            that much exact time after now
``+3d``                              the same wall time three days later
``+3bd``                             the same wall time on the third business day after today
``+1d12h``                           steps in the order written
``next-event``                       when the next due work is due
``next-window``                      the start of the next processing window
``next-business-day [HH:MM]``        the next business day after today, at 06:00 or the time given
===================================  ==================================================================================
"""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sevis_sim.clock.calendar import Calendar
from sevis_sim.clock.durations import DurationError, Step, format_exact, parse_steps
from sevis_sim.clock.hints import did_you_mean, quoted
from sevis_sim.clock.profile import Profile
from sevis_sim.clock.stamps import (
    EARLIEST,
    EXAMPLE,
    LATEST,
    as_utc,
    looks_iso,
    parse_stamp,
    parse_wall,
    stamp,
    wall_text,
)

DEFAULT_MORNING = time(6)
"""The wall time of ``next-business-day`` where none is given (design.md "Time")."""

EXPECTED = (
    f"expected a time with offset ({EXAMPLE}), a length of time (+30s, +2h, +3d, +3bd), "
    "next-event, next-window or next-business-day [HH:MM]"
)
_OUTSIDE = "leads out of the years that a clock can show, 1970 to 2099"
_KEYWORDS = ("next-event", "next-window", "next-business-day")
_NEXT_DAY = re.compile(r"next-business-day(?: (?P<wall>\S+))?")


class InstantError(ValueError):
    """A text that names no instant, or an instant that does not exist; the message is one line."""


class Instant(ABC):
    """An instant as written, which only the state of a clock turns into a point in time. ``str()`` writes it back."""

    def resolve(
        self, now: datetime, calendar: Calendar, profile: Profile, next_event: datetime | None = None
    ) -> datetime:
        """Return the point in time that this means, in UTC.

        An ISO instant may lie in the past; whether a clock may go there is the clock's affair.

        Args:
            now: the time on the clock.
            calendar: whose days, business days and wall times count.
            profile: whose processing windows count.
            next_event: when the next due work is due; None if there is none.

        Raises:
            InstantError: there is no such instant: nothing is due, there are no windows, or it lies outside the years
                1970 to 2099.

        """
        try:
            found = as_utc(self._resolve(as_utc(now), calendar, profile, next_event))
        except OverflowError:
            found = None
        if found is None or not EARLIEST <= found < LATEST:
            raise InstantError(f"'{self}' {_OUTSIDE}")
        return found

    @abstractmethod
    def _resolve(
        self, now: datetime, calendar: Calendar, profile: Profile, next_event: datetime | None
    ) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Fixed(Instant):
    """A point in time, written as ISO."""

    instant: datetime

    def _resolve(self, now: datetime, calendar: Calendar, profile: Profile, next_event: datetime | None) -> datetime:
        del now, calendar, profile, next_event
        return self.instant

    def __str__(self) -> str:
        return stamp(self.instant)


@dataclass(frozen=True, slots=True)
class Later(Instant):
    """Steps from now. Exact units are exact time; days and business days keep the wall time."""

    steps: tuple[Step, ...]

    def _resolve(self, now: datetime, calendar: Calendar, profile: Profile, next_event: datetime | None) -> datetime:
        del profile, next_event
        found = now
        for step in self.steps:
            if step.unit == "ms":
                found += timedelta(milliseconds=step.amount)
            else:
                found = calendar.add_days(found, step.amount, business=step.unit == "bd")
        return found

    def __str__(self) -> str:
        return "+" + "".join(
            format_exact(step.amount) if step.unit == "ms" else f"{step.amount}{step.unit}" for step in self.steps
        )


@dataclass(frozen=True, slots=True)
class NextEvent(Instant):
    """When the next due work is due; now, if it is overdue."""

    def _resolve(self, now: datetime, calendar: Calendar, profile: Profile, next_event: datetime | None) -> datetime:
        del calendar, profile
        if next_event is None:
            raise InstantError(
                "nothing is due, so there is no next event; move by a length of time (+1h) or to next-window instead"
            )
        return max(now, as_utc(next_event))

    def __str__(self) -> str:
        return "next-event"


@dataclass(frozen=True, slots=True)
class NextWindow(Instant):
    """The start of the next processing window, strictly after now."""

    def _resolve(self, now: datetime, calendar: Calendar, profile: Profile, next_event: datetime | None) -> datetime:
        del next_event
        found = profile.next_window(now, calendar)
        if found is None:
            raise InstantError(
                f"{profile.name or 'this profile'} has no processing windows: it processes each arrival "
                f"{profile.to_mapping()['delay']} later; use next-event instead"
            )
        return found

    def __str__(self) -> str:
        return "next-window"


@dataclass(frozen=True, slots=True)
class NextBusinessDay(Instant):
    """A wall time on the first business day strictly after today."""

    wall: time = DEFAULT_MORNING

    def _resolve(self, now: datetime, calendar: Calendar, profile: Profile, next_event: datetime | None) -> datetime:
        del profile, next_event
        return calendar.at(calendar.next_business_day(calendar.today(now)), self.wall)

    def __str__(self) -> str:
        return f"next-business-day {wall_text(self.wall)}"


def parse_instant(text: str | datetime, *, bare_duration: bool = False) -> Instant:
    """Read an instant.

    Args:
        text: as the table above; a datetime with offset is taken as it is (YAML readers make them of ISO texts).
        bare_duration: whether ``30s`` means ``+30s``, as ``clock set`` and ``clock advance`` have it.

    Raises:
        InstantError: one line that says what was expected, with examples and the nearest right word.

    """
    if isinstance(text, datetime):
        if text.utcoffset() is None:
            raise InstantError(f"{text.isoformat()} has no offset: add one, as in {EXAMPLE}")
        return _fixed(text)
    if not isinstance(text, str):
        raise InstantError(f"{quoted(text)} is no text: {EXPECTED}")
    words = " ".join(text.lower().split())
    if looks_iso(words):
        try:
            return _fixed(parse_stamp(text))
        except ValueError as error:
            raise InstantError(str(error)) from None
    if words.startswith("+"):
        return _later(words)
    if words in ("next-event", "next-window"):
        return NextEvent() if words == "next-event" else NextWindow()
    if found := _NEXT_DAY.fullmatch(words):
        return _next_business_day(text, found["wall"])
    if _is_duration(words):
        if bare_duration:
            return _later(f"+{words}")
        raise InstantError(f"{quoted(text)} is no instant (did you mean '+{words}'?): {EXPECTED}")
    if words.startswith("-"):
        raise InstantError(f"{quoted(text)} leads back, but time only moves forward: {EXPECTED}")
    raise InstantError(f"{quoted(text)} is no instant{did_you_mean(words, _KEYWORDS)}: {EXPECTED}")


def _fixed(instant: datetime) -> Fixed:
    try:
        utc = as_utc(instant)
    except ValueError as error:
        raise InstantError(str(error)) from None
    if not EARLIEST <= utc < LATEST:
        raise InstantError(f"{utc.isoformat()} {_OUTSIDE}")
    return Fixed(utc)


def _later(words: str) -> Later:
    try:
        return Later(parse_steps(words[1:]))
    except DurationError as error:
        raise InstantError(f"{quoted(words)}: {error}") from None


def _is_duration(words: str) -> bool:
    try:
        parse_steps(words)
    except DurationError:
        return False
    return True


def _next_business_day(text: str, wall: str | None) -> NextBusinessDay:
    if wall is None:
        return NextBusinessDay()
    try:
        return NextBusinessDay(parse_wall(wall))
    except ValueError as error:
        raise InstantError(f"{quoted(text)}: {error}; {EXPECTED}") from None
