"""Arithmetic of calendar days as the rules need it: years and months back and forth, ages, durations."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

_DURATION = re.compile(r"P(\d+)([YMWD])")
_WORDS = {"Y": "year", "M": "month", "W": "week", "D": "day"}


def shifted(day: date, years: int = 0, months: int = 0) -> date:
    """Return the day some years and months away; 29 February becomes the 28th where there is none.

    Days outside the calendar of Python (the schema allows any year) stop at its first and last day.
    """
    count = day.year * 12 + day.month - 1 + years * 12 + months
    year, month = divmod(count, 12)
    if year < date.min.year:
        return date.min
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def later(day: date, days: int) -> date:
    """Return the day ``days`` days later (earlier if negative), stopping at the ends of the calendar."""
    number = min(max(day.toordinal() + days, date.min.toordinal()), date.max.toordinal())
    return date.fromordinal(number)


def age(birth: date, on: date) -> int:
    """Return completed years of life on a day."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def us(day: date) -> str:
    """Write a day as official messages do (S2271: ``01/01/1900``)."""
    return f"{day:%m/%d}/{day.year:04d}"


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time in one unit, as the code table ``ev-duration`` has it."""

    count: int
    unit: str
    """Y, M, W or D."""

    @classmethod
    def parse(cls, text: str) -> "Duration":
        """Read an ISO 8601 duration of one unit, such as ``P18M``.

        Raises:
            ValueError: it is not one.

        """
        match = _DURATION.fullmatch(text)
        if match is None:
            raise ValueError(f"expected a duration such as P18M or P3W, not {text!r}")
        return cls(int(match[1]), match[2])

    def after(self, day: date) -> date:
        """Return the day this long after ``day``."""
        if self.unit in "YM":
            return shifted(day, months=self.count * (12 if self.unit == "Y" else 1))
        return later(day, self.count * (7 if self.unit == "W" else 1))

    def __str__(self) -> str:
        return f"{self.count} {_WORDS[self.unit]}{'s' if self.count != 1 else ''}"
