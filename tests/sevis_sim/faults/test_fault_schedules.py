"""Which exchanges a fault strikes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sevis_sim.faults import Fault, FaultError, Faults, When

NOW = datetime(1999, 9, 2, 12, tzinfo=UTC)


def strikes(faults: Faults, count: int, at: str = "upload", facts: dict[str, str] | None = None) -> list[bool]:
    return [bool(faults.strike(at, facts or {}, NOW)) for _ in range(count)]


def one(seed: int = 0, **when: object) -> Faults:
    return Faults(seed, [Fault("a", "upload", "drop", when=When(**when))])


def test_without_a_schedule_every_exchange_at_the_place_is_struck_and_none_elsewhere() -> None:
    faults = one()
    assert strikes(faults, 3) == [True] * 3
    assert strikes(faults, 3, at="download") == [False] * 3


def test_the_first_n_are_struck_and_then_none() -> None:
    assert strikes(one(first=2), 5) == [True, True, False, False, False]


def test_every_third_is_struck() -> None:
    assert strikes(one(every=3), 7) == [False, False, True, False, False, True, False]


@given(seed=st.integers(0, 2**64), rate=st.floats(0.01, 1), in_a_row=st.integers(1, 5))
def test_a_rate_depends_on_the_seed_alone_and_never_strikes_too_often_in_a_row(
    seed: int, rate: float, in_a_row: int
) -> None:
    struck = strikes(one(seed, rate=rate, in_a_row=in_a_row), 60)
    assert struck == strikes(one(seed, rate=rate, in_a_row=in_a_row), 60)
    longest = max(map(len, "".join("x" if each else " " for each in struck).split()), default=0)
    assert longest <= in_a_row


def test_a_rate_of_a_half_strikes_about_half_of_the_exchanges() -> None:
    assert 350 < sum(strikes(one(7, rate=0.5, in_a_row=50), 1000)) < 650


def test_a_fault_ends_at_its_instant() -> None:
    faults = Faults(0, [Fault("a", "upload", "drop", when=When(until=NOW + timedelta(minutes=1)))])
    assert faults.strike("upload", {}, NOW)
    assert not faults.strike("upload", {}, NOW + timedelta(minutes=1))


def test_exchanges_of_others_are_neither_struck_nor_counted() -> None:
    faults = Faults(0, [Fault("a", "upload", "drop", whom={"location": "06"}, when=When(first=1))])
    assert strikes(faults, 2, facts={"location": "09"}) == [False, False]
    assert strikes(faults, 2, facts={"location": "06"}) == [True, False]
    (standing,) = faults.standings()
    assert (standing.matched, standing.struck) == (2, 1)


def test_patterns_of_whom_must_all_match() -> None:
    fault = Fault("a", "upload", "drop", whom={"location": "0?", "door": "https"})
    assert fault.concerns({"location": "06", "door": "https", "name": "x"})
    assert not fault.concerns({"location": "06", "door": "sftp"})
    assert not fault.concerns({"door": "https"})


def test_faults_get_names_and_are_cleared_by_them() -> None:
    faults = Faults()
    assert [faults.add(Fault("", "upload", "drop")).name for _ in range(2)] == ["fault-1", "fault-2"]
    with pytest.raises(FaultError, match=r"already"):
        faults.add(Fault("fault-2", "upload", "drop"))
    faults.clear("fault-1")
    assert [each.fault.name for each in faults.standings()] == ["fault-2"]
    with pytest.raises(FaultError, match=r"no fault 'fault-9'; there are: fault-2"):
        faults.clear("fault-9")
    assert [fault.name for fault in faults.clear()] == ["fault-2"]
    assert not strikes(faults, 1)[0]


def test_what_struck_is_found_by_kind_and_phase() -> None:
    faults = Faults(0, [Fault("a", "upload", "delay", 2.0), Fault("b", "upload", "drop", phase="after")])
    struck = faults.strike("upload", {}, NOW)
    assert struck.value("delay") == 2.0
    assert struck.get("drop", "before") is None
    assert [fault.name for fault in struck.of("after")] == ["b"]
