"""Writes transaction logs.

The order of elements and attributes is that of SevisTransLog.xsd and of the one real log at hand (reference
samples/ev-transaction-log-2016.xml). Where neither decides, this module does:

* The document is UTF-8 with an XML declaration, indented by two blanks, and declares no namespaces. The real log was
  stored by .NET code that drops a declaration, so it proves nothing; with one no parser has to guess the encoding.
* ``PhysicalAddressMessage`` and ``MailingAddressMessage`` stand wherever their address stands, empty or not;
  ``AddressMessage`` of a site or an employer stands only if there is a message. The real log does so.
* Of an address, ``Address2`` is echoed empty if it was sent blank or nil, as in the real log. A blank ``City`` or
  ``State`` is left out: ``USAddrDoctorResponseType`` has no empty ones. So is an address without ``Address1`` or
  ``PostalCode``, which it cannot hold, and ``ExplanationCode`` and ``Explanation``, for which it has no place.
* A failed record lists its dependents with their ``UserDefined…`` fields, as the schema says that these correspond to
  the dependents of the upload, but without ``dependentSevisID``.
* Whether a failed update echoes ``sevisID`` is an open question (sevis-protocol.md §12.10): see the switch.
* A batch without records has a ``Process`` without ``RecordCount``: the schema allows counts only together with
  records.
* Characters that XML cannot hold become U+FFFD, whatever text they are in; a carriage return becomes ``&#13;``, else
  the reader's parser would turn it into a line feed.
"""

import re
from collections.abc import Iterable
from datetime import tzinfo

from sevis_sim.clock import EASTERN, stamp
from sevis_sim.domain.outcomes import (
    AddressOutcome,
    DependentOutcome,
    EmployerOutcome,
    RecordOutcome,
    SiteOutcome,
)
from sevis_sim.results.stages import LogHeader, ProcessStage, UploadStage

MAX_FILE_NAME = 30
MAX_ERROR_MESSAGE = 500
MAX_ADDRESS_MESSAGE = 1000
"""Lengths in characters that SevisTransLog.xsd and Common.xsd (RemarksType, ZeroToOneThousandChars) allow."""

_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # the complement takes 4 ms to make
_SPECIAL_IN_TEXT = re.compile(r"[&<>\r]")
_SPECIAL_IN_ATTRIBUTE = re.compile(r'[&<>"\t\n\r]')
_REFERENCES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
_BLANKS = " \t\r\n"

_ADDRESS = ("Address1", "Address2", "City", "State", "PostalCode")
_MAY_BE_EMPTY = frozenset({"Address2"})


def transaction_log(
    header: LogHeader,
    *,
    system: str | None = None,
    status: bool,
    upload: UploadStage | None = None,
    process: ProcessStage | None = None,
    download: str | None = None,
    zone: tzinfo = EASTERN,
    echo_failed_sevis_id: bool = True,
) -> bytes:
    """Write the transaction log of a batch: the answer to an upload, or what a download brings.

    Args:
        header: What ``BatchHeader`` says.
        system: Which SEVIS answers: ``PROD``, ``PROD-SBT``, ``PROD-ALPHA``; None leaves the attribute out.
        status: True if nothing is wrong with the batch (SevisTransLog.xsd: one failed record makes it false).
        upload: The disposition of the upload.
        process: What became of the records.
        download: The disposition of the download. A processed batch is stored with S0000 written in, so that every
            download brings the same bytes.
        zone: In which stamps are written.
        echo_failed_sevis_id: Whether a failed record bears the SEVIS ID that its update named.

    Returns:
        the document in UTF-8.

    Raises:
        ValueError: a stamp has no offset from UTC.

    """
    system_attribute = "" if system is None else f' system="{_attribute(system)}"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<TransactionLog>",
        "  <BatchHeader>",
        f"    <BatchID>{_text(header.batch_id)}</BatchID>",
        f"    <OrgID>{_text(header.org_id)}</OrgID>",
        "  </BatchHeader>",
        f'  <BatchDetail status="{_boolean(status)}"{system_attribute}>',
    ]
    if upload is not None:
        lines += _upload(upload, zone)
    if process is not None:
        lines += _process(process, zone, echo_failed_sevis_id)
    if download is not None:
        lines.append(f'    <Download resultCode="{_attribute(download)}"/>')
    lines += ["  </BatchDetail>", "</TransactionLog>", ""]
    return "\n".join(lines).encode()


def _upload(upload: UploadStage, zone: tzinfo) -> list[str]:
    start = f'    <Upload resultCode="{_attribute(upload.code)}" dateTimeStamp="{stamp(upload.stamp, zone)}"'
    # A name too long for the element is no name that was sent if it is cut, so it is left out.
    if upload.file_name is None or len(upload.file_name) > MAX_FILE_NAME:
        return [f"{start}/>"]
    return [f"{start}>", f"      <FileName>{_text(upload.file_name)}</FileName>", "    </Upload>"]


def _process(process: ProcessStage, zone: tzinfo, echo: bool) -> list[str]:
    start = f'    <Process resultCode="{_attribute(process.code)}" dateTimeStamp="{stamp(process.stamp, zone)}"'
    total, success = len(process.outcomes), process.success
    if not total:
        return [f"{start}/>"]
    lines = [
        f"{start}>",
        "      <RecordCount>",
        f"        <Success>{success}</Success>",
        f"        <Failure>{total - success}</Failure>",
        f"        <Total>{total}</Total>",
        "      </RecordCount>",
    ]
    for outcome in process.outcomes:
        lines += _record(outcome, zone, echo)
    lines.append("    </Process>")
    return lines


