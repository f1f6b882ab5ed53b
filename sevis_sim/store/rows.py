"""What the repositories hand out where the domain has no noun for it; plain values, no SQL."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sevis_sim.domain.records import Record


@dataclass(frozen=True, slots=True)
class StoredSandbox:
    """A sandbox as it is kept. ``clock`` and ``settings`` are JSON objects that the sandbox package gives meaning."""

    name: str
    seed: int
    clock: dict[str, Any]
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredSnapshot:
    """A snapshot of a sandbox: its name, and when it was taken by the sandbox's clock."""

    name: str
    taken: datetime


@dataclass(frozen=True, slots=True)
class StoredCertificate:
    """A client certificate and the sandbox that it decides. Instants are aware, in UTC."""

    fingerprint: str
    sandbox: str
    name: str
    pem: str
    subject: str
    issuer: str
    serial: str
    not_before: datetime
    not_after: datetime
    revoked: datetime | None = None
    anchor: int = 1
    """1 where TLS takes it as its own trust anchor, 0 where its issuer has to vouch for it."""


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """One version of a student or exchange visitor, with where it came from."""

    system: str
    record: Record
    identity: str
    """Key by which a second create of the same person is recognized."""
    version: int
    """1 for the record as created, then counted up."""
    batch_key: int | None
    """The batch that wrote this version; None where none did (scenario, control API)."""
    instant: datetime


@dataclass(frozen=True, slots=True)
class DueItem:
    """Work that falls due: ``kind`` chooses the handler, ``key`` says what it is for."""

    sequence: int
    sandbox: str
    instant: datetime
    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Message:
    """A request or an answer as it stood on the wire."""

    head: bytes
    """First line and headers, with the blank line after them."""
    body: bytes
    """Without transfer coding; perhaps only its beginning."""
    size: int
    """Bytes of the whole body."""


@dataclass(frozen=True, slots=True)
class Messages:
    """What was asked and answered in one exchange; no response where the client had gone."""

    request: Message
    response: Message | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: a line of the journal."""

    sandbox: str | None
    """None for the journal of the server itself, where no sandbox is known."""
    instant: datetime
    """When, by the clock of the sandbox (of the wall for the server); aware."""
    kind: str
    """Dotted name of the kind of event, as its class declares it."""
    summary: str
    """One line of plain English."""
    subjects: Mapping[str, str] = field(default_factory=dict)
    """Ids that tie entries together, by what they identify: ``{"exchange": "17", "certificate": "ab12…"}``."""
    detail: Mapping[str, Any] = field(default_factory=dict)
    """Everything else worth keeping, as a JSON object."""
    id: int = 0
    """Row number, in the order of committing; 0 until it is appended."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which entries of a journal are meant; what is not said chooses all."""

    kinds: Collection[str] = ()
    """Names of kinds; one that ends in ``*`` means all that begin so."""
    subjects: Mapping[str, str] | None = None
    """Ids that an entry must have, by what they identify, all of them."""
    after_id: int | None = None
    """Only entries with a higher number."""
    before_id: int | None = None
    """Only entries with a lower number."""
    since: datetime | None = None
    """Only entries of this instant or later (aware)."""
    until: datetime | None = None
    """Only entries of before this instant (aware)."""
    text: str = ""
    """Only entries in which this stands, in capitals or not."""
