"""Counts findings exactly and keeps the first of each rule."""

import bisect
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from udir_sim.checker.model import Finding, RuleResult
from udir_sim.rules import Mode, Profile, Severity, catalogue

Place = tuple[str, str]
"""Rule and variant."""


@dataclass(slots=True)
class Tally:
    """The findings of one check so far. Not for several threads at once."""

    mode: Mode
    profile: Profile
    limit: int
    """Samples a rule and variant."""
    counts: dict[Place, int] = field(default_factory=dict)
    samples: dict[Place, list[Finding]] = field(default_factory=dict)
    file_errors: int = 0
    """Findings of ERROR that are not about single data records."""
    _errors: list[npt.NDArray[np.int64]] = field(default_factory=list)
    _single_errors: "array[int]" = field(default_factory=lambda: array("q"))
    _severities: dict[Place, Severity] = field(default_factory=dict)

    def severity(self, rule_id: str, variant: str = "") -> Severity:
        """Return what a finding of a rule counts as here."""
        place = (rule_id, variant)
        if place not in self._severities:
            self._severities[place] = self.profile.severity(catalogue()[rule_id], self.mode, variant)
        return self._severities[place]

    def on(self, rule_id: str) -> bool:
        """Return whether a rule, or a variant of it, is reported at all."""
        variants = catalogue()[rule_id].variants
        return any(self.severity(rule_id, variant) is not Severity.OFF for variant in ("", *variants))

    def add(self, rule_id: str, finding: Finding, variant: str = "") -> None:
        """Add one finding about the file, the header or the trailer."""
        self.add_many(rule_id, np.array([finding.record]), lambda _: finding, variant)
        self.file_errors += self.severity(rule_id, variant) is Severity.ERROR

    def add_data(self, rule_id: str, finding: Finding, variant: str = "") -> None:
        """Add one finding about a data record."""
        self.add_many(rule_id, np.array([finding.record]), lambda _: finding, variant)
        self.note_error(rule_id, finding.record, variant)

    def add_many(
        self,
        rule_id: str,
        records: npt.NDArray[Any],
        describe: Callable[[int], Finding],
        variant: str = "",
    ) -> None:
        """Add findings of a rule in many records.

        Args:
            rule_id: the rule.
            records: numbers of the records, rising.
            describe: makes the finding of the record at a position of ``records``; only called for samples.
            variant: of the rule.

        """
        if not len(records) or self.severity(rule_id, variant) is Severity.OFF:
            return
        place = (rule_id, variant)
        self.counts[place] = self.counts.get(place, 0) + len(records)
        kept = self.samples.setdefault(place, [])
        for position in range(min(self.limit, len(records))):
            if len(kept) >= self.limit and records[position] >= kept[-1].record:
                break
            bisect.insort(kept, describe(position))
            del kept[self.limit :]

    def note_error(self, rule_id: str, record: int, variant: str = "") -> None:
        """Remember a data record that a rule holds, if it counts as ERROR."""
        if self.severity(rule_id, variant) >= Severity.ERROR:
            self._single_errors.append(record)

    def note_errors(self, rule_id: str, records: npt.NDArray[Any], variant: str = "") -> None:
        """Remember data records that a rule holds, if it counts as ERROR."""
        if self.severity(rule_id, variant) >= Severity.ERROR:
            self.note_held(records)

    def note_held(self, records: npt.NDArray[Any]) -> None:
        """Remember data records that some rule holds."""
        if len(records):
            self._errors.append(records.astype(np.int64))

    def held(self, records: int) -> npt.NDArray[np.intp]:
        """Return the numbers of the data records with errors, rising; the file has so many records."""
        marked = np.zeros(records + 1, np.bool_)
        for numbers in self._errors:
            marked[numbers] = True
        marked[np.array(self._single_errors, np.int64)] = True
        return np.flatnonzero(marked)

    def results(self) -> tuple[RuleResult, ...]:
        """Return all findings: worst first, then in the order of the catalogue."""
        order = {rule_id: number for number, rule_id in enumerate(catalogue())}
        results = [
            RuleResult(rule_id, variant, self.severity(rule_id, variant), count, tuple(self.samples[rule_id, variant]))
            for (rule_id, variant), count in self.counts.items()
        ]
        return tuple(sorted(results, key=lambda result: (-result.severity, order[result.rule], result.variant)))
