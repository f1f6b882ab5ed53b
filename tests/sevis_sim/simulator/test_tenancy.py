"""Sandboxes that are made, deleted and put back while others are at work in them."""

import asyncio

import pytest
from support import download, sample, upload, with_batch

from sevis_sim import Simulator
from sevis_sim.domain.submissions import Batch
from sevis_sim.scenarios import parse_scenario
from sevis_sim.simulator import sandboxes, tenancy
from sevis_sim.simulator.errors import SimulatorError
from sevis_sim.store import AlreadyThere
from sevis_sim.timeline import SandboxRefused

CLOCK = "2026-03-06T14:00-05:00"


def students(batch="BATCH000000001"):
    return with_batch(sample("students.xml"), batch)


async def until(condition):
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0)


async def batches(sim, name) -> list[Batch]:
    return await sim.store.read(lambda tx: tx.batches.list(name))


async def waiting(sim, other, batch="BATCH000000001"):
    """Begin an upload whose turn does not come as long as the caller holds one."""
    sent = asyncio.create_task(upload(sim, students(batch), party=other.school()))
    turns = sim.tenants.served(other.name).sandbox.turns
    await until(lambda: turns._entrance._waiters)
    return sent


async def test_a_deletion_lets_what_is_under_way_end_and_takes_nothing_new(sim):
    other = await sim.create_sandbox("other")
    sandbox = sim.tenants.served("other").sandbox
    async with sandbox.turn():
        first = await waiting(sim, other)
        deletion = asyncio.create_task(sim.delete_sandbox("other"))
        await until(lambda: sim.tenants.served("other") is None)
        assert (await upload(sim, students("BATCH000000002"), party=other.school())).status == 403
        assert not deletion.done()
        with pytest.raises(SandboxRefused, match="being made or deleted"):
            await sim.create_sandbox("other")
    assert (await first).code == "S0000"
    await deletion
    again = await sim.create_sandbox("other")
    assert await batches(sim, "other") == []
    assert (await upload(sim, students(), party=again.school())).code == "S0000"


async def test_a_night_under_way_is_not_cut_short_by_a_deletion(sim, monkeypatch):
    from sevis_sim.processing import night

    begun, go_on = asyncio.Event(), asyncio.Event()
    process, ends = night.process_batch, []

    async def slow(*args, **options):
        begun.set()
        await go_on.wait()
        ends.append(await process(*args, **options))
        return ends[-1]

    monkeypatch.setattr(night, "process_batch", slow)
    other = await sim.create_sandbox("other")
    await upload(sim, students(), party=other.school())
    served = sim.tenants.served("other")
    served.sandbox.clock.set((await batches(sim, "other"))[0].due)
    served.timeline.changed()  # the timer begins the night
    await begun.wait()
    deletion = asyncio.create_task(sim.delete_sandbox("other"))
    await until(lambda: sim.tenants.served("other") is None)
    assert not deletion.done()
    go_on.set()
    await deletion
    assert [end.success for end in ends] == [4]


async def test_a_client_whose_sandbox_goes_away_below_its_request_is_told_so(sim):
    other = await sim.create_sandbox("other")
    async with sim.tenants.served("other").sandbox.turn():
        sent = await waiting(sim, other)
        await sim.store.run(lambda tx: tx.sandboxes.delete("other"))
    reply = await sent
    assert (reply.status, reply.content_type) == (403, "text/html")
    (entry,) = [each for each in await sim.journal.query(None) if each.kind == "request.answered"]
    assert "deleted" in entry.summary


async def test_a_client_never_sees_a_page_of_the_http_library(sim, monkeypatch):
    async def broken(*_args, **_options):
        raise RuntimeError("<broken>")

    monkeypatch.setattr("sevis_sim.gateway.application.receive", broken)
    reply = await upload(sim, students())
    assert (reply.status, reply.content_type) == (500, "text/html")
    assert b"broken" not in reply.body
    (entry,) = await sim.journal.wait(None, "request.failed", seconds=30)
    assert "RuntimeError: <broken>" in str(entry)


async def test_of_several_that_make_one_sandbox_at_once_one_does(sim):
    made = await asyncio.gather(*(sim.create_sandbox("twin") for _ in range(4)), return_exceptions=True)
    branched = await asyncio.gather(*(sim.tenants.branch("twin", "branch") for _ in range(4)), return_exceptions=True)
    for tries in (made, branched):
        refused = [each for each in tries if isinstance(each, SandboxRefused | AlreadyThere)]
        assert (len(tries), len(refused)) == (4, 3)


