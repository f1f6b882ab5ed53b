"""One batch from its document to its zip (design.md "One batch's way through")."""

import asyncio
from datetime import datetime
from typing import Any

from sevis_sim import events
from sevis_sim.codes import catalogue
from sevis_sim.domain.document import to_node, value
from sevis_sim.domain.organizations import Organization
from sevis_sim.domain.outcomes import Finding, FormRequest, RecordOutcome
from sevis_sim.domain.records import Record
from sevis_sim.domain.submissions import Batch
from sevis_sim.domain.systems import SYSTEMS
from sevis_sim.forms import FormPool, file_name, render
from sevis_sim.processing import life_cycle
from sevis_sim.processing.kinds import RETRY_BATCH
from sevis_sim.processing.mischief import NightMischief
from sevis_sim.processing.world import StoreWorld
from sevis_sim.results import LogHeader, ProcessStage, UploadStage, archive, transaction_log
from sevis_sim.sandbox import Sandbox
from sevis_sim.sandbox.happenings import BatchDelayed, BatchProcessed
from sevis_sim.sandbox.sandbox_events import BatchPostponed
from sevis_sim.schemas import parse
from sevis_sim.store import Transaction

_UNEXPECTED: dict[events.Section, str] = {
    "CreateStudent": "S9999",
    "UpdateStudent": "S9999",
    "CreateEV": "S2000",
    "UpdateEV": "S2000",
}
"""Code of a record whose rules broke down: the simulator's own fault, reported as SEVIS reports its own."""


async def process_batch(
    sandbox: Sandbox, key: int, instant: datetime, forms: FormPool, given_up: str = "", *, again: bool = False
) -> BatchProcessed | BatchPostponed | None:
    """Process one accepted batch as of ``instant``, its due instant: late or repeated runs give the same bytes.

    Runs off the event loop. All outcomes and the zip are stored in one transaction.

    Args:
        sandbox: whose batch it is.
        key: the batch's.
        instant: when it falls due, aware.
        forms: prints the forms.
        given_up: why nothing is tried any more: every record fails with the code of a fault of the service.
        again: whether it is tried again: no fault delays it any more.

    Returns:
        What became of it; None if it has been processed already.

    """
    return await asyncio.to_thread(_process, sandbox, key, instant, forms, given_up, again)


async def postpone_batch(sandbox: Sandbox, key: int, instant: datetime, error: str) -> BatchDelayed | None:
    """Have a batch whose processing broke down at an instant tried again in the next processing window."""

    def work(tx: Transaction) -> BatchDelayed | None:
        batch = tx.batches.get(key)
        if batch is None:
            return None
        schedule = sandbox.profile(SYSTEMS[batch.system]).schedule(instant, sandbox.calendar)
        if not tx.batches.postpone(key, schedule.due, schedule.available):
            return None
        tx.due.add(sandbox.name, schedule.due, RETRY_BATCH, str(key))
        tx.due.add(sandbox.name, schedule.available, "result-available", str(key))
        happening = BatchDelayed(
            batch=batch.batch_id,
            organization=batch.org_id,
            system=batch.system,
            exchange=batch.exchange,
            error=error,
            due=schedule.due,
            available=schedule.available,
        )
        sandbox.note(tx, happening, instant)
        return happening

    return await sandbox.store.run(work)


def _process(
    sandbox: Sandbox, key: int, instant: datetime, forms: FormPool, given_up: str = "", again: bool = False
) -> BatchProcessed | BatchPostponed | None:
    sandbox.cut.reach("batch-claimed")
    with sandbox.store.reading() as tx:  # other sandboxes write meanwhile; the lock keeps this one's writers out
        batch = tx.batches.get(key)
        if batch is None or batch.status != "accepted":
            return None
        organization = tx.organizations.get(sandbox.name, batch.org_id)
        document = tx.batches.document(key)
        if organization is None:  # removed since the upload: its records fail one by one, the batch does not hang
            organization = Organization(batch.org_id, "school", active=False)
        if sandbox.switches.rti_login_lock:
            organization = organization.without_locked(sandbox.calendar.today(instant))
        mischief = NightMischief(sandbox, batch, instant, document)
        delayed = mischief.delays and not again
        world = StoreWorld(sandbox, batch, tx)
        outcomes: tuple[RecordOutcome, ...] = ()
        if not delayed:
            outcomes = _apply(sandbox, batch, organization, document, instant, world, given_up, mischief)
    if delayed:
        return mischief.postpone()
    sandbox.cut.reach("records-applied")

    requests = [request for outcome in outcomes for request in outcome.forms]
    printed, unprinted = _print(requests, forms, sandbox.switches.pdf_name)
    printed = mischief.kept(printed)
    sandbox.cut.reach("forms-printed")

    happening = _processed(batch, outcomes, len(printed), unprinted)
    log = transaction_log(
        LogHeader(batch.batch_id, batch.org_id),
        system=SYSTEMS[batch.system].label,
        status=happening.failure == 0,
        upload=UploadStage("S0000", batch.received, batch.file_name),
        process=ProcessStage.of(instant, outcomes),
        download="S0000",
        zone=sandbox.calendar.zone,
    )
    log = mischief.log(log)
    package = mischief.package(archive(log, printed, instant.astimezone(sandbox.calendar.zone)))
    sandbox.cut.reach("result-built")

    with sandbox.store.transaction() as tx:
        if not mischief.finish(tx, happening, log, package):
            return None
        mischief.note(tx)
        if mischief.never_processed:
            return happening
        tx.records.save_many(sandbox.name, batch.system, world.versions, key, instant)
        life_cycle.schedule(sandbox, tx, batch.system, (record for record, _ in world.changed.values()), instant)
        sandbox.cut.reach("records-saved")
        sandbox.note(tx, happening, instant)
    sandbox.cut.reach("result-stored")
    return happening


