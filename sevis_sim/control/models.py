"""What goes into the control API and what comes out. Unknown fields are errors."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from sevis_sim.clock import parse_clock
from sevis_sim.clock.overrides import overridden
from sevis_sim.settings import Fidelity, Switches

SystemName = Literal["production", "beta", "alpha"]


class Model(BaseModel):
    """Base of all: no unknown fields."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


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
    pem: str


class IssueCertificate(Model):
    """What certificate to make."""

    organizations: list[str] = Field(default_factory=list, examples=[["ABC214F00012000"]])
    profile: str = Field(default="valid", description="a name of certs/profiles.toml")
    name: str | None = Field(default=None, pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", description="for its files")
    common_name: str | None = Field(default=None, min_length=1, max_length=64)
    key: Literal["ecdsa", "rsa"] | None = Field(default=None, description="kind of key; as the profile says")

    trusted: bool = Field(
        default=False, description="let TLS take it as its own anchor, so that the handshake completes in any case"
    )

    @field_validator("profile")
    @classmethod
    def _profile(cls, name: str) -> str:
        from sevis_sim.pki import PkiError, profile_named

        try:
            profile_named(name)
        except PkiError as error:
            raise ValueError(str(error)) from error
        return name


class IssuedOut(CertificateOut):
    """A certificate that was just made, with its key."""

    chain: str
    """PEM of what the client sends: its certificate, then intermediate ones."""
    key: str
    """PEM"""
    handshake: Literal["completes", "dies"]
    """Whether TLS lets it in, so that it can be judged and answered."""


class SandboxOut(Model):
    """A sandbox."""

    name: str
    seed: int
    now: datetime
    mode: Literal["frozen", "real", "scaled"]
    factor: float
    fidelity: Fidelity


SandboxName = Annotated[
    str, Field(pattern="^[a-z0-9][a-z0-9_-]{0,47}$", description="lower-case letters, digits, - and _; 48 at most")
]


class CreateSandbox(Model):
    """What a new sandbox shall be like. What is left out is as in the simulator itself."""

    name: SandboxName | None = None
    seed: int | None = Field(default=None, ge=0, lt=2**63)
    clock: str | None = Field(default=None, examples=["2026-03-06T21:50-05:00", "real", "2026-03-06T21:50-05:00 x600"])
    scenario: str | None = Field(default=None, description="the YAML of a scenario: its organizations, records…")
    fidelity: Fidelity | None = None
    switches: Switches | None = None
    profiles: dict[str, dict[str, str]] = Field(default_factory=dict)

    @field_validator("clock")
    @classmethod
    def _clock(cls, text: str | None) -> str | None:
        if text is not None:
            parse_clock(text)
        return text

    @field_validator("profiles")
    @classmethod
    def _profiles(cls, changes: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        overridden(changes)
        return changes


class BranchSandbox(Model):
    """Name of the new sandbox, and the snapshot that it is a copy of; without one of the present state."""

    name: SandboxName | None = None
    snapshot: str | None = None


class TakeSnapshot(Model):
    """Name of a snapshot."""

    name: SandboxName


class SnapshotOut(Model):
    """A snapshot: its name, and when it was taken by the sandbox's clock."""

    name: str
    taken: datetime


class PartyOut(Model):
    """An organization of a new sandbox as a client program needs it."""

    organization: str
    kind: Literal["school", "sponsor"]
    user: str
    certificate: str
    """PEM"""
    key: str
    """PEM"""


class NewSandboxOut(SandboxOut):
    """A sandbox that was just made, and who can enter it."""

    ca: str
    """PEM of the authority that clients must trust."""
    parties: list[PartyOut]


class AddressesOut(Model):
    """Where clients of one system send their requests."""

    upload: str
    download: str


class OpenListener(Model):
    """What a new TLS port shall be like."""

    certificate: str = Field(default="valid", description="a name of certs/servers.toml", examples=["expired"])
    tls: Literal["1.2", "1.3"] | None = Field(default=None, description="the one TLS version that it speaks")


class ListenerOut(Model):
    """A TLS port."""

    name: str
    port: int
    certificate: str
    tls: Literal["1.2", "1.3"] | None
    systems: dict[str, AddressesOut]


class ServerOut(Model):
    """What clients must know of this server."""

    version: str
    systems: dict[str, AddressesOut]
    ca: str
    """PEM of the authority that clients must trust."""


class ProblemOut(Model):
    """Why a request could not be served (RFC 9457)."""

    title: str
    status: int
    detail: str
    field: str | None = None


class UserOut(Model):
    """An official of an organization."""

    id: str
    role: str
    name: str
    active: bool
    last_login: date | None
    """Day of the last log-in to RTI."""


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
    level: int
    """The student's education level that it was about."""


class AddressOut(Model):
    """What the address engine makes of a U.S. address that a record holds, as transaction logs say it."""

    path: str
    """Such as ``USAddress`` or ``OPTEmployment[1]/Employer[2]/EmployerAddress``."""
    corrected: dict[str, str] | None
    """As the engine writes it; null where it refuses it."""
    result: str
    """S0000, or the code of the address rule that it breaks."""
    message: str


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
    addresses: list[AddressOut]
    dependents: list[PersonOut]
    sites: list[SiteOut]
    facts: dict[str, Any]
    levels: list[LevelOut]
    history: list[EventOut]
