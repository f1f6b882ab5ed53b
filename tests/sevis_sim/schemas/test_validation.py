"""What validation reports: the place, the record, and words that help."""

import functools
import re
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from schema_documents import student, with_change
from support import REFERENCE

from sevis_sim.resources import folder
from sevis_sim.schemas import Release, parse, release
from sevis_sim.schemas.samples import load

SAMPLES = REFERENCE / "samples"
SHIPPED = folder("schemas") / "6.31"
SITES = (
    '<SEVISBatchCreateUpdateEV xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" userID="roff000001">'
    "<BatchHeader><BatchID>BATCH000000001</BatchID><OrgID>P-1-12345</OrgID></BatchHeader>"
    '<UpdateEV><ExchangeVisitor sevisID="N9904705123" requestID="9" userID="roff000001">'
    '<SiteOfActivity><Add printForm="false" xsi:type="AddEXEMPT"><Remarks>None</Remarks></Add></SiteOfActivity>'
    "</ExchangeVisitor></UpdateEV></SEVISBatchCreateUpdateEV>"
)


def violations(document, **options):
    return release().validate(parse(document if isinstance(document, bytes) else document.encode()), **options)


def the_violation(document):
    (violation,) = violations(document)
    return violation


def test_a_valid_document_has_no_violations():
    assert violations(student(creates=3, updates=2)) == []
    assert violations(SITES) == []


@pytest.mark.skipif(not SAMPLES.exists(), reason="the real samples are not on this machine")
def test_the_real_batch_and_its_log_are_valid():
    assert release().validate(parse((SAMPLES / "ev-batch-2016.xml").read_bytes())) == []
    assert release().validate_log(parse((SAMPLES / "ev-transaction-log-2016.xml").read_bytes())) == []


def test_a_log_is_no_upload_and_an_upload_is_no_log():
    log = (
        "<TransactionLog><BatchHeader><BatchID/><OrgID/></BatchHeader>"
        '<BatchDetail status="false"><Download resultCode="S0030"/></BatchDetail></TransactionLog>'
    )
    assert release().validate_log(parse(log.encode())) == []
    assert "the root element is TransactionLog" in the_violation(log).message
    (violation,) = release().validate_log(parse(student().encode()))
    assert "expected TransactionLog" in violation.message


def test_an_unknown_root_is_one_violation_that_names_the_known_ones():
    violation = the_violation("<html><body/></html>")
    assert violation.message == (
        "the root element is html; expected SEVISBatchCreateUpdateStudent or SEVISBatchCreateUpdateEV"
    )
    assert (violation.line, violation.path, violation.record) == (1, "/html", None)


def test_a_known_root_in_a_namespace_is_told_to_leave_it():
    document = with_change(student(), "<SEVISBatchCreateUpdateStudent", '<SEVISBatchCreateUpdateStudent xmlns="urn:x"')
    assert "without a namespace" in the_violation(document).message


