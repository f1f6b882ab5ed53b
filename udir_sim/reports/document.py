"""A report as plain values, the shape of its JSON, and back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from udir_sim.checker import Difference, Finding, Report, RuleResult
from udir_sim.rules import Severity, catalogue

FORMAT = "udir-sim report 1"
"""Stands in every JSON report; the number rises when a reader would have to change."""


class ReportError(Exception):
    """A file that is no JSON report."""


def as_document(report: Report) -> dict[str, Any]:
    """Return a report as values that JSON can hold."""
    receipt = report.receipt
    document: dict[str, Any] = {
        "format": FORMAT,
        "verdict": report.verdict.value,
        "receipt": {
            "file": receipt.name,
            "bytes": receipt.bytes,
            "sha256": receipt.sha256,
            "lineEnd": receipt.line_end,
            "location": receipt.location,
            "created": receipt.created.isoformat() if receipt.created else None,
            "trailerCount": receipt.trailer_count,
            "records": receipt.records,
            "dataRecords": receipt.data_records,
            "mode": receipt.mode.value,
            "profile": receipt.profile,
            "profileDigest": receipt.profile_digest,
            "ruleSet": receipt.rule_set,
            "asOf": receipt.as_of.isoformat(),
        },
        "counts": {
            "bySeverity": {severity.name: report.count(severity) for severity in _shown_severities()},
            "recordsWithErrors": report.records_with_errors,
            "recordsHeld": len(report.plan.held),
            "recordsDropped": len(report.plan.dropped),
            "byTypeAndStatus": report.census.by_type_and_status,
            "byReleaseFlag": report.census.by_release_flag,
            "filled": report.census.filled,
        },
        "findings": [_result(result) for result in report.results],
    }
    if receipt.seconds is not None:
        document["receipt"]["seconds"] = receipt.seconds
    if report.difference is not None:
        document["difference"] = _difference(report.difference)
    return document


def difference_document(difference: Difference, results: tuple[RuleResult, ...]) -> dict[str, Any]:
    """Return what `udir_sim.checker.compare` returned as values that JSON can hold."""
    return {"difference": _difference(difference), "findings": [_result(result) for result in results]}


def _difference(difference: Difference) -> dict[str, Any]:
    return {
        "added": difference.added,
        "changed": difference.changed,
        "deleted": difference.deleted,
        "unchanged": difference.unchanged,
        "changedFields": dict(difference.changed_fields),
    }


def _shown_severities() -> list[Severity]:
    return [Severity.FATAL, Severity.ERROR, Severity.WARNING, Severity.INFO]


def _result(result: RuleResult) -> dict[str, Any]:
    rule = catalogue()[result.rule]
    return {
        "rule": result.rule,
        "variant": result.variant,
        "severity": result.severity.name,
        "title": rule.title,
        "count": result.count,
        "must": rule.must,
        "mend": rule.mend,
        "samples": [_sample(finding) for finding in result.samples],
    }


def _sample(finding: Finding) -> dict[str, Any]:
    return {
        "record": finding.record,
        "columns": list(finding.columns) if finding.columns else None,
        "field": finding.field,
        "shown": finding.shown,
        "note": finding.note,
        "excerpt": finding.excerpt,
    }


def report_schema() -> str:
    """Return the JSON Schema (2020-12) of a report."""
    return resources.files("udir_sim.reports").joinpath("report.schema.json").read_text(encoding="utf-8")


def to_json(report: Report) -> str:
    """Return a report as JSON, the same for the same report."""
    return json.dumps(as_document(report), indent=2, ensure_ascii=False) + "\n"


@dataclass(frozen=True, slots=True)
class Summary:
    """What a comparison needs of a JSON report."""

    file: str
    verdict: str
    counts: Mapping[tuple[str, str], int]
    """By rule and variant, how many findings."""
    severities: Mapping[tuple[str, str], str]
    data_records: int


def read_summary(text: str, name: str) -> Summary:
    """Read a JSON report.

    Raises:
        ReportError: it is none; the message says what stands there instead.

    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReportError(f"{name}: this is no JSON ({error}); write the report with: udir-sim check --json") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ReportError(f"{name}: this is no report of udir-sim: its format is not {FORMAT!r}")
    try:
        places = {(each["rule"], each["variant"]): each for each in document["findings"]}
        return Summary(
            str(document["receipt"]["file"]),
            str(document["verdict"]),
            {place: int(each["count"]) for place, each in places.items()},
            {place: str(each["severity"]) for place, each in places.items()},
            int(document["receipt"]["dataRecords"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ReportError(f"{name}: the report is damaged: {error!r}") from error
