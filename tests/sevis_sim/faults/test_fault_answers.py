"""What transport faults do to the answers of an aiohttp handler."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp import web

from sevis_sim.faults import TRANSPORT, Faults, Vocabulary
from sevis_sim.faults.answers import spoil, stop_short

NOW = datetime(1999, 9, 2, tzinfo=UTC)
WORDS = Vocabulary({"page": TRANSPORT}, ())
BODY = "0123456789" * 10
GONE = (aiohttp.ClientError, ConnectionError)


@asynccontextmanager
async def served(fault: str):
    """A server with one fault; yields a function that asks it, what was done, and the naps that were asked for."""
    faults = Faults(0, [WORDS.read_text(fault, NOW)])
    done: list[str] = []
    naps: list[float] = []

    async def sleep(seconds: float) -> None:
        naps.append(seconds)

    async def handle(request: web.Request) -> web.StreamResponse:
        struck = faults.strike("page", {}, NOW)
        instead = await stop_short(request, struck.of("before"), sleep)
        if instead is not None:
            return instead
        done.append("work")
        return await spoil(request, web.Response(text=BODY), struck, sleep)

    app = web.Application()
    app.router.add_post("/", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{runner.addresses[0][1]}") as client:

            async def ask() -> tuple[int, str]:
                async with client.post("/") as answer:  # a POST: the client does not try it again by itself
                    return answer.status, await answer.text()

            yield ask, done, naps
    finally:
        await runner.cleanup()


async def test_an_exchange_that_is_not_struck_is_left_alone():
    async with served("page every=2 do=drop") as (ask, done, naps):
        assert await ask() == (200, BODY)
        assert (done, naps) == (["work"], [])


@pytest.mark.parametrize("kind", ["drop", "reset"])
async def test_a_connection_ends_before_the_work(kind):
    async with served(f"page do={kind}") as (ask, done, _):
        with pytest.raises(GONE):
            await ask()
        assert done == []


@pytest.mark.parametrize("kind", ["drop", "reset", "truncate:5"])
async def test_a_connection_ends_after_the_work(kind):
    async with served(f"page do={kind} phase=after") as (ask, done, _):
        with pytest.raises(GONE):
            await ask()
        assert done == ["work"]


async def test_a_status_stands_in_for_the_answer_with_the_work_done_or_not():
    async with served("page do=status:502") as (ask, done, _):
        assert ((await ask())[0], done) == (502, [])
    async with served("page do=status:502 phase=after") as (ask, done, _):
        assert ((await ask())[0], done) == (502, ["work"])


async def test_an_answer_is_delayed_by_wall_time_that_nobody_waits_for_here():
    async with served("page do=delay:12") as (ask, done, naps):
        assert await ask() == (200, BODY)
        assert (done, naps) == (["work"], [12.0])


async def test_an_answer_drips_and_arrives_whole():
    async with served("page do=drip:20") as (ask, _, naps):
        assert await ask() == (200, BODY)
        assert sum(naps) == pytest.approx(len(BODY) / 20)


async def test_an_answer_cut_at_its_length_or_beyond_is_whole():
    async with served("page do=truncate:100") as (ask, _, _naps):
        assert await ask() == (200, BODY)
