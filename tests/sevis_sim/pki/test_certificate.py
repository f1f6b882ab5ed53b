"""Reading what users send for registration."""

import base64
import hashlib
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs7,
)
from cryptography.x509 import load_pem_x509_certificate
from hypothesis import given
from hypothesis import strategies as st

from sevis_sim.pki import CertificateAuthority, NotACertificate, read_certificate

CA = CertificateAuthority.create()
IDENTITY = CA.issue_client(
    "Lin Sample", not_before=datetime(2025, 1, 2, tzinfo=UTC), not_after=datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
)
PEM = IDENTITY.certificate_pem


def key_der(form: PrivateFormat) -> bytes:
    return load_pem_private_key(IDENTITY.key_pem, None).private_bytes(Encoding.DER, form, NoEncryption())


@pytest.mark.parametrize(
    "data",
    [
        PEM,
        PEM.replace(b"\n", b"\r\n"),
        b"Bag Attributes\n  friendlyName: lin\n" + PEM,
        PEM.replace(b"BEGIN CERT", b"BEGIN X509 CERT").replace(b"END CERT", b"END X509 CERT"),
        b"\xef\xbb\xbf" + PEM,
        PEM.decode().encode("utf-16"),
        IDENTITY.der,
        base64.encodebytes(IDENTITY.der),
    ],
    ids=["pem", "crlf", "openssl's bag attributes", "old label", "utf-8 bom", "utf-16", "der", "bare base64"],
)
def test_every_usual_form_of_one_certificate_is_read(data: bytes) -> None:
    facts = read_certificate(data)
    assert facts.fingerprint == IDENTITY.fingerprint == hashlib.sha256(IDENTITY.der).hexdigest()
    assert read_certificate(facts.pem) == facts


def test_the_facts_are_those_of_the_certificate() -> None:
    facts = read_certificate(PEM)
    assert "CN=Lin Sample" in facts.subject
    assert facts.issuer == read_certificate(CA.pem).subject
    assert facts.not_before == datetime(2025, 1, 2, tzinfo=UTC)
    assert facts.not_after == datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert facts.serial == f"{load_pem_x509_certificate(PEM).serial_number:x}"
    assert (facts.self_signed, facts.is_ca, facts.key) == (False, False, "EC secp256r1")
    assert "clientAuth" in facts.usages


def test_an_authority_is_told_from_a_leaf() -> None:
    facts = read_certificate(CA.pem)
    assert (facts.self_signed, facts.is_ca, facts.usages) == (True, True, ())


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (IDENTITY.p12("changeit"), r"\.p12"),
        (IDENTITY.key_pem, "private key"),
        (PEM + IDENTITY.key_pem, "private key"),
        (key_der(PrivateFormat.PKCS8), "private key"),
        (key_der(PrivateFormat.TraditionalOpenSSL), "private key"),
        (PEM + CA.pem, "2 certificates"),
        (pkcs7.serialize_certificates([load_pem_x509_certificate(PEM)], Encoding.DER), r"\.p7b"),
        (pkcs7.serialize_certificates([load_pem_x509_certificate(PEM)], Encoding.PEM), "pkcs7"),
        (b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "public key, not a certificate"),
        (PEM[:300], "cut off"),
        (PEM.replace(b"M", b"*"), "Base-64 text is damaged"),
        (IDENTITY.der[:200], "not an X.509 certificate"),
        (b"<html>hello</html>", "not an X.509 certificate"),
        (b"\x30\x82" + b"a" * 70_000, "too many"),
    ],
)
def test_anything_else_is_refused_with_the_reason_in_one_line(data: bytes, reason: str) -> None:
    with pytest.raises(NotACertificate, match=reason) as caught:
        read_certificate(data)
    assert "\n" not in str(caught.value)


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail_in_another_way(data: bytes) -> None:
    with pytest.raises(NotACertificate):
        read_certificate(data)


@given(st.integers(0, len(IDENTITY.der) - 1), st.integers(1, 255))
def test_a_flipped_byte_is_another_certificate_or_none(position: int, flip: int) -> None:
    damaged = bytearray(IDENTITY.der)
    damaged[position] ^= flip
    try:
        facts = read_certificate(bytes(damaged))
    except NotACertificate:
        return
    assert facts.fingerprint != IDENTITY.fingerprint
