"""What can happen to records and organizations without a batch, as journal events."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sevis_sim.journal import Catalogue, Event, subject


@dataclass(frozen=True, kw_only=True)
class _RecordEvent(Event):
    """Names the record that it is about."""

    kind = ""
    record: str = subject()
    dependent: str = subject(default="")
    """The dependent's SEVIS ID, where it is about one of the record."""
    organization: str = subject()
    system: str = subject()

    @property
    def whose(self) -> str:
        """The SEVIS ID that it is about."""
        return self.dependent or self.record


@dataclass(frozen=True, kw_only=True)
class RecordChanged(_RecordEvent):
    """The calendar changed a record: its status, a dependent's, or that of a request (docs/life-cycle.md)."""

    kind = "record.changed"
    job: str
    """The job of the life cycle that did it."""
    request: str = ""
    """The request, such as ``OPTEmployment[1]``, where its status is what changed."""
    before: str
    after: str
    reason: str

    def summary(self) -> str:
        """Say whose status changed, and why."""
        what = f"{self.request} of {self.whose}" if self.request else self.whose
        return f"{what}: {self.before} to {self.after}: {self.reason}"


@dataclass(frozen=True, kw_only=True)
class LifeCycleRan(Event):
    """The jobs of a day are done; one ``record.changed`` before it for each change."""

    kind = "life-cycle.ran"
    system: str = subject()
    day: str
    changes: Mapping[str, int] = field(default_factory=dict)
    """How many changes each job made."""

    def summary(self) -> str:
        """Say what was done."""
        done = ", ".join(f"{count} {job}" for job, count in self.changes.items()) or "nothing to change"
        return f"life cycle of {self.day} ({self.system}): {done}"


@dataclass(frozen=True, kw_only=True)
class FactsTold(_RecordEvent):
    """Somebody told the simulator what only the outside world knows of a person (docs/life-cycle.md)."""

    kind = "facts.told"
    facts: Mapping[str, Any]
    """What was told; null where a fact was taken back."""

    def summary(self) -> str:
        """Say what is true now."""
        told = ", ".join(f"{name} {_word(value)}" for name, value in self.facts.items())
        return f"{self.whose}: {told}"


def _word(value: Any) -> str:
    return "taken back" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, kw_only=True)
class RequestDecided(_RecordEvent):
    """USCIS, played through the control API, decided on a request of a record."""

    kind = "request.decided"
    request: str
    decision: str
    on: str
    """Day of the decision."""
    start: str = ""
    end: str = ""

    def summary(self) -> str:
        """Say what was decided."""
        return f"{self.request} of {self.record}: {self.decision} on {self.on}"


@dataclass(frozen=True, kw_only=True)
class RecordCorrected(_RecordEvent):
    """A status was undone, as a school or sponsor does in RTI, through the control API."""

    kind = "record.corrected"
    before: str
    after: str
    reason: str = ""

    def summary(self) -> str:
        """Say whose status changed."""
        because = f": {self.reason}" if self.reason else ""
        return f"{self.record}: {self.before} corrected to {self.after} in RTI{because}"


@dataclass(frozen=True, kw_only=True)
class RecordAdded(_RecordEvent):
    """A record was put into SEVIS through the control API, as a scenario's ``records`` are."""

    kind = "record.added"
    status: str

    def summary(self) -> str:
        """Say which."""
        return f"{self.record} added to {self.organization}, {self.status}"


@dataclass(frozen=True, kw_only=True)
class OrganizationChanged(Event):
    """A school was withdrawn, a program ended, or either is active again."""

    kind = "organization.changed"
    organization: str = subject()
    active: bool

    def summary(self) -> str:
        """Say what it is now."""
        return f"{self.organization} is {'active' if self.active else 'withdrawn or ended'}"


RECORD_HAPPENINGS = Catalogue(
    RecordAdded, RecordChanged, RecordCorrected, LifeCycleRan, FactsTold, RequestDecided, OrganizationChanged
)
"""Every kind of entry of this module, for `happenings.HAPPENINGS`."""
