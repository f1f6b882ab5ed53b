"""Client certificates over the control API: issue, list, register, revoke, export, forget."""

from aiohttp import web

from sevis_sim.control import models
from sevis_sim.control.requests import Problem, Resources, body_of, served_by
from sevis_sim.intake import make_known, register, settle_status
from sevis_sim.pki import PkiError, issue_by_profile, profile_named, read_certificate
from sevis_sim.sandbox.sandbox_events import CertificateIssued, CertificateRevoked
from sevis_sim.store import StoredCertificate, Transaction


async def list_certificates(resources: Resources, request: web.Request) -> list[models.CertificateOut]:
    """Client certificates with the organizations they are registered for."""
    name = served_by(resources, request).sandbox.name
    return await resources.store.read(lambda tx: [_certificate(tx, each) for each in tx.certificates.list(name)])


async def show_certificate(resources: Resources, request: web.Request) -> models.CertificateOut:
    """One certificate, by its fingerprint or the beginning of it."""
    found = await _found(resources, request)
    return await resources.store.read(lambda tx: _certificate(tx, found))


async def issue_certificate(resources: Resources, request: web.Request) -> models.IssuedOut:
    """Issue a client certificate of a profile, bound to this sandbox. Its key is told only here.

    Organizations are those that it shall be registered for, or that shall not have it, as the profile says. Nothing of
    RTI is asked: this makes expired and revoked ones too.
    """
    sandbox, body = served_by(resources, request).sandbox, await body_of(request, models.IssueCertificate)
    profile, common_name = profile_named(body.profile), body.common_name or f"SEVIS test client ({body.profile})"
    known = {o.id for o in await resources.store.read(lambda tx: tx.organizations.list(sandbox.name))}
    if unknown := sorted(set(body.organizations) - known):
        words = f"there is no organization {unknown[0]!r}; there are: {', '.join(sorted(known)) or 'none'}"
        raise Problem(422, "No such organization", words, "organizations")
    try:
        identity = issue_by_profile(
            resources.authority(), body.profile, common_name, sandbox.now(), name=body.name, key=body.key
        )
    except PkiError as error:
        raise Problem(422, "The certificate cannot be issued", str(error), "common_name") from error
    facts, trusted = read_certificate(identity.der), body.trusted or profile.handshake == "completes"

    def work(tx: Transaction) -> models.CertificateOut:
        make_known(tx, sandbox, facts, identity.name, anchor=trusted)
        settle_status(tx, sandbox, facts.fingerprint, profile, body.organizations)
        sandbox.note(tx, CertificateIssued(certificate=facts.fingerprint, name=facts.subject, profile=body.profile))
        stored = tx.certificates.get(facts.fingerprint)
        assert stored is not None  # noqa: S101 - it was made known just now
        return _certificate(tx, stored)

    made = await resources.store.run(work)
    if trusted:
        resources.trust(facts)
    return models.IssuedOut(
        **made.model_dump(),
        chain=identity.certificate_pem.decode("ascii"),
        key=identity.key_pem.decode("ascii"),
        handshake="completes" if trusted else "dies",
    )


async def register_certificate(resources: Resources, request: web.Request) -> models.RegisteredOut:
    """Register a certificate for an organization, as in RTI. TLS takes it as its own anchor from now on."""
    served, body = served_by(resources, request), await body_of(request, models.RegisterCertificate)
    done = await register(served.sandbox, body.certificate.encode(), body.organization, body.name)
    resources.trust(done.facts)
    return models.RegisteredOut(
        fingerprint=done.facts.fingerprint, subject=done.facts.subject, organization=done.org_id
    )


async def unregister_certificate(resources: Resources, request: web.Request) -> None:
    """End the registration of a certificate for one organization."""
    found, organization = await _found(resources, request), request.match_info["org_id"]
    if not await resources.store.run(lambda tx: tx.certificates.unregister(found.fingerprint, organization)):
        words = f"the certificate is not registered for {organization!r}"
        raise Problem(404, "No such registration", words, "org_id")


async def revoke_certificate(resources: Resources, request: web.Request) -> models.CertificateOut:
    """Revoke a certificate as of now: its clients get the 403 page."""
    sandbox, found = served_by(resources, request).sandbox, await _found(resources, request)

    def work(tx: Transaction) -> models.CertificateOut:
        tx.certificates.revoke(found.fingerprint, sandbox.now())
        sandbox.note(tx, CertificateRevoked(certificate=found.fingerprint, name=found.subject))
        return _certificate(tx, tx.certificates.get(found.fingerprint) or found)

    return await resources.store.run(work)


async def delete_certificate(resources: Resources, request: web.Request) -> None:
    """Forget a certificate: its clients get the 403 page of a certificate that nobody knows."""
    found = await _found(resources, request)
    await resources.store.run(lambda tx: tx.certificates.delete(found.fingerprint))


async def _found(resources: Resources, request: web.Request) -> StoredCertificate:
    name, asked = served_by(resources, request).sandbox.name, request.match_info["fingerprint"].lower()
    rows = await resources.store.read(lambda tx: tx.certificates.list(name))
    found = [row for row in rows if row.fingerprint.startswith(asked)]
    if len(found) != 1:
        words = f"{len(found) or 'no'} certificates have a fingerprint that begins with {asked!r}"
        raise Problem(404, "No such certificate", words, "fingerprint")
    return found[0]


def _certificate(tx: Transaction, stored: StoredCertificate) -> models.CertificateOut:
    return models.CertificateOut(
        fingerprint=stored.fingerprint,
        name=stored.name,
        subject=stored.subject,
        issuer=stored.issuer,
        not_before=stored.not_before,
        not_after=stored.not_after,
        revoked=stored.revoked,
        organizations=list(tx.certificates.registrations(stored.fingerprint)),
        pem=stored.pem,
    )
