import asyncio
import re

import aiohttp
import pytest
from support import sample, upload, with_batch

from sevis_sim import Simulator
from sevis_sim.control.routes import ROUTES
from sevis_sim.store import StoreError


async def call(sim, method, path, **kwargs):
    async with aiohttp.ClientSession() as session, session.request(method, sim.control_url + path, **kwargs) as reply:
        return reply.status, await reply.json(content_type=None), reply.content_type


@pytest.mark.parametrize(("method", "path"), [(r.method, r.path) for r in ROUTES if r.of_sandbox])
async def test_every_route_refuses_a_sandbox_that_does_not_exist(sim, method, path):
    body = {"json": {"to": "+1s", "organization": "x", "certificate": "x", "name": "x"}} if method != "GET" else {}
    path = re.sub(r"\{\w+\}", "0", path)
    status, problem, kind = await call(sim, method, f"/api/v1/sandboxes/no%2Fbody/{path}".replace("//", "/"), **body)
    assert (status, kind, problem["field"]) == (404, "application/problem+json", "sandbox")
    assert "default" in problem["detail"]


async def test_a_batch_is_found_however_many_are_newer(sim):
    for number in range(3):
        await upload(sim, with_batch(sample("students.xml"), f"BATCH-MANY-00{number}"))
    status, found, _ = await call(sim, "GET", "/api/v1/batches?batch=BATCH-MANY-000&limit=1")
    assert (status, [batch["batch_id"] for batch in found]) == (200, ["BATCH-MANY-000"])
    _, newest, _ = await call(sim, "GET", "/api/v1/batches?limit=1")
    assert [batch["batch_id"] for batch in newest] == ["BATCH-MANY-002"]


async def test_the_last_entries_of_the_journal_are_told_oldest_first(sim):
    for seconds in (1, 2, 3):
        await sim.clock.advance(f"+{seconds}s")
    _, entries, _ = await call(sim, "GET", "/api/v1/journal?kind=clock.moved&limit=2&last=true")
    assert [entry["detail"]["asked"] for entry in entries] == ["+2s", "+3s"]
    _, entries, _ = await call(sim, "GET", "/api/v1/journal?kind=clock.moved&limit=2")
    assert [entry["detail"]["asked"] for entry in entries] == ["+1s", "+2s"]


async def test_a_long_poll_does_not_hold_up_the_end_of_the_simulator():
    sim = Simulator(clock="2026-03-06T14:00-05:00")
    await sim.start()
    poll = asyncio.create_task(call(sim, "GET", "/api/v1/journal?kind=clock.moved&wait=60"))
    while "default" not in sim.journal._waiting:
        await asyncio.sleep(0)
    async with asyncio.timeout(30):
        await sim.stop()
    assert await poll == (200, [], "application/json")


async def test_a_store_that_fails_is_503_and_a_fault_of_ours_is_500_and_journalled(sim, monkeypatch):
    async def full(*_):
        raise StoreError("cannot write: free some space")

    async def broken(*_):
        raise KeyError("oops")

    for fault, code, words in ((full, 503, "free some space"), (broken, 500, "please report it")):
        monkeypatch.setattr(sim.default.timeline, "advance", fault)
        status, problem, kind = await call(sim, "POST", "/api/v1/clock/advance", json={"to": "+1s"})
        assert (status, kind) == (code, "application/problem+json")
        assert words in problem["detail"]
    [entry] = await sim.journal.wait(None, "request.failed", seconds=30)
    assert "KeyError" in entry.summary
