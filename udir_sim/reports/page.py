"""A report as one HTML file without scripts and without anything from elsewhere."""

from html import escape

from udir_sim.checker import Finding, Report, RuleResult
from udir_sim.layout import layout, ruler
from udir_sim.reports.text import difference_lines, sample_line
from udir_sim.rules import Severity, catalogue

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
table { border-collapse: collapse; } th, td { text-align: left; padding: .2rem .8rem .2rem 0; vertical-align: top; }
td.number { text-align: right; } pre { overflow-x: auto; }
details { border-top: 1px solid #8886; padding: .5rem 0; } summary { cursor: pointer; }
.FATAL, .ERROR { color: #b3261e; } .WARNING { color: #8a5a00; } .INFO { color: #3b6ea5; }
@media (prefers-color-scheme: dark) { .FATAL, .ERROR { color: #ff8a80; } .WARNING { color: #ffc46b; } .INFO { color: #9cc4f0; } }
""".strip()  # noqa: E501 - a style sheet


def to_html(report: Report) -> str:
    """Return a report as a page; each rule opens to its samples."""
    title = f"{report.verdict.value}: {report.receipt.name}"
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(report.verdict.value)}</h1>",
        _receipt(report),
        "<h2>Findings</h2>",
        _severities(report),
        *(_result(result) for result in report.results),
        "<h2>Students</h2>",
        _census(report),
    ]
    if report.difference is not None:
        lines = "<br>".join(escape(line) for line in difference_lines(report.difference))
        parts += ["<h2>Since the last accepted file</h2>", f"<p>{lines}</p>"]
    return "\n".join([*parts, "</body></html>", ""])


def _table(rows: list[tuple[str, str]]) -> str:
    body = "".join(f"<tr><th scope=row>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows)
    return f"<table>{body}</table>"


def _receipt(report: Report) -> str:
    receipt = report.receipt
    rows = [
        ("File", receipt.name),
        ("Bytes", f"{receipt.bytes:,}, lines end with {receipt.line_end}"),
        ("SHA-256", receipt.sha256),
        ("Location", f"{receipt.location} {layout().locations.get(receipt.location, '')[3:]}".strip() or "not known"),
        ("Created", str(receipt.created or "not known")),
        ("Data records", f"{receipt.data_records:,}"),
        ("Trailer says", "nothing" if receipt.trailer_count is None else f"{receipt.trailer_count:,}"),
        ("Read as of", str(receipt.as_of)),
        ("Mode", receipt.mode.value),
        ("Profile", f"{receipt.profile} ({receipt.profile_digest})"),
        ("Rules", receipt.rule_set),
    ]
    if receipt.seconds is not None:
        rows.append(("Seconds", f"{receipt.seconds:.3f}"))
    return _table([(name, value) for name, value in rows if value])


def _severities(report: Report) -> str:
    if not report.results:
        return "<p>None.</p>"
    found = [(severity, report.count(severity)) for severity in reversed(Severity) if severity is not Severity.OFF]
    return (
        "<p>" + ", ".join(f'<span class="{s.name}">{s.name} {count:,}</span>' for s, count in found if count) + "</p>"
    )


def _result(result: RuleResult) -> str:
    rule = catalogue()[result.rule]
    samples = "".join(f"<li>{escape(sample_line(finding))}</li>" for finding in result.samples)
    more = result.count - len(result.samples)
    rest = f"<p>and {more:,} more</p>" if more else ""
    return (
        f'<details id="{rule.id}"><summary><strong class="{result.severity.name}">{result.severity.name}</strong> '
        f"<code>{rule.id}</code> {escape(rule.title)}: {result.count:,}</summary>"
        f"<p>{escape(rule.must)}</p><p>How to mend it: {escape(rule.mend)}</p>"
        f"<p>Source: {escape(rule.source)}</p><ul>{samples}</ul>{rest}{_excerpt(result.samples[:1])}</details>"
    )


def _excerpt(samples: tuple[Finding, ...]) -> str:
    for finding in samples:
        if finding.excerpt and finding.columns is not None:
            lines = "\n".join(ruler(finding.excerpt, finding.columns))
            return f"<pre>{escape(lines)}</pre>" if lines else ""
    return ""


def _census(report: Report) -> str:
    census = report.census
    # A status that is none, "?", stands only where a type has one.
    statuses = list(dict.fromkeys(status for row in census.by_type_and_status.values() for status in row))
    head = "".join(f"<th scope=col>{escape(status)}</th>" for status in statuses)
    rows = "".join(
        f"<tr><th scope=row>{escape(letter)} {escape(layout().field('D10').values.get(letter, ''))}</th>"
        + "".join(f'<td class="number">{by_status.get(status, 0):,}</td>' for status in statuses)
        + "</tr>"
        for letter, by_status in census.by_type_and_status.items()
    )
    filled = [(f"With {layout().field(name).name}", f"{count:,}") for name, count in census.filled.items()]
    flags = [(f"Release flag {flag}", f"{count:,}") for flag, count in census.by_release_flag.items()]
    return f"<table><tr><td></td>{head}</tr>{rows}</table>{_table([*flags, *filled])}"