def test_the_place_of_a_violation_is_told_in_every_way():
    document = with_change(student(creates=2, updates=2), "N9904705123", "N99", which=2)
    violation = the_violation(document)
    assert violation.path == "/SEVISBatchCreateUpdateStudent/UpdateStudent/Student[2]/@sevisID"
    assert (violation.record, violation.request_id, violation.element, violation.value) == (4, "4", "Student", "N99")
    lines = document.decode().split("\n")
    assert 'sevisID="N99"' in lines[violation.line - 1]
    assert str(violation).startswith(f"line {violation.line}: record 4 (4): Student/@sevisID is 'N99'; ")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("<Gender>F", "<Gender>X", "Gender is 'X'; allowed: M (MALE), F (FEMALE) or U (UNKNOWN)"),
        ("<Gender>F", "<Gender>f", "F (FEMALE) or U (UNKNOWN); did you mean 'F'?"),
        ("<Level>04", "<Level>4", "did you mean '04'?"),
        ("<CountryCode>CH", "<CountryCode>", "CountryCode is empty; allowed: AA, AC, "),
        ("<CountryCode>CH", "<CountryCode>US", "(258 codes)"),
        ("2004-05-01", "05/01/2004", "BirthDate is '05/01/2004'; it must be a calendar day written YYYY-MM-DD"),
        ("2004-05-01", "2023-02-29", "BirthDate is '2023-02-29'; it must be a calendar day written YYYY-MM-DD"),
        ("2004-05-01", "12004-05-01", "BirthDate is '12004-05-01'; a year has four digits here"),
        ("<Tuition>12000", "<Tuition>12,000", "Tuition is '12,000'; it must be a whole number, not negative"),
        ("<Tuition>12000", "<Tuition>100000000", "Tuition is '100000000'; it must be at most 99999999"),
        ("<Tuition>12000", "<Tuition>-1", "Tuition is '-1'; "),
        ("<LastName>SAMPLE", "<LastName>SAMPLE 3", r"LastName is 'SAMPLE 3'; it must have the form \D+ (no digits)"),
        ("<LastName>SAMPLE", f"<LastName>{'x' * 41}", "it has 41 characters, at most 40 characters are allowed"),
        ("<LastName>SAMPLE", "<LastName>", "LastName is empty; it "),
        ("<USNumber>2025550100", "<USNumber>202-555-0100", r"must have the form \d{10} (A U.S. number with its area"),
        ("<EngRequired>true", "<EngRequired>Y", "EngRequired is 'Y'; it must be true, false, 1 or 0"),
        ("<BirthDate>2004-05-01</BirthDate>", "", "PersonalInfo lacks BirthDate, which must stand before Gender"),
        ("<Personal>21000</Personal>", "", "Funding lacks Personal"),
        ("<IssueReason>I", "<Extra/><IssueReason>I", "Student holds no element Extra; expected here: IssueReason"),
        ("<IssueReason>I", "stray<IssueReason>I", "elements only; there is the text 'stray' between them"),
        ("<IssueReason>I", "<IssueReason><b/>I", "IssueReason holds text only; there are elements in it"),
        (' printForm="true"', "", "Student lacks the attribute printForm"),
        (' printForm="true"', ' printForm="true" colour="red"', "Student has no attribute colour; it may have "),
        (' printForm="true"', ' printForm="yes"', "Student/@printForm is 'yes'; it must be true, false, 1 or 0"),
        ('requestID="1"', 'requestID="a:b"', "no colon, slash or backslash"),
        ("<Gender>F", '<Gender xsi:nil="true">', "Gender cannot be nil; remove xsi:nil"),
        ("<Gender>F", '<Gender xsi:type="Nothing">F', "Gender has xsi:type 'Nothing'; leave xsi:type out"),
    ],
)  # fmt: skip
def test_each_kind_of_violation_says_what_stands_there_and_what_is_allowed(old, new, words):
    found = violations(with_change(student(), old, new))
    assert any(words in violation.message for violation in found), found
    assert all((violation.record, violation.line is not None) == (1, True) for violation in found)
    assert "{http" not in "".join(violation.message for violation in found)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("<BatchID>BATCH000000001", "<BatchID>SHORT", "BatchID"),
        ("<OrgID>ABC214F00012000", "<OrgID>ABC", "OrgID"),
        (' userID="pdso000001">', ">", "SEVISBatchCreateUpdateStudent lacks the attribute userID"),
        ("<BatchHeader>", "<Extra/><BatchHeader>", "holds no element Extra; expected here: BatchHeader"),
        ("</SEVIS", "<CreateStudent/></SEVIS", "CreateStudent stands twice in SEVISBatch"),
    ],
)
def test_what_is_wrong_outside_of_records_belongs_to_none(old, new, words):
    found = violations(with_change(student(), old, new))
    assert any(words in violation.message for violation in found), found
    assert {violation.record for violation in found} == {None}


@pytest.mark.parametrize(
    ("nil", "words"),
    [
        ('xsi:nil="true">', None),
        ('xsi:nil="true">x', "Address2: xsi:nil is true, but the element is not empty"),
        ('xsi:nil="perhaps">', "Address2: xsi:nil must be true or false; it is 'perhaps'"),
    ],
)
def test_an_address_line_may_be_nil_if_it_is_empty(nil, words):
    address = (
        f"<USAddress><Address1>1 A ST</Address1><Address2 {nil}</Address2><PostalCode>20522</PostalCode></USAddress>"
    )
    found = violations(with_change(student(), "<ForeignAddress>", f"{address}<ForeignAddress>"))
    assert [violation.message for violation in found] == ([words] if words else [])


