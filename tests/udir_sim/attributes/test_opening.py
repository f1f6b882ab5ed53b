"""From a data directory to a service: policies, certificates of applications, the key of the audit log."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sevis_sim.pki import CertificateAuthority, PkiError, issue_by_profile
from udir_sim.attributes import NetIdHash, Policies, load_policies
from udir_sim.attributes.opening import application_certificates, application_identity, ensure_policies
from udir_sim.attributes.policy import EXAMPLE

NOW = datetime(2026, 3, 6, 17, 0, tzinfo=UTC)
ANY = {"locations": "all", "types": "all", "statuses": "all", "dates": "false"}


@pytest.fixture(scope="module")
def authority() -> CertificateAuthority:
    return CertificateAuthority.create()


def policies(**certificates: str | None) -> Policies:
    applications = {
        name: {**ANY, **({"certificate": file} if file else {})} for name, file in certificates.items()
    }  # fmt: skip
    return Policies.model_validate({"applications": applications})


def test_the_example_is_written_once_and_then_left_alone(tmp_path):
    place = ensure_policies(tmp_path / "data")
    assert place.read_bytes() == EXAMPLE.read_bytes()
    place.write_text("")
    assert ensure_policies(tmp_path / "data") == place
    assert load_policies(place).applications == {}


def test_an_application_keeps_the_certificate_that_was_issued_to_it(authority, tmp_path):
    first = application_certificates(policies(A=None, B=None), tmp_path / "p.yaml", tmp_path, authority)
    again = application_certificates(policies(A=None, B=None), tmp_path / "p.yaml", tmp_path, authority)
    assert {name: facts.fingerprint for name, facts in first.items()} == {
        name: facts.fingerprint for name, facts in again.items()
    }
    identity = application_identity(tmp_path, "A")
    assert identity.fingerprint == first["A"].fingerprint != first["B"].fingerprint
    assert stat.S_IMODE((tmp_path / "applications" / "A.key").stat().st_mode) == 0o600


def test_nothing_is_issued_without_an_authority(tmp_path):
    assert application_certificates(policies(A=None), tmp_path / "p.yaml", tmp_path, None) == {}
    assert list(tmp_path.iterdir()) == []


def test_an_own_certificate_stands_relative_to_the_policy_file(authority, tmp_path):
    own = issue_by_profile(authority, "self-signed", "publisher", NOW)
    own.write(tmp_path / "elsewhere")
    file = tmp_path / "elsewhere" / "p.yaml"
    found = application_certificates(policies(A="publisher.cer"), file, tmp_path / "data", authority)
    assert found["A"].fingerprint == own.fingerprint
    assert not (tmp_path / "data").exists()


def test_what_is_wrong_with_a_certificate_names_the_application(authority, tmp_path):
    def certificates(**given: str) -> object:
        return application_certificates(policies(**given), tmp_path / "p.yaml", tmp_path, authority)

    with pytest.raises(PkiError, match=r"none\.pem is missing; correct `certificate` of application A"):
        certificates(A="none.pem")
    Path(tmp_path / "junk.pem").write_text("junk")
    with pytest.raises(PkiError, match="certificate of application A cannot be used: this is not"):
        certificates(A="junk.pem")
    authority.issue_client("both", name="both").write(tmp_path)
    with pytest.raises(PkiError, match="applications A and B have one certificate; give each its own"):
        certificates(A="both.pem", B="both.pem")


def test_net_ids_are_hashed_with_a_private_key_of_the_folder(tmp_path):
    first = NetIdHash.of(tmp_path)
    assert stat.S_IMODE((tmp_path / "audit.key").stat().st_mode) == 0o600
    assert first("1234567") == NetIdHash.of(tmp_path)("1234567")
    assert first("1234567") != NetIdHash.of(tmp_path / "other")("1234567")
