"""Clock, journal, records and faults of a sandbox, blocking. What they do is told by the classes they stand for."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sevis_sim.domain.records import Record
from sevis_sim.faults import Fault, Standing
from sevis_sim.journal import Entry, Expectation, Verdict
from sevis_sim.simulator.evidence import MOST, SandboxJournal
from sevis_sim.simulator.mischief import SandboxFaults
from sevis_sim.simulator.open_sandbox import SimulatorClock
from sevis_sim.simulator.outside import OutsideWorld
from sevis_sim.synchronous.loop_thread import LoopThread


class SyncClock:
    """The clock of a sandbox (`simulator.open_sandbox.SimulatorClock`)."""

    def __init__(self, thread: LoopThread, clock: SimulatorClock) -> None:
        self._thread, self._clock = thread, clock

    def now(self) -> datetime:
        """Return the simulated time, aware."""
        return self._thread.call(self._clock.now)

    def advance(self, to: str | datetime) -> list[str]:
        """Move time forward to an instant of the grammar (docs/time.md); returns what happened, in order, in words."""
        return self._thread.run(self._clock.advance(to))

    def set(self, to: str | datetime) -> list[str]:
        """Set the time: forward, or anywhere while no batch has been received."""
        return self._thread.run(self._clock.set(to))

    def plan(self, until: str | datetime) -> list[str]:
        """Return what would happen until an instant, in words."""
        return self._thread.run(self._clock.plan(until))


class SyncJournal:
    """The journal of a sandbox (`simulator.evidence.SandboxJournal`)."""

    def __init__(self, thread: LoopThread, journal: SandboxJournal) -> None:
        self._thread, self._journal = thread, journal

    def entries(
        self, kind: str | Collection[str] | None = None, *, after_id: int = 0, limit: int = MOST, **ids: str
    ) -> list[Entry]:
        """Return entries, oldest first: of a kind, about ids such as ``batch="BATCH000000001"``."""
        return self._thread.run(self._journal.entries(kind, after_id=after_id, limit=limit, **ids))

    def wait(
        self, kind: str | Collection[str] | None = None, *, after_id: int = 0, seconds: float = 30.0, **ids: str
    ) -> list[Entry]:
        """Return entries as `entries`; wait (wall time) where there is none yet."""
        return self._thread.run(self._journal.wait(kind, after_id=after_id, seconds=seconds, **ids))

    def verify(self, expectation: Expectation | Mapping[str, Any], *, after_id: int = 0, seconds: float = 0) -> Verdict:
        """Say whether the journal is as an expectation says; MatchError where it is none."""
        return self._thread.run(self._journal.verify(expectation, after_id=after_id, seconds=seconds))

    def expect(
        self,
        kind: str | Collection[str] | None = None,
        *,
        exactly: int | None = None,
        least: int | None = None,
        most: int | None = None,
        after: Mapping[str, Any] | None = None,
        after_id: int = 0,
        seconds: float = 0,
        **conditions: Any,
    ) -> Verdict:
        """Expect entries; NotAsExpected (an AssertionError) tells the nearest misses. As `SandboxJournal.expect`."""
        return self._thread.run(
            self._journal.expect(
                kind,
                exactly=exactly,
                least=least,
                most=most,
                after=after,
                after_id=after_id,
                seconds=seconds,
                **conditions,
            )
        )

    def never(self, kind: str | Collection[str] | None = None, **conditions: Any) -> Verdict:
        """Expect that no such thing happened; conditions and errors as of `expect`."""
        return self._thread.run(self._journal.never(kind, **conditions))


class SyncRecords:
    """The records of a sandbox, and the outside world (`simulator.outside.OutsideWorld`)."""

    def __init__(self, thread: LoopThread, world: OutsideWorld) -> None:
        self._thread, self._world = thread, world

    def get(self, sevis_id: str, system: str = "production") -> Record | None:
        """Return the record in which a SEVIS ID stands, as it is now; None where there is none."""
        return self._thread.run(self._world.get(sevis_id, system))

    def add(self, *records: Record, system: str = "production") -> None:
        """Put records into SEVIS as they are, all of them or none."""
        self._thread.run(self._world.add(*records, system=system))

    def tell(self, sevis_id: str, system: str = "production", **facts: bool | str | date | None) -> Record:
        """Tell facts of a person; None takes one back. Returns the record."""
        return self._thread.run(self._world.tell(sevis_id, system, **facts))

    def decide(
        self,
        sevis_id: str,
        request: str,
        decision: str,
        *,
        on: date | None = None,
        start: date | None = None,
        end: date | None = None,
        system: str = "production",
    ) -> Record:
        """Take a decision of USCIS on a request, such as ``OPTEmployment`` ``approved``. Returns the record."""
        return self._thread.run(
            self._world.decide(sevis_id, request, decision, on=on, start=start, end=end, system=system)
        )

    def correct(self, sevis_id: str, status: str, reason: str = "", *, system: str = "production") -> Record:
        """Undo a status as a school or sponsor does in RTI. Returns the record."""
        return self._thread.run(self._world.correct(sevis_id, status, reason, system=system))

    def withdraw(self, org_id: str, *, end_records: bool = False) -> None:
        """Withdraw a school or end a program, and on request its Initial and Active records with it."""
        self._thread.run(self._world.withdraw(org_id, end_records=end_records))

    def activate(self, org_id: str) -> None:
        """Make a school or program active again."""
        self._thread.run(self._world.activate(org_id))

    def log_in(self, org_id: str, user_id: str) -> None:
        """Have an official log in to RTI today (switch ``rti_login_lock``)."""
        self._thread.run(self._world.log_in(org_id, user_id))


class SyncFaults:
    """What goes wrong in a sandbox on purpose (`simulator.mischief.SandboxFaults`)."""

    def __init__(self, thread: LoopThread, faults: SandboxFaults) -> None:
        self._thread, self._faults = thread, faults

    def add(self, entry: Any = None, /, **fault: Any) -> list[Fault]:
        """Arm a fault or a preset: ``add("upload first=2 do=status:503")``; FaultError if it is none."""
        return self._thread.run(self._faults.add(entry, **fault))

    def clear(self, name: str | None = None) -> list[Fault]:
        """Let things go right again: end one fault, or all."""
        return self._thread.run(self._faults.clear(name))

    def list(self) -> list[Standing]:
        """Return what is armed, and how often each has matched and struck."""
        return self._thread.call(self._faults.list)
