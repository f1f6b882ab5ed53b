"""The transaction log: valid by the schema whatever it tells, and like a real one."""

from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from sevis_sim.clock import EASTERN, FIXED_EST, parse_stamp
from sevis_sim.domain.outcomes import (
    AddressOutcome,
    DependentOutcome,
    EmployerOutcome,
    Finding,
    RecordOutcome,
    SiteOutcome,
)
from sevis_sim.resources import folder
from sevis_sim.results import LogHeader, ProcessStage, UploadStage, read_log, transaction_log

REFERENCE = Path(__file__).resolve().parents[4] / "shared" / "reference"
OFFICIAL = REFERENCE / "official-xsd" / "SevisTransLog.xsd"
OURS = folder("schemas") / "6.31" / "SevisTransLog.xsd"
SAMPLE = REFERENCE / "samples" / "ev-transaction-log-2016.xml"

NOW = datetime(2026, 3, 9, 22, 0, 0, 123_000, tzinfo=EASTERN)
HEADER = LogHeader("BATCH000000001", "ABC214F00012000")


def record(**changes: object) -> RecordOutcome:
    facts: dict[str, object] = {
        "request_id": "1",
        "user_id": "pdso000001",
        "event": "CreateStudent/Student",
        "processed": NOW,
        "sevis_id": "N9900000001",
    }
    return RecordOutcome(**(facts | changes))  # type: ignore[arg-type]


def failed(**changes: object) -> RecordOutcome:
    facts: dict[str, object] = {"finding": Finding("S1004"), "message": "A duplicate exists.", "sevis_id": None}
    return record(**(facts | changes))


def processed(*outcomes: RecordOutcome, **options: object) -> bytes:
    stage = ProcessStage.of(NOW, outcomes)
    arguments: dict[str, object] = {
        "status": stage.code == "S0000",
        "upload": UploadStage("S0000", NOW, "batch.xml"),
        "process": stage,
        "download": "S0000",
    }
    return transaction_log(HEADER, **(arguments | options))  # type: ignore[arg-type]


def elements(log: bytes, path: str) -> list[etree._Element]:
    return etree.fromstring(log).findall(path)


def text(log: bytes, path: str) -> str | None:
    found = elements(log, path)
    assert len(found) == 1, path
    return found[0].text


RECORD = "BatchDetail/Process/Record"


# --- the schemas ---------------------------------------------------------------------------------------------------


@cache
def schema(path: Path) -> etree.XMLSchema:
    return etree.XMLSchema(file=str(path))


SCHEMAS = [
    pytest.param(path, marks=[] if path.is_file() else pytest.mark.skip(reason=f"{path} is not here"), id=name)
    for name, path in (("official", OFFICIAL), ("ours", OURS))
]

anything = st.text(max_size=1200)
"""Any text at all: characters that XML cannot hold, lone surrogates, markup."""
xml_blank = " \t\r\n"


def filled(size: int) -> st.SearchStrategy[str]:
    return st.text(min_size=1, max_size=size).filter(lambda text: bool(text.strip(xml_blank)))


