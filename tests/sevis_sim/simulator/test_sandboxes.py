"""Sandboxes beside the default one: who enters which, and what one sees of another."""

import asyncio

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import SCHOOL, download, sample, upload, with_batch

from sevis_sim import Simulator
from sevis_sim.store import DuplicateSandbox, MissingReference
from sevis_sim.timeline import SandboxRefused

LATER = "2027-01-04T09:00-05:00"


def students(batch="BATCH000000001"):
    return with_batch(sample("students.xml"), batch)


async def states(sim, name):
    return [(b.batch_id, b.status, b.success) for b in await sim.store.read(lambda tx: tx.batches.list(name))]


async def records(sim, name):
    return sorted(r.record.sevis_id for r in await sim.store.read(lambda tx: tx.records.list(name)))


async def test_the_certificate_decides_the_sandbox(sim):
    other = await sim.create_sandbox("other", clock=LATER)
    assert (await upload(sim, students(), party=other.school())).code == "S0000"
    assert await states(sim, "default") == []
    assert (await upload(sim, students())).code == "S0000"
    await other.clock.advance("next-business-day")
    assert (await download(sim, "BATCH000000001", party=other.school())).code == "S0000"
    assert (await download(sim, "BATCH000000001")).code == "S0030"
    assert await records(sim, "default") == []


async def test_a_deleted_sandbox_is_gone_for_its_clients_too(sim):
    other = await sim.create_sandbox()
    await sim.delete_sandbox(other.name)
    assert (await upload(sim, students(), party=other.school())).status == 403
    assert sim.tenants.names() == ["default"]
    assert not any(each.name == other.name for each in await sim.store.read(lambda tx: tx.sandboxes.list()))
    with pytest.raises(MissingReference):
        await sim.delete_sandbox(other.name)


async def test_names_are_used_once_and_the_default_stays(sim):
    await sim.create_sandbox("one")
    with pytest.raises(DuplicateSandbox):
        await sim.create_sandbox("one")
    with pytest.raises(SandboxRefused, match="reset"):
        await sim.delete_sandbox("default")


async def test_a_reset_brings_the_beginning_back_and_the_same_batch_gives_the_same_bytes(sim):
    other = await sim.create_sandbox("other")

    async def night():
        await upload(sim, students(), party=other.school())
        await other.clock.advance("next-business-day")
        return (await download(sim, "BATCH000000001", party=other.school())).body

    first, began = await night(), sim.clock.now()
    await sim.tenants.reset("other")
    assert (other.clock.now(), await states(sim, "other"), await records(sim, "other")) == (began, [], [])
    assert [entry.kind for entry in await sim.journal.query("other")] == ["sandbox.reset"]
    assert await night() == first


async def test_a_snapshot_is_gone_back_to_with_batches_under_way(sim):
    other = await sim.create_sandbox("other")
    await upload(sim, students(), party=other.school())
    await sim.tenants.take_snapshot("other", "uploaded")
    await other.clock.advance("next-business-day")
    first = (await download(sim, "BATCH000000001", party=other.school())).body
    await sim.tenants.restore("other", "uploaded")
    assert (await download(sim, "BATCH000000001", party=other.school())).code == "S0030"
    await other.clock.advance("next-business-day")
    assert (await download(sim, "BATCH000000001", party=other.school())).body == first
    assert [each.name for each in await sim.tenants.snapshots("other")] == ["initial", "uploaded"]
    assert await sim.tenants.delete_snapshot("other", "uploaded")
    with pytest.raises(MissingReference):
        await sim.tenants.restore("other", "uploaded")


async def test_a_branch_has_the_past_and_a_future_of_its_own(sim):
    await upload(sim, students())
    await sim.clock.advance("next-business-day")
    made = await sim.tenants.branch("default", "branch")
    party = next(each for each in made.parties if each.org_id == SCHOOL)
    assert (await download(sim, "BATCH000000001", party=party)).body == (await download(sim, "BATCH000000001")).body
    assert (await upload(sim, students(), party=party)).code == "S0010"
    assert (await upload(sim, students("BATCH000000002"), party=party)).code == "S0000"
    assert len(await states(sim, "default")) == 1


