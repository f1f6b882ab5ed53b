"""Readings that could never mean anything are refused, wherever they are set."""

import dataclasses
import re

import pytest
from support import ROOT

from sevis_sim.domain.readings import Switches
from sevis_sim.settings import SettingsError, load_settings


@pytest.mark.parametrize("entry", ["IR:14.23", "IR:14.2301", "KN:1"])
def test_a_country_and_the_beginning_of_a_subject_code_are_a_prohibited_subject(entry):
    assert Switches(prohibited_subjects=frozenset({entry})).prohibited_subjects == {entry}


@pytest.mark.parametrize("entry", ["14.23", "IR", "IR:", "IRN:14", "ir:14", "IR:14.23011", "IR 14.23", ""])
def test_anything_else_is_none(entry):
    with pytest.raises(ValueError, match=r"such as IR:14\.23"):
        Switches(prohibited_subjects=frozenset({entry}))


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("prohibited_subjects: [Iran]", "'Iran' stands in prohibited_subjects"),
        ("twelve_month_extension_visas: ['03']", "expected 01 or 02"),
        ("locked_personal_fields: [Birthdate]", "did you mean 'BirthDate'?"),
        ("reactivated_dependents: [ACTIVE]", "expected TERMINATED, COMPLETED or CANCELED"),
        ("status_code_needed: never", "expected where-ambiguous or always"),
    ],
)
def test_a_settings_file_is_told_its_line(tmp_path, rule, says):
    config = tmp_path / "c.yaml"
    config.write_text(f"switches:\n  rules:\n    {rule}\n")
    with pytest.raises(SettingsError) as caught:
        load_settings({}, {}, config)
    assert f"{config}:3" in str(caught.value)
    assert says in str(caught.value)


@pytest.mark.parametrize("reading", [field.name for field in dataclasses.fields(Switches)])
def test_every_reading_is_told_with_its_evidence_in_the_fidelity_page(reading):
    page = (ROOT / "docs" / "fidelity.md").read_text()
    [row] = [line for line in page.splitlines() if re.search(rf"`(switches\.rules\.)?{reading}\b", line)]
    assert row.count(" | ") == 2
    assert row.rpartition(" | ")[2].strip(" |")
