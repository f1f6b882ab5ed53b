from datetime import timedelta

import pytest
from support import SCHOOL, SPONSOR

from sevis_sim.clock import parse_clock
from sevis_sim.intake import RegistrationRefused, register
from sevis_sim.pki import CertificateAuthority, issue_by_profile
from sevis_sim.sandbox import SandboxSettings


@pytest.fixture
def stranger():
    return CertificateAuthority.create("Others").issue_client("Jo Sample")


async def test_a_new_certificate_is_imported_registered_and_journalled(sim, stranger):
    done = await register(sim.default.sandbox, stranger.certificate_pem, SCHOOL)
    assert (done.org_id, done.imported) == (SCHOOL, True)
    again = await register(sim.default.sandbox, stranger.certificate_pem, SPONSOR)
    assert again.imported is False
    registered = await sim.store.read(lambda tx: list(tx.certificates.registrations(done.facts.fingerprint)))
    assert sorted(registered) == [SCHOOL, SPONSOR]
    entries = await sim.journal.query("default", "certificate.registered")
    assert [entry.subjects["organization"] for entry in entries] == [SCHOOL, SPONSOR]


async def test_der_as_browsers_export_it_is_taken(sim, stranger, tmp_path):
    import ssl

    der = ssl.PEM_cert_to_DER_cert(stranger.certificate_pem.decode())
    assert (await register(sim.default.sandbox, der, SCHOOL)).imported


@pytest.mark.parametrize("data", [b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n"])
async def test_what_is_no_certificate_is_refused(sim, data):
    with pytest.raises(RegistrationRefused):
        await register(sim.default.sandbox, data, SCHOOL)


async def test_a_private_key_is_refused_and_called_one(sim, stranger):
    with pytest.raises(RegistrationRefused, match="private key"):
        await register(sim.default.sandbox, stranger.key_pem, SCHOOL)


async def test_a_certificate_that_has_expired_by_the_simulated_day_is_refused(sim):
    expired = issue_by_profile(sim.authority, "expired", "Late", sim.clock.now())
    with pytest.raises(RegistrationRefused, match=r"expired on .*the simulated day is 2026-03-06"):
        await register(sim.default.sandbox, expired.certificate_pem, SCHOOL)
    sim.default.sandbox.clock.set(sim.clock.now() - timedelta(days=3650), allow_backward=True)
    assert (await register(sim.default.sandbox, expired.certificate_pem, SCHOOL)).imported


async def test_twice_and_for_unknown_or_inactive_organizations_is_refused(sim, stranger):
    from dataclasses import replace

    await register(sim.default.sandbox, stranger.certificate_pem, SCHOOL)
    with pytest.raises(RegistrationRefused, match="already"):
        await register(sim.default.sandbox, stranger.certificate_pem, SCHOOL)
    with pytest.raises(RegistrationRefused, match=f"no organization 'XYZ214F00099000'.*known: {SCHOOL}"):
        await register(sim.default.sandbox, stranger.certificate_pem, "XYZ214F00099000")
    sponsor = replace(sim.sponsor().organization, active=False)
    await sim.store.run(lambda tx: tx.organizations.put("default", sponsor))
    with pytest.raises(RegistrationRefused, match="not active"):
        await register(sim.default.sandbox, stranger.certificate_pem, SPONSOR)


async def test_a_certificate_of_another_sandbox_is_refused(sim, stranger):
    other = await sim._sandboxes.open("other", 1, parse_clock("2026-03-06T14:00-05:00"), SandboxSettings())
    await sim.store.run(lambda tx: tx.organizations.put("other", sim.school().organization))
    await register(other.sandbox, stranger.certificate_pem, SCHOOL)
    with pytest.raises(RegistrationRefused, match="belongs to sandbox other"):
        await register(sim.default.sandbox, stranger.certificate_pem, SCHOOL)
