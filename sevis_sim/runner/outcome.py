"""What came of a scenario: of each step, of each expectation, and of the whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Verdict = Literal["passed", "failed", "error"]


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """One step that was carried out."""

    number: int
    """From 1."""
    action: str
    words: str
    instant: datetime
    """Simulated time when it began."""
    says: str
    """What came of it, in a few words: the code of an answer, what happened while time moved."""
    problem: str = ""
    """Why it is not as expected; empty where it is."""
    note: str = ""
    """The scenario's remark."""

    @property
    def passed(self) -> bool:
        """Whether it is as expected."""
        return not self.problem


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """One expectation that was looked at."""

    number: int
    """From 1."""
    words: str
    """What is expected."""
    problem: str = ""
    """What is there instead; empty where it is as expected."""
    near: tuple[str, ...] = ()
    """Journal entries that came nearest, and in what they differ."""

    @property
    def passed(self) -> bool:
        """Whether it is as expected."""
        return not self.problem


@dataclass(frozen=True, slots=True)
class Seen:
    """What a scenario exercised, for `coverage`."""

    dispositions: frozenset[str] = frozenset()
    """Codes that answered uploads and downloads."""
    codes: frozenset[str] = frozenset()
    """Codes that records failed with."""
    events: frozenset[str] = frozenset()
    """``CreateStudent``, or population and path of an update, processed."""
    faults: frozenset[str] = frozenset()
    """Kinds that struck, with their place."""
    jobs: frozenset[str] = frozenset()
    """Jobs of the calendar that changed a record."""
    windows: frozenset[str] = frozenset()
    """Times of the service at which something was sent (`coverage.WINDOWS`)."""
    branches: frozenset[str] = frozenset()
    """Paths of the elements that were sent."""


@dataclass(frozen=True, slots=True)
class ScenarioOutcome:
    """One scenario that was played."""

    name: str
    file: str
    steps: tuple[StepOutcome, ...] = ()
    checks: tuple[CheckOutcome, ...] = ()
    error: str = ""
    """Why it could not be played to its end; empty where it was."""
    seconds: float = 0.0
    """Wall time."""
    seen: Seen = field(default_factory=Seen)
    details: Mapping[str, Any] = field(default_factory=dict)
    """Whatever else whoever plays it wants to keep."""

    @property
    def verdict(self) -> Verdict:
        """The whole in a word."""
        if self.error:
            return "error"
        good = all(each.passed for each in self.steps) and all(each.passed for each in self.checks)
        return "passed" if good else "failed"

    @property
    def problems(self) -> list[str]:
        """Everything that is not as expected, one line each."""
        lines = [f"step {each.number} ({each.words}): {each.problem}" for each in self.steps if not each.passed]
        lines += [f"expect {each.number} ({each.words}): {each.problem}" for each in self.checks if not each.passed]
        return [*lines, self.error] if self.error else lines
