"""Who may send files: each campus with its client certificate, its SFTP account and its folder.

In the data directory, for location 06::

    campus-06.pem .key .p12 .cer    certificate and key: of TLS, and the key of the SFTP account
    campus-06.password              of the SFTP account, mode 0600

What is missing is made at the start.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sevis_sim.pki import CertificateAuthority, Identity, PkiError, files
from udir_sim.layout import layout

_PASSWORD_BYTES = 12


@dataclass(frozen=True, slots=True)
class Campus:
    """A campus as a sender."""

    location: str
    name: str
    """Such as ``San Diego``."""
    identity: Identity
    password: str = field(repr=False)

    @property
    def account(self) -> str:
        """The user name of the SFTP account, and the base name of the files."""
        return account_of(self.location)


class Campuses:
    """All campuses of one receiver."""

    def __init__(self, campuses: Sequence[Campus]) -> None:
        self._by_location = {campus.location: campus for campus in campuses}
        self._by_fingerprint = {campus.identity.fingerprint: campus for campus in campuses}
        self._by_account = {campus.account: campus for campus in campuses}

    def __iter__(self) -> Iterator[Campus]:
        return iter(self._by_location.values())

    def __getitem__(self, location: str) -> Campus:
        return self._by_location[location]

    def of_certificate(self, fingerprint: str) -> Campus | None:
        """Return the campus that a certificate belongs to, by its SHA-256; None where it is nobody's."""
        return self._by_fingerprint.get(fingerprint)

    def of_account(self, account: str) -> Campus | None:
        """Return the campus of an SFTP account; None where there is none of this name."""
        return self._by_account.get(account)

    @classmethod
    def ensure(cls, folder: Path, authority: CertificateAuthority, locations: Sequence[str] = ()) -> "Campuses":
        """Load the campuses of a data directory, making what is missing.

        Args:
            folder: Data directory.
            authority: Issues certificates.
            locations: Which campuses; all of the layout if empty.

        Raises:
            PkiError: the folder cannot be written, or a file is damaged.

        """
        return cls([_ensure(folder, authority, location) for location in locations or layout().locations])

    @classmethod
    def issue(cls, authority: CertificateAuthority) -> "Campuses":
        """Make all campuses of the layout in memory; nothing is written."""
        return cls([_new(authority, location) for location in layout().locations])


def account_of(location: str) -> str:
    """Return the account of a location: ``campus-06``."""
    return f"campus-{location}"


def _ensure(folder: Path, authority: CertificateAuthority, location: str) -> Campus:
    account = account_of(location)
    if (folder / f"{account}.pem").exists() or (folder / f"{account}.key").exists():
        identity = Identity.load(folder, account)
        if not authority.issued(identity.certificate_pem):
            raise PkiError(
                f"{folder / account}.pem was issued by another authority than {folder / 'ca.pem'}; "
                f"delete {account}.pem and {account}.key to have new ones"
            )
    else:
        identity = _new(authority, location).identity
        identity.write(folder)
    place = folder / f"{account}.password"
    if not place.exists():
        files.write(place, secrets.token_urlsafe(_PASSWORD_BYTES).encode() + b"\n", files.PRIVATE)
    password = files.read(place, f"restore it, or delete {place.name} to have a new one").decode("ascii", "replace")
    return Campus(location, _name(location), identity, password.strip())


def _new(authority: CertificateAuthority, location: str) -> Campus:
    name = _name(location)
    identity = authority.issue_client(f"UC {name} {location}", name=account_of(location))
    return Campus(location, name, identity, secrets.token_urlsafe(_PASSWORD_BYTES))


def _name(location: str) -> str:
    return layout().locations.get(location, "")[3:] or location
