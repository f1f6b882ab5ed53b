import csv
import re
from pathlib import Path

import pytest

from sevis_sim.codes import catalogue

OFFICIAL = Path(__file__).resolve().parents[4] / "shared" / "reference" / "error-codes.csv"


def official_rows():
    if not OFFICIAL.exists():
        pytest.skip("the official list (shared/reference/error-codes.csv) is not here to compare with")
    with OFFICIAL.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["message_template"] != "***"]


def test_the_catalogue_has_exactly_the_official_codes_that_are_in_use():
    assert list(catalogue.entries()) == [row["code"] for row in official_rows()]


def test_every_message_is_the_official_one_word_for_word():
    for row in official_rows():
        if row["code"] != "S9999":
            assert " / ".join(catalogue.entry(row["code"]).messages) == row["message_template"], row["code"]


def test_every_code_applies_to_whom_the_official_list_says():
    for row in official_rows():
        assert catalogue.entry(row["code"]).population == row["applies_to"]


def test_every_placeholder_of_every_message_has_a_name():
    for entry in catalogue.entries().values():
        for wording in entry.messages:
            found = re.findall(r"\[[^\]]+\]|\{\d\}", wording)
            assert len(found) == len(entry.placeholders), entry.code


def test_placeholders_are_filled_by_name():
    values = {"date": "01/31/2005", "last_name": "SAMPLE", "first_name": "LIN"}
    assert catalogue.message("S1014", values) == (
        "Dependent must be born on or after 01/31/2005 – invalid dependent record ‘SAMPLE, LIN’"
    )
    assert "between 01/02/2029 and 01/09/2029." in catalogue.message(
        "S2254", {"from": "01/02/2029", "to": "01/09/2029"}
    )


def test_a_placeholder_without_a_value_stays_as_printed():
    assert catalogue.message("S2124") == "Cannot update exchange visitor when status type is [invalid status type]"


def test_a_value_that_looks_like_a_placeholder_is_not_filled_again():
    values = {"date": "[last name]", "last_name": "A", "first_name": "B"}
    assert catalogue.message("S1014", values).endswith("‘A, B’")


def test_two_placeholders_of_one_text_take_different_values():
    text = catalogue.message("S2215", {"type": "EXEMPT", "primary_type": "SOA"})
    assert text.index("EXEMPT") < text.index("SOA")


def test_a_second_wording_can_be_chosen():
    assert catalogue.message("S1004") == "Student exists in the SEVIS database"
    assert "within this XML" in catalogue.message("S1004", {catalogue.WORDING: "2"})


def test_reserved_numbers_are_not_in_the_catalogue():
    with pytest.raises(KeyError):
        catalogue.entry("S0004")


def test_the_catalogue_says_that_s9999_is_not_official():
    assert [entry.code for entry in catalogue.entries().values() if not entry.official] == ["S9999"]
