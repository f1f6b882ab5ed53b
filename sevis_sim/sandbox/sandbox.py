"""The sandbox object that every request and every piece of due work is given."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
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
from sevis_sim.sandbox.turns import Turns
from sevis_sim.settings import Fidelity, Switches
from sevis_sim.store import MissingReference, Store, Transaction

DEFAULT_NAME = "default"


@dataclass(slots=True)
class Sandbox:
    """An isolated world. Its time moves, and its batches are processed, in turns (`turn`); uploads share theirs.

    The store knows a sandbox by its name, and a deleted one's name may be taken again. So this object knows its own
    end: whoever writes asks it (`turn`, `check`, `record`) and hands in what is to be written without waiting for
    anything between. The store keeps that order, so that nothing of an earlier life is found in a later one.
    """

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
    turns: Turns = field(default_factory=Turns)
    """Who may change it when: see `turn` and `shared_turn`."""
    life: int = 0
    """Which life it lives: another one begins whenever it is put back to an earlier state."""
    deleted: bool = False
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

    def check(self, life: int | None = None) -> None:
        """Raise MissingReference where the sandbox was deleted, or put back since its life was this one."""
        if self.deleted:
            raise MissingReference(f"sandbox {self.name!r} was deleted meanwhile")
        if life not in (None, self.life):
            raise MissingReference(f"sandbox {self.name!r} was put back to an earlier state meanwhile")

    @asynccontextmanager
    async def turn(self, life: int | None = None) -> AsyncIterator[None]:
        """Wait for all other turns to end, and let none begin; MissingReference as of `check`."""
        async with self.turns.alone():
            self.check(life)
            yield

    @asynccontextmanager
    async def shared_turn(self, life: int | None = None) -> AsyncIterator[None]:
        """Hold off whatever moves time or state, but not others who share; MissingReference as of `check`."""
        async with self.turns.shared():
            self.check(life)
            yield

    @asynccontextmanager
    async def last_turn(self, *, deleted: bool = False) -> AsyncIterator[None]:
        """Hold a turn while this life is ended in the store: the sandbox is deleted, or put back. Not if that fails.

        It ends before the block begins, for what is written behind that is written into another life.
        """
        async with self.turn():
            self.life, self.deleted = self.life + 1, deleted
            try:
                yield
            except BaseException:
                self.life, self.deleted = self.life - 1, False
                raise

    async def record(self, happening: Event, instant: datetime | None = None) -> None:
        """Append to the journal by itself, as of ``instant`` (default: now); MissingReference as of `check`."""
        self.check()
        await self.journal.record(happening.entry(self.name, instant or self.now()))

    def note(self, tx: Transaction, happening: Event, instant: datetime | None = None) -> None:
        """Append to the journal as part of a transaction, as of ``instant`` (default: now)."""
        self.journal.append(tx, happening.entry(self.name, instant or self.now()))

    def profile(self, system: System) -> Profile:
        """Return the processing profile of one of the three systems."""
        return self.profiles[system.name]

    def is_open(self, system: System) -> bool:
        """Tell whether a system takes uploads and downloads now (Reference Manual 2005 §2.1)."""
        return self.profile(system).is_open(self.now(), self.calendar)
