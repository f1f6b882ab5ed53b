"""Journal entries about faults."""

from dataclasses import dataclass

from sevis_sim.faults.model import Fault
from sevis_sim.journal import Catalogue, Event, subject


@dataclass(frozen=True, kw_only=True)
class FaultAdded(Event):
    """Somebody asked for something to go wrong."""

    kind = "fault.added"
    fault: str = subject()
    at: str
    does: str
    asked: dict[str, object]
    """The fault as a mapping."""

    def summary(self) -> str:
        """Say what will go wrong where."""
        return f"fault {self.fault} added: {self.does} at {self.at}"

    @classmethod
    def of(cls, fault: Fault) -> "FaultAdded":
        """Return the event of a fault."""
        return cls(fault=fault.name, at=fault.at, does=words_of(fault), asked=fault.document())


@dataclass(frozen=True, kw_only=True)
class FaultsCleared(Event):
    """Faults were taken out by hand."""

    kind = "fault.cleared"
    faults: tuple[str, ...]

    def summary(self) -> str:
        """Say which."""
        return f"faults cleared: {', '.join(self.faults) or 'there were none'}"


@dataclass(frozen=True, kw_only=True)
class FaultStruck(Event):
    """Something went wrong on purpose. The entry of the exchange itself tells what the client was answered."""

    kind = "fault.struck"
    fault: str = subject()
    exchange: str | None = subject(default=None)
    at: str
    does: str
    phase: str

    def summary(self) -> str:
        """Say which fault did what."""
        return f"fault {self.fault} struck at {self.at}: {self.does}"

    @classmethod
    def of(cls, fault: Fault, exchange: str | None = None) -> "FaultStruck":
        """Return the event of a fault that struck an exchange."""
        return cls(fault=fault.name, exchange=exchange, at=fault.at, does=words_of(fault), phase=fault.phase)


def words_of(fault: Fault) -> str:
    """Return what a fault does in the words of the command line: ``status:503``."""
    return fault.kind if fault.value is None else f"{fault.kind}:{fault.value}"


FAULT_EVENTS = Catalogue(FaultAdded, FaultsCleared, FaultStruck)