def test_an_empty_container_is_a_violation():
    document = re.sub(r"<CreateStudent>.*</CreateStudent>", "<CreateStudent/>", student(), flags=re.DOTALL)
    assert the_violation(document).message == "CreateStudent lacks Student"


def test_a_record_too_many_is_a_violation_of_that_record():
    violation = the_violation(student(creates=251))
    assert violation.record == 251
    assert violation.message == "Student stands 251 times in CreateStudent; at most 250 are allowed"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('xsi:type="AddEXEMPT"', 'xsi:type=" AddEXEMPT "', None),
        ('xsi:type="AddEXEMPT"', "", "Add has no xsi:type; allowed: AddEXEMPT, AddONTRAVEL, AddSEEKINGEMP or AddSOA"),
        ('xsi:type="AddEXEMPT"', 'xsi:type="SOA"', "Add has xsi:type 'SOA'; allowed: AddEXEMPT, "),
        ('xsi:type="AddEXEMPT"', 'xsi:type="Nothing"', "Add has xsi:type 'Nothing'; allowed: AddEXEMPT, "),
        ('xsi:type="AddEXEMPT"', 'xsi:type="no:AddSOA"', "Add has xsi:type 'no:AddSOA'; allowed: AddEXEMPT, "),
        ('xsi:type="AddEXEMPT"', 'xsi:type="AbstractAdd"', "allowed: AddEXEMPT, "),
    ],
)
def test_xsi_type_is_explained_once_with_the_types_that_it_may_name(old, new, words):
    found = violations(with_change(SITES, old, new))
    if words is None:
        assert found == []
    else:
        (violation,) = found
        assert words in violation.message
        assert violation.record == 1


def test_all_violations_of_a_document_come_in_its_order_up_to_the_limit():
    document = student(creates=60).replace("<Gender>F", "<Gender>X").replace("<VisaType>01", "<VisaType>1").encode()
    found = violations(document, limit=1_000)
    assert len(found) == 120
    assert [violation.record for violation in found] == [number for number in range(1, 61) for _ in range(2)]
    assert [violation.line for violation in found] == sorted(violation.line for violation in found)
    assert violations(document) == found[:50]
    assert violations(document, limit=0) == found[:1]


def test_a_long_request_id_is_cut():
    violation = the_violation(with_change(student(), 'requestID="', f'requestID="{"x" * 5_000}'))
    assert (len(violation.request_id), len(violation.value)) == (201, 201)


def test_thousands_of_attributes_are_told_without_what_takes_minutes_for_them(monkeypatch):
    many = " ".join(f'x{number}="1"' for number in range(5_000))
    monkeypatch.setattr("sevis_sim.schemas.found_by_xmlschema._places", lambda *_: pytest.fail("it was asked"))
    found = violations(with_change(student(), "<PersonalInfo>", f"<PersonalInfo {many}>"), limit=10_000)
    assert len(found) == 5_000
    assert {violation.message.partition(";")[0] for violation in found[:1]} == {"PersonalInfo has no attribute x0"}


def test_a_long_value_is_cut():
    violation = the_violation(with_change(student(), "<LastName>SAMPLE", f"<LastName>{'x' * 5_000}"))
    assert len(violation.value) == 201
    assert len(violation.message) < 200


def test_a_record_too_big_for_xmlschema_is_explained_all_the_same():
    crowd = "<Extra>" + "<b/>" * 6_000 + "</Extra>"
    violation = the_violation(with_change(student(), "<IssueReason>I", f"{crowd}<IssueReason>I"))
    assert violation.message == "Student holds no element Extra; expected here: IssueReason"


def test_an_exception_in_xmlschema_is_a_violation_and_no_crash(monkeypatch):
    import xmlschema

    def explode(*_, **__):
        raise OverflowError

    monkeypatch.setattr(xmlschema.validators.XsdElement, "iter_errors", explode)
    violation = the_violation(with_change(student(), "<Gender>F", "<Gender>X"))
    assert violation.element == "Gender"
    assert "M" in violation.message


