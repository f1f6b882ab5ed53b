"""Students, exchange visitors and their dependents as SEVIS stores them."""

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from sevis_sim.domain.document import Node, copied

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

OPEN = frozenset({INITIAL, ACTIVE})
"""Statuses of somebody whose program is ahead or under way."""

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


SHARED = ("PersonalInfo", "USAddress", "MailingAddress", "ForeignAddress", "UserDefinedA", "UserDefinedB")
"""Elements of a student that all education levels have in common; every other one belongs to its level."""


@dataclass(slots=True)
class Level:
    """A student at one education level: a second one begins when the level changes, under the same SEVIS ID.

    ``data`` has the elements that are the level's own, so none of `SHARED`.
    """

    number: int
    """1 for the level of the create, counted up with each change."""
    status: str
    data: Node = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One event in the life of a record. What has happened does not change, so copies of a record share them."""

    instant: str
    """ISO instant at which the event was processed."""
    event: str
    batch_id: str
    request_id: str
    level: int = 1
    """The student's education level that it was about."""


@dataclass(slots=True)
class Record:
    """One student or exchange visitor at one organization in one system.

    ``data`` holds the elements of a create (``PersonalInfo``, ``EducationalInfo``… or ``Biographical``,
    ``PrgStartDate``…) with later updates merged in; ``facts`` what only the outside world knows.

    A student whose education level changed has a status and program for each level. ``status`` and ``data`` show one
    of them (`show`), ``levels`` holds the others; at rest it is the level that counts (`settle`).
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
    level: int = 1
    """Number of the education level that ``status`` and ``data`` show."""
    levels: list[Level] = field(default_factory=list)
    """The student's other education levels, by number."""

    @property
    def statuses(self) -> dict[int, str]:
        """The status at each education level, by its number."""
        return {self.level: self.status} | {level.number: level.status for level in self.levels}

    @property
    def current_level(self) -> int:
        """The level that counts: the Active one, else the Initial one, else the last that was not cancelled."""
        found = self.statuses
        order = {ACTIVE: 3, INITIAL: 2, CANCELED: 0}
        return max(found, key=lambda number: (order.get(found[number], 1), number))

    @property
    def standing(self) -> str:
        """The status at the level that counts, which dependents follow."""
        return self.statuses[self.current_level]

    @property
    def pending_level(self) -> int | None:
        """The level that a change has begun and no registration has made Active yet; None where there is none."""
        return next((number for number, status in self.statuses.items() if status == INITIAL and number > 1), None)

    def show(self, number: int) -> None:
        """Let ``status`` and ``data`` be those of another education level.

        Raises:
            KeyError: the student has no level of this number.

        """
        if number == self.level:
            return
        wanted = next((level for level in self.levels if level.number == number), None)
        if wanted is None:
            raise KeyError(number)
        shared = {name: self.data[name] for name in SHARED if name in self.data}
        left = Level(self.level, self.status, {n: inner for n, inner in self.data.items() if n not in SHARED})
        others = (level for level in self.levels if level is not wanted)
        self.levels = sorted((left, *others), key=lambda level: level.number)
        self.level, self.status, self.data = number, wanted.status, shared | wanted.data

    def begin_level(self, data: Node) -> None:
        """Begin another education level in Initial status with its own elements, and show it."""
        number = max(self.statuses) + 1
        self.levels.append(Level(number, INITIAL, data))
        self.show(number)

    def settle(self) -> None:
        """Show the level that counts."""
        self.show(self.current_level)

    def dependent(self, sevis_id: str) -> Dependent | None:
        """Return the dependent with this SEVIS ID, or None."""
        return next((d for d in self.dependents if d.sevis_id == sevis_id), None)

    def copy(self) -> "Record":
        """Return an independent copy, for an event to change."""
        return replace(
            self,
            data=copied(self.data),
            dependents=[replace(d, data=copied(d.data), facts=dict(d.facts)) for d in self.dependents],
            sites=[replace(site, data=copied(site.data)) for site in self.sites],
            facts=dict(self.facts),
            history=list(self.history),
            levels=[replace(level, data=copied(level.data)) for level in self.levels],
        )
