"""An organization of a sandbox with its certificate and key as files, for clients that read files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sevis_sim.pki import Identity
from sevis_sim.pki.files import AUTHORITY
from sevis_sim.pki.identity import DEFAULT_PASSWORD, IdentityFiles
from sevis_sim.sandbox import Party


@dataclass(frozen=True, slots=True, repr=False)
class PartyWithFiles(Party):
    """A school or sponsor: ``cert``, ``key``, ``p12`` and ``ca`` are bytes, ``cert_file`` and the like are paths.

    Files are written when they are first asked for.
    """

    folder: Path
    """Where its files go."""

    @classmethod
    def of(cls, party: Party, folder: Path) -> Self:
        """Return a party with a folder for its files."""
        return cls(party.organization, party.identity, party.ca, folder)

    def __repr__(self) -> str:  # pytest shows it: no keys and certificates in reports
        return f"<{self.organization.kind} {self.org_id}, files in {self.folder}>"

    @property
    def password(self) -> str:
        """Password of the .p12 file."""
        return DEFAULT_PASSWORD

    @property
    def files(self) -> IdentityFiles:
        """All its files, which are there afterwards."""
        return files_of(self.identity, self.folder, self.ca)

    @property
    def cert_file(self) -> Path:
        """PEM file of the client certificate."""
        return self.files.cert

    @property
    def key_file(self) -> Path:
        """PEM file of its private key, not encrypted."""
        return self.files.key

    @property
    def p12_file(self) -> Path:
        """PKCS #12 file of both; `password` opens it."""
        return self.files.p12

    @property
    def ca_file(self) -> Path:
        """PEM file of the authority that the client must trust."""
        return self.files.cert.with_name(AUTHORITY)


def files_of(identity: Identity, folder: Path, ca: bytes) -> IdentityFiles:
    """Return the files of an identity in a folder, written unless they are there."""
    cert, key, p12, cer = (folder / f"{identity.name}.{ending}" for ending in ("pem", "key", "p12", "cer"))
    if cert.exists() and cert.read_bytes() == identity.certificate_pem:
        return IdentityFiles(cert, key, p12, cer, folder / AUTHORITY)
    return identity.write(folder, ca=ca)
