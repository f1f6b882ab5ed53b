"""What the operator learns of each question: one journal entry, never with a Net ID in it."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sevis_sim.journal import Catalogue, Event, subject
from sevis_sim.pki import files

KEY_FILE = "audit.key"


@dataclass(frozen=True, kw_only=True)
class EligibilityAsked(Event):
    """Somebody asked whether a student is eligible, and was answered or refused."""

    kind = "eligibility.asked"
    application: str = subject()
    """Name of the application as it was asked for."""
    certificate: str = subject(default="")
    """Fingerprint of the certificate that it was asked with; empty where none was sent."""
    net_id: str = subject("netId", default="")
    """The Net ID, hashed with the key of this data directory; empty where there was none."""
    reason: str = subject()
    """Code of the test that failed; ``OK`` where none did."""
    test: str
    """What that test asks for."""
    answer: str
    """What was told outside: yes, no or refused."""
    day: date | None = None
    """The day that the question was about."""
    policy: str = ""
    """Version of the application's policy."""
    records: Mapping[str, str] = field(default_factory=dict)
    """Of each record of the Net ID: location and reason code."""
    data: Mapping[str, date | None] = field(default_factory=dict)
    """Of each of those locations: creation date of the file in force."""
    by: str = "application"
    """``application`` over the wire, or ``operator`` at the command line."""
    detail: str = ""
    """Why it was refused, in more words than were told outside."""

    def summary(self) -> str:
        """Say who asked for whom, and how it ended."""
        name = self.application or "somebody"
        who = f"the operator, as {name}," if self.by == "operator" else name
        whom = f" for Net ID #{self.net_id}" if self.net_id else ""
        failed = "" if self.reason == "OK" else f" ({self.detail or 'not so: ' + self.test})"
        return f"{who} asked{whom}: {self.answer}, {self.reason}{failed}"


AUDIT = Catalogue(EligibilityAsked)


class NetIdHash:
    """Hashes Net IDs for the audit log.

    With a key, for there are so few Net IDs that all of them can be tried against a plain hash; who has the key can
    still find the entries of a known Net ID.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def of(cls, folder: Path) -> "NetIdHash":
        """Read the key of a data directory, making it where it is missing.

        Raises:
            PkiError: the folder cannot be read or written.

        """
        place = folder / KEY_FILE
        if not place.exists():
            files.write(place, secrets.token_hex(32).encode(), files.PRIVATE)
        return cls(files.read(place, "restore it, or delete it (then older entries cannot be found by Net ID)"))

    def __call__(self, net_id: str) -> str:
        """Return sixteen hexadecimal digits."""
        return hmac.new(self._key, net_id.encode(), hashlib.sha256).hexdigest()[:16]
