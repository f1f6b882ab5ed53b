"""From a campus's file to an application's answer: a running University Directory, its shell and its audit log."""

import asyncio
import json
import re
import ssl
import sys
from datetime import date
from typing import Any

import aiohttp
import pytest
from attribute_world import World
from sqlalchemy import event
from sqlalchemy.pool import Pool

from sevis_sim.pki import CertificateAuthority, Identity
from udir_sim.attributes import load_policies
from udir_sim.attributes.openapi import document, part_of
from udir_sim.attributes.opening import application_certificates, ensure_policies
from udir_sim.attributes.routes import routes
from udir_sim.cli import main
from udir_sim.directory import Directory
from udir_sim.generator import Plan, Rates, data_records, file_lines
from udir_sim.receiver.https import HttpsDoor
from udir_sim.university import UniversityDirectory

CREATED = date(2026, 11, 25)
CLOCK = "2026-11-25T09:00:00-08:00"
PLAN = Plan(40, "06", created=CREATED, rates=Rates(net_id=1.0, released=0.8))
STUDENTS = [
    {"net": each[121:131].decode().strip(), "flag": each[131:132], "status": each[213:214]}
    for each in data_records(PLAN)
]


def student(*, flag: bytes, status: bytes) -> str:
    return next(each["net"] for each in STUDENTS if each["flag"] == flag and each["status"] == status)


ELIGIBLE = student(flag=b"Y", status=b"R")
NOT_RELEASED = student(flag=b"N", status=b"R")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


@pytest.fixture
async def udir(folder):
    async with UniversityDirectory(data_dir=folder, clock=CLOCK, sftp=False) as running:
        campus = running.campus("06")
        async with (
            session_of(running, campus.identity) as session,
            session.put(f"{running.url}/v1/files/udirstud.txt", data=b"".join(file_lines(PLAN))) as response,
        ):
            assert response.status == 201, await response.text()
        yield running


def session_of(running: UniversityDirectory, identity: Identity | None) -> aiohttp.ClientSession:
    if identity is not None:
        context = identity.ssl_context(running.ca)
    else:
        context = ssl.create_default_context(cadata=running.ca.decode())
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context))


def application(running: UniversityDirectory, name: str = "PUBLISHER1") -> Identity:
    return Identity.load(running.folder / "applications", name)


@pytest.fixture
def closed(folder):
    """A data directory that no server has open, and nobody has sent a file to."""
    folder.mkdir()
    authority = CertificateAuthority.ensure(folder)
    Directory.open(folder).close()
    policies = ensure_policies(folder)
    application_certificates(load_policies(policies), policies, folder, authority)


@pytest.fixture
def shell(monkeypatch, capfd, folder):
    """Calls udir-sim as a program of its own would be."""

    async def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.chdir(folder.parent)
        monkeypatch.setattr(sys, "argv", ["udir-sim", *words, "--data", "data"])

        def run() -> int:
            try:
                main()
            except SystemExit as end:
                return int(end.code or 0)
            return 0

        code = await asyncio.to_thread(run)
        out, err = capfd.readouterr()
        return code, out, err

    return call


async def test_an_application_learns_yes_or_no_from_what_a_campus_sent(udir):
    async with session_of(udir, application(udir)) as session:
        for net_id, eligible in ((ELIGIBLE, True), (NOT_RELEASED, False), ("NOBODY", False)):
            async with session.get(f"{udir.url}/v1/eligible", params={"app": "PUBLISHER1", "netid": net_id}) as answer:
                assert (answer.status, await answer.json()) == (200, {"eligible": eligible})
    entries = await udir.journal.query(None, "eligibility.asked")
    assert [entry.subjects["reason"] for entry in entries] == ["OK", "R-RELEASE", "R-NOTFOUND"]
    assert entries[0].detail["data"] == {"06": "2026-11-25"}
    assert ELIGIBLE not in str(entries)


