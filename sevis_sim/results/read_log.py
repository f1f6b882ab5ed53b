"""Reads transaction logs: ours, and those of a real SEVIS, which do not always fit its schema (sevis-protocol.md §6.6).

What is missing stays blank; only what is no log at all is an error.
"""

from lxml import etree

from sevis_sim.domain.outcomes import AddressOutcome, DependentOutcome, EmployerOutcome, SiteOutcome
from sevis_sim.results.parsed import ParsedLog, ParsedProcess, ParsedRecord, ParsedUpload
from sevis_sim.schemas import NotWellFormed, parse

_ROOT = "TransactionLog"


class LogError(Exception):
    """The document is no transaction log. The text is one line that says why."""


def read_log(document: bytes) -> ParsedLog:
    """Read a transaction log.

    Raises:
        LogError: the document is not well-formed, declares a document type, or is not a ``TransactionLog`` with a
            ``BatchDetail``.

    """
    root = _root(document)
    detail = root.find("BatchDetail")
    if detail is None:
        raise LogError(f"the transaction log (line {root.sourceline}) has no BatchDetail")
    header, upload, process, download = (
        root.find("BatchHeader"),
        detail.find("Upload"),
        detail.find("Process"),
        detail.find("Download"),
    )
    return ParsedLog(
        batch_id=_text(header, "BatchID") or "",
        org_id=_text(header, "OrgID") or "",
        status=_true(detail.get("status")),
        system=_attribute(detail, "system"),
        upload=None if upload is None else _upload(upload),
        process=None if process is None else _process(process),
        download_code=None if download is None else _attribute(download, "resultCode") or "",
    )


def _root(document: bytes) -> etree._Element:
    if not document.strip():
        raise LogError("the transaction log is empty")
    try:
        root = parse(document).getroot()
    except NotWellFormed as error:
        if "DOCTYPE" in error.message:
            raise LogError("the transaction log declares a document type (DOCTYPE), which no SEVIS log has") from error
        line = f" in line {error.line}" if error.line else ""
        raise LogError(f"the transaction log is not well-formed XML{line}: {error.message}") from error
    if root.tag != _ROOT:
        raise LogError(f"the root element is {root.tag}; a transaction log has {_ROOT}")
    return root


def _upload(element: etree._Element) -> ParsedUpload:
    return ParsedUpload(
        _attribute(element, "resultCode") or "",
        _attribute(element, "dateTimeStamp") or "",
        _text(element, "FileName"),
    )


def _process(element: etree._Element) -> ParsedProcess:
    count = element.find("RecordCount")
    return ParsedProcess(
        code=_attribute(element, "resultCode") or "",
        stamp=_attribute(element, "dateTimeStamp") or "",
        success=_number(count, "Success"),
        failure=_number(count, "Failure"),
        total=_number(count, "Total"),
        records=tuple(_record(record) for record in element.iterchildren("Record")),
    )


def _record(element: etree._Element) -> ParsedRecord:
    result = element.find("Result")
    return ParsedRecord(
        request_id=_attribute(element, "requestID") or "",
        sevis_id=_attribute(element, "sevisID"),
        user_id=_attribute(element, "userID"),
        succeeded=result is not None and _true(result.get("status")),
        code=_text(result, "ErrorCode") or "",
        message=_text(result, "ErrorMessage") or "",
        processed=_text(element, "ProcessDate") or "",
        user_defined_a=_text(element, "UserDefinedA"),
        user_defined_b=_text(element, "UserDefinedB"),
        sites=tuple(_site(site) for site in element.iterchildren("SiteOfActivity")),
        dependents=tuple(
            DependentOutcome(
                _attribute(dependent, "dependentSevisID"),
                _text(dependent, "UserDefinedA"),
                _text(dependent, "UserDefinedB"),
            )
            for dependent in element.iterchildren("Dependent")
        ),
        employers=tuple(
            EmployerOutcome(
                _text(employer, "EmployerName") or "",
                _text(employer, "StartDate") or "",
                _address(employer),
            )
            for employer in element.iterchildren("Employer")
        ),
        physical=_address(element, "Physical"),
        mailing=_address(element, "Mailing"),
    )


def _site(element: etree._Element) -> SiteOutcome:
    return SiteOutcome(
        _text(element, "SiteId") or "",
        _text(element, "SiteName") or "",
        _address(element),
        tuple(
            (_text(phase, "PhaseId") or "", _text(phase, "PhaseName") or "") for phase in element.iterchildren("Phase")
        ),
    )


def _address(element: etree._Element, prefix: str = "") -> AddressOutcome | None:
    provided = element.find(f"{prefix}ProvidedAddress")
    corrected = element.find(f"{prefix}CorrectedAddress")
    code = _text(element, f"{prefix}AddressResult")
    message = _text(element, f"{prefix}AddressMessage")
    if provided is None and corrected is None and code is None and message is None:
        return None
    return AddressOutcome(_parts(provided), None if corrected is None else _parts(corrected), code or "", message or "")


def _parts(address: etree._Element | None) -> dict[str, str]:
    if address is None:
        return {}
    return {str(part.tag): part.text or "" for part in address.iterchildren(etree.Element)}


def _text(parent: etree._Element | None, name: str) -> str | None:
    """Return the text of a child; ``""`` if the child is empty, None if there is none."""
    child = None if parent is None else parent.find(name)
    return None if child is None else child.text or ""


def _attribute(element: etree._Element, name: str) -> str | None:
    value = element.get(name)
    return None if value is None else str(value)


def _true(text: str | None) -> bool:
    return (text or "").strip() in ("true", "1")


def _number(parent: etree._Element | None, name: str) -> int | None:
    text = (_text(parent, name) or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
