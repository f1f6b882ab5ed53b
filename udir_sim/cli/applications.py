"""``udir-sim policies``, ``audit`` and ``certificate``: what belongs to the attribute service besides asking it."""

import asyncio
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from udir_sim.cli.data import DataOption, opened_data
from udir_sim.cli.output import EXIT_USAGE, Command, JsonOption, OutputOption, as_json, day, fail, note, write

if TYPE_CHECKING:
    from sevis_sim.store import Entry
    from udir_sim.attributes import Policies

certificate_app = typer.Typer(
    help="Certificates of students, for the attribute service.", no_args_is_help=True, rich_markup_mode=None
)


def policies(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Policy file. [policies.yaml of the data directory]")
    ] = None,
    data: DataOption = Path(".udir-sim"),
    example: Annotated[bool, typer.Option("--example", help="Print a file to begin with instead.")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema for editors instead.")] = False,
    json: JsonOption = False,
    output: OutputOption = None,
) -> None:
    """Check a policy file, and say what each application may learn.

    Examples:
      udir-sim policies
      udir-sim policies --example -o policies.yaml
      udir-sim policies policies.yaml --json

    """
    from sevis_sim.yamlfile import YamlError
    from udir_sim.attributes import load_policies, policies_schema
    from udir_sim.attributes.opening import POLICY_FILE
    from udir_sim.attributes.policy import EXAMPLE

    if example or schema:
        write(EXAMPLE.read_bytes() if example else as_json(policies_schema()), output)
        return
    place = file or data / POLICY_FILE
    if not place.exists():
        fail(f"{place}: there is no such file; begin with: udir-sim policies --example -o {place}", EXIT_USAGE)
    try:
        found = load_policies(place)
    except YamlError as error:
        fail(str(error), EXIT_USAGE)
    write(as_json(_document(found)) if json else _text(found), output)


def _document(policies: "Policies") -> dict[str, Any]:
    document = policies.model_dump(mode="json")
    for name, application in policies.applications.items():
        document["applications"][name]["version"] = application.version
    return document


def _text(policies: "Policies") -> str:
    lines = []
    for name, application in policies.applications.items():
        dates = "within the eligibility dates" if application.dates else "on any day"
        lines += [
            f"{name}  (version {application.version})",
            *([f"  {application.summary}"] if application.summary else []),
            f"  yes for types {' '.join(sorted(application.types))}, statuses {' '.join(sorted(application.statuses))}",
            f"  of locations {' '.join(sorted(application.locations))}, {dates}",
        ]
        if application.certificate is not None:
            lines.append(f"  asks with its own certificate, {application.certificate}")
        if application.any_n_blocks:
            lines.append("  one release flag N says no for all campuses")
        if application.tri_state:
            lines.append("  is told whether a determination was made, which reveals the flag")
    lines.append("test mode: asof is taken" if policies.test_mode else "no test mode: asof is refused")
    return "\n".join(lines) + "\n"


def audit(
    application: Annotated[
        str | None, typer.Option("--application", metavar="NAME", help="Only this application's questions.")
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="CODE", help="Only with this end, such as R-RELEASE.")
    ] = None,
    net_id: Annotated[
        str | None, typer.Option("--net-id", metavar="NETID", help="Only about this student; the log has a hash of it.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Entries at most, the latest ones.")] = 50,
    data: DataOption = Path(".udir-sim"),
    json: JsonOption = False,
    output: OutputOption = None,
) -> None:
    """Show who asked the attribute service what, and why it answered as it did.

    Examples:
      udir-sim audit
      udir-sim audit --application PUBLISHER1 --reason R-RELEASE
      udir-sim audit --net-id 1234567 --json

    """
    from udir_sim.attributes import NetIdHash, NetIdRefused, plain_net_id

    wanted = {"application": application, "reason": reason}
    with opened_data(data) as place:
        if net_id is not None:
            try:
                wanted["netId"] = NetIdHash.of(data)(plain_net_id(net_id))
            except NetIdRefused as error:
                fail(f"--net-id: {error}", EXIT_USAGE)
        subject = {name: value for name, value in wanted.items() if value is not None}
        query = place.journal.query(None, "eligibility.asked", subject, newest_first=True, limit=limit)
        entries = asyncio.run(query)[::-1]
    if json:
        write(as_json([_entry(entry) for entry in entries]), output)
    else:
        write("".join(f"{entry.instant:%Y-%m-%d %H:%M:%S}Z  {entry.summary}\n" for entry in entries), output)
    if not entries:
        note("nothing was asked that fits" if subject else "nothing was asked yet")


def _entry(entry: "Entry") -> dict[str, Any]:
    return {"id": entry.id, "instant": entry.instant.isoformat(), **entry.subjects, **entry.detail}


@certificate_app.command("issue", cls=Command)
def issue(
    net_id: Annotated[str, typer.Argument(metavar="NETID", help='Net ID to put into it; "" for none.')],
    place: Annotated[
        str, typer.Option(metavar="PART", help="Part of the subject: UID, serialNumber, CN or an object identifier.")
    ] = "UID",
    profile: Annotated[
        str, typer.Option(metavar="NAME", help="valid, or broken: expired, not-yet-valid, self-signed, other-ca.")
    ] = "valid",
    at: Annotated[
        date | None,
        typer.Option(parser=day, metavar="DAY", help="Day of issue, of a server with a clock of its own. [today]"),
    ] = None,
    folder: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="Folder to write to.")] = Path(),
    data: DataOption = Path(".udir-sim"),
) -> None:
    """Issue a certificate to an invented student: NETID.pem, .key, .p12 and .cer.

    Examples:
      udir-sim certificate issue 1234567 -o students
      udir-sim certificate issue 1234567 --profile expired

    """
    from sevis_sim.pki import PkiError
    from udir_sim.attributes import issue_student

    with opened_data(data) as opened:
        try:
            instant = datetime.combine(at, time(20), UTC) if at is not None else _now()  # noon in California
            files = issue_student(opened.authority, net_id, instant, place=place, profile=profile).write(folder)
        except PkiError as error:
            fail(str(error), EXIT_USAGE)
    write(f"{files.cert}\n", None)
    note(f"ask with it: udir-sim query --certificate {files.cert} --application NAME")


@certificate_app.command("revoke", cls=Command)
def revoke(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Certificate of a student or application.")],
    data: DataOption = Path(".udir-sim"),
) -> None:
    """Take back a certificate: the attribute service refuses it from its next start.

    Examples:
      udir-sim certificate revoke students/1234567.pem

    """
    from cryptography import x509

    from sevis_sim.pki import NotACertificate, PkiError, Revocations, read_certificate

    if not file.exists():
        fail(f"{file}: there is no such file", EXIT_USAGE)
    with opened_data(data) as opened:
        try:
            certificate = x509.load_pem_x509_certificate(read_certificate(file.read_bytes()).pem)
            revocations = Revocations.load(data, opened.authority)
            place = revocations.revoke(certificate, opened.authority, _now()).save(data)
        except (NotACertificate, PkiError) as error:
            fail(f"{file}: {error}", EXIT_USAGE)
    write(f"{place}\n", None)


def _now() -> datetime:
    from sevis_sim.clock import Clock

    return Clock.real().now()
