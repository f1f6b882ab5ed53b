"""The certificate authority of a data directory: create, save, load, issue."""

import ipaddress
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from sevis_sim.pki import files
from sevis_sim.pki.files import PkiError
from sevis_sim.pki.identity import Identity, file_name_of

if TYPE_CHECKING:
    import trustme

KeyKind = Literal["ecdsa", "rsa"]

SERVER_NAMES = ("localhost", "127.0.0.1", "::1")
"""What a server certificate is valid for unless other names are given."""
SERVER_DAYS = 397
"""Life of a server certificate in days: the longest that current browsers and TLS libraries accept."""
RENEW_DAYS = 30
"""A server certificate with fewer days left is renewed."""
CLIENT_NOT_BEFORE = datetime(2000, 1, 1, tzinfo=UTC)
"""Client certificates are judged on a simulated clock, so they cover every year that a test may choose."""
CLIENT_NOT_AFTER = datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC)

_CERTIFICATE = files.AUTHORITY
_KEY = "ca.key"
_MAX_COMMON_NAME = 64  # RFC 5280 appendix A.1, ub-common-name


class CertificateAuthority:
    """A certificate authority. You obtain one from `create`, `load` or `ensure`."""

    def __init__(self, pem: bytes, key_pem: bytes) -> None:
        self.pem = pem
        """Its certificate: what clients must trust."""
        self._key_pem = key_pem

    def __repr__(self) -> str:
        return "CertificateAuthority()"  # the key must not reach a log

    @classmethod
    def create(cls, organization: str = "Test certificates") -> Self:
        """Make a new authority (ECDSA) in memory; its subject is unique."""
        import trustme

        made = trustme.CA(organization_name=organization)
        authority = cls(made.cert_pem.bytes(), made.private_key_pem.bytes())
        authority.__dict__["_issuer"] = made  # fills the cached property: no need to read the PEM text again
        return authority

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read ``ca.pem`` and ``ca.key``.

        Raises:
            PkiError: one of them is missing or damaged, or they do not belong together.
        """
        certificate, key = folder / _CERTIFICATE, folder / _KEY
        remedy = f"restore it, or delete {_CERTIFICATE} and {_KEY} and start again (certificates issued so far end)"
        pem, key_pem = files.read(certificate, remedy), files.read(key, remedy)
        try:
            parsed = x509.load_pem_x509_certificate(pem)
            is_ca = parsed.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension) as error:
            raise PkiError(f"{certificate} is not the certificate of an authority; {remedy}") from error
        if not is_ca:
            raise PkiError(f"{certificate} is not the certificate of an authority; {remedy}")
        try:
            private = load_pem_private_key(key_pem, None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise PkiError(f"{key} is damaged or encrypted; {remedy}") from error
        form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        if private.public_key().public_bytes(*form) != parsed.public_key().public_bytes(*form):
            raise PkiError(f"{key} does not belong to {_CERTIFICATE}; {remedy}")
        return cls(pem, key_pem)

    @classmethod
    def ensure(cls, folder: Path) -> Self:
        """Load the authority of a folder, or create and save one where there is none yet.

        Raises:
            PkiError: as `load` and `save`.
        """
        if (folder / _CERTIFICATE).exists() or (folder / _KEY).exists():
            return cls.load(folder)
        authority = cls.create()
        authority.save(folder)
        return authority

    def save(self, folder: Path) -> None:
        """Write ``ca.key`` (mode 0600) and ``ca.pem``.

        Raises:
            PkiError: the folder cannot be written or holds another authority.
        """
        certificate = folder / _CERTIFICATE
        files.refuse_other_authority(certificate, self.pem)
        files.write(folder / _KEY, self._key_pem, files.PRIVATE)
        files.write(certificate, self.pem, files.PUBLIC)

    def issued(self, certificate_pem: bytes) -> bool:
        """Tell whether this authority signed a certificate."""
        try:
            x509.load_pem_x509_certificate(certificate_pem).verify_directly_issued_by(self._certificate)
        except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
            return False
        return True

    def named_by(self, certificate_pem: bytes) -> bool:
        """Tell whether a certificate says that this authority signed it, by name and key (RFC 5280 section 4.2.1.1).

        Enough for a certificate that lies beside the authority in a folder of our own, whose key has been seen to fit.
        What others send is asked `issued`, which looks at the signature; a start is a tenth faster without that.
        """
        try:
            certificate = x509.load_pem_x509_certificate(certificate_pem)
            named = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
            own = self._certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
        except x509.ExtensionNotFound:
            return self.issued(certificate_pem)
        except (ValueError, x509.DuplicateExtension):
            return False
        return certificate.issuer == self._certificate.subject and named == own

    def sign(self, builder: x509.CertificateBuilder) -> x509.Certificate:
        """Issue a certificate of any other shape; what it says of its issuer is filled in."""
        issuer = self._certificate
        identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        return (
            builder.issuer_name(issuer.subject)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
            .sign(self._key, SHA256())
        )

    def intermediate(self) -> "CertificateAuthority":
        """Make an authority whose own certificate this one signed."""
        child = self._issuer.create_child_ca()
        return CertificateAuthority(child.cert_pem.bytes(), child.private_key_pem.bytes())

    def sign_revocations(self, builder: x509.CertificateRevocationListBuilder) -> x509.CertificateRevocationList:
        """Sign a list of revoked certificates; what it says of its issuer is filled in."""
        return builder.issuer_name(self._certificate.subject).sign(self._key, SHA256())

    def signed_revocations(self, revocations: x509.CertificateRevocationList) -> bool:
        """Tell whether this authority signed a list of revoked certificates."""
        return revocations.is_signature_valid(self._key.public_key())

    def issue_server(
        self,
        wall_now: datetime,
        names: Sequence[str] = SERVER_NAMES,
        days: int = SERVER_DAYS,
        name: str = "server",
        key: KeyKind = "ecdsa",
    ) -> Identity:
        """Issue a server certificate.

        Args:
            wall_now: The true time (aware), for clients judge servers by their own clocks.
            names: Host names and addresses.
            days: Life in days, of which one lies in the past for clients whose clocks are slow.
            name: Base name of its files.
            key: Kind of key.

        Raises:
            PkiError: a name that no certificate can hold.
        """
        start = wall_now - timedelta(days=1)
        return self._issue(name, names[0], names, key, start, start + timedelta(days=days))

    def issue_client(
        self,
        common_name: str,
        *,
        name: str | None = None,
        email: str | None = None,
        key: KeyKind = "ecdsa",
        not_before: datetime = CLIENT_NOT_BEFORE,
        not_after: datetime = CLIENT_NOT_AFTER,
    ) -> Identity:
        """Issue a client certificate.

        Args:
            common_name: Who it is for, 1 to 64 characters.
            name: Base name of its files; made from the common name by default.
            email: Address inside it, as personal certificates have one; an invented one by default.
            key: Kind of key. RSA (2048 bit) takes some 100 ms to make, ECDSA well below 1 ms.
            not_before: First instant of validity (aware).
            not_after: Last instant of validity (aware).

        Raises:
            PkiError: a name or period that no certificate can hold.
        """
        name = name or file_name_of(common_name)
        email = email or f"{re.sub('[^a-z0-9]+', '.', common_name.lower()).strip('.') or 'client'}@example.test"
        return self._issue(name, common_name, [email], key, not_before, not_after)

    def _issue(
        self,
        name: str,
        common_name: str,
        alternative_names: Sequence[str],
        key: KeyKind,
        not_before: datetime,
        not_after: datetime,
    ) -> Identity:
        import trustme

        check_common_name(common_name)
        if not_before >= not_after:
            raise PkiError(f"a certificate cannot end ({not_after}) before it begins ({not_before}); swap the dates")
        try:
            leaf = self._issuer.issue_cert(
                *alternative_names,
                common_name=common_name,
                organization_name="Test certificates",
                not_before=_utc(not_before),
                not_after=_utc(not_after),
                key_type=trustme.KeyType.RSA if key == "rsa" else trustme.KeyType.ECDSA,
            )
        except ValueError as error:  # also idna.IDNAError
            raise PkiError(f"no certificate can hold {', '.join(alternative_names)}: {error}; correct it") from error
        certificate = b"".join(blob.bytes() for blob in leaf.cert_chain_pems)
        return Identity(name, certificate, _pkcs8(leaf.private_key_pem.bytes()), self.pem)

    @cached_property
    def _issuer(self) -> "trustme.CA":
        import trustme

        return trustme.CA.from_pem(self.pem, self._key_pem)

    @cached_property
    def _certificate(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.pem)

    @cached_property
    def _key(self) -> ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey:
        key = load_pem_private_key(self._key_pem, None)
        if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
            raise PkiError("the key of the authority is neither ECDSA nor RSA; make a new authority")
        return key


def ensure_server_identity(
    folder: Path,
    authority: CertificateAuthority,
    wall_now: datetime,
    names: Sequence[str] = SERVER_NAMES,
    name: str = "server",
) -> Identity:
    """Return a folder's server identity; issue and write a new one if it is missing, damaged or soon to expire.

    A new one is also made when it is another authority's or does not cover all names: clients trust the
    authority, so nothing that they hold changes.

    Args:
        folder: Data directory.
        authority: Who issues it.
        wall_now: The true time (aware).
        names: Host names and addresses that it must be valid for.
        name: Base name of its files.

    Raises:
        PkiError: the folder cannot be written.
    """
    try:
        identity = Identity.load(folder, name)
    except PkiError:
        identity = None
    if identity is not None and _serves(identity, authority, wall_now, names):
        return identity
    identity = authority.issue_server(wall_now, names, name=name)
    identity.write(folder)
    return identity


def _serves(identity: Identity, authority: CertificateAuthority, wall_now: datetime, names: Sequence[str]) -> bool:
    certificate = x509.load_pem_x509_certificate(identity.certificate_pem)
    try:
        alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    covered = {str(value) for value in alternatives.get_values_for_type(x509.DNSName)}
    covered |= {str(value) for value in alternatives.get_values_for_type(x509.IPAddress)}
    return (
        certificate.not_valid_before_utc <= wall_now <= certificate.not_valid_after_utc - timedelta(days=RENEW_DAYS)
        and {_canonical(value) for value in names} <= covered
        and authority.named_by(identity.certificate_pem)
    )


def _canonical(host: str) -> str:
    """Spell a host as certificates do: addresses in their short form, names as ASCII in lower case."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return host.lower() if host.isascii() else host.encode("idna").decode("ascii")


def check_common_name(common_name: str) -> None:
    """Raise PkiError unless a certificate can hold a common name."""
    if not 1 <= len(common_name) <= _MAX_COMMON_NAME:
        raise PkiError(
            f"a common name has 1 to {_MAX_COMMON_NAME} characters, not {len(common_name)}; choose another one"
        )
    if not common_name.isprintable():
        raise PkiError(f"the common name {common_name!r} has a character that cannot be printed; leave it out")


def _pkcs8(key_pem: bytes) -> bytes:
    """Turn a key into the PKCS #8 form: unlike the older forms every TLS library reads it."""
    key = load_pem_private_key(key_pem, None)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise PkiError(f"the instant {instant} has no UTC offset; give one")
    return instant.astimezone(UTC)
