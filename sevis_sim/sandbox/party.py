"""A school or sponsor as a client program needs it: who it is, who acts for it, what it presents."""

import ssl
from dataclasses import dataclass

from sevis_sim.domain.organizations import Organization
from sevis_sim.pki import Identity


@dataclass(frozen=True, slots=True)
class Party:
    """An organization of a running simulator with its client identity."""

    organization: Organization
    identity: Identity
    ca: bytes
    """PEM of the CA that signed the server's certificate: what a client must trust."""

    @property
    def org_id(self) -> str:
        """The OrgID."""
        return self.organization.id

    @property
    def user_id(self) -> str:
        """The user ID of its first active official; ``""`` if it has none."""
        return next((o.id for o in self.organization.officials if o.active), "")

    @property
    def cert(self) -> bytes:
        """PEM of the client certificate."""
        return self.identity.certificate_pem

    @property
    def key(self) -> bytes:
        """PEM of its private key."""
        return self.identity.key_pem

    @property
    def p12(self) -> bytes:
        """PKCS #12 of both, password ``changeit``."""
        return self.identity.p12()

    def ssl_context(self) -> ssl.SSLContext:
        """Return a client context that presents this identity and trusts the simulator."""
        return self.identity.ssl_context(self.ca)
