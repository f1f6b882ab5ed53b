"""The test controls over HTTP."""

import re
from typing import Any

import aiohttp
import jsonschema_rs
import pytest
from udir_world import SECOND, campus_client, file_of, put, running, student, students

from udir_sim.receiver.control import Control


@pytest.fixture
async def udir():
    async with running() as university:
        yield university


@pytest.fixture
async def control(udir):
    """Asks the controls; returns status and JSON."""
    async with aiohttp.ClientSession(udir.control_url) as session:

        async def ask(method: str, path: str, body: object = None, **headers: str):
            async with session.request(method, f"/api/v1{path}", json=body, headers=headers) as answer:
                return answer.status, await answer.json()

        yield ask


@pytest.fixture
async def held(udir):
    async with campus_client(udir) as client:
        await put(client, students(range(3)))
        _, answer = await put(client, file_of(student(0, D11="Q"), student(1), student(2), created=SECOND))
    return answer["delivery"]["id"]


async def test_deliveries_are_listed_by_state_and_shown_with_their_report(control, held):
    _, listed = await control("GET", "/deliveries?state=held&location=06")
    assert [each["id"] for each in listed["deliveries"]] == [held]
    _, everything = await control("GET", "/deliveries?limit=1")
    assert len(everything["deliveries"]) == 1
    _, shown = await control("GET", f"/deliveries/{held}")
    assert (shown["delivery"]["state"], shown["report"]["verdict"]) == ("HELD", "HELD")


async def test_a_held_file_is_released_once(control, held):
    status, outcome = await control("POST", f"/deliveries/{held}/release", {"note": "yes"})
    assert (status, outcome["state"], outcome["load"]["carried"]) == (200, "LOADED", 1)
    status, problem = await control("POST", f"/deliveries/{held}/release")
    assert (status, problem["detail"]) == (409, f"delivery {held} is LOADED, not HELD")


async def test_a_held_file_is_refused(control, held):
    status, outcome = await control("POST", f"/deliveries/{held}/refuse", {"note": "no"})
    assert (status, outcome["outcome"]) == (200, "REFUSED, not loaded: refused: no")


async def test_loads_are_shown_and_rolled_back(udir, control, held):
    await control("POST", f"/deliveries/{held}/release")
    status, load = await control("POST", "/loads/06/roll-back", {"to": 1})
    assert (status, load["number"], load["backTo"]) == (200, 3, 1)
    _, history = await control("GET", "/loads?location=06")
    assert [each["kind"] for each in history["loads"]] == ["file", "file", "roll-back"]


async def test_faults_are_added_listed_and_cleared(control):
    status, added = await control("POST", "/faults", {"at": "upload", "first": 1, "do": {"status": 503}})
    assert (status, added["name"]) == (201, "fault-1")
    assert (await control("POST", "/faults", {"text": "sftp do=drop name=down"}))[0] == 201
    _, listed = await control("GET", "/faults")
    assert [(each["name"], each["struck"]) for each in listed["faults"]] == [("fault-1", 0), ("down", 0)]
    assert await control("DELETE", "/faults/down") == (200, {"cleared": ["down"]})
    assert await control("DELETE", "/faults") == (200, {"cleared": ["fault-1"]})


