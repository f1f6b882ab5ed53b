"""``sevis-sim journal``: what happened, and why a request was refused."""

from typing import Annotated, Any

import typer

from sevis_sim.cli.report import ControlOption, JsonOption, SandboxOption, control_client, run, say, say_json

app = typer.Typer(help="What happened, and why a request was refused.", no_args_is_help=True)


@app.command()
def show(
    control: ControlOption = None,
    sandbox: SandboxOption = None,
    kind: Annotated[str | None, typer.Option(help="Only this kind, e.g. exchange, batch-processed.")] = None,
    batch: Annotated[str | None, typer.Option(help="Only what concerns this batch ID.")] = None,
    limit: Annotated[int, typer.Option(help="How many entries at most.", min=1, max=1000)] = 100,
    json: JsonOption = False,
) -> None:
    """Print the journal, oldest first.

    Examples:
      sevis-sim journal show

      sevis-sim journal show --batch BATCH000000001 --json

    """

    async def work() -> Any:
        query = {"limit": str(limit)} | ({"kind": kind} if kind else {}) | ({"batch": batch} if batch else {})
        async with control_client(control, sandbox) as api:
            return await api.get("journal", query)

    entries = run(work())
    if json:
        say_json(entries)
        return
    for entry in entries:
        say(f"{entry['id']:>5}  {entry['instant']}  {entry['kind']:<22}  {entry['summary']}")
        for violation in entry["detail"].get("violations", []):
            say(f"{'':32}line {violation['line']}: {violation['message']}")
        if remedy := entry["detail"].get("remedy"):
            say(f"{'':32}→ {remedy}")
