"""Every setting with its meaning and default. The descriptions are what errors and docs show."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from sevis_sim.clock import PROFILES, ClockError, parse_clock
from sevis_sim.clock.overrides import PROFILE_KEYS, OverrideError, overridden
from sevis_sim.domain.life_cycle import LifeCycleError, shipped
from sevis_sim.domain.readings import Switches as RuleSwitches
from sevis_sim.yamlfile import Finding, quoted, reject

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Fidelity = Literal["real", "strict", "lenient"]

Port = Annotated[int, Field(ge=0, le=65535)]


def _iso_day(text: object) -> object:
    """Refuse the numbers and long forms that pydantic would take for a day as well."""
    if isinstance(text, str) and not _DAY.fullmatch(text):
        raise ValueError(f"{quoted(text)} is no day; expected one such as 2026-03-06")
    return text


Day = Annotated[date, BeforeValidator(_iso_day)]
Host = Annotated[str, Field(min_length=1, max_length=253)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, validate_default=False)


class Switches(_Model):
    """Behaviour of the true service for which no certain source exists (reference sevis-protocol.md §12)."""

    not_ready_download: Literal["zip", "xml"] = Field(
        default="zip",
        description="what a download that is not ready gets: a zip with only the log, or the bare xml (question 1)",
    )
    closed_answer: Literal["503", "S0001", "reset"] = Field(
        default="503",
        description="answer outside service hours: 503 with an HTML page, a log with S0001, or reset of the connection",
    )
    rti_login_lock: bool = Field(
        default=False,
        description="whether a user who has not logged in to RTI for 45 days gets S0003, and S1001 or S2154 in records",
    )
    sevis_id_range: str = Field(
        default="N99", description="first characters of simulated SEVIS IDs: N and one to six digits"
    )
    pdf_name: str = Field(
        default="{sevis_id}.pdf",
        description="file name of a form in the result zip, with {sevis_id}, {form}, {org_id}, {issued} (question 4)",
    )

    magic_values: bool = Field(
        default=True,
        description="whether values such as SIM:S2101 in UserDefinedB let records fail (docs/magic-values.md)",
    )
    rules: RuleSwitches = Field(
        default=RuleSwitches(), description="readings of the business rules (questions 7 to 10), see docs/fidelity.md"
    )

    @field_validator("sevis_id_range")
    @classmethod
    def _range(cls, text: str) -> str:
        digits = text.removeprefix("N")
        if not (text.startswith("N") and 1 <= len(digits) <= 6 and digits.isascii() and digits.isdigit()):
            raise ValueError(f"{quoted(text)} is no range of SEVIS IDs; expected N and one to six digits, such as N99")
        return text

    @field_validator("pdf_name")
    @classmethod
    def _pdf_name(cls, text: str) -> str:
        rest = text
        for name in ("sevis_id", "form", "org_id", "issued"):
            rest = rest.replace(f"{{{name}}}", "")
        if (
            "{sevis_id}" not in text
            or not text.lower().endswith(".pdf")
            or any(each in rest for each in '{}/\\:*?"<>|')
        ):
            raise ValueError(
                f"{quoted(text)} is no pattern of file names; expected {{sevis_id}}, also {{form}}, {{org_id}} and "
                "{issued}, and .pdf at the end, without characters that file systems refuse"
            )
        return text


class Settings(_Model):
    """How one simulator runs. Immutable; `load_settings` builds it from file, environment and flags."""

    data_dir: Path = Field(default=Path(".sevis-sim"), description="folder of the database, the CA and the identities")
    host: Host = Field(default="127.0.0.1", description="address that clients connect to")
    server_names: tuple[Host, ...] = Field(
        default=(),
        description="names besides localhost by which clients reach it, such as a container's: its certificate holds "
        "for them, and the first stands in the addresses that it tells",
    )
    port: Port = Field(default=8443, description="TLS port for clients; 0 picks a free one")
    control_host: Host = Field(default="127.0.0.1", description="address of the control API")
    control_port: Port = Field(default=8444, description="port of the control API; 0 picks a free one")
    control_token: str | None = Field(
        default=None, min_length=8, description="bearer token that the control API asks for; needed beyond loopback"
    )
    database: str | None = Field(
        default=None, description="URL of the database; without it SQLite in the data directory"
    )
    seed: int = Field(
        default=1, ge=0, lt=2**63, description="seed of SEVIS IDs: the same seed and batch give the same IDs"
    )
    clock: str = Field(
        default="real", description="real, an instant (frozen there), or an instant and x600 (fast from there)"
    )
    fidelity: Fidelity = Field(
        default="real",
        description="real answers as the true service does; strict refuses what the documents forbid; lenient accepts "
        "more",
    )
    scenario: Path | None = Field(default=None, description="scenario that the simulator starts with")
    env_file: Path | None = Field(
        default=None, description="file for the client variables, written once the simulator is ready"
    )
    schemas: Path | None = Field(
        default=None, description="folder of official XSD files to use instead of the shipped ones"
    )
    releases: Mapping[Literal["production", "beta", "alpha"], Annotated[str, Field(min_length=1)]] = Field(
        default_factory=dict,
        description="schema release of production, beta or alpha, as `sevis-sim schemas list` names it; overrides "
        "schemas",
    )
    upload_limit_mb: int = Field(
        default=20, ge=1, le=2048, description="largest upload in MB; larger ones get 413 (question 6)"
    )
    request_timeout_s: float = Field(
        default=60.0, gt=0, le=86400, allow_inf_nan=False, description="seconds a client may take to send one request"
    )
    header_timeout_s: float = Field(
        default=20.0, gt=0, le=86400, allow_inf_nan=False, description="seconds the headers of a request may take"
    )
    keep_alive_s: float = Field(
        default=75.0,
        gt=0,
        le=86400,
        allow_inf_nan=False,
        description="seconds a connection is kept for a further request, and an answer may make no progress",
    )
    stop_timeout_s: float = Field(
        default=8.0,
        ge=0,
        le=3600,
        allow_inf_nan=False,
        description="seconds that requests in flight have to end when the simulator is stopped",
    )
    max_connections: int = Field(default=1000, ge=1, le=100_000, description="connections at a time; more get 503")
    max_connections_per_peer: int = Field(
        default=500, ge=1, le=100_000, description="connections of one address at a time; more get 503"
    )
    max_requests: int = Field(
        default=400, ge=1, le=100_000, description="requests that are answered at a time; more get 503"
    )
    max_requests_per_peer: int = Field(
        default=300, ge=1, le=100_000, description="requests of one address at a time; more get 503"
    )
    keep_exchanges: int = Field(
        default=200,
        ge=0,
        le=100_000,
        description="how many requests and answers of a sandbox are kept as they stood on the wire, the newest; 0 "
        "keeps none",
    )
    keep_exchanges_mb: int = Field(
        default=16, ge=1, le=4096, description="MB that they may take in each sandbox; of a body the first MB is kept"
    )
    keep_entries: int = Field(
        default=100_000,
        ge=0,
        le=100_000_000,
        description="how many entries of the journal of each sandbox are kept, the newest, and up to 1,000 more; 0 "
        "keeps all",
    )
    redact: bool = Field(
        default=False,
        description="whether names, birth dates, addresses and the like are taken out of the journal and of what is "
        "kept of requests",
    )
    log_format: Literal["auto", "human", "json"] = Field(
        default="auto",
        description="how serve writes its log to standard error: for people, or JSON, a document a line; auto is human "
        "on a terminal",
    )
    log_level: Literal["debug", "info", "warning", "error", "off"] = Field(
        default="info", description="what of the log is written: this level and those above it"
    )
    eastern: Literal["America/New_York", "EST"] = Field(
        default="America/New_York", description="what Eastern time is; EST never changes its clocks"
    )
    closures: tuple[Day, ...] = Field(default=(), description="days without business besides the federal holidays")
    profiles: Mapping[str, Mapping[str, str]] = Field(
        default_factory=dict,
        description="changes to the service hours, processing times and retention (question 5) of production, beta or "
        "alpha",
    )
    life_cycle: Mapping[str, Any] = Field(
        default_factory=dict,
        description="changes to what the calendar does to records, by job (docs/life-cycle.md): on, off or days; all: "
        "on or off; at: time of day",
    )
    switches: Switches = Field(default=Switches(), description="behaviour that no source settles")

    @property
    def told_clock(self) -> str | None:
        """The clock that somebody asked for; None where nobody did."""
        return self.clock if "clock" in self.model_fields_set else None

    @field_validator("data_dir", "scenario", "env_file", "schemas")
    @classmethod
    def _path(cls, path: Path | None) -> Path | None:
        try:
            return path and path.expanduser()
        except RuntimeError as error:
            raise ValueError(f"{quoted(str(path))} has no home directory behind it: {error}") from error

    @field_validator("database")
    @classmethod
    def _database(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("sqlite:", "postgresql:", "postgresql+")):
            scheme = url.partition(":")[0]
            raise ValueError(
                f"a URL that begins with {quoted(scheme)} stands here; expected sqlite:///FILE or postgresql://HOST/NAME"
            )
        return url

    @field_validator("clock")
    @classmethod
    def _clock(cls, text: str) -> str:
        try:
            parse_clock(text)
        except ClockError as error:
            raise ValueError(str(error)) from error
        return text

    @field_validator("profiles")
    @classmethod
    def _profiles(cls, overrides: Mapping[str, Mapping[str, str]]) -> Mapping[str, Mapping[str, str]]:
        try:
            overridden(overrides)
        except OverrideError as error:
            unknown = error.path[-1] not in (*PROFILES, *PROFILE_KEYS)
            reject([Finding(error.path, str(error), at_key=unknown)])
        return overrides

    @field_validator("life_cycle")
    @classmethod
    def _life_cycle(cls, changes: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            shipped().changed(changes)
        except LifeCycleError as error:
            reject([Finding((error.key,), str(error), at_key=error.unknown)])
        return changes

    @model_validator(mode="after")
    def _controls_are_guarded(self) -> Self:
        if self.control_token is None and self.control_host not in ("localhost", "127.0.0.1", "::1"):
            reject(
                [
                    Finding(
                        ("control_host",),
                        f"{quoted(self.control_host)} opens the controls to others; set control_token too "
                        "(SEVIS_SIM_CONTROL_TOKEN), or keep to 127.0.0.1",
                    )
                ]
            )
        return self

    def changed(self, **changes: Any) -> Self:
        """Return a copy with some settings changed and checked."""
        return self.model_validate(self.model_dump(exclude_unset=True) | changes)
