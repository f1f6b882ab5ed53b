"""What was begun in one life of a sandbox ends with it: its name may be another's by then."""

import asyncio

import pytest
from support import SCHOOL, download, sample, upload, with_batch

from sevis_sim.store import MissingReference, StoreError

BATCH = "BATCH000000001"
WRONG = SCHOOL.replace("ABC", "XYZ")


def students(batch=BATCH):
    return with_batch(sample("students.xml"), batch)


class Gate:
    """Holds one call of the gateway, behind the judgement of the certificate, until it is opened."""

    def __init__(self, monkeypatch, name):
        from sevis_sim.gateway import application

        self.reached, self.open = asyncio.Event(), asyncio.Event()
        call = getattr(application, name)

        async def held(*args, **options):
            self.reached.set()
            await self.open.wait()
            return await call(*args, **options)

        monkeypatch.setattr(application, name, held)


async def again(sim, name):
    await sim.delete_sandbox(name)
    await sim.create_sandbox(name)


async def reset(sim, name):
    await sim.tenants.reset(name)


@pytest.mark.parametrize("ending", [again, reset])
@pytest.mark.parametrize("org", [SCHOOL, WRONG])
async def test_an_upload_of_an_earlier_life_leaves_nothing_in_a_later_one(sim, monkeypatch, ending, org):
    other, gate = await sim.create_sandbox("other"), Gate(monkeypatch, "receive")
    sent = asyncio.create_task(upload(sim, students(), org=org, party=other.school()))
    await gate.reached.wait()
    await ending(sim, "other")
    gate.open.set()
    reply = await sent
    assert (reply.status, reply.content_type) == (403, "text/html")
    assert await sim.store.read(lambda tx: tx.batches.list("other")) == []
    entries = await sim.store.read(lambda tx: tx.journal.query("other"))
    assert [each.kind for each in entries if "upload" in each.kind] == []
    (told,) = [each for each in await sim.journal.query(None) if each.kind == "request.answered"]
    assert "deleted or put back" in told.summary


@pytest.mark.parametrize("ending", [again, reset])
async def test_a_download_of_an_earlier_life_sees_nothing_of_a_later_one(sim, monkeypatch, ending):
    other = await sim.create_sandbox("other")
    gate = Gate(monkeypatch, "collect")
    asked = asyncio.create_task(download(sim, BATCH, party=other.school()))
    await gate.reached.wait()
    await ending(sim, "other")
    gate.open.set()
    assert (await asked).status == 403


async def test_a_clock_of_an_earlier_life_does_not_move_that_of_a_later_one(sim):
    await sim.create_sandbox("other")
    old = sim.tenants.served("other")
    await again(sim, "other")
    before = await sim.store.read(lambda tx: tx.sandboxes.get("other").clock)
    for attempt in (old.timeline.advance("+1h"), old.timeline.set("+1h")):
        with pytest.raises(MissingReference, match="'other' was deleted"):
            await attempt
    assert await sim.store.read(lambda tx: tx.sandboxes.get("other").clock) == before


async def test_a_life_that_cannot_be_ended_goes_on(sim, monkeypatch):
    other = await sim.create_sandbox("other")
    run = sim.store.run

    async def full(*_args, **_options):
        raise StoreError("the disk is full")

    for attempt in (sim.tenants.reset, sim.tenants.delete):
        monkeypatch.setattr(sim.store, "run", full)
        with pytest.raises(StoreError):
            await attempt("other")
        monkeypatch.setattr(sim.store, "run", run)
    assert (sim.tenants.served("other").sandbox.life, sim.tenants.served("other").sandbox.deleted) == (0, False)
    assert (await upload(sim, students(), party=other.school())).code == "S0000"
