"""Kinds of journal entries of the receiver."""

from dataclasses import dataclass

from sevis_sim.faults import FAULT_EVENTS
from sevis_sim.journal import COMMON, Catalogue, Event, subject


@dataclass(frozen=True, kw_only=True)
class FileReceived(Event):
    """A whole file came in and was judged. It says what became of it; the report is kept under the delivery's id."""

    kind = "file.received"
    delivery: str = subject()
    location: str = subject()
    door: str
    name: str
    bytes: int
    data_records: int
    verdict: str
    state: str
    again: bool
    """Whether the same content had come before: then nothing was loaded."""
    note: str = ""

    def summary(self) -> str:
        """Say who sent what and what became of it."""
        again = " again" if self.again else ""
        said = f" ({self.note})" if self.note else ""
        return f"location {self.location} sent {self.name} by {self.door}{again}: {self.verdict}, {self.state}{said}"


@dataclass(frozen=True, kw_only=True)
class FileUnreadable(Event):
    """A file came in that cannot be checked at all: a damaged .gz, or larger than allowed."""

    kind = "file.unreadable"
    location: str = subject()
    door: str
    name: str
    reason: str

    def summary(self) -> str:
        """Say who sent what and why it cannot be read."""
        return f"location {self.location} sent {self.name} by {self.door}, which cannot be read: {self.reason}"


@dataclass(frozen=True, kw_only=True)
class TransferBroken(Event):
    """A file began to come in and was never complete. Nothing of it is kept."""

    kind = "transfer.broken"
    location: str = subject()
    door: str
    name: str
    bytes: int
    reason: str

    def summary(self) -> str:
        """Say how far it came."""
        return f"location {self.location}: {self.name} by {self.door} broke off after {self.bytes} bytes: {self.reason}"


@dataclass(frozen=True, kw_only=True)
class RecordsLoaded(Event):
    """What is in force for a location has changed: a file was loaded, or an earlier load is in force again."""

    kind = "records.loaded"
    location: str = subject()
    delivery: str = subject()
    number: int
    how: str
    """``file`` or ``roll-back``."""
    records: int
    added: int
    changed: int
    deleted: int
    carried: int

    def summary(self) -> str:
        """Say what changed."""
        changes = f"{self.added} added, {self.changed} changed, {self.deleted} deleted, {self.carried} carried forward"
        return f"location {self.location}, load {self.number} ({self.how}): {self.records} students, {changes}"


@dataclass(frozen=True, kw_only=True)
class HistoryForgotten(Event):
    """Old loads of a location were deleted with their files and reports, as ``--keep`` says."""

    kind = "history.forgotten"
    location: str = subject()
    loads: int
    records: int
    deliveries: tuple[str, ...]

    def summary(self) -> str:
        """Say how much."""
        files = f"{len(self.deliveries)} files with their reports"
        return f"location {self.location}: deleted {self.loads} old loads, {self.records} old records, {files}"


@dataclass(frozen=True, kw_only=True)
class HeldFileDecided(Event):
    """Somebody released or refused a held file."""

    kind = "file.decided"
    delivery: str = subject()
    location: str = subject()
    state: str
    note: str

    def summary(self) -> str:
        """Say what was decided."""
        return f"held file {self.delivery} of location {self.location}: {self.state} ({self.note})"


@dataclass(frozen=True, kw_only=True)
class LoginAnswered(Event):
    """Somebody wanted to log in by SFTP."""

    kind = "sftp.login"
    account: str = subject()
    peer: str
    method: str
    """``password`` where one was refused; empty otherwise."""
    outcome: str

    def summary(self) -> str:
        """Say who, how and whether."""
        by = f" by {self.method}" if self.method else ""
        return f"SFTP log-in of {self.account or 'nobody'} from {self.peer}{by}: {self.outcome}"


@dataclass(frozen=True, kw_only=True)
class RequestFailed(Event):
    """A request could not be read as HTTP, or broke a handler."""

    kind = "request.failed"
    error: str

    def summary(self) -> str:
        """Say what broke."""
        return f"a request could not be answered: {self.error}"


RECEIVER_EVENTS = Catalogue(
    COMMON,
    FAULT_EVENTS,
    FileReceived,
    FileUnreadable,
    TransferBroken,
    RecordsLoaded,
    HistoryForgotten,
    HeldFileDecided,
    LoginAnswered,
    RequestFailed,
)
