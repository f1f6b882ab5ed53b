"""Cutting the detail of an entry down to size."""

import json
from datetime import UTC, date, datetime
from pathlib import PurePosixPath
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sevis_sim.journal.bounded import DEEPEST, LONGEST_LINE, LONGEST_TEXT, MOST_ITEMS, MOST_TEXT, bounded, escaped, line

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.binary()
    | st.dates()
    | st.datetimes()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner) | st.tuples(inner) | st.dictionaries(st.text() | st.integers(), inner) | st.frozensets(SCALARS)
    ),
)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text(), VALUES))
def test_any_detail_becomes_json_that_every_reader_understands(detail: dict[str, Any]) -> None:
    plain = bounded(detail)
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain


def test_short_plain_detail_stays_as_it_is() -> None:
    detail = {"status": 403, "rate": 0.5, "missing": None, "ok": True, "names": ["a", "b"], "deep": {"x": {"y": "z"}}}
    assert bounded(detail) == detail


def test_values_that_json_does_not_know_become_text() -> None:
    detail = {
        "instant": datetime(2026, 3, 6, tzinfo=UTC),
        "day": date(2026, 3, 6),
        "body": "é".encode(),
        "bad": b"\xff",
        "path": PurePosixPath("/a"),
        "set": {"b", "a"},
        "huge": 2**60,
        "nothing": float("nan"),
    }
    assert bounded(detail) == {
        "instant": "2026-03-06T00:00:00+00:00",
        "day": "2026-03-06",
        "body": "é",
        "bad": "\ufffd",
        "path": "/a",
        "set": ["a", "b"],
        "huge": str(2**60),
        "nothing": "nan",
    }


def test_long_texts_and_bodies_are_cut_and_say_how_much_is_missing() -> None:
    plain = bounded({"text": "x" * (LONGEST_TEXT + 5), "body": b"y" * (LONGEST_TEXT + 7)})
    assert plain["text"] == "x" * LONGEST_TEXT + "… (5 more characters)"
    assert plain["body"] == "y" * LONGEST_TEXT + "… (7 more bytes)"


def test_a_character_cut_in_two_at_the_end_of_a_body_is_left_out() -> None:
    body = b"x" * (LONGEST_TEXT - 1) + "é".encode() + b"more"
    assert bounded({"body": body})["body"] == "x" * (LONGEST_TEXT - 1) + "… (5 more bytes)"


def test_many_members_and_deep_nesting_are_cut() -> None:
    plain = bounded({"list": list(range(MOST_ITEMS + 3)), "mapping": {str(n): n for n in range(MOST_ITEMS + 4)}})
    assert plain["list"][-2:] == [MOST_ITEMS - 1, "… (3 more)"]
    assert plain["mapping"]["…"] == "4 more"

    deep: Any = "bottom"
    for _ in range(DEEPEST + 5):
        deep = [deep]
    assert "nested too deeply" in json.dumps(bounded({"deep": deep}), ensure_ascii=False)


def test_an_entry_as_a_whole_stays_small_whatever_is_put_into_it() -> None:
    tree: Any = ["leaf" * 100] * 150
    for _ in range(3):
        tree = [tree] * 150
    wide = {"texts": ["x" * 3_000] * 190, "tree": tree, "empty": [[[]] * 190] * 190}
    assert len(json.dumps(bounded(wide), ensure_ascii=False)) < 8 * MOST_TEXT


def test_a_summary_is_one_line_of_limited_length() -> None:
    assert line(" two\r\n lines\t") == "two lines"
    assert line("x" * LONGEST_LINE) == "x" * LONGEST_LINE
    assert line("x" * (LONGEST_LINE + 1)) == "x" * (LONGEST_LINE - 1) + "…"


def test_a_line_has_nothing_that_a_terminal_obeys() -> None:
    assert line("BATCH\x1b[2J\r\nfaked entry\x07\u202egnp") == "BATCH\\x1b[2J faked entry\\x07\\u202egnp"


@given(st.text(st.characters()))
def test_escaped_text_can_be_printed_on_one_line_and_printable_text_stays(text: str) -> None:
    shown = escaped(text)
    assert len(shown.splitlines()) <= 1
    assert escaped(shown) == shown
    if text.isprintable():
        assert shown == text
