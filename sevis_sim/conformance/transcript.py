"""What was done and seen in one case, as plain data: checks look at nothing else, so they can be replayed offline."""

import base64
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

NO_ANSWER = "no-answer"
DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Wire:
    """One request that came in, or one handshake that died."""

    kind: str
    """``upload``, ``download``, ``handshake`` or ``unreadable``."""
    instant: str
    """Simulated time, ISO."""
    seconds: float
    """Wall time since the case began."""
    outcome: str
    """What the client got: code, HTTP status, ``damaged``, ``no-answer`` or ``page``."""
    truth: str = ""
    """The code of the true answer, where the client may have got another or none."""
    batch: str = ""
    organization: str = ""
    certificate: str = ""
    """Fingerprint of what was presented."""
    reason: str = ""
    faults: tuple[str, ...] = ()
    """What went wrong on purpose, as ``place:kind:value phase``."""
    violations: tuple[str, ...] = ()
    request_head: str = ""
    request_body: bytes = b""
    request_size: int = 0
    response_head: str = ""
    response_body: bytes = b""
    failed: tuple[str, ...] = ()
    """Records of the result that failed: their requestIDs."""
    stored: tuple[str, ...] = ()
    """Records of the result that were stored."""

    @property
    def request(self) -> bool:
        """Whether it is a request that was read."""
        return self.kind in ("upload", "download")


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that the client was asked to do."""

    number: int
    name: str
    """``upload`` or ``download``."""
    batch: str
    organization: str
    user: str
    certificate: str
    """Fingerprint of the certificate that it was given; blank for none."""
    instant: str
    seconds: float
    exit: int | None
    means: str | None
    """What its end means by client.yaml; None where no rule says so."""
    problem: str = ""
    """Why there is no exit code."""
    stdout: str = ""
    stderr: str = ""
    command: str = ""
    document: bytes = b""
    """The batch that it was given."""
    output: int | None = None
    """Bytes of the file that it left where the result belongs."""
    said_failed: tuple[str, ...] | None = None
    """Records that it calls failed; None where client.yaml does not say where it does."""
    said_stored: tuple[str, ...] | None = None
    wires: tuple[Wire, ...] = ()

    @property
    def last(self) -> Wire | None:
        """The last request of the action's own kind."""
        return next((each for each in reversed(self.wires) if each.kind == self.name), None)

    @property
    def outcome(self) -> str:
        """What the client got last; ``no-answer`` where no request came in."""
        return self.last.outcome if self.last else NO_ANSWER


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the journal."""

    instant: str
    kind: str
    summary: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A batch that SEVIS has, and what became of its records."""

    batch: str
    organization: str
    records: Mapping[str, str]
    """By requestID: ``stored``, or the code that it failed with; empty before it is processed."""
    people: tuple[str, ...] = ()
    """Name and birth date of each person whose new record was stored."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """One case."""

    case: str
    server: str
    """Kind of server certificate that the client met (certs/servers.toml)."""
    flow: str
    """``steps``, ``deliver``, or ``run`` where the client runs by itself."""
    actions: tuple[Action, ...] = ()
    happenings: tuple[Happening, ...] = ()
    taken: tuple[Taken, ...] = ()
    problems: tuple[str, ...] = ()
    """What is not as the scenario expects."""
    error: str = ""
    """Why it could not be played to its end."""
    pause: float = 1.0
    requests: int = 6
    seconds: float = 0.0
    scenario: Mapping[str, str] = field(default_factory=dict)
    """``file``, ``summary``, ``proves`` of what was played."""

    @property
    def wires(self) -> tuple[Wire, ...]:
        """Everything that came in, in order."""
        return tuple(wire for action in self.actions for wire in action.wires)

    def to_json(self) -> dict[str, Any]:
        """Return plain values; bytes in base 64."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote; TypeError, KeyError or ValueError where it is something else."""
        actions = tuple(
            _made(Action, {**each, "wires": tuple(_made(Wire, wire) for wire in each["wires"])})
            for each in content["actions"]
        )
        rest = {
            **content,
            "actions": actions,
            "happenings": tuple(_made(Happening, each) for each in content["happenings"]),
            "taken": tuple(_made(Taken, each) for each in content["taken"]),
        }
        found: Self = _made(cls, rest)
        return found


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value


def _made(kind: Any, content: Mapping[str, Any]) -> Any:
    values = {}
    for member in fields(kind):
        if member.name not in content:
            continue
        value = content[member.name]
        if member.type is bytes or member.type == "bytes":
            value = base64.b64decode(value, validate=True)
        elif isinstance(value, list):
            value = tuple(value)
        values[member.name] = value
    return kind(**values)
