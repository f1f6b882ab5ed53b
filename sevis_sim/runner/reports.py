"""Outcomes for people and for machines: lines of text, JSON, JUnit XML."""

from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree

from sevis_sim.clock import Calendar
from sevis_sim.runner.outcome import ScenarioOutcome

_ILLEGAL = {code: "\ufffd" for code in range(32) if code not in (9, 10, 13)}


def as_lines(outcome: ScenarioOutcome, *, verbose: bool = False) -> Iterator[str]:
    """Yield one scenario as text: a line, and what is not as expected; with ``verbose`` every step."""
    counted = f"{len(outcome.steps)} steps, {len(outcome.checks)} expectations, {outcome.seconds:.2f} s"
    yield f"{outcome.verdict:<6} {outcome.name} ({counted})"
    if verbose:
        calendar = Calendar()
        for step in outcome.steps:
            when = f"{calendar.local(step.instant):%a %Y-%m-%d %H:%M:%S}"
            yield f"       {when} {step.number:>3}. {step.words}: {step.says}"
            if step.note:
                yield f"{'':33}# {step.note}"
    for line in outcome.problems:
        yield f"       ! {line}"
    for check in outcome.checks:
        for near in check.near:
            yield f"         {near}"


def summary(outcomes: Sequence[ScenarioOutcome]) -> str:
    """Return all outcomes in one line."""
    counts = {word: sum(each.verdict == word for each in outcomes) for word in ("passed", "failed", "error")}
    told = ", ".join(f"{count} {word}" for word, count in counts.items() if count) or "nothing to play"
    return f"{len(outcomes)} scenarios: {told}"


def as_json(outcomes: Sequence[ScenarioOutcome]) -> dict[str, Any]:
    """Return all outcomes as plain values."""
    return {
        "passed": sum(each.verdict == "passed" for each in outcomes),
        "failed": sum(each.verdict == "failed" for each in outcomes),
        "errors": sum(each.verdict == "error" for each in outcomes),
        "scenarios": [_scenario(each) for each in outcomes],
    }


def _scenario(outcome: ScenarioOutcome) -> dict[str, Any]:
    found: dict[str, Any] = {
        "scenario": outcome.name,
        "file": outcome.file,
        "verdict": outcome.verdict,
        "seconds": round(outcome.seconds, 3),
        "steps": [
            {
                "number": step.number,
                "action": step.action,
                "words": step.words,
                "instant": step.instant.isoformat(),
                "says": step.says,
                "problem": step.problem or None,
                "note": step.note or None,
            }
            for step in outcome.steps
        ],
        "expect": [
            {"number": each.number, "words": each.words, "problem": each.problem or None, "near": list(each.near)}
            for each in outcome.checks
        ],
    }
    return {**found, "error": outcome.error} if outcome.error else found


def as_junit(outcomes: Sequence[ScenarioOutcome], suite: str = "sevis-sim scenario run") -> str:
    """Return all outcomes as JUnit XML: one test case for each scenario."""
    root = etree.Element("testsuites")
    failed, errors = (sum(each.verdict == word for each in outcomes) for word in ("failed", "error"))
    attributes = {
        "name": suite,
        "tests": str(len(outcomes)),
        "failures": str(failed),
        "errors": str(errors),
        "time": f"{sum(each.seconds for each in outcomes):.3f}",
    }
    element = etree.SubElement(root, "testsuite", attributes)
    for each in outcomes:
        case = etree.SubElement(
            element,
            "testcase",
            {"classname": each.file or suite, "name": each.name, "time": f"{each.seconds:.3f}"},
        )
        if each.verdict != "passed":
            problems = [line.translate(_ILLEGAL) for line in each.problems]
            tag = "error" if each.verdict == "error" else "failure"
            told = etree.SubElement(case, tag, {"message": problems[0][:500] if problems else each.verdict})
            told.text = "\n".join(problems)
        out = etree.SubElement(case, "system-out")
        out.text = "\n".join(as_lines(each, verbose=True)).translate(_ILLEGAL)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True).decode()
