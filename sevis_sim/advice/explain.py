"""A result in plain English: what became of the batch, and of each of its records, and what to do about it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sevis_sim.advice.explain_upload import Sent, Uploaded, UploadedRecord
from sevis_sim.codes import catalogue
from sevis_sim.codes.meaning import meaning
from sevis_sim.domain.outcomes import AddressOutcome
from sevis_sim.results import (
    ArchiveError,
    LogError,
    ParsedArchive,
    ParsedLog,
    ParsedRecord,
    read_archive,
    read_log,
)
from sevis_sim.schemas import NotWellFormed, Release, parse

_MOST_DEPARTURES = 5

MAX_SENT = 20
"""Values shown of one record."""

_GOOD = {
    "upload": ("The file was accepted: the sender is known and the file agrees with the schema.", ""),
    "process": ("Every record of the batch is stored.", ""),
    "download": ("The result is ready and came with the reply.", ""),
}
_STEPS = {
    "Override Suggested": "send an ExplanationCode if the address is right",
    "Not Validated": "the address could not be confirmed",
}
_WORD = re.compile(r"[A-Z][A-Za-z0-9]{3,}")


class ExplainError(Exception):
    """What was given is no result. The text is one line that says why."""


@dataclass(frozen=True, slots=True)
class StageHelp:
    """The disposition of one stage: ``upload``, ``process`` or ``download``."""

    stage: str
    code: str
    message: str
    means: str
    mend: str
    stamp: str = ""

    @property
    def good(self) -> bool:
        """Whether the stage went well."""
        return self.code == "S0000"


@dataclass(frozen=True, slots=True)
class RecordHelp:
    """What became of one record. Event, person and values are known only with the uploaded batch."""

    request_id: str
    succeeded: bool
    sevis_id: str
    dependents: tuple[str, ...]
    """SEVIS IDs of the dependents that the log lists."""
    sites: tuple[str, ...]
    """The ids that later updates need: site and phase, with their names."""
    forms: tuple[str, ...]
    """File names in the zip of the forms that were printed for these people."""
    code: str
    message: str
    means: str
    mend: str
    addresses: tuple[str, ...]
    """What was made of addresses, one sentence each."""
    event: str = ""
    person: str = ""
    line: int = 0
    """Line of the record in the uploaded file, 0 where that is not known."""
    sent: tuple[Sent, ...] = ()
    sent_more: int = 0
    """How many values of the same kind are left out of ``sent``."""
    not_sent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResultHelp:
    """A whole result. ``notes`` tell what does not fit together."""

    batch_id: str
    org_id: str
    system: str
    stages: tuple[StageHelp, ...]
    records: tuple[RecordHelp, ...]
    notes: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Whether every stage went well and every record was stored."""
        return all(stage.good for stage in self.stages) and all(record.succeeded for record in self.records)


def read_result(content: bytes) -> ParsedArchive:
    """Read a result: the zip of a download, or a transaction log by itself.

    Raises:
        ExplainError: it is neither, or it is damaged.

    """
    try:
        if content.startswith(b"PK"):
            return read_archive(content)
        return ParsedArchive(read_log(content), content, {})
    except (ArchiveError, LogError) as error:
        hint = ""
        if b"<SEVISBatchCreateUpdate" in content[:4096]:
            hint = "; this is an upload: give its result, and the upload with --batch"
        raise ExplainError(f"{error}{hint}") from error


def explain_result(
    result: ParsedArchive, uploaded: Uploaded | None = None, release: Release | None = None
) -> ResultHelp:
    """Explain a result.

    Args:
        result: as `read_result` returns it.
        uploaded: the batch that it belongs to, for names, events and the values that were sent.
        release: of the schemas, if the notes are to say where the log departs from its schema.

    """
    log = result.log
    known = uploaded.records if uploaded else {}
    return ResultHelp(
        batch_id=log.batch_id,
        org_id=log.org_id,
        system=log.system or "",
        stages=tuple(_stages(log)),
        records=tuple(_record(record, known.get(record.request_id), result) for record in log.records),
        notes=(*_notes(log, uploaded), *(_departures(result.log_bytes, release) if release else ())),
    )


def _stages(log: ParsedLog) -> Iterator[StageHelp]:
    if log.upload:
        yield _stage("upload", log.upload.code, log.upload.stamp)
    if log.process:
        yield _stage("process", log.process.code, log.process.stamp)
    if log.download_code is not None:
        yield _stage("download", log.download_code, "")


def _stage(stage: str, code: str, stamp: str) -> StageHelp:
    means, mend = _GOOD[stage] if code == "S0000" else _meaning(code)
    message = catalogue.message(code) if code in catalogue.entries() else ""
    return StageHelp(stage, code, message, means, mend, stamp)


