"""What rules may know besides the record itself: the world, the organization, the day, and the uncertain readings."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from sevis_sim.domain.organizations import Organization
from sevis_sim.domain.readings import Switches
from sevis_sim.domain.records import Population, Record

__all__ = ["Context", "Switches", "World"]


class World(Protocol):
    """What rules may ask of SEVIS. It sees the effect of earlier records of the same batch."""

    def record(self, population: Population, sevis_id: str) -> Record | None:
        """Return this organization's record with this SEVIS ID in this system, or None."""

    def same_identity(self, population: Population, identity: str) -> list[str]:
        """Return the SEVIS IDs of all records with this identity in this system, of any organization."""

    def new_sevis_id(self, *place: str) -> str:
        """Return an unused SEVIS ID derived from the batch and the place in it."""

    def new_site_id(self, *place: str) -> str:
        """Return an id for a site of activity or a phase, derived from the batch and the place in it."""


@dataclass(frozen=True, slots=True)
class Context:
    """The circumstances in which one record is processed."""

    world: World
    organization: Organization
    instant: datetime
    """When it is processed, aware."""
    today: date
    """The Eastern calendar day of ``instant``; "today's date" of the rules."""
    batch_id: str
    position: int
    """Place of the record in its file, from 1, creates and updates counted together."""
    switches: Switches = field(default_factory=Switches)
