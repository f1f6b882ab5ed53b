"""Expectations of a journal: happened, never, how often, in which order; the nearest misses."""

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sevis_sim.journal import Entry, Expectation, Journal, MatchError
from sevis_sim.journal.expectations import MOST_ENTRIES, NEAREST, Verification
from sevis_sim.store import Store

NOW = datetime(2026, 3, 6, 12, tzinfo=UTC)


def entries(text):
    """Return entries of the kinds that a text spells: ``aab`` is two of kind a and one of b."""
    return [
        {"id": number, "kind": letter, "summary": f"{letter} {number}", "subjects": {"n": str(number)}, "detail": {}}
        for number, letter in enumerate(text, 1)
    ]


def verdict(content, text):
    verification = Verification(Expectation.read(content))
    for entry in entries(text):
        verification.see(entry)
    return verification.verdict()


A = {"kind": "a"}
AFTER = {"kind": "a", "after": {"kind": "b"}}
WORDS = st.text("abc", max_size=12)


@pytest.mark.parametrize(
    ("content", "text", "met", "count"),
    [
        ({"match": A}, "ba", True, 1),
        ({"match": A}, "bb", False, 0),
        ({"match": A, "never": True}, "bb", True, 0),
        ({"match": A, "never": True}, "ba", False, 1),
        ({"match": A, "never": False}, "ba", True, 1),
        ({"match": A, "exactly": 2}, "aba", True, 2),
        ({"match": A, "exactly": 2}, "aaa", False, 3),
        ({"match": A, "exactly": 0}, "", True, 0),
        ({"match": A, "min": 2}, "aab", True, 2),
        ({"match": A, "min": 2}, "ab", False, 1),
        ({"match": A, "max": 1}, "b", True, 0),
        ({"match": A, "max": 1}, "aa", False, 2),
        ({"match": A, "min": 1, "max": 2}, "aa", True, 2),
        ({"match": AFTER}, "ab", False, 0),
        ({"match": AFTER}, "aba", True, 1),
        ({"match": AFTER, "never": True}, "aaa", True, 0),
        ({"match": {"kind": "a", "after": {"kind": "b", "after": {"kind": "c"}}}}, "bca", False, 0),
        ({"match": {"kind": "a", "after": {"kind": "b", "after": {"kind": "c"}}}}, "cba", True, 1),
        ({"match": {"kind": "a", "after": {"kind": "a"}}, "exactly": 2}, "aaa", True, 2),
        ({"match": {}}, "c", True, 1),
    ],
)
def test_an_expectation_is_met_or_not(content, text, met, count):
    found = verdict(content, text)
    assert (bool(found), found.count, found.seen) == (met, count, len(text))
    assert found.words.startswith("as expected" if met else "not as expected")


@given(WORDS)
def test_an_order_is_the_order_of_the_text(text):
    expected = sum(1 for i, letter in enumerate(text) if letter == "a" and "b" in text[:i])
    assert verdict({"match": AFTER}, text).count == expected
    assert verdict({"match": AFTER, "never": True}, text).met == (expected == 0)


@given(WORDS, st.integers(0, 4), st.integers(0, 4))
def test_bounds_are_bounds_and_what_is_settled_stays_so(text, low, more):
    content = {"match": A, "min": low, "max": low + more}
    expectation = Expectation.read(content)
    verification = Verification(expectation)
    settled = None
    for entry in entries(text):
        verification.see(entry)
        if verification.settled and settled is None:
            settled = verification.verdict().met
    assert verification.verdict().met == (low <= text.count("a") <= low + more)
    if settled is not None:
        assert verification.verdict().met == settled


def test_the_nearest_misses_are_few_and_the_nearest_first():
    wanted = {"match": {"kind": "upload.answered", "subjects": {"batch": "B1"}, "detail": {"code": "S0000"}}}
    verification = Verification(Expectation.read(wanted))
    others = [
        ("upload.answered", "B2", "S0013"),
        ("upload.answered", "B1", "S0013"),
        ("download.answered", "B1", "S0000"),
        ("clock.moved", "", ""),
        *[("clock.moved", "", "")] * 100,
        ("upload.answered", "B2", "S0000"),
    ]
    for number, (kind, batch, code) in enumerate(others, 1):
        verification.see(
            {"id": number, "kind": kind, "summary": "", "subjects": {"batch": batch}, "detail": {"code": code}}
        )
    found = verification.verdict()
    assert len(found.near_misses) == NEAREST
    assert {near.entry["id"] for near in found.near_misses} == {2, 3, 105}
    assert all(len(near.misses) == 1 for near in found.near_misses)
    distances = [near.distance for near in found.near_misses]
    assert distances == sorted(distances)


