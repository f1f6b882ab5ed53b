import contextlib
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import FILES, REFERENCE

from sevis_sim.advice.explain import ExplainError, explain_result, read_result
from sevis_sim.advice.explain_upload import UploadError, read_upload
from sevis_sim.codes import catalogue
from sevis_sim.codes.meaning import meaning
from sevis_sim.domain.outcomes import (
    AddressOutcome,
    DependentOutcome,
    EmployerOutcome,
    Finding,
    RecordOutcome,
    SiteOutcome,
)
from sevis_sim.results import LogHeader, ProcessStage, UploadStage, archive, transaction_log

NOON = datetime(2029, 3, 6, 17, 0, tzinfo=UTC)
BATCH = "BATCH000000001"
PLACE = {"Address1": "1 MAIN ST", "City": "BOSTON", "State": "MA", "PostalCode": "02108"}


def stored(request_id="STU-101", sevis_id="N9912345678", **fields):
    return RecordOutcome(request_id, "pdso000001", "CreateStudent", NOON, sevis_id, **fields)


def failed(code, request_id="STU-102", message=None, **fields):
    text = catalogue.message(code) if message is None else message
    return RecordOutcome(
        request_id, "pdso000001", "CreateStudent", NOON, None, finding=Finding(code), message=text, **fields
    )


def log_of(*outcomes, batch_id=BATCH, download="S0000"):
    process = ProcessStage.of(NOON, outcomes)
    return transaction_log(
        LogHeader(batch_id, "ABC214F00012000"),
        status=True,
        upload=UploadStage("S0000", NOON, "two-students.xml"),
        process=process,
        download=download,
    )


def explained(*outcomes, upload=None, **fields):
    uploaded = read_upload(upload) if upload is not None else None
    return explain_result(read_result(log_of(*outcomes, **fields)), uploaded)


def batch(*students, section="UpdateStudent", batch_id=BATCH):
    return (
        f"<SEVISBatchCreateUpdateStudent userID='u'><BatchHeader><BatchID>{batch_id}</BatchID><OrgID>O</OrgID>"
        f"</BatchHeader><{section}>{''.join(students)}</{section}></SEVISBatchCreateUpdateStudent>"
    ).encode()


def refusal(code):
    return explain_result(
        read_result(transaction_log(LogHeader(BATCH, "ABC214F00012000"), status=False, upload=UploadStage(code, NOON)))
    )


def test_a_stored_record_is_told_with_its_sevis_id():
    found = explained(stored())
    (record,) = found.records
    assert (record.succeeded, record.sevis_id, record.means, record.mend) == (True, "N9912345678", "", "")
    assert found.good


def test_a_failed_record_is_told_with_its_meaning_and_remedy():
    found = explained(stored(), failed("S1024"))
    record = found.records[1]
    assert (record.code, record.message) == ("S1024", catalogue.message("S1024"))
    assert (record.means, record.mend) == (meaning("S1024").condition, meaning("S1024").mend)
    assert not found.good


def test_the_three_stages_are_told_apart():
    good = explained(stored()).stages
    assert [(stage.stage, stage.code) for stage in good] == [
        ("upload", "S0000"),
        ("process", "S0000"),
        ("download", "S0000"),
    ]
    assert len({stage.means for stage in good}) == 3
    assert explained(failed("S1024")).stages[1].means == meaning("S0020").condition


@pytest.mark.parametrize("code", ["S0001", "S0002", "S0003", "S0010", "S0011", "S0012", "S0013"])
def test_a_refused_upload_says_how_to_mend_it(code):
    found = refusal(code)
    (stage,) = found.stages
    assert (stage.code, stage.mend) == (code, meaning(code).mend)
    assert not found.good


@pytest.mark.parametrize("code", ["S0030", "S0031"])
def test_a_download_without_a_result_says_what_to_do(code):
    log = transaction_log(LogHeader(BATCH, "ABC214F00012000"), status=False, download=code)
    (stage,) = explain_result(read_result(log)).stages
    assert (stage.stage, stage.mend) == ("download", meaning(code).mend)


def test_the_reply_to_an_upload_is_no_result_yet():
    assert any("reply to an upload" in note for note in refusal("S0000").notes)


