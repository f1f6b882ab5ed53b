"""Client certificates by profile: good ones and the broken kinds, described in certs/profiles.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

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

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec, rsa


@dataclass(frozen=True, slots=True)
class Profile:
    """How one kind of client certificate is made, and what the server knows of it."""

    summary: str
    issuer: Literal["ca", "intermediate", "other", "self"]
    key: KeyKind = "ecdsa"
    chain: bool = True
    """Whether a client sends the certificate of the intermediate authority along."""
    usage: Literal["client", "server"] = "client"
    not_before_days: int | None = None
    """Days from the instant of issue to the begin of validity; None: from 2000."""
    not_after_days: int | None = None
    """Days from the instant of issue to the end of validity; None: to 2099."""
    status: Literal["registered", "unregistered", "revoked", "elsewhere"] = "registered"
    """What becomes of it after the issue: registered for the organizations asked for, for none, revoked, or registered
    for organizations other than those asked for."""
    handshake: Literal["completes", "dies"] = "completes"
    """Whether a server that was not told to trust this one certificate finishes the handshake."""

    def validity(self, at: datetime, not_before: datetime = CLIENT_NOT_BEFORE) -> tuple[datetime, datetime]:
        """Return begin and end of validity of a certificate issued at an instant (aware)."""
        begin, end = not_before, CLIENT_NOT_AFTER
        if self.not_before_days is not None:
            begin = at + timedelta(days=self.not_before_days)
        if self.not_after_days is not None:
            end = at + timedelta(days=self.not_after_days)
        return begin, end

    def usages(self) -> "list[x509.ObjectIdentifier]":
        """Return the extended key usages."""
        from cryptography.x509.oid import ExtendedKeyUsageOID as Usage

        return [Usage.SERVER_AUTH] if self.usage == "server" else [Usage.CLIENT_AUTH, Usage.EMAIL_PROTECTION]

    def sign(
        self,
        authority: CertificateAuthority,
        builder: "x509.CertificateBuilder",
        key: "ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey",
        subject: "x509.Name",
    ) -> tuple[bytes, bytes]:
        """Sign a certificate that is complete but for its issuer.

        Returns:
            PEM of what a client sends (its own certificate first), and of the authority at the end of the chain.

        """
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.serialization import Encoding

        if self.issuer == "self":
            return builder.issuer_name(subject).sign(key, hashes.SHA256()).public_bytes(Encoding.PEM), b""
        issuer, between = authority, b""
        if self.issuer == "other":
            issuer = CertificateAuthority.create("Unknown authority")
        elif self.issuer == "intermediate":
            issuer = authority.intermediate()
            between = issuer.pem if self.chain else b""
        end = issuer.pem if self.issuer == "other" else authority.pem
        return issuer.sign(builder).public_bytes(Encoding.PEM) + between, end


@cache
def profiles() -> Mapping[str, Profile]:
    """Return the profiles of certs/profiles.toml by name."""
    text = (folder("certs") / "profiles.toml").read_text(encoding="utf-8")
    return MappingProxyType({name: Profile(**table) for name, table in tomllib.loads(text).items()})


def profile_named(name: str) -> Profile:
    """Return a profile; PkiError names those that there are."""
    found = profiles().get(name)
    if found is None:
        raise PkiError(f"there is no certificate profile {name!r}; choose one of {', '.join(profiles())}")
    return found


def issue_by_profile(
    authority: CertificateAuthority,
    profile: str | Profile,
    common_name: str,
    at: datetime,
    *,
    name: str | None = None,
    key: KeyKind | None = None,
) -> Identity:
    """Issue a client certificate of a named profile.

    Args:
        authority: The authority that the server trusts.
        profile: A name of `profiles()`, or one of your own.
        common_name: Who it is for.
        at: The instant of issue (aware) that the profile's days count from.
        name: Base name of its files; made from the common name by default.
        key: Kind of key; None as the profile says.

    Raises:
        PkiError: no such profile, or a name that no certificate can hold.
    """
    made_as = profile_named(profile) if isinstance(profile, str) else profile
    begin, end = made_as.validity(at)
    key = key or made_as.key
    if made_as.issuer == "ca" and made_as.usage == "client":
        return authority.issue_client(common_name, name=name, key=key, not_before=begin, not_after=end)
    check_common_name(common_name)

    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.x509.oid import NameOID

    private = _private_key(key)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    builder = unsigned(subject, private, begin, end).add_extension(
        x509.ExtendedKeyUsage(made_as.usages()), critical=False
    )
    sent, issuer = made_as.sign(authority, builder, private, subject)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Identity(name or file_name_of(common_name), sent, pem, issuer)


def unsigned(
    subject: "x509.Name", key: "ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey", begin: datetime, end: datetime
) -> "x509.CertificateBuilder":
    """Return a client certificate that lacks only its usages and its issuer."""
    from cryptography import x509

    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin.astimezone(UTC))
        .not_valid_after(end.astimezone(UTC))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _private_key(kind: KeyKind) -> "ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey":
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP256R1())