async def test_sandboxes_live_on_when_the_simulator_is_started_again(tmp_path):
    async with Simulator(data_dir=tmp_path, clock="2026-03-06T14:00-05:00") as sim:
        other = await sim.create_sandbox("other", clock=LATER, fidelity="strict")
        party = other.school()
        await upload(sim, students(), party=party)
    async with Simulator(data_dir=tmp_path) as sim:
        served = sim.tenants.served("other")
        assert served.sandbox.fidelity == "strict"
        await served.timeline.advance("next-business-day")
        assert (await download(sim, "BATCH000000001", party=party)).code == "S0000"


async def test_the_control_api_makes_and_unmakes_sandboxes(sim):
    async def call(method, path, **kwargs):
        url = f"{sim.control_url}/api/v1{path}"
        async with aiohttp.ClientSession() as session, session.request(method, url, **kwargs) as reply:
            return reply.status, await reply.json(content_type=None) if reply.status != 204 else None

    status, made = await call("POST", "/sandboxes", json={"name": "ci-1", "clock": LATER, "seed": 3})
    assert (status, made["now"], made["seed"], len(made["parties"])) == (201, "2027-01-04T14:00:00Z", 3, 2)
    assert made["parties"][0]["key"].startswith("-----BEGIN PRIVATE KEY-----")
    assert (await call("POST", "/sandboxes", json={"name": "ci-1"}))[0] == 409
    assert (await call("POST", "/sandboxes", json={"name": "No/Path"}))[0] == 422
    assert (await call("POST", "/sandboxes", json={"clock": "noon"}))[1]["field"] == "clock"
    status, problem = await call("POST", "/sandboxes", json={"scenario": "scenario: x\nclok: 1\n"})
    assert (status, problem["field"]) == (422, "scenario")
    assert "scenario:2:1" in problem["detail"]
    assert (await call("POST", "/sandboxes/ci-1/snapshots", json={"name": "s"}))[0] == 201
    assert (await call("POST", "/sandboxes/ci-1/snapshots", json={"name": "s"}))[0] == 409
    assert (await call("POST", "/sandboxes/ci-1/clock/advance", json={"to": "+1d"}))[0] == 200
    status, back = await call("POST", "/sandboxes/ci-1/snapshots/s/restore")
    assert (status, back["now"]) == (200, made["now"])
    assert (await call("POST", "/sandboxes/ci-1/snapshots/t/restore"))[1]["field"] == "snapshot"
    status, branch = await call("POST", "/sandboxes/ci-1/branch", json={"snapshot": "s"})
    assert (status, branch["now"]) == (201, made["now"])
    assert (await call("POST", "/sandboxes/ci-1/branch", json={"snapshot": "t"}))[0] == 404
    assert (await call("DELETE", "/sandboxes/ci-1/snapshots/s"))[0] == 204
    assert (await call("DELETE", "/sandboxes/ci-1"))[0] == 204
    assert (await call("DELETE", "/sandboxes/ci-1"))[0] == 404
    assert (await call("DELETE", "/sandboxes/default"))[0] == 409
    assert (await call("POST", "/reset"))[0] == 200


STEPS = ["upload", "advance", "download", "snapshot", "restore", "reset"]
LIFE = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(STEPS)), max_size=14)


async def _live(sim, sandbox, steps):
    """Play the steps of one sandbox, and return everything that its client saw."""
    seen, number = [], 0
    for step in steps:
        if step == "upload":
            number += 1
            seen.append((await upload(sim, students(f"BATCH00000000{number}"), party=sandbox.school())).body)
        elif step == "download":
            seen.append((await download(sim, "BATCH000000001", party=sandbox.school())).body)
        elif step == "advance":
            seen.append(await sandbox.clock.advance("next-business-day"))
        elif step == "snapshot":
            await sim.tenants.delete_snapshot(sandbox.name, "s")
            await sim.tenants.take_snapshot(sandbox.name, "s")
        elif step == "restore" and any(each.name == "s" for each in await sim.tenants.snapshots(sandbox.name)):
            await sim.tenants.restore(sandbox.name, "s")
        elif step == "reset":
            await sim.tenants.reset(sandbox.name)
    return seen


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LIFE)
def test_concurrent_clients_of_two_sandboxes_see_what_each_would_see_alone(life):
    lives = {name: [step for who, step in life if who == name] for name in "ab"}

    async def play(together):
        async with Simulator(clock="2026-03-06T14:00-05:00", seed=7) as sim:
            made = {name: await sim.create_sandbox(name) for name in "ab"}
            played = [_live(sim, made[name], lives[name]) for name in "ab"]
            return await asyncio.gather(*played) if together else [await each for each in played]

    assert asyncio.run(play(together=True)) == asyncio.run(play(together=False))
