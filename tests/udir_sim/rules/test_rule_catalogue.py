"""The rules as data: complete, in agreement with the reference, and each with its function."""

import re
from pathlib import Path

import pytest

from udir_sim import checker
from udir_sim.rules import FAMILIES, Severity, catalogue, find_rule, words
from udir_sim.rules.checks import ROW_CHECKS

REFERENCE = next(
    (
        folder / "shared" / "reference" / "udir.md"
        for folder in Path(__file__).resolve().parents
        if (folder / "shared" / "reference" / "udir.md").is_file()
    ),
    None,
)


def test_there_are_113_rules_and_7_about_differences():
    families = [rule.family for rule in catalogue().values()]
    assert len(families) - families.count("A") == 113
    assert families.count("A") == 7
    assert set(families) == set(FAMILIES)


@pytest.mark.skipif(REFERENCE is None, reason="the reference folder is not here")
def test_ids_severities_and_columns_are_those_of_the_reference():
    assert REFERENCE is not None
    rows = re.findall(
        r"^\| (UD-[A-Z]\d\d-\w+) \| (\w+)\*? \| (\w+)\*? \| ([^|]+) \|", REFERENCE.read_text(encoding="utf-8"), re.M
    )
    assert len(rows) == 113
    for rule_id, strict, lenient, _ in rows:
        rule = catalogue()[rule_id]
        variants = {(each.strict, each.lenient) for each in rule.variants.values()}
        stated = (Severity[strict.upper()], Severity[lenient.upper()])
        assert stated == (rule.strict, rule.lenient) or stated in variants, rule_id


@pytest.mark.skipif(REFERENCE is None, reason="the reference folder is not here")
def test_digests_are_those_of_the_reference():
    assert REFERENCE is not None
    section = REFERENCE.read_text(encoding="utf-8").split("Dictionary for UD-S09", 1)[1].split("Which case/hex?", 1)[0]
    listed = set(re.findall(r"\b[0-9A-F]{40}\b", section))
    assert listed == {*words().null_digests, *words().test_digests}


@pytest.mark.parametrize("rule", catalogue().values(), ids=lambda rule: rule.id)
def test_every_rule_says_what_must_hold_how_to_mend_it_and_whose_rule_it_is(rule):
    assert rule.must.endswith((".", "."))
    assert rule.mend
    assert rule.source
    assert rule.fails or rule.family == "A"


def test_every_rule_has_code_that_reports_it():
    text = "".join(file.read_text(encoding="utf-8") for file in Path(checker.__file__ or "").parent.glob("*.py"))
    of_rows = {check.rule_id for check in ROW_CHECKS}
    assert [rule_id for rule_id in catalogue() if rule_id not in of_rows and f'"{rule_id}"' not in text] == []


def test_a_rule_is_found_by_a_unique_beginning_in_any_case():
    assert find_rule("x03").id == "UD-X03-GRACEBEG"
    assert find_rule("UD-D02-HEX").id == "UD-D02-HEX"


@pytest.mark.parametrize(
    ("text", "said"), [("D02", "several rules"), ("UD-X03-GRACEBAG", "did you mean UD-X03-GRACEBEG")]
)
def test_an_unknown_rule_is_an_error_that_helps(text, said):
    with pytest.raises(KeyError, match=said):
        find_rule(text)
