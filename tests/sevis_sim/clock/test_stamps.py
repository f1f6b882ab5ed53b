"""The texts that instants are written in."""

import locale
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime, parsedate_to_datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sevis_sim.clock import (
    EASTERN,
    FIXED_EST,
    as_utc,
    http_date,
    parse_http_date,
    parse_stamp,
    stamp,
    zone_named,
)
from sevis_sim.clock.stamps import parse_wall

INSTANTS = st.datetimes(datetime(1970, 1, 2), datetime(2099, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001
calm = settings(deadline=None)


def test_a_stamp_looks_like_one_of_the_real_beta_system() -> None:
    assert stamp(datetime(2019, 5, 21, 15, 55, 36, 234000, tzinfo=UTC)) == "2019-05-21T11:55:36.234-04:00"


def test_a_stamp_prints_its_milliseconds_even_if_there_are_none() -> None:
    assert stamp(parse_stamp("2026-03-06T21:50-05:00")) == "2026-03-06T21:50:00.000-05:00"


def test_both_hours_of_a_night_that_has_one_twice_are_told_apart() -> None:
    first, second = (datetime(2026, 11, 1, 1, 30, tzinfo=EASTERN, fold=fold) for fold in (0, 1))
    assert first == second  # by wall time, as Python compares within one zone
    assert [stamp(each) for each in (first, second, first)] == [
        "2026-11-01T01:30:00.000-04:00",
        "2026-11-01T01:30:00.000-05:00",
        "2026-11-01T01:30:00.000-04:00",
    ]
    assert [http_date(each)[17:25] for each in (first, second, first)] == ["05:30:00", "06:30:00", "05:30:00"]


def test_a_stamp_can_use_fixed_est() -> None:
    assert stamp(parse_stamp("2026-07-06T22:00-04:00"), FIXED_EST) == "2026-07-06T21:00:00.000-05:00"


@calm
@given(INSTANTS)
def test_a_stamp_reads_back_to_the_millisecond_also_in_an_hour_that_comes_twice(instant: datetime) -> None:
    assert parse_stamp(stamp(instant)) == as_utc(instant)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-06T21:50-05:00",
        "2026-03-06T21:50:00-05:00",
        "2026-03-06T21:50:00.000-05:00",
        "2026-03-06t21:50-0500",
        "2026-03-06T21:50-05",
        "2026-03-06 21:50 -05:00",
        "2026-03-07T02:50Z",
        "2026-03-07T02:50z",
        "2026-03-07T02:50+00:00",
        "  2026-03-07T08:20:00,0+05:30 ",
    ],
)
def test_an_iso_time_with_offset_is_read_in_each_usual_form(text: str) -> None:
    assert parse_stamp(text) == datetime(2026, 3, 7, 2, 50, tzinfo=UTC)


def test_what_is_finer_than_a_millisecond_is_cut_off_and_never_rounded_up() -> None:
    assert parse_stamp("2026-03-06T21:59:59.999999999-05:00") == datetime(2026, 3, 7, 2, 59, 59, 999000, tzinfo=UTC)
    assert as_utc(datetime(2026, 3, 7, 2, 59, 59, 999999, tzinfo=UTC)).microsecond == 999000


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2026-03-06T21:50", r"no offset: add one, as in 2026-03-06T21:50-05:00 \(Eastern"),
        ("2026-07-06T21:50:30", r"add one, as in 2026-07-06T21:50-04:00"),
        ("2026-03-06", "day without a time: write one, as in 2026-03-06T21:50-05:00"),
        ("2026-02-30T00:00Z", "day is out of range"),
        ("2026-03-06T24:00Z", "hour must be in"),
        ("2026-03-06T23:59:60Z", "second must be in"),
        ("2026-03-06T21:50-25:00", "no place has the offset"),
        ("2026-03-06T21:50-05:75", "no place has the offset"),
        ("0001-01-01T00:00+14:00", "names no instant"),
        ("2026-3-6T21:50Z", "not an ISO time with offset"),
        ("2026-03-06T21:50-05:00 x600", "not an ISO time with offset"),
        ("٢٠٢٦-03-06T21:50Z", "not an ISO time with offset"),
        ("", "not an ISO time with offset"),
    ],
)
def test_an_iso_time_that_names_no_instant_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        parse_stamp(text)
    assert "\n" not in str(caught.value)


