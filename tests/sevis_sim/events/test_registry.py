import dataclasses

import pytest
from lxml import etree

from sevis_sim.domain.records import STATUSES
from sevis_sim.events import registry
from sevis_sim.events.context import Switches
from sevis_sim.events.declare import Event

XS = "{http://www.w3.org/2001/XMLSchema}"


def schema_events(path, record):
    """Every event path in an official schema: the choice in the update record, and the choices inside it."""
    root = etree.parse(path).getroot()
    update = next(e for e in root.iter(f"{XS}element") if e.get("name") in ("UpdateStudent", "UpdateEV"))
    element = next(e for e in update.iter(f"{XS}element") if e.get("name") == record)
    for event in element.find(f"{XS}complexType/{XS}sequence/{XS}choice"):
        if event.tag != f"{XS}element":
            continue
        inner = event.find(f"{XS}complexType/{XS}choice")
        if inner is None:
            inner = event.find(f"{XS}complexType/{XS}sequence/{XS}choice")
        if inner is None:
            yield event.get("name")
        else:
            yield from (f"{event.get('name')}/{e.get('name')}" for e in inner.iterchildren(f"{XS}element"))


@pytest.mark.parametrize(
    ("population", "file", "record"),
    [
        ("student", "Create-UpdateStudent.xsd", "Student"),
        ("exchangeVisitor", "Create-UpdateExchangeVisitor.xsd", "ExchangeVisitor"),
    ],
)
def test_the_registry_knows_exactly_the_events_of_the_official_schema(population, file, record, reference):
    assert sorted(registry.UPDATES[population]) == sorted(schema_events(reference / "official-xsd" / file, record))


def test_every_event_that_is_processed_is_a_create_or_an_event_of_the_schema():
    for (population, path), event in registry.events().items():
        assert event.creates == (path in ("CreateStudent", "CreateEV"))
        assert event.creates or path in registry.UPDATES[population]


def test_the_events_that_are_missing_and_those_that_are_there_make_up_all():
    there = {key for key, event in registry.events().items() if not event.creates}
    everything = {(population, path) for population, paths in registry.UPDATES.items() for path in paths}
    assert there | set(registry.missing()) == everything
    assert not there & set(registry.missing())


def test_every_event_of_students_is_processed():
    assert not [path for population, path in registry.missing() if population == "student"]


def test_every_update_says_in_which_statuses_it_is_allowed_and_what_else_is_reported():
    for event in registry.events().values():
        if not event.creates:
            assert event.statuses <= STATUSES[event.population], event.path
            assert event.wrong_status, event.path


def test_every_rule_says_what_it_is_about():
    for event in registry.events().values():
        for rule in event.rules:
            bound = rule.check.__qualname__.startswith("address_rules")
            assert bound or rule.check.__doc__, (event.path, rule.code)


def test_no_event_tries_a_code_in_two_places_apart():
    """Rules of one code stand together, so that the order of codes can be read off the declaration."""
    for event in registry.events().values():
        codes = [rule.code for rule in event.rules]
        apart = {code for code in codes if codes.count(code) > 1} - {"S2247", "S2248", "S2249"}
        assert not apart, event.path


def test_an_event_cannot_be_changed_after_its_declaration():
    with pytest.raises(dataclasses.FrozenInstanceError):
        next(iter(registry.events().values())).path = "Other"


def test_every_switch_has_a_default():
    assert all(
        field.default is not dataclasses.MISSING or field.default_factory for field in dataclasses.fields(Switches)
    )
    assert isinstance(next(iter(registry.events().values())), Event)
