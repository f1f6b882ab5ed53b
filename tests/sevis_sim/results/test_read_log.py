"""Reading logs: a real one, odd ones, and what is no log."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sevis_sim.results import LogError, read_log

SAMPLE = Path(__file__).resolve().parents[4] / "shared" / "reference" / "samples" / "ev-transaction-log-2016.xml"


@pytest.mark.skipif(not SAMPLE.is_file(), reason="the reference folder is not here")
def test_the_real_log_is_read() -> None:
    log = read_log(SAMPLE.read_bytes())
    assert (log.batch_id, log.org_id, log.system, log.status) == ("----kynEn47azQ", "P-1-19833", "PROD-ALPHA", True)
    assert (log.upload_code, log.process_code, log.download_code) == ("S0000", "S0000", "S0000")
    assert log.upload is not None
    assert log.upload.file_name == "batchfile3.xml"
    (record,) = log.records
    assert (record.sevis_id, record.request_id, record.succeeded) == ("N0000158857", "1-1-59079", True)
    assert [d.sevis_id for d in record.dependents] == ["N0000158274"]
    assert [(s.site_id, s.site_name) for s in record.sites] == [("108087", "US Department of State")]
    assert record.physical is not None
    assert (record.physical.code, record.physical.corrected) == ("", None)


def test_what_a_log_lacks_stays_blank() -> None:
    log = read_log(b"<TransactionLog><BatchDetail><Process><Record/></Process></BatchDetail></TransactionLog>")
    assert (log.batch_id, log.status, log.system, log.upload, log.download_code) == ("", False, None, None, None)
    assert log.process is not None
    assert log.process.total is None
    assert [(r.request_id, r.succeeded) for r in log.records] == [("", False)]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"", "is empty"),
        (b" \r\n", "is empty"),
        (b"<TransactionLog>", "not well-formed"),
        (b"<html><body>404</body></html>", "the root element is html"),
        (b"<TransactionLog/>", "no BatchDetail"),
        (b"<!DOCTYPE TransactionLog><TransactionLog><BatchDetail/></TransactionLog>", "DOCTYPE"),
        (b"<a>" * 2000, "not well-formed"),
    ],
)
def test_what_is_no_log_is_an_error_of_one_line(document: bytes, reason: str) -> None:
    with pytest.raises(LogError, match=reason) as caught:
        read_log(document)
    assert "\n" not in str(caught.value)


def test_entities_of_a_hostile_log_reach_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    document = (
        f'<!DOCTYPE TransactionLog [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
        "<TransactionLog><BatchHeader><OrgID>&x;</OrgID></BatchHeader><BatchDetail/></TransactionLog>"
    )
    with pytest.raises(LogError) as caught:
        read_log(document.encode())
    assert "the secret" not in str(caught.value)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(document: bytes) -> None:
    with pytest.raises(LogError):
        read_log(document)
