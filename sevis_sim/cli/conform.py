"""``sevis-sim conform``: judge a client."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sevis_sim.cli.report import BEHIND, EXIT_FINDINGS, EXIT_USAGE, fail, progress, run, say, say_json, write_output

if TYPE_CHECKING:
    from sevis_sim.conformance.verdicts import CaseReport

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
    """
    from sevis_sim.conformance import ConformError
    from sevis_sim.scenarios import ScenarioError

    if list_them:
        _list()
        return
    try:
        names, called = _split(words or [], context)
        _conform(
            names,
            called,
            client,
            junit,
            json_file,
            baseline,
            write_baseline,
            jobs,
            seed,
            shuffle=shuffle,
            verbose=verbose,
        )
    except (ConformError, ScenarioError) as error:
        fail(str(error), EXIT_USAGE)


def _conform(
    names: list[str],
    called: list[str],
    client: Path | None,
    junit: Path | None,
    json_file: Path | None,
    baseline: Path | None,
    write_baseline: Path | None,
    jobs: int,
    seed: int,
    *,
    shuffle: bool,
    verbose: bool,
) -> None:
    from random import Random

    from sevis_sim.conformance import Report, chosen, client_of, load_client, reports
    from sevis_sim.conformance import conform as play
    from sevis_sim.conformance.baseline import Baseline, load_baseline, stale, text_of
    from sevis_sim.conformance.evidence import versions

    if (client is None) == (not called):
        fail("name the client: either --client client.yaml, or its words behind -- (see docs/conform.md)", EXIT_USAGE)
    tested = load_client(client) if client is not None else client_of(called)
    expected = load_baseline(baseline) if baseline is not None else Baseline()
    cases = chosen(names)
    if shuffle:
        Random(seed).shuffle(cases)  # noqa: S311 - an order, no secret
    quiet = "-" in (str(json_file), str(junit))
    count = 0
    with progress("judging", len(cases)) as advanced:

        def done(case: "CaseReport") -> None:
            nonlocal count
            count += 1
            advanced(count)
            if not quiet:
                for line in reports.case_lines(case, verbose=verbose):
                    say(line)

        again = ["--client", str(client)] if client is not None else ["--", *called]
        found = run(play(tested, cases, called=again, seed=seed, at_once=jobs, done=done))
    report = Report(
        tested.name or shlex.join(called),
        tuple(found),
        seed,
        expected.pairs,
        stale(expected, found),
        versions(),
    )
    if junit is not None:
        write_output(reports.as_junit(report).encode(), junit)
    if json_file is not None and str(json_file) == "-":
        say_json(reports.as_json(report))
    elif json_file is not None:
        import json

        write_output((json.dumps(reports.as_json(report), indent=2, ensure_ascii=False) + "\n").encode(), json_file)
    if write_baseline is not None:
        write_output(text_of(found).encode(), write_baseline)
    if not quiet:
        for line in reports.summary(report):
            say(line)
    if not report.passed:
        raise typer.Exit(EXIT_FINDINGS)


def _split(words: list[str], context: typer.Context) -> tuple[list[str], list[str]]:
    """Return the scenarios and the words of the client: those behind ``--``."""
    behind: list[str] = list(context.meta.get(BEHIND, ()))
    return (words[: len(words) - len(behind)] if behind else words), behind


def _list() -> None:
    from sevis_sim.conformance import drills
    from sevis_sim.conformance.catalogue import checks

    say("drills")
    for case in drills():
        say(f"  {case.name:<24} {case.scenario.summary}")
    say("checks")
    for check in checks().values():
        say(f"  {check.id:<32} {check.severity:<6}  {check.title}")
