"""Faults belong to one sandbox, are decided by its seed, and come with its scenario."""

import asyncio

import pytest
from support import download, form, sample, send, upload, with_batch

from sevis_sim import Simulator
from sevis_sim.faults import FaultError
from sevis_sim.scenarios import parse_scenario

FRIDAY = "2026-03-06T14:00-05:00"
STUDENTS = sample("two-students.xml")
FLAKY = """
scenario: flaky
faults:
- {at: upload, first: 1, do: {status: 503}}
- {preset: results-late, whom: {batch: LATE*}}
"""


async def send_to(world, sandbox, batch):
    party = sandbox.school()
    body, content_type = form(with_batch(STUDENTS, batch), party.org_id, batch, party.user_id)
    return await send(world.upload_url(), party.ssl_context(), data=body, headers={"Content-Type": content_type})


async def statuses(world, sandbox, count, prefix="TRY"):
    return [(await send_to(world, sandbox, f"{prefix}{number:011}")).status for number in range(count)]


async def test_a_fault_of_one_sandbox_never_strikes_in_another(sim):
    one, other = await sim.create_sandbox("one"), await sim.create_sandbox("other")
    await one.faults.add("upload do=status:503")
    replies = await asyncio.gather(*(statuses(sim, each, 5) for each in (one, other, sim.sandbox)))
    assert replies == [[503] * 5, [200] * 5, [200] * 5]
    assert [(each.matched, each.struck) for each in one.faults.list()] == [(5, 5)]
    assert other.faults.list() == sim.faults.list() == []
    for sandbox, kinds in (("one", 5), ("other", 0), ("default", 0)):
        assert len(await sim.journal.query(sandbox, "fault.struck")) == kinds


async def test_what_a_rate_strikes_depends_on_the_seed_and_not_on_the_neighbours():
    seen = []
    for neighbours in (0, 1):
        async with Simulator(clock=FRIDAY, seed=3) as world:
            mine = await world.create_sandbox("mine", seed=42)
            await mine.faults.add("upload rate=0.5 in_a_row=2 do=status:503 name=half")
            if neighbours:
                theirs = await world.create_sandbox("theirs", seed=43)
                await theirs.faults.add("upload rate=0.5 do=status:503 name=half")
                got, _ = await asyncio.gather(statuses(world, mine, 12), statuses(world, theirs, 12))
                seen.append(got)
            else:
                seen.append(await statuses(world, mine, 12))
    assert seen[0] == seen[1]
    assert set(seen[0]) == {200, 503}
    assert [503] * 3 not in [seen[0][n : n + 3] for n in range(10)]


async def test_a_reset_clears_faults_and_arms_those_of_the_scenario_anew():
    async with Simulator(clock=FRIDAY, scenario=parse_scenario(FLAKY)) as world:
        names = ["fault-1", "results-late"]
        assert [each.fault.name for each in world.faults.list()] == names
        assert len(await world.journal.query("default", "fault.added")) == 2
        assert await statuses(world, world.sandbox, 3) == [503, 200, 200]
        await world.faults.add("upload do=drop name=mine")
        await world.tenants.reset("default")
        assert [(each.fault.name, each.matched) for each in world.faults.list()] == [(name, 0) for name in names]
        assert await statuses(world, world.sandbox, 3) == [503, 200, 200]


async def test_a_restored_snapshot_and_a_branch_begin_with_the_faults_of_the_scenario():
    async with Simulator(clock=FRIDAY, scenario=parse_scenario(FLAKY)) as world:
        await world.faults.clear("fault-1")
        await world.faults.add("upload do=drop name=mine")
        await world.tenants.take_snapshot("default", "broken")
        branch = await world.tenants.branch("default", "copy")
        assert len(branch.served.sandbox.faults.standings()) == 2
        await world.tenants.restore("default", "broken")
        assert [each.fault.name for each in world.faults.list()] == ["fault-1", "results-late"]


async def test_the_faults_of_a_scenario_strike_those_they_are_meant_for():
    async with Simulator(clock=FRIDAY, scenario=parse_scenario(FLAKY)) as world:
        for batch in ("LATE0000000001", "LATE0000000001", "EARLY000000001"):
            await send_to(world, world.sandbox, batch)
        await world.clock.advance("next-business-day 06:00")
        assert (await download(world, "LATE0000000001")).code == "S0030"
        assert (await download(world, "EARLY000000001")).code == "S0000"


async def test_the_faults_of_a_scenario_are_there_again_after_a_restart(tmp_path):
    for _ in range(2):
        async with Simulator(clock=FRIDAY, scenario=parse_scenario(FLAKY), data_dir=tmp_path) as world:
            assert len(world.faults.list()) == 2
            if not world.tenants.served("kept"):
                await world.create_sandbox("kept", scenario=parse_scenario(FLAKY))
            kept = world.tenants.served("kept").sandbox
            assert [each.fault.name for each in kept.faults.standings()] == ["fault-1", "results-late"]
            await world.faults.add("upload do=drop")


async def test_a_preset_is_armed_whole_or_not_at_all(sim):
    await sim.faults.add("upload do=drop name=server-down-2")
    with pytest.raises(FaultError, match="server-down-2"):
        await sim.faults.add(preset="server-down")
    assert [each.fault.name for each in sim.faults.list()] == ["server-down-2"]
    with pytest.raises(FaultError, match="there are: server-down-2"):
        await sim.faults.clear("server-down")


async def test_there_is_an_end_to_the_number_of_faults(sim):
    for number in range(1000):
        sim.sandbox.sandbox.faults.add(_fault(number))
    with pytest.raises(FaultError, match="1000 faults already"):
        await sim.faults.add("upload do=drop")


def _fault(number):
    from sevis_sim.faults import Fault

    return Fault(f"f{number}", "upload", "drop", whom={"batch": "NOBODY"})


async def test_a_ttl_counts_on_the_clock_of_the_sandbox(sim):
    await sim.faults.add("upload ttl=30m do=status:503")
    assert (await upload(sim, STUDENTS)).status == 503
    await sim.clock.advance("+29m")
    assert (await upload(sim, STUDENTS)).status == 503
    await sim.clock.advance("+1m")
    assert (await upload(sim, STUDENTS)).status == 200
