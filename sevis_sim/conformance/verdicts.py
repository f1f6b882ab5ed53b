"""What came of checks: of one in one case, of a case, of the whole run."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from sevis_sim.conformance.catalogue import Check, checks
from sevis_sim.conformance.transcript import Transcript

Outcome = Literal["pass", "fail", "skip", "not applicable", "error"]
_WORST: tuple[Outcome, ...] = ("error", "fail", "pass", "skip", "not applicable")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found in one case."""

    check: str
    outcome: Outcome
    lines: tuple[str, ...] = ()
    """Why, one line each; what was seen, and where."""
    actions: tuple[int, ...] = ()
    """Numbers of the client's actions that it is about."""


@dataclass(frozen=True, slots=True)
class CaseReport:
    """One case, judged."""

    transcript: Transcript
    findings: tuple[Finding, ...]
    replay: str = ""
    """The command that plays this case alone."""

    @property
    def outcome(self) -> Outcome:
        """The worst of its findings."""
        return worst([each.outcome for each in self.findings])


@dataclass(frozen=True, slots=True)
class Report:
    """A whole run."""

    client: str
    cases: tuple[CaseReport, ...]
    seed: int
    expected: frozenset[tuple[str, str]] = frozenset()
    """Failures of the baseline: check and case."""
    stale: tuple[str, ...] = ()
    """Entries of the baseline that did not fail."""
    versions: dict[str, str] = field(default_factory=dict)

    def known(self, case: CaseReport, finding: Finding) -> bool:
        """Whether the baseline expects a failure."""
        return bool({(finding.check, case.transcript.case), (finding.check, "*")} & self.expected)

    def bad(self) -> list[tuple[CaseReport, Finding]]:
        """Return all failures and errors that the baseline does not expect."""
        return [
            (case, finding)
            for case in self.cases
            for finding in case.findings
            if finding.outcome in ("fail", "error") and not self.known(case, finding)
        ]

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong that was not expected, and nothing expected has been mended unnoticed."""
        return not self.bad() and not self.stale

    def by_check(self) -> list[tuple[Check, Outcome, list[tuple[CaseReport, Finding]]]]:
        """Return each check with its worst outcome and what it found in the cases that have to do with it."""
        rows = []
        for check in checks().values():
            found = [(case, finding) for case in self.cases for finding in case.findings if finding.check == check.id]
            rows.append((check, worst([finding.outcome for _, finding in found]), found))
        return rows


def worst(outcomes: Sequence[Outcome]) -> Outcome:
    """Return the outcome that stands for several; ``not applicable`` for none."""
    return next((each for each in _WORST if each in outcomes), "not applicable")
