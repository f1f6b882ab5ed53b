"""When a service is open, and when it processes what it has received."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self

from sevis_sim.clock.calendar import Calendar
from sevis_sim.clock.durations import DurationError, format_duration, parse_duration
from sevis_sim.clock.hints import did_you_mean, quoted
from sevis_sim.clock.stamps import as_utc, parse_wall, wall_text

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEK = timedelta(days=7)
_HOURS = re.compile(
    r"([a-z]+) (\d{1,2}:\d{2}(?::\d{2})?)(?: to | ?- ?)([a-z]+) (\d{1,2}:\d{2}(?::\d{2})?)", re.I | re.ASCII
)
_LONGEST = timedelta(days=3650)
_NIGHTLY = ("cutoff", "window", "available")
_KEYS = ("hours", "delay", *_NIGHTLY, "retention")


class ProfileError(ValueError):
    """A profile that cannot be read; the message is one line that names the key and what was expected."""


@dataclass(frozen=True, slots=True)
class Hours:
    """One span of a week, repeated every week; the opening belongs to it, the closing does not.

    Holidays do not matter to it: on a federal holiday the service is open, it is only no business day.
    """

    open_day: int
    """Weekday, Monday is 0."""
    open_time: time
    close_day: int
    close_time: time

    def latest(self, instant: datetime, calendar: Calendar) -> tuple[datetime, datetime]:
        """Return opening and closing of the latest span that has begun at an instant, which may have closed since."""
        today = calendar.today(instant)
        day = today - timedelta(days=(today.weekday() - self.open_day) % 7)
        if calendar.at(day, self.open_time) > instant:
            day -= _WEEK
        return self._span(day, calendar)

    def following(self, instant: datetime, calendar: Calendar) -> tuple[datetime, datetime]:
        """Return opening and closing of the first span that begins strictly after an instant."""
        opening, _ = self.latest(instant, calendar)
        return self._span(calendar.today(opening) + _WEEK, calendar)

    def _span(self, day: date, calendar: Calendar) -> tuple[datetime, datetime]:
        length = (self.close_day - self.open_day) % 7
        if length == 0 and self.close_time <= self.open_time:
            length = 7
        opening = calendar.at(day, self.open_time)
        return opening, calendar.at(day + timedelta(days=length), self.close_time)

    def __str__(self) -> str:
        opening = f"{_DAYS[self.open_day]} {wall_text(self.open_time)}"
        return f"{opening} to {_DAYS[self.close_day]} {wall_text(self.close_time)}"


@dataclass(frozen=True, slots=True)
class Nightly:
    """Processing once in the night of every business day, results on the next business day. Local wall times."""

    cutoff: time
    """What comes at this time or later waits for the window of the next business day."""
    window: time
    """When processing begins; not before the cut-off."""
    available: time
    """From when results are handed out, on the next business day."""


@dataclass(frozen=True, slots=True)
class Delayed:
    """Processing some time after each arrival, day and night."""

    delay: timedelta


@dataclass(frozen=True, slots=True)
class Schedule:
    """What becomes of one arrival: both instants in UTC."""

    due: datetime
    """When it is processed."""
    available: datetime
    """From when its result can be fetched."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How one service keeps time."""

    name: str
    hours: Hours | None
    """None means always open."""
    processing: Nightly | Delayed
    retention: timedelta
    """How long results are kept once they are available."""

    def is_open(self, instant: datetime, calendar: Calendar) -> bool:
        """Tell whether the service takes and hands out anything at an instant."""
        if self.hours is None:
            return True
        instant = as_utc(instant)
        opening, closing = self.hours.latest(instant, calendar)
        return opening <= instant < closing

    def next_opening(self, instant: datetime, calendar: Calendar) -> datetime:
        """Return the instant itself if the service is open then, else when it opens next."""
        instant = as_utc(instant)
        if self.hours is None or self.is_open(instant, calendar):
            return instant
        return self.hours.following(instant, calendar)[0]

    def opening_offset(self, instant: datetime, calendar: Calendar) -> timedelta:
        """Return how far a clock must go ahead of an instant to find the service open: zero if it is.

        A simulator that runs with the wall clock starts with this offset, so that a first try on a Sunday works
        (design.md "Time").
        """
        return self.next_opening(instant, calendar) - as_utc(instant)

    def closes(self, instant: datetime, calendar: Calendar) -> datetime | None:
        """Return when the service closes next after an instant; None if it never does.

        If it is closed at the instant, that is the end of its next opening.
        """
        if self.hours is None:
            return None
        instant = as_utc(instant)
        _, closing = self.hours.latest(instant, calendar)
        return closing if closing > instant else self.hours.following(instant, calendar)[1]

    def schedule(self, received: datetime, calendar: Calendar) -> Schedule:
        """Return when something received at an instant is processed, and from when its result can be fetched.

        Nightly: what comes before the cut-off of a business day is processed in the window of that day, anything else
        in the window of the next business day; the result is there on the business day after (design.md "Systems
        served at once"; Batch Reference Manual 2005 §2.1). Delayed: processed after the delay, open or not; the result
        can be fetched at once, or from the next opening where the service has closed meanwhile.
        """
        received = as_utc(received)
        if isinstance(self.processing, Delayed):
            due = as_utc(received + self.processing.delay)
            return Schedule(due, self.next_opening(due, calendar))
        nightly = self.processing
        night = calendar.today(received)
        if not calendar.is_business_day(night) or received >= calendar.at(night, nightly.cutoff):
            night = calendar.next_business_day(night)
        ready = calendar.at(calendar.next_business_day(night), nightly.available)
        return Schedule(calendar.at(night, nightly.window), self.next_opening(ready, calendar))

    def next_window(self, instant: datetime, calendar: Calendar) -> datetime | None:
        """Return the start of the first processing window strictly after an instant; None if there are no windows."""
        if isinstance(self.processing, Delayed):
            return None
        instant = as_utc(instant)
        night = calendar.today(instant)
        if calendar.is_business_day(night):
            tonight = calendar.at(night, self.processing.window)
            if tonight > instant:
                return tonight
        return calendar.at(calendar.next_business_day(night), self.processing.window)

    @classmethod
    def from_mapping(cls, values: Mapping[str, object], *, name: str = "", base: Self | None = None) -> Self:
        """Read a profile as config files and scenarios write it.

        Keys: ``hours`` (``Monday 06:00 to Saturday 00:00``, or ``always``); either ``delay`` (``20m``) or ``cutoff``,
        ``window`` and ``available`` (``22:00``; the cut-off may be left out where it is the window's start);
        ``retention`` (``90d``).

        Args:
            values: the keys to set.
            name: the profile's name; that of ``base`` if empty.
            base: where keys that are not set come from; without it all are needed. A ``delay`` replaces nightly
                processing and the other way round.

        Raises:
            ProfileError: an unknown, missing or contradictory key, or a value of another form.

        """
        name = name or (base.name if base else "")
        where = f"profile {name!r}" if name else "profile"
        for key in values:
            if key not in _KEYS:
                hint = did_you_mean(str(key), _KEYS)
                raise ProfileError(f"{where}: unknown key {quoted(key)}{hint}; known keys are {', '.join(_KEYS)}")
        nightly_keys = [key for key in _NIGHTLY if key in values]
        if "delay" in values and nightly_keys:
            raise ProfileError(
                f"{where}: 'delay' and {nightly_keys[0]!r} exclude each other; keep one kind of processing"
            )
        merged: dict[str, object] = dict(base.to_mapping()) if base else {}
        if "delay" in values:
            for key in _NIGHTLY:
                merged.pop(key, None)
        elif nightly_keys:
            merged.pop("delay", None)
            if "window" in values and merged.get("cutoff") == merged.get("window"):
                merged.pop("cutoff", None)  # where the two were one time, moving the window moves both
        merged.update(values)
        for key in ("hours", "retention", *(() if "delay" in merged else ("window", "available"))):
            if key not in merged:
                raise ProfileError(f"{where}: {key!r} is missing; it takes {_EXPECTED[key]}")
        return cls(
            name,
            _read_hours(merged["hours"], where),
            _read_processing(merged, where),
            _read_length(merged, "retention", where),
        )

    def to_mapping(self) -> dict[str, str]:
        """Return the profile as `from_mapping` reads it, for config listings and the control API."""
        if isinstance(self.processing, Delayed):
            processing = {"delay": format_duration(self.processing.delay)}
        else:
            processing = {key: wall_text(getattr(self.processing, key)) for key in _NIGHTLY}
        hours = {"hours": str(self.hours) if self.hours else "always"}
        return hours | processing | {"retention": format_duration(self.retention)}


