"""What the control API takes and gives of records, of what the outside world says of them, and of the life cycle."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue, Strict, WithJsonSchema

from sevis_sim.control.models import Model, VersionOut

Decision = Literal["pending", "approved", "denied", "withdrawn"]


Told = Annotated[JsonValue, WithJsonSchema({"type": ["boolean", "string", "null"]})]
"""Whether it is a value of the fact is for `domain.facts` to say."""

Day = Annotated[date, Strict()]
"""A text such as 2026-03-06; pydantic would take a number, too."""


class AddRecords(Model):
    """Records to put into SEVIS, each written as one of a scenario's ``records`` (docs/life-cycle.md)."""

    records: list[dict[str, JsonValue]] = Field(
        min_length=1,
        examples=[[{"sevisID": "N9904705123", "org": "ABC214F00012000", "status": "ACTIVE"}]],
    )


class TellFacts(Model):
    """What only the outside world knows of a person; null takes a fact back."""

    facts: dict[str, Told] = Field(examples=[{"arrived": "2026-03-01", "visaIssued": True}])


class TakeDecision(Model):
    """What USCIS says of a request."""

    request: str = Field(examples=["OPTEmployment", "OPTEmployment[2]", "Program/Extension", "ChangeOfStatus"])
    decision: Decision
    on: Day | None = Field(default=None, description="day of the decision; today by the simulator's clock")
    start: Day | None = Field(default=None, description="the approved first day, where it is not the one asked for")
    end: Day | None = Field(default=None, description="the approved last day, where it is not the one asked for")


class CorrectStatus(Model):
    """The status that a record gets, as a school or sponsor would undo it in RTI."""

    status: str = Field(examples=["INITIAL", "TERMINATED"])
    reason: str = ""


class ChangeOrganization(Model):
    """Whether an organization is active: false for a school that is withdrawn or a program that has ended."""

    active: bool
    endRecords: bool = Field(  # noqa: N815 - as scenarios spell keys of this kind
        default=False, description="terminate its Initial and Active records too, as SEVP does"
    )


class RecordRowOut(Model):
    """One line of a list of records."""

    sevisID: str  # noqa: N815 - as scenarios spell it
    system: str
    organization: str
    population: str
    status: str
    level: int
    name: str
    """Last and first name, as far as they are known."""
    dependents: int
    facts: dict[str, Any]
    next: date | None
    """The day on which the calendar next changes it, as things stand."""


class UpcomingOut(Model):
    """Something that the calendar will do to a record, as things stand."""

    day: date
    job: str
    becomes: str
    reason: str
    part: str
    """A dependent's SEVIS ID or a request's reference; empty for the record itself."""
    level: int


class RecordOut(VersionOut):
    """A record as it stands now, and what the calendar will do to it."""

    upcoming: list[UpcomingOut]


class FactOut(Model):
    """One fact that can be told."""

    name: str
    means: str
    expected: str
    populations: list[str]
    of: list[str]
    codes: list[str]
    told_by: str


class JobOut(Model):
    """One job of the life cycle as it holds here."""

    name: str
    means: str
    on: bool
    days: int
    counts_from: str
    becomes: str
    reason: str


class LifeCycleOut(Model):
    """What the calendar does to the records of this sandbox."""

    at: str
    """Eastern time of day."""
    jobs: list[JobOut]
