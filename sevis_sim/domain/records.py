"""Students, exchange visitors and their dependents as SEVIS stores them."""

import copy
from dataclasses import dataclass, field
from typing import Any, Literal

from sevis_sim.domain.document import Node

Population = Literal["student", "exchangeVisitor"]

# Status words as messages and scenarios spell them (reference: Help Hub status names; SEVISTable.xsd StatusCodeType).
INITIAL = "INITIAL"
ACTIVE = "ACTIVE"
COMPLETED = "COMPLETED"
TERMINATED = "TERMINATED"
CANCELED = "CANCELED"
DEACTIVATED = "DEACTIVATED"
INACTIVE = "INACTIVE"
NO_SHOW = "NO SHOW"
INVALID = "INVALID"

STATUSES: dict[Population, frozenset[str]] = {
    "student": frozenset({INITIAL, ACTIVE, COMPLETED, TERMINATED, CANCELED, DEACTIVATED}),
    "exchangeVisitor": frozenset({INITIAL, ACTIVE, INACTIVE, TERMINATED, NO_SHOW, INVALID}),
}


@dataclass(slots=True)
class Dependent:
    """A spouse or child with a SEVIS ID of their own. ``data`` is the ``Dependent`` element of a create."""

    sevis_id: str
    status: str
    data: Node = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    """What only the outside world knows of them (``facts.toml``), as the principal's ``Record.facts``."""


@dataclass(slots=True)
class Site:
    """A site of activity of an exchange visitor. ``data`` is the ``SiteOfActivity`` or ``TippSite`` element."""

    site_id: str
    """Fits an ``xs:int``: signature blocks of updates declare it so (reference errata 12)."""
    data: Node = field(default_factory=dict)


@dataclass(slots=True)
class HistoryEntry:
    """One event in the life of a record."""

    instant: str
    """ISO instant at which the event was processed."""
    event: str
    batch_id: str
    request_id: str


@dataclass(slots=True)
class Record:
    """One student or exchange visitor at one organization in one system.

    ``data`` holds the elements of a create (``PersonalInfo``, ``EducationalInfo``… or ``Biographical``,
    ``PrgStartDate``…) with later updates merged in; ``facts`` what only the outside world knows.
    """

    sevis_id: str
    org_id: str
    population: Population
    status: str
    data: Node = field(default_factory=dict)
    dependents: list[Dependent] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    history: list[HistoryEntry] = field(default_factory=list)

    def dependent(self, sevis_id: str) -> Dependent | None:
        """Return the dependent with this SEVIS ID, or None."""
        return next((d for d in self.dependents if d.sevis_id == sevis_id), None)

    def copy(self) -> "Record":
        """Return an independent copy, for an event to change."""
        return copy.deepcopy(self)
