"""Profiles: what a campus may change, and what is said about a wrong file."""

import pytest

from sevis_sim.yamlfile import YamlError
from udir_sim.rules import Mode, Profile, Severity, catalogue, load_profile


@pytest.fixture
def profile(tmp_path):
    def read(text: str) -> Profile:
        file = tmp_path / "campus.yaml"
        file.write_text(text, encoding="utf-8")
        return load_profile(file)

    return read


def test_an_empty_profile_is_the_default_named_after_its_file(profile):
    read = profile("")
    assert read.name == "campus"
    assert read.digest == Profile().digest


def test_thresholds_and_severities_are_read(profile):
    read = profile("term_days: 400\nseverities:\n  UD-X07-TERMLEN: off\n  UD-D08-REQ: {lenient: error}\n")
    rules = catalogue()
    assert read.term_days == 400
    assert read.severity(rules["UD-X07-TERMLEN"], Mode.STRICT) is Severity.OFF
    assert read.severity(rules["UD-D08-REQ"], Mode.LENIENT) is Severity.ERROR
    assert read.severity(rules["UD-D08-REQ"], Mode.STRICT) is Severity.ERROR
    assert read.digest != Profile().digest


def test_rules_are_chosen_by_pattern(profile):
    read = profile("skip: [UD-S1*]\nonly: [UD-S*, D02-HEX]\n")
    rules = catalogue()
    assert read.severity(rules["UD-S16-NINEDIGITS"], Mode.STRICT) is Severity.OFF
    assert read.severity(rules["UD-S01-SSN9"], Mode.STRICT) is Severity.ERROR
    assert read.severity(rules["UD-D02-HEX"], Mode.STRICT) is Severity.ERROR
    assert read.severity(rules["UD-D04-HEX"], Mode.STRICT) is Severity.OFF


def test_a_code_alone_names_its_rules_as_explain_has_it():
    read = Profile().with_choice(skip=["x03", "D02"])
    off = [rule.id for rule in catalogue().values() if read.severity(rule, Mode.STRICT) is Severity.OFF]
    assert off == ["UD-D02-REQ", "UD-D02-HEX", "UD-D02-CASE", "UD-X03-GRACEBEG"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("term_day: 400\n", r":1:1: .*unknown key 'term_day' \(did you mean 'term_days'\?\)"),
        ("term_days: many\n", r":1:12: term_days: 'many' stands here; expected a whole number"),
        ("severities:\n  UD-X07-TERMLEM: off\n", r":2:3: .*did you mean 'UD-X07-TERMLEN'"),
        ("severities:\n  UD-F10-HDRFIRST: off\n", r":2:3: .*no profile changes UD-F10-HDRFIRST"),
        ("skip: [Q*]\n", r":1:8: .*no rule is named 'Q\*'"),
        ("allow_blank_dates_for: Q\n", r":1:24: .*such as AX"),
    ],
)
def test_a_wrong_profile_is_an_error_with_its_place(profile, text, said):
    with pytest.raises(YamlError, match=said):
        profile(text)


def test_a_pattern_that_names_no_rule_is_an_error():
    with pytest.raises(ValueError, match="no rule is named 'Z9'"):
        Profile().with_choice(only=["Z9"])
