import pytest

from sevis_sim.advice.explain_codes import (
    UnknownCode,
    UnknownEvent,
    all_codes,
    codes_of_event,
    explain_code,
    looks_like_a_code,
    not_built,
)
from sevis_sim.codes import catalogue
from sevis_sim.codes.meaning import meaning
from sevis_sim.events import registry


@pytest.mark.parametrize("code", all_codes())
def test_every_code_can_be_explained(code):
    found = explain_code(code)
    assert found.condition == meaning(code).condition
    assert found.events or found.places or found.decided == "injectable"
    assert found.here.endswith(".")


@pytest.mark.parametrize("text", ["S1042", "s1042", "1042", " S1042 "])
def test_a_code_may_be_written_carelessly(text):
    assert explain_code(text).code == "S1042"


def test_leading_zeroes_may_be_left_out():
    assert explain_code("12").code == explain_code("S12").code == "S0012"


def test_an_unknown_code_gets_the_nearest_ones():
    with pytest.raises(UnknownCode, match="S1005 is no code of SEVIS") as error:
        explain_code("S1005")
    assert error.value.nearest == ("S1003", "S1004", "S1006")


def test_a_misspelled_code_gets_similar_ones():
    with pytest.raises(UnknownCode) as error:
        explain_code("S104X")
    assert "S1104" in error.value.nearest


@pytest.mark.parametrize("text", ["S0004", "S0039"])
def test_a_reserved_number_is_told_as_such(text):
    with pytest.raises(UnknownCode, match="reserved number"):
        explain_code(text)


@pytest.mark.parametrize("text", ["", "S", "Sabc", "SSSSS", "٣٤٥٦", "S٣٤٥٦", "S99999"])
def test_nonsense_is_an_unknown_code(text):
    with pytest.raises(UnknownCode):
        explain_code(text)


def test_a_code_is_either_ruled_injectable_or_not_built_yet():
    ruled = set(registry.codes())
    for code, entry in catalogue.entries().items():
        if entry.population == "transport":
            continue
        injectable = meaning(code).decided == "injectable"
        assert (code in ruled) + injectable + (code in not_built()) == 1, code


def test_what_is_not_built_is_told():
    for code in not_built():
        assert "yet" in explain_code(code).here
        assert not explain_code(code).built


def test_a_code_with_a_rule_names_the_events_that_it_guards():
    assert "CreateStudent" in explain_code("S1024").here
    assert explain_code("S1024").built


def test_an_injectable_code_says_why():
    assert meaning("S2101").reason in explain_code("S2101").here


def test_an_event_of_both_populations_has_the_codes_of_both():
    found = codes_of_event("program/extension")
    assert set(found) == {"student", "exchangeVisitor"}
    assert {"S1042", "S1100", "S1003"} <= set(found["student"])
    assert {"S2236", "S2001"} <= set(found["exchangeVisitor"])
    assert not set(found["student"]) & {"S2236", "S1032"}


def test_a_create_cannot_fail_for_want_of_a_record():
    assert "S1003" not in codes_of_event("CreateStudent")["student"]
    assert "S2001" not in codes_of_event("CreateEV")["exchangeVisitor"]


def test_every_code_that_a_rule_reports_is_among_those_of_its_event():
    for code, places in registry.codes().items():
        for place in places:
            if not place.startswith("every "):
                assert any(code in codes for codes in codes_of_event(place).values()), (code, place)


@pytest.mark.parametrize("population", ["student", "exchangeVisitor"])
def test_every_event_of_the_schemas_can_be_asked_for(population):
    for event in registry.UPDATES[population]:
        assert codes_of_event(event)[population]


def test_an_unknown_event_gets_the_nearest_ones():
    with pytest.raises(UnknownEvent, match="Program/Extension"):
        codes_of_event("Program/Extention")
    with pytest.raises(UnknownEvent, match="written like"):
        codes_of_event("???")


def test_codes_are_told_from_files():
    assert all(looks_like_a_code(text) for text in ("S1042", "s1042", "1042", "S104X"))
    assert not any(looks_like_a_code(text) for text in ("log.xml", "S1042.zip", "./S1042", "BATCH000000001", ""))
