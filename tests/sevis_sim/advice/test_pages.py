"""The generated pages: that those in docs/ are what would be written now, and that they tell of everything."""

import re

import pytest
from support import ROOT

from sevis_sim.advice.pages import codes_page, events_page
from sevis_sim.advice.pages.__main__ import main, pages
from sevis_sim.advice.pages.case_words import example
from sevis_sim.advice.pages.events_page import _words
from sevis_sim.codes import catalogue
from sevis_sim.events import registry
from sevis_sim.events.cases import GONE, RuleCase
from sevis_sim.events.student.requests import KINDS


@pytest.mark.parametrize("name", pages())
def test_the_page_is_fresh(name):
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert page == pages()[name], "run python -m sevis_sim.advice.pages"


def test_the_page_of_codes_tells_of_every_code():
    page = codes_page()
    assert sorted(re.findall(r"^### (\w+)$", page, re.MULTILINE)) == sorted(catalogue.entries())
    for code in catalogue.entries():
        has = f"`sevis-sim generate for-code {code}`" in page
        assert has == (code not in ("S0001", "S0031"))


@pytest.mark.parametrize("population", ["student", "exchangeVisitor"])
def test_the_pages_of_events_tell_of_every_event_and_of_every_rule_in_order(population):
    sections = re.split(r"^## ", events_page(population), flags=re.MULTILINE)
    by_path = {section.partition("\n")[0]: section for section in sections}
    for (whose, path), event in registry.events().items():
        if whose == population:
            told = re.findall(r"^  \d+\. (\w+):", by_path[path], re.MULTILINE)
            assert told == [rule.code for rule in event.rules]
            assert f"[{path}](#{path.lower().replace('/', '')})" in by_path["All events"]


def test_events_that_are_not_built_are_named():
    page = events_page("exchangeVisitor")
    for population, path in registry.missing():
        assert population != "exchangeVisitor" or f"`{path}`" in page


def test_the_page_says_which_events_wait_for_a_decision():
    files = {event.files for event in registry.events().values()} - {""}
    assert files == set(KINDS)
    page = events_page("student")
    for kind in files:
        assert f"waits for a decision of USCIS: {KINDS[kind].means}." in page


def test_the_check_finds_what_is_out_of_date(tmp_path, capsys):
    assert main(["--check"], tmp_path) == 1
    assert len(capsys.readouterr().err.splitlines()) == 3
    assert main([], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0
    (tmp_path / "codes.md").write_text("old", encoding="utf-8")
    assert main(["--check"], tmp_path) == 1
    assert "codes.md is out of date: run python -m sevis_sim.advice.pages" in capsys.readouterr().err


def test_what_has_no_docstring_is_not_passed_over():
    with pytest.raises(ValueError, match="has no docstring"):
        _words(lambda: None)


@pytest.mark.parametrize(
    ("breaks", "words"),
    [
        ({"USAddress/State": "NY"}, "`USAddress/State`: NY"),
        ({"USAddress": GONE, "Email": ""}, "`USAddress` left out, `Email` blank"),
        ({"stored:PersonalInfo/Email": GONE}, "stored `PersonalInfo/Email` left out"),
        (
            {"status": "TERMINATED", "known": ("STU-001", "STU-002")},
            "the record TERMINATED, SEVIS knows STU-001 and STU-002",
        ),
        ({"organization": "sponsor"}, "sent by the sponsor"),
        ({"organization:visas": frozenset({"M-1"})}, "the organization's `visas`: M-1"),
        ({"organization:visas": frozenset()}, "the organization's `visas`: none"),
        ({"switch:program_may_start_today": False}, "the setting `program_may_start_today`: false"),
        ({"dependent 1:status": "ACTIVE"}, "dependent 1 `status`: ACTIVE"),
        (
            {"EduLevel": {"Level": "11", "Sites": [{"City": "Urbana"}]}},
            "`EduLevel`: {Level: 11, Sites: [{City: Urbana}]}",
        ),
        ({}, "as it is"),
    ],
)
def test_a_case_is_told_in_words(breaks, words):
    assert example(RuleCase("S1000", "STU-001", breaks)) == f"{words}; near miss: the same without that"