_EXPECTED = {
    "hours": "a span such as 'Monday 06:00 to Saturday 00:00', or 'always'",
    "delay": "a length of time such as 20m or 6s",
    "cutoff": "a wall time such as '22:00'",
    "window": "a wall time such as '22:00'",
    "available": "a wall time such as '06:00'",
    "retention": "a length of time such as 90d",
}


def _read_hours(value: object, where: str) -> Hours | None:
    text = value.strip() if isinstance(value, str) else ""
    if text.lower() == "always":
        return None
    found = _HOURS.fullmatch(" ".join(text.split()))
    if found is None:
        raise ProfileError(f"{where}: 'hours' takes {_EXPECTED['hours']}; found {quoted(value)}")
    days = [_weekday(found[group], where) for group in (1, 3)]
    try:
        hours = Hours(days[0], parse_wall(found[2]), days[1], parse_wall(found[4]))
    except ValueError as error:
        raise ProfileError(f"{where}: 'hours': {error}") from None
    if (hours.open_day, hours.open_time) == (hours.close_day, hours.close_time):
        raise ProfileError(f"{where}: 'hours' opens and closes at the same time; for no closing write 'always'")
    return hours


def _weekday(word: str, where: str) -> int:
    for number, day in enumerate(_DAYS):
        if word.lower() in (day.lower(), day[:3].lower()):
            return number
    hint = did_you_mean(word, [day.lower() for day in _DAYS])
    raise ProfileError(f"{where}: 'hours' names the unknown day {word!r}{hint}; it takes {_EXPECTED['hours']}")


