"""Reading faults, and the errors of those that cannot be."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sevis_sim.faults import FAULT_EVENTS, TRANSPORT, FaultAdded, FaultError, FaultStruck, Kind, Vocabulary

NOW = datetime(1999, 9, 2, 12, tzinfo=UTC)
WORDS = Vocabulary(
    {"upload": TRANSPORT, "file": (Kind("hold", "text", "holds it", "held by a fault"), Kind("lose", "text", "gone"))},
    ("location", "door"),
)


def test_one_line_and_a_mapping_say_the_same() -> None:
    line = WORDS.read_text("upload first=2 do=status:503 location=06 ttl=10m phase=after name=down", NOW)
    mapping = WORDS.read(
        {
            "name": "down",
            "at": "upload",
            "first": 2,
            "do": {"status": 503},
            "whom": {"location": "06"},
            "until": "1999-09-02T12:10:00Z",
            "phase": "after",
        },
        NOW,
    )
    assert line == mapping
    assert line.when.until == NOW + timedelta(minutes=10)


def test_a_fault_survives_being_written_and_read_again() -> None:
    fault = WORDS.read_text("upload rate=0.25 do=drip:100 door=sf* ttl=1h", NOW)
    assert WORDS.read(fault.document(), NOW) == fault


def test_kinds_have_their_defaults() -> None:
    assert WORDS.read_text("upload do=delay", NOW).value == 1.0
    assert WORDS.read_text("file do=hold", NOW).value == "held by a fault"
    assert WORDS.read_text("upload do=drop", NOW).value is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("uplaod do=drop", r"no place 'uplaod' \(did you mean 'upload'\?\); known: upload, file"),
        ("upload", r"say what goes wrong at upload: delay, drop"),
        ("upload do=dorp", r"did you mean 'drop'"),
        ("file do=lose", r"lose needs a text"),
        ("upload do=drop:3", r"drop takes no value"),
        ("upload do=status:77", r"expected an HTTP status, 100 to 599"),
        ("upload do=delay:1e9", r"expected seconds, 0 to 300"),
        ("upload do=delay:soon", r"'soon' is no number"),
        ("upload do=truncate:1.5", r"expected a number of bytes"),
        ("upload first=0 do=drop", r"first: '0': expected a whole number from 1"),
        ("upload first=1 every=2 do=drop", r"first and every contradict"),
        ("upload rate=2 do=drop", r"above 0, up to 1"),
        ("upload in_a_row=2 do=drop", r"belongs to a rate"),
        ("upload do=drop ttl=soon", r"ttl: .*30s"),
        ("upload do=drop ttl=1m until=2000-01-01T00:00Z", r"contradict"),
        ("upload do=drop phase=between", r"expected before or after"),
        ("upload do=drop campus=06", r"no 'campus'"),
        ("upload drop", r"expected key=value"),
        ("upload 'do=drop", r"cannot be split"),
    ],
)
def test_an_error_says_what_was_expected(line: str, said: str) -> None:
    with pytest.raises(FaultError, match=said) as caught:
        WORDS.read_text(line, NOW)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (["upload"], r"a fault is a mapping"),
        ({"at": "upload", "do": "drop", "when": 1}, r"no 'when'"),
        ({"at": "upload", "do": {"drop": None, "reset": None}}, r"does not know"),
        ({"at": "upload", "do": "drop", "whom": ["06"]}, r"expected a mapping of location, door"),
        ({"at": "upload", "do": "drop", "whom": {"campus": "06"}}, r"nothing is known as 'campus'"),
        ({"at": "upload", "do": "drop", "first": True}, r"True is no number"),
        ({"at": "upload", "do": "drop", "name": 5}, r"up to 64 characters"),
    ],
)
def test_a_mapping_that_is_no_fault_is_explained(content: Any, said: str) -> None:
    with pytest.raises(FaultError, match=said):
        WORDS.read(content, NOW)


@given(st.text(max_size=60))
def test_any_line_is_a_fault_or_an_error_in_one_line(line: str) -> None:
    said = ""
    try:
        WORDS.read_text(line, NOW)
    except FaultError as error:
        said = str(error)
    assert "\n" not in said


def test_events_tell_what_was_asked_and_what_struck() -> None:
    fault = WORDS.read_text("upload first=2 do=status:503 name=down", NOW)
    assert FaultAdded.of(fault).summary() == "fault down added: status:503 at upload"
    entry = FaultStruck.of(fault, "17").entry(None, NOW)
    assert entry.subjects == {"fault": "down", "exchange": "17"}
    assert FaultStruck.kind in FAULT_EVENTS


def test_the_help_names_every_place_and_kind() -> None:
    text = WORDS.help()
    assert all(kind.text in text for kinds in WORDS.places.values() for kind in kinds)
