"""What may be wrong with an upload before its records are looked at, and the small nouns beside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from sevis_sim.domain.document import walk
from sevis_sim.domain.organizations import kind_of
from sevis_sim.domain.submissions import (
    MAX_FILE_NAME,
    Upload,
    disagreement,
    file_name_problem,
    header_text,
    usable_file_name,
)

DOCUMENT = etree.fromstring(
    '<SEVISBatchCreateUpdateStudent userID="pdso000001"><BatchHeader><BatchID> BATCH000000001 </BatchID>'
    "<OrgID>ABC214F00012000</OrgID></BatchHeader></SEVISBatchCreateUpdateStudent>"
)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "no file name"),
        ("a" * 27 + ".xml", "has 31 characters"),
        ("a/b.xml", "characters of a path"),
        ("a\nb.xml", "characters of a path"),
        ("..", "characters of a path"),
    ],
)
def test_a_file_name_that_sevis_would_refuse_is_told(name, said):
    assert said in file_name_problem(name)


def test_a_plain_file_name_of_the_greatest_length_is_good():
    assert file_name_problem("a" * (MAX_FILE_NAME - 4) + ".xml") is None


@given(st.text(max_size=80))
def test_any_name_can_be_made_usable(name):
    assert file_name_problem(usable_file_name(name)) is None


def test_a_usable_name_stays_as_it_is():
    assert usable_file_name("students.xml") == "students.xml"


@pytest.mark.parametrize(
    ("fields", "code", "said"),
    [
        (("XYZ214F00012000", "BATCH000000001", "pdso000001"), "S0012", "OrgID in the document says 'ABC214F00012000'"),
        (("ABC214F00012000", "BATCH000000002", "pdso000001"), "S0012", "BatchID in the document says 'BATCH000000001'"),
        (("ABC214F00012000", "BATCH000000001", "pdso000002"), "S0003", "userID of the document says 'pdso000001'"),
    ],
)
def test_a_form_that_says_something_else_than_its_document_is_told(fields, code, said):
    found = disagreement(DOCUMENT, *fields)
    assert found.code == code
    assert said in found.reason


def test_what_a_document_does_not_say_agrees():
    assert disagreement(DOCUMENT, "ABC214F00012000", "BATCH000000001", "pdso000001") is None
    silent = etree.fromstring("<SEVISBatchCreateUpdateStudent/>")
    assert header_text(silent, "OrgID") is None
    assert disagreement(silent, "any", "thing", "goes") is None


def test_an_upload_names_the_fields_that_are_missing():
    assert Upload().missing() == ["orgid", "batchid", "userid", "xml"]
    assert Upload("ABC214F00012000", "BATCH000000001", "pdso000001", "a.xml", lambda: b"").missing() == []


def test_an_id_of_neither_form_is_of_no_kind_of_organization():
    assert [kind_of(each) for each in ("ABC214F00012000", "G-7-12345", "P-5-12345", "")] == [
        "school",
        "sponsor",
        None,
        None,
    ]


def test_walking_a_document_numbers_what_repeats():
    node = {"Dependent": [{"Name": "A"}, {"Name": "B"}], "Remarks": ""}
    assert list(walk(node)) == [("Dependent[1]/Name", "A"), ("Dependent[2]/Name", "B"), ("Remarks", "")]