async def test_the_database_does_the_same_for_every_answer(udir):
    statements: list[str] = []

    def note(statement: str) -> None:
        """Take what is asked of which tables, without the values."""
        if not statement.startswith("PRAGMA"):  # once for each connection
            statements.append(statement.partition(" VALUES ")[0].partition("WHERE")[0])

    def watch(connection, *_: object) -> None:
        connection.set_trace_callback(note)  # the database's own: what goes past SQLAlchemy too

    works = []
    event.listen(Pool, "checkout", watch)
    try:
        async with session_of(udir, application(udir)) as session:
            for net_id in (ELIGIBLE, NOT_RELEASED, "NOBODY", ELIGIBLE):
                statements.clear()
                async with session.get(f"{udir.url}/v1/eligible", params={"netid": net_id}) as answer:
                    assert answer.status == 200
                works.append(tuple(statements))
    finally:
        event.remove(Pool, "checkout", watch)
    assert any("INSERT INTO journal " in statement for statement in works[0])
    assert len(works[0]) >= 5
    assert len(set(works)) == 1


async def test_a_campus_is_no_application_and_an_application_no_campus(udir):
    for identity, path in (
        (udir.campus("06").identity, f"/v1/eligible?netid={ELIGIBLE}"),
        (application(udir), "/v1/files"),
    ):
        async with session_of(udir, identity) as session, session.get(udir.url + path) as answer:
            assert answer.status == 403


def pattern(path: str) -> str:
    return re.sub(r"\{.*?\}", "{}", path)


async def test_the_openapi_document_describes_every_route_of_the_server(udir):
    async with session_of(udir, None) as session, session.get(f"{udir.url}/v1/openapi.json") as answer:
        served = await answer.json()
    assert served == document(udir.url, [part_of("udir_sim.receiver")])
    described = {(method.upper(), pattern(path)) for path, item in served["paths"].items() for method in item}
    nothing: Any = None  # the routes of the door, not what they do
    mounted = [*HttpsDoor(nothing, nothing, nothing, nothing, nothing).routes(), *routes(World().service)]
    assert described == {(route.method, pattern(route.path)) for route in mounted}


@pytest.mark.parametrize(
    ("who", "code", "said"),
    [(ELIGIBLE, 0, "eligible\n"), (NOT_RELEASED, 1, "not eligible\n"), ("NOBODY", 1, "not eligible\n")],
)
async def test_the_shell_asks_the_data_directory_and_the_server(udir, shell, who, code, said):
    words = ("query", who, "--application", "PUBLISHER1")
    assert await shell(*words, "--as-of", "2026-11-25") == (code, said, "")
    assert await shell(*words, "--url", udir.url) == (code, said, "")
    _, text, _ = await shell(*words, "--url", udir.url, "--json")
    assert json.loads(text) == {"eligible": code == 0}


async def test_the_owner_may_ask_why(udir, shell):
    words = ("query", NOT_RELEASED, "--application", "PUBLISHER1", "--as-of", "2026-11-25", "--why")
    code, text, _ = await shell(*words)
    assert code == 1
    assert "reason    R-RELEASE, test 5: not so: the release flag is Y" in text
    assert "record    location 06, file of 2026-11-25: R-RELEASE" in text
    _, text, _ = await shell(*words, "--json")
    told = json.loads(text)
    assert (told["eligible"], told["reason"], told["test"]) == (False, "R-RELEASE", 5)
    assert told["records"] == [{"location": "06", "reason": "R-RELEASE", "file": "2026-11-25"}]


async def test_the_shell_asks_by_certificate_until_it_is_revoked(udir, shell):
    assert (await shell("certificate", "issue", ELIGIBLE, "-o", "students"))[0] == 0
    words = ("query", "--certificate", f"students/{ELIGIBLE}.pem", "--application", "PUBLISHER1")
    assert (await shell(*words, "--as-of", "2026-11-25"))[:2] == (0, "eligible\n")
    assert (await shell(*words, "--url", udir.url))[:2] == (0, "eligible\n")
    assert (await shell("certificate", "revoke", f"students/{ELIGIBLE}.pem"))[0] == 0
    code, _, error = await shell(*words, "--as-of", "2026-11-25")
    assert code == 2
    assert "refused, R-CERT: the certificate was revoked" in error


@pytest.mark.parametrize("profile", ["expired", "other-ca", "self-signed", "not-yet-valid"])
async def test_broken_certificates_are_refused_here_and_there(udir, shell, profile):
    await shell("certificate", "issue", ELIGIBLE, "--profile", profile, "--at", "2026-11-25")
    words = ("query", "--certificate", f"{ELIGIBLE}.pem", "--application", "PUBLISHER1")
    for more in (("--as-of", "2026-11-25"), ("--url", udir.url)):
        code, out, error = await shell(*words, *more)
        assert (code, out) == (2, "")
        assert "refused, R-CERT: " in error


