"""Lengths of time as people write them: ``30s``, ``2h``, ``1d12h``.

Steps of the grammar of instants share the syntax; there ``d`` and ``bd`` count days of a calendar, here a day is 24
hours and a business day has no length.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from sevis_sim.clock.hints import did_you_mean, quoted

EXPECTED = "expected a length such as 30s, 15m, 2h, 3d or 1d12h"

EXACT_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
}
"""Units of exact time; whole and broken numbers may stand before them."""

DAY_UNITS = ("d", "bd")
"""Calendar units, which take whole numbers only."""

MOST = {"ms": 10**15, "s": 10**12, "m": 10**10, "h": 10**9, "d": 10**6, "bd": 10_000}
"""The largest number before a unit, so that no typing error makes a machine count for hours."""

_WORDS = {
    "ms": ("msec", "millis", "millisecond", "milliseconds"),
    "s": ("sec", "secs", "second", "seconds"),
    "m": ("min", "mins", "minute", "minutes"),
    "h": ("hr", "hrs", "hour", "hours"),
    "d": ("day", "days"),
    "bd": ("bday", "bdays", "businessday", "businessdays"),
}
_PART = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)", re.ASCII)


class DurationError(ValueError):
    """A length of time that cannot be read; the message is one line that says what was expected."""


@dataclass(frozen=True, slots=True)
class Step:
    """One number and its unit. Exact units are held as whole milliseconds, under the unit ``ms``."""

    amount: int
    unit: str


def parse_steps(text: str) -> tuple[Step, ...]:
    """Split ``1d12h`` into its steps, in the order written. No sign.

    Raises:
        DurationError: a part is not a number with a unit, a unit is unknown, or a number is too large.

    """
    steps: list[Step] = []
    position = 0
    lowered = text.strip().lower()
    while position < len(lowered):
        part = _PART.match(lowered, position)
        if part is None:
            raise DurationError(f"{quoted(text)} is no length of time: {EXPECTED}")
        number, unit = Fraction(part[1]), part[2]
        if unit not in MOST:
            raise DurationError(f"{quoted(text)} has the unknown unit {unit!r}{_unit_hint(unit)}: {EXPECTED}")
        if number > MOST[unit]:
            raise DurationError(f"{quoted(text)} is too long: the most before {unit!r} is {MOST[unit]}")
        if unit in DAY_UNITS and number.denominator != 1:
            raise DurationError(f"{quoted(text)} breaks a day: before {unit!r} write a whole number, or use hours")
        steps.append(_step(number, unit))
        position = part.end()
    if not steps:
        raise DurationError(f"{quoted(text)} is no length of time: {EXPECTED}")
    return tuple(steps)


def _step(number: Fraction, unit: str) -> Step:
    if unit in DAY_UNITS:
        return Step(int(number), unit)
    return Step(int(number * (EXACT_UNITS[unit] // EXACT_UNITS["ms"])), "ms")


def _unit_hint(unit: str) -> str:
    for short, words in _WORDS.items():
        if unit in words:
            return f" (did you mean {short!r}?)"
    return did_you_mean(unit, MOST)


def parse_duration(text: str) -> timedelta:
    """Read a length of time, with or without a leading ``+``; a day is 24 hours.

    Raises:
        DurationError: one line that says what was expected.

    """
    if not isinstance(text, str):
        raise DurationError(f"{quoted(text)} has no unit or is no text: {EXPECTED}")
    total = timedelta()
    for step in parse_steps(text.strip().removeprefix("+")):
        if step.unit == "bd":
            raise DurationError(f"{quoted(text)} is no fixed length, as business days differ: {EXPECTED}")
        total += timedelta(days=step.amount) if step.unit == "d" else timedelta(milliseconds=step.amount)
    return total


def format_exact(milliseconds: int) -> str:
    """Write exact time without days, largest unit first: ``1h30m``, ``0s``."""
    parts = []
    rest = milliseconds
    for unit in ("h", "m", "s", "ms"):
        count, rest = divmod(rest, EXACT_UNITS[unit] // EXACT_UNITS["ms"])
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def format_duration(length: timedelta) -> str:
    """Write a length as `parse_duration` reads it, cut to milliseconds: ``1d12h``. A negative one begins with ``-``."""
    if length < timedelta():
        return f"-{format_duration(-length)}"
    rest = length - timedelta(days=length.days)
    if not length.days:
        return format_exact(rest // EXACT_UNITS["ms"])
    return f"{length.days}d" + (format_exact(rest // EXACT_UNITS["ms"]) if rest >= EXACT_UNITS["ms"] else "")
