"""``sevis-sim journal``: what happened, and why a request was refused."""

from typing import Annotated, Any

import typer

from sevis_sim.cli.report import (
    Command,
    ControlOption,
    JsonOption,
    SandboxOption,
    control_client,
    print_advice,
    run,
    say,
    say_json,
)

app = typer.Typer(help="What happened, and why a request was refused.", no_args_is_help=True)


@app.command(cls=Command)
def show(
    control: ControlOption = None,
    sandbox: SandboxOption = None,
    server: Annotated[
        bool, typer.Option("--server", help="What concerns no sandbox: failed handshakes, unknown certificates.")
    ] = False,
    kind: Annotated[
        str | None, typer.Option(metavar="KIND", help="Only this kind, such as upload.answered or batch.processed.")
    ] = None,
    batch: Annotated[str | None, typer.Option(metavar="BATCHID", help="Only what concerns this batch ID.")] = None,
    record: Annotated[
        str | None, typer.Option(metavar="SEVIS-ID", help="Only what happened to this record other than by a batch.")
    ] = None,
    limit: Annotated[int, typer.Option(help="How many entries at most.", min=1, max=1000)] = 100,
    json: JsonOption = False,
) -> None:
    """Print the last entries of the journal, oldest first.

    Examples:
      sevis-sim journal show
      sevis-sim journal show --batch BATCH000000001 --json
      sevis-sim journal show --record N9904705123
      sevis-sim journal show --server

    """

    async def work() -> Any:
        asked = {"kind": kind, "batch": batch, "record": record, "server": "true" if server else None}
        query = {"limit": str(limit), "last": "true"} | {name: text for name, text in asked.items() if text}
        async with control_client(control, sandbox) as api:
            return await api.get("journal", query)

    entries = run(work())
    if json:
        say_json(entries)
        return
    for entry in entries:
        say(f"{entry['id']:>5}  {entry['instant']}  {entry['kind']:<22}  {entry['summary']}")
        print_advice(entry["detail"], indent=32)
