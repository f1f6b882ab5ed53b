"""What is remembered of a certificate is forgotten the moment that something changes."""

import ssl

from support import SCHOOL, sample, upload, with_batch

from sevis_sim.gateway.identity import Identities
from sevis_sim.pki import read_certificate


def students(number: int) -> bytes:
    return with_batch(sample("students.xml"), f"BATCH-KNOWN-{number:02}")


def fingerprint(sim) -> str:
    return read_certificate(sim.school().identity.certificate_pem).fingerprint


async def test_each_change_of_a_certificate_counts_for_the_very_next_request(sim):
    """Register, unregister, revoke, forget, restore: requests in between, so that all was remembered before."""
    mark, now = fingerprint(sim), sim.clock.now()
    await sim.tenants.take_snapshot("default", "good")
    assert (await upload(sim, students(1))).code == "S0000"
    await sim.store.run(lambda tx: tx.certificates.unregister(mark, SCHOOL))
    assert (await upload(sim, students(2))).code == "S0002"  # it still stands for the sponsor
    await sim.store.run(lambda tx: tx.certificates.register(mark, SCHOOL, now))
    assert (await upload(sim, students(3))).code == "S0000"
    await sim.store.run(lambda tx: tx.certificates.revoke(mark, now))
    assert (await upload(sim, students(4))).status == 403
    await sim.tenants.restore("default", "good")
    assert (await upload(sim, students(5))).code == "S0000"
    await sim.store.run(lambda tx: tx.organizations.delete("default", SCHOOL))
    assert (await upload(sim, students(6))).code == "S0002"
    await sim.store.run(lambda tx: tx.certificates.delete(mark))
    assert (await upload(sim, students(7))).status == 403


async def test_a_sandbox_of_the_same_name_is_another_world(sim):
    made = await sim.create_sandbox("twin")
    assert (await upload(sim, students(1), party=made.school())).code == "S0000"
    await sim.delete_sandbox("twin")
    again = await sim.create_sandbox("twin")
    assert (await upload(sim, students(2), party=made.school())).status == 403
    assert (await upload(sim, students(2), party=again.school())).code == "S0000"


async def test_a_known_certificate_is_looked_up_once(sim):
    identities = Identities(sim.store, sim.tenants)
    der = ssl.PEM_cert_to_DER_cert(sim.school().identity.certificate_pem.decode())
    reads: list[str] = []
    first = await identities.judge(der)
    sim.store.timed = lambda what, _: reads.append(what)
    assert await identities.judge(der) == first
    assert reads == []


async def test_an_accepted_upload_is_one_write_and_its_entries_are_there_with_it(sim):
    await upload(sim, students(1))
    told: list[str] = []
    sim.store.timed = lambda what, _: told.append(what)
    await upload(sim, students(2))
    assert told.count("write") == 1
    entries = await sim.journal.query("default", ("batch.accepted", "upload.answered"))
    assert [entry.kind for entry in entries] == ["batch.accepted", "upload.answered"] * 2
