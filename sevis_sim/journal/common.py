"""Events of any simulator that answers requests over TLS by a clock of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sevis_sim.journal.events import Catalogue, Event, subject


@dataclass(frozen=True, kw_only=True)
class HandshakeFailed(Event):
    """A TLS handshake ended before a request could be read.

    It stands in the server's journal: without a certificate nobody knows whose sandbox it was for.
    """

    kind = "handshake.failed"
    peer: str = subject()
    """Address and port of the client."""
    failure: str
    """Which kind of failure: a name of ``wire.failure.kinds``."""
    phase: str = ""
    """How far it came."""
    server_name: str = ""
    """The name that the client asked for (SNI)."""
    tls_versions: Sequence[str] = ()
    """What the client offered."""
    title: str
    """What happened, in one sentence."""
    reason: str
    """What OpenSSL says, in its words."""
    causes: Sequence[str] = ()
    """Likely causes, the likeliest first."""
    remedies: Mapping[str, str] = field(default_factory=dict)
    """How to mend it, by client: ``curl``, ``java``…"""

    def summary(self) -> str:
        """Say who failed and why."""
        return f"connection from {self.peer}: {self.title} ({self.reason})"


@dataclass(frozen=True, kw_only=True)
class RequestAnswered(Event):
    """A request was read and answered, well or badly.

    ``exchange`` names this request and its answer in all other entries that have to do with it.
    """

    kind = "request.answered"
    exchange: str = subject()
    certificate: str | None = subject(default=None)
    """Fingerprint of the client certificate, where one was sent."""
    peer: str = ""
    method: str
    path: str
    status: int
    """HTTP status of the answer."""
    received_bytes: int = 0
    sent_bytes: int = 0
    outcome: str = ""
    """What the answer said, in a few words."""
    remedy: str = ""
    """How to mend the request, where it was refused."""

    def summary(self) -> str:
        """Say what was asked and answered."""
        said = f" ({self.outcome})" if self.outcome else ""
        return f"{self.method} {self.path}: {self.status}{said}"


@dataclass(frozen=True, kw_only=True)
class ClockMoved(Event):
    """The clock of a sandbox was set or advanced by hand. Work that fell due on the way has entries of its own."""

    kind = "clock.moved"
    before: datetime
    after: datetime
    asked: str = ""
    """The instant as it was asked for."""

    def summary(self) -> str:
        """Say from when to when."""
        return f"clock moved from {self.before.isoformat()} to {self.after.isoformat()}"


COMMON = Catalogue(HandshakeFailed, RequestAnswered, ClockMoved)
