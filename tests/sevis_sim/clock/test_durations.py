"""Lengths of time as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sevis_sim.clock import DurationError, format_duration, parse_duration

calm = settings(deadline=None)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30s", timedelta(seconds=30)),
        ("+30s", timedelta(seconds=30)),
        ("15m", timedelta(minutes=15)),
        ("2h", timedelta(hours=2)),
        ("3d", timedelta(days=3)),
        ("250ms", timedelta(milliseconds=250)),
        ("1d12h", timedelta(days=1, hours=12)),
        (" 1D 12H ", timedelta(days=1, hours=12)),
        ("1.5h", timedelta(minutes=90)),
        ("0.5s", timedelta(milliseconds=500)),
        ("0.0019s", timedelta(milliseconds=1)),
        ("0s", timedelta()),
        ("1h30m1h", timedelta(hours=2, minutes=30)),
        ("007s", timedelta(seconds=7)),
    ],
)
def test_a_length_is_read_with_or_without_plus(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("30", "is no length of time: expected a length such as 30s"),
        ("", "is no length of time"),
        ("+", "is no length of time"),
        ("-30s", "is no length of time"),
        ("PT30S", "is no length of time"),
        ("30s!", "is no length of time"),
        ("5min", r"unknown unit 'min' \(did you mean 'm'\?\)"),
        ("2hours", r"did you mean 'h'\?"),
        ("3 days", r"did you mean 'd'\?"),
        ("10sec", r"did you mean 's'\?"),
        ("2w", "unknown unit 'w': expected"),
        ("1.5d", "before 'd' write a whole number"),
        ("9999999d", "the most before 'd' is 1000000"),
        ("3bd", "no fixed length, as business days differ"),
    ],
)
def test_a_wrong_length_is_refused_with_what_was_expected(text: str, message: str) -> None:
    with pytest.raises(DurationError, match=message) as caught:
        parse_duration(text)
    assert "\n" not in str(caught.value)


def test_a_number_is_no_length() -> None:
    with pytest.raises(DurationError, match="30 has no unit"):
        parse_duration(30)  # type: ignore[arg-type]


@calm
@given(st.timedeltas(timedelta(), timedelta(days=999_999)))
def test_a_written_length_reads_back_to_the_millisecond(length: timedelta) -> None:
    assert parse_duration(format_duration(length)) == length - length % timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(), "0s"),
        (timedelta(days=90), "90d"),
        (timedelta(days=1, hours=12, milliseconds=5), "1d12h5ms"),
        (timedelta(minutes=20), "20m"),
        (-timedelta(hours=1), "-1h"),
    ],
)
def test_a_length_is_written_shortly(length: timedelta, text: str) -> None:
    assert format_duration(length) == text
