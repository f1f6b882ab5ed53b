"""``sevis-sim scenario``: write scenarios, look at them before, play them."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from sevis_sim.cli.report import (
    EXIT_FINDINGS,
    EXIT_USAGE,
    Command,
    JsonOption,
    OutputOption,
    fail,
    progress,
    run,
    say,
    say_json,
    write_output,
)

if TYPE_CHECKING:
    from sevis_sim.runner.outcome import ScenarioOutcome
    from sevis_sim.scenarios import Source

T = TypeVar("T")

app = typer.Typer(help="Scenarios: write them, look at them before, play them.", no_args_is_help=True)

FilesArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[SCENARIO]...",
        help="Files, folders, FILE#NAME for one of a matrix, or names of shipped ones. [all shipped ones]",
    ),
]
TagOption = Annotated[list[str] | None, typer.Option("--tag", metavar="TAG", help="Only those with this tag.")]
NameOption = Annotated[str | None, typer.Option("--name", metavar="PATTERN", help="Only those of this name (* ?).")]


@app.command(cls=Command)
def lint(files: FilesArgument = None, json: JsonOption = False) -> None:
    """Tell what is wrong with scenarios: file, line, column, and what would be right.

    Besides the shape it looks whether codes exist and can occur for their event, files and names are there, records are
    possible, times are in order, and expectations can be met. Exit code 1 if anything is an error.

    Examples:
      sevis-sim scenario lint my.yaml
      sevis-sim scenario lint scenarios/ --json
    """
    from sevis_sim.runner.library import files_of
    from sevis_sim.runner.lint import Lint
    from sevis_sim.runner.lint import lint as look
    from sevis_sim.scenarios import ScenarioError, load_sources

    found: list[Lint] = []
    count = 0
    for file in _usage(lambda: files_of(files or [])):
        try:
            for source in load_sources(file):
                count += 1
                found += [each for each in look(source) if each not in found]
        except ScenarioError as error:
            found += [Lint("error", each) for each in error.problems]
    if json:
        say_json(
            [
                {
                    "file": each.problem.file,
                    "line": each.problem.position.line,
                    "column": each.problem.position.column,
                    "path": each.problem.path,
                    "severity": each.severity,
                    "message": each.problem.message,
                }
                for each in found
            ]
        )
    else:
        for each in found:
            say(str(each))
        errors = sum(each.severity == "error" for each in found)
        say(f"{count} scenarios: {errors} errors, {len(found) - errors} warnings")
    if any(each.severity == "error" for each in found):
        raise typer.Exit(EXIT_FINDINGS)


@app.command(cls=Command)
def plan(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="File, FILE#NAME, or name of a shipped one.")],
    json: JsonOption = False,
    svg: Annotated[bool, typer.Option("--svg", help="Draw it.")] = False,
    output: OutputOption = None,
) -> None:
    """Print what will happen when, without doing it: uploads, windows, processing, results, calendar, faults.

    Exit code 1 if something of it cannot be.

    Examples:
      sevis-sim scenario plan friday-cutoff
      sevis-sim scenario plan my.yaml --svg -o plan.svg
    """
    import json as jsons

    from sevis_sim.runner import plan as planning
    from sevis_sim.runner.errors import PlayError

    if json and svg:
        fail("choose one of --json and --svg", EXIT_USAGE)
    chosen = _chosen([scenario])
    try:
        plans = [planning.plan(source.scenario) for _, source in chosen]
    except PlayError as error:
        fail(str(error), EXIT_USAGE)
    if svg:
        from sevis_sim.runner.plan_svg import as_svg

        if len(plans) > 1:
            fail(f"{scenario} stands for {len(plans)} scenarios; name one, as {scenario}#{plans[0].name}", EXIT_USAGE)
        text = as_svg(plans[0])
    elif json:
        made = [planning.as_json(each) for each in plans]
        text = jsons.dumps(made[0] if len(made) == 1 else made, indent=2, ensure_ascii=False) + "\n"
    else:
        text = "\n".join(line for each in plans for line in planning.as_lines(each)) + "\n"
    write_output(text.encode(), output or Path("-"))
    if any(each.problems for each in plans):
        raise typer.Exit(EXIT_FINDINGS)


@app.command("run", cls=Command)
def run_command(
    files: FilesArgument = None,
    tag: TagOption = None,
    name: NameOption = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, max=64, help="Scenarios played at the same time.")] = 6,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of SEVIS IDs.")] = 7,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell every step.")] = False,
    json: JsonOption = False,
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Write JUnit XML there, too; - is standard output.")
    ] = None,
) -> None:
    """Play scenarios with the reference client, each in a sandbox and with a clock of its own.

    Those without steps are worlds for `serve` and left out. Nothing is kept.

    Exit code 0 if all pass, 1 if one does not, 2 if a scenario cannot be used.

    Examples:
      sevis-sim scenario run
      sevis-sim scenario run my.yaml --verbose
      sevis-sim scenario run --tag faults --junit report.xml
    """
    if json and str(junit) == "-":
        fail("choose one of --json and --junit - for standard output", EXIT_USAGE)
    from sevis_sim.runner import reports
    from sevis_sim.runner.library import cases
    from sevis_sim.runner.suite import run_scenarios

    chosen = [each for each in cases(_chosen(files or [], tag, name)) if each.scenario.steps]
    if not chosen:
        fail("no scenario with steps has this name or these tags; see: sevis-sim scenario list", EXIT_USAGE)
    count = 0
    quiet = json or str(junit) == "-"
    with progress("playing", len(chosen)) as advanced:

        def done(outcome: "ScenarioOutcome") -> None:
            nonlocal count
            count += 1
            advanced(count)
            if not quiet and (verbose or outcome.verdict != "passed" or len(chosen) <= 20):
                for line in reports.as_lines(outcome, verbose=verbose):
                    say(line)

        outcomes = run(run_scenarios(chosen, seed=seed, at_once=jobs, done=done))
    if json:
        say_json(reports.as_json(outcomes))
    if junit is not None:
        write_output(reports.as_junit(outcomes).encode(), junit)
    if not quiet:
        say(reports.summary(outcomes))
    if any(each.verdict != "passed" for each in outcomes):
        raise typer.Exit(EXIT_FINDINGS)


@app.command("list", cls=Command)
def list_scenarios(
    files: FilesArgument = None, tag: TagOption = None, name: NameOption = None, json: JsonOption = False
) -> None:
    """List scenarios with their tags and what each proves.

    Examples:
      sevis-sim scenario list
      sevis-sim scenario list --tag dispositions --json
    """
    rows = [
        {
            "scenario": source.scenario.scenario,
            "file": file,
            "summary": source.scenario.summary,
            "proves": source.scenario.proves,
            "source": list(source.scenario.source),
            "tags": list(source.scenario.tags),
            "steps": len(source.scenario.steps),
            "expect": len(source.scenario.expect),
        }
        for file, source in _chosen(files or [], tag, name)
    ]
    if json:
        say_json(rows)
        return
    for row in rows:
        say(f"{row['scenario']}  [{', '.join(row['tags'])}]" if row["tags"] else str(row["scenario"]))  # type: ignore[arg-type]
        say(f"    {row['proves'] or row['summary']}")
    say(f"{len(rows)} scenarios")


@app.command(cls=Command)
def schema(output: OutputOption = None) -> None:
    """Print the JSON Schema of scenario files, for editors.

    Example:  sevis-sim scenario schema -o scenario.schema.json
    """
    from sevis_sim.scenarios import jsonschema

    write_output(jsonschema.text().encode(), output or Path("-"))


def _chosen(files: list[str], tags: list[str] | None = None, name: str | None = None) -> "list[tuple[str, Source]]":
    from sevis_sim.runner.library import files_of, sources

    return _usage(lambda: sources(files_of(files), tags or (), name))


def _usage(work: Callable[[], T]) -> T:
    from sevis_sim.scenarios import ScenarioError

    try:
        return work()
    except ScenarioError as error:
        fail(str(error), EXIT_USAGE)
