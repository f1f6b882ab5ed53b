"""The sandbox object that every request and every piece of due work is given."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sevis_sim.clock import Calendar, Clock, Profile
from sevis_sim.domain.life_cycle import LifeCycle, shipped
from sevis_sim.domain.organizations import Organization
from sevis_sim.domain.systems import System
from sevis_sim.faults import Faults
from sevis_sim.journal import Event, Journal
from sevis_sim.sandbox.cut_points import CutPoints
from sevis_sim.sandbox.organizations import Organizations
from sevis_sim.settings import Fidelity, Switches
from sevis_sim.store import Store, Transaction

DEFAULT_NAME = "default"


@dataclass(slots=True)
class Sandbox:
    """An isolated world. ``lock`` is held while its time moves or its batches are accepted and processed."""

    name: str
    seed: int
    store: Store
    journal: Journal
    clock: Clock
    calendar: Calendar
    profiles: Mapping[str, Profile]
    switches: Switches
    fidelity: Fidelity = "real"
    overrides: Mapping[str, str] = field(default_factory=dict)
    """Request ID to the error code that a scenario's ``outcomes`` force on it."""
    life_cycle: LifeCycle = field(default_factory=shipped)
    """What the calendar does to its records."""
    faults: Faults = field(default_factory=Faults)
    """What goes wrong in it on purpose (`sevis_sim.sandbox.mischief`)."""
    scenario_faults: tuple[Any, ...] = ()
    """Entries of a scenario's ``faults``: armed at the beginning, and again whenever the sandbox is put back."""
    cut: CutPoints = field(default_factory=CutPoints)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _organizations: Organizations = field(default_factory=Organizations)

    def now(self) -> datetime:
        """Return the sandbox's time, aware, to the millisecond."""
        return self.clock.now()

    def today(self) -> date:
        """Return the Eastern calendar day of `now`."""
        return self.calendar.today(self.now())

    async def organization(self, org_id: str) -> Organization | None:
        """Return the organization with this OrgID, or None."""
        return await self._organizations.get(self.store, self.name, org_id)

    def note(self, tx: Transaction, happening: Event, instant: datetime | None = None) -> None:
        """Append to the journal as part of a transaction, as of ``instant`` (default: now)."""
        self.journal.append(tx, happening.entry(self.name, instant or self.now()))

    def profile(self, system: System) -> Profile:
        """Return the processing profile of one of the three systems."""
        return self.profiles[system.name]

    def is_open(self, system: System) -> bool:
        """Tell whether a system takes uploads and downloads now (Reference Manual 2005 §2.1)."""
        return self.profile(system).is_open(self.now(), self.calendar)
