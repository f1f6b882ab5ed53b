"""Days, holidays, business days and wall times."""

import pickle
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sevis_sim.clock import EASTERN, FIXED_EST, Calendar, parse_stamp

EAST = Calendar()
DAYS = st.dates(date(1990, 1, 1), date(2098, 12, 31))
WALLS = st.times().map(lambda wall: wall.replace(microsecond=wall.microsecond // 1000 * 1000))
calm = settings(deadline=None)


def nth_weekday(year: int, month: int, weekday: int, number: int) -> date:
    """The number-th weekday of a month; -1 is the last."""
    if number < 0:
        last = (date(year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))


def holidays_by_law(year: int) -> set[date]:
    """5 U.S.C. 6103 from 2021 on, written down a second time; with observed days that fall into the year."""
    monday, thursday = 0, 3
    moving = {
        nth_weekday(year, 1, monday, 3),
        nth_weekday(year, 2, monday, 3),
        nth_weekday(year, 5, monday, -1),
        nth_weekday(year, 9, monday, 1),
        nth_weekday(year, 10, monday, 2),
        nth_weekday(year, 11, thursday, 4),
    }
    fixed = [date(year, *day) for day in ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))] + [date(year + 1, 1, 1)]
    shift = {5: -1, 6: 1}
    observed = {day + timedelta(days=shift.get(day.weekday(), 0)) for day in fixed}
    return {day for day in moving | set(fixed) | observed if day.year == year}


