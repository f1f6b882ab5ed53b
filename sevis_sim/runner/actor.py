"""Who performs an upload or a download: the reference client, or a client that is judged."""

from dataclasses import dataclass
from typing import Literal, Protocol

from sevis_sim.pki import Identity
from sevis_sim.results import ParsedLog
from sevis_sim.scenarios.steps import DAMAGED, NO_ANSWER, PAGE


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client presents, and whom it must trust."""

    identity: Identity | None
    """None: it presents no certificate."""
    ca: bytes
    """PEM of the authority that signed the server's certificate."""


@dataclass(frozen=True, slots=True)
class UploadTask:
    """A batch to send."""

    url: str
    document: bytes
    file_name: str
    org_id: str
    batch_id: str
    user_id: str
    credentials: Credentials
    timeout: float | None = None
    """Seconds (wall time); None leaves it to the client."""


@dataclass(frozen=True, slots=True)
class DownloadTask:
    """A result to ask for."""

    url: str
    org_id: str
    batch_id: str
    user_id: str
    credentials: Credentials
    method: Literal["get", "post"] = "get"
    timeout: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, as the actor could tell."""

    http: int | None
    """HTTP status; None where there was no answer."""
    body: bytes = b""
    code: str = ""
    """Disposition code of the transaction log."""
    log: ParsedLog | None = None
    files: tuple[str, ...] = ()
    """Names of the files in the zip."""
    zipped: bool = False
    """Whether it is a zip that can be read."""
    title: str = ""
    """Title of an HTML page."""
    problem: str = ""
    """Why there is no log, in one line."""

    @property
    def outcome(self) -> str:
        """The answer in one word of `scenarios.steps`: code, HTTP status, ``damaged``, ``page`` or ``no-answer``."""
        if self.http is None:
            return NO_ANSWER
        if not 200 <= self.http < 300:
            return str(self.http)
        if self.code:
            return self.code
        return PAGE if self.title else DAMAGED

    @property
    def forms(self) -> tuple[str, ...]:
        """The names of the forms in the zip."""
        return tuple(name for name in self.files if name.lower().endswith(".pdf"))


class Actor(Protocol):
    """Performs what the steps ask of a client."""

    async def upload(self, task: UploadTask) -> Answer:
        """Send a batch; an answer without HTTP status where there was none."""

    async def download(self, task: DownloadTask) -> Answer:
        """Ask for a result; as `upload`."""

    async def close(self) -> None:
        """Let go of connections and processes."""
