"""When a fault strikes: windows of time, phases, and values that are checked."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sevis_sim.faults import TRANSPORT, FaultError, Faults, Kind, Vocabulary

NOW = datetime(2026, 3, 6, 19, tzinfo=UTC)
WORDS = Vocabulary(
    {
        "door": (
            *TRANSPORT,
            Kind("colour", "text", "paints it", None, lambda text: None if text == "red" else f"{text} is not red"),
            Kind("later", "duration", "waits on the clock", "1h", phases=("after",)),
        )
    },
    ("who",),
)


def minutes(count: int) -> datetime:
    return NOW + timedelta(minutes=count)


@given(st.integers(0, 60), st.integers(1, 60), st.lists(st.integers(0, 150), max_size=30))
def test_a_fault_strikes_from_its_first_instant_to_just_before_its_last(start, length, asked):
    content = {"at": "door", "do": "drop", "from": minutes(start).isoformat(), "ttl": f"{length}m"}
    fault = WORDS.read(content, NOW)
    assert (fault.when.since, fault.when.until) == (minutes(start), minutes(start + length))
    faults = Faults(1, [fault])
    struck = [bool(faults.strike("door", {}, minutes(each))) for each in asked]
    assert struck == [start <= each < start + length for each in asked]
    [standing] = faults.standings()
    assert standing.matched == standing.struck == sum(struck)


@given(st.integers(1, 5), st.lists(st.sampled_from(["before", "after", None]), max_size=30))
def test_a_phase_counts_for_its_own_faults_alone(first, phases):
    added = [
        WORDS.read({"at": "door", "do": "drop", "first": first, "phase": each}, NOW) for each in ("before", "after")
    ]
    faults = Faults(1)
    for fault in added:
        faults.add(fault)
    for phase in phases:
        struck = faults.strike("door", {}, NOW, phase)
        assert {fault.phase for fault in struck} <= ({phase} if phase else {"before", "after"})
    matched = [each.matched for each in faults.standings()]
    assert matched == [sum(each in (None, phase) for each in phases) for phase in ("before", "after")]
    assert [each.struck for each in faults.standings()] == [min(first, count) for count in matched]


def test_a_text_is_checked_and_a_length_of_time_is_kept_as_written_shortest():
    assert WORDS.read({"at": "door", "do": {"colour": "red"}}, NOW).value == "red"
    with pytest.raises(FaultError, match="colour: blue is not red") as caught:
        WORDS.read({"at": "door", "do": {"colour": "blue"}}, NOW)
    assert caught.value.key == "do"
    fault = WORDS.read({"at": "door", "do": {"later": "24h"}}, NOW)
    assert (fault.value, fault.phase) == ("1d", "after")
    assert WORDS.read(fault.document(), NOW) == WORDS.read({**fault.document(), "do": {"later": "1d"}}, NOW)


@pytest.mark.parametrize(
    ("content", "key", "words"),
    [
        ({"do": "drop"}, "at", "say where: door"),
        ({"at": "door"}, "do", "say what goes wrong at door"),
        ({"at": "door", "do": "later", "phase": "before"}, "phase", "later is always after"),
        ({"at": "door", "do": "drop", "phase": "during"}, "phase", "expected before or after"),
        (
            {"at": "door", "do": "drop", "from": "2026-03-06T21:00Z", "until": "2026-03-06T20:00Z"},
            "until",
            "before from",
        ),
        ({"at": "door", "do": "drop", "ttl": "1h", "until": "2026-03-06T20:00Z"}, "ttl", "contradict"),
        ({"at": "door", "do": "drop", "from": "soon"}, "from", "soon"),
        ({"at": "door", "do": {"later": "soon"}}, "do", "no length of time"),
    ],
)
def test_what_cannot_be_names_its_key(content, key, words):
    with pytest.raises(FaultError) as caught:
        WORDS.read(content, NOW)
    assert caught.value.key == key
    assert words in str(caught.value)
