"""Routes that are made for the first request: as good as routes that are there from the beginning."""

import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from sevis_sim.control.late import LateRoutes


@pytest.fixture
def made():
    """How often the routes were made."""
    return []


@pytest.fixture
async def client(made):
    async def show(request):
        return web.json_response({"id": request.match_info["id"], "app": request.app is app})

    async def other(_):
        return web.Response(text="other")

    def add(router):
        made.append(1)
        router.add_get("/api/things/{id}", show)
        router.add_post("/api/things", other)

    app = web.Application()
    app.router.register_resource(LateRoutes("/api", add))
    app.router.add_get("/healthz", other)
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_they_are_made_once_and_only_when_a_path_below_is_asked_for(client, made):
    for path in ("/healthz", "/elsewhere", "/apiary"):
        await client.get(path)
    assert made == []
    for _ in range(2):
        assert await (await client.get("/api/things/7")).json() == {"id": "7", "app": True}
    assert made == [1]


async def test_many_who_ask_first_at_the_same_time_have_them_made_once(client, made):
    answers = await asyncio.gather(*(client.get(f"/api/things/{number}") for number in range(8)))
    assert [answer.status for answer in answers] == [200] * 8
    assert made == [1]


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/api/things", 405, "POST"),
        ("PUT", "/api/things/7", 405, "GET,HEAD"),
        ("GET", "/api/others", 404, None),
        ("GET", "/api", 404, None),
        ("GET", "/apiary", 404, None),
    ],
)
async def test_what_is_not_there_is_refused_as_by_any_router(client, method, path, status, allow):
    answer = await client.request(method, path)
    assert (answer.status, answer.headers.get("Allow")) == (status, allow)


def test_they_are_listed_as_routes_and_stand_at_the_root():
    async def show(_):
        return web.Response()

    late = LateRoutes("/api", lambda router: router.add_get("/api/things", show))
    assert late.canonical == str(late.url_for()) == "/api"
    assert late.get_info() == {"prefix": "/api"}
    assert len(late) == len(list(late)) == 2  # GET and HEAD
    with pytest.raises(RuntimeError, match="at the root of an application"):
        late.add_prefix("/sub")
