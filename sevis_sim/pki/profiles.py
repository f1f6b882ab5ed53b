"""Client certificates by profile: good ones and the broken kinds, described in certs/profiles.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import Literal

from sevis_sim.pki.authority import (
    CLIENT_NOT_AFTER,
    CLIENT_NOT_BEFORE,
    CertificateAuthority,
    KeyKind,
    check_common_name,
)
from sevis_sim.pki.files import PkiError
from sevis_sim.pki.identity import Identity, file_name_of
from sevis_sim.resources import folder


@dataclass(frozen=True, slots=True)
class Profile:
    """How one kind of client certificate is made."""

    summary: str
    issuer: Literal["ca", "other", "self"]
    not_before_days: int | None = None
    """Days from the instant of issue to the begin of validity; None: from 2000."""
    not_after_days: int | None = None
    """Days from the instant of issue to the end of validity; None: to 2099."""


@cache
def profiles() -> Mapping[str, Profile]:
    """Return the profiles of certs/profiles.toml by name."""
    text = (folder("certs") / "profiles.toml").read_text(encoding="utf-8")
    return MappingProxyType({name: Profile(**table) for name, table in tomllib.loads(text).items()})


def issue_by_profile(
    authority: CertificateAuthority,
    profile: str,
    common_name: str,
    at: datetime,
    *,
    name: str | None = None,
    key: KeyKind = "ecdsa",
) -> Identity:
    """Issue a client certificate of a named profile.

    Args:
        authority: The authority that the server trusts.
        profile: A name of `profiles()`.
        common_name: Who it is for.
        at: The instant of issue (aware) that the profile's days count from.
        name: Base name of its files; made from the common name by default.
        key: Kind of key.

    Raises:
        PkiError: no such profile, or a name that no certificate can hold.
    """
    made_as = profiles().get(profile)
    if made_as is None:
        raise PkiError(f"there is no certificate profile {profile!r}; choose one of {', '.join(profiles())}")
    not_before = CLIENT_NOT_BEFORE
    not_after = CLIENT_NOT_AFTER
    if made_as.not_before_days is not None:
        not_before = at + timedelta(days=made_as.not_before_days)
    if made_as.not_after_days is not None:
        not_after = at + timedelta(days=made_as.not_after_days)
    if made_as.issuer == "self":
        return _self_signed(common_name, name or file_name_of(common_name), key, not_before, not_after)
    issuer = authority if made_as.issuer == "ca" else CertificateAuthority.create("Unknown authority")
    return issuer.issue_client(common_name, name=name, key=key, not_before=not_before, not_after=not_after)


def _self_signed(common_name: str, name: str, key_kind: KeyKind, not_before: datetime, not_after: datetime) -> Identity:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    check_common_name(common_name)
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        if key_kind == "rsa"
        else ec.generate_private_key(ec.SECP256R1())
    )
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before.astimezone(UTC))
        .not_valid_after(not_after.astimezone(UTC))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION]),
            critical=False,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Identity(
        name,
        certificate.public_bytes(Encoding.PEM),
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )
