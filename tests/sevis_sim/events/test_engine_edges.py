"""What the engine does with records that hardly any client sends."""

import dataclasses

import pytest
from rules_bench import BASES, SCHOOL, SPONSOR, MemoryWorld, context, stored, update

from sevis_sim import events
from sevis_sim.domain.outcomes import Finding
from sevis_sim.events import registry
from sevis_sim.events.cases import GONE, RuleCase, changed, findings, stage
from sevis_sim.events.declare import Rule, broken


@pytest.fixture
def without_events(monkeypatch):
    """As if no event had been built."""
    monkeypatch.setattr(registry, "events", dict)


def test_an_event_that_is_not_built_ends_in_the_code_for_it(without_events):
    node = update("Reprint", {"@printForm": "true"}, "N9900000001", "pdso000001")
    done = events.process("UpdateStudent", node, context(MemoryWorld(), SCHOOL))
    assert (done.record, done.outcome.finding.code) == (None, events.NOT_BUILT)
    assert "does not process the event Reprint yet" in done.outcome.message
    assert events.broken_rules("UpdateStudent", node, context(MemoryWorld(), SCHOOL)) == (Finding(events.NOT_BUILT),)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "UpdateStudent"),
        ({"UserDefinedA": "a"}, "UpdateStudent"),
        ({"Dependent": [{"UserDefinedA": "a"}]}, "Dependent"),
    ],
)
def test_an_update_without_an_event_is_named_by_what_it_has(body, path):
    node = {"@sevisID": "N9900000001", "@requestID": "1", "@userID": "pdso000001"} | body
    outcome = events.process("UpdateStudent", node, context(MemoryWorld(), SCHOOL)).outcome
    assert (outcome.event, outcome.finding.code) == (path, events.NOT_BUILT)


def _with_rules(monkeypatch, *rules):
    known = registry.events()
    event = dataclasses.replace(known["student", "Status/Verify"], rules=rules)
    monkeypatch.setattr(registry, "events", lambda: known | {("student", "Status/Verify"): event})


def _verified():
    world = MemoryWorld()
    node = update("Status/Verify", "", stored(world, "STU-001"), "pdso000001")
    return node, context(world, SCHOOL)


def _breaks(case):
    return broken("Remarks")


def _breaks_down(case):
    raise ZeroDivisionError


def test_advice_stops_at_a_rule_that_builds_on_a_broken_one(monkeypatch):
    _with_rules(monkeypatch, Rule("S1106", _breaks), Rule("S1054", _breaks_down), Rule("S1057", _breaks))
    node, circumstances = _verified()
    assert [each.code for each in events.broken_rules("UpdateStudent", node, circumstances)] == ["S1106"]


def test_a_rule_that_breaks_down_by_itself_is_no_finding(monkeypatch):
    _with_rules(monkeypatch, Rule("S1054", _breaks_down))
    node, circumstances = _verified()
    with pytest.raises(ZeroDivisionError):
        events.broken_rules("UpdateStudent", node, circumstances)


def test_advice_on_a_record_that_is_stopped_at_the_gates_is_that_alone():
    node = changed(BASES["EV-001"], {"@userID": "nobody0001", "PrgEndDate": "1999-01-01"})
    found = events.broken_rules("CreateEV", node, context(MemoryWorld(), SPONSOR))
    assert [each.code for each in found] == ["S2154"]


def test_a_change_can_replace_and_take_away_what_stands_in_a_list():
    node = {"Dependent": [{"Name": "A"}, {"Name": "B"}, {"Name": "C"}]}
    assert changed(node, {"Dependent/1": {"Name": "Z"}, "Dependent/3": GONE}) == {
        "Dependent": [{"Name": "Z"}, {"Name": "B"}]
    }
    assert changed(node, {"Dependent/2/Name": GONE})["Dependent"][1] == {}
    assert len(node["Dependent"]) == 3


def test_a_case_whose_earlier_record_fails_is_told():
    staged = stage(
        RuleCase("S1004", "STU-001", {"earlier": ("STU-002", "STU-002")}), {"earlier": ("STU-002", "STU-002")}
    )
    with pytest.raises(ValueError, match="record 2 of the batch fails: This record is a duplicate"):
        findings(staged)
