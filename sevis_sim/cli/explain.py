"""``sevis-sim explain``: what a code means, in which codes an event can end, what a result says."""

import sys
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sevis_sim.cli.releases import DEFAULT_DATA, DataOption, ReleaseOption, SchemasOption, chosen
from sevis_sim.cli.report import EXIT_FINDINGS, EXIT_USAGE, JsonOption, error_line, fail, say, say_json

if TYPE_CHECKING:
    from sevis_sim.advice.explain import RecordHelp, ResultHelp, StageHelp
    from sevis_sim.advice.explain_codes import CodeHelp
    from sevis_sim.advice.explain_upload import Uploaded
    from sevis_sim.schemas import Release

MAX_FILE = 512 * 1024 * 1024
"""Bytes; a result that unpacks to more is refused anyway."""

STDIN = "-"
_WIDTH = 100
_STAGES = {"upload": "Upload", "process": "Processing", "download": "Download"}
_POPULATIONS = {
    "transport": "uploads and downloads",
    "student": "students",
    "ev": "exchange visitors",
    "exchangeVisitor": "exchange visitors",
    "both": "students and exchange visitors",
}


def explain(
    what: Annotated[
        list[str] | None, typer.Argument(help="Codes, result zips, transaction logs.", metavar="[CODE|FILE]...")
    ] = None,
    all_codes: Annotated[bool, typer.Option("--all", help="All codes.")] = False,
    event: Annotated[str | None, typer.Option("--event", help="The codes in which this event can end.")] = None,
    batch: Annotated[
        Path | None, typer.Option("--batch", metavar="FILE", help="The uploaded file, to show the values sent.")
    ] = None,
    schemas: SchemasOption = None,
    release: ReleaseOption = None,
    data: DataOption = DEFAULT_DATA,
    json: JsonOption = False,
) -> None:
    """Explain codes, or a result, in plain English; - is a result from standard input.

    Exit code 0 if all is well, 1 if a result holds a failure or a code does not exist. With --schemas or --release
    also where the log departs from its schema.

    Examples:
      sevis-sim explain S1042 S0012
      sevis-sim explain --event Program/Extension
      sevis-sim explain BATCH000000001.zip --batch students.xml
      sevis-sim download BATCH000000001 -o - | sevis-sim explain -

    """
    given = what or []
    if (bool(given) + all_codes + (event is not None)) != 1:
        fail("give codes or files, or --all, or --event EVENT, one of the three", EXIT_USAGE)
    from sevis_sim.advice.explain_codes import looks_like_a_code

    files = [one for one in given if not looks_like_a_code(one) or (Path(one).is_file() and not one[1:].isdigit())]
    if batch is not None and not files:
        fail("--batch goes with a result, a zip or a transaction log", EXIT_USAGE)
    if batch is not None and len(files) > 1:
        fail("--batch goes with one result only", EXIT_USAGE)
    if (schemas or release) and not files:
        fail("--schemas and --release go with a result, a zip or a transaction log", EXIT_USAGE)
    if [*files, str(batch)].count(STDIN) > 1:
        fail("standard input (-) can be read once only", EXIT_USAGE)
    if event is not None:
        _explain_event(event, json)
        return
    if files and len(files) < len(given):
        fail("give either codes or files", EXIT_USAGE)
    if files:
        wanted = chosen(schemas, release, data) if schemas or release else None
        good = _explain_files(files, batch, wanted, json)
    else:
        good = _explain_codes(given, all_codes, json)
    if not good:
        raise typer.Exit(EXIT_FINDINGS)


def _explain_event(event: str, json: bool) -> None:
    from sevis_sim.advice.explain_codes import UnknownEvent, codes_of_event, explain_code

    try:
        found = codes_of_event(event)
    except UnknownEvent as error:
        fail(str(error), EXIT_FINDINGS)
    if json:
        say_json({population: [asdict(explain_code(code)) for code in codes] for population, codes in found.items()})
        return
    for number, (population, codes) in enumerate(found.items()):
        say(("\n" if number else "") + f"{event} of {_POPULATIONS[population]} can end in:")
        for code in codes:
            _say_wrapped(explain_code(code).condition, f"  {code}  ", " " * 9)


def _explain_codes(given: list[str], every: bool, json: bool) -> bool:
    """Explain codes; tells whether all exist."""
    from sevis_sim.advice.explain_codes import UnknownCode, all_codes, explain_code

    found: list[CodeHelp] = []
    unknown: list[UnknownCode] = []
    for text in all_codes() if every else given:
        try:
            found.append(explain_code(text))
        except UnknownCode as error:
            unknown.append(error)
    if json:
        say_json([asdict(one) for one in found])
    else:
        for number, one in enumerate(found):
            say(("\n" if number else "") + "\n".join(_code_lines(one)))
    for one_unknown in unknown:
        error_line(str(one_unknown))
    return not unknown


