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
    OutputOption,
    SandboxOption,
    control_client,
    fail,
    run,
    say,
    say_json,
    write_output,
)

FingerprintArgument = Annotated[
    str, typer.Argument(metavar="FINGERPRINT", help="SHA-256 of the certificate, or the beginning of it.")
]

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
        there = "this is a folder; name the .cer or .pem file in it" if file.is_dir() else "there is no such file"
        fail(f"{file}: {there}", EXIT_USAGE)
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


@app.command(cls=Command)
def profiles(json: JsonOption = False) -> None:
    """List the kinds of certificates that can be issued.

    Example:  sevis-sim cert profiles
    """
    from sevis_sim.pki import profiles as known

    if json:
        say_json({name: profile.summary for name, profile in known().items()})
        return
    for name, profile in known().items():
        dies = "  (the TLS handshake refuses it)" if profile.handshake == "dies" else ""
        say(f"{name:<22} {profile.summary}{dies}")


@app.command(cls=Command)
def issue(
    org: Annotated[
        list[str] | None,
        typer.Option("--org", metavar="ORGID", help="An organization that it is registered for. Repeat for more."),
    ] = None,
    profile: Annotated[str, typer.Option(help="What kind: see `sevis-sim cert profiles`.")] = "valid",
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Base name of its files.")] = None,
    key: Annotated[str | None, typer.Option(metavar="KIND", help="ecdsa or rsa. Default: as the profile says.")] = None,
    trusted: Annotated[
        bool, typer.Option("--trusted", help="Let the TLS handshake complete whatever kind it is.")
    ] = False,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="Folder for .pem .key .p12 .cer.")
    ] = Path(),
    control: ControlOption = None,
    sandbox: SandboxOption = None,
    json: JsonOption = False,
) -> None:
    """Issue a client certificate of any kind, good or broken, and write its files.

    Examples:
      sevis-sim cert issue --org ABC214F00012000 --name next-year
      sevis-sim cert issue --profile expired --org ABC214F00012000

    """
    from sevis_sim.pki import Identity, PkiError

    body: dict[str, Any] = {
        "organizations": org or [],
        "profile": profile,
        "name": name or f"client-{profile}",
        "key": key,
    }
    body |= {"trusted": trusted}
    made = _post("certificates/issue", {k: v for k, v in body.items() if v is not None}, control, sandbox)
    identity = Identity(made["name"], made["chain"].encode(), made["key"].encode())
    try:
        files = identity.write(output)
    except PkiError as error:
        fail(str(error))
    if json:
        say_json({**made, "files": {"cert": str(files.cert), "key": str(files.key), "p12": str(files.p12)}})
        return
    say(f"{made['fingerprint'][:16]}…  {files.cert}  {', '.join(made['organizations']) or 'not registered'}")
    if made["handshake"] == "dies":
        say("the TLS handshake refuses it, as that of a stock server does; --trusted lets it through to the 403 page")


@app.command(cls=Command)
def revoke(fingerprint: FingerprintArgument, control: ControlOption = None, sandbox: SandboxOption = None) -> None:
    """Revoke a certificate as of now: its clients get the 403 page.

    Example:  sevis-sim cert revoke 3fa91c
    """
    done = _post(f"certificates/{fingerprint}/revoke", None, control, sandbox)
    say(f"revoked {done['subject']} ({done['fingerprint'][:16]}…)")


@app.command(cls=Command)
def export(
    fingerprint: FingerprintArgument,
    output: OutputOption = None,
    control: ControlOption = None,
    sandbox: SandboxOption = None,
) -> None:
    """Write a certificate (never its key) as PEM, ready to be registered elsewhere.

    Example:  sevis-sim cert export 3fa91c -o client.cer
    """

    async def work() -> Any:
        async with control_client(control, sandbox) as api:
            return await api.get(f"certificates/{fingerprint}")

    found = run(work())
    write_output(found["pem"].encode("ascii"), output or Path("-"))


@app.command(cls=Command)
def unregister(
    fingerprint: FingerprintArgument,
    org: Annotated[str, typer.Option("--org", metavar="ORGID", help="The organization that gives it up.")],
    control: ControlOption = None,
    sandbox: SandboxOption = None,
) -> None:
    """End the registration of a certificate for one organization.

    Example:  sevis-sim cert unregister 3fa91c --org ABC214F00012000
    """
    _delete(f"certificates/{fingerprint}/organizations/{org}", control, sandbox)
    say(f"no longer registered for {org}")


@app.command(cls=Command)
def delete(fingerprint: FingerprintArgument, control: ControlOption = None, sandbox: SandboxOption = None) -> None:
    """Forget a certificate: nobody knows it any more.

    Example:  sevis-sim cert delete 3fa91c
    """
    _delete(f"certificates/{fingerprint}", control, sandbox)
    say("deleted")


def _post(path: str, body: Any, control: str | None, sandbox: str | None) -> Any:
    async def work() -> Any:
        async with control_client(control, sandbox) as api:
            return await api.post(path, body)

    return run(work())


def _delete(path: str, control: str | None, sandbox: str | None) -> None:
    async def work() -> None:
        async with control_client(control, sandbox) as api:
            await api.delete(path)

    run(work())
