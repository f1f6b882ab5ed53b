"""Which sandbox and which organizations a client certificate stands for (design.md §3.1).

Certificates are judged here and not in the TLS handshake, on the sandbox's clock, so that each refusal can be answered
with the service's 403 page and explained in the journal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from sevis_sim.intake import Caller
from sevis_sim.store import Store, StoredCertificate
from sevis_sim.timeline import Served, Tenants


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a presented certificate amounts to. ``caller`` is None where access is denied."""

    served: Served | None
    caller: Caller | None
    fingerprint: str
    reason: str = ""
    """Which check failed, in words; empty when access is granted."""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the store said of a certificate."""

    generation: int
    certificate: StoredCertificate
    organizations: Sequence[str]
    served: Served
    """The very sandbox: another one of the same name is another world."""


_MOST_KNOWN = 4096
_NONE = Verdict(
    None,
    None,
    "",
    "no client certificate was presented",
    "Give the client its certificate and key: curl --cert client.pem --key client.key; Java keyStore with the "
    ".p12; .NET HttpClientHandler.ClientCertificates; Python requests cert=(pem, key).",
)


class Identities:
    """Judges certificates. What the store says of a known one is remembered until a certificate is changed."""

    def __init__(self, store: Store, tenants: Tenants) -> None:
        self._store, self._tenants = store, tenants
        self._known: dict[str, _Known] = {}

    async def judge(self, der: bytes | None) -> Verdict:
        """Judge the certificate of a connection: known, in its validity period, not revoked, registered."""
        if der is None:
            return _NONE
        fingerprint = sha256(der).hexdigest()
        known = await self._find(fingerprint)
        if known is None:
            return Verdict(
                None,
                None,
                fingerprint,
                "the certificate is not known to this simulator",
                "Present a certificate that it issued, or import yours: sevis-sim cert register FILE --org ORGID.",
            )
        return _verdict(known.certificate, known.organizations, known.served)

    async def _find(self, fingerprint: str) -> "_Known | None":
        generation = self._store.identities.number  # before the look: what changes behind it must not be forgotten
        known = self._known.get(fingerprint)
        if known and known.generation == generation and self._tenants.served(known.certificate.sandbox) is known.served:
            return known
        certificate, organizations = await self._store.read(
            lambda tx: (tx.certificates.get(fingerprint), tx.certificates.registrations(fingerprint))
        )
        served = self._tenants.served(certificate.sandbox) if certificate else None
        if certificate is None or served is None:
            return None
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[fingerprint] = _Known(generation, certificate, organizations, served)
        return self._known[fingerprint]


def _verdict(certificate: StoredCertificate, organizations: Sequence[str], served: Served) -> Verdict:
    reason, remedy = _problem(certificate, organizations, served)
    caller = None if reason else Caller(certificate.fingerprint, frozenset(organizations), served.sandbox.life)
    return Verdict(served, caller, certificate.fingerprint, reason, remedy)


def _problem(certificate: StoredCertificate, organizations: Sequence[str], served: Served) -> tuple[str, str]:
    now = served.sandbox.now()
    if certificate.revoked is not None and certificate.revoked <= now:
        return (
            f"the certificate was revoked on {certificate.revoked:%Y-%m-%d}",
            "Present another certificate.",
        )
    if now < certificate.not_before:
        return (
            f"the certificate is valid from {certificate.not_before:%Y-%m-%d}; the simulated day is {now:%Y-%m-%d}",
            "Advance the clock, or present a certificate that is valid already.",
        )
    if now > certificate.not_after:
        return (
            f"the certificate expired on {certificate.not_after:%Y-%m-%d}; the simulated day is {now:%Y-%m-%d}",
            "Renew the certificate and register the new one in RTI.",
        )
    if not organizations:
        return (
            "the certificate is not registered for any organization",
            "Register it as the PDSO or RO would in RTI: sevis-sim cert register FILE --org ORGID.",
        )
    return "", ""
