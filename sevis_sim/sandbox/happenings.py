"""What can happen in a sandbox, as journal events: each docstring is the documentation of its kind."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sevis_sim.journal import Event, subject


@dataclass(frozen=True, kw_only=True)
class _BatchEvent(Event):
    """Names the batch that it is about."""

    kind = ""
    batch: str = subject()
    organization: str = subject()
    system: str = subject()
    exchange: str = subject(default="")
    """The upload that it came in by."""

    def summary(self) -> str:
        """Name the batch."""
        return f"batch {self.batch} of {self.organization}"


@dataclass(frozen=True, kw_only=True)
class _RequestEvent(Event):
    """A client's request to one of the systems, and how it was answered."""

    kind = ""
    action = ""
    exchange: str = subject()
    """Names this request and its answer in all other entries that come of it."""
    batch: str = subject(default="")
    organization: str = subject(default="")
    system: str = subject()
    certificate: str = subject(default="")
    """Fingerprint of the client certificate, where one was sent."""
    peer: str = subject(default="")
    status: int
    """HTTP status of the answer; 0 where the client had gone away."""
    code: str = ""
    """Disposition code of the answer, where it is a transaction log."""
    reason: str = ""
    """Which check failed, in words; empty where nothing is wrong."""
    remedy: str = ""
    """How to mend the request."""
    notes: Sequence[str] = ()
    """What was odd about the request even if it was accepted."""
    violations: Sequence[dict[str, Any]] = ()
    """What the schema forbids: ``line path message`` of each."""

    def summary(self) -> str:
        """Say what was asked of whom and answered how."""
        answer = self.code or (str(self.status) if self.status else "no answer")
        because = f": {self.reason}" if self.reason else ""
        batch = f" {self.batch}" if self.batch else ""
        return f"{self.action}{batch} to {self.system}: {answer}{because}"


@dataclass(frozen=True, kw_only=True)
class UploadAnswered(_RequestEvent):
    """An upload was accepted or refused."""

    kind = "upload.answered"
    action = "upload"


@dataclass(frozen=True, kw_only=True)
class DownloadAnswered(_RequestEvent):
    """A download was answered with a result, or with the code that says why there is none."""

    kind = "download.answered"
    action = "download"
    upload: str = subject(default="")
    """The exchange in which the batch was uploaded, where there is one."""


@dataclass(frozen=True, kw_only=True)
class RequestUnreadable(Event):
    """A connection brought no request that can be answered as one.

    Broken request line, headers or chunks are answered with 400, headers that do not arrive in time with 408, a
    connection too many with 503; a client that takes nothing of its answer gets no more of it.
    """

    kind = "request.unreadable"
    peer: str = subject(default="")
    reason: str
    status: int
    """HTTP status of the answer; 0 where there was none."""

    def summary(self) -> str:
        """Say what is broken."""
        return f"unreadable request: {self.status or 'no answer'}: {self.reason}"


@dataclass(frozen=True, kw_only=True)
class RequestFailed(Event):
    """A request broke a handler and was answered with 500: a fault of the simulator, please report it.

    Unless `ours` is false: then its surroundings are to blame, such as a full disk, and `error` says what to do.
    """

    kind = "request.failed"
    error: str
    ours: bool = True

    def summary(self) -> str:
        """Say what broke."""
        what = "failed in the simulator, please report it" if self.ours else "could not be served"
        return f"a request {what}: {self.error}"


@dataclass(frozen=True, kw_only=True)
class BatchAccepted(_BatchEvent):
    """An upload became a batch: it is durable, and its processing is scheduled."""

    kind = "batch.accepted"
    file_name: str
    due: datetime
    available: datetime

    def summary(self) -> str:
        """Say which batch."""
        return f"batch {self.batch} of {self.organization} accepted"


@dataclass(frozen=True, kw_only=True)
class BatchProcessed(_BatchEvent):
    """A batch went through its night: its good records are stored, its result is built."""

    kind = "batch.processed"
    success: int
    failure: int
    forms: int
    failures: Sequence[dict[str, Any]] = field(default=())
    """``requestID event code message`` of each failed record."""
    unprinted: Sequence[str] = ()
    """Forms that could not be printed, with the error: their data is stored all the same, as in the real service."""

    def summary(self) -> str:
        """Say what became of it."""
        return f"batch {self.batch} processed: {self.success} succeeded, {self.failure} failed, {self.forms} forms"


@dataclass(frozen=True, kw_only=True)
class BatchDelayed(_BatchEvent):
    """Processing a batch broke down: a fault of the simulator. It is tried once more; please report it.

    Until then downloads get S0030. If that breaks down too, every record of the batch fails with S9999 or S2000, the
    codes of faults of the service. Where the document itself cannot be read any more, the batch stays without a result.
    """

    kind = "batch.delayed"
    error: str
    due: datetime
    """When it is tried again: in the next processing window."""
    available: datetime

    def summary(self) -> str:
        """Say which batch, and why."""
        return (
            f"batch {self.batch} is tried again later, since the simulator broke down, please report it: {self.error}"
        )


@dataclass(frozen=True, kw_only=True)
class ResultAvailable(_BatchEvent):
    """From now on the result of a batch can be downloaded."""

    kind = "result.available"

    def summary(self) -> str:
        """Say which result."""
        return f"result of batch {self.batch} available"


@dataclass(frozen=True, kw_only=True)
class ResultRemoved(_BatchEvent):
    """The retention period of a result is over; downloads get S0031."""

    kind = "result.removed"

    def summary(self) -> str:
        """Say which result."""
        return f"result of batch {self.batch} removed at the end of its retention period"


@dataclass(frozen=True, kw_only=True)
class DueWorkFailed(Event):
    """Due work broke down: a fault of the simulator. It is not tried again; please report it."""

    kind = "due-work.failed"
    work: str
    """What kind of due work."""
    key: str
    error: str

    def summary(self) -> str:
        """Say what failed."""
        return f"{self.work} {self.key} failed in the simulator, please report it: {self.error}"


@dataclass(frozen=True, kw_only=True)
class CertificateRegistered(Event):
    """A certificate was registered for an organization, as in RTI."""

    kind = "certificate.registered"
    certificate: str = subject()
    organization: str = subject()
    name: str
    """Subject of the certificate."""
    issuer: str
    not_after: datetime

    def summary(self) -> str:
        """Say which certificate for whom."""
        return f"certificate {self.name} registered for {self.organization}"
