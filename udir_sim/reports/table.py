"""The samples of a report as CSV, one a line, for a campus's own programs."""

import csv
import io

from udir_sim.checker import Report

COLUMNS = ("record", "first column", "last column", "rule", "severity", "field", "shown", "note")


def to_csv(report: Report) -> str:
    """Return the findings that the report keeps, in the order of the file; lines end with CR LF (RFC 4180)."""
    rows = []
    for result in report.results:
        for finding in result.samples:
            first, last = finding.columns or ("", "")
            place = (finding.record, finding.columns or (0, 0))
            row = (finding.record, first, last, result.rule, result.severity.name, finding.field)
            rows.append((place, (*row, _plain(finding.shown), _plain(finding.note))))
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(COLUMNS)
    writer.writerows(row for _, row in sorted(rows, key=lambda each: each[0]))
    return target.getvalue()


def _plain(text: str) -> str:
    """Return a text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
