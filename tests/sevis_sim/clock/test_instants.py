"""The one grammar of instants."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sevis_sim.clock import FIXED_EST, PROFILES, Calendar, InstantError, parse_instant, parse_stamp
from sevis_sim.clock.instants import Fixed, Later, NextBusinessDay, NextEvent, NextWindow

EAST = Calendar()
PRODUCTION = PROFILES["production"]
FRIDAY = parse_stamp("2026-03-06T21:50-05:00")
NOWS = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
calm = settings(deadline=None)


def resolved(text: str, now: str | datetime = FRIDAY, *, calendar: Calendar = EAST) -> datetime:
    moment = parse_stamp(now) if isinstance(now, str) else now
    return parse_instant(text).resolve(moment, calendar, PRODUCTION, None)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-06T21:50-05:00", "2026-03-06T21:50-05:00"),
        ("2026-03-07T02:50:00.125Z", "2026-03-06T21:50:00.125-05:00"),
        ("2020-01-01T00:00Z", "2020-01-01T00:00Z"),  # the past: the clock says no, not the grammar
        ("+30s", "2026-03-06T21:50:30-05:00"),
        ("+15m", "2026-03-06T22:05-05:00"),
        ("+2h", "2026-03-06T23:50-05:00"),
        ("+72h", "2026-03-09T22:50-04:00"),  # exact time, so daylight saving shows
        ("+3d", "2026-03-09T21:50-04:00"),  # days, so it does not
        ("+1bd", "2026-03-09T21:50-04:00"),
        ("+3bd", "2026-03-11T21:50-04:00"),
        ("+0bd", "2026-03-06T21:50-05:00"),
        ("+1d12h", "2026-03-08T10:50-04:00"),
        ("+12h1d", "2026-03-08T09:50-04:00"),  # in the order written
        ("+1bd 30m", "2026-03-09T22:20-04:00"),
        ("+250ms", "2026-03-06T21:50:00.250-05:00"),
        ("+0s", "2026-03-06T21:50-05:00"),
        ("next-window", "2026-03-06T22:00-05:00"),
        ("next-business-day", "2026-03-09T06:00-04:00"),
        ("next-business-day 21:59:59", "2026-03-09T21:59:59-04:00"),
        ("NEXT-Business-Day  7:30", "2026-03-09T07:30-04:00"),
    ],
)
def test_each_form_of_the_grammar_leads_where_it_says(text: str, instant: str) -> None:
    assert resolved(text) == parse_stamp(instant)
    assert resolved(text).tzinfo is UTC


@pytest.mark.parametrize(
    ("now", "text", "instant"),
    [
        ("2026-07-02T10:00-04:00", "+1bd", "2026-07-06T10:00-04:00"),  # over 3 July, observed
        ("2026-07-02T10:00-04:00", "next-business-day", "2026-07-06T06:00-04:00"),
        ("2026-03-09T05:00-04:00", "next-business-day", "2026-03-10T06:00-04:00"),  # strictly a later day
        ("2026-03-09T23:30-04:00", "next-business-day", "2026-03-10T06:00-04:00"),
        ("2026-03-10T03:30Z", "next-business-day", "2026-03-10T06:00-04:00"),  # still Monday in the east
        ("2026-03-08T01:30-05:00", "next-business-day", "2026-03-09T06:00-04:00"),
        ("2026-03-07T12:00-05:00", "+1bd", "2026-03-09T12:00-04:00"),
        ("2026-03-06T22:00-05:00", "next-window", "2026-03-09T22:00-04:00"),
        ("2026-03-07T02:30-05:00", "+1d", "2026-03-08T03:00-04:00"),  # a wall time that never comes
        ("2026-10-31T01:30-04:00", "+1d", "2026-11-01T01:30-04:00"),  # one that comes twice
        ("2026-11-01T01:30-05:00", "+0d", "2026-11-01T01:30-05:00"),
        ("2026-11-01T01:30-05:00", "+1d", "2026-11-02T01:30-05:00"),
    ],
)
def test_days_are_those_of_the_calendar(now: str, text: str, instant: str) -> None:
    assert resolved(text, now) == parse_stamp(instant)


def test_the_calendar_decides_on_closures_and_zone() -> None:
    closed = Calendar(closures=frozenset({FRIDAY.date() + timedelta(days=2)}))  # UTC's Saturday plus two: Monday
    assert resolved("+1bd", calendar=closed) == parse_stamp("2026-03-10T21:50-04:00")
    assert resolved("next-business-day", calendar=Calendar(FIXED_EST)) == parse_stamp("2026-03-09T06:00-05:00")


def test_the_next_event_is_what_is_due_next() -> None:
    due = parse_stamp("2026-03-06T22:00-05:00")
    assert parse_instant("next-event").resolve(FRIDAY, EAST, PRODUCTION, due) == due


def test_an_overdue_event_is_due_now() -> None:
    due = FRIDAY - timedelta(seconds=1)
    assert parse_instant("next-event").resolve(FRIDAY, EAST, PRODUCTION, due) == FRIDAY


def test_without_anything_due_there_is_no_next_event() -> None:
    with pytest.raises(InstantError, match="nothing is due, so there is no next event"):
        resolved("next-event")


def test_a_profile_without_windows_has_no_next_window() -> None:
    with pytest.raises(InstantError, match="beta has no processing windows: it processes each arrival 20m later"):
        parse_instant("next-window").resolve(FRIDAY, EAST, PROFILES["beta"], None)


@pytest.mark.parametrize(
    "text",
    ["+999999d", "+10000bd", "+1000000d", "+900000h", "0001-01-01T00:00Z", "1969-12-31T23:59Z", "2100-01-01T00:00Z"],
)
def test_what_no_clock_can_show_is_refused(text: str) -> None:
    with pytest.raises(InstantError, match="leads out of the years that a clock can show, 1970 to 2099"):
        resolved(text, "2090-01-01T00:00Z")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("next-bussiness-day", r"did you mean 'next-business-day'\?"),
        ("next business day", r"did you mean 'next-business-day'\?"),
        ("nextevent", r"did you mean 'next-event'\?"),
        ("next_window", r"did you mean 'next-window'\?"),
        ("next-business-day 25:00", "'25:00' is no wall time: hour must be in"),
        ("next-business-day 6am", "'6am' is no wall time, as in 06:00"),
        ("next-business-day 06:00 EST", "is no instant"),
        ("30s", r"'30s' is no instant \(did you mean '\+30s'\?\)"),
        ("-30s", "leads back, but time only moves forward"),
        ("+5min", r"unknown unit 'min' \(did you mean 'm'\?\)"),
        ("+3", "is no length of time"),
        ("+", "is no length of time"),
        ("+1.5bd", "before 'bd' write a whole number"),
        ("+10001bd", "the most before 'bd' is 10000"),
        ("2026-03-06T21:50", "no offset: add one, as in 2026-03-06T21:50-05:00"),
        ("2026-03-06", "day without a time"),
        ("2026-03-06T21:50-05:00 x600", "not an ISO time with offset"),
        (
            "tomorrow",
            "expected a time with offset .*, a length of time .*, next-event, next-window or next-business-day",
        ),
        ("", "is no instant: expected"),
    ],
)
def test_a_wrong_instant_is_refused_in_one_line_with_what_was_expected(text: str, message: str) -> None:
    with pytest.raises(InstantError, match=message) as caught:
        parse_instant(text)
    assert len(str(caught.value).splitlines()) == 1
    assert not isinstance(caught.value.__cause__, ValueError)


def test_a_number_is_no_instant() -> None:
    with pytest.raises(InstantError, match="30 is no text"):
        parse_instant(30)  # type: ignore[arg-type]


def test_a_datetime_is_an_instant_if_it_has_an_offset() -> None:
    assert parse_instant(FRIDAY) == Fixed(FRIDAY)
    with pytest.raises(InstantError, match="beyond the years"):
        parse_instant(datetime(9999, 12, 31, 23, tzinfo=FIXED_EST))
    with pytest.raises(InstantError, match="has no offset: add one"):
        parse_instant(datetime(2026, 3, 6, 21, 50))  # noqa: DTZ001


def test_a_bare_length_means_that_much_later_where_a_command_says_so() -> None:
    assert parse_instant("30s", bare_duration=True) == parse_instant("+30s")
    assert parse_instant("3bd", bare_duration=True) == parse_instant("+3bd")
    assert parse_instant("+30s", bare_duration=True) == parse_instant("+30s")
    with pytest.raises(InstantError, match="is no instant"):
        parse_instant("30", bare_duration=True)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2026-03-06T21:50-05:00", Fixed),
        ("+1bd30m", Later),
        ("next-event", NextEvent),
        ("next-window", NextWindow),
        ("next-business-day 06:00", NextBusinessDay),
        ("next-business-day 06:00:30", NextBusinessDay),
    ],
)
def test_an_instant_writes_itself_so_that_it_reads_back(text: str, kind: type) -> None:
    instant = parse_instant(text)
    assert isinstance(instant, kind)
    assert parse_instant(str(instant)) == instant


def test_the_default_of_next_business_day_is_six_in_the_morning() -> None:
    assert parse_instant("next-business-day") == NextBusinessDay(time(6))


@calm
@given(
    NOWS,
    st.lists(st.sampled_from(["d", "bd", "h", "m", "s", "ms"]), min_size=1, max_size=4),
    st.lists(st.integers(0, 500), min_size=4, max_size=4),
)
def test_steps_never_lead_back_and_read_back(now: datetime, units: list[str], amounts: list[int]) -> None:
    text = "+" + "".join(f"{amount}{unit}" for amount, unit in zip(amounts, units, strict=False))
    instant = parse_instant(text)
    found = instant.resolve(now, EAST, PRODUCTION, None)
    assert found >= now.replace(microsecond=now.microsecond // 1000 * 1000)
    assert parse_instant(str(instant)).resolve(now, EAST, PRODUCTION, None) == found


@calm
@given(NOWS)
def test_the_next_business_day_is_later_a_business_day_and_at_six(now: datetime) -> None:
    found = parse_instant("next-business-day").resolve(now, EAST, PRODUCTION, None)
    assert found > now
    assert EAST.today(found) > EAST.today(now)
    assert EAST.is_business_day(EAST.today(found))
    assert EAST.local(found).time() == time(6)


@calm
@given(st.text(max_size=30) | st.text(alphabet="+-0123456789smhdb nextwi:TZ", max_size=30))
def test_any_text_is_either_an_instant_or_refused_in_one_line(text: str) -> None:
    try:
        instant = parse_instant(text)
    except InstantError as error:
        complaint = str(error)
    else:
        complaint = ""
        assert str(parse_instant(str(instant))) == str(instant)
    assert len(complaint.splitlines()) <= 1
