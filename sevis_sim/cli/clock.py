"""``sevis-sim clock``: see and move the simulated time."""

from typing import Annotated, Any

import typer

from sevis_sim.cli.report import (
    Command,
    ControlOption,
    JsonOption,
    SandboxOption,
    SystemName,
    clock_words,
    control_client,
    run,
    say,
    say_json,
)

app = typer.Typer(help="See and move the simulated time.", no_args_is_help=True)

SystemOption = Annotated[SystemName, typer.Option("--system", help="Whose processing windows next-window means.")]
GRAMMAR = (
    "ISO with offset (2026-03-06T21:50-05:00); +30s +2h +3d +3bd; next-event; next-window; next-business-day [HH:MM]"
)


@app.command(cls=Command)
def show(control: ControlOption = None, sandbox: SandboxOption = None, json: JsonOption = False) -> None:
    """Print the time, and whether the three systems are open.

    Example:  sevis-sim clock show
    """
    clock = run(_get(control, sandbox, "clock"))
    if json:
        say_json(clock)
        return
    _print_clock(clock)


@app.command("set", cls=Command)
def set_clock(
    to: Annotated[list[str], typer.Argument(metavar="INSTANT", help=f"An instant: {GRAMMAR}.")],
    control: ControlOption = None,
    sandbox: SandboxOption = None,
    system: SystemOption = SystemName.production,
    json: JsonOption = False,
) -> None:
    """Set the time: forward, or to any instant while no batch has been received.

    Example:  sevis-sim clock set 2026-03-06T21:50-05:00
    """
    _move("put", "clock", to, control, sandbox, system, json)


@app.command(cls=Command)
def advance(
    to: Annotated[list[str], typer.Argument(metavar="INSTANT", help=f"An instant: {GRAMMAR}.")],
    control: ControlOption = None,
    sandbox: SandboxOption = None,
    system: SystemOption = SystemName.production,
    json: JsonOption = False,
) -> None:
    """Move the time forward, running all that falls due on the way.

    Examples:
      sevis-sim clock advance next-business-day
      sevis-sim clock advance 30s
      sevis-sim clock advance next-event

    """
    _move("post", "clock/advance", to, control, sandbox, system, json)


@app.command(cls=Command)
def plan(
    until: Annotated[
        list[str] | None, typer.Argument(metavar="INSTANT", help=f"An instant: {GRAMMAR}. Default: +3bd.")
    ] = None,
    control: ControlOption = None,
    sandbox: SandboxOption = None,
    system: SystemOption = SystemName.production,
    json: JsonOption = False,
) -> None:
    """Print what would happen until an instant, without doing it.

    Example:  sevis-sim clock plan +5bd
    """
    query = {"until": " ".join(until) if until else "+3bd", "system": system}
    planned = run(_get(control, sandbox, "clock/plan", query))
    if json:
        say_json(planned)
        return
    _print_happenings(planned["events"], nothing="nothing falls due until then")


async def _get(control: str | None, sandbox: str | None, path: str, query: dict[str, str] | None = None) -> Any:
    async with control_client(control, sandbox) as api:
        return await api.get(path, query)


def _move(
    verb: str, path: str, to: list[str], control: str | None, sandbox: str | None, system: str, json: bool
) -> None:
    async def work() -> Any:
        async with control_client(control, sandbox) as api:
            call = api.put if verb == "put" else api.post
            return await call(path, {"to": " ".join(to), "system": system})

    moved = run(work())
    if json:
        say_json(moved)
        return
    _print_happenings(moved["happened"], nothing="nothing fell due")
    _print_clock(moved["clock"])


def _print_clock(clock: dict[str, Any]) -> None:
    day = "a business day" if clock["business_day"] else "no business day"
    say(f"{clock['eastern']}  ({clock_words(clock['mode'], clock['factor'])}; {day})")
    for system, is_open in clock["open"].items():
        say(f"  {system:<11}{'open' if is_open else 'closed'}")


def _print_happenings(happenings: list[dict[str, Any]], nothing: str) -> None:
    if not happenings:
        say(nothing)
    for item in happenings:
        say(f"{item['eastern']}  {item['summary'] or item['kind']}")
