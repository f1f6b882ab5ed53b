"""A report to read, for a terminal or an e-mail."""

import textwrap

from udir_sim.checker import Difference, Finding, Receipt, Report, RuleResult
from udir_sim.layout import layout, ruler
from udir_sim.rules import Mode, Severity, catalogue

WIDTH = 96


def to_text(report: Report) -> str:
    """Return a report as text: verdict, receipt, counts, then each rule with its remedy and samples."""
    lines = [report.verdict.value, "", *_receipt(report.receipt), "", *_counts(report)]
    if report.difference is not None:
        lines += ["", *difference_lines(report.difference)]
    for result in report.results:
        lines += ["", *result_lines(result)]
    return "\n".join(lines) + "\n"


def _receipt(receipt: Receipt) -> list[str]:
    location = layout().locations.get(receipt.location, "")
    profile, rules = f"({receipt.profile_digest})", f"rules {receipt.rule_set}"
    pairs = [
        ("file", receipt.name),
        ("size", f"{receipt.bytes:,} bytes, lines end with {receipt.line_end}"),
        ("sha256", receipt.sha256),
        ("location", f"{receipt.location} {location[3:]}".strip() or "not known"),
        ("created", receipt.created.isoformat() if receipt.created else "not known"),
        ("records", f"{receipt.data_records:,} data records, trailer says {_number(receipt.trailer_count)}"),
        ("read", f"as of {receipt.as_of}, mode {receipt.mode.value}, profile {receipt.profile} {profile}, {rules}"),
    ]
    if receipt.seconds is not None:
        pairs.append(("seconds", f"{receipt.seconds:.3f}"))
    return [f"{name:<10}{value}" for name, value in pairs if value]


def _number(count: int | None) -> str:
    return "nothing" if count is None else f"{count:,}"


def _counts(report: Report) -> list[str]:
    found = {severity: report.count(severity) for severity in reversed(Severity) if severity is not Severity.OFF}
    said = ", ".join(f"{severity.name} {count:,}" for severity, count in found.items() if count)
    lines = [f"{'findings':<10}{said or 'none'}"]
    if report.records_with_errors:
        held = " and are held" if report.receipt.mode is Mode.LENIENT and report.verdict.accepted else ""
        several = "record has errors" if report.records_with_errors == 1 else "records have errors"
        lines.append(f"{'':<10}{report.records_with_errors:,} data {several}{held}")
    if report.plan.dropped:
        lines.append(f"{'':<10}{len(report.plan.dropped):,} data records give way to another one of the same student")
    census = report.census
    types = layout().field("D10").values
    for letter, by_status in census.by_type_and_status.items():
        if sum(by_status.values()):
            statuses = " ".join(f"{status} {count:,}" for status, count in by_status.items() if count)
            lines.append(f"{'students':<10}{letter} {types.get(letter, 'of no known type'):<15}{statuses}")
    flags = ", ".join(f"{flag} {count:,}" for flag, count in census.by_release_flag.items())
    filled = ", ".join(f"{layout().field(name).name} {count:,}" for name, count in census.filled.items())
    return [*lines, f"{'release':<10}{flags}", f"{'filled':<10}{filled}"]


def difference_lines(difference: Difference) -> list[str]:
    """Return what changed since the last accepted file."""
    gone_and_same = f"{difference.deleted:,} deleted, {difference.unchanged:,} unchanged"
    lines = [f"{'since':<10}{difference.added:,} added, {difference.changed:,} changed, {gone_and_same}"]
    if difference.changed_fields:
        fields = (f"{layout().field(name).name} {count:,}" for name, count in difference.changed_fields.items())
        lines.append(f"{'changed':<10}{', '.join(fields)}")
    return lines


def difference_text(difference: Difference, results: tuple[RuleResult, ...]) -> str:
    """Return what `udir_sim.checker.compare` returned as text."""
    lines = difference_lines(difference)
    for result in results:
        lines += ["", *result_lines(result)]
    return "\n".join(lines) + "\n"


def result_lines(result: RuleResult) -> list[str]:
    """Return the findings of one rule."""
    rule = catalogue()[result.rule]
    variant = f" ({rule.variants[result.variant].when})" if result.variant else ""
    lines = [f"{result.severity.name} {rule.id}  {rule.title}  {result.count:,}x"]
    lines += _wrapped(f"must: {rule.must}{variant}") + _wrapped(f"mend: {rule.mend}")
    lines += [f"  {sample_line(finding)}" for finding in result.samples]
    if result.count > len(result.samples):
        lines.append(f"  and {result.count - len(result.samples):,} more")
    first = result.samples[0] if result.samples else None
    if first is not None and first.excerpt and first.columns is not None:
        lines += [f"  {line}" for line in ruler(first.excerpt, first.columns)]
    return lines


def sample_line(finding: Finding) -> str:
    """Return one finding in one line: where, what may be shown, what else is known."""
    parts = [f"record {finding.record}" if finding.record else "file"]
    if finding.columns is not None:
        first, last = finding.columns
        parts.append(f"column {first}" if first == last else f"columns {first}-{last}")
    if finding.field:
        parts.append(layout().field(finding.field).name)
    line = ", ".join(parts)
    if finding.shown:
        line += f": {finding.shown}"
    return f"{line} ({finding.note})" if finding.note else line


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="        ")