def _apply(
    sandbox: Sandbox,
    batch: Batch,
    organization: Organization,
    document: bytes,
    instant: datetime,
    world: StoreWorld,
    given_up: str,
    mischief: NightMischief,
) -> tuple[RecordOutcome, ...]:
    """Apply every top-level record in file order; later records see the effect of earlier ones."""
    outcomes: list[RecordOutcome] = []
    root = parse(document).getroot()
    for section, element in events.records(root):
        context = events.Context(
            world=world,
            organization=organization,
            instant=instant,
            today=sandbox.calendar.today(instant),
            batch_id=batch.batch_id,
            position=len(outcomes) + 1,
            switches=sandbox.switches.rules,
        )
        if mischief.system_fault:
            outcomes.append(events.fail(section, to_node(element), context, Finding(_UNEXPECTED[section])))
        elif given_up:
            outcomes.append(_broken(section, to_node(element), context, given_up))
        else:
            outcomes.append(_apply_one(sandbox, section, to_node(element), context, world, mischief))
    return tuple(outcomes)


def _apply_one(
    sandbox: Sandbox,
    section: events.Section,
    node: dict[str, Any],
    context: events.Context,
    world: StoreWorld,
    mischief: NightMischief,
) -> RecordOutcome:
    forced = sandbox.overrides.get(value(node, "@requestID"))
    if forced:
        return events.fail(section, node, context, Finding(forced))
    struck = mischief.at_record(section, node)
    if (early := struck.value("error", "before")) is not None:
        return events.fail(section, node, context, Finding(early))
    try:
        processed = events.process(section, node, context)
    except Exception as error:
        return _broken(section, node, context, type(error).__name__)
    record: Record | None = processed.record
    if record is not None:
        mischief.change(record, struck)
        world.keep(record, events.identity(record.population, record.data, context.switches))
    return mischief.told(processed.outcome, struck, lambda code: events.fail(section, node, context, Finding(code)))


def _broken(section: events.Section, node: dict[str, object], context: events.Context, error: str) -> RecordOutcome:
    message = f"{catalogue.message(_UNEXPECTED[section])} ({error} in the simulator: please report it)"
    return events.fail(section, node, context, Finding(_UNEXPECTED[section]), message)


def _print(requests: list[FormRequest], forms: FormPool, template: str) -> tuple[list[tuple[str, bytes]], list[str]]:
    """Print the forms; a second value names those that could not be printed.

    Of two forms of one person in a batch the later one, which shows the later state, is kept. A form that breaks down
    is left out of the zip: the data is stored all the same (sevis-protocol.md §10, "zip without some PDFs").
    """
    named = {file_name(request, template): request for request in requests}
    try:
        return list(zip(named, forms.render_all(list(named.values())), strict=True)), []
    except Exception:
        printed: list[tuple[str, bytes]] = []
        unprinted: list[str] = []
        for name, request in named.items():
            try:
                printed.append((name, render(request)))
            except Exception as error:
                unprinted.append(f"{name}: {type(error).__name__}: {error}")
        return printed, unprinted


def _processed(batch: Batch, outcomes: tuple[RecordOutcome, ...], forms: int, unprinted: list[str]) -> BatchProcessed:
    failures = [
        {"requestID": o.request_id, "event": o.event, "code": o.finding.code, "message": o.message}
        for o in outcomes
        if o.finding
    ]
    return BatchProcessed(
        batch=batch.batch_id,
        organization=batch.org_id,
        system=batch.system,
        exchange=batch.exchange,
        success=len(outcomes) - len(failures),
        failure=len(failures),
        forms=forms,
        failures=failures,
        unprinted=unprinted,
    )
