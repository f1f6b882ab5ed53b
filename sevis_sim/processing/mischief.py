"""What faults do to one batch in its night (design.md §3.4): to single records, to its result, to when that comes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sevis_sim import events
from sevis_sim.clock import parse_duration
from sevis_sim.domain.document import child, to_node, value
from sevis_sim.domain.outcomes import RecordOutcome
from sevis_sim.domain.records import Record
from sevis_sim.domain.submissions import Batch
from sevis_sim.faults import Fault, FaultStruck, Struck
from sevis_sim.mischief import PROCESSING, RECORD
from sevis_sim.mischief.spoiling import Form, kept_forms, spoiled_log, spoiled_zip
from sevis_sim.processing.kinds import RETRY_BATCH
from sevis_sim.sandbox import Sandbox
from sevis_sim.sandbox.happenings import BatchProcessed
from sevis_sim.sandbox.mischief import strike
from sevis_sim.sandbox.sandbox_events import BatchPostponed
from sevis_sim.store import Transaction

_MAGIC = "UserDefinedB"
_MAY_BE_MAGIC = b"SIM:"
_POPULATIONS: dict[events.Section, str] = {
    "CreateStudent": "student",
    "UpdateStudent": "student",
    "CreateEV": "exchangeVisitor",
    "UpdateEV": "exchangeVisitor",
}


class NightMischief:
    """The faults that strike one batch and its records. Each is journalled with what became of the batch."""

    def __init__(self, sandbox: Sandbox, batch: Batch, instant: datetime, document: bytes) -> None:
        """Ask which faults strike the batch as a whole; as of ``instant``, when it falls due."""
        self._sandbox, self._batch, self._instant = sandbox, batch, instant
        self._facts = {
            "system": batch.system,
            "organization": batch.org_id,
            "user": batch.user_id,
            "batch": batch.batch_id,
            "file": batch.file_name,
        }
        self._struck = strike(sandbox, PROCESSING, self._facts, instant, _magic_values(document))
        self._watchful = sandbox.faults.armed or _MAY_BE_MAGIC in document
        self._all: list[Fault] = list(self._struck)

    @property
    def delays(self) -> bool:
        """Whether the batch is to be processed later."""
        return self._struck.get("late", "before") is not None

    @property
    def system_fault(self) -> bool:
        """Whether every record fails with the code of a fault of the service."""
        return self._struck.get("system-fault") is not None

    @property
    def never_processed(self) -> bool:
        """Whether nothing of the batch comes into effect."""
        return self._struck.get("no-result", "before") is not None

    def postpone(self) -> BatchPostponed:
        """Have the batch processed later."""
        late = self._struck.get("late", "before")
        assert late is not None  # noqa: S101 - the caller has asked `delays`
        by, batch = parse_duration(late.value), self._batch
        due = self._instant + by
        happening = BatchPostponed(
            batch=batch.batch_id,
            organization=batch.org_id,
            system=batch.system,
            exchange=batch.exchange,
            fault=late.name,
            due=due,
            available=batch.available + by,
        )
        with self._sandbox.store.transaction() as tx:
            if tx.batches.postpone(batch.key, due, happening.available):
                tx.due.add(self._sandbox.name, due, RETRY_BATCH, str(batch.key))
                tx.due.add(self._sandbox.name, happening.available, "result-available", str(batch.key))
                self._all = [late]
                self.note(tx)
                self._sandbox.note(tx, happening, self._instant)
        return happening

    def at_record(self, section: events.Section, node: dict[str, Any]) -> Struck:
        """Return the faults that strike a record."""
        if not self._watchful:  # the usual case: 250 records need not be described
            return Struck()
        facts = self._facts | {
            "request": value(node, "@requestID"),
            "user": value(node, "@userID") or self._batch.user_id,
            "sevisid": value(node, "@sevisID"),
            "population": _POPULATIONS[section],
            "event": events.event_path(section, node),
        }
        struck = strike(self._sandbox, RECORD, facts, self._instant, ({_MAGIC: value(node, _MAGIC)},))
        self._all += struck
        return struck

    def change(self, record: Record, struck: Struck) -> None:
        """Change what is stored of a record."""
        if struck.get("upper-case-name") is None:
            return
        for data in (record.data, *(dependent.data for dependent in record.dependents)):
            names = child(data, "PersonalInfo/FullName") or child(data, "FullName")
            names |= {part: text.upper() for part, text in names.items() if isinstance(text, str)}

    def told(self, outcome: RecordOutcome, struck: Struck, failed: Callable[[str], RecordOutcome]) -> RecordOutcome:
        """Return what is told of a record that was applied; ``failed`` makes the outcome of a code."""
        late = struck.value("error", "after")
        if late is not None and outcome.succeeded:
            return failed(late)
        return replace(outcome, forms=()) if struck.get("no-pdf") is not None else outcome

    def kept(self, forms: list[Form]) -> list[Form]:
        """Return the forms that come into the zip."""
        return kept_forms(forms, self._struck)

    def log(self, log: bytes) -> bytes:
        """Return the log as it is written."""
        return spoiled_log(log, self._struck)

    def package(self, package: bytes) -> bytes:
        """Return the zip as it is written."""
        whole = Struck(fault for fault in self._struck if fault.kind in ("missing-log", "corrupt-zip"))
        return spoiled_zip(package, whole)

    def finish(self, tx: Transaction, happening: BatchProcessed, log: bytes, package: bytes) -> bool:
        """Keep the result, later or not at all as faults ask; False where that was done before."""
        batches, key, success, failure = tx.batches, self._batch.key, happening.success, happening.failure
        if self._struck.get("no-result") is not None:
            return batches.lose(key, self._instant, success, failure)
        if not batches.finish(key, self._instant, success, failure, log, package):
            return False
        late = self._struck.get("late", "after")
        if late is not None:
            available = self._batch.available + parse_duration(late.value)
            batches.hold_back(key, available)
            tx.due.add(self._sandbox.name, available, "result-available", str(key))
        return True

    def note(self, tx: Transaction) -> None:
        """Journal all faults that have struck."""
        for fault in self._all:
            self._sandbox.note(tx, FaultStruck.of(fault, self._batch.exchange or None), self._instant)


def _magic_values(document: bytes) -> list[dict[str, str]]:
    """Return the UserDefinedB values of a batch's records that may be magic; nothing is read where none can be."""
    if _MAY_BE_MAGIC not in document:
        return []
    from sevis_sim.schemas import parse

    nodes = (to_node(element) for _, element in events.records(parse(document).getroot()))
    return [{_MAGIC: value(node, _MAGIC)} for node in nodes]