@calm
@given(st.text(alphabet="0123456789-:TtZ.+ ", max_size=40) | st.text(max_size=40))
def test_any_text_is_either_read_or_refused_in_one_line(text: str) -> None:
    try:
        complaint, zone = "", parse_stamp(text).tzinfo
    except ValueError as error:
        complaint, zone = str(error), UTC
    assert zone is UTC
    assert len(complaint.splitlines()) <= 1


@calm
@given(INSTANTS)
def test_http_dates_agree_with_the_standard_library(instant: datetime) -> None:
    assert http_date(instant) == format_datetime(instant, usegmt=True)
    assert parse_http_date(http_date(instant)) == parsedate_to_datetime(http_date(instant))


def test_an_http_date_is_english_whatever_the_locale() -> None:
    before = locale.setlocale(locale.LC_TIME)
    try:
        for name in ("de_DE.UTF-8", "C.UTF-8"):
            try:
                locale.setlocale(locale.LC_TIME, name)
            except locale.Error:
                continue
            assert http_date(parse_stamp("2026-03-07T02:50Z")) == "Sat, 07 Mar 2026 02:50:00 GMT"
    finally:
        locale.setlocale(locale.LC_TIME, before)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Saturday, 07-Mar-26 02:50:00 GMT", "not an HTTP date"),
        ("Sat, 07 Mar 2026 02:50:00 EST", "not an HTTP date"),
        ("Sat, 07 Foo 2026 02:50:00 GMT", "not an HTTP date"),
        ("Sun, 07 Mar 2026 02:50:00 GMT", "contradicts itself: that day is a Sat"),
        ("Mon, 30 Feb 2026 02:50:00 GMT", "names no instant"),
        ("Sat, 07 Mar 2026 25:50:00 GMT", "names no instant"),
    ],
)
def test_a_wrong_http_date_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_http_date(text)


def test_a_datetime_without_offset_names_no_instant() -> None:
    with pytest.raises(ValueError, match="has no offset from UTC"):
        as_utc(datetime(2026, 3, 6, 21, 50))  # noqa: DTZ001


def test_any_offset_becomes_utc() -> None:
    india = timezone(timedelta(hours=5, minutes=30))
    assert as_utc(datetime(2026, 3, 7, 8, 20, tzinfo=india)) == datetime(2026, 3, 7, 2, 50, tzinfo=UTC)
    assert as_utc(datetime(2026, 3, 7, 8, 20, tzinfo=india)).tzinfo is UTC


def test_zones_are_found_by_the_names_of_config_files() -> None:
    assert zone_named("America/New_York") == EASTERN
    assert zone_named("EST") is FIXED_EST
    assert zone_named("America/Chicago") == ZoneInfo("America/Chicago")


@pytest.mark.parametrize("name", ["America/Nowhere", "", "../etc/passwd", "America", "/etc/localtime", "a\0b"])
def test_an_unknown_zone_is_refused_with_what_was_expected(name: str) -> None:
    with pytest.raises(ValueError, match="is no time zone: expected America/New_York, EST"):
        zone_named(name)


@pytest.mark.parametrize(("text", "iso"), [("6:00", "06:00:00"), ("06:00", "06:00:00"), (" 23:59:59 ", "23:59:59")])
def test_wall_times_are_read(text: str, iso: str) -> None:
    assert parse_wall(text).isoformat() == iso


@pytest.mark.parametrize("text", ["24:00", "6", "6am", "06:60", "06:00:60", "06:00-05:00", ""])
def test_a_wrong_wall_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no wall time"):
        parse_wall(text)
