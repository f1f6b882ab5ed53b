"""``sevis-sim upload``, ``download`` and ``status``: the reference client from the shell."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from sevis_sim.cli.report import (
    EXIT_FINDINGS,
    EXIT_USAGE,
    ControlOption,
    JsonOption,
    OutputOption,
    SandboxOption,
    SystemName,
    control_client,
    environment,
    error_line,
    fail,
    run,
    say,
    say_json,
    write_output,
)

if TYPE_CHECKING:
    from sevis_sim.client import DownloadReply, SevisClient, UploadReply
    from sevis_sim.results import ParsedLog

SystemOption = Annotated[SystemName | None, typer.Option("--system", help="Which SEVIS. [as the URL says]")]
OrgOption = Annotated[str | None, typer.Option("--org", metavar="ORGID", help="Default: the file's header.")]
UserOption = Annotated[str | None, typer.Option("--user", metavar="USERID", help="Default: the file's root element.")]
CertOption = Annotated[Path | None, typer.Option("--cert", help="Client certificate. [$SEVIS_SIM_CLIENT_CERT]")]
KeyOption = Annotated[Path | None, typer.Option("--key", help="Its private key. [$SEVIS_SIM_CLIENT_KEY]")]
CaOption = Annotated[Path | None, typer.Option("--ca", help="CA of the server. [$SEVIS_SIM_CA]")]


def upload(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The batch, an XML file.")],
    org: OrgOption = None,
    user: UserOption = None,
    batch: Annotated[str | None, typer.Option("--batch", help="Send it under this batch ID instead.")] = None,
    system: SystemOption = None,
    cert: CertOption = None,
    key: KeyOption = None,
    ca: CaOption = None,
    json: JsonOption = False,
) -> None:
    """Upload a batch. Exit code 0 if it is accepted, 1 for any other disposition.

    Addresses and certificate come from the environment (source .sevis-sim/sevis-sim.env) or from .sevis-sim/.

    Examples:
      sevis-sim upload students.xml
      sevis-sim upload students.xml --batch BATCH000000002 --system beta

    """
    from sevis_sim.client import ClientError, FileHeader, read_header, with_batch_id

    if not file.is_file():
        fail(f"{file}: there is no such file", EXIT_USAGE)
    document = file.read_bytes()
    header = FileHeader("", "", "", None)
    try:
        if batch is not None:
            document = with_batch_id(document, batch)
        header = read_header(document)
    except ClientError as error:
        if not (org and batch and user):  # with all three a file that is no batch can be sent as it is
            fail(f"{file}: {error}", EXIT_FINDINGS)

    async def work() -> Any:
        async with _client(system, cert, key, ca) as client:
            return await client.upload(
                document, file.name, org or header.org_id, batch or header.batch_id, user or header.user_id
            )

    reply: UploadReply = run(work())
    if reply.log is None:
        _no_log(reply, json)
    code = reply.code
    if json:
        say_json({"batch": reply.log.batch_id, "organization": reply.log.org_id, "code": code, "text": _words(code)})
    else:
        say(f"{reply.log.batch_id}: {code} {_words(code)}")
    if code != "S0000":
        if not json:
            which = f" --batch {shlex.quote(reply.log.batch_id)}" if reply.log.batch_id else ""
            error_line(f"to see why: sevis-sim journal list{which}")
        raise typer.Exit(EXIT_FINDINGS)


def download(
    batch: Annotated[str, typer.Argument(metavar="BATCHID", help="The batch ID.")],
    org: Annotated[str | None, typer.Option("--org", metavar="ORGID", help="[$SEVIS_SIM_ORG_ID]")] = None,
    user: Annotated[str | None, typer.Option("--user", metavar="USERID", help="[$SEVIS_SIM_USER_ID]")] = None,
    system: SystemOption = None,
    output: OutputOption = None,
    cert: CertOption = None,
    key: KeyOption = None,
    ca: CaOption = None,
    json: JsonOption = False,
) -> None:
    """Download the result of a batch as BATCHID.zip. Exit code 0 if a result is received, 1 for any other disposition.

    Examples:
      sevis-sim download BATCH000000001
      sevis-sim download BATCH000000001 -o result.zip --system alpha

    """

    async def work() -> Any:
        async with _client(system, cert, key, ca) as client:
            org_id, user_id = org or client.org_id, user or client.user_id
            if not org_id or not user_id:
                fail("say --org and --user, or source sevis-sim.env", EXIT_USAGE)
            return await client.download(org_id, batch, user_id)

    reply: DownloadReply = run(work())
    log, code = reply.log, reply.code
    if log is None:
        _no_log(reply, json)
    if not reply.ready:
        if json:
            say_json({"batch": batch, "code": code, "text": _words(code)})
        else:
            say(f"{batch}: {code} {_words(code)}")
        raise typer.Exit(EXIT_FINDINGS)
    target = output or Path(f"{batch}.zip")
    write_output(reply.body, target)
    if json:
        say_json({"batch": batch, "code": code, "file": str(target), "records": [_record(r) for r in log.records]})
    elif str(target) != "-":
        say(f"{batch}: {code} {_words(code)}; written to {target}")
        print_records(log)


def status(
    control: ControlOption = None,
    sandbox: SandboxOption = None,
    system: Annotated[SystemName | None, typer.Option("--system", help="Only this one.")] = None,
    json: JsonOption = False,
) -> None:
    """List the batches that the simulator has received, newest first.

    Example:  sevis-sim status --system alpha
    """

    async def work() -> Any:
        async with control_client(control, sandbox) as api:
            return await api.get("batches", {"system": system} if system else None)

    rows = run(work())
    if json:
        say_json(rows)
        return
    if not rows:
        say("no batches yet")
    for row in rows:
        counts = f"{row['success']} succeeded, {row['failure']} failed" if row["processed"] else f"due {row['due']}"
        say(f"{row['batch_id']}  {row['organization']:<16} {row['system']:<11} {row['status']:<10} {counts}")


def print_records(log: "ParsedLog") -> None:
    """Print one line a record: its ID or its code and message."""
    for record in log.records:
        name = record.sevis_id or "-"
        if record.succeeded:
            ids = ", ".join(d.sevis_id for d in record.dependents if d.sevis_id)
            dependents = f"  dependents {ids}" if ids else ""
            say(f"  {record.request_id:<20} {name:<12} stored{dependents}")
        else:
            say(f"  {record.request_id:<20} {name:<12} {record.code} {record.message}")


def _client(system: SystemName | None, cert: Path | None, key: Path | None, ca: Path | None) -> "SevisClient":
    """Build the reference client: flag, environment, the data directory of the default place."""
    from sevis_sim.client import SevisClient, from_environment

    settings = from_environment(environment(), system=system, cert=cert, key=key, ca=ca)
    return SevisClient.from_settings(settings)


def _no_log(reply: "UploadReply | DownloadReply", json: bool) -> NoReturn:
    """Report an answer that is no transaction log, and end with exit code 1."""
    if json:
        say_json({"status": reply.http, "text": reply.problem})
    else:
        error_line(reply.problem)
        error_line("to see why: sevis-sim journal list, or journal list --server where no certificate was known")
    raise typer.Exit(EXIT_FINDINGS)


def _words(code: str) -> str:
    from sevis_sim.codes import catalogue

    return catalogue.message(code) if code else ""


def _record(record: Any) -> dict[str, Any]:
    return {
        "requestID": record.request_id,
        "sevisID": record.sevis_id,
        "success": record.succeeded,
        "code": record.code,
        "message": record.message,
    }
