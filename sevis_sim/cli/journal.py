"""``sevis-sim journal``: what happened, why a request was refused, and whether it is as expected."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

import typer

from sevis_sim.cli.conditions import GRAMMAR, match_of
from sevis_sim.cli.report import (
    EXIT_FINDINGS,
    EXIT_USAGE,
    Command,
    ControlOption,
    JsonOption,
    OutputOption,
    SandboxOption,
    control_client,
    fail,
    print_advice,
    run,
    say,
    say_json,
    write_output,
)

app = typer.Typer(help="What happened, why a request was refused, and whether it is as expected.", no_args_is_help=True)

ServerOption = Annotated[
    bool, typer.Option("--server", help="What concerns no sandbox: failed handshakes, unknown certificates.")
]
EntryArgument = Annotated[int, typer.Argument(metavar="ID", help="Id of an entry, as list prints it.", min=1)]
KindOption = Annotated[
    str | None,
    typer.Option(metavar="KIND", help="Only these kinds, such as upload.answered or batch.*, with commas between."),
]
BatchOption = Annotated[str | None, typer.Option(metavar="BATCHID", help="Only what concerns this batch ID.")]
OrgOption = Annotated[str | None, typer.Option(metavar="ORG-ID", help="Only what concerns this organization.")]
RecordOption = Annotated[
    str | None, typer.Option(metavar="SEVIS-ID", help="Only what happened to this record other than by a batch.")
]
ExchangeOption = Annotated[
    str | None, typer.Option(metavar="EXCHANGE", help="Only what comes of this request (--json shows its name).")
]
SubjectOption = Annotated[
    list[str] | None, typer.Option(metavar="NAME:VALUE", help="Only entries that have this id; may be repeated.")
]
SinceOption = Annotated[
    str | None, typer.Option(metavar="INSTANT", help="Only from this instant on, such as 2026-03-06T21:50-05:00.")
]
UntilOption = Annotated[str | None, typer.Option(metavar="INSTANT", help="Only from before this instant.")]
TextOption = Annotated[str | None, typer.Option(help="Only entries in which this stands, in capitals or not.")]
AfterOption = Annotated[int | None, typer.Option(metavar="ID", help="Only entries with a larger id.", min=0)]


@app.command("list", cls=Command)
def list_entries(
    control: ControlOption = None,
    sandbox: SandboxOption = None,
    server: ServerOption = False,
    kind: KindOption = None,
    batch: BatchOption = None,
    org: OrgOption = None,
    record: RecordOption = None,
    exchange: ExchangeOption = None,
    subject: SubjectOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    text: TextOption = None,
    after: AfterOption = None,
    limit: Annotated[int, typer.Option(help="How many entries at most: the last ones.", min=1, max=1000)] = 100,
    json: JsonOption = False,
) -> None:
    """Print the last entries of the journal, oldest first.

    Examples:
      sevis-sim journal list
      sevis-sim journal list --batch BATCH000000001 --json
      sevis-sim journal list --kind 'batch.*' --since 2026-03-06T21:50-05:00
      sevis-sim journal list --record N9904705123
      sevis-sim journal list --server

    """
    asked = {"limit": str(limit), "last": "true", "after": None if after is None else str(after)}
    query = asked | _chosen(server, kind, batch, org, record, exchange, since, until, text)
    entries = run(_get(control, sandbox, "journal", _pairs(query, subject)))
    if json:
        say_json(entries)
        return
    for entry in entries:
        _print(entry)


@app.command(cls=Command)
def tail(
    control: ControlOption = None,
    sandbox: SandboxOption = None,
    server: ServerOption = False,
    kind: KindOption = None,
    batch: BatchOption = None,
    org: OrgOption = None,
    record: RecordOption = None,
    exchange: ExchangeOption = None,
    subject: SubjectOption = None,
    text: TextOption = None,
    lines: Annotated[int, typer.Option("-n", "--lines", help="How many entries at first.", min=0, max=1000)] = 10,
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on with what comes, until Ctrl-C.")] = False,
    json: JsonOption = False,
) -> None:
    """Print the last entries, and with -f those that come; with --json one a line.

    Examples:
      sevis-sim journal tail -f
      sevis-sim journal tail -f --kind upload.answered --json

    """
    chosen = _chosen(server, kind, batch, org, record, exchange, None, None, text)
    pairs = _pairs(chosen, subject)

    async def work() -> None:
        async with control_client(control, sandbox) as api:
            newest = await api.get("journal", {"limit": "1", "last": "true"} | ({"server": "true"} if server else {}))
            first = await api.get("journal", _with(pairs, limit=str(lines), last="true"))
            for entry in first:
                _line(entry, json)
            if follow:
                last = max((entry["id"] for entry in (*first, *newest)), default=0)
                await _each(api.events(_with(pairs, after=str(last))), json)

    run(work())


@app.command(cls=Command)
def wait(
    control: ControlOption = None,
    sandbox: SandboxOption = None,
    server: ServerOption = False,
    kind: KindOption = None,
    batch: BatchOption = None,
    org: OrgOption = None,
    record: RecordOption = None,
    exchange: ExchangeOption = None,
    subject: SubjectOption = None,
    text: TextOption = None,
    after: AfterOption = None,
    timeout: Annotated[int, typer.Option(help="Seconds to wait at most.", min=1, max=60)] = 60,
    json: JsonOption = False,
) -> None:
    """Wait for the first entry that fits, and print it; one that is there already counts. Exit 1 where none came.

    Examples:
      sevis-sim journal wait --kind batch.processed --batch BATCH000000001
      sevis-sim journal wait --kind upload.answered --after 17 --timeout 10

    """
    asked = {"limit": "1", "wait": str(timeout), "after": None if after is None else str(after)}
    query = asked | _chosen(server, kind, batch, org, record, exchange, None, None, text)
    entries = run(_get(control, sandbox, "journal", _pairs(query, subject)))
    if not entries:
        fail(f"no such entry within {timeout} seconds; to see what there is: sevis-sim journal list", EXIT_FINDINGS)
    say_json(entries[0]) if json else _print(entries[0])


@app.command(cls=Command)
def show(
    entry: EntryArgument,
    control: ControlOption = None,
    sandbox: SandboxOption = None,
    server: ServerOption = False,
    json: JsonOption = False,
) -> None:
    """Print one entry with all that it holds.

    Examples:
      sevis-sim journal show 17
      sevis-sim journal show 17 --json

    """
    found = run(_get(control, sandbox, f"journal/{entry}", _pairs({"server": "true" if server else None}, None)))
    if json:
        say_json(found)
        return
    _print(found)
    for name, value in found["subjects"].items():
        say(f"{name:>18}: {value}")
    for name, value in found["detail"].items():
        if value not in (None, "", [], {}) and name not in _ADVICE:
            say(f"{name:>18}: {_words(value)}")


@app.command(cls=Command)
def body(
    entry: EntryArgument,
    response: Annotated[bool, typer.Option("--response", help="What was answered, not what was sent.")] = False,
    headers: Annotated[bool, typer.Option("--headers", help="With first line and headers, as on the wire.")] = False,
    output: OutputOption = Path("-"),
    control: ControlOption = None,
    sandbox: SandboxOption = None,
    server: ServerOption = False,
) -> None:
    """Write what an upload or download sent, or what it was answered.

    Examples:
      sevis-sim journal body 17
      sevis-sim journal body 17 --response --headers
      sevis-sim journal body 21 --response -o result.zip

    """
    side = "response" if response else "request"
    query = _pairs({"part": "all" if headers else "body", "server": "true" if server else None}, None)

    async def work() -> bytes:
        async with control_client(control, sandbox) as api:
            return await api.content(f"journal/{entry}/{side}", query)

    write_output(run(work()), output or Path("-"))


@app.command(cls=Command)
def kinds(control: ControlOption = None, sandbox: SandboxOption = None, json: JsonOption = False) -> None:
    """Print the kinds of entries that there can be, and what each holds.

    Example:  sevis-sim journal kinds
    """
    found = run(_get(control, sandbox, "journal/kinds", ()))
    if json:
        say_json(found)
        return
    for each in found:
        say(f"{each['kind']:<24} {each['text'].splitlines()[0]}")
        say(f"{'':<24} ids: {', '.join(each['subjects']) or '-'}; detail: {', '.join(each['fields']) or '-'}")


@app.command(cls=Command)
def verify(
    conditions: Annotated[list[str] | None, typer.Argument(metavar="CONDITION...", help=f"{GRAMMAR}.")] = None,
    never: Annotated[bool, typer.Option("--never", help="Expect none.")] = False,
    exactly: Annotated[int | None, typer.Option(help="Expect so many.", min=0)] = None,
    least: Annotated[int | None, typer.Option("--min", help="Expect so many or more. Default: 1.", min=0)] = None,
    most: Annotated[int | None, typer.Option("--max", help="Expect so many or fewer.", min=0)] = None,
    after: Annotated[
        list[str] | None,
        typer.Option(metavar="CONDITIONS", help="Only entries after one that meets these; again: and that after one…"),
    ] = None,
    since: Annotated[int, typer.Option("--since-id", metavar="ID", help="Only entries with a larger id.", min=0)] = 0,
    wait: Annotated[int, typer.Option(metavar="SECONDS", help="Wait for it to be met.", min=0, max=60)] = 0,
    control: ControlOption = None,
    sandbox: SandboxOption = None,
    server: ServerOption = False,
    json: JsonOption = False,
) -> None:
    """Say whether something has happened, never, or how often; if not, print the nearest misses. Exit 1 where not.

    Examples:
      sevis-sim journal verify kind=upload.answered batch=BATCH000000001 code=S0000
      sevis-sim journal verify --never kind=download.answered batch=B1 --after 'kind=download.answered code=S0000'
      sevis-sim journal verify --exactly 2 kind=upload.answered 'reason~line [0-9]+'
      sevis-sim journal verify --wait 30 kind=batch.processed batch=B1 failure=0

    """
    times = {"never": never or None, "exactly": exactly, "min": least, "max": most}
    expectation: dict[str, Any] = {name: value for name, value in times.items() if value is not None}
    expectation |= {"match": match_of(conditions or (), after or ()), "after": since, "wait": wait}
    if not conditions:
        fail(f"say which entries are meant: {GRAMMAR}", EXIT_USAGE)

    async def work() -> Any:
        async with control_client(control, sandbox) as api:
            return await api.post("journal/verify", expectation, {"server": "true"} if server else None)

    verdict = run(work())
    if json:
        say_json(verdict)
    else:
        _print_verdict(verdict)
    if not verdict["met"]:
        raise typer.Exit(EXIT_FINDINGS)


_ADVICE = ("violations", "notes", "causes", "remedy", "remedies")
"""Fields that are printed as advice."""

Pairs = tuple[tuple[str, str], ...]


def _chosen(
    server: bool,
    kind: str | None,
    batch: str | None,
    org: str | None,
    record: str | None,
    exchange: str | None,
    since: str | None,
    until: str | None,
    text: str | None,
) -> dict[str, str | None]:
    return {
        "server": "true" if server else None,
        "kind": kind,
        "batch": batch,
        "organization": org,
        "record": record,
        "exchange": exchange,
        "since": since,
        "until": until,
        "text": text,
    }


def _pairs(query: dict[str, str | None], subjects: list[str] | None) -> Pairs:
    return (
        *((name, text) for name, text in query.items() if text),
        *(("subject", each) for each in subjects or ()),
    )


def _with(pairs: Pairs, **more: str) -> Pairs:
    return (*pairs, *more.items())


async def _get(control: str | None, sandbox: str | None, path: str, query: Pairs) -> Any:
    async with control_client(control, sandbox) as api:
        return await api.get(path, query)


async def _each(entries: AsyncIterator[dict[str, Any]], json: bool) -> None:
    async for entry in entries:
        _line(entry, json)


def _line(entry: dict[str, Any], json: bool) -> None:
    if json:
        from json import dumps

        say(dumps(entry, ensure_ascii=False))
    else:
        _print(entry)


def _print(entry: dict[str, Any]) -> None:
    say(f"{entry['id']:>5}  {entry['instant']}  {entry['kind']:<22}  {entry['summary']}")
    print_advice(entry["detail"], indent=32)


def _print_verdict(verdict: dict[str, Any]) -> None:
    say(verdict["summary"])
    if not verdict["met"]:
        for entry in verdict["entries"]:
            _print(entry)
    for near in verdict["near_misses"]:
        say("nearly:")
        entry = near["entry"]
        say(f"{entry['id']:>5}  {entry['instant']}  {entry['kind']:<22}  {entry['summary']}")
        for differs in near["differs"]:
            say(f"{'':7}{differs['field']}: expected {_words(differs['expected'])}, found {_words(differs['found'])}")


def _words(value: Any) -> str:
    from json import dumps

    from sevis_sim.journal import escaped

    return escaped(value if isinstance(value, str) else dumps(value, ensure_ascii=False))
