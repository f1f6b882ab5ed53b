"""Client certificates: each decides one sandbox and is registered for organizations of it."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from sevis_sim.store.dialect import Dialect
from sevis_sim.store.errors import DuplicateCertificate, MissingReference
from sevis_sim.store.repository import Repository
from sevis_sim.store.rows import StoredCertificate
from sevis_sim.store.tables import certificate_registrations, certificates

_GET = select(certificates).where(certificates.c.fingerprint == bindparam("fingerprint"))
_REGISTRATIONS = (
    select(certificate_registrations.c.org_id)
    .where(certificate_registrations.c.fingerprint == bindparam("fingerprint"))
    .order_by(certificate_registrations.c.org_id)
)
_DECIDES = select(certificates.c.sandbox).where(certificates.c.fingerprint == bindparam("fingerprint"))
_ANCHORS = (
    select(certificates.c.pem).where(certificates.c.anchor == bindparam("anchor")).order_by(certificates.c.fingerprint)
)


class Certificates(Repository):
    """Certificates by fingerprint, one row each across all sandboxes."""

    def __init__(self, connection: Connection, dialect: Dialect, change: Callable[[], None]) -> None:
        """Prepare; ``change`` is called by whatever changes a certificate or a registration."""
        super().__init__(connection, dialect)
        self._change = change

    def add(
        self,
        sandbox: str,
        *,
        fingerprint: str,
        name: str,
        pem: str,
        subject: str,
        issuer: str,
        serial: str,
        not_before: datetime,
        not_after: datetime,
        anchor: bool = True,
    ) -> StoredCertificate:
        """Bind a certificate to a sandbox and return it; one that is bound there already is returned as it stands.

        ``anchor`` says whether TLS takes it as its own trust anchor.

        Raises:
            DuplicateCertificate: it is bound to another sandbox.
        """
        self._change()
        added = StoredCertificate(
            fingerprint, sandbox, name, pem, subject, issuer, serial, not_before, not_after, None, int(anchor)
        )
        row = {name: getattr(added, name) for name in certificates.c.keys()}  # noqa: SIM118 - columns, no mapping
        if self._dialect.run(self._connection, self._dialect.insert_new(certificates), row).rowcount:
            return added
        known = self._known(fingerprint)
        if known.sandbox != sandbox:
            raise DuplicateCertificate(fingerprint, known.sandbox)
        return known

    def get(self, fingerprint: str) -> StoredCertificate | None:
        """Return the certificate with this fingerprint, whichever sandbox it decides, or None."""
        row = self._connection.execute(_GET, {"fingerprint": fingerprint}).one_or_none()
        return None if row is None else StoredCertificate(**row._mapping)

    def list(self, sandbox: str) -> list[StoredCertificate]:
        """Return the certificates of a sandbox by name."""
        query = select(certificates).where(certificates.c.sandbox == sandbox)
        rows = self._connection.execute(query.order_by(certificates.c.name, certificates.c.fingerprint))
        return [StoredCertificate(**row._mapping) for row in rows]

    def delete(self, fingerprint: str) -> bool:
        """Forget a certificate and its registrations; False where there was none."""
        self._change()
        statement = delete(certificates).where(certificates.c.fingerprint == fingerprint)
        return self._connection.execute(statement).rowcount > 0

    def register(self, fingerprint: str, org_id: str, instant: datetime) -> None:
        """Register a certificate for an organization of its sandbox; no change where it is registered already.

        Raises:
            MissingReference: there is no such certificate, or no such organization in its sandbox.
        """
        self._change()
        found = self._dialect.run(self._connection, _DECIDES, {"fingerprint": fingerprint}).fetchone()
        if found is None:
            raise _missing(fingerprint)
        row = {"fingerprint": fingerprint, "org_id": org_id, "sandbox": found[0], "registered": instant}
        self._dialect.run(self._connection, self._dialect.insert_new(certificate_registrations), row)

    def registrations(self, fingerprint: str) -> Sequence[str]:
        """Return the OrgIDs that a certificate is registered for, sorted."""
        rows = self._dialect.run(self._connection, _REGISTRATIONS, {"fingerprint": fingerprint})
        return [row[0] for row in iter(rows.fetchone, None)]

    def unregister(self, fingerprint: str, org_id: str) -> bool:
        """End a registration; False where there was none."""
        self._change()
        columns = certificate_registrations.c
        statement = delete(certificate_registrations).where(
            columns.fingerprint == fingerprint, columns.org_id == org_id
        )
        return self._connection.execute(statement).rowcount > 0

    def revoke(self, fingerprint: str, instant: datetime) -> None:
        """Mark a certificate as revoked from an aware instant on, in place of an earlier mark.

        Raises:
            MissingReference: there is no such certificate.
        """
        self._change()
        statement = update(certificates).where(certificates.c.fingerprint == fingerprint).values(revoked=instant)
        if self._connection.execute(statement).rowcount == 0:
            raise _missing(fingerprint)

    def make_anchor(self, fingerprint: str) -> None:
        """Let TLS take a certificate as its own anchor from now on."""
        self._change()
        statement = update(certificates).where(certificates.c.fingerprint == fingerprint).values(anchor=1)
        self._connection.execute(statement)

    def anchors(self) -> Sequence[str]:
        """Return the certificates that are their own anchors as PEM, revoked ones too: they are judged later."""
        rows = self._dialect.run(self._connection, _ANCHORS, {"anchor": 1})
        return [row[0] for row in iter(rows.fetchone, None)]

    def _known(self, fingerprint: str) -> StoredCertificate:
        known = self.get(fingerprint)
        if known is None:
            raise _missing(fingerprint)
        return known


def _missing(fingerprint: str) -> MissingReference:
    return MissingReference(f"there is no certificate {fingerprint}: issue or import it first")
