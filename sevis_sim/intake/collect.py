"""A download request's way to a result or to the code that says why there is none (design.md §3.1)."""

from dataclasses import dataclass

from sevis_sim.domain.submissions import NEVER, Batch
from sevis_sim.domain.systems import System
from sevis_sim.intake.caller import Caller, check_identity
from sevis_sim.sandbox import Sandbox
from sevis_sim.store import Transaction


@dataclass(frozen=True, slots=True)
class Collection:
    """The answer to a download. ``archive`` is the zip when ``code`` is S0000."""

    code: str
    batch: Batch | None = None
    archive: bytes | None = None
    reason: str = ""
    remedy: str = ""


async def collect(
    sandbox: Sandbox,
    system: System,
    caller: Caller,
    org_id: str | None,
    batch_id: str | None,
    user_id: str | None,
) -> Collection:
    """Find the result of a batch. A result is handed out as often as asked within the retention period."""
    if not org_id or not batch_id or not user_id:
        names = (("orgid", org_id), ("batchid", batch_id), ("userid", user_id))
        missing = ", ".join(name for name, given in names if not given)
        return Collection("S0001", reason=f"the request lacks {missing}", remedy="Send orgid, batchid and userid.")

    refusal = await check_identity(sandbox, caller, org_id, user_id)
    if refusal:
        return Collection(refusal.code, reason=refusal.reason, remedy=refusal.remedy)

    def look(tx: Transaction) -> Collection:
        batch = tx.batches.find(sandbox.name, system.name, org_id, batch_id)
        if batch is None:
            return Collection(
                "S0031",
                reason=f"{org_id} has no accepted batch {batch_id} in {system.name}",
                remedy="Upload the batch first, to the same system; a refused upload has no result.",
            )
        archive = tx.batches.archive(batch.key) if batch.status == "processed" else None
        if batch.status == "processed" and archive is None and batch.available != NEVER:
            return Collection(
                "S0031",
                batch,
                reason=f"the result of batch {batch_id} was removed at the end of its retention period",
                remedy="Download results within the retention period.",
            )
        if batch.available == NEVER:
            return Collection(
                "S0030",
                batch,
                reason="a fault: the result of this batch was never written, and never will be",
                remedy="It is there on purpose: look at the records, then send what is missing in a new batch.",
            )
        if archive is None or sandbox.now() < batch.available:
            when = batch.available.astimezone(sandbox.calendar.zone).isoformat(timespec="seconds")
            return Collection(
                "S0030",
                batch,
                reason=f"the result will be available at {when}",
                remedy="Ask again then, or advance the clock: sevis-sim clock advance next-business-day.",
            )
        return Collection("S0000", batch, archive)

    return await sandbox.store.read(look)
