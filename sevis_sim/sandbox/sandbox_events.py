"""What can happen to a sandbox as a whole, as journal events."""

from dataclasses import dataclass
from datetime import datetime

from sevis_sim.journal import Catalogue, Event, subject


@dataclass(frozen=True, kw_only=True)
class SandboxCreated(Event):
    """The sandbox was made and seeded with its scenario."""

    kind = "sandbox.created"

    def summary(self) -> str:
        """Say so."""
        return "sandbox created"


@dataclass(frozen=True, kw_only=True)
class SandboxBranched(Event):
    """The sandbox was made as a copy of another one, or of a snapshot of that."""

    kind = "sandbox.branched"
    origin: str
    snapshot: str

    def summary(self) -> str:
        """Say from what."""
        return f"sandbox branched from {self.origin}" + (f", snapshot {self.snapshot}" if self.snapshot else "")


@dataclass(frozen=True, kw_only=True)
class SandboxDeleted(Event):
    """A sandbox was deleted with everything in it. It stands in the server's journal."""

    kind = "sandbox.deleted"
    name: str

    def summary(self) -> str:
        """Say which."""
        return f"sandbox {self.name} deleted"


@dataclass(frozen=True, kw_only=True)
class SandboxReset(Event):
    """The sandbox was put back to its beginning; its journal begins anew with this entry."""

    kind = "sandbox.reset"

    def summary(self) -> str:
        """Say so."""
        return "sandbox put back to its beginning"


@dataclass(frozen=True, kw_only=True)
class SnapshotTaken(Event):
    """The sandbox as it stands was kept under a name."""

    kind = "snapshot.taken"
    snapshot: str = subject()

    def summary(self) -> str:
        """Say which."""
        return f"snapshot {self.snapshot} taken"


@dataclass(frozen=True, kw_only=True)
class SnapshotRestored(Event):
    """The sandbox was put back to a snapshot, its clock too. Entries before this one are of a past that is undone."""

    kind = "snapshot.restored"
    snapshot: str = subject()

    def summary(self) -> str:
        """Say which."""
        return f"sandbox put back to snapshot {self.snapshot}"


@dataclass(frozen=True, kw_only=True)
class CertificateIssued(Event):
    """A client certificate was made by the simulator's own authority."""

    kind = "certificate.issued"
    certificate: str = subject()
    name: str
    """Its subject."""
    profile: str
    """How it was made: a name of certs/profiles.toml."""

    def summary(self) -> str:
        """Say which."""
        return f"certificate {self.name} issued ({self.profile})"


@dataclass(frozen=True, kw_only=True)
class CertificateRevoked(Event):
    """A client certificate was revoked."""

    kind = "certificate.revoked"
    certificate: str = subject()
    name: str
    """Its subject."""

    def summary(self) -> str:
        """Say which."""
        return f"certificate {self.name} revoked"


@dataclass(frozen=True, kw_only=True)
class UserLoggedIn(Event):
    """An official logged in to RTI."""

    kind = "user.logged-in"
    organization: str = subject()
    user: str = subject()

    def summary(self) -> str:
        """Say who."""
        return f"user {self.user} of {self.organization} logged in to RTI"


@dataclass(frozen=True, kw_only=True)
class BatchPostponed(Event):
    """A fault has a batch processed later than its night; until then downloads get S0030."""

    kind = "batch.postponed"
    batch: str = subject()
    organization: str = subject()
    system: str = subject()
    exchange: str = subject(default="")
    """The upload that it came in by."""
    fault: str = subject()
    due: datetime
    available: datetime

    def summary(self) -> str:
        """Say which batch."""
        return f"batch {self.batch} is processed later, for the fault {self.fault}"


SANDBOX_EVENTS = Catalogue(
    BatchPostponed,
    CertificateIssued,
    CertificateRevoked,
    SandboxCreated,
    SandboxBranched,
    SandboxDeleted,
    SandboxReset,
    SnapshotTaken,
    SnapshotRestored,
    UserLoggedIn,
)