def test_addresses_in_a_document_are_not_followed(monkeypatch):
    import socket

    def refuse(*_):
        raise AssertionError("a connection was attempted")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    hints = (
        'xsi:noNamespaceSchemaLocation="http://127.0.0.1:9/a.xsd" xsi:schemaLocation="urn:x http://127.0.0.1:9/b.xsd" '
    )
    document = with_change(student(), "userID=", f"{hints} userID=")
    assert violations(document) == []
    assert len(violations(with_change(document, "<Gender>F", "<Gender>X"))) == 1


def test_threads_that_validate_at_once_get_their_own_verdicts_and_errors():
    fresh = Release(SHIPPED)
    start = threading.Barrier(8)
    good = parse(student(creates=5).encode())
    bad = [
        parse(with_change(student(creates=5), "<Gender>F", "<Gender>X", which=number % 5 + 1)) for number in range(8)
    ]

    def work(number):
        start.wait()
        found = []
        for _ in range(10):
            assert fresh.validate(good) == []
            found.append([violation.record for violation in fresh.validate(bad[number])])
        return found

    with ThreadPoolExecutor(8) as pool:
        for number, found in enumerate(pool.map(work, range(8))):
            assert found == [[number % 5 + 1]] * 10


def test_the_documents_of_a_release_are_told_by_their_roots():
    assert dict(release().documents) == {
        "SEVISBatchCreateUpdateStudent": "Create-UpdateStudent.xsd",
        "SEVISBatchCreateUpdateEV": "Create-UpdateExchangeVisitor.xsd",
        "TransactionLog": "SevisTransLog.xsd",
    }


def test_an_unknown_release_is_refused_with_those_that_are_shipped():
    with pytest.raises(KeyError, match=re.escape("6.31")):
        release("5.0")


def test_a_folder_of_the_users_own_is_used(tmp_path):
    shutil.copytree(SHIPPED, tmp_path / "mine")
    narrow = (
        (SHIPPED / "Common.xsd")
        .read_text(encoding="utf-8")
        .replace('<xs:length value="14"/>', '<xs:length value="3"/>')
    )
    (tmp_path / "mine" / "Common.xsd").write_text(narrow, encoding="utf-8")
    mine = Release(tmp_path / "mine")
    assert mine.validate(parse(student().encode())) != []
    assert mine.validate(parse(with_change(student(), "BATCH000000001", "123"))) == []


@pytest.mark.skipif(not (REFERENCE / "official-xsd").exists(), reason="the official schemas are not on this machine")
def test_the_official_files_can_be_used_as_a_release():
    official = Release(REFERENCE / "official-xsd")
    assert official.validate(parse(student().encode())) == []
    (violation,) = official.validate(parse(with_change(student(), "<Gender>F", "<Gender>X")))
    assert violation.message == "Gender is 'X'; allowed: M (MALE), F (FEMALE) or U (UNKNOWN)"


def test_an_incomplete_or_broken_folder_is_refused_by_name(tmp_path):
    with pytest.raises(FileNotFoundError, match=re.escape("lacks Create-UpdateStudent.xsd")):
        Release(tmp_path)
    shutil.copytree(SHIPPED, tmp_path / "broken")
    (tmp_path / "broken" / "SevisTransLog.xsd").write_text("<xs:schema")
    with pytest.raises(ValueError, match=re.escape("SevisTransLog.xsd is not XML")):
        Release(tmp_path / "broken")
    (tmp_path / "broken" / "SevisTransLog.xsd").write_text("<html/>")
    with pytest.raises(ValueError, match="declares no root element"):
        Release(tmp_path / "broken")


@functools.cache
def peer():
    return load(SHIPPED / "Create-UpdateStudent.xsd")


LEAVES = [element.tag for element in etree.fromstring(student(updates=1)).iter() if len(element) == 0]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(LEAVES), st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=30))
def test_any_text_in_any_element_is_judged_as_xmlschema_judges_it_and_explained_without_a_crash(tag, text):
    root = etree.fromstring(student(updates=1))
    next(root.iter(tag)).text = text
    found = violations(etree.tostring(root, encoding="utf-8"))
    assert all(violation.message and violation.line for violation in found)
    if text.isascii() and "_" not in text and not re.search(r"\d{5,}-|^\s*-", text):
        assert (found == []) is peer().is_valid(root)
