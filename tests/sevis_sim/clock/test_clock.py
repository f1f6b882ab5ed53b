"""Clocks that stand still, run, and run fast."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sevis_sim.clock import EASTERN, FIXED_EST, Clock, ClockError, parse_clock, parse_stamp

START = parse_stamp("2026-03-06T21:50-05:00")
FACTORS = st.sampled_from([0.25, 1.0, 2.0, 600.0, 86_400.0]) | st.floats(0.01, 100_000)
calm = settings(deadline=None)


class FakeWall:
    """Wall time that passes when told to."""

    def __init__(self, seconds: float = 1_772_000_000.0) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        return self.seconds

    def instant(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)


@pytest.fixture
def wall() -> FakeWall:
    return FakeWall()


def test_a_frozen_clock_stands_still(wall: FakeWall) -> None:
    clock = Clock.frozen(START, wall)
    wall.seconds += 3600
    assert clock.now() == START
    assert clock.now().tzinfo is UTC
    assert clock.mode == "frozen"


def test_a_real_clock_shows_wall_time(wall: FakeWall) -> None:
    clock = Clock.real(wall=wall)
    assert clock.now() == wall.instant()
    wall.seconds += 3600
    assert clock.now() == wall.instant()
    assert clock.mode == "real"


def test_a_real_clock_can_be_ahead_or_behind(wall: FakeWall) -> None:
    for offset in (timedelta(days=3), -timedelta(hours=5)):
        clock = Clock.real(offset, wall)
        wall.seconds += 10
        assert clock.now() == wall.instant() + offset


def test_the_default_wall_is_the_wall_clock() -> None:
    before = time.time()
    shown = Clock.real().now().timestamp()
    assert int(before * 1000) / 1000 <= shown + 0.001
    assert shown <= time.time()


def test_a_scaled_clock_runs_that_many_times_as_fast(wall: FakeWall) -> None:
    clock = Clock.scaled(START, 600, wall)
    assert clock.now() == START
    wall.seconds += 1
    assert clock.now() == START + timedelta(minutes=10)
    wall.seconds += 0.5
    assert clock.now() == START + timedelta(minutes=15)
    assert clock.mode == "scaled"
    assert clock.factor == 600


def test_a_slow_clock_is_allowed_and_a_scale_of_one_is_a_real_clock(wall: FakeWall) -> None:
    slow = Clock.scaled(START, 0.5, wall)
    wall.seconds += 10
    assert slow.now() == START + timedelta(seconds=5)
    assert Clock.scaled(START, 1, wall).mode == "real"


@pytest.mark.parametrize("seconds", [1_772_852_399.999, 1_772_852_399.9999, 1_772_852_400.0014])
def test_time_is_cut_to_milliseconds_and_never_rounded_up(seconds: float) -> None:
    shown = Clock.real(wall=FakeWall(seconds)).now()
    assert shown.microsecond % 1000 == 0
    assert shown == datetime.fromtimestamp(int(round(seconds * 1e6) / 1000) / 1000, UTC)


def test_a_clock_moves_forward(wall: FakeWall) -> None:
    target = START + timedelta(hours=1)
    for clock in (Clock.frozen(START, wall), Clock.scaled(START, 600, wall), Clock.scaled(START, 1, wall)):
        assert clock.advance_to(target) == target
        assert clock.now() == target


def test_a_running_clock_runs_on_from_where_it_was_moved(wall: FakeWall) -> None:
    clock = Clock.real(wall=wall)
    target = wall.instant() + timedelta(days=3)
    clock.advance_to(target)
    wall.seconds += 10
    assert clock.now() == target + timedelta(seconds=10)
    assert clock.mode == "real"
    fast = Clock.scaled(START, 600, wall)
    fast.advance_to(START + timedelta(days=1))
    wall.seconds += 1
    assert fast.now() == START + timedelta(days=1, minutes=10)


def test_a_clock_never_moves_back_and_a_refused_move_changes_nothing(wall: FakeWall) -> None:
    clock = Clock.frozen(START, wall)
    with pytest.raises(
        ClockError, match=r"only moves forward: it is 2026-03-06T21:50:00.000-05:00, and 2026-03-06T21:49"
    ):
        clock.advance_to(START - timedelta(milliseconds=1))
    with pytest.raises(ClockError, match="only moves forward"):
        clock.set(START - timedelta(days=1))
    assert clock.now() == START


def test_moving_to_now_is_no_move(wall: FakeWall) -> None:
    clock = Clock.real(wall=wall)
    wall.seconds += 0.0005
    assert clock.advance_to(clock.now()) == clock.now()
    wall.seconds += 0.0005
    assert clock.now() == wall.instant()


def test_a_clock_in_whose_world_nothing_has_happened_can_be_set_back(wall: FakeWall) -> None:
    clock = Clock.frozen(START, wall)
    earlier = START - timedelta(days=365)
    assert clock.set(earlier, allow_backward=True) == earlier
    assert clock.now() == earlier
    running = Clock.real(wall=wall)
    running.set(earlier, allow_backward=True)
    wall.seconds += 1
    assert running.now() == earlier + timedelta(seconds=1)


def test_a_wall_clock_set_back_makes_a_running_clock_wait(wall: FakeWall) -> None:
    clock = Clock.real(wall=wall)
    shown = clock.now()
    wall.seconds -= 60
    assert clock.now() == shown
    assert clock.wall_delay_until(shown) == 0
    assert clock.wall_delay_until(shown + timedelta(seconds=5)) == 65
    wall.seconds += 61
    assert clock.now() == shown + timedelta(seconds=1)


@calm
@given(
    FACTORS | st.just(0.0),
    st.lists(
        st.tuples(st.sampled_from(["pass", "advance", "freeze", "run", "reload"]), st.floats(-50, 500)), max_size=30
    ),
)
def test_whatever_is_done_to_a_clock_its_time_never_goes_back(factor: float, acts: list[tuple[str, float]]) -> None:
    wall = FakeWall()
    clock = Clock(START, factor, wall)
    shown = clock.now()
    for act, amount in acts:
        if act == "pass":
            wall.seconds += amount
        elif act == "advance":
            clock.advance_to(shown + timedelta(seconds=abs(amount)))
        elif act == "freeze":
            clock.freeze()
        elif act == "run":
            clock.run(abs(amount) + 0.1)
        else:
            clock = Clock.from_state(json.loads(json.dumps(clock.to_state())), wall)
        later = clock.now()
        assert later >= shown
        shown = later


@calm
@given(FACTORS, st.integers(1, 10**10))
def test_after_the_delay_a_running_clock_has_arrived_and_hardly_later(factor: float, milliseconds: int) -> None:
    wall = FakeWall()
    clock = Clock.scaled(START, factor, wall)
    target = START + timedelta(milliseconds=milliseconds)
    delay = clock.wall_delay_until(target)
    assert delay is not None
    assert delay == pytest.approx(milliseconds / 1000 / factor, abs=2e-6)
    if delay < 10**8:  # beyond, a float of seconds is too coarse
        wall.seconds += delay + 1e-6
        assert clock.now() >= target


def test_a_frozen_clock_never_gets_anywhere_but_is_where_it_is(wall: FakeWall) -> None:
    clock = Clock.frozen(START, wall)
    assert clock.wall_delay_until(START + timedelta(milliseconds=1)) is None
    assert clock.wall_delay_until(START) == 0
    assert clock.wall_delay_until(START - timedelta(days=1)) == 0


def test_a_clock_can_be_stopped_and_started(wall: FakeWall) -> None:
    clock = Clock.scaled(START, 600, wall)
    wall.seconds += 1
    clock.freeze()
    wall.seconds += 100
    assert clock.now() == START + timedelta(minutes=10)
    clock.run()
    wall.seconds += 5
    assert clock.now() == START + timedelta(minutes=10, seconds=5)
    clock.run(60)
    wall.seconds += 1
    assert clock.now() == START + timedelta(minutes=11, seconds=5)


def test_a_clock_that_runs_out_of_the_known_years_stops_at_their_end(wall: FakeWall) -> None:
    clock = Clock.scaled(START, 1_000_000, wall)
    wall.seconds += 10_000_000
    assert clock.now() == parse_stamp("2099-12-31T23:59:59.999Z")
    assert clock.advance_to(clock.now()) == clock.now()


@pytest.mark.parametrize("text", ["1969-12-31T23:59:59Z", "2100-01-01T00:00Z"])
def test_a_clock_cannot_be_made_for_or_moved_to_unknown_years(text: str, wall: FakeWall) -> None:
    outside = parse_stamp(text)
    with pytest.raises(ClockError, match="1970 to 2099"):
        Clock.frozen(outside, wall)
    with pytest.raises(ClockError, match="1970 to 2099"):
        Clock.frozen(START, wall).set(outside, allow_backward=True)
    with pytest.raises(ClockError, match="1970 to 2099"):
        Clock.real(outside - wall.instant(), wall)


def test_an_instant_without_offset_is_refused(wall: FakeWall) -> None:
    with pytest.raises(ClockError, match="beyond the years"):
        Clock.frozen(datetime(9999, 12, 31, 23, tzinfo=FIXED_EST), wall)
    with pytest.raises(ClockError, match="has no offset"):
        Clock.frozen(datetime(2026, 3, 6, 21, 50), wall)  # noqa: DTZ001


@pytest.mark.parametrize("factor", [0, -1, 1e7, float("nan"), float("inf")])
def test_a_scale_must_be_above_nothing_and_sane(factor: float, wall: FakeWall) -> None:
    with pytest.raises(ClockError):
        Clock.scaled(START, factor, wall)
    with pytest.raises(ClockError):
        Clock.frozen(START, wall).run(factor)


def test_a_clock_describes_itself(wall: FakeWall) -> None:
    wall.seconds = START.timestamp()
    shown = "2026-03-06T21:50:00.000-05:00"
    assert Clock.frozen(START, wall).describe() == f"standing still at {shown}"
    assert Clock.real(wall=wall).describe() == f"running with the wall clock, now {shown}"
    ahead = Clock.real(timedelta(days=1, hours=2), wall)
    assert ahead.describe() == "running 1d2h ahead of the wall clock, now 2026-03-07T23:50:00.000-05:00"
    behind = Clock.real(-timedelta(hours=2), wall)
    assert behind.describe(UTC) == "running 2h behind the wall clock, now 2026-03-07T00:50:00.000+00:00"
    assert Clock.scaled(START, 600, wall).describe(EASTERN) == (
        f"running 600 times as fast as the wall clock, now {shown}"
    )


def test_a_stored_clock_goes_on_where_it_would_be(wall: FakeWall) -> None:
    for clock in (Clock.frozen(START, wall), Clock.real(timedelta(days=3), wall), Clock.scaled(START, 600, wall)):
        state = json.loads(json.dumps(clock.to_state()))
        wall.seconds += 12.345
        back = Clock.from_state(state, wall)
        assert back.now() == clock.now()
        assert back.mode == clock.mode
        assert back.to_state() == clock.to_state()


def test_a_stored_clock_does_not_go_back_even_if_the_wall_clock_did(wall: FakeWall) -> None:
    clock = Clock.real(wall=wall)
    shown = clock.now()
    state = clock.to_state()
    wall.seconds -= 3600
    assert Clock.from_state(state, wall).now() == shown


@pytest.mark.parametrize(
    "change",
    [
        {"factor": "fast"},
        {"factor": -1},
        {"instant": "soon"},
        {"wall": "2026-03-06T21:50"},
        {"mode": "real"},
        {"reached": None},
    ],
)
def test_a_damaged_state_is_refused(change: dict[str, object], wall: FakeWall) -> None:
    state = Clock.frozen(START, wall).to_state()
    with pytest.raises(ClockError, match="is no stored clock"):
        Clock.from_state({**state, **change}, wall)
    with pytest.raises(ClockError, match="is no stored clock"):
        Clock.from_state({}, wall)


def test_the_command_line_starts_a_frozen_clock(wall: FakeWall) -> None:
    clock = parse_clock("2026-03-06T21:50-05:00", wall)
    assert (clock.mode, clock.now()) == ("frozen", START)
    assert parse_clock(START, wall).now() == START


@pytest.mark.parametrize(
    "text", ["2026-03-06T21:50-05:00 x600", " 2026-03-06T21:50-05:00  X 600 ", "2026-03-06T21:50-05:00×600"]
)
def test_the_command_line_starts_a_scaled_clock(text: str, wall: FakeWall) -> None:
    clock = parse_clock(text, wall)
    assert (clock.mode, clock.factor, clock.now()) == ("scaled", 600, START)


def test_the_command_line_starts_a_real_clock(wall: FakeWall) -> None:
    assert parse_clock("real", wall).now() == wall.instant()
    fast = parse_clock("real x60", wall)
    wall.seconds += 1
    assert (fast.mode, fast.now()) == ("scaled", wall.instant() + timedelta(seconds=59))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("reel", r"did you mean 'real'\?"),
        ("frozen", "is no clock: expected 'real', a time with offset"),
        ("", "is no clock: expected"),
        ("next-window", "is no clock: expected"),
        ("2026-03-06T21:50", "no offset: add one"),
        ("2026-03-06T21:50-05:00 x6oo", "has the speed '6oo': expected a number, as in x600"),
        ("2026-03-06T21:50-05:00 x0", "would stand still"),
        ("real x0", "would stand still"),
        ("2026-03-06T21:50-05:00 x10000000", "out of range: expected a number above 0, up to 1e"),
        ("x600", "says how fast but not from when"),
        ("1950-03-06T21:50-05:00", "1970 to 2099"),
    ],
)
def test_a_wrong_clock_is_refused_in_one_line_with_what_was_expected(text: str, message: str, wall: FakeWall) -> None:
    with pytest.raises(ClockError, match=message) as caught:
        parse_clock(text, wall)
    assert len(str(caught.value).splitlines()) == 1


def test_what_is_no_text_is_no_clock(wall: FakeWall) -> None:
    with pytest.raises(ClockError, match="600 is no clock"):
        parse_clock(600, wall)  # type: ignore[arg-type]
    with pytest.raises(ClockError, match="has no offset: add one"):
        parse_clock(datetime(2026, 3, 6, 21, 50), wall)  # noqa: DTZ001