def _meaning(code: str) -> tuple[str, str]:
    """Return what a code means and how to mend it; for an unknown one that it is unknown."""
    if not code:
        return "The log gives no code.", "Look at the record in RTI."
    if code not in catalogue.entries():
        return f"{code} is not in the catalogue of codes.", "Go by the message of the log, or ask the SEVIS help desk."
    found = meaning(code)
    return found.condition, found.mend


def _record(record: ParsedRecord, sent: UploadedRecord | None, result: ParsedArchive) -> RecordHelp:
    people = [record.sevis_id or "", *(dependent.sevis_id or "" for dependent in record.dependents)]
    means, mend = ("", "") if record.succeeded else _meaning(record.code)
    names = [] if record.succeeded or sent is None else _names(record, sent)
    values = sent.sent(names) if sent else []
    return RecordHelp(
        request_id=record.request_id,
        succeeded=record.succeeded,
        sevis_id=people[0],
        dependents=tuple(filter(None, people[1:])),
        sites=tuple(_sites(record)),
        forms=tuple(name for name in result.forms if any(one and name.startswith(one) for one in people)),
        code=record.code,
        message=record.message,
        means=means,
        mend=mend,
        addresses=tuple(_addresses(record)),
        event=sent.event if sent else "",
        person=sent.person if sent else "",
        line=sent.line if sent else 0,
        sent=tuple(values[:MAX_SENT]),
        sent_more=max(0, len(values) - MAX_SENT),
        not_sent=tuple(sent.not_sent(names)) if sent else (),
    )


def _names(record: ParsedRecord, sent: UploadedRecord) -> list[str]:
    """Return the elements to show: those that the message names, if the record has them, else all that can decide."""
    looks_at = list(meaning(record.code).looks_at) if record.code in catalogue.entries() else []
    named = [word for word in _WORD.findall(record.message) if sent.sent([word])]
    return [name for name in named if name in looks_at] or list(dict.fromkeys([*looks_at, *named]))


def _sites(record: ParsedRecord) -> Iterator[str]:
    for site in record.sites:
        phases = ", ".join(f"phase {phase_id} ({name})" for phase_id, name in site.phases)
        yield f"site {site.site_id} ({site.site_name})" + (f" with {phases}" if phases else "")


def _addresses(record: ParsedRecord) -> Iterator[str]:
    judged = [("physical address", record.physical), ("mailing address", record.mailing)]
    judged += [(f"address of site {site.site_name}", site.address) for site in record.sites]
    judged += [(f"address of employer {employer.name}", employer.address) for employer in record.employers]
    for whose, outcome in judged:
        if outcome is not None and (text := _address(outcome)):
            yield f"{whose}: {text}"


def _address(outcome: AddressOutcome) -> str:
    if outcome.code and outcome.code != "S0000":
        means, mend = _meaning(outcome.code)
        return f"{outcome.code}. {means} {mend}"
    step = f" ({_STEPS[outcome.message]})" if outcome.message in _STEPS else ""
    said = f"{outcome.message}{step}; " if outcome.message else ""
    if outcome.corrected and outcome.corrected != outcome.provided:
        return f"{said}stored as {', '.join(part for part in outcome.corrected.values() if part)}"
    return said.removesuffix("; ")


def _notes(log: ParsedLog, uploaded: Uploaded | None) -> Iterator[str]:
    if log.process is None and log.download_code is None and log.upload_code == "S0000":
        yield "The log is the reply to an upload; records appear after processing, in the download."
    if log.process is not None and log.process.total is not None and log.process.total != len(log.records):
        yield f"The log counts {log.process.total} records and lists {len(log.records)}."
    if uploaded is None:
        return
    if uploaded.batch_id != log.batch_id:
        yield (
            f"The uploaded file is batch {uploaded.batch_id or '(no ID)'}, the result is that of "
            f"{log.batch_id or '(no ID)'}."
        )
    told = {record.request_id for record in log.records}
    if log.process is not None:
        yield from _difference("The result has no record of", [one for one in uploaded.records if one not in told])
    yield from _difference(
        "The uploaded file has no record of",
        [record.request_id for record in log.records if record.request_id not in uploaded.records],
    )


def _departures(log: bytes, release: Release) -> Iterator[str]:
    """Say where a log departs from its schema, as those of a true SEVIS do (sevis-protocol.md §6.6)."""
    try:
        found = release.validate_log(parse(log), limit=_MOST_DEPARTURES + 1)
    except NotWellFormed as error:
        yield f"The log is no XML that the schema can judge: {error}."
        return
    if not found:
        yield "The log agrees with its schema."
    for one in found[:_MOST_DEPARTURES]:
        yield f"The log departs from its schema: {one}."
    if len(found) > _MOST_DEPARTURES:
        yield "It departs from it in more places."


def _difference(what: str, request_ids: list[str]) -> Iterator[str]:
    if request_ids:
        more = f" and {len(request_ids) - 5} more" if len(request_ids) > 5 else ""
        yield f"{what} {', '.join(one or '(blank)' for one in request_ids[:5])}{more}."
