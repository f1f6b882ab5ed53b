"""A run as one HTML file that stands for itself: no script is needed to read it, and nothing is loaded."""

import html
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sevis_sim.conformance.reports import wire_words
from sevis_sim.conformance.transcript import Action, Wire
from sevis_sim.conformance.verdicts import CaseReport, Finding, Outcome, Report

_SHOWN = 6000
"""Characters of a body that are shown."""
_WORDS: dict[Outcome, str] = {
    "pass": "pass",
    "fail": "fail",
    "skip": "skipped",
    "not applicable": "not applicable",
    "error": "error",
}


def as_html(report: Report) -> str:
    """Return a run as a page: verdict, checks by group, cases with what went over the wire and how to mend it."""
    style = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
    verdict = "conforms" if report.passed else "does not conform"
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_text(report.client)} {verdict}</title><style>{style}</style></head><body>",
        *_head(report, verdict),
        "<main>",
        *_checks(report),
        "<h2>Cases</h2>",
        *(line for case in report.cases for line in _case(report, case)),
        "</main>",
        *_foot(report),
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def _head(report: Report, verdict: str) -> Iterator[str]:
    rows = report.by_check()
    counts = Counter(outcome for _, outcome, _ in rows)
    yield f'<header class="{"good" if report.passed else "bad"}"><div class="inner">'
    yield f'<p class="eyebrow">sevis-sim conform</p><h1>{_text(report.client)}</h1>'
    yield f'<p class="verdict">{"✓" if report.passed else "✗"} {verdict}</p>'
    yield '<ul class="counts">'
    for word, said in _WORDS.items():
        if counts[word]:
            yield f'<li class="{_class(word)}"><b>{counts[word]}</b> {said}</li>'
    yield f"<li><b>{len(report.cases)}</b> cases</li></ul>"
    bad = report.bad()
    if bad:
        yield '<ol class="first">'
        for check, _, found in rows:
            failing = [(case, each) for case, each in found if (case, each) in bad]
            if failing:
                case, each = failing[0]
                also = f" and {len(failing) - 1} more" if len(failing) > 1 else ""
                why = each.lines[0] if each.lines else ""
                yield (
                    f'<li><a href="#{_anchor(case, each)}">{_text(check.title)}</a>'
                    f"<span>{_text(why)} <i>({_text(case.transcript.case)}{also})</i></span></li>"
                )
        yield "</ol>"
    for line in report.stale:
        yield f'<p class="stale">{_text(line)}</p>'
    yield "</div></header>"


def _checks(report: Report) -> Iterator[str]:
    yield "<h2>Checks</h2>"
    group = ""
    for check, outcome, found in report.by_check():
        if check.group != group:
            if group:
                yield "</section>"
            group = check.group
            yield f'<section class="group"><h3>{_text(group)}</h3>'
        seen = [(case, each) for case, each in found if each.outcome != "not applicable"]
        opened = " open" if outcome in ("fail", "error") else ""
        yield f'<details class="check {_class(outcome)}"{opened}><summary><span class="badge">{_WORDS[outcome]}</span>'
        yield f'<span class="title">{_text(check.title)}</span><code>{check.id}</code></summary><div class="body">'
        yield f"<p>{_text(check.proves)}</p>"
        if outcome in ("fail", "error"):
            yield f'<p class="mend"><b>How to mend it.</b> {_text(check.mend)}</p>'
        yield f'<p class="rule">{check.severity} · {_text(check.rule)}</p>'
        if seen:
            yield "<ul class=cases>"
            for case, each in seen:
                known = " (expected)" if each.outcome in ("fail", "error") and report.known(case, each) else ""
                link = f'<a href="#{_anchor(case)}">{_text(case.transcript.case)}</a>'
                told = "".join(f"<span>{_text(line)}</span>" for line in each.lines)
                yield f'<li class="{_class(each.outcome)}"><b>{_WORDS[each.outcome]}{known}</b> {link}{told}</li>'
            yield "</ul>"
        yield "</div></details>"
    yield "</section>"


