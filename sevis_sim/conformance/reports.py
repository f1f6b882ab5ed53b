"""A run for people and machines: lines of text, JSON, JUnit XML."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree

from sevis_sim.conformance.catalogue import checks
from sevis_sim.conformance.conduct_rules import doubled, missing
from sevis_sim.conformance.cut_points import point_named
from sevis_sim.conformance.transcript import Action, Wire
from sevis_sim.conformance.verdicts import CaseReport, Finding, Report

_ILLEGAL = {code: "\ufffd" for code in range(32) if code not in (9, 10, 13)}
_MARKS = {"pass": "pass", "fail": "FAIL", "skip": "skip", "not applicable": "-", "error": "ERROR"}


def case_lines(case: CaseReport, *, verbose: bool = False) -> Iterator[str]:
    """Yield one case as text: a line, then what is wrong with it; with ``verbose`` every action, too."""
    transcript = case.transcript
    yield f"{_MARKS[case.outcome]:<5} {transcript.case} ({len(transcript.actions)} actions, {transcript.seconds:.1f} s)"
    for finding in case.findings:
        if finding.outcome in ("fail", "error", "skip"):
            check = checks()[finding.check]
            yield f"      {_MARKS[finding.outcome]} {check.id}: {check.title}"
            for line in finding.lines:
                yield f"           {line}"
            if finding.outcome == "fail":
                yield f"           to mend it: {check.mend}"
    if case.outcome in ("fail", "error"):
        yield f"      again: {case.replay}"
    if verbose:
        yield from (f"      {line}" for line in action_lines(case))


def action_lines(case: CaseReport) -> Iterator[str]:
    """Yield what the client did and got, one line an action."""
    for action in case.transcript.actions:
        if case.transcript.flow == "run":
            ended = action.problem or f"it makes of it: {action.means or 'that cannot be seen'}"
        else:
            ended = action.problem or f"exit {action.exit}: {action.means or 'no rule says what that means'}"
        seen = ", ".join(wire_words(each) for each in action.wires) or "nothing came in"
        yield f"{action.number:>2}. {action.instant[:19]} {action.name} {action.batch}: {seen}; {ended}"


def wire_words(wire: Wire) -> str:
    """Return what came in, and what it was answered, in a few words."""
    if not wire.request:
        return f"{wire.kind} ended ({wire.reason})"
    true = f" (the true answer was {wire.truth})" if wire.truth and wire.truth != wire.outcome else ""
    return f"{wire.kind} {wire.outcome}{true}"


def cut_lines(cases: Sequence[CaseReport]) -> Iterator[str]:
    """Yield what became of the records at each cut point, one line a point."""
    for case in cases:
        name = case.transcript.scenario.get("point", "")
        point = point_named(name)
        if point is None:
            continue
        twice, lost = doubled(case.transcript), missing(case.transcript)
        if case.transcript.error:
            said = f"error: {case.transcript.error}"
        elif twice or lost:
            said = " and ".join(word for word, found in (("doubled", twice), ("lost", lost)) if found)
            said += f": {(twice or lost)[0]}"
        elif any(each.means in ("received", "partly") for each in case.transcript.actions):
            said = "delivered once"
        else:
            said = "under way still: the client says that it will try again"
        yield f"{name}: {said} ({point.says})"


def summary(report: Report) -> list[str]:
    """Return the whole run in a few lines."""
    rows = report.by_check()
    counts = Counter(outcome for _, outcome, _ in rows)
    told = ", ".join(
        f"{counts[word]} {word}" for word in ("pass", "fail", "error", "skip", "not applicable") if counts[word]
    )
    lines = [*cut_lines(report.cases), f"{len(report.cases)} cases, {len(rows)} checks: {told}"]
    expected = sum(
        report.known(case, finding)
        for case in report.cases
        for finding in case.findings
        if finding.outcome in ("fail", "error")
    )
    if expected:
        lines.append(f"{expected} failures are expected by the baseline")
    lines += report.stale
    lines.append(f"{report.client}: {'conforms' if report.passed else 'does not conform'}")
    return lines


def as_json(report: Report) -> dict[str, Any]:
    """Return a run as plain values (``schemas/conform-report.schema.json``)."""
    return {
        "client": report.client,
        "conforms": report.passed,
        "seed": report.seed,
        "versions": dict(report.versions),
        "stale": list(report.stale),
        "checks": [
            {
                "id": check.id,
                "group": check.group,
                "severity": check.severity,
                "title": check.title,
                "proves": check.proves,
                "rule": check.rule,
                "mend": check.mend,
                "outcome": outcome,
            }
            for check, outcome, _ in report.by_check()
        ],
        "cases": [
            {
                "case": each.transcript.case,
                "file": each.transcript.scenario.get("file", ""),
                "summary": each.transcript.scenario.get("summary", ""),
                "server": each.transcript.server,
                "flow": each.transcript.flow,
                "outcome": each.outcome,
                "seconds": round(each.transcript.seconds, 3),
                "replay": each.replay,
                "findings": [_finding(report, each, finding) for finding in each.findings],
                "actions": [_action(action) for action in each.transcript.actions],
            }
            for each in report.cases
        ],
    }


def _finding(report: Report, case: CaseReport, finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.check,
        "outcome": finding.outcome,
        "expected": finding.outcome in ("fail", "error") and report.known(case, finding),
        "lines": list(finding.lines),
        "actions": list(finding.actions),
    }


def _action(action: Action) -> dict[str, Any]:
    return {
        "number": action.number,
        "action": action.name,
        "batch": action.batch,
        "instant": action.instant,
        "command": action.command,
        "exit": action.exit,
        "means": action.means,
        "problem": action.problem or None,
        "outcome": action.outcome,
        "wire": [
            {"kind": each.kind, "outcome": each.outcome, "truth": each.truth, "faults": list(each.faults)}
            for each in action.wires
        ],
    }


def as_junit(report: Report) -> str:
    """Return a run as JUnit XML: a suite for each case, a test case for each check that has to do with it."""
    root = etree.Element("testsuites", {"name": f"sevis-sim conform: {_clean(report.client)}"})
    for case in report.cases:
        applied = [each for each in case.findings if each.outcome != "not applicable"]
        counts = Counter(
            "skip" if each.outcome in ("fail", "error") and report.known(case, each) else each.outcome
            for each in applied
        )
        suite = etree.SubElement(
            root,
            "testsuite",
            {
                "name": _clean(case.transcript.case),
                "tests": str(len(applied)),
                "failures": str(counts["fail"]),
                "errors": str(counts["error"]),
                "skipped": str(counts["skip"]),
                "time": f"{case.transcript.seconds:.3f}",
            },
        )
        for each in applied:
            _test_case(suite, report, case, each)
        out = etree.SubElement(suite, "system-out")
        out.text = _clean("\n".join([*action_lines(case), f"again: {case.replay}"]))
    if report.stale:
        suite = etree.SubElement(
            root,
            "testsuite",
            {"name": "baseline", "tests": str(len(report.stale)), "failures": str(len(report.stale))},
        )
        for line in report.stale:
            test = etree.SubElement(suite, "testcase", {"classname": "baseline", "name": line.partition(" ")[0]})
            etree.SubElement(test, "failure", {"message": line})
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True).decode()


def _test_case(suite: etree._Element, report: Report, case: CaseReport, finding: Finding) -> None:
    check = checks()[finding.check]
    attributes = {
        "classname": f"conform.{_clean(case.transcript.case)}",
        "name": f"{check.id}: {check.title}",
        "time": "0",
    }
    test = etree.SubElement(suite, "testcase", attributes)
    lines = [_clean(line) for line in finding.lines]
    if finding.outcome in ("fail", "error") and report.known(case, finding):
        etree.SubElement(test, "skipped", {"message": f"expected by the baseline: {lines[0] if lines else ''}"[:500]})
    elif finding.outcome in ("fail", "error"):
        tag = "failure" if finding.outcome == "fail" else "error"
        told = etree.SubElement(
            test, tag, {"message": (lines[0] if lines else check.title)[:500], "type": check.severity}
        )
        told.text = "\n".join(
            [*lines, f"rule: {check.rule}", f"to mend it: {check.mend}", f"again: {_clean(case.replay)}"]
        )
    elif finding.outcome == "skip":
        etree.SubElement(test, "skipped", {"message": (lines[0] if lines else "")[:500]})


def _clean(text: str) -> str:
    return text.translate(_ILLEGAL)
