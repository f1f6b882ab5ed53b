"""From a student's certificate to the Net ID in it: tests 2 and 3 (udir.md 6.2, certificate mode)."""

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509

from sevis_sim.pki import (
    CertificateAuthority,
    CertificateFacts,
    Identity,
    NotACertificate,
    Revocations,
    issue_personal,
    read_certificate,
    subject_value,
)
from sevis_sim.pki.identity import file_name_of
from udir_sim.attributes.policy import PLACES

MAX_NET_ID = 10
"""Length of field D06."""
STUDENT_NOT_BEFORE = datetime.fromisoformat("1990-01-01T00:00:00+00:00")
"""Certificates of invented students are valid on every day that a UDIRSTUD file can speak of."""

_CLIENT_USES = {"clientAuth", "anyExtendedKeyUsage"}


class CertificateRefused(Exception):
    """A certificate that says nothing about its holder; the message is one line that says why."""


class NetIdRefused(Exception):
    """A Net ID that is missing or cannot be one; the message is one line."""


def plain_net_id(text: str | None) -> str:
    """Return a Net ID as the directory is asked for it: without the padding, in upper case.

    The interface wants upper case, but campuses have lower-case habits: compare case-blind (udir.md 5, row 26).

    Raises:
        NetIdRefused: it is missing, too long, or has characters that none has.

    """
    plain = (text or "").rstrip(" ")
    if not plain:
        raise NetIdRefused("there is no Net ID")
    if len(plain) > MAX_NET_ID:
        raise NetIdRefused(f"a Net ID has at most {MAX_NET_ID} characters; this one has {len(plain)}")
    if not all("!" <= character <= "~" for character in plain):
        raise NetIdRefused("a Net ID has no blanks inside, and ASCII characters only")
    return plain.upper()


class Students:
    """Judges the certificates of students, all of one test authority."""

    def __init__(self, authority: CertificateAuthority, revocations: Revocations, places: Sequence[str]) -> None:
        """Make a judge.

        Args:
            authority: Who issues students' certificates.
            revocations: Its revocation list.
            places: Where a certificate holds the Net ID: names of `PLACES` or object identifiers. The first that a
                certificate has counts.

        """
        self._authority = authority
        self._revocations = revocations
        self._places = tuple(PLACES.get(place, place) for place in places)

    def revoked(self, facts: CertificateFacts) -> bool:
        """Tell whether the authority has taken a certificate back, whoever's it is."""
        return self._authority.issued(facts.pem) and self._revocations.revoked(
            x509.load_pem_x509_certificate(facts.pem)
        )

    def net_id(self, certificate: bytes, instant: datetime) -> str | None:
        """Return the Net ID in a certificate as it stands there; None where it has none.

        Args:
            certificate: One certificate, PEM or DER.
            instant: When it must be valid (aware).

        Raises:
            CertificateRefused: it is no certificate, not valid at the instant, revoked, of another authority, or not
                one for clients.

        """
        try:
            facts = read_certificate(certificate)
        except NotACertificate as error:
            raise CertificateRefused(str(error)) from error
        if facts.is_ca:
            raise CertificateRefused("this is the certificate of an authority; send the student's own")
        if not self._authority.issued(facts.pem):
            raise CertificateRefused("another authority issued the certificate, or the student did; this one must")
        if not facts.valid_at(instant):
            raise CertificateRefused(
                f"the certificate is valid from {facts.not_before:%Y-%m-%d} to {facts.not_after:%Y-%m-%d}, "
                f"and this is {instant:%Y-%m-%d}; renew it"
            )
        if self.revoked(facts):
            raise CertificateRefused("the certificate was revoked; issue a new one")
        if facts.usages and not _CLIENT_USES & set(facts.usages):
            raise CertificateRefused(f"the certificate is for {', '.join(facts.usages)}, not for clients")
        parsed = x509.load_pem_x509_certificate(facts.pem)
        found = (subject_value(parsed, place) for place in self._places)
        return next((value for value in found if value is not None), None)


def issue_student(
    authority: CertificateAuthority, net_id: str, at: datetime, *, place: str = "UID", profile: str = "valid"
) -> Identity:
    """Issue the certificate of an invented student.

    Args:
        authority: The test authority.
        net_id: The Net ID; ``""`` for a certificate without one.
        at: The instant of issue (aware).
        place: Where the Net ID stands: a name of `PLACES` or an object identifier.
        profile: How the certificate is made: a name of `sevis_sim.pki.profiles`.

    Raises:
        PkiError: a value that no certificate can hold, or no such profile.

    """
    oid = PLACES.get(place, place)
    subject = {oid: net_id} if net_id and oid != PLACES["CN"] else {}
    holder = net_id if net_id and oid == PLACES["CN"] else "Invented student"
    return issue_personal(
        authority,
        holder,
        subject,
        at,
        profile=profile,
        name=file_name_of(net_id or "student"),
        not_before=STUDENT_NOT_BEFORE,
    )
