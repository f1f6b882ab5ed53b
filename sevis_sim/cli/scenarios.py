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
    from sevis_sim.runner.suite import Case
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


@app.command(cls=Command)
def init(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the scenario: small letters and hyphens.")],
    from_zip: Annotated[
        Path | None, typer.Option("--from-zip", metavar="FILE", help="Learn it from a result: a zip or a log.")
    ] = None,
    batch: Annotated[
        Path | None, typer.Option("--batch", metavar="FILE", help="The batch that the result belongs to.")
    ] = None,
    output: OutputOption = None,
) -> None:
    """Write a scenario to begin with: a template with remarks, or one learnt from a real result.

    Learning replaces people, addresses, numbers, SEVIS IDs, users and the organization by invented ones.

    Examples:
      sevis-sim scenario init my-first
      sevis-sim scenario init last-friday --from-zip RESULT.zip --batch sent.xml
    """
    import re

    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        fail(f"{name!r} is no name of a scenario; use small letters, digits and hyphens, such as my-first", EXIT_USAGE)
    if batch is not None and from_zip is None:
        fail("--batch belongs to --from-zip: name the result, too", EXIT_USAGE)
    target = output or Path(f"{name}.yaml")
    written = str(target) != "-"
    if written and target.exists():
        fail(f"{target} is there already; choose another name, or -o FILE", EXIT_USAGE)
    if from_zip is None:
        from sevis_sim.runner.template import template

        write_output(template(name).encode(), target)
    else:
        from sevis_sim.runner.learn import LearnError, learn

        try:
            learnt = learn(_bytes_of(from_zip), _bytes_of(batch) if batch else None, name)
        except LearnError as error:
            fail(f"{from_zip}: {error}", EXIT_USAGE)
        beside = target.parent / learnt.batch_name if learnt.batch_name else None
        if beside is not None and (beside.exists() or not written):
            fail(f"the batch needs a file of its own, {beside}: it is there already, or -o is -", EXIT_USAGE)
        write_output(learnt.scenario.encode(), target)
        if beside is not None:
            beside.write_bytes(learnt.batch)
            say(f"{beside}: the batch, with invented people")
        for note in learnt.notes if written else ():
            say(f"note: {note}")
    if written:
        say(f"{target}: look at it, then: sevis-sim scenario plan {target}; sevis-sim scenario run {target}")


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror or error}", EXIT_USAGE)


@app.command(cls=Command)
def coverage(
    files: FilesArgument = None,
    tag: TagOption = None,
    name: NameOption = None,
    everything: Annotated[bool, typer.Option("--all", help="Tell all that is missing, not the first of it.")] = False,
    suggest: Annotated[
        bool, typer.Option("--suggest/--no-suggest", help="Look for shipped scenarios that close the gap.")
    ] = True,
    json: JsonOption = False,
) -> None:
    """Play scenarios and tell what they exercise: codes, events, faults, times, elements; and what closes the gap.

    Examples:
      sevis-sim scenario coverage my-scenarios/
      sevis-sim scenario coverage --all --json
    """
    from sevis_sim.runner.coverage import KINDS, closable_by_code, closing
    from sevis_sim.runner.coverage import coverage as covered_by
    from sevis_sim.runner.library import cases, shipped_files, sources

    chosen = [each for each in cases(_chosen(files or [], tag, name)) if each.scenario.steps]
    if not chosen:
        fail("no scenario with steps has this name or these tags; see: sevis-sim scenario list", EXIT_USAGE)
    outcomes = _looked_at(chosen)
    found = covered_by(outcomes)
    mine = {case.scenario.scenario for case in chosen}
    others = [case for case in cases(sources(map(str, shipped_files()))) if case.scenario.steps]
    others = [case for case in others if case.scenario.scenario not in mine] if suggest else []
    more = closing(found.gap, _looked_at(others)) if others else []
    left = found.missing["codes"] - frozenset().union(*(each.seen.codes for each in more))
    codes = closable_by_code(left)
    if json:
        say_json(
            {
                "scenarios": len(outcomes),
                "covered": {kind: sorted(found.covered[kind]) for kind in KINDS},
                "missing": {kind: sorted(found.missing[kind]) for kind in KINDS},
                "close_with": [{"scenario": each.name, "file": each.file} for each in more],
                "generate_for_code": codes,
            }
        )
        return
    for kind, means in KINDS.items():
        have, lack = found.covered[kind], sorted(found.missing[kind])
        say(f"{kind:<13} {len(have):>4} of {len(have) + len(lack):<5} {means}")
        if lack:
            shown = lack if everything else lack[:8]
            say(f"{'':13} missing: {', '.join(shown)}{f' and {len(lack) - len(shown)} more' if shown != lack else ''}")
    if more:
        say(f"these {len(more)} shipped scenarios close what shipped scenarios can:")
        for each in more:
            say(f"  {each.name}  ({each.file})")
    if codes:
        few = codes if everything else codes[:8]
        rest = f" (and {len(codes) - len(few)} more)" if few != codes else ""
        say(f"codes of records, a batch each: sevis-sim generate for-code CODE, with {', '.join(few)}{rest}")


def _looked_at(chosen: "list[Case]") -> "list[ScenarioOutcome]":
    from sevis_sim.runner.suite import run_scenarios

    count = 0
    with progress("playing", len(chosen)) as advanced:

        def done(_: "ScenarioOutcome") -> None:
            nonlocal count
            count += 1
            advanced(count)

        return run(run_scenarios(chosen, look=True, done=done))


def _chosen(files: list[str], tags: list[str] | None = None, name: str | None = None) -> "list[tuple[str, Source]]":
    from sevis_sim.runner.library import files_of, sources

    return _usage(lambda: sources(files_of(files), tags or (), name))


def _usage(work: Callable[[], T]) -> T:
    from sevis_sim.scenarios import ScenarioError

    try:
        return work()
    except ScenarioError as error:
        fail(str(error), EXIT_USAGE)
