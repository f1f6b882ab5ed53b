from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sevis_sim.codes import table
from sevis_sim.events.days import Duration, age, later, shifted, us


@pytest.mark.parametrize(
    ("day", "years", "months", "expected"),
    [
        (date(2026, 3, 6), -21, 0, date(2005, 3, 6)),
        (date(2028, 2, 29), -21, 0, date(2007, 2, 28)),
        (date(2028, 2, 29), -24, 0, date(2004, 2, 29)),
        (date(2026, 8, 31), 0, 6, date(2027, 2, 28)),
        (date(2026, 1, 31), 18, 6, date(2044, 7, 31)),
        (date(5, 1, 1), -21, 0, date.min),
        (date(9999, 6, 1), 0, 7, date.max),
    ],
)
def test_years_and_months_go_by_the_calendar(day, years, months, expected):
    assert shifted(day, years, months) == expected


def test_an_age_changes_on_the_birthday():
    assert [age(date(2008, 2, 29), on) for on in (date(2026, 2, 28), date(2026, 3, 1))] == [17, 18]


def test_days_stop_at_the_ends_of_the_calendar():
    assert later(date.max, 1) == date.max
    assert later(date.min, -1) == date.min


def test_messages_write_days_as_month_day_year():
    assert us(date(1900, 1, 1)) == "01/01/1900"
    assert us(date(33, 4, 3)) == "04/03/0033"


@pytest.mark.parametrize(
    ("text", "words", "after"),
    [
        ("P3W", "3 weeks", date(2029, 6, 22)),
        ("P1Y", "1 year", date(2030, 6, 1)),
        ("P18M", "18 months", date(2030, 12, 1)),
        ("P10D", "10 days", date(2029, 6, 11)),
    ],
)
def test_durations_are_words_and_reach(text, words, after):
    assert str(Duration.parse(text)) == words
    assert Duration.parse(text).after(date(2029, 6, 1)) == after


def test_a_duration_that_is_none_is_refused_with_an_example():
    with pytest.raises(ValueError, match="such as P18M"):
        Duration.parse("one year")


def test_every_duration_of_the_code_table_can_be_read():
    rows = [table("ev-duration").row(code) for code in table("ev-duration")]
    texts = [row[column] for row in rows for column in ("minimum", "minimum_government", "maximum") if row[column]]
    assert len([Duration.parse(text) for text in texts]) > 20


@given(st.dates(), st.integers(-12000, 12000))
def test_no_shift_leaves_the_calendar(day, months):
    assert date.min <= shifted(day, months=months) <= date.max
