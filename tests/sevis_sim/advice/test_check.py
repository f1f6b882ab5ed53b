"""Findings and places, without the command around them."""

import io
import sys
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import sample

from sevis_sim.advice.check import Checker
from sevis_sim.advice.check_formats import as_json, as_junit, as_sarif
from sevis_sim.advice.check_model import Limits
from sevis_sim.advice.check_rules import State
from sevis_sim.advice.check_sources import Source, SourceError, sources
from sevis_sim.advice.check_text import as_text
from sevis_sim.resources import folder
from sevis_sim.scenarios import load_scenario
from sevis_sim.schemas import release

TODAY = date(2029, 4, 2)
STUDENTS = sample("two-students.xml")
GOOD = sample("students.xml")


def state() -> State:
    scenario = load_scenario(folder("scenarios") / "friday-cutoff.yaml")
    return State(scenario.to_organizations(), scenario.to_records())


def check(document: bytes, name: str | None = "batch.xml", **conditions):
    conditions = {"today": TODAY} | conditions
    return Checker(release(), **conditions).check(Source(name or "stdin", name, document))


def codes(report) -> list[str]:
    return [finding.code for finding in report.findings]


def renames(*sevis_ids: str) -> bytes:
    """A file that changes the last name of each of these students."""
    updates = "".join(
        f'<Student sevisID="{sevis_id}" requestID="U-{number}" userID="pdso000001"><PersonalInfo printForm="false">\n'
        "<FullName><LastName>Changed</LastName><FirstName>Ana</FirstName></FullName></PersonalInfo></Student>\n"
        for number, sevis_id in enumerate(sevis_ids, start=1)
    )
    return (
        '<SEVISBatchCreateUpdateStudent userID="pdso000001"><BatchHeader><BatchID>UPDATE00000001</BatchID>'
        f"<OrgID>ABC214F00012000</OrgID></BatchHeader><UpdateStudent>{updates}</UpdateStudent>"
        "</SEVISBatchCreateUpdateStudent>"
    ).encode()


@pytest.mark.parametrize("name", ["students.xml", "exchange-visitors.xml"])
def test_nothing_is_found_in_a_good_file(name):
    report = check(sample(name))
    assert (report.findings, report.notes, report.disposition, report.records) == ((), (), "S0000", 4)


@pytest.mark.parametrize(
    ("name", "code", "line", "request_id", "person"),
    [
        ("two-students.xml", "S1024", 117, "STU-102", "Minh Mockup"),
        ("two-exchange-visitors.xml", "S2152", 90, "EV-102", "Haneul Yeje"),
    ],
)
def test_a_broken_rule_names_record_person_and_place(name, code, line, request_id, person):
    report = check(sample(name))
    found = report.findings[0]
    assert (found.code, found.line, found.column, found.record) == (code, line, 7, 2)
    assert (found.request_id, found.person) == (request_id, person)
    assert sample(name).decode().splitlines()[line - 1].strip() == "<FinancialInfo>" == found.excerpt.strip()
    assert found.excerpt[found.pointer :] == "<FinancialInfo>"
    assert found.remedy
    assert report.disposition == "S0000"


def test_a_record_is_told_all_the_rules_that_it_breaks_not_only_the_one_that_sevis_reports():
    assert codes(check(sample("two-exchange-visitors.xml"))) == ["S2152", "S2151"]


@pytest.mark.parametrize("name", ["", "a" * 27 + ".xml", "a/b.xml", "..", "new\nline.xml"])
def test_a_file_name_that_the_service_refuses_is_s0011(name):
    report = Checker(release(), today=TODAY).check(Source("x", name, GOOD))
    assert (codes(report), report.disposition) == (["S0011"], "S0011")


def test_standard_input_has_no_file_name_that_could_be_wrong():
    assert check(GOOD, None).good


@pytest.mark.parametrize(
    ("document", "line"),
    [
        (b"", None),
        (b"no xml", 1),
        (STUDENTS[:300], 7),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", 1),
        (b'<!DOCTYPE a SYSTEM "file:///etc/hostname"><a/>', 1),
        (b"<a>" * 10_000, 1),
        (b'<?xml version="1.0" encoding="UTF-16"?><a/>', None),
        (b'<?xml version="1.0" encoding="UTF-8"?>\n<a>\xff</a>', 2),
    ],
)
def test_what_is_no_xml_that_may_be_read_is_s0012(document, line):
    report = check(document)
    assert (codes(report), report.disposition, report.records) == (["S0012"], "S0012", 0)
    assert line is None or report.findings[0].line == line


def test_a_zip_under_the_name_of_a_batch_is_told_so():
    report = check(b"PK\x03\x04 and so on")
    assert codes(report) == ["S0012"]
    assert report.findings[0].message == "this is a zip, not XML"
    assert "send the XML file that is in it" in report.findings[0].remedy


def test_a_wrong_root_element_is_s0013():
    report = check(b"<Batch/>")
    assert codes(report) == ["S0013"]
    assert "SEVISBatchCreateUpdateStudent" in report.findings[0].message


