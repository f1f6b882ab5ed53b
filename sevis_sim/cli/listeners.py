"""``sevis-sim listener``: further TLS ports, to see which server certificates a client refuses."""

from typing import Annotated, Any

import typer

from sevis_sim.cli.report import Command, ControlOption, JsonOption, SandboxOption, control_client, run, say, say_json

app = typer.Typer(help="Further TLS ports, to see which server certificates a client refuses.", no_args_is_help=True)


@app.command("list", cls=Command)
def list_listeners(control: ControlOption = None, sandbox: SandboxOption = None, json: JsonOption = False) -> None:
    """Print the TLS ports that were opened beside the first one.

    Example:  sevis-sim listener list
    """
    rows = run(_ask("get", "listeners", control, sandbox))
    if json:
        say_json(rows)
        return
    for row in rows:
        _print(row)
    if not rows:
        say("none but the first")


@app.command("open", cls=Command)
def open_listener(
    certificate: Annotated[
        str, typer.Option(metavar="PROFILE", help="Kind of server certificate, a name of certs/servers.toml.")
    ] = "valid",
    tls: Annotated[
        str | None, typer.Option(metavar="VERSION", help="The one TLS version it speaks: 1.2 or 1.3.")
    ] = None,
    control: ControlOption = None,
    sandbox: SandboxOption = None,
    json: JsonOption = False,
) -> None:
    """Open a TLS port with a server certificate of any kind.

    Examples:
      sevis-sim listener open --certificate expired
      sevis-sim listener open --tls 1.2

    """
    body = {"certificate": certificate} | ({"tls": tls} if tls else {})
    row = run(_ask("post", "listeners", control, sandbox, body))
    say_json(row) if json else _print(row)


@app.command(cls=Command)
def close(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the port, as list prints it.")],
    control: ControlOption = None,
    sandbox: SandboxOption = None,
) -> None:
    """Close a TLS port.

    Example:  sevis-sim listener close tls-1
    """
    run(_ask("delete", f"listeners/{name}", control, sandbox))
    say(f"closed {name}")


async def _ask(verb: str, path: str, control: str | None, sandbox: str | None, body: Any = None) -> Any:
    async with control_client(control, sandbox) as api:
        return await (api.post(path, body) if verb == "post" else getattr(api, verb)(path))


def _print(row: dict[str, Any]) -> None:
    tls = f"TLS {row['tls']} only" if row["tls"] else "TLS 1.2 and 1.3"
    say(f"{row['name']:<12} {row['certificate']:<16} {tls}")
    for system, each in row["systems"].items():
        say(f"  {system:<11}{each['upload']}")
