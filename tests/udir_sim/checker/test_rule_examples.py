"""Every example of every rule, passing and failing, in both modes."""

import io

import pytest

from udir_sim.checker import Previous, Report, check
from udir_sim.rules import Mode, Profile, Severity, catalogue
from udir_sim.rules.examples import sample

PASSING = [(rule.id, edit) for rule in catalogue().values() for edit in rule.passes]
FAILING = [(rule.id, example) for rule in catalogue().values() for example in rule.fails]
NAMES = [f"{rule_id}-{example.edit[:40]}" for rule_id, example in FAILING]


def checked(edit: str, mode: Mode) -> Report:
    file = sample(edit)
    return check(
        io.BytesIO(file.content),
        as_of=file.as_of,
        mode=mode,
        profile=Profile(**dict.fromkeys(file.switches, True)),
        previous=None if file.previous is None else Previous(*file.previous),
    )


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(("rule_id", "edit"), PASSING)
def test_a_passing_example_raises_nothing_at_all(rule_id, edit, mode):
    assert [result.rule for result in checked(edit, mode).results] == []


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    ("rule_id", "example"), FAILING, ids=[f"{rule}-{example.edit[:40]}" for rule, example in FAILING]
)
def test_a_failing_example_raises_its_rule_and_nothing_that_is_not_named(rule_id, example, mode):
    severity = example.strict if mode is Mode.STRICT else example.lenient
    expected = {*example.also, *([rule_id] if severity is not Severity.OFF else [])}
    report = checked(example.edit, mode)
    assert {result.rule for result in report.results} == expected
    own = report.result(rule_id)
    assert (own.severity if own else Severity.OFF) == severity


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    ("rule_id", "example"), FAILING, ids=[f"{rule}-{example.edit[:40]}" for rule, example in FAILING]
)
def test_the_verdict_follows_from_the_worst_finding(rule_id, example, mode):
    report = checked(example.edit, mode)
    worst = max((result.severity for result in report.results), default=Severity.OFF)
    if worst is Severity.FATAL:
        assert report.verdict == "REFUSED"
    elif worst is Severity.ERROR and mode is Mode.STRICT:
        assert report.verdict == "HELD"
    elif worst is Severity.WARNING:
        assert report.verdict == "ACCEPTED WITH WARNINGS"
    elif worst <= Severity.INFO:
        assert report.verdict == "ACCEPTED"