async def test_the_audit_log_is_read_by_application_reason_and_net_id(udir, shell):
    for who in (ELIGIBLE, NOT_RELEASED, NOT_RELEASED):
        await shell("query", who, "--application", "PUBLISHER1", "--url", udir.url)
    await shell("query", ELIGIBLE, "--application", "PUBLISHER3", "--as-of", "2026-11-25")
    _, text, _ = await shell("audit")
    assert len(text.splitlines()) == 4
    assert ELIGIBLE not in text
    _, text, _ = await shell("audit", "--reason", "R-RELEASE", "--json")
    assert [entry["answer"] for entry in json.loads(text)] == ["no", "no"]
    _, text, _ = await shell("audit", "--net-id", ELIGIBLE, "--json")
    assert [(entry["application"], entry["by"]) for entry in json.loads(text)] == [
        ("PUBLISHER1", "application"),
        ("PUBLISHER3", "operator"),
    ]
    assert (await shell("audit", "--application", "PUBLISHER2")) == (0, "", "nothing was asked that fits\n")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("query", "1"), 2, "name the application that asks: --application NAME"),
        (("query", "--application", "P"), 2, "name a Net ID, or the student's certificate"),
        (("query", "1", "--application", "P", "--certificate", "x"), 2, "name a Net ID, or the student's certificate"),
        (("query", "1", "--application", "P"), 2, "refused, R-APP: there is no application 'P'"),
        (("query", "1", "--application", "PUBLISHER"), 2, "no application 'PUBLISHER' (did you mean 'PUBLISHER"),
        (("query", "12 3", "--application", "PUBLISHER1"), 2, "refused, R-NONETID: a Net ID has no blanks inside"),
        (("query", "--certificate", "none", "--application", "P"), 2, "none: there is no such file"),
        (("query", "1", "--application", "P", "--why", "--url", "https://x"), 2, "never tells an application why"),
        (("query", "1", "--application", "P", "--cert", "x"), 2, "go with --url"),
        (("query", "1", "--application", "P", "--url", "https://localhost:1"), 3, "P.pem: there is no such file"),
        (("query", "1", "--application", "PUBLISHER1", "--url", "http://x"), 2, "--url is the address of a server"),
        (("query", "1", "--application", "PUBLISHER1", "--url", "https://localhost:1"), 3, "is the server running?"),
        (("query", "1", "--application", "PUBLISHER1", "--as-of", "soon"), 2, "'soon' is no day"),
        (("audit", "--net-id", "12 3"), 2, "--net-id: a Net ID has no blanks inside"),
        (("certificate", "issue", "1", "--profile", "old"), 2, "no certificate profile 'old'"),
        (("certificate", "revoke", "none"), 2, "none: there is no such file"),
        (("certificate", "revoke", "data/ca.key"), 2, "holds a private key"),
        (("certificate", "revoke", "data/policies.yaml"), 2, "not an X.509 certificate"),
    ],
)
async def test_a_wrong_call_of_the_shell_is_one_clear_error(closed, shell, words, code, said):
    result, out, error = await shell(*words)
    assert (result, out) == (code, "")
    assert said in " ".join(error.split())
    assert "Traceback" not in error


async def test_a_day_that_the_server_does_not_allow_is_refused(udir, shell):
    words = ("query", ELIGIBLE, "--application", "PUBLISHER1", "--url", udir.url, "--as-of", "1999-10-01")
    code, _, error = await shell(*words)
    assert code == 2
    assert "refused, R-REQUEST: asof is for tests" in error


def test_a_folder_without_a_directory_is_named_with_the_remedy(monkeypatch, capfd, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["udir-sim", "query", "1", "--application", "P"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 3
    assert "is no data directory of udir-sim: name the one of `udir-sim serve`" in capfd.readouterr().err
    assert list(tmp_path.iterdir()) == []


async def test_an_application_is_answered_in_the_year_of_the_interface(folder):
    async with (
        UniversityDirectory(data_dir=folder, clock="1999-10-01T09:00:00-07:00", sftp=False) as running,
        session_of(running, application(running)) as session,
        session.get(f"{running.url}/v1/eligible?netid={ELIGIBLE}") as answer,
    ):
        assert (answer.status, await answer.json()) == (200, {"eligible": False})
