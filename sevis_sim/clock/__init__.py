"""Time as pure arithmetic: no I/O, no sleeping, nothing happens here (`sevis_sim.timeline` makes things happen).

==============  =======================================================================
``stamps``      the one shape of an instant (aware, UTC, whole milliseconds) and its texts
``durations``   lengths of time as people write them: ``30s``, ``1d12h``
``calendar``    the calendar of a place: local days, holidays, business days, wall times
``profile``     when a service is open and when it processes what it received
``instants``    the one grammar of instants: ISO, ``+3bd``, ``next-window``…
``clock``       a clock that stands still, runs, or runs fast
``hints``       "did you mean" for the errors of all these
==============  =======================================================================

Every instant that a function here returns is in UTC. That is on purpose: Python compares and subtracts two datetimes
of one zone by their wall time, which is wrong across a change of the clocks. `Calendar.local` is the way to wall time.
"""

from sevis_sim.clock.calendar import Calendar
from sevis_sim.clock.clock import Clock, ClockError, parse_clock
from sevis_sim.clock.durations import DurationError, format_duration, parse_duration
from sevis_sim.clock.instants import Instant, InstantError, parse_instant
from sevis_sim.clock.profile import Profile, ProfileError, Schedule
from sevis_sim.clock.profiles import PROFILES
from sevis_sim.clock.stamps import (
    EASTERN,
    FIXED_EST,
    as_utc,
    http_date,
    parse_http_date,
    parse_stamp,
    stamp,
    zone_named,
)

__all__ = [
    "EASTERN",
    "FIXED_EST",
    "PROFILES",
    "Calendar",
    "Clock",
    "ClockError",
    "DurationError",
    "Instant",
    "InstantError",
    "Profile",
    "ProfileError",
    "Schedule",
    "as_utc",
    "format_duration",
    "http_date",
    "parse_clock",
    "parse_duration",
    "parse_http_date",
    "parse_instant",
    "parse_stamp",
    "stamp",
    "zone_named",
]
