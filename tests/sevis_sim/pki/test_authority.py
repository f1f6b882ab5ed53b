"""The authority: what it issues is accepted by TLS, and what is wrong with its files is said in one line."""

import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from sevis_sim.pki import CertificateAuthority, Identity, PkiError, ensure_server_identity, read_certificate
from sevis_sim.pki import files as pki_files

NOW = datetime(2026, 3, 6, 17, 0, tzinfo=UTC)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def handshake(server: ssl.SSLContext, client: ssl.SSLContext, host: str) -> ssl.SSLObject:
    """Carry bytes between two TLS ends until both have finished; return the server's end."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(to_client, to_server, server_hostname=host),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    waiting = list(ends)
    for _ in range(10):
        for end in list(waiting):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
            waiting.remove(end)
        if not waiting:
            return ends[1]
    raise AssertionError("the handshake did not finish")


def server_side(identity: Identity, ca: CertificateAuthority) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    identity.load_into(context)
    context.load_verify_locations(cadata=ca.pem.decode())
    context.verify_mode = ssl.CERT_REQUIRED
    return context


@pytest.mark.parametrize("key", ["ecdsa", "rsa"])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_server_and_client_certificates_complete_a_mutual_handshake(host: str, key: str) -> None:
    ca = CertificateAuthority.create()
    wall_now = datetime.now(UTC)
    client = ca.issue_client("ABC214F00012000", key=key)
    end = handshake(server_side(ca.issue_server(wall_now), ca), client.ssl_context(ca.pem), host)
    assert end.getpeercert(binary_form=True) == client.der


def test_a_client_does_not_trust_the_server_of_another_authority() -> None:
    ca, other = CertificateAuthority.create(), CertificateAuthority.create()
    server = server_side(other.issue_server(datetime.now(UTC)), other)
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(server, other.issue_client("x").ssl_context(ca.pem), "localhost")


def test_client_certificates_cover_every_year_a_test_may_choose() -> None:
    facts = read_certificate(CertificateAuthority.create().issue_client("x").certificate_pem)
    assert facts.valid_at(datetime(2002, 11, 4, tzinfo=UTC))
    assert facts.valid_at(datetime(2099, 12, 31, tzinfo=UTC))
    assert not facts.valid_at(datetime(1999, 12, 31, tzinfo=UTC))
    assert "clientAuth" in facts.usages


def test_a_server_certificate_lives_397_days() -> None:
    facts = read_certificate(CertificateAuthority.create().issue_server(NOW).certificate_pem)
    assert facts.not_after - facts.not_before == timedelta(days=397)
    assert facts.not_before < NOW < facts.not_after


def test_two_authorities_have_different_subjects() -> None:
    subjects = {read_certificate(CertificateAuthority.create().pem).subject for _ in range(2)}
    assert len(subjects) == 2


def test_saved_and_loaded_authority_issues_certificates_that_the_first_one_vouches_for(tmp_path: Path) -> None:
    first = CertificateAuthority.create()
    first.save(tmp_path / "new" / "data")
    second = CertificateAuthority.load(tmp_path / "new" / "data")
    assert first.issued(second.issue_client("x").certificate_pem)
    assert not first.issued(CertificateAuthority.create().issue_client("x").certificate_pem)


def test_a_certificate_names_the_authority_that_signed_it_and_no_other() -> None:
    ca, other = CertificateAuthority.create(), CertificateAuthority.create()
    issued = ca.issue_server(NOW).certificate_pem
    assert ca.named_by(issued)
    assert not other.named_by(issued)
    assert not ca.named_by(b"nonsense")


def test_ensure_creates_once_and_loads_afterwards(tmp_path: Path) -> None:
    assert CertificateAuthority.ensure(tmp_path).pem == CertificateAuthority.ensure(tmp_path).pem


def test_keys_are_private_from_their_first_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, int] = {}
    replace = Path.replace

    def spy(self: Path, target: Path) -> Path:
        seen[target.name] = mode_of(self)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", spy)
    ca = CertificateAuthority.create()
    ca.save(tmp_path)
    ca.issue_client("client").write(tmp_path)
    expected = {"ca.key": 0o600, "client.key": 0o600, "client.p12": 0o600}
    assert {name: seen[name] for name in expected} == expected
    assert {name: mode_of(tmp_path / name) for name in expected} == expected


def test_an_authority_is_not_overwritten_by_another_one(tmp_path: Path) -> None:
    CertificateAuthority.create().save(tmp_path)
    with pytest.raises(PkiError, match="another authority's"):
        CertificateAuthority.create().save(tmp_path)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda folder: (folder / "ca.key").unlink(), "ca.key is missing"),
        (lambda folder: (folder / "ca.pem").unlink(), "ca.pem is missing"),
        (lambda folder: (folder / "ca.key").write_bytes(b""), "ca.key is damaged"),
        (lambda folder: (folder / "ca.pem").write_bytes(b"\xff\x00nonsense"), "not the certificate of an authority"),
        (
            lambda folder: (folder / "ca.pem").write_bytes(
                CertificateAuthority.load(folder).issue_client("x").certificate_pem
            ),
            "not the certificate of an authority",
        ),
        (lambda folder: (folder / "ca.pem").write_bytes(CertificateAuthority.create().pem), "does not belong"),
        (lambda folder: ((folder / "ca.key").unlink(), (folder / "ca.key").mkdir()), "cannot read"),
    ],
)
def test_a_damaged_or_missing_half_is_named_in_one_line_with_a_remedy(tmp_path: Path, damage, message: str) -> None:
    CertificateAuthority.create().save(tmp_path)
    damage(tmp_path)
    with pytest.raises(PkiError, match=message) as caught:
        CertificateAuthority.ensure(tmp_path)
    assert "\n" not in str(caught.value)
    assert "restore it, or delete" in str(caught.value)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(PkiError, match=r"cannot write .*name another one"):
        CertificateAuthority.create().save(tmp_path / "file")


def test_a_failed_write_leaves_the_old_file_and_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pki_files.write(tmp_path / "a.key", b"old", pki_files.PRIVATE)

    def no_space(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", no_space)
    with pytest.raises(PkiError, match="No space left on device"):
        pki_files.write(tmp_path / "a.key", b"new", pki_files.PRIVATE)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.key", b"old")]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"common_name": ""}, "1 to 64 characters"),
        ({"common_name": "x" * 65}, "1 to 64 characters"),
        ({"common_name": "a\0b"}, r"'a\\x00b' has a character that cannot be printed"),
        ({"common_name": "x", "not_before": NOW, "not_after": NOW - timedelta(1)}, "swap the dates"),
        ({"common_name": "x", "not_before": datetime(2020, 1, 1), "not_after": datetime(2021, 1, 1)}, "offset"),  # noqa: DTZ001
        ({"common_name": "x", "name": "../x"}, "cannot name certificate files"),
        ({"common_name": "x", "email": "ü@example.test"}, "no certificate can hold"),
    ],
)
def test_what_no_certificate_can_hold_is_refused(arguments, message: str) -> None:
    with pytest.raises(PkiError, match=message):
        CertificateAuthority.create().issue_client(**arguments)


def test_odd_common_names_get_usable_file_names() -> None:
    ca = CertificateAuthority.create()
    assert ca.issue_client("Zoë O'Brien / PDSO").name == "Zo-O-Brien-PDSO"
    assert ca.issue_client("学校").name == "certificate"
    assert ca.issue_client("P-1-12345").name == "P-1-12345"


class TestServerIdentity:
    """The server certificate of a data directory."""

    def test_it_is_kept_while_it_lasts(self, tmp_path: Path) -> None:
        ca = CertificateAuthority.ensure(tmp_path)
        first = ensure_server_identity(tmp_path, ca, NOW)
        assert ensure_server_identity(tmp_path, ca, NOW + timedelta(days=300)).der == first.der

    @pytest.mark.parametrize("days", [-3, 367, 1000])
    def test_it_is_renewed_near_its_end_and_when_it_has_not_begun(self, tmp_path: Path, days: int) -> None:
        ca = CertificateAuthority.ensure(tmp_path)
        first = ensure_server_identity(tmp_path, ca, NOW)
        later = NOW + timedelta(days=days)
        second = ensure_server_identity(tmp_path, ca, later)
        assert second.der != first.der
        assert read_certificate(second.certificate_pem).valid_at(later)
        assert Identity.load(tmp_path, "server").der == second.der

    def test_it_is_renewed_for_another_name_and_by_another_authority(self, tmp_path: Path) -> None:
        ca = CertificateAuthority.create()
        first = ensure_server_identity(tmp_path, ca, NOW)
        second = ensure_server_identity(tmp_path, ca, NOW, names=("localhost", "127.0.0.1", "sim.example.test"))
        third = ensure_server_identity(tmp_path, CertificateAuthority.create(), NOW)
        assert len({first.der, second.der, third.der}) == 3

    def test_other_spellings_of_the_same_names_do_not_renew_it(self, tmp_path: Path) -> None:
        ca = CertificateAuthority.create()
        first = ensure_server_identity(tmp_path, ca, NOW, names=("bücher.example", "::1"))
        second = ensure_server_identity(tmp_path, ca, NOW, names=("BÜCHER.example", "0:0:0:0:0:0:0:1"))
        assert first.der == second.der

    @pytest.mark.parametrize("file", ["server.pem", "server.key"])
    def test_it_is_replaced_where_it_is_damaged(self, tmp_path: Path, file: str) -> None:
        ca = CertificateAuthority.create()
        ensure_server_identity(tmp_path, ca, NOW)
        (tmp_path / file).write_bytes(b"damaged")
        ensure_server_identity(tmp_path, ca, NOW)
        assert x509.load_pem_x509_certificate((tmp_path / "server.pem").read_bytes())
        Identity.load(tmp_path, "server")
