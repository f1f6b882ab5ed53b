"""``udir-sim query``: ask whether a student may use what an application offers."""

import asyncio
import ssl
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from udir_sim.cli.data import DataOption, opened_data
from udir_sim.cli.output import EXIT_ENVIRONMENT, EXIT_FINDINGS, EXIT_USAGE, JsonOption, as_json, day, fail, write

if TYPE_CHECKING:
    from udir_sim.attributes import Answer, Question

_SECONDS = 30.0


def query(
    net_id: Annotated[
        str | None, typer.Argument(metavar="NETID", help="Net ID of the student; not with --certificate.")
    ] = None,
    application: Annotated[
        str, typer.Option("--application", metavar="NAME", help="Application that asks: a name in the policies.")
    ] = "",
    certificate: Annotated[
        Path | None, typer.Option("--certificate", metavar="FILE", help="Ask by the student's certificate (PEM, DER).")
    ] = None,
    as_of: Annotated[
        date | None,
        typer.Option(parser=day, metavar="DAY", help="Day that is meant, as 1999-10-01. [today in California]"),
    ] = None,
    why: Annotated[
        bool, typer.Option("--why", help="Say why; not with --url, for applications never learn it.")
    ] = False,
    data: DataOption = Path(".udir-sim"),
    url: Annotated[
        str | None, typer.Option("--url", metavar="URL", help="Ask a running server as the application does.")
    ] = None,
    cert: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="With --url: certificate (PEM) of the application. [data directory]"),
    ] = None,
    key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --url: its key (PEM). [data directory]")
    ] = None,
    ca: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --url: authority of the server (PEM). [data directory]")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Ask the attribute service whether a student is eligible. Exit code 0 yes, 1 no, 2 refused.

    Without --url the data directory is asked, as by its owner; the audit log keeps that, too.

    Examples:
      udir-sim query 1234567 --application PUBLISHER1 --as-of 1999-10-01 --why
      udir-sim query --certificate student.pem --application PUBLISHER1
      udir-sim query 1234567 --application PUBLISHER1 --url https://localhost:8453 --json

    """
    if not application:
        fail("name the application that asks: --application NAME", EXIT_USAGE)
    if (net_id is None) == (certificate is None):
        fail("name a Net ID, or the student's certificate with --certificate FILE", EXIT_USAGE)
    if url is not None and why:
        fail("--why is for the owner of the data directory; a server never tells an application why", EXIT_USAGE)
    if url is None and (cert or key or ca):
        fail("--cert, --key and --ca go with --url; the data directory is asked without them", EXIT_USAGE)
    student = _read(certificate) if certificate is not None else None
    if url is None:
        from udir_sim.attributes import Question

        asked = Question(application, net_id=net_id, certificate=student, day=as_of, by_operator=True)
        _tell(asyncio.run(_ask_here(data, asked)), why=why, json=json)
        return
    if (cert is None) != (key is None):
        fail("--cert and --key go together", EXIT_USAGE)
    context = _context(data, application, cert, key, ca)
    status, told = _ask_there(url, context, application, net_id, student, as_of)
    _tell_wire(status, told, json=json)


async def _ask_here(data: Path, question: "Question") -> "Answer":
    from sevis_sim.clock import Clock
    from udir_sim.attributes.opening import open_service

    with opened_data(data) as place:
        service = open_service(
            data,
            place.directory,
            place.journal,
            place.authority,
            now=Clock.real().now,
            ticks=time.monotonic,
            issue=False,
        )
        return await service.answer(question)


def _tell(answer: "Answer", *, why: bool, json: bool) -> None:
    from udir_sim.attributes import Outside

    refused = answer.outside is Outside.REFUSED
    detail = answer.inside or answer.detail  # who owns the data may know
    if json:
        document: dict[str, Any] = {"refused": answer.reason.code, "detail": detail} if refused else answer.told()
        write(as_json({**document, **_reasons(answer)} if why else document), None)
    elif refused:
        fail(f"refused, {answer.reason.code}: {detail}", EXIT_USAGE)
    else:
        write("\n".join([_words(answer.outside is Outside.YES), *(_lines(answer) if why else ())]) + "\n", None)
    if refused:
        raise typer.Exit(EXIT_USAGE)
    if answer.outside is Outside.NO:
        raise typer.Exit(EXIT_FINDINGS)


def _words(eligible: bool) -> str:
    return "eligible" if eligible else "not eligible"


def _lines(answer: "Answer") -> list[str]:
    reason = answer.reason
    lines = [f"  day       {answer.day}", f"  policy    {answer.application}, version {answer.policy}"]
    lines.append(
        f"  reason    {reason.code}, test {reason.step}: {'' if reason.code == 'OK' else 'not so: '}{reason.test}"
    )
    for location, end in answer.decision.records if answer.decision else ():
        file = answer.data.get(location)
        lines.append(f"  record    location {location}, file of {file}: {end.code}")
    return lines


def _reasons(answer: "Answer") -> dict[str, Any]:
    return {
        "reason": answer.reason.code,
        "test": answer.reason.step,
        "day": None if answer.day is None else answer.day.isoformat(),
        "policy": answer.policy,
        "records": [
            {"location": location, "reason": end.code, "file": str(answer.data.get(location) or "") or None}
            for location, end in (answer.decision.records if answer.decision else ())
        ],
    }


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        fail(f"{file}: there is no such file", EXIT_USAGE)


def _context(data: Path, application: str, cert: Path | None, key: Path | None, ca: Path | None) -> ssl.SSLContext:
    own = data / "applications" / f"{application}.pem"
    cert, key = cert or own, key or own.with_suffix(".key")
    ca = ca or data / "ca.pem"
    for file, option in ((cert, "--cert and --key"), (key, "--cert and --key"), (ca, "--ca")):
        if not file.exists():
            fail(f"{file}: there is no such file; name another with {option}, or the server's folder with --data")
    try:
        context = ssl.create_default_context(cafile=str(ca))
        context.load_cert_chain(cert, key)
    except (ssl.SSLError, OSError) as error:
        fail(f"{cert}, {key.name} or {ca} cannot be used: {error}")
    return context


def _ask_there(
    url: str, context: ssl.SSLContext, application: str, net_id: str | None, student: bytes | None, as_of: date | None
) -> tuple[int, dict[str, Any]]:
    import http.client
    import json
    from urllib.parse import urlencode, urlsplit

    from udir_sim.attributes.routes import ELIGIBLE, ELIGIBLE_BY_CERTIFICATE

    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        fail(f"--url is the address of a server, such as https://localhost:8453, not {url!r}", EXIT_USAGE)
    asked = {"app": application, **({"netid": net_id} if net_id is not None else {})}
    if as_of is not None:
        asked["asof"] = f"{as_of:%Y%m%d}"
    path = parts.path.rstrip("/") + (ELIGIBLE if student is None else ELIGIBLE_BY_CERTIFICATE) + "?" + urlencode(asked)
    connection = http.client.HTTPSConnection(parts.hostname, parts.port or 443, timeout=_SECONDS, context=context)
    try:
        connection.request("GET" if student is None else "POST", path, student)
        answer = connection.getresponse()
        status, body = answer.status, answer.read(65_536)
    except (OSError, http.client.HTTPException) as error:
        fail(f"{url} cannot be asked: {getattr(error, 'strerror', None) or error}; is the server running?")
    finally:
        connection.close()
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        fail(f"{url} answered with status {status} and no JSON; is it a udir-sim server?")
    return status, told


def _tell_wire(status: int, told: dict[str, Any], *, json: bool) -> None:
    if status == 200 and isinstance(told.get("eligible"), bool):
        write(as_json(told) if json else _words(told["eligible"]) + "\n", None)
        if not told["eligible"]:
            raise typer.Exit(EXIT_FINDINGS)
        return
    code = EXIT_USAGE if status in (400, 403) else EXIT_ENVIRONMENT
    if json:
        write(as_json({"refused": told.get("code"), "detail": told.get("detail")}), None)
        raise typer.Exit(code)
    fail(f"refused, {told.get('code', status)}: {told.get('detail', 'the server gave no reason')}", code)