sevis_ids = st.from_regex(r"N[0-9]{10}", fullmatch=True)
instants = st.datetimes(
    min_value=datetime(1970, 1, 2),  # noqa: DTZ001 - the zone is drawn, too
    max_value=datetime(2099, 12, 30),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, EASTERN, timezone(timedelta(hours=14))]),
)
user_defined_a = st.none() | st.text(max_size=10)
user_defined_b = st.none() | st.text(max_size=14)
addresses = st.fixed_dictionaries(
    {"Address1": filled(64), "PostalCode": st.from_regex(r"[0-9]{5}(-[0-9]{4})?", fullmatch=True)},
    optional={
        "Address2": st.text(max_size=64),
        "City": st.text(max_size=60),
        "State": st.sampled_from(["", "DC", "NY", "PR"]),
        "ExplanationCode": st.sampled_from(["", "OB", "OO"]),
        "Explanation": st.just("no street names"),
    },
)
codes = st.from_regex(r"S[0-9]{4}", fullmatch=True)
address_outcomes = st.none() | st.builds(
    AddressOutcome,
    provided=addresses | st.just({"City": "NOWHERE"}),
    corrected=st.none() | addresses,
    code=st.just("") | codes,
    message=anything,
)
outcomes = st.builds(
    RecordOutcome,
    request_id=st.text(st.characters(exclude_characters=":/\\"), min_size=1, max_size=20).filter(
        lambda text: bool(text.strip(xml_blank))
    ),
    user_id=st.text(min_size=10, max_size=10),
    event=st.just("CreateEV/ExchangeVisitor"),
    processed=instants,
    sevis_id=st.none() | sevis_ids,
    finding=st.none() | st.builds(Finding, code=codes),
    message=anything,
    user_defined_a=user_defined_a,
    user_defined_b=user_defined_b,
    sites=st.lists(
        st.builds(
            SiteOutcome,
            site_id=st.text(max_size=50),
            site_name=st.text(max_size=60),
            address=address_outcomes,
            phases=st.lists(
                st.tuples(st.from_regex(r"[0-9]{1,22}", fullmatch=True), st.text(min_size=1, max_size=100)), max_size=2
            ).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
    dependents=st.lists(
        st.builds(
            DependentOutcome,
            sevis_id=st.none() | sevis_ids,
            user_defined_a=user_defined_a,
            user_defined_b=user_defined_b,
        ),
        max_size=2,
    ).map(tuple),
    employers=st.lists(
        st.builds(
            EmployerOutcome,
            name=st.text(min_size=1, max_size=121),
            start_date=st.dates(min_value=date(1900, 1, 1)).map(date.isoformat),
            address=address_outcomes,
        ),
        max_size=2,
    ).map(tuple),
    physical=address_outcomes,
    mailing=address_outcomes,
)
logs = st.fixed_dictionaries(
    {
        "header": st.builds(LogHeader, batch_id=anything, org_id=anything),
        "status": st.booleans(),
        "zone": st.sampled_from([UTC, EASTERN, FIXED_EST]),
        "echo_failed_sevis_id": st.booleans(),
    },
    optional={
        "system": st.none() | st.text(max_size=30),
        "upload": st.builds(UploadStage, code=codes, stamp=instants, file_name=st.none() | st.text(max_size=40)),
        "process": st.builds(ProcessStage.of, instants, st.lists(outcomes, max_size=3)),
        "download": codes,
    },
)


@pytest.mark.parametrize("path", SCHEMAS)
@settings(max_examples=150, deadline=None)
@given(arguments=logs)
def test_whatever_happened_the_log_is_valid(path: Path, arguments: dict[str, object]) -> None:
    log = transaction_log(**arguments)  # type: ignore[arg-type]
    schema(path).assertValid(etree.fromstring(log))


# --- the real log --------------------------------------------------------------------------------------------------


def flattened(document: bytes) -> list[tuple[str, list[tuple[str, str]], str]]:
    root = etree.fromstring(document)
    return [
        (root.getroottree().getpath(e), [(str(k), str(v)) for k, v in e.attrib.items()], (e.text or "").strip())
        for e in root.iter(etree.Element)
    ]


@pytest.mark.skipif(not SAMPLE.is_file(), reason="the reference folder is not here")
def test_a_log_of_the_same_outcomes_equals_the_real_one_in_elements_attributes_and_texts() -> None:
    street = {"Address1": "2200 C STREET NW", "Address2": "", "City": "WASHINGTON", "State": "DC"}
    provided, corrected = street | {"PostalCode": "20522"}, street | {"PostalCode": "20522-0001"}
    outcome = RecordOutcome(
        request_id="1-1-59079",
        user_id="esayya9302",
        event="CreateEV/ExchangeVisitor",
        processed=parse_stamp("2016-05-04T17:15:03.503Z"),
        sevis_id="N0000158857",
        user_defined_a="59079",
        user_defined_b="B63280",
        sites=(SiteOutcome("108087", "US Department of State", AddressOutcome(provided, corrected, "S0000", "")),),
        dependents=(DependentOutcome("N0000158274", "59079", "B6"),),
        physical=AddressOutcome(provided, None, "", ""),
    )
    log = transaction_log(
        LogHeader("----kynEn47azQ", "P-1-19833"),
        system="PROD-ALPHA",
        status=True,
        upload=UploadStage("S0000", parse_stamp("2016-05-04T17:15:00.894Z"), "batchfile3.xml"),
        process=ProcessStage.of(parse_stamp("2016-05-04T17:15:06.519Z"), [outcome]),
        download="S0000",
        zone=UTC,
    )
    assert flattened(log) == flattened(SAMPLE.read_bytes())


# --- stages --------------------------------------------------------------------------------------------------------


def test_the_reply_to_an_upload_has_only_an_upload_with_eastern_milliseconds() -> None:
    log = transaction_log(
        HEADER,
        system="PROD-SBT",
        status=True,
        upload=UploadStage("S0000", parse_stamp("2019-05-21T15:55:36.234Z"), "local.xml"),
    )
    assert log.decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<TransactionLog>\n"
        "  <BatchHeader>\n"
        "    <BatchID>BATCH000000001</BatchID>\n"
        "    <OrgID>ABC214F00012000</OrgID>\n"
        "  </BatchHeader>\n"
        '  <BatchDetail status="true" system="PROD-SBT">\n'
        '    <Upload resultCode="S0000" dateTimeStamp="2019-05-21T11:55:36.234-04:00">\n'
        "      <FileName>local.xml</FileName>\n"
        "    </Upload>\n"
        "  </BatchDetail>\n"
        "</TransactionLog>\n"
    )


def test_a_refusal_echoes_swallowed_bytes_with_their_carriage_returns() -> None:
    swallowed = 'ABC\r--boundary\rContent-Disposition: form-data; name="xml"\r<A b="&amp;"/>'
    log = transaction_log(LogHeader("", swallowed), status=False, upload=UploadStage("S0001", NOW))
    assert text(log, "BatchHeader/OrgID") == swallowed
    assert text(log, "BatchHeader/BatchID") is None
    assert elements(log, "BatchDetail/Upload/FileName") == []


def test_a_file_name_that_the_element_cannot_hold_is_left_out() -> None:
    log = transaction_log(HEADER, status=False, upload=UploadStage("S0011", NOW, "x" * 31))
    assert elements(log, "BatchDetail/Upload/FileName") == []


def test_a_download_without_a_result_has_a_download_code_and_no_process() -> None:
    log = read_log(transaction_log(HEADER, status=False, download="S0031"))
    assert (log.download_code, log.upload, log.process, log.status) == ("S0031", None, None, False)


def test_counts_and_code_follow_from_the_records() -> None:
    log = read_log(processed(record(), failed(request_id="2"), record(request_id="3")))
    assert log.process is not None
    assert (log.process.code, log.process.success, log.process.failure, log.process.total) == ("S0020", 2, 1, 3)
    assert log.status is False
    assert [r.request_id for r in log.records] == ["1", "2", "3"]
    assert [r.request_id for r in log.failures] == ["2"]


def test_a_batch_whose_records_all_succeeded_is_s0000() -> None:
    log = read_log(processed(record()))
    assert (log.process_code, log.status) == ("S0000", True)


def test_a_batch_without_records_has_a_process_without_counts() -> None:
    log = processed()
    assert len(elements(log, "BatchDetail/Process")) == 1
    assert elements(log, "BatchDetail/Process/*") == []


def test_a_stamp_without_an_offset_is_refused() -> None:
    naive = datetime(2026, 3, 9, 22)  # noqa: DTZ001
    with pytest.raises(ValueError, match="no offset"):
        transaction_log(HEADER, status=True, upload=UploadStage("S0000", naive))


# --- records -------------------------------------------------------------------------------------------------------


def test_a_failed_create_has_no_sevis_id_but_its_code_and_message() -> None:
    log = processed(failed())
    (found,) = elements(log, RECORD)
    assert found.items() == [("userID", "pdso000001"), ("requestID", "1")]
    assert text(log, f"{RECORD}/Result/ErrorCode") == "S1004"
    assert text(log, f"{RECORD}/Result/ErrorMessage") == "A duplicate exists."


def test_a_failed_update_echoes_its_sevis_id_unless_the_switch_says_no() -> None:
    outcome = failed(sevis_id="N9900000001")
    (echoed,) = elements(processed(outcome), RECORD)
    (silent,) = elements(processed(outcome, echo_failed_sevis_id=False), RECORD)
    assert echoed.get("sevisID") == "N9900000001"
    assert silent.get("sevisID") is None


def test_dependents_of_a_failed_record_keep_their_fields_but_have_no_sevis_id() -> None:
    dependent = DependentOutcome("N9900000002", "A", "")
    (good,) = elements(processed(record(dependents=(dependent,))), f"{RECORD}/Dependent")
    (bad,) = elements(processed(failed(dependents=(dependent,))), f"{RECORD}/Dependent")
    assert good.get("dependentSevisID") == "N9900000002"
    assert bad.get("dependentSevisID") is None
    assert [(str(e.tag), e.text) for e in bad] == [("UserDefinedA", "A"), ("UserDefinedB", None)]


def test_a_long_message_is_cut_at_500_characters_and_a_blank_one_becomes_the_code() -> None:
    long = text(processed(failed(message="é" * 501)), f"{RECORD}/Result/ErrorMessage")
    assert long == "é" * 500
    assert text(processed(failed(message="")), f"{RECORD}/Result/ErrorMessage") == "S1004"


def test_fields_of_the_client_come_back_as_they_came_blank_or_absent() -> None:
    log = processed(record(user_defined_a=" a\r\n<&>", user_defined_b=None))
    assert text(log, f"{RECORD}/UserDefinedA") == " a\r\n<&>"
    assert elements(log, f"{RECORD}/UserDefinedB") == []


def test_characters_that_xml_cannot_hold_become_a_visible_mark() -> None:
    log = processed(record(user_defined_a="a\x00\x1b\ud800\uffff", request_id='<"&\x01'))
    assert text(log, f"{RECORD}/UserDefinedA") == "a" + "\ufffd" * 4
    assert elements(log, RECORD)[0].get("requestID") == '<"&\ufffd'


# --- addresses -----------------------------------------------------------------------------------------------------

ADDRESS = {"Address1": "1 MAIN ST", "PostalCode": "20001"}


def test_blank_parts_of_an_address_stand_only_where_the_schema_has_room_for_them() -> None:
    sent = {"Address1": "1 MAIN ST", "Address2": "", "City": "", "State": " ", "PostalCode": "20001"}
    log = processed(record(physical=AddressOutcome(sent, None, "S0000", "Valid")))
    (provided,) = elements(log, f"{RECORD}/PhysicalProvidedAddress")
    assert [(str(e.tag), e.text) for e in provided] == [
        ("Address1", "1 MAIN ST"),
        ("Address2", None),
        ("PostalCode", "20001"),
    ]


def test_an_address_that_was_sent_without_optional_parts_is_echoed_without_them() -> None:
    log = processed(record(mailing=AddressOutcome(ADDRESS, None, "S0000", "Valid")))
    (provided,) = elements(log, f"{RECORD}/MailingProvidedAddress")
    assert [str(e.tag) for e in provided] == ["Address1", "PostalCode"]


def test_an_explanation_is_not_echoed() -> None:
    sent = ADDRESS | {"ExplanationCode": "OO", "Explanation": "no street names here"}
    assert b"Explanation" not in processed(record(physical=AddressOutcome(sent, None, "S0000", "Valid")))


def test_only_the_message_of_a_person_s_address_stands_even_if_empty() -> None:
    quiet = AddressOutcome(ADDRESS, None, "S0000", "")
    log = processed(
        record(
            physical=quiet,
            mailing=quiet,
            sites=(SiteOutcome("1", "Lab", quiet),),
            employers=(EmployerOutcome("Works", "2026-01-02", quiet),),
        )
    )
    assert text(log, f"{RECORD}/PhysicalAddressMessage") is None
    assert text(log, f"{RECORD}/MailingAddressMessage") is None
    assert elements(log, f"{RECORD}/SiteOfActivity/AddressMessage") == []
    assert elements(log, f"{RECORD}/Employer/AddressMessage") == []


def test_every_part_of_a_record_is_read_back_as_it_was_written() -> None:
    address = AddressOutcome(
        ADDRESS, ADDRESS | {"City": "WASHINGTON", "PostalCode": "20001-0001"}, "S0000", "Override Suggested"
    )
    outcome = record(
        user_defined_a="A",
        user_defined_b="",
        sites=(SiteOutcome("100001", "Lab", address, (("7", "First phase"),)), SiteOutcome("100002", "Office")),
        dependents=(DependentOutcome("N9900000002", "X", None), DependentOutcome("N9900000003")),
        employers=(EmployerOutcome("Works & Sons", "2026-01-02", address),),
        physical=address,
        mailing=address,
    )
    (found,) = read_log(processed(outcome)).records
    for name in ("sites", "dependents", "employers", "physical", "mailing", "user_defined_a", "user_defined_b"):
        assert getattr(found, name) == getattr(outcome, name), name
    assert (found.request_id, found.sevis_id, found.user_id) == ("1", "N9900000001", "pdso000001")
    assert (found.succeeded, found.code, found.message) == (True, "", "")
    assert found.processed == "2026-03-09T22:00:00.123-04:00"
