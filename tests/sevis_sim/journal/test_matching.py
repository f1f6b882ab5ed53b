"""Conditions on documents: what holds, what does not, and how far it is from holding."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sevis_sim.journal.matching import (
    Absent,
    Equal,
    Matcher,
    MatchError,
    read_condition,
    read_names,
    read_path,
    values_at,
)

DOCUMENT = {
    "code": "S0013",
    "count": 3,
    "open": True,
    "note": None,
    "blank": "",
    "failures": [{"code": "S2101", "at": [1, 2]}, {"code": "S1035", "at": []}],
    "names": ["a", "b"],
}
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1, max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("path", "condition", "holds"),
    [
        ("code", "S0013", True),
        ("code", "S0012", False),
        ("count", 3, True),
        ("count", "3", True),
        ("count", 4, False),
        ("count", True, False),
        ("open", True, True),
        ("open", 1, False),
        ("open", "true", False),
        ("note", None, True),
        ("failures.code", "S1035", True),
        ("failures.1.code", "S1035", True),
        ("failures.0.code", "S1035", False),
        ("failures.9.code", {"absent": True}, True),
        ("failures.at", 2, True),
        ("names", "b", True),
        ("names", ["a", "b"], True),
        ("names.1", "b", True),
        ("code", {"equals": "S0013"}, True),
        ("code", {"matches": "^S00(12|13)$"}, True),
        ("code", {"matches": "^0013"}, False),
        ("failures.code", {"matches": "2101"}, True),
        ("count", {"matches": "3"}, True),
        ("nothing", {"matches": ""}, False),
        ("nothing", {"absent": True}, True),
        ("nothing", {"absent": False}, False),
        ("note", {"absent": True}, True),
        ("blank", {"absent": True}, True),
        ("code", {"absent": True}, False),
        ("code", {"absent": False}, True),
        ("code.deeper", {"absent": True}, True),
    ],
)
def test_a_condition_holds_or_not(path, condition, holds):
    matcher = Matcher({read_path(path, "p"): read_condition(condition, "p")})
    assert matcher.matches(DOCUMENT) == holds


@pytest.mark.parametrize(
    ("names", "kind", "holds"),
    [
        ("a.b", "a.b", True),
        ("a.b", "a.bc", False),
        ("a.*", "a.b", True),
        ("a.*", "ab", False),
        ("*", "anything", True),
        (["x", "a.*"], "a.b", True),
        (["x", "y"], "a.b", False),
    ],
)
def test_names_may_end_in_a_star(names, kind, holds):
    assert read_names(names, "kind").holds([kind]) == holds


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"equals": 1, "absent": True}, "mapping of one of equals, matches, absent"),
        ({"like": 1}, "mapping of one of"),
        ({}, "mapping of one of"),
        ({"matches": "("}, "p.matches: ( is no regular expression"),
        ({"matches": 3}, "expected a regular expression"),
        ({"matches": "x" * 501}, "up to 500 characters"),
        ({"absent": "yes"}, "p.absent: expected true or false; got yes"),
    ],
)
def test_a_condition_that_cannot_be_is_named(content, words):
    with pytest.raises(MatchError, match="p") as caught:
        read_condition(content, "p")
    assert words in str(caught.value)
    assert caught.value.field.startswith("p")


@pytest.mark.parametrize("names", ["", [], [1], None, {"a": 1}, ["a", ""]])
def test_names_that_are_none_are_refused(names):
    with pytest.raises(MatchError, match="expected a name"):
        read_names(names, "kind")


@pytest.mark.parametrize("path", ["", ".", "a..b", "a."])
def test_a_path_that_is_none_is_refused(path):
    with pytest.raises(MatchError, match="no path"):
        read_path(path, "detail")


@given(PLAIN)
def test_every_value_equals_itself_through_json_and_back(value):
    found = json.loads(json.dumps({"at": value}))
    assert Equal(value).holds(values_at(found, ("at",)))


@given(st.dictionaries(st.sampled_from("abc"), PLAIN, max_size=3), st.dictionaries(st.sampled_from("abc"), PLAIN))
def test_what_is_missed_is_told_with_a_distance_and_nothing_else_is(wanted, document):
    matcher = Matcher({(name,): Equal(value) for name, value in wanted.items()})
    misses = matcher.misses(document)
    assert matcher.matches(document) == (not misses)
    assert {miss.field for miss in misses} <= set(wanted)
    for miss in misses:
        assert 0 < miss.distance <= 1
        assert miss.expected is not None
        assert len(miss.found) < 1000
        if miss.field not in document:
            assert (miss.found, miss.distance) == ("nothing", 1.0)


def test_a_value_that_is_more_alike_is_nearer():
    wanted = Equal("BATCH000000001")
    assert wanted.distance(["BATCH000000002"]) < wanted.distance(["OTHER"]) < wanted.distance([]) == 1.0
    assert Absent().distance(["x"]) == 0.5
