from datetime import UTC, datetime

import pytest

from sevis_sim.clock import PROFILES, Calendar, Clock
from sevis_sim.simulator import SimulatorError
from sevis_sim.simulator.opening_clock import at_opening, opening_clock
from sevis_sim.store import Store

CALENDAR = Calendar()
SUNDAY = datetime(2026, 3, 8, 12, tzinfo=CALENDAR.zone)


def running_at(instant: datetime) -> Clock:
    """A clock that runs with the wall clock and shows this instant now."""
    return Clock.real(instant.astimezone(UTC) - datetime.now(UTC))


def test_a_wall_clock_starts_at_the_next_opening_of_production_and_says_so():
    notices: list[str] = []
    clock = at_opening(running_at(SUNDAY), CALENDAR, PROFILES["production"], notices)
    local = CALENDAR.local(clock.now())
    assert (local.strftime("%A"), local.hour, clock.mode) == ("Monday", 6, "real")
    [notice] = notices
    assert "Monday 2026-03-09 06:00" in notice


def test_at_an_open_hour_the_clock_is_left_alone():
    notices: list[str] = []
    clock = at_opening(running_at(SUNDAY.replace(day=9)), CALENDAR, PROFILES["production"], notices)
    assert CALENDAR.local(clock.now()).strftime("%A %H") == "Monday 12"
    assert notices == []


async def test_a_frozen_clock_stays_where_it_was_told_even_when_production_is_closed():
    store = Store.open("sqlite://")
    clock = await opening_clock(store, CALENDAR, PROFILES["production"], "2026-03-08T12:00-04:00", [])
    assert clock.now() == SUNDAY.astimezone(UTC)
    store.close()


async def test_a_directory_with_batches_cannot_start_in_their_past():
    store = Store.open("sqlite://")
    later = datetime(2026, 3, 9, 12, tzinfo=UTC)
    with store.transaction() as tx:
        tx.sandboxes.create("default", 1, Clock.frozen(later).to_state())
        tx.batches.accept(
            "default", "production", "P-1-12345", "BATCH000000001", "roff000001", "a.xml", later, later, later, b"<a/>"
        )
    with pytest.raises(SimulatorError, match="time never moves backward"):
        await opening_clock(store, CALENDAR, PROFILES["production"], "2026-03-06T12:00-05:00", [])
    kept = await opening_clock(store, CALENDAR, PROFILES["production"], None, [])
    assert kept.now() == later
    store.close()