def _read_processing(values: Mapping[str, object], where: str) -> Nightly | Delayed:
    if "delay" in values:
        return Delayed(_read_length(values, "delay", where))
    window = _read_wall(values, "window", where)
    cutoff = _read_wall(values, "cutoff", where) if "cutoff" in values else window
    if cutoff > window:
        raise ProfileError(f"{where}: 'cutoff' {cutoff:%H:%M} is after 'window' {window:%H:%M}; it must not be later")
    return Nightly(cutoff, window, _read_wall(values, "available", where))


def _read_wall(values: Mapping[str, object], key: str, where: str) -> time:
    value = values[key]
    try:
        return parse_wall(value if isinstance(value, str) else "")
    except ValueError:
        raise ProfileError(f"{where}: {key!r} takes {_EXPECTED[key]}; found {quoted(value)}") from None


def _read_length(values: Mapping[str, object], key: str, where: str) -> timedelta:
    value = values[key]
    try:
        length = parse_duration(value if isinstance(value, str) else "")
    except DurationError:
        raise ProfileError(f"{where}: {key!r} takes {_EXPECTED[key]}; found {quoted(value)}") from None
    if length > _LONGEST:
        raise ProfileError(f"{where}: {key!r} takes at most {format_duration(_LONGEST)}; found {quoted(value)}")
    return length
