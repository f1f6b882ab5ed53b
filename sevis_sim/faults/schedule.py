"""Decides which faults strike: by counting, and by a seed, never by chance."""

import hashlib
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sevis_sim.faults.model import Fault, FaultError, Phase

MOST = 1000
"""Faults of one world."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A fault and what it has done so far."""

    fault: Fault
    matched: int
    """Exchanges that it was meant for."""
    struck: int
    """Those of them that it struck."""


class Struck:
    """The faults that strike one exchange at one place."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self.faults = tuple(faults)

    def __bool__(self) -> bool:
        return bool(self.faults)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self.faults)

    def get(self, kind: str, phase: Phase | None = None) -> Fault | None:
        """Return the first fault of a kind, in a phase or in any; None where there is none."""
        for fault in self.faults:
            if fault.kind == kind and phase in (None, fault.phase):
                return fault
        return None

    def value(self, kind: str, phase: Phase | None = None) -> Any:
        """Return the value of the first fault of a kind; None where there is none."""
        fault = self.get(kind, phase)
        return None if fault is None else fault.value

    def of(self, phase: Phase) -> "Struck":
        """Return those of a phase."""
        return Struck(fault for fault in self.faults if fault.phase == phase)


@dataclass(slots=True)
class _Count:
    matched: int = 0
    struck: int = 0
    in_a_row: int = 0


class Faults:
    """The faults of one world. Used from any thread.

    The same seed, faults and exchanges give the same strikes. A fault counts only the exchanges it is meant for, so
    those of others do not change what it does.
    """

    def __init__(self, seed: int = 0, faults: Iterable[Fault] = ()) -> None:
        self._seed = seed
        self._lock = threading.Lock()
        self._faults: dict[str, Fault] = {}
        self._counts: dict[str, _Count] = {}
        self._named = 0
        for fault in faults:
            self.add(fault)

    def add(self, fault: Fault) -> Fault:
        """Add a fault; one without a name is called ``fault-1``, ``fault-2`` and so on.

        Raises:
            FaultError: there is one of this name, or there are `MOST` already.

        """
        with self._lock:
            if len(self._faults) >= MOST:
                raise FaultError(f"there are {MOST} faults already: clear some first")
            while not fault.name:
                self._named += 1
                name = f"fault-{self._named}"
                if name not in self._faults:
                    fault = replace(fault, name=name)
            if fault.name in self._faults:
                raise FaultError(
                    f"there is a fault {fault.name!r} already: clear it first, or choose another name", "name"
                )
            self._faults[fault.name] = fault
            self._counts[fault.name] = _Count()
            return fault

    def clear(self, name: str | None = None) -> list[Fault]:
        """Take a fault out, or all; return what was taken out. FaultError where there is none of this name."""
        with self._lock:
            if name is not None and name not in self._faults:
                known = ", ".join(self._faults) or "none"
                raise FaultError(f"there is no fault {name!r}; there are: {known}")
            names = list(self._faults) if name is None else [name]
            for each in names:
                del self._counts[each]
            return [self._faults.pop(each) for each in names]

    @property
    def armed(self) -> bool:
        """Whether there are any."""
        return bool(self._faults)

    def standings(self) -> list[Standing]:
        """Return all faults with what they have done, in the order in which they were added."""
        with self._lock:
            counts = self._counts
            return [Standing(f, counts[f.name].matched, counts[f.name].struck) for f in self._faults.values()]

    def strike(self, at: str, facts: Mapping[str, str], now: datetime, phase: Phase | None = None) -> Struck:
        """Return the faults that strike an exchange. To be asked once for each exchange and place, or once a phase.

        Args:
            at: the place.
            facts: what is known of the exchange, for the patterns in ``whom``.
            now: simulated time.
            phase: only those of this phase; the others do not count the exchange yet.

        """
        if not self._faults:  # the usual case, without waiting for anybody
            return Struck()
        with self._lock:
            meant = (f for f in self._faults.values() if f.at == at and phase in (None, f.phase) and f.concerns(facts))
            return Struck([fault for fault in meant if self._now(fault, now)])

    def _now(self, fault: Fault, now: datetime) -> bool:
        when, count = fault.when, self._counts[fault.name]
        if when.since is not None and now < when.since:
            return False
        if when.until is not None and now >= when.until:
            return False
        count.matched += 1
        if when.first is not None:
            strikes = count.matched <= when.first
        elif when.every is not None:
            strikes = count.matched % when.every == 0
        elif when.rate is not None:
            strikes = count.in_a_row < when.in_a_row and self._share(fault, count.matched) < when.rate
        else:
            strikes = True
        count.struck += strikes
        count.in_a_row = count.in_a_row + 1 if strikes else 0
        return strikes

    def _share(self, fault: Fault, number: int) -> float:
        """Return a number from 0 to 1 that depends on the seed, the fault and which exchange it is."""
        digest = hashlib.blake2b(f"{self._seed}\0{fault.name}\0{number}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") / 2**64
