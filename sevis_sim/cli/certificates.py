"""``sevis-sim cert``: client certificates and their registration, as in RTI."""

from pathlib import Path
from typing import Annotated, Any

import typer

from sevis_sim.cli.report import (
    EXIT_FINDINGS,
    EXIT_USAGE,
    Command,
    ControlOption,
    JsonOption,
    SandboxOption,
    control_client,
    fail,
    run,
    say,
    say_json,
)

app = typer.Typer(help="Client certificates and their registration, as in RTI.", no_args_is_help=True)


@app.command("list", cls=Command)
def list_certificates(control: ControlOption = None, sandbox: SandboxOption = None, json: JsonOption = False) -> None:
    """List the client certificates that the simulator knows.

    Example:  sevis-sim cert list
    """

    async def work() -> Any:
        async with control_client(control, sandbox) as api:
            return await api.get("certificates")

    rows = run(work())
    if json:
        say_json(rows)
        return
    for row in rows:
        state = f"revoked {row['revoked'][:10]}" if row["revoked"] else f"valid until {row['not_after'][:10]}"
        organizations = ", ".join(row["organizations"]) or "not registered"
        say(f"{row['name']:<20} {row['fingerprint'][:16]}…  {state}  {organizations}")


@app.command(cls=Command)
def register(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The .cer or .pem file, as RTI takes it.")],
    org: Annotated[str, typer.Option("--org", metavar="ORGID", help="The organization that registers it.")],
    control: ControlOption = None,
    sandbox: SandboxOption = None,
    json: JsonOption = False,
) -> None:
    """Register a certificate for an organization.

    Example:  sevis-sim cert register client.cer --org ABC214F00012000
    """
    from sevis_sim.pki import NotACertificate, read_certificate

    if not file.is_file():
        fail(f"{file}: there is no such file", EXIT_USAGE)
    try:
        facts = read_certificate(file.read_bytes())
    except NotACertificate as error:
        fail(f"{file}: {error}", EXIT_FINDINGS)

    async def work() -> Any:
        body = {"organization": org, "certificate": facts.pem.decode("ascii"), "name": file.stem[:40]}
        async with control_client(control, sandbox) as api:
            return await api.post("certificates", body)

    done = run(work())
    if json:
        say_json(done)
        return
    say(f"registered {done['subject']} for {done['organization']}")
