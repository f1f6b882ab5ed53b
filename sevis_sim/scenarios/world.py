"""The shape of what a scenario file says of the world. The descriptions go into its JSON Schema."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from sevis_sim.clock import ClockError, parse_clock
from sevis_sim.domain.organizations import Kind, Organization, Role, kind_of
from sevis_sim.domain.records import Population, Record
from sevis_sim.scenarios import checks, convert
from sevis_sim.scenarios.elements import wrong_code
from sevis_sim.scenarios.faults import FaultEntry
from sevis_sim.yamlfile import Finding, quoted, reject

Certificate = Literal[
    "valid",
    "valid-rsa",
    "expired",
    "not-yet-valid",
    "self-signed",
    "other-ca",
    "about-to-expire",
    "intermediate",
    "intermediate-missing",
    "wrong-usage",
    "unregistered",
    "elsewhere",
    "revoked",
    "none",
]
"""The client certificate of an organization, a profile of certs/profiles.toml or none; organizations with the same word
share one certificate. Here by name, for a state file must be read without loading what makes certificates."""

Text = Annotated[str, WithJsonSchema({"type": ["string", "number", "boolean"]})]
"""A text that may look like a number in YAML: it is taken as written."""


def _lines(value: Any) -> Any:
    return value.strip().splitlines() if isinstance(value, str) else value


Lines = Annotated[
    tuple[str, ...],
    BeforeValidator(_lines),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": ["string", "number"]}}]}),
]


Tag = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", examples=["cut-off"])]


class _Model(BaseModel):
    # Entries are built with the world that they stand in, not each by itself as well: hence defer_build, here and below
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, defer_build=True)


class UserEntry(_Model):
    """A SEVIS user of an organization."""

    id: Text = Field(description="user ID: ten characters, case sensitive", examples=["pdso000001"])
    role: Role = Field(description="PDSO or DSO at a school, RO or ARO at a sponsor")
    name: Text = Field(default="", description="name as forms print it")
    title: Text = Field(default="", description="title as forms print it")
    active: bool = Field(default=True, description="false for a user who is deactivated")
    last_login: Text | None = Field(
        default=None,
        description="day of the last log-in to RTI, for the switch rti_login_lock; the day of the start if left out",
        examples=["2026-01-20"],
    )

    @field_validator("last_login")
    @classmethod
    def _last_login(cls, text: str | None) -> str | None:
        if text is not None and checks.not_a_day(text):
            raise ValueError(f"{quoted(text)} is no day; expected one such as 2026-01-20")
        return text

    @field_validator("id")
    @classmethod
    def _id(cls, text: str) -> str:
        if len(text) != 10 or text.split() != [text]:
            raise ValueError(f"{quoted(text)} has {len(text)} characters; expected a user ID: ten, without blanks")
        return text


class OrganizationEntry(_Model):
    """A school or program sponsor."""

    id: Text = Field(
        description="school code (three letters, 214F, eight digits) or program number (P-1-12345)",
        examples=["ABC214F00012000", "P-1-12345"],
    )
    kind: Kind | None = Field(default=None, description="school or sponsor; follows from the id where it is left out")
    name: Text = Field(default="", description="name as forms print it")
    address: Lines = Field(default=(), description="lines of the postal address as forms print them")
    place: Text = Field(default="", description="city and state where its forms are issued")
    phone: Text = Field(default="", description="phone number as forms print it")
    approval_date: Text = Field(default="", description="day on which a school was approved")
    active: bool = Field(
        default=True, description="false for a school that is withdrawn or a program that is not active"
    )
    public: bool = Field(default=False, description="whether a school is a public one")
    visas: tuple[Literal["F-1", "M-1"], ...] = Field(
        default=("F-1", "M-1"), description="visa types that a school may issue forms for"
    )
    levels: tuple[Text, ...] | None = Field(
        default=None, description="education levels (codes) that a school may teach; all where it is left out"
    )
    categories: tuple[Text, ...] | None = Field(
        default=None, description="exchange visitor categories (codes) of a sponsor; all where it is left out"
    )
    occupations: tuple[Text, ...] | None = Field(
        default=None, description="occupation categories (codes) of a sponsor; all where it is left out"
    )
    form_limit: int | None = Field(
        default=None, ge=0, description="DS-2019 forms left in a sponsor's allotment; no limit where it is left out"
    )
    korea_west: bool = Field(default=False, description="whether a sponsor is a Korea WEST sponsor")
    users: tuple[UserEntry, ...] = Field(default=(), description="its officials; the first active one is the default")
    certificate: Certificate = Field(
        default="valid", description="client certificate; organizations with the same word share one"
    )

    @field_validator("id")
    @classmethod
    def _id(cls, text: str) -> str:
        if kind_of(text) is None:
            raise ValueError(
                f"{quoted(text)} is no school code (three capital letters, 214F, eight digits: ABC214F00012000) and no "
                "program number (P-1-12345, G-1-12345)"
            )
        return text

    @field_validator("approval_date")
    @classmethod
    def _approval(cls, text: str) -> str:
        if text and checks.not_a_day(text):
            raise ValueError(f"{quoted(text)} stands here; expected a day such as 2026-03-06")
        return text

    @field_validator("levels")
    @classmethod
    def _levels(cls, codes: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return _codes(codes, "education-level")

    @field_validator("categories")
    @classmethod
    def _categories(cls, codes: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return _codes(codes, "ev-category")

    @field_validator("occupations")
    @classmethod
    def _occupations(cls, codes: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return _codes(codes, "occupation-category")


def _codes(codes: tuple[str, ...] | None, table: str) -> tuple[str, ...] | None:
    wrong = [
        Finding((number,), message) for number, code in enumerate(codes or ()) if (message := wrong_code(code, table))
    ]
    if wrong:
        reject(wrong)
    return codes


class _Person(BaseModel):
    """Somebody with a SEVIS ID; all other keys are XML elements of a create."""

    model_config = ConfigDict(extra="allow", frozen=True, hide_input_in_errors=True, defer_build=True)

    sevis_id: Text = Field(alias="sevisID", description="SEVIS ID: N and ten digits", examples=["N9904705123"])

    @field_validator("sevis_id")
    @classmethod
    def _id(cls, text: str) -> str:
        if len(text) != 11 or text[0] != "N" or not (text[1:].isascii() and text[1:].isdigit()):
            raise ValueError(f"{quoted(text)} is no SEVIS ID; expected N and ten digits, such as N9904705123")
        return text


class DependentEntry(_Person):
    """A spouse or child with a SEVIS ID; the other keys are the elements of ``Dependent`` in a create."""

    status: Text | None = Field(default=None, description="status; the principal's where it is left out")
    facts: dict[str, Any] = Field(
        default_factory=dict, description="what only the outside world knows of them, such as arrived: 2025-08-10"
    )


class LevelEntry(BaseModel):
    """A student at another education level; the other keys are the elements of a create that a level has of its own."""

    model_config = ConfigDict(extra="allow", frozen=True, hide_input_in_errors=True, defer_build=True)

    status: Text = Field(
        description="status at this level: INITIAL while a change of level is pending, DEACTIVATED after one..."
    )


class SiteEntry(BaseModel):
    """A site of activity; the other keys are the elements of ``SiteOfActivity`` or ``TippSite``."""

    model_config = ConfigDict(extra="allow", frozen=True, hide_input_in_errors=True, defer_build=True)

    site_id: Text | None = Field(
        default=None,
        alias="siteID",
        pattern="^[0-9]{1,9}$",
        examples=["108087"],
        description="the site's number, by which updates name it; derived from the record where it is left out",
    )
    type: Literal["SOA", "EXEMPT", "SEEKINGEMP", "ONTRAVEL", "TIPP"] = Field(
        default="SOA", description="the element's xsi:type; TIPP for a site of a training plan"
    )


class RecordEntry(_Person):
    """A student or exchange visitor whom SEVIS knows; the other keys are the elements of a create."""

    org: Text = Field(description="id of the organization that the record belongs to")
    population: Population | None = Field(
        default=None, description="student or exchangeVisitor; follows from the organization where it is left out"
    )
    status: Text = Field(description="status in capitals: INITIAL, ACTIVE, TERMINATED...")
    facts: dict[str, Any] = Field(
        default_factory=dict,
        description="what only the outside world knows, such as visaIssued: true (docs/life-cycle.md)",
    )
    dependents: tuple[DependentEntry, ...] = Field(default=(), alias="Dependents", description="spouse and children")
    levels: tuple[LevelEntry, ...] = Field(
        default=(),
        alias="Levels",
        description="a student's other education levels: one that a change has begun, and earlier ones, oldest first",
    )
    sites: tuple[SiteEntry, ...] = Field(
        default=(), alias="Sites", description="sites of activity of an exchange visitor"
    )


class Match(_Model):
    """Which records an outcome is about."""

    request_id: Text = Field(alias="requestId", min_length=1, description="the record's requestID in the batch")


class OutcomeEntry(_Model):
    """A record that fails whatever the rules say."""

    match: Match = Field(description="which records it is about")
    error: Text = Field(description="the code that they fail with", examples=["S1024"])


def _default_organizations() -> tuple[OrganizationEntry, ...]:
    from sevis_sim.scenarios.load import default_scenario

    return default_scenario().organizations


class World(_Model):
    """What a sandbox begins with: all of a scenario but what happens in it. Immutable."""

    scenario: Text = Field(description="short name", pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", examples=["friday-cutoff"])
    summary: Text = Field(default="", description="what it shows, in a sentence or two")
    proves: Text = Field(default="", description="what is proven when it passes, in a sentence")
    source: Lines = Field(default=(), description="document and section that it comes from")
    tags: tuple[Tag, ...] = Field(default=(), description="words to choose scenarios by", examples=[["dispositions"]])
    extends: Text | None = Field(
        default=None, description="a scenario file: whatever is not said here is as it says there"
    )
    include: Text | tuple[Text, ...] | None = Field(
        default=None, description="files whose organizations, records, faults, steps... come before those here"
    )
    variables: dict[str, Any] = Field(default_factory=dict, description="values to write as $(name) elsewhere")
    matrix: dict[str, tuple[Any, ...]] | tuple[dict[str, Any], ...] | None = Field(
        default=None,
        description="variables with several values: each combination, or each row, is a scenario of its own",
        examples=[{"system": ["production", "beta"]}],
    )
    clock: str | None = Field(
        default=None,
        description="real, an instant (frozen there), or an instant and x600; the simulator's own where it is left out",
        examples=["2026-03-06T21:59:59-05:00"],
    )
    system: Literal["production", "beta", "alpha"] = Field(
        default="production", description="the SEVIS system that the records are in and that the steps talk to"
    )
    organizations: tuple[OrganizationEntry, ...] = Field(
        default_factory=_default_organizations,
        description="schools and sponsors; the default school and sponsor where it is left out",
    )
    records: tuple[RecordEntry, ...] = Field(default=(), description="what SEVIS knows already")
    life_cycle: dict[str, Any] = Field(
        default_factory=dict,
        description="changes to what the calendar does to records, by job (docs/life-cycle.md): on, off or days; all: "
        "on or off; at: time of day; settings have the last word",
        examples=[{"student-canceled": 45, "visitor-inactive": "off"}],
    )
    outcomes: tuple[OutcomeEntry, ...] = Field(default=(), description="records that fail whatever the rules say")
    faults: tuple[FaultEntry, ...] = Field(
        default=(),
        description="what goes wrong on purpose (docs/faults.md)",
        examples=[[{"at": "download", "first": 2, "do": {"disposition": "S0001"}}, {"preset": "results-late"}]],
    )

    _folder: Path = PrivateAttr(default_factory=Path)

    @field_validator("clock")
    @classmethod
    def _clock(cls, text: str | None) -> str | None:
        try:
            parse_clock(text) if text is not None else None
        except ClockError as error:
            raise ValueError(str(error)) from error
        return text

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if wrong := checks.findings(self):
            reject(wrong)
        return self

    def to_organizations(self) -> tuple[Organization, ...]:
        """Return the organizations with their officials, in the order of the file."""
        return tuple(convert.organization(entry) for entry in self.organizations)

    def to_records(self) -> tuple[Record, ...]:
        """Return the records that SEVIS knows at the start, in the order of the file."""
        return tuple(convert.record(entry, self) for entry in self.records)

    def forced_codes(self) -> Mapping[str, str]:
        """Return the codes of ``outcomes`` by request ID."""
        return {outcome.match.request_id: outcome.error for outcome in self.outcomes}

    def located(self, folder: Path) -> Self:
        """Return it as read from a folder: its file names start there."""
        found = self.model_copy()
        found._folder = folder
        return found

    def file(self, name: str) -> Path:
        """Return the path of a file that it names: beside it, else in a folder ``files`` there or above."""
        beside = self._folder / name
        shelves = (self._folder / "files" / name, self._folder / ".." / "files" / name)
        return next((each for each in shelves if not beside.exists() and each.exists()), beside)
