"""``udir-sim check``, ``diff`` and ``report-diff``."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from udir_sim.cli.output import (
    EXIT_FINDINGS,
    EXIT_USAGE,
    DayOption,
    JsonOption,
    OutputOption,
    as_json,
    fail,
    need_numpy,
    today,
    write,
)
from udir_sim.cli.rules import show_rule, show_rules

if TYPE_CHECKING:
    from udir_sim.checker import Progress, Report
    from udir_sim.rules import Mode, Profile

_LONG = 50_000_000
"""Bytes from which on a file is long enough for a progress bar."""

ModeOption = Annotated[str, typer.Option("--mode", metavar="strict|lenient", help="How to judge.")]
ProfileOption = Annotated[
    Path | None, typer.Option("--profile", metavar="FILE", help="YAML file with thresholds and severities.")
]
SkipOption = Annotated[
    list[str] | None, typer.Option("--skip", metavar="RULE", help="Turn rules off: X03, or UD-S1* as a pattern.")
]
OnlyOption = Annotated[list[str] | None, typer.Option("--only", metavar="RULE", help="Turn all other rules off.")]
SamplesOption = Annotated[
    int, typer.Option("--samples", min=0, max=100_000, help="Findings of a rule that are listed; all are counted.")
]


def check(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help="Files to check, plain or .gz; - is standard input.")
    ] = None,
    mode: ModeOption = "strict",
    profile: ProfileOption = None,
    previous: Annotated[
        Path | None, typer.Option("--previous", metavar="FILE", help="The last accepted file of the same campus.")
    ] = None,
    as_of: DayOption = None,
    skip: SkipOption = None,
    only: OnlyOption = None,
    samples: SamplesOption = 20,
    text: Annotated[bool, typer.Option("--text", help="Report as text. This is the default.")] = False,
    json: JsonOption = False,
    html: Annotated[bool, typer.Option("--html", help="Report as one HTML page.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="List of findings as CSV.")] = False,
    output: OutputOption = None,
    timing: Annotated[bool, typer.Option("--timing", help="Say how long it took.")] = False,
    explain: Annotated[str | None, typer.Option("--explain", metavar="RULE", help="Explain a rule instead.")] = None,
    rules: Annotated[bool, typer.Option("--rules", help="Print all rules as JSON instead.")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of --json instead.")] = False,
) -> None:
    """Check UDIRSTUD files. Exit code 0 accepted, also with warnings; 1 held or refused.

    Examples:
      udir-sim check udirstud.txt
      udir-sim check udirstud.txt --mode lenient --previous yesterday.txt
      udir-sim check udirstud.txt.gz --html -o report.html
      udir-sim check - --as-of 1999-09-02 < udirstud.txt
      udir-sim check --explain UD-X03-GRACEBEG

    """
    if explain is not None:
        write(show_rule(explain), output)
        return
    if rules:
        write(show_rules(json=True), output)
        return
    if schema:
        need_numpy()
        from udir_sim.reports import report_schema

        write(report_schema(), output)
        return
    if not files:
        fail("name the files to check; - is standard input", EXIT_USAGE)
    if text + json + html + csv > 1:
        fail("choose one of --text, --json, --html and --csv", EXIT_USAGE)
    if len(files) > 1 and (html or csv):
        fail("--html and --csv take one file", EXIT_USAGE)
    if files.count(Path("-")) > 1:
        fail("standard input can be checked once", EXIT_USAGE)
    need_numpy()
    from udir_sim.reports import as_document, to_csv, to_html, to_json, to_text

    settings = read_profile(profile, skip, only)
    reports = [_check_one(file, mode, settings, previous, as_of or today(), samples, timing) for file in files]
    if json:
        write(to_json(reports[0]) if len(reports) == 1 else as_json([as_document(each) for each in reports]), output)
    elif html or csv:
        write((to_html if html else to_csv)(reports[0]), output)
    else:
        write("\n".join(map(to_text, reports)), output)
    if output is not None and str(output) != "-":
        for report in reports:
            sys.stdout.write(f"{report.receipt.name}: {report.verdict.value}\n")
    if not all(report.verdict.accepted for report in reports):
        raise typer.Exit(EXIT_FINDINGS)


def _check_one(
    file: Path, mode: str, profile: "Profile", previous: Path | None, as_of: date, samples: int, timing: bool
) -> "Report":
    from udir_sim.checker import InputError
    from udir_sim.checker import check as run_check

    try:
        with _progress(file) as progress:
            return run_check(
                _source(file),
                as_of=as_of,
                mode=read_mode(mode),
                profile=profile,
                previous=previous,
                samples=samples,
                name="standard input" if str(file) == "-" else str(file),
                timed=timing,
                progress=progress,
            )
    except InputError as error:
        fail(str(error))


def _source(file: Path) -> Path | BinaryIO:
    return sys.stdin.buffer if str(file) == "-" else file


def read_mode(text: str) -> "Mode":
    """Return the mode that an option names; ends the command where it names none."""
    from udir_sim.rules import Mode

    try:
        return Mode(text.lower())
    except ValueError:
        fail(f"--mode is strict or lenient, not {text!r}", EXIT_USAGE)


def read_profile(file: Path | None, skip: list[str] | None, only: list[str] | None) -> "Profile":
    """Return the profile of a file, or the default one, with rules turned off; ends the command where it is wrong."""
    from sevis_sim.yamlfile import YamlError
    from udir_sim.rules import Profile, load_profile

    try:
        profile = load_profile(file) if file is not None else Profile()
        return profile.with_choice(skip or (), only or ())
    except (YamlError, ValueError) as error:
        fail(str(error), EXIT_USAGE)


@contextmanager
def _progress(file: Path) -> "Iterator[Progress | None]":
    """Show a bar while a long file is checked on a terminal."""
    try:
        long = str(file) != "-" and file.stat().st_size >= _LONG
    except OSError:
        long = False
    if not long or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(file.name, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The earlier file.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The later file of the same campus.")],
    profile: ProfileOption = None,
    samples: SamplesOption = 20,
    json: JsonOption = False,
    output: OutputOption = None,
) -> None:
    """Say which students were added, changed and deleted between two files. Exit code 1 if that looks wrong.

    Examples:
      udir-sim diff yesterday.txt today.txt
      udir-sim diff yesterday.txt today.txt --json -o changes.json

    """
    need_numpy()
    from udir_sim.checker import InputError, compare
    from udir_sim.reports import difference_document, difference_text
    from udir_sim.rules import Mode, Severity

    settings = read_profile(profile, None, None)
    try:
        difference, results = compare(old, new, mode=Mode.STRICT, profile=settings, samples=samples)
    except InputError as error:
        fail(str(error))
    if json:
        write(as_json(difference_document(difference, results)), output)
    else:
        write(difference_text(difference, results), output)
    if any(result.severity >= Severity.ERROR for result in results):
        raise typer.Exit(EXIT_FINDINGS)


def report_diff(
    old: Annotated[Path, typer.Argument(metavar="OLD.json", help="The earlier report, written with check --json.")],
    new: Annotated[Path, typer.Argument(metavar="NEW.json", help="The later report.")],
    json: JsonOption = False,
    output: OutputOption = None,
) -> None:
    """Compare two reports: which findings are new, gone, still there. Exit code 1 if there are new or more.

    Examples:
      udir-sim check old.txt --json -o old.json; udir-sim check new.txt --json -o new.json
      udir-sim report-diff old.json new.json

    """
    need_numpy()
    from udir_sim.reports import ReportError, compare_reports, comparison_document, comparison_text, read_summary

    try:
        before, after = (read_summary(_text_of(file), str(file)) for file in (old, new))
    except ReportError as error:
        fail(str(error))
    comparison = compare_reports(before, after)
    write(as_json(comparison_document(comparison)) if json else comparison_text(comparison), output)
    if comparison.worse:
        raise typer.Exit(EXIT_FINDINGS)


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        fail(f"{file}: this is no JSON report: it is not UTF-8 text")
