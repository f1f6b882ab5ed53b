"""``sevis-sim conform``: judge a client."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sevis_sim.cli.report import (
    BEHIND,
    EXIT_FINDINGS,
    EXIT_USAGE,
    error_line,
    fail,
    progress,
    run,
    say,
    write_output,
)

if TYPE_CHECKING:
    from sevis_sim.conformance import Case
    from sevis_sim.conformance.verdicts import CaseReport, Report

_FILE = "FILE"


def conform(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SCENARIO]... [-- CLIENT...]",
            help="Drills (--list), scenario files, folders, names of shipped scenarios [all drills]; then the client.",
        ),
    ] = None,
    client: Annotated[
        Path | None, typer.Option("--client", metavar="client.yaml", help="How the client is called; docs/conform.md.")
    ] = None,
    junit: Annotated[Path | None, typer.Option("--junit", metavar=_FILE, help="Write JUnit XML.")] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar=_FILE, help="Write JSON; - is standard output.")
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar=_FILE, help="Write one HTML page for people.")] = None,
    pack: Annotated[
        Path | None, typer.Option("--pack", metavar="FILE.zip", help="Write an evidence pack; conform verify reads it.")
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option("--baseline", metavar=_FILE, help="Failures that are expected; a stale entry fails.")
    ] = None,
    write_baseline: Annotated[
        Path | None, typer.Option("--write-baseline", metavar=_FILE, help="Write what fails now as a baseline.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, max=64, help="Cases played at the same time.")] = 4,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of SEVIS IDs, chances and --shuffle.")] = 7,
    shuffle: Annotated[
        bool, typer.Option("--shuffle", help="Play the cases in an order of the seed's choice.")
    ] = False,
    cut_points: Annotated[
        bool, typer.Option("--cut-points", help="Play one scenario once for each point at which its way can break.")
    ] = False,
    only: Annotated[str | None, typer.Option("--only", metavar="POINT", help="Only this cut point.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell every action.")] = False,
    list_them: Annotated[bool, typer.Option("--list", help="List drills and checks, and stop.")] = False,
) -> None:
    """Judge a client: it goes through scenarios, and checks look at what was seen of it.

    Exit code 0 if it conforms, 1 if a check fails that the baseline does not expect, 2 where something named cannot be
    used, 3 where no simulator can be started.

    Examples:
      sevis-sim conform --client client.yaml
      sevis-sim conform lost-reply first-steps --client client.yaml --junit report.xml
      sevis-sim conform -- python my_client.py
      sevis-sim conform --client client.yaml --html report.html --pack evidence.zip
      sevis-sim conform verify evidence.zip
      sevis-sim conform first-steps --cut-points --client client.yaml
    """
    from sevis_sim.conformance import ConformError
    from sevis_sim.scenarios import ScenarioError

    if list_them:
        _list()
        return
    behind: list[str] = list(context.meta.get(BEHIND, ()))
    names = (words or [])[: len(words or []) - len(behind)]
    outputs = {"junit": junit, "json": json_file, "html": html, "pack": pack}
    if sum(str(each) == "-" for each in outputs.values()) > 1:
        fail("only one report can go to standard output (-)", EXIT_USAGE)
    try:
        if names[:1] == ["verify"]:
            _verify(names[1:], client, behind, outputs)
            return
        if only is not None and not cut_points:
            fail("--only names a point of --cut-points", EXIT_USAGE)
        wish = _Wish(names, behind, client, baseline, write_baseline, jobs, seed, shuffle, verbose, cut_points, only)
        _conform(wish, outputs)
    except (ConformError, ScenarioError) as error:
        fail(str(error), EXIT_USAGE)


@dataclass(frozen=True, slots=True)
class _Wish:
    names: list[str]
    called: list[str]
    client: Path | None
    baseline: Path | None
    write_baseline: Path | None
    jobs: int
    seed: int
    shuffle: bool
    verbose: bool
    cut_points: bool
    only: str | None


def _conform(wish: _Wish, outputs: Mapping[str, Path | None]) -> None:
    from random import Random

    from sevis_sim.conformance import Report, client_of, load_client, reports
    from sevis_sim.conformance import conform as play
    from sevis_sim.conformance.baseline import Baseline, load_baseline, stale, text_of
    from sevis_sim.conformance.evidence import versions

    if (wish.client is None) == (not wish.called):
        fail("name the client: either --client client.yaml, or its words behind -- (see docs/conform.md)", EXIT_USAGE)
    tested = load_client(wish.client) if wish.client is not None else client_of(wish.called)
    expected = load_baseline(wish.baseline) if wish.baseline is not None else Baseline()
    cases = _cases(wish, runs=tested.run is not None)
    if wish.shuffle:
        Random(wish.seed).shuffle(cases)  # noqa: S311 - an order, no secret
    quiet = "-" in map(str, outputs.values())
    count = 0
    with progress("judging", len(cases)) as advanced:

        def done(case: "CaseReport") -> None:
            nonlocal count
            count += 1
            advanced(count)
            if not quiet:
                for line in reports.case_lines(case, verbose=wish.verbose):
                    say(line)

        again = ["--client", str(wish.client)] if wish.client is not None else ["--", *wish.called]
        found = run(play(tested, cases, called=again, seed=wish.seed, at_once=wish.jobs, done=done))
    pairs, old = expected.pairs, stale(expected, found)
    report = Report(tested.name or shlex.join(wish.called), tuple(found), wish.seed, pairs, old, versions())
    if wish.write_baseline is not None:
        write_output(text_of(found).encode(), wish.write_baseline)
    sources = [*dict.fromkeys(Path(case.path) for case in cases), wish.client, wish.baseline]
    _write(report, outputs, [each for each in sources if each is not None])
    _end(report, quiet=quiet)


def _cases(wish: _Wish, *, runs: bool) -> "list[Case]":
    from sevis_sim.conformance import ConformError, chosen
    from sevis_sim.conformance.cases import for_running
    from sevis_sim.conformance.cut_points import cut_cases, cut_points
    from sevis_sim.yamlfile import suggestion

    cases = chosen(wish.names)
    if runs and wish.cut_points:
        raise ConformError("cut points are for clients with upload and download commands, not for one with 'run'")
    if runs:
        return for_running(cases, bool(wish.names))
    if not wish.cut_points:
        return cases
    points = [each.name for each in cut_points()]
    if wish.only is not None and wish.only not in points:
        hint = suggestion(wish.only, points) or f"; there are: {', '.join(points)}"
        raise ConformError(f"there is no cut point {wish.only!r}{hint}")
    return [each for each in cut_cases(cases) if wish.only in (None, each.point)]


def _verify(words: list[str], client: Path | None, behind: list[str], outputs: "Mapping[str, Path | None]") -> None:
    """Judge an evidence pack again, offline."""
    from sevis_sim.conformance.evidence import verify
    from sevis_sim.conformance.reports import case_lines

    if len(words) != 1 or client is not None or behind:
        fail("say which evidence pack: sevis-sim conform verify PACK.zip", EXIT_USAGE)
    if outputs["pack"] is not None:
        fail("an evidence pack is not made of another one: leave --pack out", EXIT_USAGE)
    verified = verify(Path(words[0]))
    quiet = "-" in map(str, outputs.values())
    _write(verified.report, outputs, [])
    if not quiet:
        for case in verified.report.cases:
            for line in case_lines(case):
                say(line)
    for line in verified.differences:
        error_line(f"{words[0]}: {line}")
    if not verified.differences and not quiet:
        say(f"{words[0]}: whole, and judged again it says the same")
    _end(verified.report, quiet=quiet)
    if verified.differences:
        raise typer.Exit(EXIT_FINDINGS)


def _write(report: "Report", outputs: Mapping[str, Path | None], sources: Sequence[Path]) -> None:
    """Write the reports that were asked for."""
    import json

    from sevis_sim.conformance import evidence, html_report, reports

    if (path := outputs["junit"]) is not None:
        write_output(reports.as_junit(report).encode(), path)
    if (path := outputs["json"]) is not None:
        write_output((json.dumps(reports.as_json(report), indent=2, ensure_ascii=False) + "\n").encode(), path)
    if (path := outputs["html"]) is not None:
        write_output(html_report.as_html(report).encode(), path)
    if (path := outputs["pack"]) is not None:
        write_output(evidence.pack(report, {each.name: each.read_bytes() for each in sources}), path)


def _end(report: "Report", *, quiet: bool) -> None:
    from sevis_sim.conformance.reports import summary

    if not quiet:
        for line in summary(report):
            say(line)
    if not report.passed:
        raise typer.Exit(EXIT_FINDINGS)


def _list() -> None:
    from sevis_sim.conformance import drills
    from sevis_sim.conformance.catalogue import checks

    say("drills")
    for case in drills():
        say(f"  {case.name:<24} {case.scenario.summary}")
    say("checks")
    for check in checks().values():
        say(f"  {check.id:<32} {check.severity:<6}  {check.title}")
