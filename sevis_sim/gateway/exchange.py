"""What is known of one request while it goes through the gateway; in the end a journal entry."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

from aiohttp import web

from sevis_sim.domain.systems import System
from sevis_sim.faults import Struck
from sevis_sim.gateway.mischief import Asked
from sevis_sim.gateway.recording import Recording
from sevis_sim.intake import Caller
from sevis_sim.journal import Entry, Messages
from sevis_sim.sandbox.happenings import DownloadAnswered, UploadAnswered
from sevis_sim.timeline import Served

Action = Literal["upload", "download"]


@dataclass(slots=True)
class Exchange:
    """One request as it goes through; becomes one journal entry."""

    action: Action
    system: System
    served: Served
    caller: Caller | None
    fingerprint: str
    peer: str
    recording: Recording | None
    id: str = field(default_factory=lambda: uuid4().hex)
    """What the journal calls this request and its answer."""
    upload: str = ""
    """Of a download, the exchange in which the batch came."""
    code: str = ""
    reason: str = ""
    remedy: str = ""
    org_id: str = ""
    batch_id: str = ""
    notes: list[str] = field(default_factory=list)
    struck: Struck = field(default_factory=Struck)
    """The faults that strike it."""
    asked: Asked | None = None
    """What faults were asked about it; nothing where it was refused before."""
    noted: bool = False
    """Whether its journal entry is there already, in the transaction of its batch."""
    ending: str = ""
    """How a fault ends the connection instead of an answer: reset or drop."""
    violations: list[dict[str, Any]] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """The sandbox's time."""
        return self.served.sandbox.now()

    def entry(
        self, request: web.Request, response: web.Response | None, sandbox: str | None
    ) -> tuple[Entry, Messages | None]:
        """Return its journal entry, and what is kept beside that."""
        facts: dict[str, Any] = {
            "exchange": self.id,
            "batch": self.batch_id[:80],
            "organization": self.org_id[:80],
            "system": self.system.name,
            "certificate": self.fingerprint,
            "peer": self.peer,
            "status": response.status if response else 0,
            "code": self.code,
            "reason": self.reason,
            "remedy": self.remedy,
            "notes": self.notes,
            "violations": self.violations,
        }
        upload = self.action == "upload"
        happening = UploadAnswered(**facts) if upload else DownloadAnswered(**facts, upload=self.upload)
        messages = self.recording.messages(request, response) if self.recording else None
        return happening.entry(sandbox, self.now), messages
