"""Failures that are expected: a client under repair stays green, and whoever mends something must say so."""

from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sevis_sim.conformance.catalogue import checks
from sevis_sim.conformance.errors import ConformError
from sevis_sim.conformance.verdicts import CaseReport
from sevis_sim.yamlfile import Problem, YamlError, explain, load_file, suggestion

ALL = "*"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    check: str = Field(description="id of the check")
    case: str = Field(default=ALL, description="name of the case; all where left out")
    why: str = Field(default="", description="a remark")


class Baseline(BaseModel):
    """A baseline file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    failures: tuple[_Entry, ...] = Field(default=(), description="what is expected to fail")

    @property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Check and case of each entry."""
        return frozenset((each.check, each.case) for each in self.failures)


def load_baseline(path: Path) -> Baseline:
    """Read a baseline.

    Raises:
        ConformError: it cannot be used; one line each with file, line and column.

    """
    try:
        document = load_file(path)
    except YamlError as error:
        raise ConformError("\n".join(map(str, error.problems))) from error
    try:
        found = Baseline.model_validate(document.value if document.value is not None else {})
    except ValidationError as error:
        raise ConformError("\n".join(map(str, explain(error, document, Baseline)))) from error
    problems = []
    for index, each in enumerate(found.failures):
        if each.check not in checks():
            place = document.position(("failures", index, "check"))
            message = f"there is no check {each.check!r}{suggestion(each.check, tuple(checks()))}"
            problems.append(str(Problem(document.name, place, f"failures[{index}].check", message)))
    if problems:
        raise ConformError("\n".join(problems))
    return found


def stale(baseline: Baseline, cases: Iterable[CaseReport]) -> tuple[str, ...]:
    """Return the entries that did not fail, in words. Those of cases that were not played are left alone."""
    played = list(cases)
    lines = []
    for entry in baseline.failures:
        meant = [each for each in played if entry.case in (ALL, each.transcript.case)]
        failed = any(
            finding.check == entry.check and finding.outcome in ("fail", "error")
            for each in meant
            for finding in each.findings
        )
        if meant and not failed:
            where = "in no case" if entry.case == ALL else f"in {entry.case}"
            lines.append(f"{entry.check} is expected to fail and does not, {where}: take it out of the baseline")
    return tuple(lines)


def text_of(cases: Iterable[CaseReport]) -> str:
    """Return a baseline that expects what fails now."""
    lines = ["# What is expected to fail: sevis-sim conform --baseline FILE", "failures:"]
    pairs = [
        (finding.check, case.transcript.case)
        for case in cases
        for finding in case.findings
        if finding.outcome in ("fail", "error")
    ]
    lines += [f"  - {{check: {check}, case: {case}}}" for check, case in dict.fromkeys(pairs)]
    return "\n".join(lines) + "\n" if pairs else "failures: []\n"
