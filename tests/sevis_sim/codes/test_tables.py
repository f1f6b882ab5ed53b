"""The code tables against the official schema and lookup tables, and their loader."""

import csv
from types import MappingProxyType

import pytest
from lxml import etree
from support import REFERENCE

from sevis_sim.codes import table
from sevis_sim.codes.tables import UNEXPLAINED, names

XS = "{http://www.w3.org/2001/XMLSchema}"
OFFICIAL = REFERENCE / "official-xsd" / "SEVISTable.xsd"
LOOKUPS = REFERENCE / "code-tables"
needs_reference = pytest.mark.skipif(not OFFICIAL.exists(), reason="the official files are not on this machine")

NO_CODE_LIST = {"emptyEnumerationType", "TrueIndicator", "TrueValue"}
"""Enumerations of the schema that are no codes: nothing, and true."""


def official_lists():
    schema = etree.parse(OFFICIAL).getroot()
    lists = {
        kind.get("name"): {entry.get("value") for entry in kind.iter(f"{XS}enumeration")}
        for kind in schema.iterchildren(f"{XS}simpleType")
    }
    return {name: codes for name, codes in lists.items() if codes and name not in NO_CODE_LIST}


def listed_types(name):
    return {kind for code in table(name) for kind in table(name).row(code)["schema"].split()}


def lookup(number):
    (file,) = LOOKUPS.glob(f"table-{number:02}-*.csv")
    rows = list(csv.reader(file.open(encoding="utf-8-sig")))[1:]
    return {row[0].strip(): row[1].strip() for row in rows if row[0].strip()}


@needs_reference
@pytest.mark.parametrize("type_name", sorted(official_lists()) if OFFICIAL.exists() else [])
def test_every_code_list_of_the_schema_is_in_a_table_code_for_code(type_name):
    holders = [name for name in names() if type_name in listed_types(name)]
    assert holders
    codes = official_lists()[type_name]
    complete = [name for name in holders if set(table(name).listed(type_name)) == codes]
    assert complete
    for name in holders:  # a second table on the same codes (durations, ages) may not invent any
        assert set(table(name).listed(type_name)) <= codes


@needs_reference
def test_no_table_claims_a_list_that_the_schema_does_not_have():
    # Two lists stand inside elements in the official files and have no name there.
    known = set(official_lists()) | {"AcademicTermType", "ExplanationCodeType", "ProgSubjectCodeBlankType"}
    assert {kind for name in names() for kind in listed_types(name)} <= known


@pytest.mark.parametrize("name", names())
def test_every_code_that_the_schema_lists_has_words_or_is_known_to_have_none(name):
    wordless = {code for code in table(name).codes(schema_only=True) if not table(name).row(code)["words"]}
    assert wordless == UNEXPLAINED.get(name, frozenset())


@pytest.mark.parametrize("name", names())
def test_codes_and_words_carry_no_blanks_at_their_ends(name):
    for code in table(name):
        row = table(name).row(code)
        assert code
        assert all(value == value.strip() for value in row.values())


@needs_reference
@pytest.mark.parametrize(
    ("number", "name"),
    [(1, "cap-gap"), (3, "dependent-termination-reason"), (13, "student-termination-reason"), (14, "subject"),
     (15, "ev-category"), (24, "ev-termination-reason"), (25, "international-organization"),
     (27, "occupation-category"), (28, "ev-position"),
     (31, "us-government-agency"), (32, "birth-country"), (33, "country"), (38, "port-of-entry"),
     (39, "state"), (40, "visa-post")],
)  # fmt: skip
def test_words_are_those_of_the_official_table(number, name):
    for code, words in lookup(number).items():
        assert table(name).words(code) == words


@needs_reference
@pytest.mark.parametrize(
    ("number", "name"), [(5, "education-level"), (23, "ev-reprint-reason"), (41, "class-of-admission")]
)
def test_zeroes_lost_in_the_official_table_are_back(number, name):
    official = lookup(number)
    assert any(len(code) == 1 for code in official)
    assert {code.zfill(2): words for code, words in official.items()} == {c: table(name).words(c) for c in table(name)}


def test_the_first_subject_is_a_code_and_not_the_number_a_spreadsheet_made_of_it():
    assert table("subject").words("01.0000") == "Agriculture, General"
    assert "0.10000" not in table("subject")


def test_a_code_without_words_answers_with_itself():
    assert table("subject").words("90.0101") == "90.0101"
    assert table("subject").words("no such code") == "no such code"
    assert table("subject").row("no such code") is None


def test_a_code_that_the_schema_refuses_stays_in_the_table():
    reasons = table("student-termination-reason")
    assert {"06", "07", "12", "24"} <= set(reasons.codes())
    assert not {"06", "07", "12", "24"} & set(reasons.codes(schema_only=True))


def test_the_two_gender_lists_differ_by_unknown():
    assert table("gender").listed("GenderCodeType") == ("M", "F", "U")
    assert table("gender").listed("EVGenderCodeType") == ("M", "F")


def test_qualifying_columns_are_kept():
    assert table("education-level").row("08")["m1"] == "Y"
    assert table("education-level").row("08")["f1"] == "N"
    assert table("ev-duration").row("12")["maximum"] == "P4M"


def test_a_table_cannot_be_changed():
    codes = table("state")
    assert isinstance(codes.row("CA"), MappingProxyType)
    with pytest.raises(TypeError):
        codes.row("CA")["words"] = "x"
    assert table("state") is codes


def test_an_unknown_table_is_refused_with_the_names_of_those_that_exist():
    with pytest.raises(KeyError, match="education-level"):
        table("education")
