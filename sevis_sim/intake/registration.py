"""Registration of a certificate for an organization, as its PDSO or RO does in RTI (Reference Manual 2005 §2.2.2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sevis_sim.pki import CertificateFacts, NotACertificate, Profile, read_certificate
from sevis_sim.sandbox import Sandbox
from sevis_sim.sandbox.happenings import CertificateRegistered
from sevis_sim.store import Transaction


@dataclass(frozen=True, slots=True)
class Registration:
    """A certificate that now stands for an organization."""

    facts: CertificateFacts
    org_id: str
    imported: bool
    """Whether the certificate was new to the simulator: TLS must then trust it as its own anchor."""


class RegistrationRefused(Exception):
    """RTI does not take the certificate; the message says why and what to do."""


async def register(sandbox: Sandbox, data: bytes, org_id: str, name: str = "imported") -> Registration:
    """Register a .cer or .pem file for an organization of the sandbox.

    Raises:
        RegistrationRefused: it is no certificate, has expired by the sandbox's clock, belongs to another sandbox, is
            registered for this organization already, or the organization is unknown or not active.

    """
    try:
        facts = read_certificate(data)
    except NotACertificate as error:
        raise RegistrationRefused(str(error)) from error
    now = sandbox.now()
    if facts.not_after < now:
        raise RegistrationRefused(
            f"the certificate expired on {facts.not_after:%Y-%m-%d}; the simulated day is {now:%Y-%m-%d}"
        )

    def work(tx: Transaction) -> Registration:
        organization = tx.organizations.get(sandbox.name, org_id)
        if organization is None:
            known = ", ".join(o.id for o in tx.organizations.list(sandbox.name)) or "none"
            raise RegistrationRefused(f"no organization {org_id!r} exists in sandbox {sandbox.name}; known: {known}")
        if not organization.active:
            raise RegistrationRefused(f"{org_id} is not active in SEVIS, so it cannot register a certificate")
        stored = tx.certificates.get(facts.fingerprint)
        if stored is not None and stored.sandbox != sandbox.name:
            raise RegistrationRefused(
                f"the certificate belongs to sandbox {stored.sandbox}; a certificate decides its sandbox"
            )
        if stored is None:
            enroll(tx, sandbox, facts, name)
        elif org_id in tx.certificates.registrations(facts.fingerprint):
            raise RegistrationRefused(f"the certificate is registered for {org_id} already")
        tx.certificates.register(facts.fingerprint, org_id, now)
        tx.certificates.make_anchor(facts.fingerprint)
        sandbox.note(
            tx,
            CertificateRegistered(
                certificate=facts.fingerprint,
                organization=org_id,
                name=facts.subject,
                issuer=facts.issuer,
                not_after=facts.not_after,
            ),
            now,
        )
        return Registration(facts, org_id, imported=stored is None)

    return await sandbox.store.run(work)


def make_known(
    tx: Transaction,
    sandbox: Sandbox,
    facts: CertificateFacts,
    name: str,
    organizations: Iterable[str] = (),
    *,
    anchor: bool = True,
) -> None:
    """Bind a certificate to a sandbox and register it without RTI's checks; what is known or registered stays so."""
    enroll(tx, sandbox, facts, name, anchor=anchor)
    registered = tx.certificates.registrations(facts.fingerprint)
    for org_id in organizations:
        if org_id not in registered:
            tx.certificates.register(facts.fingerprint, org_id, sandbox.now())


def settle_status(
    tx: Transaction, sandbox: Sandbox, fingerprint: str, profile: Profile, organizations: Sequence[str]
) -> None:
    """Register, do not register or revoke a certificate that is known, as its profile says.

    Args:
        tx: where.
        sandbox: whose clock is now.
        fingerprint: which certificate.
        profile: how it was made.
        organizations: those that it is asked for; a profile may want all others instead.

    """
    holders: Iterable[str] = organizations
    if profile.status == "unregistered":
        holders = ()
    elif profile.status == "elsewhere":
        holders = [o.id for o in tx.organizations.list(sandbox.name) if o.id not in organizations]
    registered = tx.certificates.registrations(fingerprint)
    for org_id in holders:
        if org_id not in registered:
            tx.certificates.register(fingerprint, org_id, sandbox.now())
    if profile.status == "revoked":
        tx.certificates.revoke(fingerprint, sandbox.now())


def enroll(tx: Transaction, sandbox: Sandbox, facts: CertificateFacts, name: str, *, anchor: bool = True) -> None:
    """Bind a certificate to a sandbox, before or without any registration; one that is bound to it already stays.

    ``anchor`` says whether TLS takes it as its own trust anchor.

    Raises:
        DuplicateCertificate: it is bound to another sandbox.
    """
    tx.certificates.add(
        sandbox.name,
        fingerprint=facts.fingerprint,
        name=name,
        pem=facts.pem.decode("ascii"),
        subject=facts.subject,
        issuer=facts.issuer,
        serial=facts.serial,
        not_before=facts.not_before,
        not_after=facts.not_after,
        anchor=anchor,
    )
