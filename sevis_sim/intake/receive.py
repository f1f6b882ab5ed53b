"""An upload's way from its form fields to a durable batch, check by check (design.md §3.1 "Order of checks")."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field

from sevis_sim.domain.submissions import (
    FILE_NAME_REMEDY,
    Batch,
    Upload,
    disagreement,
    file_name_problem,
    usable_file_name,
)
from sevis_sim.domain.systems import System
from sevis_sim.intake.caller import Caller, Refusal, check_identity
from sevis_sim.sandbox import Sandbox
from sevis_sim.sandbox.happenings import BatchAccepted
from sevis_sim.schemas import NotWellFormed, Release, Violation, parse
from sevis_sim.store import DuplicateBatch, Transaction


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to an upload. ``batch`` is set when ``code`` is S0000."""

    code: str
    batch: Batch | None = None
    reason: str = ""
    remedy: str = ""
    violations: tuple[Violation, ...] = field(default=())
    notes: tuple[str, ...] = field(default=())
    """What was let pass although the service would not have done so."""


async def receive(
    sandbox: Sandbox,
    system: System,
    release: Release,
    caller: Caller,
    upload: Upload,
    exchange: str = "",
    switched: str = "",
    also: Callable[[Transaction, Receipt], None] | None = None,
    checkers: Executor | None = None,
) -> Receipt:
    """Check an upload and, if nothing is wrong, make it durable and schedule its processing.

    A refused upload leaves no trace but its journal entry: its batch ID stays free. ``exchange`` names the request
    in the journal; ``switched`` is a fault: why no document complies with the schema any more.
    ``also`` is done in the transaction that makes an accepted batch durable, in the writer's thread; ``checkers`` are
    the threads that documents are checked in, by default those of the event loop.
    """
    read, missing = upload.document, upload.missing()
    if read is None or missing:
        return Receipt(
            "S0001",
            reason=f"the form lacks {', '.join(missing)}",
            remedy="Send multipart/form-data with the parts orgid, batchid, userid and xml (a file).",
        )
    org_id, batch_id, user_id = upload.org_id, upload.batch_id, upload.user_id

    refusal = await check_identity(sandbox, caller, org_id, user_id)
    if refusal:
        return _refused(refusal)

    file_name, problem = upload.file_name, file_name_problem(upload.file_name)
    notes: tuple[str, ...] = ()
    if problem and sandbox.fidelity == "lenient":
        file_name = usable_file_name(file_name)
        notes = (f"{problem}; fidelity is lenient, so {file_name!r} is taken instead of the answer S0011",)
        problem = None

    def check() -> tuple[bytes, Receipt | None]:
        document = read()
        wrong = _name_refused(problem) or _check_document(document, release, org_id, batch_id, user_id)
        wrong = wrong or _switched(switched)
        if wrong is None:
            return document, None  # whether its batch ID is a used one, comes out when the batch is kept
        with sandbox.store.reading() as tx:
            used = tx.batches.used(sandbox.name, system.name, org_id, batch_id)
        return document, _refused(_duplicate(org_id, batch_id, system)) if used else wrong

    document, refused = await asyncio.get_running_loop().run_in_executor(checkers, check)
    if refused:
        return refused

    async with sandbox.shared_turn(caller.life):
        received = sandbox.now()
        profile = sandbox.profile(system)
        schedule = profile.schedule(received, sandbox.calendar)
        retained_until = schedule.available + profile.retention

        def accept(tx: Transaction) -> Receipt:
            batch = tx.batches.accept(
                sandbox.name,
                system.name,
                org_id,
                batch_id,
                user_id,
                file_name,
                received,
                schedule.due,
                schedule.available,
                document,
                exchange,
            )
            work = (
                (schedule.due, "process-batch"),
                (schedule.available, "result-available"),
                (retained_until, "remove-result"),
            )
            tx.due.add_all(sandbox.name, work, str(batch.key))
            sandbox.note(tx, _accepted(batch), received)
            receipt = Receipt("S0000", batch, notes=notes)
            if also is not None:
                also(tx, receipt)
            return receipt

        try:
            receipt = await sandbox.store.run(accept)
        except DuplicateBatch:
            return _refused(_duplicate(org_id, batch_id, system))
    sandbox.cut.reach("batch-accepted")
    return receipt


def _refused(refusal: Refusal) -> Receipt:
    return Receipt(refusal.code, reason=refusal.reason, remedy=refusal.remedy)


def _name_refused(problem: str | None) -> Receipt | None:
    return _refused(Refusal("S0011", problem, FILE_NAME_REMEDY)) if problem else None


def _switched(fault: str) -> Receipt | None:
    remedy = "It is there on purpose: sevis-sim fault list shows it."
    return Receipt("S0013", reason=f"a fault: {fault}", remedy=remedy) if fault else None


def _accepted(batch: Batch) -> BatchAccepted:
    return BatchAccepted(
        batch=batch.batch_id,
        organization=batch.org_id,
        system=batch.system,
        exchange=batch.exchange,
        file_name=batch.file_name,
        due=batch.due,
        available=batch.available,
    )


def _duplicate(org_id: str, batch_id: str, system: System) -> Refusal:
    return Refusal(
        "S0010",
        f"{org_id} has sent batch {batch_id} to {system.name} before",
        "Use a new batch ID; if the first reply was lost, download the result of the first upload instead.",
    )


def _check_document(document: bytes, release: Release, org_id: str, batch_id: str, user_id: str) -> Receipt | None:
    """S0012, S0003 and S0013; runs in a worker thread."""
    try:
        tree = parse(document)
    except NotWellFormed as error:
        place = f" (line {error.line}, column {error.column})" if error.line else ""
        remedy = error.remedy or "Send one well-formed XML document."
        return Receipt("S0012", reason=f"{error.message}{place}", remedy=remedy)
    differs = disagreement(tree.getroot(), org_id, batch_id, user_id)
    if differs:
        return Receipt(differs.code, reason=differs.reason, remedy=differs.remedy)
    violations = release.validate(tree)
    if violations:
        first = violations[0]
        return Receipt(
            "S0013",
            reason=f"line {first.line}: {first.message}" if first.line else first.message,
            remedy="Mend the document as the schema says; `sevis-sim check` lists every finding before you send it.",
            violations=tuple(violations),
        )
    return None
