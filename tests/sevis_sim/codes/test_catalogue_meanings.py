import re
import subprocess
import sys

import pytest

from sevis_sim.codes import catalogue, table
from sevis_sim.codes.meaning import EVERY, EVERY_UPDATE, meaning, meanings
from sevis_sim.events.registry import UPDATES, codes
from sevis_sim.resources import folder

POPULATIONS = {"student": ("student",), "ev": ("exchangeVisitor",), "both": ("student", "exchangeVisitor")}
CREATES = {"student": "CreateStudent", "exchangeVisitor": "CreateEV"}


def paths(population):
    return {path for one in POPULATIONS[population] for path in (*UPDATES[one], CREATES[one])}


def test_every_code_has_a_meaning_and_every_meaning_a_code():
    assert set(meanings()) == set(catalogue.entries())


@pytest.mark.parametrize("code", catalogue.entries())
def test_no_code_lacks_a_text(code):
    found = meaning(code)
    for text in (found.condition, found.mend, found.how_to_trigger):
        assert len(text) > 15, text
        assert text[0].isupper(), text
        assert text.endswith("."), text
    assert found.source


@pytest.mark.parametrize("code", catalogue.entries())
def test_a_code_is_decided_by_a_rule_or_says_why_not(code):
    found = meaning(code)
    assert found.decided in ("rule", "table", "injectable")
    assert bool(found.reason) == (found.decided == "injectable")
    assert bool(found.trigger) == (found.decided != "injectable")


def test_the_condition_is_not_the_official_message_again():
    for code, entry in catalogue.entries().items():
        assert all(text.rstrip(".").lower() != meaning(code).condition.rstrip(".").lower() for text in entry.messages)


def test_events_are_those_of_the_schemas():
    for code, entry in catalogue.entries().items():
        found = meaning(code)
        if entry.population == "transport":
            assert found.places
            assert not found.events
        else:
            assert not found.places
            assert set(found.events) - {EVERY, EVERY_UPDATE} <= paths(entry.population), code


def test_only_injectable_codes_are_without_events():
    without = [code for code, entry in catalogue.entries().items() if entry.population != "transport"]
    assert {meaning(code).decided for code in without if not meaning(code).events} == {"injectable"}


def test_every_rule_that_exists_is_known_as_decided():
    wrong = [code for code in codes() if meaning(code).decided == "injectable"]
    assert not wrong, "these have a rule now: set decided, trigger and no reason in sevis_sim/codes/meanings"


def test_every_rule_that_exists_stands_with_its_events():
    wrong = []
    for code, places in codes().items():
        for place in places:
            every = re.fullmatch(r"every \w+ (event|update)", place)
            if every:
                wanted = {EVERY} if every[1] == "event" else {EVERY, EVERY_UPDATE}
                listed = bool(wanted & set(meaning(code).events))
            else:
                listed = meaning(code).occurs_in(place)
            if not listed:
                wrong.append((code, place))
    assert not wrong, "add these to `events` of the code in sevis_sim/codes/meanings, then run sevis_sim.advice.pages"


def test_elements_that_decide_codes_are_in_the_schemas():
    schemas = "".join(file.read_text(encoding="utf-8") for file in folder("schemas").rglob("*.xsd"))
    for code, found in meanings().items():
        for name in found.looks_at:
            assert f'name="{name.removeprefix("@")}"' in schemas, (code, name)


def test_a_code_of_all_updates_does_not_occur_in_creates():
    assert meaning("S1003").occurs_in("Registration")
    assert not meaning("S1003").occurs_in("CreateStudent")


def test_table_codes_that_their_texts_name_are_in_the_tables():
    assert {"01", "07"} <= set(table("drop-below-reason").codes())
    assert {"14", "15", "16", "21"} <= set(table("student-termination-reason").codes())
    assert {"1A", "1G", "2A", "2B", "11", "12", "13", "14", "15"} <= set(table("ev-category").codes())
    assert "OTHER" in table("us-government-agency").codes()
    assert {"OTH"} <= set(table("infraction").codes())


def test_an_injectable_code_is_triggered_by_a_scenario():
    assert "outcomes:" in meaning("S2000").how_to_trigger
    assert "S2000" in meaning("S2000").how_to_trigger


def test_the_wire_does_not_read_the_meanings():
    program = "import sys, sevis_sim.events, sevis_sim.codes.catalogue; print('sevis_sim.codes.meaning' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