@pytest.mark.parametrize("year", range(2021, 2100))
def test_holidays_are_those_of_the_law_in_every_year(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    assert {day for day in days if day.year == year and EAST.is_holiday(day)} == holidays_by_law(year)


@pytest.mark.parametrize(
    "day",
    [
        "2026-07-03",  # Independence Day is a Saturday
        "2021-12-31",  # New Year's Day of the next year is a Saturday
        "2022-06-20",  # Juneteenth is a Sunday
        "2026-01-19",
        "2026-11-26",
    ],
)
def test_a_holiday_on_a_weekday_is_no_business_day(day: str) -> None:
    assert EAST.is_holiday(date.fromisoformat(day))
    assert not EAST.is_business_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2026-07-06", "2026-11-27", "2026-12-24", "2025-12-26", "2024-12-24"])
def test_days_off_that_are_not_in_the_law_are_business_days(day: str) -> None:
    assert EAST.is_business_day(date.fromisoformat(day))


def test_a_weekend_is_no_holiday_and_no_business_day() -> None:
    saturday = date(2026, 3, 7)
    assert not EAST.is_holiday(saturday)
    assert not EAST.is_business_day(saturday)
    assert not EAST.is_business_day(saturday + timedelta(days=1))


def test_the_business_day_after_2_july_2026_is_6_july() -> None:
    assert EAST.next_business_day(date(2026, 7, 2)) == date(2026, 7, 6)


def test_the_next_business_day_is_never_the_day_itself() -> None:
    assert EAST.next_business_day(date(2026, 3, 3)) == date(2026, 3, 4)


def test_a_closure_is_no_business_day_in_that_calendar_only() -> None:
    snow = date(2026, 3, 4)
    closed = Calendar(closures=frozenset({snow}))
    assert closed.is_holiday(snow)
    assert closed.next_business_day(date(2026, 3, 3)) == date(2026, 3, 5)
    assert EAST.is_business_day(snow)


def test_business_days_can_be_counted_over_a_long_closure() -> None:
    shutdown = frozenset(date(2026, 3, 2) + timedelta(days=n) for n in range(60))
    assert Calendar(closures=shutdown).add_business_days(date(2026, 2, 27), 1) == date(2026, 5, 1)


@calm
@given(DAYS, st.integers(-300, 300))
def test_counting_business_days_there_and_back_returns_to_a_business_day(day: date, count: int) -> None:
    start = EAST.next_business_day(day)
    assert EAST.add_business_days(EAST.add_business_days(start, count), -count) == start


@calm
@given(DAYS, st.integers(1, 60), st.integers(1, 60))
def test_counting_business_days_in_two_parts_gives_the_sum(day: date, first: int, second: int) -> None:
    assert EAST.add_business_days(EAST.add_business_days(day, first), second) == EAST.add_business_days(
        day, first + second
    )


@calm
@given(DAYS, st.integers(1, 30))
def test_exactly_as_many_business_days_are_passed_as_asked(day: date, count: int) -> None:
    end = EAST.add_business_days(day, count)
    passed = [day + timedelta(days=n) for n in range(1, (end - day).days + 1)]
    assert sum(EAST.is_business_day(one) for one in passed) == count
    assert EAST.is_business_day(end)


def test_no_business_days_later_is_the_day_itself_even_on_a_sunday() -> None:
    assert EAST.add_business_days(date(2026, 3, 8), 0) == date(2026, 3, 8)


@pytest.mark.parametrize(
    ("day", "wall", "instant"),
    [
        ("2026-03-06", "22:00", "2026-03-07T03:00Z"),  # winter
        ("2026-03-09", "22:00", "2026-03-10T02:00Z"),  # summer
        ("2026-03-08", "01:59:59.999", "2026-03-08T06:59:59.999Z"),
        ("2026-03-08", "02:00", "2026-03-08T07:00Z"),  # the gap: the instant of the change
        ("2026-03-08", "02:30", "2026-03-08T07:00Z"),
        ("2026-03-08", "02:59:59.999", "2026-03-08T07:00Z"),
        ("2026-03-08", "03:00", "2026-03-08T07:00Z"),
        ("2026-11-01", "00:59:59", "2026-11-01T04:59:59Z"),
        ("2026-11-01", "01:00", "2026-11-01T05:00Z"),  # comes twice: the first
        ("2026-11-01", "01:30", "2026-11-01T05:30Z"),
        ("2026-11-01", "02:00", "2026-11-01T07:00Z"),
    ],
)
def test_wall_times_at_the_changes_of_the_clocks(day: str, wall: str, instant: str) -> None:
    assert EAST.at(date.fromisoformat(day), time.fromisoformat(wall)) == parse_stamp(instant)


def test_the_second_coming_of_a_wall_time_cannot_be_asked_for_through_fold() -> None:
    assert EAST.at(date(2026, 11, 1), time(1, 30, fold=1)) == parse_stamp("2026-11-01T05:30Z")


def test_the_instant_of_a_wall_time_is_in_utc() -> None:
    assert EAST.at(date(2026, 3, 6), time(22)).tzinfo is UTC


def test_fixed_est_knows_no_daylight_saving() -> None:
    fixed = Calendar(FIXED_EST)
    assert fixed.at(date(2026, 3, 8), time(2, 30)) == parse_stamp("2026-03-08T07:30Z")
    assert fixed.at(date(2026, 7, 6), time(22)) == parse_stamp("2026-07-07T03:00Z")
    assert fixed.local(parse_stamp("2026-07-07T03:00Z")).isoformat() == "2026-07-06T22:00:00-05:00"


@calm
@given(DAYS, WALLS)
def test_a_wall_time_reads_back_unless_it_never_comes(day: date, wall: time) -> None:
    shown = EAST.local(EAST.at(day, wall))
    assert shown.date() == day
    assert shown.time() == wall or (wall.hour == 2 and shown.time() == time(3))


@calm
@given(st.sampled_from([date(2026, 3, 8), date(2026, 11, 1), date(2027, 3, 14)]), WALLS, WALLS)
def test_later_wall_times_never_give_earlier_instants(day: date, one: time, other: time) -> None:
    early, late = sorted((one, other))
    assert EAST.at(day, early) <= EAST.at(day, late)


def test_today_is_the_local_day() -> None:
    assert EAST.today(parse_stamp("2026-03-07T04:59:59.999Z")) == date(2026, 3, 6)
    assert EAST.today(parse_stamp("2026-03-07T05:00Z")) == date(2026, 3, 7)


def test_local_takes_an_instant_of_any_zone() -> None:
    tokyo = datetime(2026, 3, 7, 12, 0, tzinfo=timezone(timedelta(hours=9)))
    assert EAST.local(tokyo).isoformat() == "2026-03-06T22:00:00-05:00"


def test_a_day_later_keeps_the_wall_time_over_the_change_of_the_clocks() -> None:
    friday = parse_stamp("2026-03-06T21:50-05:00")
    assert EAST.add_days(friday, 3) == parse_stamp("2026-03-09T21:50-04:00")
    assert EAST.add_days(friday, 1, business=True) == parse_stamp("2026-03-09T21:50-04:00")


def test_no_days_later_is_the_same_instant_even_in_an_hour_that_comes_twice() -> None:
    second_coming = parse_stamp("2026-11-01T01:30-05:00")
    assert EAST.add_days(second_coming, 0) == second_coming


def test_an_instant_is_refused_where_a_day_is_asked_for() -> None:
    noon = datetime(2026, 7, 3, 12, tzinfo=UTC)
    for ask in (EAST.is_holiday, EAST.is_business_day, EAST.next_business_day):
        with pytest.raises(TypeError, match=r"use Calendar\.today"):
            ask(noon)
    with pytest.raises(TypeError, match=r"use Calendar\.today"):
        EAST.at(noon, time(6))


def test_a_datetime_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="no offset"):
        EAST.today(datetime(2026, 3, 6, 22))  # noqa: DTZ001


def test_calendars_are_equal_by_zone_and_closures_and_travel_to_other_processes() -> None:
    used = Calendar(EASTERN, frozenset({date(2026, 3, 4)}))
    used.is_holiday(date(2026, 3, 4))
    assert used == Calendar(closures=frozenset({date(2026, 3, 4)}))
    assert hash(used) == hash(Calendar(closures=frozenset({date(2026, 3, 4)})))
    copy = pickle.loads(pickle.dumps(used))
    assert copy == used
    assert copy.is_holiday(date(2026, 7, 3))


def test_the_holidays_library_is_not_imported_before_a_business_day_is_asked_for() -> None:
    script = (
        "import sys; from sevis_sim.clock import Calendar, Clock, PROFILES, parse_instant\n"
        "now = Clock.real().now(); PROFILES['production'].is_open(now, Calendar()); parse_instant('+3bd')\n"
        "assert 'holidays' not in sys.modules and 'aiohttp' not in sys.modules\n"
        "Calendar().next_business_day(now.date()); assert 'holidays' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