@pytest.mark.parametrize("step", ["_remember", "begin_faults", "_register_everywhere"])
async def test_nothing_is_left_of_a_sandbox_that_cannot_be_made(sim, monkeypatch, step):
    def broken(*_args, **_options):
        raise RuntimeError("broken")

    async def make():
        await (sim.tenants.branch("default", "new") if step == "_register_everywhere" else sim.create_sandbox("new"))

    with monkeypatch.context() as patch:
        patch.setattr(sandboxes if step == "begin_faults" else tenancy, step, broken)
        with pytest.raises(RuntimeError):
            await make()
    assert sim.tenants.names() == ["default"]
    assert await sim.store.read(lambda tx: tx.sandboxes.get("new")) is None
    await make()


async def test_a_branch_is_reset_to_its_own_beginning(sim):
    await upload(sim, students())
    await sim.clock.advance("next-business-day")
    made = await sim.tenants.branch("default", "branch")
    party, began = made.parties[0], made.served.sandbox.now()
    await upload(sim, students("BATCH000000002"), party=party)
    await made.served.timeline.advance("next-business-day")
    await sim.tenants.reset("branch")
    assert [each.batch_id for each in await batches(sim, "branch")] == ["BATCH000000001"]
    assert made.served.sandbox.now() == began
    assert (await download(sim, "BATCH000000001", party=party)).code == "S0000"


async def test_the_listeners_of_a_deleted_sandbox_are_closed(sim):
    await sim.create_sandbox("other")
    mine, others = await sim.open_listener(), await sim.open_listener(sandbox="other")
    await sim.delete_sandbox("other")
    with pytest.raises(ConnectionError):
        await asyncio.open_connection("localhost", others.port)
    _, writer = await asyncio.open_connection("localhost", mine.port)
    writer.close()


async def test_a_restart_does_not_take_what_has_happened_since_for_the_beginning(tmp_path):
    async with Simulator(data_dir=tmp_path, clock=CLOCK) as sim:
        began = sim.clock.now()
        await sim.clock.advance("+3d")
    async with Simulator(data_dir=tmp_path) as sim:
        assert sim.clock.now() != began
        await sim.tenants.reset("default")
        assert sim.clock.now() == began


async def test_a_reset_brings_back_the_time_just_after_another_scenario_was_loaded(tmp_path):
    new = "XYZ214F00013000"
    school = f"{{id: {new}, kind: school, users: [{{id: pdso000002, role: PDSO}}]}}"
    another = parse_scenario(f"scenario: another\norganizations: [{school}]\n", "another.yaml")
    async with Simulator(data_dir=tmp_path, clock=CLOCK) as sim:
        await upload(sim, students())
    async with Simulator(data_dir=tmp_path, scenario=another) as sim:
        assert sim.school().org_id == new
        began = sim.clock.now()
        await sim.clock.advance("next-business-day")
        await sim.tenants.reset("default")
        assert sim.clock.now() == began
        assert [each.status for each in await batches(sim, "default")] == ["accepted"]
        assert (await upload(sim, students("BATCH000000002"), org=new)).code != "S0002"
    async with Simulator(data_dir=tmp_path, scenario=another) as sim:  # nothing new: the beginning stays
        await upload(sim, students("BATCH000000003"), org="ABC214F00012000")
        await sim.clock.advance("+3d")
    async with Simulator(data_dir=tmp_path, scenario=another) as sim:
        await sim.tenants.reset("default")
        assert sim.clock.now() == began
        assert new in await sim.store.read(lambda tx: [each.id for each in tx.organizations.list("default")])


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("clock", {}),
        ("settings", {"switches": {"no_such": 1}}),
        ("settings", {"profiles": {"production": {"hours": "x"}}}),
    ],
)
async def test_a_damaged_sandbox_is_told_in_one_line_at_the_start(tmp_path, column, value):
    async with Simulator(data_dir=tmp_path, clock=CLOCK) as sim:
        await sim.create_sandbox("other")
        await sim.store.run(lambda tx: getattr(tx.sandboxes, f"update_{column}")("other", value))
    with pytest.raises(SimulatorError, match="sandbox 'other' is damaged") as told:
        await Simulator(data_dir=tmp_path).start()
    assert "\n" not in str(told.value)
