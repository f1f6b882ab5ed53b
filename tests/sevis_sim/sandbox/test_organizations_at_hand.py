"""An organization is looked up once, and again as soon as one has changed."""

from dataclasses import replace

import pytest
from support import SCHOOL

from sevis_sim.sandbox.organizations import Organizations


async def test_an_organization_is_looked_up_once(sim):
    at_hand = Organizations()
    school = await at_hand.get(sim.store, "default", SCHOOL)
    reads: list[str] = []
    sim.store.timed = lambda what, _seconds: reads.append(what)
    assert await at_hand.get(sim.store, "default", SCHOOL) is school
    assert await at_hand.get(sim.store, "default", "XYZ214F00099000") is None
    assert await at_hand.get(sim.store, "default", "XYZ214F00099000") is None
    assert reads == ["read"]


async def test_a_change_of_any_organization_is_seen_at_once(sim):
    at_hand = Organizations()
    school = await at_hand.get(sim.store, "default", SCHOOL)
    assert school.active
    await sim.store.run(lambda tx: tx.organizations.put("default", replace(school, active=False)))
    assert not (await at_hand.get(sim.store, "default", SCHOOL)).active
    await sim.store.run(lambda tx: tx.organizations.delete("default", SCHOOL))
    assert await at_hand.get(sim.store, "default", SCHOOL) is None


async def test_a_change_that_is_undone_changes_nothing(sim):
    at_hand = Organizations()
    school = await at_hand.get(sim.store, "default", SCHOOL)

    def work(tx) -> None:
        tx.organizations.delete("default", SCHOOL)
        raise LookupError

    with pytest.raises(LookupError):
        await sim.store.run(work)
    assert await at_hand.get(sim.store, "default", SCHOOL) is school


async def test_what_is_much_too_long_for_an_org_id_is_not_remembered(sim):
    at_hand = Organizations()
    swallowed = "x" * 1_000_000
    reads: list[str] = []
    sim.store.timed = lambda what, _seconds: reads.append(what)
    assert await at_hand.get(sim.store, "default", swallowed) is None
    assert await at_hand.get(sim.store, "default", swallowed) is None
    assert reads == ["read", "read"]
