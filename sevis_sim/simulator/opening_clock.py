"""Which clock a simulator starts with: as told, as the last run left it, or the wall clock at an open hour."""

from datetime import datetime

from sevis_sim.clock import Calendar, Clock, Profile, parse_clock
from sevis_sim.sandbox import DEFAULT_NAME
from sevis_sim.simulator.errors import SimulatorError
from sevis_sim.store import Store, Transaction


async def opening_clock(
    store: Store, calendar: Calendar, production: Profile, told: str | datetime | None, notices: list[str]
) -> Clock:
    """Choose the clock of the default sandbox.

    Args:
        store: Holds the clock of the last run, if there was one.
        calendar: For the opening hours.
        production: The processing profile of production.
        told: What the user or the scenario said; None if nothing.
        notices: Gets a line where the clock starts elsewhere than told.

    Raises:
        SimulatorError: the clock would start before a batch that was received already.

    """

    def look(tx: Transaction) -> tuple[Clock | None, bool]:
        stored = tx.sandboxes.get(DEFAULT_NAME)
        return Clock.from_state(stored.clock) if stored else None, bool(tx.batches.list(DEFAULT_NAME, limit=1))

    kept, has_batches = await store.read(look)
    if told is None:
        return at_opening(kept or Clock.real(), calendar, production, notices)
    wanted = parse_clock(told)
    if kept is not None and has_batches and wanted.now() < kept.now():
        raise SimulatorError(
            f"the data directory has lived until {kept.now().isoformat(timespec='seconds')} and holds batches, so its "
            f"clock cannot start at {wanted.now().isoformat(timespec='seconds')}: time never moves backward; leave out "
            "--clock to go on where it stopped, or choose another data directory with --data"
        )
    return at_opening(wanted, calendar, production, notices)


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