def _code_lines(found: "CodeHelp") -> Iterator[str]:
    for message in found.messages:
        yield _wrapped(f"“{message}”", f"{found.code}  ", " " * 7)
    yield f"  {'for':<9}{_POPULATIONS[found.population]}{'' if found.official else ', not on the official list'}"
    rows = [
        ("means", found.condition),
        ("mend", found.mend),
        ("see it", found.trigger),
        ("events" if found.events else "where", ", ".join(found.events or found.places) or "no event of the schema"),
        ("here", found.here),
        ("source", ", ".join(found.source)),
    ]
    for label, text in rows:
        yield _wrapped(text, f"  {label:<9}", " " * 11)


def _explain_files(files: list[str], batch: Path | None, release: "Release | None", json: bool) -> bool:
    """Explain results; tells whether all went well."""
    from sevis_sim.advice.explain import ExplainError, explain_result, read_result

    uploaded = None if batch is None else _uploaded(batch)
    found: list[tuple[str, ResultHelp]] = []
    damaged = False
    for name in files:
        try:
            found.append((name, explain_result(read_result(_content(Path(name))), uploaded, release)))
        except ExplainError as error:
            error_line(f"{name}: {error}")
            damaged = True
    if json:
        say_json([{"file": name, "good": one.good, **asdict(one)} for name, one in found])
    else:
        for number, (name, one) in enumerate(found):
            heading = f"{name}\n" if len(files) > 1 else ""
            say(("\n" if number else "") + heading + "\n".join(_result_lines(one)))
    return not damaged and all(one.good for _, one in found)


def _uploaded(batch: Path) -> "Uploaded":
    from sevis_sim.advice.explain_upload import UploadError, read_upload

    try:
        return read_upload(_content(batch))
    except UploadError as error:
        fail(f"{batch}: {error}", EXIT_FINDINGS)


def _content(file: Path) -> bytes:
    too_large = f"{file}: larger than {MAX_FILE // 1024**2} MB, which no result of SEVIS is"
    if str(file) == STDIN:
        content = sys.stdin.buffer.read(MAX_FILE + 1)
    else:
        if file.is_dir():
            fail(f"{file}: a folder; give a result zip or a transaction log", EXIT_USAGE)
        try:
            if file.stat().st_size > MAX_FILE:
                fail(too_large, EXIT_USAGE)
            with file.open("rb") as stream:
                content = stream.read(MAX_FILE + 1)  # it may grow meanwhile, or be a pipe that tells no size
        except FileNotFoundError:
            fail(f"{file}: there is no such file", EXIT_USAGE)
    if len(content) > MAX_FILE:
        fail(too_large, EXIT_USAGE)
    return content


def _result_lines(found: "ResultHelp") -> Iterator[str]:
    system = f" ({found.system})" if found.system else ""
    yield f"Batch {found.batch_id or '(no ID)'} of {found.org_id or '(no organization)'}{system}"
    yield ""
    for stage in found.stages:
        yield from _stage_lines(stage)
    if found.records:
        failed = sum(not record.succeeded for record in found.records)
        yield ""
        yield f"{len(found.records) - failed} stored, {failed} failed"
    for record in found.records:
        yield ""
        yield from _record_lines(record)
    if found.notes:
        yield ""
    for note in found.notes:
        yield _wrapped(note, "Note: ", "      ")


def _stage_lines(stage: "StageHelp") -> Iterator[str]:
    when = f", {stage.stamp}" if stage.stamp else ""
    said = f" {stage.message}" if stage.message else ""
    yield _wrapped(f"{stage.code or '(no code)'}{said}{when}", f"{_STAGES[stage.stage]:<11}", " " * 11)
    yield _wrapped(stage.means, " " * 11, " " * 11)
    if stage.mend:
        yield _wrapped(stage.mend, " " * 11 + "→ ", " " * 13)


def _record_lines(record: "RecordHelp") -> Iterator[str]:
    who = ", ".join(filter(None, (record.person, record.event, f"line {record.line}" if record.line else "")))
    name = (record.request_id or "(no request ID)") + (f" ({who})" if who else "")
    if record.succeeded:
        yield f"{name}: stored" + (f" as {record.sevis_id}" if record.sevis_id else "")
    else:
        said = f" “{record.message}”" if record.message else ""
        yield _wrapped(f"{name}: failed with {record.code or 'no code'}{said}", "", "  ")
    rows: list[tuple[str, str]] = [("means", record.means), ("mend", record.mend)]
    rows += [("sent", f"{one.path} = {one.value or '(blank)'}  (line {one.line})") for one in record.sent]
    rows += [
        ("", f"and {record.sent_more} more values" if record.sent_more else ""),
        ("not sent", ", ".join(record.not_sent)),
        ("with", ", ".join(f"dependent {one}" for one in record.dependents)),
        ("", ", ".join(record.sites)),
        ("forms", ", ".join(record.forms)),
    ]
    rows += [("address", text) for text in record.addresses]
    last = ""
    for label, text in rows:
        if text:
            yield _wrapped(text, f"  {'' if label == last else label:<9}", " " * 11)
            last = label


def _say_wrapped(text: str, first: str, other: str) -> None:
    say(_wrapped(text, first, other))


def _wrapped(text: str, first: str, other: str) -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=other,
        break_long_words=False,
        break_on_hyphens=False,
    )
