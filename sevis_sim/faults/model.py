"""What a fault is. Plain values; `sevis_sim.faults.vocabulary` makes them from text and mappings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, Literal

Phase = Literal["before", "after"]
"""Whether a fault strikes before the change of state is committed, or after: the reply is lost, the work is done."""
PHASES: tuple[Phase, ...] = ("before", "after")
Value = Literal["nothing", "seconds", "bytes", "status", "text", "duration"]
"""What a kind takes: no value, wall-clock seconds, a number of bytes, an HTTP status, any text, simulated time."""

IN_A_ROW = 3
"""How often a fault with a rate strikes in a row at most, if it does not say."""


class FaultError(ValueError):
    """A fault that cannot be; the message is one line that says what was expected, ``key`` which key is wrong."""

    def __init__(self, message: str, key: str = "") -> None:
        super().__init__(message)
        self.key = key


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that can go wrong."""

    name: str
    takes: Value
    text: str
    """What it does, in one line."""
    default: Any = None
    """The value where none is given; None where one must be."""
    check: Callable[[str], str | None] | None = None
    """Of a text: returns what is wrong with it, None where nothing is."""
    phases: tuple[Phase, ...] = PHASES
    """The phases that it can strike in; the first one is meant where none is given."""


@dataclass(frozen=True, slots=True)
class When:
    """Which of the exchanges that match are struck: all of them, unless one of the first three says otherwise."""

    first: int | None = None
    """The first so many."""
    every: int | None = None
    """Every so manieth: 3 strikes the third, the sixth…"""
    rate: float | None = None
    """This share of them, above 0 to 1, chosen by the seed."""
    in_a_row: int = IN_A_ROW
    """Of a rate: after so many in a row one is spared, so that a client that tries again gets through."""
    since: datetime | None = None
    """Before this instant none (simulated time, aware)."""
    until: datetime | None = None
    """From this instant on none (simulated time, aware)."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong at a place, for some, some of the time."""

    name: str
    at: str
    """The place, a name of the vocabulary."""
    kind: str
    value: Any = None
    """What the kind takes; seconds and bytes are numbers."""
    whom: Mapping[str, str] = field(default_factory=dict)
    """By fact of the exchange, a pattern (``*``, ``?``) that it must match, all of them; empty means everybody."""
    when: When = field(default_factory=When)
    phase: Phase = "before"

    def concerns(self, facts: Mapping[str, str]) -> bool:
        """Tell whether an exchange with these facts is one of those it is meant for."""
        return all(fnmatchcase(facts.get(name, ""), pattern) for name, pattern in self.whom.items())

    def document(self) -> dict[str, Any]:
        """Return the fault as the mapping that `Vocabulary.read` reads, plus its name."""
        document: dict[str, Any] = {"name": self.name, "at": self.at}
        document["do"] = self.kind if self.value is None else {self.kind: self.value}
        when = self.when
        document |= {
            name: value
            for name, value in (("first", when.first), ("every", when.every), ("rate", when.rate))
            if value is not None
        }
        if when.rate is not None:
            document["in_a_row"] = when.in_a_row
        if when.since is not None:
            document["from"] = when.since.isoformat()
        if when.until is not None:
            document["until"] = when.until.isoformat()
        if self.phase != "before":
            document["phase"] = self.phase
        if self.whom:
            document["whom"] = dict(self.whom)
        return document
