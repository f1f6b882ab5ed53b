"""Service hours, processing and the three shipped profiles."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sevis_sim.clock import FIXED_EST, PROFILES, Calendar, Profile, ProfileError, parse_stamp, stamp

EAST = Calendar()
PRODUCTION, BETA, ALPHA = PROFILES["production"], PROFILES["beta"], PROFILES["alpha"]
INSTANTS = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001
    datetime(2040, 1, 1),  # noqa: DTZ001
    timezones=st.just(FIXED_EST),
)
AROUND_CHANGES = st.builds(
    lambda start, offset: parse_stamp(start) + timedelta(milliseconds=offset),
    st.sampled_from(["2026-03-06T22:00-05:00", "2026-10-30T22:00-04:00", "2026-07-02T22:00-04:00"]),
    st.integers(-5 * 24 * 3_600_000, 5 * 24 * 3_600_000),
)
calm = settings(deadline=None)


def scheduled(text: str, profile: Profile = PRODUCTION, calendar: Calendar = EAST) -> tuple[str, str]:
    schedule = profile.schedule(parse_stamp(text), calendar)
    due, available = (stamp(one, calendar.zone).replace(":00.000", "") for one in (schedule.due, schedule.available))
    return due, available


@pytest.mark.parametrize(
    ("received", "due", "available"),
    [
        # an ordinary Wednesday
        ("2026-03-04T06:00-05:00", "2026-03-04T22:00-05:00", "2026-03-05T06:00-05:00"),
        ("2026-03-04T00:10-05:00", "2026-03-04T22:00-05:00", "2026-03-05T06:00-05:00"),
        # Friday at the cut-off, then the weekend in which daylight saving begins
        ("2026-03-06T21:59:59-05:00", "2026-03-06T22:00-05:00", "2026-03-09T06:00-04:00"),
        ("2026-03-06T21:59:59.999-05:00", "2026-03-06T22:00-05:00", "2026-03-09T06:00-04:00"),
        ("2026-03-06T22:00:00.000-05:00", "2026-03-09T22:00-04:00", "2026-03-10T06:00-04:00"),
        ("2026-03-06T22:30-05:00", "2026-03-09T22:00-04:00", "2026-03-10T06:00-04:00"),
        ("2026-03-07T12:00-05:00", "2026-03-09T22:00-04:00", "2026-03-10T06:00-04:00"),  # Saturday
        ("2026-03-08T12:00-04:00", "2026-03-09T22:00-04:00", "2026-03-10T06:00-04:00"),  # Sunday
        # the weekend in which it ends
        ("2026-10-30T21:59:59.999-04:00", "2026-10-30T22:00-04:00", "2026-11-02T06:00-05:00"),
        ("2026-10-30T22:00-04:00", "2026-11-02T22:00-05:00", "2026-11-03T06:00-05:00"),
        ("2026-11-01T01:30-05:00", "2026-11-02T22:00-05:00", "2026-11-03T06:00-05:00"),
        # 3 July 2026: Independence Day observed
        ("2026-07-02T21:59:59-04:00", "2026-07-02T22:00-04:00", "2026-07-06T06:00-04:00"),
        ("2026-07-02T22:00-04:00", "2026-07-06T22:00-04:00", "2026-07-07T06:00-04:00"),
        ("2026-07-03T12:00-04:00", "2026-07-06T22:00-04:00", "2026-07-07T06:00-04:00"),
        # a holiday on a Monday
        ("2026-01-16T21:00-05:00", "2026-01-16T22:00-05:00", "2026-01-20T06:00-05:00"),
        ("2026-01-19T12:00-05:00", "2026-01-20T22:00-05:00", "2026-01-21T06:00-05:00"),
        # a holiday in the middle of a week
        ("2026-11-25T22:30-05:00", "2026-11-27T22:00-05:00", "2026-11-30T06:00-05:00"),
    ],
)
def test_production_processes_in_the_night_of_a_business_day(received: str, due: str, available: str) -> None:
    assert scheduled(received) == (due, available)


def test_a_closure_moves_the_window_and_the_morning() -> None:
    closed = Calendar(closures=frozenset({date(2026, 3, 5)}))
    assert scheduled("2026-03-04T12:00-05:00", calendar=closed)[1] == "2026-03-06T06:00-05:00"
    assert scheduled("2026-03-05T12:00-05:00", calendar=closed)[0] == "2026-03-06T22:00-05:00"


def test_fixed_est_keeps_the_cut_off_an_hour_later_in_summer() -> None:
    est = Calendar(FIXED_EST)
    assert scheduled("2026-07-06T22:30-04:00", calendar=est) == ("2026-07-06T22:00-05:00", "2026-07-07T06:00-05:00")


@pytest.mark.parametrize(
    ("instant", "is_open"),
    [
        ("2026-03-09T05:59:59.999-04:00", False),
        ("2026-03-09T06:00-04:00", True),  # the Monday after daylight saving began
        ("2026-11-02T05:59:59.999-05:00", False),
        ("2026-11-02T06:00-05:00", True),  # the Monday after it ended
        ("2026-03-04T03:00-05:00", True),  # the middle of a night in the week
        ("2026-03-06T23:59:59.999-05:00", True),
        ("2026-03-07T00:00-05:00", False),
        ("2026-03-08T12:00-04:00", False),
        ("2026-01-19T12:00-05:00", True),  # a federal holiday on a Monday
        ("2026-07-03T12:00-04:00", True),
    ],
)
def test_production_and_beta_are_open_from_monday_morning_to_the_end_of_friday(instant: str, is_open: bool) -> None:
    assert PRODUCTION.is_open(parse_stamp(instant), EAST) is is_open
    assert BETA.is_open(parse_stamp(instant), EAST) is is_open
    assert ALPHA.is_open(parse_stamp(instant), EAST)


def test_a_closure_does_not_close_the_service() -> None:
    noon = parse_stamp("2026-03-04T12:00-05:00")
    assert PRODUCTION.is_open(noon, Calendar(closures=frozenset({date(2026, 3, 4)})))


def test_the_next_opening_of_an_open_service_is_now() -> None:
    now = parse_stamp("2026-03-06T23:59:59.999-05:00")
    assert PRODUCTION.next_opening(now, EAST) == now
    assert PRODUCTION.opening_offset(now, EAST) == timedelta()


def test_on_a_sunday_the_next_opening_is_monday_morning() -> None:
    sunday = parse_stamp("2026-03-08T01:59-05:00")
    assert stamp(PRODUCTION.next_opening(sunday, EAST)) == "2026-03-09T06:00:00.000-04:00"
    # One hour fewer than the wall clocks seem to say, as 02:00 to 03:00 is left out.
    assert PRODUCTION.opening_offset(sunday, EAST) == timedelta(hours=27, minutes=1)


def test_a_service_closes_at_the_end_of_friday_and_if_closed_after_its_next_opening() -> None:
    for instant, closing in (
        ("2026-03-02T06:00-05:00", "2026-03-07T00:00:00.000-05:00"),
        ("2026-03-06T23:59:59.999-05:00", "2026-03-07T00:00:00.000-05:00"),
        ("2026-03-07T00:00-05:00", "2026-03-14T00:00:00.000-04:00"),
        ("2026-03-08T12:00-04:00", "2026-03-14T00:00:00.000-04:00"),
    ):
        closes = PRODUCTION.closes(parse_stamp(instant), EAST)
        assert closes is not None
        assert stamp(closes) == closing
    assert ALPHA.closes(parse_stamp("2026-03-08T12:00-04:00"), EAST) is None


@pytest.mark.parametrize(
    ("instant", "window"),
    [
        ("2026-03-06T21:59:59.999-05:00", "2026-03-06T22:00-05:00"),
        ("2026-03-06T22:00-05:00", "2026-03-09T22:00-04:00"),  # strictly after
        ("2026-03-07T12:00-05:00", "2026-03-09T22:00-04:00"),
        ("2026-07-02T23:00-04:00", "2026-07-06T22:00-04:00"),
        ("2026-07-03T10:00-04:00", "2026-07-06T22:00-04:00"),
    ],
)
def test_the_next_window_is_strictly_later_and_on_a_business_day(instant: str, window: str) -> None:
    assert PRODUCTION.next_window(parse_stamp(instant), EAST) == parse_stamp(window)


def test_a_profile_with_a_delay_has_no_windows() -> None:
    assert BETA.next_window(parse_stamp("2026-03-06T22:00-05:00"), EAST) is None


def test_beta_takes_twenty_minutes_and_hands_out_what_it_did_after_closing_on_monday() -> None:
    assert scheduled("2026-03-06T12:00-05:00", BETA) == ("2026-03-06T12:20-05:00", "2026-03-06T12:20-05:00")
    assert scheduled("2026-03-06T23:39:59.999-05:00", BETA)[1] == "2026-03-06T23:59:59.999-05:00"
    assert scheduled("2026-03-06T23:40-05:00", BETA) == ("2026-03-07T00:00-05:00", "2026-03-09T06:00-04:00")


def test_alpha_takes_six_seconds_at_any_time() -> None:
    sunday = parse_stamp("2026-03-08T01:59:58.500-05:00")
    schedule = ALPHA.schedule(sunday, EAST)
    assert schedule.due == schedule.available == sunday + timedelta(seconds=6)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@calm
@given(one=INSTANTS | AROUND_CHANGES, other=INSTANTS | AROUND_CHANGES)
def test_what_comes_later_is_never_ready_earlier(profile: Profile, one: datetime, other: datetime) -> None:
    early, late = (profile.schedule(received, EAST) for received in sorted((one, other)))
    assert early.due <= late.due
    assert early.available <= late.available


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@calm
@given(received=INSTANTS | AROUND_CHANGES)
def test_a_result_comes_after_processing_after_arrival_and_while_open(profile: Profile, received: datetime) -> None:
    schedule = profile.schedule(received, EAST)
    received = parse_stamp(stamp(received))
    assert received < schedule.due <= schedule.available
    assert profile.is_open(schedule.available, EAST)


@calm
@given(received=INSTANTS | AROUND_CHANGES)
def test_production_processes_in_the_next_window(received: datetime) -> None:
    assert PRODUCTION.schedule(received, EAST).due == PRODUCTION.next_window(received, EAST)


@calm
@given(instant=INSTANTS | AROUND_CHANGES)
def test_openings_and_closings_are_where_being_open_changes(instant: datetime) -> None:
    tick = timedelta(milliseconds=1)
    opening = PRODUCTION.next_opening(instant, EAST)
    closing = PRODUCTION.closes(instant, EAST)
    assert closing is not None
    assert PRODUCTION.is_open(opening, EAST)
    assert PRODUCTION.is_open(closing - tick, EAST)
    assert not PRODUCTION.is_open(closing, EAST)
    if not PRODUCTION.is_open(instant, EAST):
        assert not PRODUCTION.is_open(opening - tick, EAST)
        assert opening < closing


def test_results_are_kept_ninety_days() -> None:
    assert {profile.retention for profile in PROFILES.values()} == {timedelta(days=90)}


def test_the_shipped_profiles_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        PROFILES["beta"] = ALPHA  # type: ignore[index]
    with pytest.raises(AttributeError):
        BETA.retention = timedelta()  # type: ignore[misc]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_a_profile_reads_back_from_its_own_mapping(profile: Profile) -> None:
    assert Profile.from_mapping(profile.to_mapping(), name=profile.name) == profile


def test_an_override_keeps_everything_else() -> None:
    quick = Profile.from_mapping({"delay": "5s"}, base=BETA)
    assert quick.to_mapping() == BETA.to_mapping() | {"delay": "5s"}
    assert quick.name == "beta"


def test_a_delay_replaces_nightly_processing_and_the_other_way_round() -> None:
    delayed = Profile.from_mapping({"delay": "0s"}, base=PRODUCTION)
    noon = parse_stamp("2026-03-04T12:00-05:00")
    assert delayed.schedule(noon, EAST).due == noon
    nightly = Profile.from_mapping({"window": "20:00", "available": "07:30"}, base=ALPHA)
    assert scheduled("2026-03-04T12:00-05:00", nightly) == ("2026-03-04T20:00-05:00", "2026-03-05T07:30-05:00")


def test_moving_the_window_moves_the_cut_off_unless_it_is_set_apart() -> None:
    early = Profile.from_mapping({"window": "20:00"}, base=PRODUCTION)
    assert scheduled("2026-03-04T20:00-05:00", early)[0] == "2026-03-05T20:00-05:00"
    apart = Profile.from_mapping({"cutoff": "18:00"}, base=PRODUCTION)
    assert scheduled("2026-03-04T17:59:59-05:00", apart)[0] == "2026-03-04T22:00-05:00"
    assert scheduled("2026-03-04T18:00-05:00", apart)[0] == "2026-03-05T22:00-05:00"


def test_hours_can_go_round_the_end_of_the_week_or_stay_within_a_day() -> None:
    weekend = Profile.from_mapping({"hours": "Sat 08:00 - Mon 06:00"}, base=BETA)
    assert weekend.is_open(parse_stamp("2026-03-08T12:00-04:00"), EAST)
    assert not weekend.is_open(parse_stamp("2026-03-09T06:00-04:00"), EAST)
    monday = Profile.from_mapping({"hours": "monday 8:00 to monday 17:00"}, base=BETA)
    assert monday.is_open(parse_stamp("2026-03-09T16:59-04:00"), EAST)
    assert not monday.is_open(parse_stamp("2026-03-10T09:00-04:00"), EAST)
    nearly_always = Profile.from_mapping({"hours": "Monday 06:00 to Monday 05:00"}, base=BETA)
    assert nearly_always.is_open(parse_stamp("2026-03-09T04:59-04:00"), EAST)
    assert not nearly_always.is_open(parse_stamp("2026-03-09T05:30-04:00"), EAST)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"dely": "5s"}, r"profile 'beta': unknown key 'dely' \(did you mean 'delay'\?\); known keys are hours"),
        ({"delay": "5s", "window": "22:00"}, "'delay' and 'window' exclude each other"),
        ({"window": "22:00"}, "'available' is missing; it takes a wall time such as '06:00'"),
        ({"window": "22:00", "available": "06:00", "cutoff": "23:00"}, "'cutoff' 23:00 is after 'window' 22:00"),
        ({"window": 1320, "available": "06:00"}, "'window' takes a wall time such as '22:00'; found 1320"),
        ({"delay": 20}, "'delay' takes a length of time such as 20m or 6s; found 20"),
        ({"delay": "1bd"}, "'delay' takes a length of time"),
        ({"retention": "90"}, "'retention' takes a length of time such as 90d; found '90'"),
        ({"retention": "999999d"}, "'retention' takes at most 3650d"),
        ({"hours": "weekdays"}, "'hours' takes a span such as 'Monday 06:00 to Saturday 00:00', or 'always'"),
        ({"hours": None}, "'hours' takes a span"),
        ({"hours": "Mondey 06:00 to Saturday 00:00"}, r"unknown day 'Mondey' \(did you mean 'monday'\?\)"),
        ({"hours": "Monday 06:00 to Friday 24:00"}, "'hours': '24:00' is no wall time"),
        ({"hours": "Monday 06:00 to Monday 06:00"}, "opens and closes at the same time; for no closing write 'always'"),
    ],
)
def test_a_wrong_profile_is_refused_with_the_key_and_the_remedy(values: dict[str, object], message: str) -> None:
    with pytest.raises(ProfileError, match=message) as caught:
        Profile.from_mapping(values, base=BETA)
    assert "\n" not in str(caught.value)


def test_without_a_base_every_key_is_needed() -> None:
    with pytest.raises(ProfileError, match="profile 'mine': 'hours' is missing"):
        Profile.from_mapping({"delay": "5s"}, name="mine")
    with pytest.raises(ProfileError, match="'window' is missing"):
        Profile.from_mapping({"hours": "always", "retention": "1d"}, name="mine")
