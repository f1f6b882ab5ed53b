"""``sevis-sim sandbox`` and ``sevis-sim snapshot``: isolated worlds on one server."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sevis_sim.cli.report import (
    EXIT_FINDINGS,
    EXIT_USAGE,
    Command,
    ControlOption,
    JsonOption,
    SandboxOption,
    clock_words,
    control_client,
    control_url,
    fail,
    run,
    say,
    say_json,
)

if TYPE_CHECKING:
    from sevis_sim.sandbox import Party

app = typer.Typer(help="Isolated worlds on one server; the client certificate decides which.", no_args_is_help=True)
snapshots = typer.Typer(help="States of a sandbox to go back to.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name of the sandbox.")]
SnapshotArgument = Annotated[str, typer.Argument(metavar="SNAPSHOT", help="Name of the snapshot.")]
FolderOption = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        metavar="DIR",
        help="Folder for the client certificates, the CA and the variables to source. Default: ./NAME.",
    ),
]


@app.command("list", cls=Command)
def list_sandboxes(control: ControlOption = None, json: JsonOption = False) -> None:
    """List the sandboxes with their time.

    Example:  sevis-sim sandbox list
    """
    rows = _ask("get", "/sandboxes", control)
    if json:
        say_json(rows)
        return
    for row in rows:
        say(_line(row))


@app.command(cls=Command)
def show(name: NameArgument, control: ControlOption = None, json: JsonOption = False) -> None:
    """Print one sandbox.

    Example:  sevis-sim sandbox show default
    """
    row = _ask("get", f"/sandboxes/{name}", control)
    say_json(row) if json else say(_line(row))


@app.command(cls=Command)
def create(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Its name. Default: one is made.")] = None,
    clock: Annotated[
        str | None,
        typer.Option(metavar="CLOCK", help="As of `serve --clock`. Default: where the clock of default stands."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of its SEVIS IDs. Default: the server's.")] = None,
    scenario: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Scenario whose organizations and records it begins with.")
    ] = None,
    fidelity: Annotated[str | None, typer.Option(help="real, strict or lenient. Default: the server's.")] = None,
    output: FolderOption = None,
    control: ControlOption = None,
    json: JsonOption = False,
) -> None:
    """Make a sandbox, and write what a client needs to enter it.

    Examples:
      sevis-sim sandbox create ci-17 --clock 2026-03-06T21:50-05:00
      . ci-17/sevis-sim.env && sevis-sim upload students.xml

    """
    body: dict[str, Any] = {"name": name, "clock": clock, "seed": seed, "fidelity": fidelity}
    if scenario is not None:
        if not scenario.is_file():
            fail(f"{scenario}: there is no such file", EXIT_USAGE)
        body["scenario"] = scenario.read_text(encoding="utf-8")
    made = _ask("post", "/sandboxes", control, {key: value for key, value in body.items() if value is not None})
    _hand_over(made, output, control, json)


@app.command(cls=Command)
def branch(
    origin: Annotated[str, typer.Argument(metavar="ORIGIN", help="The sandbox to copy.")],
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Name of the copy. Default: one is made.")] = None,
    snapshot: Annotated[
        str | None, typer.Option(metavar="SNAPSHOT", help="A snapshot to copy instead of the present state.")
    ] = None,
    output: FolderOption = None,
    control: ControlOption = None,
    json: JsonOption = False,
) -> None:
    """Copy a sandbox, with records, batches and clock. The copy has client certificates of its own.

    Example:  sevis-sim sandbox branch default what-if
    """
    body = {key: value for key, value in {"name": name, "snapshot": snapshot}.items() if value}
    _hand_over(_ask("post", f"/sandboxes/{origin}/branch", control, body), output, control, json)


@app.command(cls=Command)
def delete(name: NameArgument, control: ControlOption = None) -> None:
    """Delete a sandbox with everything in it.

    Example:  sevis-sim sandbox delete ci-17
    """
    _ask("delete", f"/sandboxes/{name}", control)
    say(f"deleted {name}")


@app.command(cls=Command)
def reset(name: NameArgument, control: ControlOption = None, json: JsonOption = False) -> None:
    """Put a sandbox back to its beginning (made, or another scenario loaded), its clock too.

    Example:  sevis-sim sandbox reset default
    """
    row = _ask("post", f"/sandboxes/{name}/reset", control)
    say_json(row) if json else say(_line(row))


@snapshots.command("list", cls=Command)
def list_snapshots(sandbox: SandboxOption = None, control: ControlOption = None, json: JsonOption = False) -> None:
    """List the snapshots of a sandbox, oldest first.

    Example:  sevis-sim snapshot list
    """
    rows = _ask("get", "snapshots", control, sandbox=sandbox)
    if json:
        say_json(rows)
        return
    for row in rows:
        say(f"{row['name']:<24} {row['taken']}")


@snapshots.command(cls=Command)
def take(
    snapshot: SnapshotArgument, sandbox: SandboxOption = None, control: ControlOption = None, json: JsonOption = False
) -> None:
    """Keep a sandbox as it stands under a name.

    Example:  sevis-sim snapshot take before-registration
    """
    row = _ask("post", "snapshots", control, {"name": snapshot}, sandbox)
    say_json(row) if json else say(f"took {row['name']} at {row['taken']}")


@snapshots.command(cls=Command)
def restore(
    snapshot: SnapshotArgument, sandbox: SandboxOption = None, control: ControlOption = None, json: JsonOption = False
) -> None:
    """Put a sandbox back to a snapshot, its clock too.

    Example:  sevis-sim snapshot restore before-registration
    """
    row = _ask("post", f"snapshots/{snapshot}/restore", control, sandbox=sandbox)
    say_json(row) if json else say(_line(row))


@snapshots.command("delete", cls=Command)
def delete_snapshot(snapshot: SnapshotArgument, sandbox: SandboxOption = None, control: ControlOption = None) -> None:
    """Delete a snapshot.

    Example:  sevis-sim snapshot delete before-registration
    """
    _ask("delete", f"snapshots/{snapshot}", control, sandbox=sandbox)
    say(f"deleted {snapshot}")


def _ask(verb: str, path: str, control: str | None, body: Any = None, sandbox: str | None = None) -> Any:
    async def work() -> Any:
        async with control_client(control, sandbox) as api:
            return await (api.post(path, body) if verb == "post" else getattr(api, verb)(path))

    return run(work())


def _line(row: dict[str, Any]) -> str:
    return f"{row['name']:<24} {row['now']}  {clock_words(row['mode'], row['factor'])}, {row['fidelity']}"


def _hand_over(made: dict[str, Any], output: Path | None, control: str | None, json: bool) -> None:
    """Write the identities and variables of a new sandbox to a folder, and say where."""
    from sevis_sim.pki import Identity
    from sevis_sim.simulator import environment

    folder = output or Path(made["name"])
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"{folder}: {error.strerror or error}; the sandbox {made['name']} is there all the same", EXIT_FINDINGS)
    server = _ask("get", "/server", control)
    names: dict[str, str] = {}
    parties: list[Party] = []
    for row in made["parties"]:
        name = names.setdefault(row["certificate"], "client" if not names else f"client-{len(names) + 1}")
        identity = Identity(name, row["certificate"].encode(), row["key"].encode())
        identity.write(folder)
        parties.append(_party(row, identity, server["ca"]))
    (folder / "ca.pem").write_text(server["ca"], encoding="ascii")
    urls = server["systems"]["production"]
    addresses = environment.addresses(urls["upload"], urls["download"], control_url(control), made["name"])
    environment.write_both(folder, environment.variables(addresses, folder, parties))
    if json:
        say_json({**made, "folder": str(folder.resolve())})
        return
    say(_line(made))
    say(f"to enter it:  . {folder / 'sevis-sim.env'}")


def _party(row: dict[str, Any], identity: Any, ca: str) -> "Party":
    from sevis_sim.domain.organizations import Official, Organization
    from sevis_sim.sandbox import Party

    role: Any = "PDSO" if row["kind"] == "school" else "RO"
    organization = Organization(row["organization"], row["kind"], officials=(Official(row["user"], role),))
    return Party(organization, identity, ca.encode())
