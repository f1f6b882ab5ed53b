"""Generated files: the same for the same seed, with the shares that were asked for."""

import io
from datetime import date

import pytest

from udir_sim.checker import check
from udir_sim.generator import PAIR_RULES, Plan, Rates, data_records, file_lines, mutate, mutate_pair
from udir_sim.rules import Mode, Profile, Severity, catalogue, find_rule


def test_the_same_plan_gives_the_same_bytes_and_another_seed_other_ones():
    plan = Plan(50, seed=3)
    assert b"".join(file_lines(plan)) == b"".join(file_lines(plan))
    assert b"".join(file_lines(plan)) != b"".join(file_lines(Plan(50, seed=4)))


def test_optional_parts_appear_at_their_rates():
    records = list(data_records(Plan(4000, rates=Rates(ssn=0.5, net_id=0.25, early_grace=1, late_grace=0))))
    assert sum(record[49:50] != b" " for record in records) == pytest.approx(2000, rel=0.1)
    assert sum(record[121:122] != b" " for record in records) == pytest.approx(1000, rel=0.1)
    assert all(record[230:238] < record[214:222] and record[238:246] == record[222:230] for record in records)


def test_duplicates_come_at_their_rate_and_within_the_number_of_records():
    records = list(data_records(Plan(4000, rates=Rates(duplicates=0.1))))
    assert len(records) == 4000
    assert 4000 - len({record[2:42] for record in records}) == pytest.approx(4000 * 0.1 / 1.1, rel=0.15)


@pytest.mark.parametrize("day", [date(1999, 1, 1), date(1999, 6, 15), date(1999, 12, 31), date(2024, 2, 29)])
def test_the_term_runs_on_the_day_or_begins_next(day):
    (record,) = data_records(Plan(1, created=day))
    assert record[222:230].decode() >= day.strftime("%Y%m%d")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"records": 0}, "1 to 99999999 data records, not 0"),
        ({"records": 5, "location": "10"}, "no location '10'; there are 01, 02"),
    ],
)
def test_a_plan_that_cannot_be_is_an_error(options, said):
    with pytest.raises(ValueError, match=said):
        Plan(**options)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    "rule", [rule for rule in catalogue().values() if rule.id not in PAIR_RULES], ids=lambda rule: rule.id
)
def test_every_rule_about_one_file_can_be_broken_alone(rule, mode):
    mutation = mutate(Plan(30, "03", seed=5), rule)
    report = check(
        io.BytesIO(b"".join(mutation.lines())),
        as_of=mutation.sample.as_of,
        mode=mode,
        profile=Profile(**dict.fromkeys(mutation.sample.switches, True)),
    )
    severity = mutation.example.strict if mode is Mode.STRICT else mutation.example.lenient
    expected = {*mutation.example.also, *([rule.id] if severity is not Severity.OFF else [])}
    assert {result.rule for result in report.results} == expected


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("rule_id", sorted(PAIR_RULES))
def test_every_rule_about_two_files_can_be_broken_by_a_pair(rule_id, mode, tmp_path):
    pair = mutate_pair(Plan(60, "03", seed=5), find_rule(rule_id))
    before, after = tmp_path / "before", tmp_path / "after"
    before.write_bytes(b"".join(pair.previous_lines()))
    after.write_bytes(b"".join(pair.lines()))
    assert check(before, as_of=pair.as_of, mode=mode).results == ()
    report = check(after, as_of=pair.as_of, mode=mode, previous=before)
    assert {result.rule for result in report.results} == {rule_id, *pair.also}


def test_rules_about_two_files_are_exactly_those_that_one_cannot_break():
    assert {rule.id for rule in catalogue().values() if rule.family == "A"} < PAIR_RULES
    with pytest.raises(ValueError, match="compares with an earlier file"):
        mutate(Plan(5), find_rule("UD-A01-ADD"))
    with pytest.raises(ValueError, match="looks at one file only"):
        mutate_pair(Plan(60), find_rule("UD-D02-HEX"))
    with pytest.raises(ValueError, match="at least 40 data records"):
        mutate_pair(Plan(5), find_rule("UD-A01-ADD"))


def test_a_mutated_file_has_as_many_data_records_as_were_asked_for():
    lines = b"".join(mutate(Plan(500), find_rule("D02-HEX")).lines()).splitlines()
    assert len(lines) == 502
    assert lines[-1][11:19] == b"00000500"