def test_another_answer_about_the_same_batch_is_nearer_than_the_right_one_about_another():
    wanted = {"subjects": {"batch": "BATCH000000001"}, "detail": {"code": "S0000"}}
    verification = Verification(Expectation.read({"match": wanted}))
    for number, (batch, code) in enumerate((("BATCH000000001", "S0013"), ("BATCH000000002", "S0000")), 1):
        verification.see({"id": number, "kind": "k", "subjects": {"batch": batch}, "detail": {"code": code}})
    assert [near.entry["id"] for near in verification.verdict().near_misses] == [1, 2]


def test_what_came_too_early_is_a_near_miss_and_what_has_nothing_in_common_is_none():
    [near] = verdict({"match": AFTER}, "ac").near_misses
    assert [(miss.field, miss.expected, miss.found) for miss in near.misses] == [
        ("after", "before it one with kind b", "nothing")
    ]
    assert verdict({"match": {"kind": "a", "subjects": {"n": "x"}}}, "bcbc").near_misses == ()


def test_only_the_first_entries_that_fit_are_told_and_all_are_counted():
    found = verdict({"match": A, "never": True}, "a" * (MOST_ENTRIES + 5))
    assert (len(found.entries), found.count, found.near_misses) == (MOST_ENTRIES, MOST_ENTRIES + 5, ())


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ([], ""),
        ({}, "match"),
        ({"match": A, "often": 1}, "often"),
        ({"match": "a"}, "match"),
        ({"match": {"kinds": "a"}}, "match.kinds"),
        ({"match": {"kind": 1}}, "match.kind"),
        ({"match": {"subjects": "x"}}, "match.subjects"),
        ({"match": {"detail": {"a..b": 1}}}, "match.detail"),
        ({"match": {"detail": {"a": {"matches": "("}}}}, "match.detail.a.matches"),
        ({"match": {"after": {"after": {"knd": 1}}}}, "match.after.after.knd"),
        ({"match": A, "never": 1}, "never"),
        ({"match": A, "min": -1}, "min"),
        ({"match": A, "min": True}, "min"),
        ({"match": A, "max": 1.5}, "max"),
        ({"match": A, "exactly": 1, "max": 2}, "max"),
        ({"match": A, "never": True, "exactly": 0}, "never"),
        ({"match": A, "min": 0}, "min"),
        ({"match": A, "min": 2, "max": 1}, "min"),
    ],
)
def test_what_is_no_expectation_is_named(content, field):
    with pytest.raises(MatchError) as caught:
        Expectation.read(content)
    assert caught.value.field == field
    assert len(str(caught.value).splitlines()) == 1


def test_patterns_cannot_be_nested_without_end():
    content = {}
    for _ in range(100):
        content = {"after": content}
    with pytest.raises(MatchError, match="stand in each other"):
        Expectation.read({"match": content})


async def test_a_journal_is_verified_page_by_page_and_waited_for():
    store = Store.open("sqlite://")
    await store.run(lambda tx: tx.sandboxes.create("one", 1, {}))
    journal = Journal(store)

    def fill(tx):
        for number in range(1100):
            journal.append(tx, Entry("one", NOW, "a.b", "s", {"n": str(number)}))

    await store.run(fill)
    found = await journal.verify("one", {"match": {"kind": "a.*"}, "exactly": 1100})
    assert (found.met, found.count) == (True, 1100)
    last = await journal.last_id("one")
    assert not await journal.verify("one", {"match": {"kind": "a.*"}}, after_id=last)
    waiting = asyncio.create_task(journal.verify("one", {"match": {"kind": "c.d"}}, seconds=60))
    while "one" not in journal._waiting:
        await asyncio.sleep(0)
    await journal.record(Entry("one", NOW, "c.d", "s"))
    assert await waiting
    store.close()
