"""What the faces (gateway, control) are given of the sandboxes they serve."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sevis_sim.sandbox import Party, Sandbox
from sevis_sim.scenarios import World
from sevis_sim.settings import Fidelity, Switches
from sevis_sim.store import StoredSnapshot
from sevis_sim.timeline.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Served:
    """A sandbox with the timeline that moves it."""

    sandbox: Sandbox
    timeline: Timeline


@dataclass(frozen=True, kw_only=True)
class SandboxWish:
    """What a new sandbox shall be like. None means as the simulator itself."""

    name: str | None = None
    """None: a name of its own is made."""
    seed: int | None = None
    clock: str | None = None
    """As the setting ``clock``; None: as the scenario says, else as the clock of ``default`` stands now."""
    scenario: World | None = None
    """Whose organizations, records and outcomes it begins with; None: those of the shipped default."""
    fidelity: Fidelity | None = None
    switches: Switches | None = None
    profiles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewSandbox:
    """A sandbox that was just made, with the identities that nobody can ask for again."""

    served: Served
    scenario: World
    parties: Sequence[Party]
    """Its organizations that have a client identity."""


class SandboxRefused(Exception):
    """A sandbox cannot be made or changed so; the message says why and what can be done."""


class Tenants(Protocol):
    """The sandboxes of one simulator.

    Those that make or change one raise `DuplicateSandbox`, or `MissingReference` for what there is not.
    """

    def served(self, name: str) -> Served | None:
        """Return the sandbox of this name with its timeline; None if there is none, or none any more."""

    def names(self) -> list[str]:
        """Return the names of all sandboxes, ``default`` first."""

    async def create(self, wish: SandboxWish) -> NewSandbox:
        """Make a sandbox and seed it with its scenario."""

    async def delete(self, name: str) -> None:
        """Delete a sandbox with everything in it; certificates that decided it become unknown."""

    async def reset(self, name: str) -> None:
        """Put a sandbox back to what it was when a scenario was last loaded into it, and empty its journal."""

    async def branch(self, name: str, target: str | None, snapshot: str | None = None) -> NewSandbox:
        """Make a new sandbox as a copy of one, or of a snapshot of it, with identities of its own."""

    async def take_snapshot(self, name: str, snapshot: str) -> StoredSnapshot:
        """Keep a sandbox as it stands under a name."""

    async def restore(self, name: str, snapshot: str) -> None:
        """Put a sandbox back to a snapshot, its clock too."""

    async def snapshots(self, name: str) -> list[StoredSnapshot]:
        """Return the snapshots of a sandbox, oldest first."""

    async def delete_snapshot(self, name: str, snapshot: str) -> bool:
        """Delete a snapshot; False where there is none of this name."""
