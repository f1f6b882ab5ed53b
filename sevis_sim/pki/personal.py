"""Certificates of persons: any parts of the subject, and a revocation list that takes them back."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from sevis_sim.pki import files
from sevis_sim.pki.authority import CLIENT_NOT_AFTER, CLIENT_NOT_BEFORE, CertificateAuthority, check_common_name
from sevis_sim.pki.files import PkiError
from sevis_sim.pki.identity import Identity, file_name_of
from sevis_sim.pki.profiles import profile_named, unsigned

REVOCATIONS = "revoked.crl"
"""Name of an authority's revocation list beside its ``ca.pem``."""


def issue_personal(
    authority: CertificateAuthority,
    common_name: str,
    subject: Mapping[str, str],
    at: datetime,
    *,
    profile: str = "valid",
    name: str | None = None,
    not_before: datetime = CLIENT_NOT_BEFORE,
) -> Identity:
    """Issue a certificate whose subject has more parts than a common name.

    Args:
        authority: The authority that the server trusts.
        common_name: Who it is for.
        subject: More parts of the subject: dotted object identifier and value.
        at: The instant of issue (aware) that the profile's days count from.
        profile: How it is made: a name of `profiles()`.
        name: Base name of its files; made from the common name by default.
        not_before: Begin of validity (aware) where the profile says none.

    Raises:
        PkiError: no such profile, or a value that no certificate can hold.
    """
    made_as = profile_named(profile)
    check_common_name(common_name)
    begin, end = made_as.validity(at, not_before)
    key = ec.generate_private_key(ec.SECP256R1())
    try:
        parts = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
        parts += [x509.NameAttribute(x509.ObjectIdentifier(oid), value) for oid, value in subject.items()]
        holder = x509.Name(parts)
    except ValueError as error:
        raise PkiError(f"no certificate can hold {common_name!r} with {dict(subject)}: {error}; correct it") from error
    usages = x509.ExtendedKeyUsage(made_as.usages()[:1])  # not for e-mail
    builder = unsigned(holder, key, begin, end).add_extension(usages, critical=False)
    sent, issuer = made_as.sign(authority, builder, key, holder)
    key_pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Identity(name or file_name_of(common_name), sent, key_pem, issuer)


def subject_value(certificate: x509.Certificate, oid: str) -> str | None:
    """Return a part of a certificate's subject by its object identifier; None where it has none."""
    for part in certificate.subject:
        if part.oid.dotted_string == oid:
            return part.value if isinstance(part.value, str) else part.value.decode("latin-1")
    return None


class Revocations:
    """The revocation list of an authority (RFC 5280 section 5)."""

    def __init__(self, revoked: x509.CertificateRevocationList | None = None) -> None:
        self._revoked = revoked

    @classmethod
    def load(cls, folder: Path, authority: CertificateAuthority) -> "Revocations":
        """Read the list beside an authority's certificate; where there is none, nothing is revoked.

        Raises:
            PkiError: the list is damaged, or another authority's.
        """
        place = folder / REVOCATIONS
        if not place.exists():
            return cls()
        remedy = "restore it, or delete it (then nothing is revoked)"
        try:
            revoked = x509.load_pem_x509_crl(files.read(place, remedy))
        except ValueError as error:
            raise PkiError(f"{place} is not a revocation list in PEM form; {remedy}") from error
        if not authority.signed_revocations(revoked):
            raise PkiError(f"{place} is not the list of this authority; {remedy}")
        return cls(revoked)

    def revoked(self, certificate: x509.Certificate) -> bool:
        """Tell whether a certificate of the authority was taken back."""
        number = certificate.serial_number
        return self._revoked is not None and self._revoked.get_revoked_certificate_by_serial_number(number) is not None

    def revoke(self, certificate: x509.Certificate, authority: CertificateAuthority, at: datetime) -> "Revocations":
        """Return the list with one more certificate.

        Args:
            certificate: What is taken back.
            authority: Who issued it and signs the list.
            at: The instant of revocation (aware).

        Raises:
            PkiError: another authority issued the certificate.
        """
        if not authority.issued(certificate.public_bytes(Encoding.PEM)):
            raise PkiError("the certificate was not issued by this authority, which can take back its own only")
        builder = x509.CertificateRevocationListBuilder().last_update(at).next_update(CLIENT_NOT_AFTER)
        entries = {entry.serial_number: entry for entry in self._revoked or ()}
        new = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number).revocation_date(at).build()
        for entry in {certificate.serial_number: new, **entries}.values():
            builder = builder.add_revoked_certificate(entry)
        return Revocations(authority.sign_revocations(builder))

    def save(self, folder: Path) -> Path:
        """Write the list; return where.

        Raises:
            PkiError: the folder cannot be written.
        """
        place = folder / REVOCATIONS
        if self._revoked is not None:
            files.write(place, self._revoked.public_bytes(Encoding.PEM), files.PUBLIC)
        return place
