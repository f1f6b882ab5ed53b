"""Which clock a simulator starts with: as told, as the last run left it, or the wall clock at an open hour."""

from dataclasses import dataclass
from datetime import datetime

from sevis_sim.clock import Calendar, Clock, ClockError, Profile, parse_clock, stamp
from sevis_sim.sandbox import DEFAULT_NAME
from sevis_sim.simulator.errors import SimulatorError
from sevis_sim.store import Store, Transaction


async def opening_clock(
    store: Store,
    calendar: Calendar,
    production: Profile,
    told: str | datetime | None,
    notices: list[str],
    scenario: str | datetime | None = None,
) -> Clock:
    """Choose the clock of the default sandbox.

    Args:
        store: Holds the clock of the last run, if there was one.
        calendar: For the opening hours.
        production: The processing profile of production.
        told: What the user said; None if nothing.
        notices: Gets a line where the clock starts elsewhere than told.
        scenario: What the scenario says, None if nothing. It counts where the user said nothing, and only until time
            has passed it: a scenario must not stand in the way of a restart.

    Raises:
        SimulatorError: the clock would start before a batch that was received already, or the kept one is damaged.

    """
    kept = await store.read(_kept)
    if told is None and scenario is None:
        return at_opening(kept.clock or Clock.real(), calendar, production, notices)
    wanted = parse_clock(told or scenario or "real")
    if kept.clock is not None and kept.has_batches and wanted.now() < kept.clock.now():
        return _later_than_wanted(wanted, kept.clock, only_scenario=told is None, notices=notices)
    return at_opening(wanted, calendar, production, notices)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the last run left: its clock, if there was one, and whether it had received a batch."""

    clock: Clock | None
    has_batches: bool


def _kept(tx: Transaction) -> _Kept:
    stored = tx.sandboxes.get(DEFAULT_NAME)
    try:
        clock = Clock.from_state(stored.clock) if stored else None
    except ClockError as error:
        raise SimulatorError(
            f"the clock in the database is damaged ({error}); put back a copy of the database, or choose another data "
            "directory with --data"
        ) from error
    return _Kept(clock, clock is not None and bool(tx.batches.list(DEFAULT_NAME, limit=1)))


def _later_than_wanted(wanted: Clock, kept: Clock, *, only_scenario: bool, notices: list[str]) -> Clock:
    """Go on where the last run stopped if nobody insisted on an earlier instant: time never moves backward."""
    reached = stamp(kept.now())
    if only_scenario:
        notices.append(f"the data directory has lived past the scenario's clock; it goes on at {reached}")
        return kept
    if wanted.mode == "real":
        notices.append(f"the data directory has lived until {reached}; the clock runs from there, ahead of the wall")
        wanted.advance_to(kept.now())
        return wanted
    raise SimulatorError(
        f"the data directory has lived until {reached} and holds batches, so its clock cannot start at "
        f"{stamp(wanted.now())}: time never moves backward; leave out --clock to go on where it stopped, or choose "
        "another data directory with --data"
    )


def at_opening(clock: Clock, calendar: Calendar, production: Profile, notices: list[str]) -> Clock:
    """Let a wall clock start at the next opening of production, so that a first try on a Sunday works (design.md)."""
    if clock.mode != "real":
        return clock
    offset = production.opening_offset(clock.now(), calendar)
    if offset:
        opening = clock.now() + offset
        clock.advance_to(opening)
        notices.append(
            f"production would be closed now; the clock starts at its next opening, "
            f"{calendar.local(opening):%A %Y-%m-%d %H:%M %Z}"
        )
    return clock
