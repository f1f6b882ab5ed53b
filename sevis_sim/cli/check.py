"""``sevis-sim check``: is my file right, and what would SEVIS answer, without a server."""

from collections.abc import Iterator
from datetime import date as Date  # noqa: N812 - the option is called date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sevis_sim.cli.releases import DEFAULT_DATA, DataOption, ReleaseOption, SchemasOption, chosen
from sevis_sim.cli.report import (
    EXIT_ENVIRONMENT,
    EXIT_FINDINGS,
    EXIT_GOOD,
    EXIT_USAGE,
    JsonOption,
    OutputOption,
    error_line,
    fail,
    write_output,
)

if TYPE_CHECKING:
    from sevis_sim.advice.check import Checker
    from sevis_sim.advice.check_model import FileReport
    from sevis_sim.advice.check_rules import State

_FILES = typer.Argument(metavar="FILE...", help="Batches: XML files, folders and zips of them; - is standard input.")
_MEGABYTE = 1024 * 1024


def check(
    files: Annotated[list[str], _FILES],
    schema_only: Annotated[bool, typer.Option("--schema-only", help="Leave the business rules out.")] = False,
    state: Annotated[
        Path | None,
        typer.Option("--state", metavar="FILE", help="What SEVIS knows: a scenario with organizations and records."),
    ] = None,
    date: Annotated[
        str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="Day of processing. [today, Eastern]")
    ] = None,
    org: Annotated[str | None, typer.Option("--org", metavar="ORGID", help="The form's. [the file's header]")] = None,
    batch: Annotated[str | None, typer.Option("--batch", metavar="BATCHID", help="The form's. [the header]")] = None,
    user: Annotated[str | None, typer.Option("--user", metavar="USERID", help="The form's. [the root element]")] = None,
    schemas: SchemasOption = None,
    release: ReleaseOption = None,
    data: DataOption = DEFAULT_DATA,
    max_findings: Annotated[
        int,
        typer.Option(
            "--max-findings", min=0, metavar="N", help="Most to report of a file, the rest is counted; 0: all."
        ),
    ] = 100,
    max_size: Annotated[
        int, typer.Option("--max-size", min=1, metavar="MB", help="Refuse larger files, as the service does.")
    ] = 20,
    json: JsonOption = False,
    sarif: Annotated[bool, typer.Option("--sarif", help="Print SARIF 2.1.0.")] = False,
    junit: Annotated[bool, typer.Option("--junit", help="Print JUnit XML.")] = False,
    output: OutputOption = None,
) -> None:
    """Tell whether batches are right, offline: name, header, schema, then the rules of each event.

    Exit code 0 if all are good, 1 if something is found, 2 if there is no such file, 3 if one cannot be read.
    Without --state every organization and user is taken for good, and updates of records are not decided.

    Examples:
      sevis-sim check students.xml
      sevis-sim check updates.xml --state records.yaml --date 2029-08-20
      sevis-sim check outbox/ --sarif -o findings.sarif
      sevis-sim check students.xml --schemas ~/Downloads/official-xsd

    """
    if json + sarif + junit > 1:
        fail("choose one of --json, --sarif and --junit", EXIT_USAGE)
    if schema_only and (state or date):
        fail("--schema-only looks at no rules; leave --state and --date out", EXIT_USAGE)
    from sevis_sim.advice.check import Checker
    from sevis_sim.advice.check_model import Limits

    checker = Checker(
        chosen(schemas, release, data),
        today=None if schema_only else _day(date),
        state=_state(state) if state else None,
        limits=Limits(max_size * _MEGABYTE, max_findings),
        org_id=org,
        batch_id=batch,
        user_id=user,
    )
    codes = {EXIT_GOOD}
    unread: list[str] = []
    reports = (_noted(report, codes) for report in _reports(files, checker, codes, unread))
    if json or sarif or junit:
        from sevis_sim.advice import check_formats

        render = check_formats.as_sarif if sarif else check_formats.as_junit if junit else check_formats.as_json
        write_output(render(list(reports), unread).encode(), output or Path("-"))
    else:
        from sevis_sim.advice.check_text import as_text

        lines = (f"{line}\n".encode() for line in as_text(reports))
        if output is None:
            for line in lines:
                write_output(line, Path("-"))
        else:
            write_output(b"".join(lines), output)
    if max(codes) != EXIT_GOOD:
        raise typer.Exit(max(codes))


def _reports(files: list[str], checker: "Checker", codes: set[int], unread: list[str]) -> Iterator["FileReport"]:
    """Check the files one by one; what cannot be read is said at once and the rest goes on."""
    from sevis_sim.advice.check_sources import SourceError, sources

    for given in files:
        for source in sources(given, checker.limits.max_bytes):
            if isinstance(source, SourceError):
                error_line(str(source))
                unread.append(str(source))
                codes.add(EXIT_USAGE if source.misnamed else EXIT_ENVIRONMENT)
            else:
                yield checker.check(source)


def _noted(report: "FileReport", codes: set[int]) -> "FileReport":
    if not report.good:
        codes.add(EXIT_FINDINGS)
    return report


def _day(text: str | None) -> Date:
    from sevis_sim.clock import Calendar, Clock

    if text is None:
        return Calendar().today(Clock.real().now())
    try:
        day = Date.fromisoformat(text)
    except ValueError:
        fail(f"--date {text!r} is no day; expected YYYY-MM-DD, such as 2029-08-20", EXIT_USAGE)
    if not 1900 <= day.year <= 2200:
        fail(f"--date {text}: the year must be from 1900 to 2200", EXIT_USAGE)
    return day


def _state(file: Path) -> "State":
    from sevis_sim.advice.check_rules import State
    from sevis_sim.scenarios import ScenarioError, load_scenario

    try:
        scenario = load_scenario(file)
    except ScenarioError as error:
        fail(str(error), EXIT_USAGE)
    return State(scenario.to_organizations(), scenario.to_records())
