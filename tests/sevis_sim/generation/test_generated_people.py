"""Every entry of the lists from which people and places are made, not only those that a seed happens to draw."""

from datetime import date, time

import pytest
from generated import DAY, SCHOOL, made
from lxml import etree

from sevis_sim import events
from sevis_sim.clock import Calendar
from sevis_sim.codes import table
from sevis_sim.domain.document import to_node
from sevis_sim.events import addresses
from sevis_sim.generation import places
from sevis_sim.generation.data import load, subjects
from sevis_sim.generation.draw import Draw, Profile
from sevis_sim.generation.people import Name, Person, full_name, plain

CULTURES = load("people")["cultures"]


def _student():
    [batch] = made("student", 1, 3)
    return to_node(etree.fromstring(batch.xml)[1][0])


def _findings(node):
    world = events.RecordsWorld(SCHOOL.id, "NAMES000000001", (), lambda _: "")
    instant = Calendar().at(DAY, time(12))
    context = events.Context(world, SCHOOL, instant, DAY, "NAMES000000001", 1)
    return events.broken_rules("CreateStudent", node, context)


@pytest.mark.parametrize("culture", CULTURES)
def test_every_name_of_a_culture_passes_the_name_rules_in_every_form(culture):
    names, node = CULTURES[culture], _student()
    for female in (True, False):
        for entry in names["female" if female else "male"]:
            text, _, script = entry.partition("|")
            for surname in names["family"]:
                person = Person((surname,), Name(text, script), False, female, date(2000, 1, 1), "CH")
                for profile in (Profile.minimal, Profile.full):
                    node["PersonalInfo"]["FullName"] = full_name(Draw(profile, 1), person)
                    assert _findings(node) == (), (surname, entry)


def test_a_passport_name_is_as_long_as_it_may_be_and_cut_between_words():
    person = Person(
        ("Ordóñez", "Echeverría"), Name("María de los Ángeles Guadalupe"), False, True, date(2000, 1, 1), "SP"
    )
    assert person.passport_name() == "ORDONEZ ECHEVERRIA MARIA DE LOS ANGELES"
    assert len(person.passport_name()) <= 39


def test_names_lose_what_stands_around_letters_and_some_letters_become_two():
    assert plain("Großmann Skjæveland Þór Øystein Đặng Łukasz Ha-eun O’Shea") == (
        "Grossmann Skjaeveland Thor Oystein Dang Lukasz Ha eun OShea"
    )


def test_a_daughter_has_the_women_s_form_of_the_family_name():
    entry = "Vinogradov/Vinogradova|Виноградов/Виноградова"
    she, he = (Person((entry,), Name("Sasha"), False, female, date(2000, 1, 1), "RS") for female in (True, False))
    assert (she.families, he.families) == ((Name("Vinogradova", "Виноградова"),), (Name("Vinogradov", "Виноградов"),))


def test_every_place_belongs_to_its_state_and_every_hall_needs_its_code():
    for place in load("places")["places"]:
        address = {"Address1": "1 Elm Street", "State": place["state"], "PostalCode": place["zip"]}
        assert addresses.judge(address, addresses.STUDENT).code == addresses.ACCEPTED, place
        for hall in load("places")["halls"]:
            assert addresses.judge(address | {"Address1": hall}, addresses.STUDENT).code == addresses.STUDENT.street


@pytest.mark.parametrize("code", load("countries")["countries"])
def test_every_country_is_one_of_the_tables_and_has_names_and_addresses(code):
    data = load("countries")["countries"][code]
    assert code in table("country").listed("CntryCodeWithoutType")
    assert code in table("birth-country").listed("BirthCntryCodeType")
    assert all(name in CULTURES for name in data["names"])
    assert 1 <= len(data["dial"]) <= 4
    for number in range(20):
        address = places.foreign_address(Draw(Profile.full, code, number), code)
        assert address["CountryCode"] == code
        assert all(part.isascii() and 1 <= len(part) <= 60 for part in address.values())


def test_every_program_has_subjects_positions_and_a_code_of_the_tables():
    programs = load("programs")
    assert set(programs["levels"]) == set(table("education-level"))
    assert set(programs["categories"]) == set(table("ev-category"))
    for data in [*programs["levels"].values(), *programs["categories"].values()]:
        assert all(subjects((beginning,)) for beginning in data["subjects"])
        assert all(code in table("ev-position") for code in data.get("positions", ()))