def test_the_uploaded_batch_gives_names_lines_and_values():
    document = (FILES / "two-students.xml").read_bytes()
    record = explained(stored(), failed("S1024"), upload=document).records[1]
    assert (record.person, record.event) == ("Minh Mockup", "CreateStudent")
    lines = document.decode().splitlines()
    assert 'requestID="STU-102"' in lines[record.line - 1]
    sent = {one.path: one for one in record.sent}
    assert sent["FinancialInfo/Expense/Tuition"].value == "33000"
    assert "33000" in lines[sent["FinancialInfo/Expense/Tuition"].line - 1]
    assert "FinancialInfo/Funding/School/Amount" in sent
    assert "PersonalInfo/Gender" not in sent


def test_values_of_stored_records_are_not_shown():
    document = (FILES / "two-students.xml").read_bytes()
    assert explained(stored(), upload=document).records[0].sent == ()


def test_what_was_not_sent_is_named():
    student = "<Student requestID='STU-102' sevisID='N1'><Status><Terminate><Reason>16</Reason></Terminate></Status>"
    record = explained(failed("S1059"), upload=batch(student + "</Student>")).records[0]
    assert [(one.path, one.value) for one in record.sent] == [("Status/Terminate/Reason", "16")]
    assert record.not_sent == ("OtherRemarks",)
    assert record.event == "Status/Terminate"


def test_attributes_that_decide_a_code_are_shown():
    student = "<Student requestID='STU-102' sevisID='N9900000000'><Registration/></Student>"
    record = explained(failed("S1003"), upload=batch(student)).records[0]
    assert [(one.path, one.value) for one in record.sent] == [("@sevisID", "N9900000000")]


def test_only_the_element_that_the_message_names_is_shown():
    name = "<LastName>SAMPLE</LastName><FirstName>FNU</FirstName>"
    student = f"<Student requestID='STU-102'><PersonalInfo><FullName>{name}</FullName></PersonalInfo></Student>"
    message = catalogue.message("S1142", {"field": "FirstName"})
    record = explained(failed("S1142", message=message), upload=batch(student)).records[0]
    assert [(one.path, one.value) for one in record.sent] == [("PersonalInfo/FullName/FirstName", "FNU")]


def test_a_blank_value_is_shown_as_blank():
    student = "<Student requestID='STU-102'><Registration><CurrentSessionEndDate/></Registration></Student>"
    record = explained(failed("S1032"), upload=batch(student)).records[0]
    assert [(one.path, one.value) for one in record.sent] == [("Registration/CurrentSessionEndDate", "")]


def test_many_values_are_cut_and_counted():
    lines = "".join(f"<Other{n}>1</Other{n}>" for n in range(50))
    student = f"<Student requestID='STU-102'><FinancialInfo><Expense>{lines}</Expense></FinancialInfo></Student>"
    record = explained(failed("S1024"), upload=batch(student)).records[0]
    assert len(record.sent) + record.sent_more == 50
    assert record.sent_more > 0


def test_a_code_outside_the_catalogue_is_told_as_such():
    record = explained(failed("S7777", message="Something new")).records[0]
    assert "S7777 is not in the catalogue" in record.means
    assert record.mend


def test_a_failure_without_a_code_is_told_as_such():
    document = (
        b"<TransactionLog><BatchDetail><Process><Record requestID='1'><Result status='false'/></Record>"
        b"</Process></BatchDetail></TransactionLog>"
    )
    record = explain_result(read_result(document)).records[0]
    assert "no code" in record.means


def test_ids_that_later_updates_need_are_told():
    site = SiteOutcome("700001", "Lab", None, (("800001", "Start"),))
    record = explained(stored(sites=(site,), dependents=(DependentOutcome("N9912345679"),))).records[0]
    assert record.sites == ("site 700001 (Lab) with phase 800001 (Start)",)
    assert record.dependents == ("N9912345679",)


def test_addresses_are_told_where_something_was_made_of_them():
    corrected = AddressOutcome(PLACE, PLACE | {"PostalCode": "02108-1234"}, "S0000", "")
    refused = AddressOutcome(PLACE, None, "S1146", "Override Suggested")
    same = AddressOutcome(PLACE, PLACE, "S0000", "")
    employer = EmployerOutcome("Acme", "2029-01-01", refused)
    outcome = stored(physical=corrected, mailing=same, employers=(employer,))
    physical, at_employer = explained(outcome).records[0].addresses
    assert "02108-1234" in physical
    assert at_employer.startswith("address of employer Acme: S1146")