def _case(report: Report, case: CaseReport) -> Iterator[str]:
    transcript = case.transcript
    opened = " open" if case.outcome in ("fail", "error") else ""
    yield f'<details class="case {_class(case.outcome)}" id="{_anchor(case)}"{opened}>'
    yield f'<summary><span class="badge">{_WORDS[case.outcome]}</span>'
    yield f'<span class="title">{_text(transcript.case)}</span>'
    yield f"<span class=note>{_text(transcript.scenario.get('summary', ''))}</span></summary><div class=body>"
    if transcript.server != "valid":
        yield f"<p>The server's certificate is <b>{_text(transcript.server)}</b>.</p>"
    for finding in case.findings:
        if finding.outcome in ("fail", "error", "skip"):
            yield from _finding(report, case, finding)
    yield "<h4>What went over the wire</h4><ol class=actions>"
    blamed = {number for each in case.findings if each.outcome in ("fail", "error") for number in each.actions}
    for action in transcript.actions:
        yield from _action(action, blamed=action.number in blamed, runs=transcript.flow == "run")
    yield "</ol>"
    yield "<details class=plain><summary>Everything that happened, by the simulated clock</summary><table>"
    for each in transcript.happenings:
        yield f"<tr><td>{_text(each.instant[:19].replace('T', ' '))}</td><td>{_text(each.summary)}</td></tr>"
    yield "</table></details>"
    yield f"<p class=again>Play it again: <code>{_text(case.replay)}</code></p></div></details>"


def _finding(report: Report, case: CaseReport, finding: Finding) -> Iterator[str]:
    from sevis_sim.conformance.catalogue import checks

    check = checks()[finding.check]
    known = " · expected by the baseline" if report.known(case, finding) else ""
    yield f'<div class="finding {_class(finding.outcome)}" id="{_anchor(case, finding)}">'
    yield f"<p><b>{_WORDS[finding.outcome]}{known}</b> {_text(check.title)} <code>{check.id}</code></p><ul>"
    yield from (f"<li>{_text(line)}</li>" for line in finding.lines)
    yield "</ul>"
    if finding.outcome == "fail":
        yield f'<p class="mend"><b>How to mend it.</b> {_text(check.mend)}</p>'
    yield "</div>"


def _action(action: Action, *, blamed: bool, runs: bool) -> Iterator[str]:
    ended = action.problem or f"exit {action.exit}, that is “{action.means or 'nothing that client.yaml knows'}”"
    if runs and not action.problem:
        ended = f"it makes “{action.means}” of it" if action.means else ""
    yield f'<li class="{"blamed" if blamed else ""}"><p><b>{_text(action.name)} {_text(action.batch)}</b> '
    yield f'<time>{_text(action.instant[:19].replace("T", " "))}</time> <span class="end">{_text(ended)}</span></p>'
    yield f"<p class=command><code>{_text(action.command)}</code></p>"
    if not action.wires:
        yield "<p class=none>Nothing came in.</p>"
    for wire in action.wires:
        yield from _wire(wire)
    for name, text in (("output", action.stdout), ("error output", action.stderr)):
        if text.strip():
            yield f"<details class=plain><summary>its {name}</summary><pre>{_text(_short(text))}</pre></details>"
    yield "</li>"


def _wire(wire: Wire) -> Iterator[str]:
    faults = "".join(f" <span class=fault>on purpose: {_text(each)}</span>" for each in wire.faults)
    yield f'<div class="wire"><p>→ <b>{_text(wire_words(wire))}</b>{faults}'
    yield f" <span class=reason>{_text(wire.reason)}</span></p>"
    if wire.request_head:
        yield "<div class=pair>"
        asked = f"{_text(wire.request_head)}{_body(wire.request_body)}"
        yield f"<details><summary>request</summary><pre>{asked}</pre></details>"
        if wire.response_head:
            answer = f"{_text(wire.response_head)}{_body(wire.response_body)}"
            yield f"<details><summary>answer</summary><pre>{answer}</pre></details>"
        else:
            yield "<p class=none>no answer</p>"
        yield "</div>"
    yield "</div>"


def _body(body: bytes) -> str:
    if body.startswith(b"PK") or b"\0" in body[:1000]:
        return f"<i>{len(body)} bytes: {'a zip' if body.startswith(b'PK') else 'no text'}</i>"
    return _text(_short(body.decode("utf-8", "replace")))


def _short(text: str) -> str:
    if len(text) <= _SHOWN:
        return text
    return f"{text[: _SHOWN // 2]}\n… {len(text) - _SHOWN} characters more …\n{text[-_SHOWN // 2 :]}"


def _foot(report: Report) -> Iterator[str]:
    told = " · ".join(f"{_text(name)} {_text(text)}" for name, text in report.versions.items())
    yield f"<footer>seed {report.seed} · {told}</footer>"


def _anchor(case: CaseReport, finding: Finding | None = None) -> str:
    return f"case-{_text(case.transcript.case)}" + (f"-{finding.check}" if finding else "")


def _class(outcome: Outcome) -> str:
    return outcome.replace(" ", "-")


def _text(text: str) -> str:
    return html.escape(text)
