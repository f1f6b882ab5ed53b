"""The 45-day rule (sevis-protocol.md §3): who has not logged in to RTI is locked, with the switch on."""

import pytest
from support import PDSO, RO, SCHOOL, SPONSOR, download, sample, upload, with_batch

from sevis_sim import Simulator
from sevis_sim.scenarios import parse_scenario
from sevis_sim.settings import Settings, Switches
from sevis_sim.store import MissingReference

LOCKING = Settings(port=0, control_port=0, switches=Switches(rti_login_lock=True))
STUDENTS, VISITORS = sample("students.xml"), sample("exchange-visitors.xml")


@pytest.fixture
async def locking():
    async with Simulator(LOCKING, clock="2026-03-06T14:00-05:00", seed=7, in_memory=True) as simulator:
        yield simulator


async def test_a_user_is_locked_on_the_45th_day_and_a_login_unlocks(locking):
    assert (await upload(locking, STUDENTS)).code == "S0000"
    await locking.clock.advance("2026-04-17T14:00-04:00")
    assert (await upload(locking, with_batch(STUDENTS, "DAY-42-0000001"))).code == "S0000"
    await locking.clock.advance("2026-04-20T14:00-04:00")
    assert (await upload(locking, with_batch(STUDENTS, "DAY-45-0000001"))).code == "S0003"
    assert (await download(locking, "DAY-42-0000001")).code == "S0003"
    await locking.records.log_in(SCHOOL, PDSO)
    assert (await upload(locking, with_batch(STUDENTS, "DAY-45-0000001"))).code == "S0000"
    assert (await upload(locking, VISITORS, party=locking.sponsor())).code == "S0003"


async def test_without_the_switch_nobody_is_locked(sim):
    await sim.clock.advance("2026-09-01T14:00-04:00")
    assert (await upload(sim, STUDENTS)).code == "S0000"


@pytest.mark.parametrize(
    ("document", "org", "user", "code"), [(STUDENTS, SCHOOL, PDSO, "S1001"), (VISITORS, SPONSOR, RO, "S2154")]
)
async def test_records_of_a_user_who_is_locked_before_the_night_fail(document, org, user, code):
    role = "PDSO" if org == SCHOOL else "RO"
    world = parse_scenario(
        f"""
scenario: nearly-locked
organizations:
- {{id: {org}, users: [{{id: {user}, role: {role}, last_login: 2026-01-20}}]}}
"""
    )
    async with Simulator(LOCKING, clock="2026-03-05T22:30-05:00", scenario=world, in_memory=True) as simulator:
        party = simulator.parties[0]
        batch = (await upload(simulator, document, party=party)).log.findtext("BatchHeader/BatchID")
        await simulator.clock.advance("2026-03-09T06:00-04:00")
        await simulator.records.log_in(org, user)
        log = (await download(simulator, batch, party=party)).log
    assert {record.findtext("Result/ErrorCode") for record in log.iter("Record")} == {code}


async def test_who_is_not_there_cannot_log_in(locking):
    with pytest.raises(MissingReference, match="it has: pdso000001"):
        await locking.records.log_in(SCHOOL, "nobody0001")
    with pytest.raises(MissingReference, match="no organization"):
        await locking.records.log_in("XYZ214F00000000", PDSO)


async def test_the_day_of_a_login_outlives_a_restart_with_the_same_scenario(tmp_path):
    settings = Settings(port=0, control_port=0, data_dir=tmp_path, switches=Switches(rti_login_lock=True))
    async with Simulator(settings, clock="2026-03-06T14:00-05:00") as simulator:
        await simulator.clock.advance("2026-04-01T14:00-04:00")
        await simulator.records.log_in(SCHOOL, PDSO)
    async with Simulator(settings) as simulator:
        organization = await simulator.store.read(lambda tx: tx.organizations.get("default", SCHOOL))
    assert organization.official(PDSO).last_login == "2026-04-01"
