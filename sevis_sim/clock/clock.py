"""A clock that stands still, runs with the wall clock, or runs faster than it."""

import math
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal, Self

from sevis_sim.clock.durations import format_duration
from sevis_sim.clock.hints import did_you_mean, quoted
from sevis_sim.clock.stamps import EARLIEST, EASTERN, EXAMPLE, LATEST, as_utc, looks_iso, parse_stamp, stamp

Mode = Literal["frozen", "real", "scaled"]
Wall = Callable[[], float]
"""A source of wall time: seconds since 1970, like `time.time`."""

FASTEST = 1_000_000.0
"""The largest factor of a scaled clock."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SCALED = re.compile(r"(?P<start>.*?)\s*[x×]\s*(?P<factor>[\d.]\S*)", re.I | re.ASCII)
_EXPECTED = f"expected 'real', a time with offset ({EXAMPLE}) to stand still at, or that and a speed ({EXAMPLE} x600)"


class ClockError(ValueError):
    """A clock that cannot be made or moved so; the message is one line."""


class Clock:
    """Simulated time as a straight line over wall time; a slope of 0 stands still, 1 keeps pace, 600 runs fast.

    The time shown never goes back, even if the wall clock is set back under a running clock: then it waits. Used from
    one thread, or under a lock.
    """

    def __init__(self, start: datetime, factor: float, wall: Wall = time.time) -> None:
        self._wall = wall
        self._factor = _checked_factor(factor)
        self._anchor_wall = self._wall_us()
        self._anchor = _micros(_checked(start))
        self._reached = self._anchor
        self._shown: datetime | None = None
        """What `_reached` is shown as; None where it was changed."""

    @classmethod
    def frozen(cls, at: datetime, wall: Wall = time.time) -> Self:
        """Return a clock that stands still at an instant until it is moved."""
        return cls(at, 0, wall)

    @classmethod
    def real(cls, offset: timedelta = timedelta(), wall: Wall = time.time) -> Self:
        """Return a clock that runs with the wall clock, ahead of it by an offset (behind it, if negative)."""
        clock = cls(EARLIEST, 1, wall)
        shown = clock._anchor_wall + offset // _MICROSECOND
        if not _micros(EARLIEST) <= shown < _micros(LATEST):
            raise ClockError(f"the offset {format_duration(offset)} leads out of the years 1970 to 2099")
        clock._anchor = clock._reached = shown
        return clock

    @classmethod
    def scaled(cls, at: datetime, factor: float, wall: Wall = time.time) -> Self:
        """Return a clock that starts at an instant and runs ``factor`` times as fast as the wall clock.

        Raises:
            ClockError: the factor is not above 0 or exceeds a million.

        """
        if factor == 0:
            raise ClockError("a clock with the factor 0 would stand still: use a frozen clock")
        return cls(at, factor, wall)

    @property
    def mode(self) -> Mode:
        """What kind of clock this is. A clock scaled by 1 is a real one."""
        if self._factor == 0:
            return "frozen"
        return "real" if self._factor == 1 else "scaled"

    @property
    def factor(self) -> float:
        """How many seconds pass here in a second of wall time: 0 frozen, 1 real."""
        return self._factor

    def now(self) -> datetime:
        """Return the time shown: UTC, cut to milliseconds, never before what was shown earlier."""
        reached = max(self._reached, min(self._line(), _LAST))
        if reached != self._reached or self._shown is None:
            self._reached = reached
            self._shown = _instant(reached // 1000 * 1000)
        return self._shown

    def set(self, instant: datetime, *, allow_backward: bool = False) -> datetime:
        """Move to an instant; a running clock runs on from there.

        Args:
            instant: where to go; where the clock is already is allowed.
            allow_backward: for a sandbox in which nothing has happened yet.

        Returns:
            the time shown now.

        Raises:
            ClockError: the instant lies before now or outside the years 1970 to 2099; nothing has changed then.

        """
        target = _checked(instant)
        now = self.now()
        if target < now and not allow_backward:
            raise ClockError(f"time only moves forward: it is {stamp(now)}, and {stamp(target)} is before that")
        if target != now:
            self._anchor_wall, self._anchor = self._wall_us(), _micros(target)
            self._reached, self._shown = self._anchor, None
        return target

    def advance_to(self, instant: datetime) -> datetime:
        """Move forward to an instant; `set` without the way back."""
        return self.set(instant)

    def freeze(self) -> None:
        """Stand still from now on."""
        self._restart(0)

    def run(self, factor: float = 1) -> None:
        """Run from the time shown now, with the wall clock or ``factor`` times as fast.

        Raises:
            ClockError: the factor is not above 0 or exceeds a million.

        """
        if factor == 0:
            raise ClockError("a clock with the factor 0 would stand still: freeze it instead")
        self._restart(_checked_factor(factor))

    def _restart(self, factor: float) -> None:
        now = self.now()
        self._anchor_wall, self._anchor, self._factor = self._wall_us(), _micros(now), factor

    def wall_delay_until(self, instant: datetime) -> float | None:
        """Return how many seconds of wall time a running clock needs to reach an instant.

        Returns:
            0.0 if it is there already, None if it stands still short of it. A timer set to this may ring a moment
            early by its own inaccuracy; whoever waits asks again.

        """
        target = _micros(as_utc(instant))
        if self.now() >= as_utc(instant):
            return 0.0
        if self._factor == 0:
            return None
        return math.ceil((target - self._line()) / self._factor) / 1e6

    def describe(self, zone: tzinfo = EASTERN) -> str:
        """Return one phrase on how this clock runs and what it shows, for people."""
        now = self.now()
        if self._factor == 0:
            return f"standing still at {stamp(now, zone)}"
        if self._factor == 1:
            offset = timedelta(microseconds=self._anchor - self._anchor_wall)
            if abs(offset) < timedelta(milliseconds=1):
                how = "running with the wall clock"
            else:
                side = "ahead of" if offset > timedelta() else "behind"
                how = f"running {format_duration(abs(offset))} {side} the wall clock"
        else:
            how = f"running {self._factor:g} times as fast as the wall clock"
        return f"{how}, now {stamp(now, zone)}"

    def to_state(self) -> dict[str, str | float]:
        """Return what `from_state` needs to go on, as plain JSON values.

        A running clock goes on while it is away: like a real one it is ahead when it comes back, and so a process
        that was killed after its last save still cannot show an earlier time than before.
        """
        self.now()
        return {
            "mode": self.mode,
            "factor": self._factor,
            "instant": _instant(self._anchor).isoformat(),
            "wall": _instant(self._anchor_wall).isoformat(),
            "reached": _instant(self._reached).isoformat(),
        }

    @classmethod
    def from_state(cls, state: Mapping[str, object], wall: Wall = time.time) -> Self:
        """Return the clock that a state describes.

        Raises:
            ClockError: the state is not one that `to_state` returns.

        """
        try:
            instants = {key: datetime.fromisoformat(str(state[key])) for key in ("instant", "wall", "reached")}
            micros = {key: _micros(value) for key, value in instants.items()}
            clock = cls(_instant(micros["reached"]), float(str(state["factor"])), wall)
        except (KeyError, ValueError, TypeError) as error:
            raise ClockError(f"{quoted(dict(state))} is no stored clock: {error!r}") from None
        if state.get("mode") != clock.mode:
            raise ClockError(f"{quoted(dict(state))} is no stored clock: its mode does not fit its factor")
        clock._anchor, clock._anchor_wall, clock._reached = (
            micros["instant"],
            micros["wall"],
            micros["reached"],
        )
        return clock

    def __repr__(self) -> str:
        return f"<Clock {self.describe()}>"

    def _wall_us(self) -> int:
        return round(self._wall() * 1e6)

    def _line(self) -> int:
        """Return the time on the line, in microseconds; a wall clock set back takes it back, unlike `now`."""
        if self._factor == 0:
            return self._anchor
        passed = self._wall_us() - self._anchor_wall
        return self._anchor + (passed if self._factor == 1 else math.floor(passed * self._factor))


def parse_clock(text: str | datetime, wall: Wall = time.time) -> Clock:
    """Read a clock as ``--clock`` and scenarios write it.

    ``real`` runs with the wall clock; ``2026-03-06T21:50-05:00`` stands still there; ``2026-03-06T21:50-05:00 x600``
    starts there and runs 600 times as fast; ``real x600`` starts now and does.

    Raises:
        ClockError: one line that says what was expected.

    """
    if isinstance(text, datetime):
        if text.utcoffset() is None:
            raise ClockError(f"{text.isoformat()} has no offset: add one, as in {EXAMPLE}")
        return Clock.frozen(text, wall)
    if not isinstance(text, str):
        raise ClockError(f"{quoted(text)} is no clock: {_EXPECTED}")
    words = " ".join(text.split())
    factor: float | None = None
    if found := _SCALED.fullmatch(words):
        words = found["start"]
        if not words:
            raise ClockError(f"{quoted(text)} says how fast but not from when: {_EXPECTED}")
        try:
            factor = float(found["factor"])
        except ValueError:
            raise ClockError(
                f"{quoted(text)} has the speed {found['factor']!r}: expected a number, as in x600"
            ) from None
    if words.lower() == "real":
        clock = Clock.real(wall=wall)
        if factor is not None:
            clock.run(factor)
        return clock
    if not looks_iso(words):
        raise ClockError(f"{quoted(text)} is no clock{did_you_mean(words, ('real',))}: {_EXPECTED}")
    try:
        start = parse_stamp(words)
    except ValueError as error:
        raise ClockError(f"{quoted(text)} is no clock: {error}; {_EXPECTED}") from None
    return Clock.frozen(start, wall) if factor is None else Clock.scaled(start, factor, wall)


def _checked(instant: datetime) -> datetime:
    """Return an instant in UTC, if a clock can show it."""
    try:
        utc = as_utc(instant)
    except ValueError as error:
        raise ClockError(str(error)) from None
    if not EARLIEST <= utc < LATEST:
        raise ClockError(f"{utc.isoformat()} is out of the years that a clock can show, 1970 to 2099")
    return utc


def _checked_factor(factor: float) -> float:
    if not 0 <= factor <= FASTEST:  # also refuses NaN
        raise ClockError(f"the speed {factor:g} is out of range: expected a number above 0, up to {FASTEST:g}")
    return float(factor)


def _micros(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


def _instant(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


_LAST = _micros(LATEST) - 1
