"""The service over HTTPS: what applications see, and that all that is no looks alike to the last byte."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime

import aiohttp
import pytest
from aiohttp import web
from attribute_world import NOW, Student, World

from sevis_sim.pki import CertificateAuthority, Identity, issue_by_profile
from sevis_sim.wire import TlsListener, server_context
from udir_sim.attributes import issue_student
from udir_sim.attributes.openapi import document, own_part
from udir_sim.attributes.opening import anchors
from udir_sim.attributes.routes import routes

ASOF = {"asof": "19991001"}


class Site:
    """The world's service behind a port."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.port = 0

    @asynccontextmanager
    async def open(self) -> "AsyncIterator[Site]":
        application = web.Application()
        application.add_routes(routes(self.world.service))
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        server = self.world.authority.issue_server(datetime.now(UTC))
        context = server_context(server, self.world.authority.pem, anchors(self.world.service.certificates))
        assert runner.server is not None
        listener = TlsListener(runner.server, context, on_failure=print)
        await listener.start()
        self.port = listener.port
        yield self
        await listener.close()
        await runner.cleanup()

    def context(self, identity: Identity | None) -> ssl.SSLContext:
        if identity is not None:
            return identity.ssl_context(self.world.authority.pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=self.world.authority.pem.decode())
        return context

    async def ask(
        self,
        params: dict[str, str],
        *,
        application: str = "PUBLISHER1",
        identity: Identity | None = None,
        method: str = "GET",
        path: str = "/v1/eligible",
        data: bytes | None = None,
    ) -> tuple[int, dict[str, object], dict[str, str]]:
        context = self.context(identity or self.world.identities[application])
        async with (
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session,
            session.request(method, f"https://localhost:{self.port}{path}", params=params, data=data) as response,
        ):
            text = await response.text()
            return response.status, json.loads(text) if text else {}, dict(response.headers)

    async def raw(self, path: str, application: str = "PUBLISHER1") -> bytes:
        """Return every byte of the answer to a GET."""
        context = self.context(self.world.identities[application])
        reader, writer = await asyncio.open_connection("localhost", self.port, ssl=context)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    world = World()
    world.shelf.students = {
        "YES": [Student()],
        "FLAGN": [Student(release_flag="N")],
        "OTHER": [Student(location="01")],
        "GONE": [Student(student_status="W")],
        "LATE": [Student(eligibility_end=date(1999, 9, 30))],
        "TWO": [Student(location="01"), Student(release_flag="N")],
    }
    async with Site(world).open() as site:
        yield site


async def test_yes_and_no_and_nothing_else(site):
    status, told, headers = await site.ask({"app": "PUBLISHER1", "netid": "yes", **ASOF})
    assert (status, told) == (200, {"eligible": True})
    assert headers["Cache-Control"] == "no-store"
    assert (await site.ask({"app": "PUBLISHER1", "netid": "GONE", **ASOF}))[:2] == (200, {"eligible": False})
    assert (await site.ask({"netid": "GONE", **ASOF}, application="PUBLISHER3"))[:2] == (200, {"eligible": True})


async def test_unknown_flag_n_and_not_eligible_are_byte_for_byte_the_same(site):
    who = ("NOBODY", "FLAGN", "OTHER", "GONE", "LATE", "TWO")
    answers = {await site.raw(f"/v1/eligible?app=PUBLISHER1&netid={name}&asof=19991001") for name in who}
    assert len(answers) == 1
    (answer,) = answers
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b'\r\n\r\n{"eligible": false}\n')
    assert b"Date: Fri, 06 Mar 2026 17:00:00 GMT\r\n" in answer
    reasons = [entry.reason for entry in site.world.audit]
    assert reasons == ["R-NOTFOUND", "R-RELEASE", "R-LOCATION", "R-STATUS", "R-DATE", "R-LOCATION"]
    assert site.world.shelf.asked == len(who)


async def test_certificates_of_students_get_the_same_answers(site):
    for name, eligible in (("YES", True), ("FLAGN", False), ("NOBODY", False)):
        identity = issue_student(site.world.authority, name, NOW)
        status, told, _ = await site.ask(
            ASOF, method="POST", path="/v1/eligible-by-cert", data=identity.certificate_pem
        )
        assert (status, told) == (200, {"eligible": eligible})


@pytest.mark.parametrize(
    ("params", "code", "words"),
    [
        ({}, "R-NONETID", "there is no Net ID"),
        ({"netid": "12345678901"}, "R-NONETID", "at most 10 characters"),
        ({"netid": "12 34"}, "R-NONETID", "no blanks"),
        ({"netid": "YES", "asof": "1999-10-01"}, "R-REQUEST", "such as 19991001"),
        ({"netid": "YES", "asof": "19990231"}, "R-REQUEST", "such as 19991001"),
        ({"netid": "YES", "net_id": "YES"}, "R-REQUEST", "no parameter 'net_id'; known: app, asof, netid"),
    ],
)
async def test_questions_that_cannot_be_are_refused_with_what_would_be_right(site, params, code, words):
    status, problem, headers = await site.ask(params)
    assert (status, problem["status"], problem["code"]) == (400, 400, code)
    assert words in str(problem["detail"])
    assert headers["Content-Type"].startswith("application/problem+json")
    assert site.world.audit[-1].reason == code