def _record(outcome: RecordOutcome, zone: tzinfo, echo: bool) -> Iterable[str]:
    attributes = f' requestID="{_attribute(outcome.request_id)}"'
    if outcome.user_id:
        attributes = f' userID="{_attribute(outcome.user_id)}"{attributes}'
    if outcome.sevis_id and (outcome.succeeded or echo):
        attributes = f' sevisID="{_attribute(outcome.sevis_id)}"{attributes}'
    yield f"      <Record{attributes}>"
    yield from _user_defined(outcome.user_defined_a, outcome.user_defined_b, " " * 8)
    yield f"        <ProcessDate>{stamp(outcome.processed, zone)}</ProcessDate>"
    yield from _result(outcome)
    for site in outcome.sites:
        yield from _site(site)
    for dependent in outcome.dependents:
        yield from _dependent(dependent, outcome.succeeded)
    for employer in outcome.employers:
        yield from _employer(employer)
    yield from _address(outcome.physical, " " * 8, "Physical", always_message=True)
    yield from _address(outcome.mailing, " " * 8, "Mailing", always_message=True)
    yield "      </Record>"


def _result(outcome: RecordOutcome) -> Iterable[str]:
    if outcome.finding is None:
        yield '        <Result status="true"/>'
        return
    code = outcome.finding.code
    # The schema wants at least one character.
    message = outcome.message[:MAX_ERROR_MESSAGE] or code
    yield '        <Result status="false">'
    yield f"          <ErrorCode>{_text(code)}</ErrorCode>"
    yield f"          <ErrorMessage>{_text(message)}</ErrorMessage>"
    yield "        </Result>"


def _site(site: SiteOutcome) -> Iterable[str]:
    yield "        <SiteOfActivity>"
    yield from _address(site.address, " " * 10)
    if site.site_id:
        yield f"          <SiteId>{_text(site.site_id)}</SiteId>"
    if site.site_name:
        yield f"          <SiteName>{_text(site.site_name)}</SiteName>"
    for phase_id, phase_name in site.phases:
        yield "          <Phase>"
        yield f"            <PhaseId>{_text(phase_id)}</PhaseId>"
        yield f"            <PhaseName>{_text(phase_name)}</PhaseName>"
        yield "          </Phase>"
    yield "        </SiteOfActivity>"


def _dependent(dependent: DependentOutcome, succeeded: bool) -> Iterable[str]:
    start = "        <Dependent"
    if dependent.sevis_id and succeeded:
        start = f'{start} dependentSevisID="{_attribute(dependent.sevis_id)}"'
    fields = list(_user_defined(dependent.user_defined_a, dependent.user_defined_b, " " * 10))
    if not fields:
        yield f"{start}/>"
        return
    yield f"{start}>"
    yield from fields
    yield "        </Dependent>"


def _employer(employer: EmployerOutcome) -> Iterable[str]:
    yield "        <Employer>"
    yield f"          <EmployerName>{_text(employer.name)}</EmployerName>"
    yield f"          <StartDate>{_text(employer.start_date)}</StartDate>"
    yield from _address(employer.address, " " * 10)
    yield "        </Employer>"


def _user_defined(a: str | None, b: str | None, indent: str) -> Iterable[str]:
    """Echo the client's own fields; one that was sent empty comes back empty."""
    for name, sent in (("UserDefinedA", a), ("UserDefinedB", b)):
        if sent is not None:
            yield indent + _element(name, sent)


def _address(
    address: AddressOutcome | None, indent: str, prefix: str = "", *, always_message: bool = False
) -> Iterable[str]:
    """Write the four elements of one address: as provided, as corrected, result, message."""
    if address is None:
        return
    yield from _address_lines(f"{prefix}ProvidedAddress", address.provided, indent)
    if address.corrected is not None:
        yield from _address_lines(f"{prefix}CorrectedAddress", address.corrected, indent)
    if address.code:
        yield indent + _element(f"{prefix}AddressResult", address.code)
    if address.message or always_message:
        yield indent + _element(f"{prefix}AddressMessage", address.message[:MAX_ADDRESS_MESSAGE])


def _address_lines(name: str, address: dict[str, str], indent: str) -> Iterable[str]:
    if not all(address.get(needed, "").strip(_BLANKS) for needed in ("Address1", "PostalCode")):
        return
    yield f"{indent}<{name}>"
    for part in _ADDRESS:
        sent = address.get(part)
        if sent is not None and (part in _MAY_BE_EMPTY or sent.strip(_BLANKS)):
            yield f"{indent}  {_element(part, sent)}"
    yield f"{indent}</{name}>"


def _element(name: str, content: str) -> str:
    return f"<{name}>{_text(content)}</{name}>" if content else f"<{name}/>"


def _text(content: str) -> str:
    return _SPECIAL_IN_TEXT.sub(_reference, _ILLEGAL.sub("\ufffd", content))


def _attribute(content: str) -> str:
    return _SPECIAL_IN_ATTRIBUTE.sub(_reference, _ILLEGAL.sub("\ufffd", content))


def _reference(match: re.Match[str]) -> str:
    return _REFERENCES[match[0]]


def _boolean(value: bool) -> str:
    return "true" if value else "false"