def test_forms_are_told_with_the_person_they_are_for():
    forms = [("N9912345678.pdf", b"%PDF"), ("N9912345679.pdf", b"%PDF"), ("N9900000001.pdf", b"%PDF")]
    outcome = stored(dependents=(DependentOutcome("N9912345679"),))
    found = explain_result(read_result(archive(log_of(outcome), forms, NOON)))
    assert found.records[0].forms == ("N9912345678.pdf", "N9912345679.pdf")


def test_a_batch_that_is_another_one_is_told():
    notes = explained(stored(), upload=batch("<Student requestID='X'/>", batch_id="OTHER")).notes
    assert any("OTHER" in note and BATCH in note for note in notes)
    assert any("The result has no record of X" in note for note in notes)
    assert any("The uploaded file has no record of STU-101" in note for note in notes)


def test_a_matching_batch_has_no_notes():
    document = (FILES / "two-students.xml").read_bytes()
    assert explained(stored(), failed("S1024"), upload=document).notes == ()


def test_counts_that_do_not_fit_are_told():
    document = log_of(stored()).replace(b"<Total>1</Total>", b"<Total>9</Total>")
    assert any("counts 9 records and lists 1" in note for note in explain_result(read_result(document)).notes)


@pytest.mark.parametrize("population", ["student", "ev", "both"])
def test_every_code_of_a_record_is_explained_even_without_its_values(population):
    document = batch("<Student requestID='STU-102'/>")
    for code, entry in catalogue.entries().items():
        if entry.population == population:
            record = explained(failed(code), upload=document).records[0]
            assert record.means == meaning(code).condition
            assert set(record.not_sent) <= set(meaning(code).looks_at)


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="the reference folder is not here")
def test_a_real_result_and_its_batch_are_explained():
    samples = Path(REFERENCE) / "samples"
    result = read_result((samples / "ev-transaction-log-2016.xml").read_bytes())
    found = explain_result(result, read_upload((samples / "ev-batch-2016.xml").read_bytes()))
    assert found.good
    assert (found.records[0].sevis_id, found.records[0].event) == ("N0000158857", "CreateEV")


def zipped(*entries):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as opened:
        for name, text in entries:
            opened.writestr(name, text)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"PK", "damaged"),
        (b"PK\x03\x04 and nothing", "damaged"),
        (b"\x00\x01\x02", "not well-formed"),
        (zipped(), "no sevis_transaction_log.xml"),
        (zipped(("a.txt", "x")), "no sevis_transaction_log.xml"),
        (zipped(("sevis_transaction_log.xml", "<a/>")), "cannot be read"),
        (batch(), "--batch"),
        (b"<TransactionLog/>", "BatchDetail"),
    ],
)
def test_what_is_no_result_is_an_error_of_one_line(content, reason):
    with pytest.raises(ExplainError, match=reason) as error:
        read_result(content)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not well-formed"),
        (b"PK\x03\x04", "not well-formed"),
        (b"<TransactionLog/>", "the root element is TransactionLog"),
        (b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", "DOCTYPE"),
        (b"<a>" * 5000, "not well-formed"),
        (b"<?xml version='1.0' encoding='UTF-16'?><a/>", "not well-formed"),
    ],
)
def test_what_is_no_batch_is_an_error_of_one_line(content, reason):
    with pytest.raises(UploadError, match=reason) as error:
        read_upload(content)
    assert "\n" not in str(error.value)


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=8), st.booleans())
@settings(max_examples=60, deadline=None)
def test_damaged_bytes_are_explained_or_refused(damage, packed):
    content = bytearray(log_of(stored(), failed("S1024")))
    if packed:
        content = bytearray(archive(bytes(content), [("N9912345678.pdf", b"%PDF")], NOON))
    for place, value in damage:
        content[place % len(content)] = value
    with contextlib.suppress(ExplainError):
        explain_result(read_result(bytes(content)))


@given(st.lists(st.tuples(st.integers(0, 10000), st.integers(0, 255)), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_a_damaged_batch_is_read_or_refused(damage):
    content = bytearray((FILES / "two-students.xml").read_bytes())
    for place, value in damage:
        content[place % len(content)] = value
    with contextlib.suppress(UploadError):
        explain_result(read_result(log_of(stored(), failed("S1024"))), read_upload(bytes(content)))
