"""Two sandboxes, and two simulators, never meet: in each happens what would happen if the other were not there."""

import asyncio
from dataclasses import dataclass

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import form, sample, send, with_batch

from sevis_sim import Simulator
from sevis_sim.clock import parse_clock
from sevis_sim.intake import make_known
from sevis_sim.pki import Identity, read_certificate
from sevis_sim.sandbox import SandboxSettings
from sevis_sim.timeline import Served

FRIDAY = "2026-03-06T14:00-05:00"
MONDAY = "2026-03-02T09:00-05:00"
ORG, USER = "ABC214F00012000", "pdso000001"

ACTIONS = st.one_of(
    st.tuples(st.just("upload"), st.sampled_from(["1", "2"])),
    st.tuples(st.just("download"), st.sampled_from(["1", "2"])),
    st.tuples(st.just("advance"), st.sampled_from(["+6s", "+20m", "next-window", "next-business-day"])),
)


@dataclass
class World:
    """A sandbox of a running simulator, with a client whose certificate belongs to it."""

    sim: Simulator
    served: Served
    identity: Identity

    async def play(self, action: str, what: str) -> tuple[object, ...]:
        """Do one thing; return all that a client or the controls can observe of it."""
        if action == "advance":
            return tuple((h.instant, h.kind, h.summary) for h in await self.served.timeline.advance(what))
        context, batch = self.identity.ssl_context(self.sim.ca), f"BATCH-WORLD-0{what}"
        if action == "upload":
            body, content_type = form(with_batch(sample("two-students.xml"), batch), ORG, batch, USER)
            url, headers = self.sim.upload_url("alpha"), {"Content-Type": content_type}
            reply = await send(url, context, data=body, headers=headers)
        else:
            query = {"orgid": ORG, "batchid": batch, "userid": USER}
            reply = await send(self.sim.download_url("alpha"), context, "GET", params=query)
        return reply.status, reply.body, reply.headers["Date"]

    async def left(self) -> tuple[object, ...]:
        """Return what is left of it in the end: time, batches, records, journal."""
        name = self.served.sandbox.name
        batches, records = await self.sim.store.read(lambda tx: (tx.batches.list(name), tx.records.list(name, "alpha")))
        entries = await self.sim.journal.query(name, limit=1000)
        return (
            self.served.sandbox.now(),
            [(b.batch_id, b.status, b.received, b.processed, b.success) for b in batches],
            [(r.record, r.identity, r.version, r.instant) for r in records],
            [(e.kind, e.summary, e.instant) for e in entries],
        )


async def worlds(sim: Simulator) -> dict[str, World]:
    """Make two sandboxes that know the same school, at different times."""
    made = {}
    for name, clock in (("one", FRIDAY), ("two", MONDAY)):
        served = await sim._sandboxes.open(name, 7, parse_clock(clock), SandboxSettings())
        identity = sim.authority.issue_client(f"Client of {name}")
        facts = read_certificate(identity.certificate_pem)
        school = sim.school().organization

        def enter(tx, served=served, facts=facts, school=school):
            tx.organizations.put(served.sandbox.name, school)
            make_known(tx, served.sandbox, facts, "client", [ORG])

        await sim.store.run(enter)
        made[name] = World(sim, served, identity)
    return made


async def played(actions: list[tuple[str, tuple[str, str]]]) -> dict[str, list[tuple[object, ...]]]:
    async with Simulator(clock=FRIDAY, seed=1) as sim:
        both = await worlds(sim)
        told: dict[str, list[tuple[object, ...]]] = {name: [] for name in both}
        for name, action in actions:
            told[name].append(await both[name].play(*action))
        for name, world in both.items():
            told[name].append(await world.left())
        assert await sim.store.read(lambda tx: tx.batches.list("default")) == [], "the default sandbox saw nothing"
        return told


@given(st.lists(st.tuples(st.sampled_from(["one", "two"]), ACTIONS), min_size=2, max_size=8))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_sandbox_behaves_as_if_it_were_alone(actions):
    async def compare() -> None:
        together = await played(actions)
        for name in ("one", "two"):
            alone = await played([action for action in actions if action[0] == name])
            assert together[name] == alone[name]

    asyncio.run(compare())


async def test_the_certificate_decides_the_sandbox(sim):
    both = await worlds(sim)
    assert (await both["one"].play("upload", "1"))[0] == 200
    context = both["two"].identity.ssl_context(sim.ca)
    query = {"orgid": ORG, "batchid": "BATCH-WORLD-01", "userid": USER}
    assert (await send(sim.download_url("alpha"), context, "GET", params=query)).code == "S0031"
    [batch] = await sim.store.read(lambda tx: tx.batches.list("one"))
    assert batch.batch_id == "BATCH-WORLD-01"
    assert await sim.store.read(lambda tx: tx.batches.list("two")) == []


async def test_two_simulators_in_one_process_share_neither_time_nor_batches_nor_trust():
    async with Simulator(clock=FRIDAY, seed=1) as first, Simulator(clock=MONDAY, seed=1) as second:
        one, two = (World(sim, sim.default, sim.school().identity) for sim in (first, second))
        assert (await one.play("upload", "1"))[0] == 200
        await one.play("advance", "next-business-day")
        assert second.clock.now() == parse_clock(MONDAY).now()
        assert await second.store.read(lambda tx: tx.batches.list("default")) == []
        assert [e.kind for e in await second.journal.query("default")] == []
        body, content_type = form(sample("students.xml"), ORG, "BATCH000000003", USER)
        stranger = two.identity.ssl_context(first.ca)
        with pytest.raises((aiohttp.ClientError, OSError)):  # it means nothing to the other: the handshake dies
            await send(first.upload_url(), stranger, data=body, headers={"Content-Type": content_type})
