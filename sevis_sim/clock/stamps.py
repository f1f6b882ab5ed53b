"""The one shape of an instant - aware, UTC, whole milliseconds - and the texts it is written in.

Milliseconds, because that is what a transaction log prints (``2019-05-21T11:55:36.234-04:00``: reference
sevis-protocol.md §6.6, the raw answer of the beta system); what is finer is cut off, never rounded up, so that an
instant just before a cut-off stays before it.
"""

import functools
import re
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sevis_sim.clock.hints import quoted

EASTERN: tzinfo = ZoneInfo("America/New_York")
"""Eastern time with its changes of the clocks (design.md "Time")."""

FIXED_EST: tzinfo = timezone(timedelta(hours=-5), "EST")
"""Eastern Standard Time all year: the switch of design.md "Time"."""

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
"""Bounds of simulated time: between them the federal holidays are known (`holidays` knows none after 2100)."""

EXAMPLE = "2026-03-06T21:50-05:00"

_ISO = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})"
    r"(?:[Tt ](?P<time>\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)"
    r"\s?(?P<offset>[Zz]|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)
_WALL = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HTTP = re.compile(r"([A-Z][a-z]{2}), (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT", re.ASCII)


def as_utc(instant: datetime) -> datetime:
    """Return the same instant in UTC, cut to whole milliseconds.

    Raises:
        ValueError: it has no offset, so it names no instant; or it falls out of the years 1 to 9999.

    """
    if instant.tzinfo is UTC and instant.microsecond % 1000 == 0:
        return instant
    if instant.utcoffset() is None:
        raise ValueError(f"{instant.isoformat()} has no offset from UTC, so it names no instant")
    try:
        utc = instant.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{instant.isoformat()} is beyond the years of a calendar once it is in UTC") from None
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def looks_iso(text: str) -> bool:
    """Tell whether a text is meant as an ISO instant, right or wrong: it begins with four digits and a hyphen."""
    return re.match(r"\d{4}-", text, re.ASCII) is not None


def parse_stamp(text: str) -> datetime:
    """Read an ISO instant with its offset; minutes are precise enough: ``2026-03-06T21:50-05:00``, ``…T02:50Z``.

    Returns:
        the instant in UTC, cut to milliseconds.

    Raises:
        ValueError: one line that says what is wrong and gives an example.

    """
    found = _ISO.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{quoted(text)} is not an ISO time with offset, as in {EXAMPLE}")
    day, clock, offset = found["day"], found["time"], found["offset"]
    if clock is None:
        raise ValueError(f"{quoted(text)} is a day without a time: write one, as in {EXAMPLE}")
    try:
        # fromisoformat knows at most six digits of a second.
        whole, _, fraction = clock.replace(",", ".").partition(".")
        wall = datetime.fromisoformat(f"{day}T{whole}.{fraction[:6]}" if fraction else f"{day}T{whole}")
        if offset is None:
            # Silence about the offset is the classic way to be five hours off; say what Eastern would be then.
            eastern = wall.replace(tzinfo=EASTERN).isoformat(timespec="minutes")
            raise ValueError(f"it has no offset: add one, as in {eastern} (Eastern at that time) or Z for UTC")
        return as_utc(wall.replace(tzinfo=_zone(offset)))
    except ValueError as error:
        raise ValueError(f"{quoted(text)} names no instant: {error}") from None


def _zone(offset: str) -> tzinfo:
    """Return the fixed zone of ``Z``, ``-05:00``, ``-0500`` or ``-05``."""
    if offset in "Zz":
        return UTC
    hours, minutes = int(offset[1:3]), int(offset[3:].lstrip(":") or 0)
    if hours > 14 or minutes > 59:
        raise ValueError(f"no place has the offset {offset}")
    size = timedelta(hours=hours, minutes=minutes)
    return timezone(-size if offset[0] == "-" else size)


def stamp(instant: datetime, zone: tzinfo = EASTERN) -> str:
    """Write an instant as a transaction log does: ``2019-05-21T11:55:36.234-04:00``."""
    return _stamp(as_utc(instant), zone)


def http_date(instant: datetime) -> str:
    """Write an instant for a ``Date`` header (RFC 9110 §5.6.7): ``Tue, 21 May 2019 15:55:36 GMT``, in any locale."""
    return _http_date(as_utc(instant))


# A clock that stands still asks for the same texts with every request. In UTC, for there equal instants are the same.


@functools.lru_cache(maxsize=64)
def _stamp(utc: datetime, zone: tzinfo) -> str:
    return utc.astimezone(zone).isoformat(timespec="milliseconds")


@functools.lru_cache(maxsize=64)
def _http_date(utc: datetime) -> str:
    return f"{_DAYS[utc.weekday()]}, {utc.day:02d} {_MONTHS[utc.month - 1]} {utc.year:04d} {utc:%H:%M:%S} GMT"


def parse_http_date(text: str) -> datetime:
    """Read an HTTP date in the form that is sent today (RFC 9110 §5.6.7, IMF-fixdate).

    Raises:
        ValueError: it has another form, or names no day.

    """
    found = _HTTP.fullmatch(text.strip())
    if found is None or found[1] not in _DAYS or found[3] not in _MONTHS:
        raise ValueError(f"{quoted(text)} is not an HTTP date, as in 'Tue, 21 May 2019 15:55:36 GMT'")
    try:
        day = datetime(int(found[4]), _MONTHS.index(found[3]) + 1, int(found[2]), tzinfo=UTC)
        instant = day.replace(hour=int(found[5]), minute=int(found[6]), second=int(found[7]))
    except ValueError as error:
        raise ValueError(f"{quoted(text)} names no instant: {error}") from None
    if _DAYS[instant.weekday()] != found[1]:
        raise ValueError(f"{quoted(text)} contradicts itself: that day is a {_DAYS[instant.weekday()]}")
    return instant


def zone_named(name: str) -> tzinfo:
    """Return a zone by the name a config file gives it: ``America/New_York``, ``EST`` (fixed), or another IANA name.

    Raises:
        ValueError: no zone has that name.

    """
    if name == "EST":
        return FIXED_EST
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"{quoted(name)} is no time zone: expected America/New_York, EST (no daylight saving), or another IANA name"
        ) from None


def parse_wall(text: str) -> time:
    """Read a time as wall clocks show it: ``6:00``, ``06:00``, ``06:00:30``.

    Raises:
        ValueError: it has another form, or no clock shows it.

    """
    found = _WALL.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{quoted(text)} is no wall time, as in 06:00")
    try:
        return time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError as error:
        raise ValueError(f"{quoted(text)} is no wall time: {error}") from None


def wall_text(wall: time) -> str:
    """Write a wall time as `parse_wall` reads it: ``06:00``, with seconds only where there are some."""
    return wall.isoformat("seconds" if wall.second else "minutes")