def test_every_violation_of_the_schema_is_reported_with_its_place_and_value():
    wrong = STUDENTS.replace(b"<Gender>F<", b"<Gender>X<").replace(b"<VisaType>01<", b"<VisaType>1<")
    report = check(wrong)
    lines = wrong.decode().splitlines()
    assert codes(report) == ["S0013"] * 3
    assert [finding.value for finding in report.findings] == ["X", "1", "1"]
    assert [finding.request_id for finding in report.findings] == ["STU-101", "STU-101", "STU-102"]
    for finding in report.findings:
        assert lines[finding.line - 1][finding.column - 1 :].startswith("<" + finding.path.rpartition("/")[2])
    assert "rules were not looked at" in report.notes[0].message


def test_a_wrong_attribute_is_named_in_the_path():
    report = check(STUDENTS.replace(b'requestID="STU-102"', b'requestID=""'))
    assert report.findings[0].path.endswith("/Student[2]/@requestID")
    assert report.findings[0].record == 2


@pytest.mark.parametrize(
    ("form", "code", "element"),
    [
        ({"batch_id": "OTHER000000001"}, "S0012", "BatchHeader"),
        ({"org_id": "XYZ214F00012000"}, "S0012", "BatchHeader"),
        ({"user_id": "pdso000002"}, "S0003", "SEVISBatchCreateUpdateStudent"),
    ],
)
def test_a_form_that_says_something_else_than_the_file_is_told(form, code, element):
    report = check(GOOD, **form)
    assert (codes(report), report.disposition) == ([code], code)
    assert element in report.findings[0].excerpt


def test_a_state_knows_organization_and_officials():
    assert check(GOOD, state=state()).disposition == "S0000"
    assert check(sample("exchange-visitors.xml"), state=state()).disposition == "S0002"
    other = GOOD.replace(b"pdso000001", b"pdso000009")
    report = check(other, state=state())
    assert report.disposition == "S0003"
    assert set(codes(report)) == {"S0003", "S1001"}
    assert report.findings[0].value == "pdso000009"


def test_an_organization_of_the_state_may_do_what_it_says_and_no_more():
    report = check(GOOD, state=state())  # the state's school has F-1 students only, the third record is an M-1
    assert [(finding.code, finding.record) for finding in report.findings] == [("S1049", 3)]
    assert report.findings[0].path.endswith("/VisaType")


def test_without_a_state_an_update_is_not_decided_and_no_finding():
    report = check(renames("N9904705123", "N0000000001"))
    assert report.good
    assert [(note.record, note.request_id, note.line) for note in report.notes] == [(1, "U-1", 1), (2, "U-2", 3)]
    assert "N9904705123" in report.notes[0].message
    assert "--state" in report.notes[0].message


def test_with_a_state_an_update_is_decided():
    report = check(renames("N9904705123", "N0000000001"), state=state())
    assert [(finding.code, finding.request_id, finding.value) for finding in report.findings] == [
        ("S1003", "U-2", "N0000000001")
    ]
    assert report.notes == ()


def test_later_records_see_what_earlier_ones_did():
    start, end = GOOD.index(b"<Student "), GOOD.index(b"</Student>") + len(b"</Student>")
    first = GOOD[start:end]
    twice = GOOD[:end] + first.replace(b'"STU-001"', b'"STU-001b"') + GOOD[end:]
    report = check(twice)
    assert [(finding.code, finding.request_id) for finding in report.findings] == [("S1004", "STU-001b")]


def test_the_day_decides_what_is_past():
    assert check(GOOD).good
    late = check(GOOD, today=date(2033, 1, 1))
    assert len({finding.record for finding in late.findings}) == 4


def test_schema_only_looks_at_no_rules():
    assert check(STUDENTS, today=None).good


def test_two_files_with_one_batch_id_get_a_note():
    checker = Checker(release(), today=TODAY)
    checker.check(Source("a.xml", "a.xml", GOOD))
    second = checker.check(Source("b.xml", "b.xml", GOOD))
    assert second.good
    assert "a.xml" in second.notes[0].message
    assert "S0010" in second.notes[0].message


def test_a_refused_batch_does_not_use_up_its_id():
    checker = Checker(release(), today=TODAY)
    assert checker.check(Source("a.xml", "a.xml", GOOD.replace(b"<Gender>", b"<Gender>X"))).refused == "S0013"
    assert checker.check(Source("b.xml", "b.xml", GOOD)).notes == ()


def test_long_names_are_cut():
    for long in (
        GOOD.replace(b'requestID="', b'requestID="' + b"x" * 9_000),
        GOOD.replace(b"<LastName>", b"<LastName>" + b"x" * 9_000),
    ):
        assert max(map(len, as_text([check(long)]))) < 700