async def test_the_journal_can_be_read_and_waited_for(udir, control, held):
    _, read = await control("GET", "/journal?kind=records.loaded&limit=5")
    assert [each["detail"]["records"] for each in read["entries"]] == [3]
    last = await udir.journal.last_id(None)
    await control("POST", "/faults", {"text": "upload do=drop"})
    _, waited = await control("GET", f"/journal?after={last}&wait=20")
    assert waited["entries"][0]["kind"] == "fault.added"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "said"),
    [
        ("GET", "/deliveries?state=lost", None, 400, "expected one of LOADED, HELD, REFUSED"),
        ("GET", "/deliveries?limit=many", None, 400, "expected a number from 0 to 1000"),
        ("GET", "/deliveries/06-0", None, 404, "there is no delivery '06-0'"),
        ("POST", "/deliveries/06-0/release", None, 404, "there is no delivery"),
        ("POST", "/deliveries/06-0/release", {"why": "x"}, 400, "'why' is not known here; known: note"),
        ("POST", "/deliveries/06-0/refuse", {"note": 7}, 400, "expected a text"),
        ("POST", "/loads/06/roll-back", {"to": "1"}, 400, "expected the number of a load"),
        ("POST", "/loads/06/roll-back", {"to": 1}, 409, "location 06 has no load 1"),
        ("POST", "/faults", {"at": "upload"}, 400, "say what goes wrong at upload"),
        ("POST", "/faults", ["upload"], 400, "no JSON object"),
        ("DELETE", "/faults/none", None, 400, "there is no fault 'none'"),
        ("GET", "/nothing", None, 404, "Not Found"),
        ("PUT", "/faults", None, 405, "Not Allowed"),
    ],
)
async def test_a_wrong_request_is_a_problem_in_one_line(control, method, path, body, status, said):
    got, problem = await control(method, path, body)
    assert (got, said in problem["detail"]) == (status, True), problem


async def test_a_web_page_cannot_use_the_controls(control):
    status, problem = await control("POST", "/faults", {"text": "upload do=drop"}, Origin="http://evil.example")
    assert (status, "web pages" in problem["detail"]) == (403, True)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8454", "localhost.evil.example"])
async def test_another_name_for_this_machine_is_refused(control, host):
    status, problem = await control("GET", "/loads", Host=host)
    assert (status, host in problem["detail"]) == (403, True)
    assert (await control("GET", "/loads", Host="LOCALHOST:8454"))[0] == 200


async def test_it_says_that_it_runs(udir):
    async with aiohttp.ClientSession(udir.control_url) as session, session.get("/healthz") as answer:
        assert (answer.status, await answer.text()) == (200, "ok\n")


async def test_the_openapi_document_describes_every_route(udir, described):
    nothing: Any = None  # the routes, not what they do
    routes = Control(nothing, nothing, nothing, nothing).application().router.routes()
    mounted = {(route.method.lower(), route.resource.canonical) for route in routes if route.method != "HEAD"}
    assert {(method, path) for path, item in described["paths"].items() for method in item} == mounted
    assert described["servers"] == [{"url": udir.control_url}]


async def test_answers_are_as_the_openapi_document_says(control, described, held):
    steps = [
        ("GET", "/deliveries", None),
        ("GET", "/deliveries?state=x", None),
        ("GET", f"/deliveries/{held}", None),
        ("GET", "/deliveries/none", None),
        ("POST", f"/deliveries/{held}/release", {"note": "yes"}),
        ("POST", f"/deliveries/{held}/refuse", None),
        ("GET", "/loads", None),
        ("POST", "/loads/06/roll-back", {"to": 1}),
        ("POST", "/loads/06/roll-back", {"to": 9}),
        ("POST", "/faults", {"text": "upload first=2 do=status:503 location=06"}),
        ("POST", "/faults", {"at": "file", "do": "hold", "rate": 0.5}),
        ("POST", "/faults", {}),
        ("GET", "/faults", None),
        ("DELETE", "/faults/fault-1", None),
        ("DELETE", "/faults", None),
        ("GET", "/journal?limit=1000", None),
    ]
    for method, path, body in steps:
        status, answer = await control(method, path, body)
        plain = re.sub(f"{held}|/none", lambda found: "{id}" if found[0] == held else "/{id}", path.partition("?")[0])
        plain = plain.replace("/loads/06", "/loads/{location}").replace("fault-1", "{name}")
        operation = described["paths"][f"/api/v1{plain}"][method.lower()]
        response = operation["responses"][str(status)]
        if "$ref" in response:
            response = described["components"]["responses"][response["$ref"].rpartition("/")[2]]
        (content,) = (value for name, value in response["content"].items() if name.endswith("json"))
        schema = content["schema"] | {"components": described["components"]}
        jsonschema_rs.validator_for(schema, validate_formats=True).validate(answer)


@pytest.fixture
async def described(udir):
    async with aiohttp.ClientSession(udir.control_url) as session, session.get("/api/openapi.json") as answer:
        return await answer.json()
