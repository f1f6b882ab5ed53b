"""What the faces (gateway, control) are given of the sandboxes they serve."""

from dataclasses import dataclass
from typing import Protocol

from sevis_sim.sandbox import Sandbox
from sevis_sim.timeline.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Served:
    """A sandbox with the timeline that moves it."""

    sandbox: Sandbox
    timeline: Timeline


class Tenants(Protocol):
    """The sandboxes of one simulator."""

    def served(self, name: str) -> Served | None:
        """Return the sandbox of this name with its timeline; None if there is none, or none any more."""

    def names(self) -> list[str]:
        """Return the names of all sandboxes, ``default`` first."""
