"""One sandbox of a running simulator as programs use it: its clock, and who may enter it."""

from collections.abc import Sequence
from datetime import datetime

from sevis_sim.pki import Identity
from sevis_sim.sandbox import Party, Sandbox
from sevis_sim.scenarios import World
from sevis_sim.simulator.errors import SimulatorError
from sevis_sim.simulator.evidence import SandboxJournal
from sevis_sim.simulator.mischief import SandboxFaults
from sevis_sim.simulator.outside import OutsideWorld
from sevis_sim.timeline import Served


class SimulatorClock:
    """The clock of a sandbox."""

    def __init__(self, served: Served) -> None:
        self._timeline = served.timeline
        self._sandbox = served.sandbox

    def now(self) -> datetime:
        """Return the simulated time, aware."""
        return self._sandbox.now()

    async def advance(self, to: str | datetime) -> list[str]:
        """Move time forward to an instant of the grammar (docs/time.md); returns what happened, in order, in words."""
        return [happening.summary for happening in await self._timeline.advance(to)]

    async def set(self, to: str | datetime) -> list[str]:
        """Set the time: forward, or anywhere while no batch has been received."""
        return [happening.summary for happening in await self._timeline.set(to)]

    async def plan(self, until: str | datetime) -> list[str]:
        """Return what would happen until an instant, in words."""
        return [happening.summary for happening in await self._timeline.plan(until)]


class OpenSandbox:
    """A sandbox with the identities of its organizations. ``Simulator`` is one too, of its ``default``."""

    def __init__(self, served: Served, scenario: World, parties: Sequence[Party]) -> None:
        self._served = served
        self.scenario = scenario
        """The scenario that it was seeded with."""
        self.parties = list(parties)
        """Its organizations that have a client identity, in the scenario's order."""

    @property
    def name(self) -> str:
        """Its name in the control API."""
        return self.sandbox.name

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox itself, for programs that look inside."""
        return self._served.sandbox

    @property
    def clock(self) -> SimulatorClock:
        """Its clock."""
        return SimulatorClock(self._served)

    @property
    def records(self) -> OutsideWorld:
        """Its records, and the outside world that tells SEVIS about them."""
        return OutsideWorld(self._served)

    @property
    def faults(self) -> SandboxFaults:
        """What goes wrong in it on purpose."""
        return SandboxFaults(self.sandbox)

    @property
    def journal(self) -> SandboxJournal:
        """What happened in it, and what is expected of that."""
        return SandboxJournal(self.sandbox)

    @property
    def identities(self) -> list[Identity]:
        """The client identities, each once."""
        return list({party.identity.name: party.identity for party in self.parties}.values())

    def school(self, org_id: str | None = None) -> Party:
        """Return a school (the first by default) with its identity.

        Raises:
            SimulatorError: there is none.

        """
        return self._party(org_id, "school")

    def sponsor(self, org_id: str | None = None) -> Party:
        """Return a program sponsor (the first by default) with its identity; raises like `school`."""
        return self._party(org_id, "sponsor")

    def _party(self, org_id: str | None, kind: str) -> Party:
        for party in self.parties:
            if party.organization.kind == kind and org_id in (None, party.org_id):
                return party
        known = ", ".join(p.org_id for p in self.parties) or "none"
        raise SimulatorError(f"no {kind} {org_id or ''} with a client identity; organizations with one: {known}")
