"""What goes into the control API and what comes out. Unknown fields are errors."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

SystemName = Literal["production", "beta", "alpha"]


class Model(BaseModel):
    """Base of all: no unknown fields."""

    model_config = ConfigDict(extra="forbid")


class MoveClock(Model):
    """Where to move the clock: one instant of the grammar (docs/time.md)."""

    to: str = Field(examples=["next-business-day 06:00", "+2h", "2026-03-06T21:50-05:00"])
    system: SystemName = "production"


class RegisterCertificate(Model):
    """A certificate to register for an organization: the text of a .pem, or of a Base64 .cer file."""

    organization: str
    certificate: str
    name: str = "imported"


class HappeningOut(Model):
    """One piece of due work that ran, or would run."""

    instant: datetime
    eastern: str
    kind: str
    key: str
    summary: str


class ClockOut(Model):
    """A sandbox's clock, and what it means for the three systems."""

    now: datetime
    eastern: str
    mode: Literal["frozen", "real", "scaled"]
    factor: float
    """How many seconds pass in a second of wall time: 0 frozen, 1 real."""
    business_day: bool
    open: dict[str, bool]
    next_event: datetime | None


class MovedOut(Model):
    """The clock after a move, and what happened on the way, in order."""

    clock: ClockOut
    happened: list[HappeningOut]


class PlanOut(Model):
    """What would happen until an instant."""

    until: datetime
    events: list[HappeningOut]


class BatchOut(Model):
    """A batch as it stands."""

    system: str
    organization: str
    batch_id: str
    user_id: str
    file_name: str
    status: str
    received: datetime
    due: datetime
    available: datetime
    processed: datetime | None
    success: int
    failure: int


class JournalEntryOut(Model):
    """One entry of the journal."""

    id: int
    sandbox: str | None
    instant: datetime
    kind: str
    summary: str
    subjects: dict[str, str]
    detail: dict[str, Any]


class CertificateOut(Model):
    """A client certificate the simulator knows."""

    fingerprint: str
    name: str
    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime
    revoked: datetime | None
    organizations: list[str]


class SandboxOut(Model):
    """A sandbox."""

    name: str
    seed: int
    now: datetime


class UserOut(Model):
    """An official of an organization."""

    id: str
    role: str
    name: str
    active: bool


class OrganizationOut(Model):
    """A school or sponsor."""

    id: str
    kind: str
    name: str
    active: bool
    users: list[UserOut]


class RegisteredOut(Model):
    """A registration that was made."""

    fingerprint: str
    subject: str
    organization: str


class LevelOut(Model):
    """A student at one education level; ``data`` has the elements that are the level's own."""

    number: int
    status: str
    data: dict[str, Any]


class PersonOut(Model):
    """A spouse or child."""

    sevisID: str  # noqa: N815 - as scenarios spell it
    status: str
    data: dict[str, Any]
    facts: dict[str, Any]


class SiteOut(Model):
    """A site of activity of an exchange visitor."""

    siteID: str  # noqa: N815
    data: dict[str, Any]


class EventOut(Model):
    """One event in the life of a record."""

    instant: datetime
    event: str
    batch_id: str
    request_id: str


class VersionOut(Model):
    """A record as it stood after one change: the first version is that of its create, the last one is current."""

    version: int
    instant: datetime
    batch_id: str | None
    """The batch that made it; null where none did."""
    sevisID: str  # noqa: N815
    system: str
    organization: str
    population: str
    status: str
    level: int
    """Number of the education level that ``status`` and ``data`` show; ``levels`` has a student's others."""
    data: dict[str, Any]
    dependents: list[PersonOut]
    sites: list[SiteOut]
    facts: dict[str, Any]
    levels: list[LevelOut]
    history: list[EventOut]