def test_findings_over_the_cap_are_counted_and_the_disposition_stays():
    wrong = STUDENTS.replace(b"<VisaType>01<", b"<VisaType>1<").replace(b"<Gender>F<", b"<Gender>X<")
    report = check(wrong, limits=Limits(max_findings=1))
    assert (len(report.findings), report.more, report.total, report.disposition) == (1, 2, 3, "S0013")
    assert any("2 more findings" in line for line in as_text([report]))
    assert check(wrong, limits=Limits(max_findings=0)).more == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_columns_and_excerpts_are_in_characters_whatever_the_encoding(encoding):
    text = STUDENTS.decode().replace("UTF-8", encoding).replace("<Gender>F<", "<!-- é --><Gender>X<")
    found = check(text.encode(encoding)).findings[0]
    assert text.splitlines()[found.line - 1][found.column - 1 :].startswith("<Gender>X<")
    assert found.excerpt[found.pointer :].startswith("<Gender>X<")


def test_a_file_of_one_line_gets_an_excerpt_of_readable_width():
    line = STUDENTS.replace(b"\n", b"").replace(b"<Gender>F<", b"<Gender>X<")
    found = check(line).findings[0]
    assert found.line == 1
    assert len(found.excerpt) < 120
    assert found.excerpt[found.pointer :].startswith("<Gender>X<")


def test_lines_beyond_those_that_libxml2_can_count_are_right():
    late = STUDENTS.replace(b"<CreateStudent>", b"<CreateStudent>" + b"\n" * 70_000, 1)
    assert check(late).findings[0].line == 117 + 70_000


def test_an_encoding_that_expat_cannot_read_costs_only_the_column():
    text = STUDENTS.decode().replace("UTF-8", "Shift_JIS")
    found = check(text.encode("shift_jis")).findings[0]
    assert (found.code, found.line, found.column) == ("S1024", 117, None)
    assert found.excerpt.strip() == "<FinancialInfo>"


def test_a_large_file_is_refused_without_being_read(tmp_path):
    large = tmp_path / "large.xml"
    with large.open("wb") as file:
        file.truncate(1 << 40)  # a terabyte with holes: reading it would be noticed
    (source,) = sources(str(large), 20 * 1024 * 1024)
    assert source.document == b""
    assert source.refused.code == "413"
    assert "20 MB" in source.refused.message
    assert "--max-size" in source.refused.remedy


def test_a_zip_that_lies_about_a_size_is_not_unpacked_beyond_the_limit(tmp_path):
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", b" " * 1_000_000)
    lying = bomb.read_bytes().replace((1_000_000).to_bytes(4, "little"), (9).to_bytes(4, "little"))
    bomb.write_bytes(lying)
    (source,) = sources(str(bomb), 1000)
    assert source.refused is not None
    assert len(source.document) <= 1000


def test_folders_and_zips_stand_for_the_xml_files_in_them(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "b.xml").write_bytes(GOOD)
    (tmp_path / "a.XML").write_bytes(STUDENTS)
    (tmp_path / "c.txt").write_text("no batch")
    assert [source.file_name for source in sources(str(tmp_path), 10**6)] == ["a.XML", "b.xml"]
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("deep/b.xml", GOOD)
        archive.writestr("c.txt", "no batch")
    (source,) = sources(str(tmp_path / "z.zip"), 10**6)
    assert (source.name, source.file_name) == (f"{tmp_path / 'z.zip'}/deep/b.xml", "b.xml")
    assert source.document == GOOD


def test_a_broken_zip_is_a_finding(tmp_path):
    (tmp_path / "z.zip").write_bytes(b"PK\x03\x04broken")
    (source,) = sources(str(tmp_path / "z.zip"), 10**6)
    assert source.refused.code == "S0012"


def test_what_is_not_there_is_an_error_and_no_finding(tmp_path):
    for name in (tmp_path / "none.xml", tmp_path, "a\0b"):
        (error,) = sources(str(name), 10**6)
        assert isinstance(error, SourceError)
        assert error.misnamed


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_random_bytes_are_one_finding_and_never_a_breakdown(data):
    report = check(data)
    assert not report.good
    assert list(as_text([report]))
    for render in (as_json, as_sarif, as_junit):
        render([report]).encode()


@given(st.integers(0, len(STUDENTS) - 1), st.binary(max_size=8), st.integers(0, 30))
@settings(max_examples=60, deadline=None)
def test_a_file_that_was_damaged_anywhere_never_breaks_the_checker(at, inserted, removed):
    report = check(STUDENTS[:at] + inserted + STUDENTS[at + removed :])
    for finding in report.findings:
        assert finding.message
        assert finding.line is None or finding.line >= 1
    list(as_text([report]))
    as_junit([report]).encode()


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_random_bytes_after_the_signature_of_a_zip_never_break_the_reader(data):
    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(b"PK\x03\x04" + data))
    try:
        found = list(sources("-", 10**6))
    finally:
        sys.stdin = before
    assert found


def test_all_fields_of_the_form_that_differ_are_told():
    report = check(GOOD, org_id="XYZ214F00012000", batch_id="BATCH000000099", user_id="other00001")
    assert [code for code in codes(report) if code.startswith("S00")] == ["S0012", "S0012", "S0003"]
    assert report.disposition == "S0012"
