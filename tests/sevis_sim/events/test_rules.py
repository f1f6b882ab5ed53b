import pytest

from sevis_sim.codes import catalogue
from sevis_sim.events import registry
from sevis_sim.events.cases import cases, played

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name}-{case.place}")
def test_a_broken_rule_is_reported_by_its_code(case):
    outcome = played(case, case.breaks).outcome
    assert outcome.finding is not None
    assert outcome.finding.code == case.code, outcome.message
    assert case.says in outcome.message


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name}-{case.place}")
def test_a_near_miss_succeeds(case):
    processed = played(case, case.near)
    assert processed.outcome.finding is None, processed.outcome.message
    assert processed.record is not None


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name}-{case.place}")
def test_the_message_has_no_placeholder_left(case):
    outcome = played(case, case.breaks).outcome
    assert "[" not in outcome.message
    assert "{" not in outcome.message
    assert 1 <= len(outcome.message) <= 500


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name}-{case.place}")
def test_a_failed_record_stores_and_prints_nothing(case):
    processed = played(case, case.breaks)
    assert processed.record is None
    assert processed.outcome.forms == ()
    assert all(dependent.sevis_id is None for dependent in processed.outcome.dependents)


def test_every_code_that_processing_can_report_has_a_case():
    assert set(registry.codes()) == {case.code for case in CASES}


def test_every_code_that_processing_can_report_is_in_the_catalogue_for_its_population():
    for code, places in registry.codes().items():
        entry = catalogue.entry(code)
        student = code.startswith("S1")
        assert entry.population in (("student",) if student else ("ev", "both")), (code, places)
