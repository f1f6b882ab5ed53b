"""Certificates of persons: what stands in the subject, who vouches for it, and how it is taken back."""

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from sevis_sim.pki import (
    CertificateAuthority,
    PkiError,
    Revocations,
    issue_personal,
    profiles,
    read_certificate,
    subject_value,
)

NOW = datetime(2026, 3, 6, 17, 0, tzinfo=UTC)
UID = "0.9.2342.19200300.100.1.1"


@pytest.fixture(scope="module")
def authority() -> CertificateAuthority:
    return CertificateAuthority.create()


def issued(authority: CertificateAuthority, profile: str = "valid") -> x509.Certificate:
    identity = issue_personal(authority, "Lin Sample", {UID: "1234567"}, NOW, profile=profile)
    return x509.load_pem_x509_certificate(identity.certificate_pem)


def test_the_subject_holds_what_was_asked_for_and_nothing_else(authority):
    certificate = issued(authority)
    assert subject_value(certificate, UID) == "1234567"
    assert subject_value(certificate, "2.5.4.3") == "Lin Sample"
    assert subject_value(certificate, "2.5.4.5") is None


@pytest.mark.parametrize("profile", profiles())
def test_every_profile_is_made_as_it_says(authority, profile):
    certificate = issued(authority, profile)
    facts = read_certificate(certificate.public_bytes(Encoding.DER))
    assert authority.issued(facts.pem) == (profiles()[profile].issuer == "ca")
    assert facts.self_signed == (profiles()[profile].issuer == "self")
    assert facts.valid_at(NOW) == (profile not in ("expired", "not-yet-valid"))
    assert facts.usages == (f"{profiles()[profile].usage}Auth",)


def test_a_certificate_carries_on_as_a_client_identity(authority, tmp_path):
    identity = issue_personal(authority, "Lin Sample", {UID: "1234567"}, NOW)
    files = identity.write(tmp_path)
    assert files.key.stat().st_mode & 0o777 == 0o600
    identity.ssl_context(authority.pem)


def test_unknown_profiles_and_impossible_values_are_refused_in_one_line(authority):
    with pytest.raises(PkiError, match="no certificate profile 'vlaid'"):
        issue_personal(authority, "Lin", {}, NOW, profile="vlaid")
    with pytest.raises(PkiError, match="no certificate can hold"):
        issue_personal(authority, "Lin", {"2.5.4.6": "three letters"}, NOW)


def test_a_revoked_certificate_is_known_after_saving_and_loading(authority, tmp_path):
    first, second, third = (issued(authority) for _ in range(3))
    Revocations().revoke(first, authority, NOW).revoke(second, authority, NOW).save(tmp_path)
    loaded = Revocations.load(tmp_path, authority)
    assert [loaded.revoked(each) for each in (first, second, third)] == [True, True, False]


def test_revoking_twice_keeps_the_first_entry(authority, tmp_path):
    certificate = issued(authority)
    later = datetime(2026, 3, 7, tzinfo=UTC)
    Revocations().revoke(certificate, authority, NOW).revoke(certificate, authority, later).save(tmp_path)
    (entry,) = x509.load_pem_x509_crl((tmp_path / "revoked.crl").read_bytes())
    assert entry.revocation_date_utc == NOW


def test_a_folder_without_a_list_revokes_nothing(authority, tmp_path):
    assert not Revocations.load(tmp_path, authority).revoked(issued(authority))


def test_lists_that_are_damaged_or_another_authoritys_are_refused(authority, tmp_path):
    other = CertificateAuthority.create()
    Revocations().revoke(issued(other), other, NOW).save(tmp_path)
    with pytest.raises(PkiError, match="not the list of this authority"):
        Revocations.load(tmp_path, authority)
    (tmp_path / "revoked.crl").write_text("nothing")
    with pytest.raises(PkiError, match="not a revocation list"):
        Revocations.load(tmp_path, authority)


def test_another_authoritys_certificate_cannot_be_taken_back(authority):
    with pytest.raises(PkiError, match="not issued by this authority"):
        Revocations().revoke(issued(CertificateAuthority.create()), authority, NOW)
