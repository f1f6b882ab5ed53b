"""From a data directory to a service.

==========================  ==========================================================================
``policies.yaml``           the policies; the example is written where there is none
``applications/NAME.*``     the certificate of each application, issued where there is none
``revoked.crl``             students' certificates that were taken back
``audit.key``               with which Net IDs are hashed for the audit log
==========================  ==========================================================================
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sevis_sim.clock import zone_named
from sevis_sim.pki import (
    CertificateAuthority,
    CertificateFacts,
    Identity,
    NotACertificate,
    PkiError,
    Revocations,
    files,
    read_certificate,
)
from udir_sim.attributes.audit import EligibilityAsked, NetIdHash
from udir_sim.attributes.policy import EXAMPLE, Policies, load_policies
from udir_sim.attributes.service import AttributeService, Found
from udir_sim.attributes.students import Students

if TYPE_CHECKING:
    from sevis_sim.journal import Journal
    from udir_sim.directory import Directory

POLICY_FILE = "policies.yaml"
APPLICATIONS = "applications"
VALID_FROM = datetime(1990, 1, 1, tzinfo=UTC)
"""From when on certificates are valid that are issued here: the interface is of 1999, and so may the clock be."""


class DirectoryRecords:
    """The directory as the service asks it."""

    def __init__(self, directory: "Directory") -> None:
        self._directory = directory

    async def look_up(self, net_id: str) -> Found:
        """Return the records of a Net ID, and of every location the date of its file: one look at the database."""
        # The dates of all locations, whoever is asked for: the work must not tell where somebody studies.
        return await self._directory.database.read(
            lambda tx: Found(tx.records.of_net_id(net_id), tx.loads.created_in_force())
        )


def ensure_policies(folder: Path) -> Path:
    """Return the policy file of a data directory; write the example where there is none.

    Raises:
        PkiError: the folder cannot be written.

    """
    place = folder / POLICY_FILE
    if not place.exists():
        files.write(place, EXAMPLE.read_bytes(), files.PUBLIC)
    return place


def application_identity(folder: Path, name: str) -> Identity:
    """Return the certificate and key that were issued to an application.

    Raises:
        PkiError: there is none, or it is damaged.

    """
    return Identity.load(folder / APPLICATIONS, name)


def application_certificates(
    policies: Policies, policy_file: Path, folder: Path, authority: CertificateAuthority | None
) -> dict[str, CertificateFacts]:
    """Return the certificate of each application that has one.

    Args:
        policies: The applications.
        policy_file: Where they stand; certificates are named relative to it.
        folder: Data directory.
        authority: Who issues certificates to those that have none yet; None issues nothing.

    Raises:
        PkiError: a certificate is missing or damaged, or belongs to two applications.

    """
    found: dict[str, CertificateFacts] = {}
    owners: dict[str, str] = {}
    for name, application in policies.applications.items():
        pem = _own_certificate(name, application.certificate, policy_file, folder, authority)
        if pem is None:
            continue
        try:
            facts = read_certificate(pem)
        except NotACertificate as error:
            raise PkiError(f"the certificate of application {name} cannot be used: {error}") from error
        owner = owners.setdefault(facts.fingerprint, name)
        if owner != name:
            raise PkiError(f"applications {owner} and {name} have one certificate; give each its own")
        found[name] = facts
    return found


def _own_certificate(
    name: str, given: Path | None, policy_file: Path, folder: Path, authority: CertificateAuthority | None
) -> bytes | None:
    if given is not None:
        return files.read(policy_file.parent / given, f"correct `certificate` of application {name} in {policy_file}")
    place = folder / APPLICATIONS / f"{name}.pem"
    if not place.exists():
        if authority is None:
            return None
        authority.issue_client(name, name=name, not_before=VALID_FROM).write(place.parent, ca=authority.pem)
    return files.read(place, "restore it, or delete the files of this application and start again")


def open_service(
    folder: Path,
    directory: "Directory",
    journal: "Journal",
    authority: CertificateAuthority,
    *,
    now: Callable[[], datetime],
    ticks: Callable[[], float],
    issue: bool = True,
) -> AttributeService:
    """Return the service of a data directory.

    The policies are read once: changes count from the next start.

    Args:
        folder: Data directory.
        directory: What is asked.
        journal: Takes the audit entries, as the server's own.
        authority: Issues the certificates of applications, and judges those of students.
        now: The simulated time (aware).
        ticks: Seconds that only grow, such as the event loop's time.
        issue: Whether applications that have no certificate yet get one.

    Raises:
        YamlError: the policy file is wrong.
        PkiError: a certificate, the revocation list or the key of the audit log cannot be used.

    """
    policy_file = ensure_policies(folder)
    policies = load_policies(policy_file)

    async def audit(event: EligibilityAsked, instant: datetime) -> None:
        await journal.record(event.entry(None, instant))

    return AttributeService(
        policies,
        records=DirectoryRecords(directory),
        students=Students(authority, Revocations.load(folder, authority), policies.net_id_from),
        certificates=application_certificates(policies, policy_file, folder, authority if issue else None),
        audit=audit,
        net_id_hash=NetIdHash.of(folder),
        now=now,
        zone=zone_named("America/Los_Angeles"),
        ticks=ticks,
    )


def anchors(certificates: Mapping[str, CertificateFacts]) -> list[bytes]:
    """Return the certificates (PEM) that a TLS listener must let in, whoever issued them."""
    return [facts.pem for facts in certificates.values()]
