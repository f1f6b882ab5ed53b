"""Server certificates by profile: a good one and those that a client must refuse, described in certs/servers.toml."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from sevis_sim.pki.authority import SERVER_DAYS, SERVER_NAMES, CertificateAuthority
from sevis_sim.pki.files import PkiError
from sevis_sim.pki.identity import Identity
from sevis_sim.resources import folder

if TYPE_CHECKING:
    from cryptography import x509


@dataclass(frozen=True, slots=True)
class ServerProfile:
    """How one kind of server certificate is made."""

    summary: str
    issuer: Literal["ca", "other", "self"]
    not_before_days: int = -1
    not_after_days: int = SERVER_DAYS - 1
    names: Sequence[str] = ()
    """Hosts that it is made out to; empty for those that the server has."""


@cache
def server_profiles() -> Mapping[str, ServerProfile]:
    """Return the profiles of certs/servers.toml by name."""
    text = (folder("certs") / "servers.toml").read_text(encoding="utf-8")
    return MappingProxyType({name: ServerProfile(**table) for name, table in tomllib.loads(text).items()})


def issue_server_by_profile(
    authority: CertificateAuthority, profile: str, wall_now: datetime, names: Sequence[str] = SERVER_NAMES
) -> Identity:
    """Issue a server certificate of a named profile.

    Args:
        authority: The authority that clients trust.
        profile: A name of `server_profiles()`.
        wall_now: The true time (aware) that the profile's days count from.
        names: Host names and addresses of the server.

    Raises:
        PkiError: no such profile.

    """
    made_as = server_profiles().get(profile)
    if made_as is None:
        known = ", ".join(server_profiles())
        raise PkiError(f"there is no profile {profile!r} of server certificates; choose one of {known}")
    begin = wall_now + timedelta(days=made_as.not_before_days)
    days = made_as.not_after_days - made_as.not_before_days
    hosts = made_as.names or names
    if made_as.issuer == "self":
        return _self_signed(hosts, begin, begin + timedelta(days=days))
    issuer = authority if made_as.issuer == "ca" else CertificateAuthority.create("Unknown authority")
    return issuer.issue_server(begin + timedelta(days=1), hosts, days)


def _self_signed(names: Sequence[str], begin: datetime, end: datetime) -> Identity:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    alternatives = [_alternative(name) for name in names]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin.astimezone(UTC))
        .not_valid_after(end.astimezone(UTC))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Identity("server", certificate.public_bytes(Encoding.PEM), pem)


def _alternative(name: str) -> "x509.GeneralName":
    import ipaddress

    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
