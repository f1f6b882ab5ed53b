"""The facts that only the outside world knows: declared once, read strictly, named with suggestions."""

import csv
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import REFERENCE

from sevis_sim.codes import catalogue
from sevis_sim.domain.facts import FactError, facts, find, true


@given(st.dates())
def test_an_occurrence_may_be_told_with_its_day(day: date) -> None:
    told = {"arrived": find("arrived", "student").read(day.isoformat())}
    assert told["arrived"] == day.isoformat()
    assert true(told, "arrived")


@pytest.mark.parametrize(("told", "read"), [(True, True), ("true", True), ("False", False), (False, False)])
def test_an_occurrence_may_be_told_without_its_day(told: object, read: bool) -> None:
    assert find("arrived", "student").read(told) is read
    assert true({"arrived": read}, "arrived") is read


@pytest.mark.parametrize("wrong", ["yes", "2026-3-6", "20260306", "2026-02-30", 1, 0, None, [], {}, ""])
def test_anything_else_is_no_occurrence(wrong: object) -> None:
    with pytest.raises(FactError, match="arrived is true, false or a day"):
        find("arrived", "student").read(wrong)


def test_a_choice_takes_its_words_only() -> None:
    assert find("changeOfStatus", "student").read("pending") == "pending"
    with pytest.raises(FactError, match="changeOfStatus is pending or approved or denied or withdrawn"):
        find("changeOfStatus", "student").read(True)


def test_unknown_names_get_a_suggestion_or_the_list() -> None:
    with pytest.raises(FactError, match=r"did you mean 'visaIssued'\?") as near:
        find("visa_issued", "exchangeVisitor")
    assert near.value.unknown
    with pytest.raises(FactError, match=r"known facts: arrived, visaIssued$"):
        find("zzz", "student", "dependent")


def test_a_fact_belongs_to_its_populations_and_owners() -> None:
    with pytest.raises(FactError, match="'transferIn' is no fact of exchangeVisitor records"):
        find("transferIn", "exchangeVisitor")
    with pytest.raises(FactError, match="'i901Paid' is no fact of a dependent"):
        find("i901Paid", "student", "dependent")


def test_the_codes_that_read_a_fact_exist() -> None:
    known = catalogue.entries()
    assert not {code for fact in facts().values() for code in fact.codes} - set(known)


def test_every_injectable_code_about_a_record_has_its_fact() -> None:
    if not REFERENCE.exists():
        pytest.skip("the reference folder is not beside this checkout")
    with (REFERENCE / "error-codes.csv").open(encoding="utf-8", newline="") as file:
        injectable = {row["code"] for row in csv.DictReader(file) if row["decidable"] == "inject"}
    # Not facts of a record: faults of the service, legacy codes no current document can cause, the organization's
    # status, decisions on requests (S1124, S1130), the cap-gap season, and the watch list.
    other = {"S1026", "S1048", "S1109", "S1124", "S1130", "S1140", "S2000", "S2098", "S2099", "S2101", "S2122", "S2157"}
    other |= {"S2237", "S2238", "S9999"}
    told = {code for fact in facts().values() for code in fact.codes}
    assert {code for code in injectable if code[1] in "129" and code not in other} == told
