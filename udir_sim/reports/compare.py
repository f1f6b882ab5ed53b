"""Two reports side by side: which findings are new, gone, or still there."""

from dataclasses import dataclass
from typing import Any

from udir_sim.reports.document import Summary
from udir_sim.rules import catalogue


@dataclass(frozen=True, slots=True)
class Change:
    """The findings of one rule, or of one variant of it, in both reports."""

    rule: str
    variant: str
    severity: str
    before: int
    after: int

    @property
    def kind(self) -> str:
        """``new``, ``gone``, ``more``, ``fewer`` or ``same``."""
        if not self.before:
            return "new"
        if not self.after:
            return "gone"
        return "same" if self.before == self.after else "more" if self.after > self.before else "fewer"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two reports."""

    before: Summary
    after: Summary
    changes: tuple[Change, ...]

    @property
    def worse(self) -> bool:
        """Whether any rule has new or more findings above INFO."""
        return any(change.kind in ("new", "more") and change.severity != "INFO" for change in self.changes)


def compare_reports(before: Summary, after: Summary) -> Comparison:
    """Return what differs, in the order of the catalogue; rules that no longer exist come last."""
    order = {rule_id: number for number, rule_id in enumerate(catalogue())}
    places = sorted(
        {*before.counts, *after.counts}, key=lambda place: (order.get(place[0], len(order)), place[0], place[1])
    )
    changes = tuple(
        Change(
            rule,
            variant,
            after.severities.get((rule, variant)) or before.severities[rule, variant],
            before.counts.get((rule, variant), 0),
            after.counts.get((rule, variant), 0),
        )
        for rule, variant in places
    )
    return Comparison(before, after, changes)


def comparison_text(comparison: Comparison) -> str:
    """Return a comparison as text, new findings first."""
    before, after = comparison.before, comparison.after
    lines = [
        f"before  {before.verdict}  {before.data_records:,} data records  {before.file}",
        f"after   {after.verdict}  {after.data_records:,} data records  {after.file}",
    ]
    for kind in ("new", "more", "fewer", "same", "gone"):
        for change in comparison.changes:
            if change.kind == kind:
                title = catalogue()[change.rule].title if change.rule in catalogue() else ""
                counts = f"{change.before:,} -> {change.after:,}"
                lines.append(f"{kind:<6}  {change.severity:<8} {change.rule:<22} {counts:>20}  {title}")
    return "\n".join(lines) + "\n"


def comparison_document(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as values that JSON can hold."""
    return {
        "before": {"file": comparison.before.file, "verdict": comparison.before.verdict},
        "after": {"file": comparison.after.file, "verdict": comparison.after.verdict},
        "worse": comparison.worse,
        "changes": [
            {
                "rule": change.rule,
                "variant": change.variant,
                "severity": change.severity,
                "kind": change.kind,
                "before": change.before,
                "after": change.after,
            }
            for change in comparison.changes
        ],
    }