@pytest.mark.parametrize(
    "query",
    [
        "", "&&&", "=", "netid", "netid=%00", "netid=%ff", "netid=%C3%B1", "netid=1%2520", "netid=" + "9" * 3000,
        "netid='%20OR%201=1--", "netid=%25", "app=%00&netid=1", "app[]=1", "asof=99999999&netid=1", "asof=&netid=1",
        "asof=%D9%A1%D9%A9%D9%A9%D9%A9%D9%A1%D9%A0%D9%A0%D9%A1&netid=1", "netid=1;netid=2", "netid=1#netid=2",
    ],
)  # fmt: skip
async def test_any_query_gets_an_answer_and_an_audit_entry(site, query):
    answer = await site.raw(f"/v1/eligible?{query}")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split()[1] in (b"200", b"400", b"403")
    assert isinstance(json.loads(body), dict)
    assert len(site.world.audit) == 1


async def test_a_parameter_given_twice_is_refused(site):
    assert b"given more than once" in await site.raw("/v1/eligible?netid=YES&netid=FLAGN")


async def test_a_body_that_is_no_certificate_is_refused(site):
    for data, code in ((b"", "R-CERT"), (b"x", "R-CERT"), (b"x" * 70_000, "R-REQUEST")):
        status, problem, _ = await site.ask({}, method="POST", path="/v1/eligible-by-cert", data=data)
        assert (status, problem["code"]) == (400, code)


async def test_who_is_not_known_gets_the_same_refusal_whatever_is_wrong(site):
    nobody = site.world.authority.issue_client("PUBLISHER1")
    answers = [
        await site.ask({"app": "PUBLISHER1", "netid": "YES"}, identity=nobody),
        await site.ask({"app": "PUBLISHER2", "netid": "YES"}),
        await site.ask({"app": "PUBLISHER9", "netid": "YES"}),
        await site.ask({"app": "", "netid": "YES", "asof": "wrong"}),
    ]
    assert {status for status, _, _ in answers} == {403}
    assert len({str(problem) for _, problem, _ in answers}) == 1
    assert site.world.shelf.asked == 0


async def test_without_a_certificate_nobody_is_known(site):
    context = site.context(None)
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session,
        session.get(f"https://localhost:{site.port}/v1/eligible?app=PUBLISHER1&netid=YES") as response,
    ):
        assert response.status == 403


async def test_too_many_questions_are_told_when_to_ask_again():
    world = World(queries_per_minute=1)
    async with Site(world).open() as site:
        assert (await site.ask({"netid": "1"}))[0] == 200
        status, problem, headers = await site.ask({"netid": "1"})
        assert (status, problem["code"], headers["Retry-After"]) == (429, "R-LIMIT", "60")


async def test_an_application_may_bring_a_certificate_of_its_own():
    world = World()
    world.shelf.students["YES"] = [Student()]
    for own in (
        CertificateAuthority.create().issue_client("PUBLISHER1"),
        issue_by_profile(world.authority, "self-signed", "publisher", NOW),
    ):
        world.identities["PUBLISHER1"] = own
        world.service = world.make()
        async with Site(world).open() as site:
            assert (await site.ask({"app": "PUBLISHER1", "netid": "YES", **ASOF}))[:2] == (200, {"eligible": True})


async def test_other_methods_are_not_allowed_and_head_asks_nothing(site):
    assert (await site.raw("/v1/eligible-by-cert")).startswith(b"HTTP/1.1 405")
    status, _, _ = await site.ask({"netid": "YES"}, method="HEAD")
    assert status == 405
    assert site.world.audit == []


# -- the OpenAPI document ----------------------------------------------------------------------------------------------


async def test_the_document_is_served_and_describes_every_route(site):
    status, served, _ = await site.ask({}, path="/v1/openapi.json")
    assert status == 200
    assert served == document(f"https://localhost:{site.port}")
    assert served["openapi"] == "3.1.0"
    described = {(method.upper(), path) for path, item in served["paths"].items() for method in item}
    assert described == {(route.method, route.path) for route in routes(site.world.service)}


def test_every_reference_of_the_document_leads_somewhere_and_operations_have_names():
    whole = document("https://localhost")

    def references(value: object) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if "$ref" in value else []
            return own + [each for child in value.values() for each in references(child)]
        return [each for child in value for each in references(child)] if isinstance(value, list) else []

    for reference in references(whole):
        target = whole
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]
    operations = [operation for item in whole["paths"].values() for operation in item.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    for operation in operations:
        for requirement in operation["security"]:
            assert set(requirement) <= set(whole["components"]["securitySchemes"])


def test_other_rooms_add_to_the_document_but_do_not_contradict_it():
    problem = own_part()["components"]["schemas"]["Problem"]
    part = {"paths": {"/v1/files": {"post": {}}}, "components": {"schemas": {"Problem": problem}}}
    assert "/v1/files" in document("https://localhost", [part])["paths"]
    with pytest.raises(ValueError, match="Problem"):
        document("https://localhost", [{"components": {"schemas": {"Problem": {}}}}])
