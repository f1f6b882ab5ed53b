"""Identities in files: every kind of client can open what is written."""

import shutil
import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12

from sevis_sim.pki import (
    CertificateAuthority,
    Identity,
    PkiError,
    issue_by_profile,
    profiles,
    read_certificate,
)

AT = datetime(2026, 3, 6, 17, 0, tzinfo=UTC)


def run(*command: object) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout + done.stderr


def tool(name: str) -> str:
    return shutil.which(name) or pytest.skip(f"{name} is not installed")


def test_written_and_loaded_identity_is_the_same(tmp_path: Path) -> None:
    identity = CertificateAuthority.create().issue_client("ABC214F00012000")
    written = identity.write(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"ABC214F00012000.{ending}" for ending in ("cer", "key", "p12", "pem")
    ]
    loaded = Identity.load(tmp_path, "ABC214F00012000")
    assert (loaded.der, loaded.key_pem) == (identity.der, identity.key_pem)
    assert read_certificate(written.cer.read_bytes()).fingerprint == identity.fingerprint
    assert written.key.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")


def test_the_authority_to_trust_is_written_along_but_never_over_another_one(tmp_path: Path) -> None:
    ca = CertificateAuthority.create()
    for name in ("a", "b"):
        written = ca.issue_client(name).write(tmp_path, ca=ca.pem)
        assert written.ca == tmp_path / "ca.pem"
        assert written.ca.read_bytes() == ca.pem
    with pytest.raises(PkiError, match="another authority's"):
        ca.issue_client("c").write(tmp_path, ca=CertificateAuthority.create().pem)
    assert ca.issue_client("d").write(tmp_path).ca is None


def test_the_key_never_shows_in_a_log() -> None:
    identity = CertificateAuthority.create().issue_client("x")
    assert "PRIVATE" not in repr(identity)
    assert "PRIVATE" not in repr(vars(identity)["name"])


@pytest.mark.parametrize("key", ["ecdsa", "rsa"])
@pytest.mark.parametrize("profile", ["valid", "self-signed"])
def test_openssl_opens_the_p12_without_its_legacy_switch(tmp_path: Path, key: str, profile: str) -> None:
    identity = issue_by_profile(CertificateAuthority.create(), profile, "client", AT, key=key)
    written = identity.write(tmp_path, password="päss word")
    text = run(tool("openssl"), "pkcs12", "-in", written.p12, "-passin", "pass:päss word", "-nodes")
    assert "PRIVATE KEY" in text
    assert text.count("BEGIN CERTIFICATE") == (2 if profile == "valid" else 1)


def test_java_opens_the_p12_with_key_and_chain(tmp_path: Path) -> None:
    written = CertificateAuthority.create().issue_client("client").write(tmp_path)
    keytool = tool("keytool")
    text = run(keytool, "-list", "-v", "-keystore", written.p12, "-storetype", "PKCS12", "-storepass", "changeit")
    assert "PrivateKeyEntry" in text
    assert "Certificate chain length: 2" in text


def test_java_reads_the_certificate_to_register(tmp_path: Path) -> None:
    written = CertificateAuthority.create().issue_client("client").write(tmp_path)
    assert "CN=client" in run(tool("keytool"), "-printcert", "-file", written.cer)


def test_a_wrong_password_does_not_open_the_p12() -> None:
    identity = CertificateAuthority.create().issue_client("client")
    with pytest.raises(ValueError, match="password"):
        pkcs12.load_key_and_certificates(identity.p12("right"), b"wrong")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda folder: (folder / "a.key").unlink(), "a.key is missing"),
        (lambda folder: (folder / "a.pem").write_bytes(b"nonsense"), "is damaged"),
        (lambda folder: (folder / "a.key").write_bytes((folder / "b.key").read_bytes()), "does not belong to a.pem"),
        (lambda folder: encrypt(folder / "a.key"), "is encrypted"),
    ],
)
def test_damaged_files_are_named_in_one_line_with_a_remedy(tmp_path: Path, damage, message: str) -> None:
    ca = CertificateAuthority.create()
    for name in ("a", "b"):
        ca.issue_client(name).write(tmp_path)
    damage(tmp_path)
    with pytest.raises(PkiError, match=message) as caught:
        Identity.load(tmp_path, "a")
    assert "\n" not in str(caught.value)


def encrypt(key: Path) -> None:
    run(tool("openssl"), "pkcs8", "-topk8", "-in", key, "-out", f"{key}.new", "-passout", "pass:secret")
    Path(f"{key}.new").replace(key)


def test_a_name_cannot_leave_the_folder(tmp_path: Path) -> None:
    with pytest.raises(PkiError, match="cannot name certificate files"):
        Identity.load(tmp_path, "../secret")


def test_expired_and_not_yet_valid_profiles_are_what_they_say() -> None:
    ca = CertificateAuthority.create()
    expired = read_certificate(issue_by_profile(ca, "expired", "x", AT).certificate_pem)
    future = read_certificate(issue_by_profile(ca, "not-yet-valid", "x", AT).certificate_pem)
    assert expired.not_after == AT - timedelta(days=1)
    assert future.not_before == AT + timedelta(days=1)
    assert not expired.valid_at(AT)
    assert not future.valid_at(AT)


def test_only_the_authority_s_own_profiles_are_vouched_for() -> None:
    ca = CertificateAuthority.create()
    vouched = {name for name in profiles() if ca.issued(issue_by_profile(ca, name, "x", AT).certificate_pem)}
    assert vouched == {name for name, profile in profiles().items() if profile.issuer == "ca"}
    assert {"self-signed", "other-ca", "intermediate", "intermediate-missing"} == set(profiles()) - vouched


def test_the_self_signed_profile_signs_itself_and_can_be_used_by_a_client() -> None:
    ca = CertificateAuthority.create()
    identity = issue_by_profile(ca, "self-signed", "x", AT)
    assert read_certificate(identity.certificate_pem).self_signed
    assert isinstance(identity.ssl_context(ca.pem), ssl.SSLContext)


def test_an_unknown_profile_is_answered_with_the_known_ones() -> None:
    with pytest.raises(PkiError, match="choose one of valid, valid-rsa, expired"):
        issue_by_profile(CertificateAuthority.create(), "broken", "x", AT)
