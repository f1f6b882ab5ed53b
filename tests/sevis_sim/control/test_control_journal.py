"""The journal over HTTP: filters, paging, waiting, messages, the stream, verification."""

import asyncio
import json

import aiohttp
import pytest
from support import SCHOOL, sample, upload, with_batch

from sevis_sim import Simulator
from sevis_sim.control import Control
from sevis_sim.control.application import HEARTBEAT_SECONDS
from sevis_sim.settings import Settings

BATCH = "BATCH000000003"


async def call(sim, method, path, **kwargs):
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"{sim.control_url}/api/v1{path}", **kwargs) as reply,
    ):
        kind = reply.content_type
        return reply.status, await (reply.json(content_type=None) if "json" in kind else reply.read()), reply.headers


@pytest.fixture
async def busy(sim):
    await upload(sim, sample("students.xml"))
    await upload(sim, sample("students.xml"))
    await sim.clock.advance("next-business-day 06:00")
    return sim


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ({"kind": "batch.*"}, ["batch.accepted", "batch.processed"]),
        ({"kind": "batch.accepted,clock.moved"}, ["batch.accepted", "clock.moved"]),
        ({"batch": BATCH, "kind": "upload.*"}, ["upload.answered"] * 2),
        ({"batch": "OTHER"}, []),
        ({"organization": SCHOOL, "kind": "result.*"}, ["result.available"]),
        ({"subject": f"batch:{BATCH}", "kind": "batch.processed"}, ["batch.processed"]),
        ({"subject": "batch:OTHER"}, []),
        ({"system": "beta"}, []),
        ({"text": "s0010"}, ["upload.answered"]),
        ({"text": "no such text"}, []),
        ({"since": "2026-03-06T22:00-05:00", "until": "2026-03-06T22:00:01-05:00"}, ["batch.processed"]),
        ({"until": "2026-03-06T13:00-05:00"}, []),
        ({"server": "true"}, []),
    ],
)
async def test_every_filter_chooses(busy, query, kinds):
    status, entries, _ = await call(busy, "GET", "/journal", params=query)
    assert status == 200
    assert [entry["kind"] for entry in entries] == kinds


async def test_pages_meet_without_gap_or_overlap(busy):
    _, everything, _ = await call(busy, "GET", "/journal")
    found, last = [], 0
    while page := (await call(busy, "GET", "/journal", params={"limit": "2", "after": str(last)}))[1]:
        found += page
        last = page[-1]["id"]
    assert found == everything
    _, before, _ = await call(busy, "GET", "/journal", params={"before": str(everything[2]["id"])})
    assert before == everything[:2]
    _, one, _ = await call(busy, "GET", f"/journal/{everything[1]['id']}")
    assert one == everything[1]


async def test_one_waits_for_the_first_entry_that_fits_after_an_id(sim):
    await upload(sim, sample("students.xml"))
    _, [entry], _ = await call(sim, "GET", "/journal", params={"kind": "upload.answered"})
    asked = {"kind": "upload.answered", "batch": "BATCH-LATER-01", "after": str(entry["id"]), "wait": "60"}
    waiting = asyncio.create_task(call(sim, "GET", "/journal", params=asked))
    while "default" not in sim.journal._waiting:
        await asyncio.sleep(0)
    await upload(sim, with_batch(sample("students.xml"), "BATCH-OTHER-01"))
    assert not waiting.done()
    await upload(sim, with_batch(sample("students.xml"), "BATCH-LATER-01"))
    _, [found], _ = await waiting
    assert found["subjects"]["batch"] == "BATCH-LATER-01"


@pytest.mark.parametrize("asks", ["for entries", "for a verdict"])
async def test_who_waits_is_not_told_of_a_later_sandbox_of_the_same_name(sim, asks):
    await sim.create_sandbox("again")
    path, last = "/sandboxes/again/journal", await sim.journal.last_id("again")
    if asks == "for entries":
        asked = {"kind": "sandbox.created", "after": str(last), "wait": "60"}
        waiting = asyncio.create_task(call(sim, "GET", path, params=asked))
    else:
        expected = {"match": {"kind": "sandbox.created"}, "after": last, "wait": 60}
        waiting = asyncio.create_task(call(sim, "POST", f"{path}/verify", json=expected))
    while "again" not in sim.journal._waiting and not waiting.done():
        await asyncio.sleep(0)
    await sim.delete_sandbox("again")
    await sim.create_sandbox("again")
    status, problem, _ = await waiting
    assert (status, problem["detail"]) == (404, "sandbox 'again' was deleted meanwhile")


async def test_request_and_answer_can_be_downloaded(busy):
    _, [entry, _], _ = await call(busy, "GET", "/journal", params={"kind": "upload.answered"})
    path = f"/journal/{entry['id']}"
    status, whole, headers = await call(busy, "GET", f"{path}/request")
    assert (status, headers["Content-Type"], headers["X-Content-Type-Options"]) == (200, "message/http", "nosniff")
    assert whole.startswith(b"POST /sevisbatch/action/batchUpload HTTP/1.1\r\nHost: localhost")
    _, body, headers = await call(busy, "GET", f"{path}/request", params={"part": "body"})
    assert whole.endswith(b"\r\n\r\n" + body)
    assert sample("students.xml") in body
    assert int(headers["X-Whole-Size"]) == len(body)
    _, answer, _ = await call(busy, "GET", f"{path}/response")
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"S0000" in answer
    _, [moved], _ = await call(busy, "GET", "/journal", params={"kind": "clock.moved"})
    for path, words in ((f"/journal/{moved['id']}/request", "clock.moved"), ("/journal/999/response", "'999'")):
        status, problem, _ = await call(busy, "GET", path)
        assert (status, problem["field"]) == (404, "entry")
        assert words in problem["detail"]


async def test_a_sandbox_never_sees_anothers_entries_and_messages(busy):
    await busy.create_sandbox("other")
    _, [entry, _], _ = await call(busy, "GET", "/journal", params={"kind": "upload.answered"})
    for path in ("", "/request", "/response"):
        assert (await call(busy, "GET", f"/sandboxes/other/journal/{entry['id']}{path}"))[0] == 404
    _, verdict, _ = await call(
        busy, "POST", "/sandboxes/other/journal/verify", json={"match": {"kind": "upload.*"}, "never": True}
    )
    assert verdict["met"] is True


async def verify(sim, match, **more):
    status, verdict, _ = await call(sim, "POST", "/journal/verify", json={"match": match, **more})
    assert status == 200, verdict
    return verdict


async def test_what_happened_how_often_in_which_order_is_verified(busy):
    uploads = {"kind": "upload.answered", "subjects": {"batch": BATCH}}
    assert (await verify(busy, uploads))["count"] == 2
    assert (await verify(busy, uploads, exactly=2))["met"]
    assert not (await verify(busy, uploads, exactly=1))["met"]
    assert (await verify(busy, uploads, min=1, max=3))["met"]
    assert not (await verify(busy, uploads, never=True))["met"]
    duplicate = {**uploads, "detail": {"code": "S0010"}}
    assert (await verify(busy, {**duplicate, "after": {"kind": "batch.accepted"}}))["met"]
    assert not (await verify(busy, {**uploads, "after": {"kind": "batch.processed"}}))["met"]
    assert (await verify(busy, {"detail": {"remedy": {"absent": False}}}, exactly=1))["met"]
    assert (await verify(busy, {"detail": {"failures": {"absent": True}, "success": 4}}))["met"]


async def test_a_verdict_tells_the_nearest_misses_and_how_they_differ(busy):
    verdict = await verify(busy, {"kind": "upload.answered", "subjects": {"batch": BATCH}, "detail": {"code": "S0013"}})
    assert (verdict["met"], verdict["count"]) == (False, 0)
    assert "code S0013; found 0 among" in verdict["summary"]
    first, second = verdict["near_misses"][:2]
    assert first["differs"] == [{"field": "detail.code", "expected": "S0013", "found": "S0010"}]
    assert second["differs"] == [{"field": "detail.code", "expected": "S0013", "found": "S0000"}]
    assert first["entry"]["kind"] == "upload.answered"
    assert len(verdict["near_misses"]) <= 3


async def test_a_verdict_can_be_waited_for(sim):
    body = {"match": {"kind": "clock.moved"}, "exactly": None, "wait": 60}
    waiting = asyncio.create_task(call(sim, "POST", "/journal/verify", json=body))
    while "default" not in sim.journal._waiting:
        await asyncio.sleep(0)
    await sim.clock.advance("+1s")
    assert (await waiting)[1]["met"] is True


@pytest.mark.parametrize(
    ("path", "body", "field", "words"),
    [
        ("/journal?kinds=batch.accepted", None, "kinds", "did you mean 'kind'?"),
        ("/journal?kind=batch.acepted", None, "kind", "did you mean 'batch.accepted'?"),
        ("/journal?kind=nothing.*", None, "kind", "'nothing.*'"),
        ("/journal?limit=1001", None, "limit", "'1001'; expected a whole number from 0 to 1000"),
        ("/journal?limit=1&limit=2", None, "limit", "'1', '2'; expected one value"),
        ("/journal?since=noon", None, "since", "'noon'"),
        ("/journal?subject=batch", None, "subject", "expected NAME:VALUE"),
        ("/journal?wait=61", None, "wait", "from 0 to 60"),
        ("/journal/17/request?part=head", None, "part", "expected all, body"),
        ("/journal/verify", {}, "match", "Field required"),
        ("/journal/verify", {"match": {"knd": "x"}}, "match.knd", "no such key"),
        ("/journal/verify", {"match": {}, "never": True, "min": 2}, "never", "contradict"),
        ("/journal/verify", {"match": {}, "min": 3, "max": 2}, "min", "more than max"),
        ("/journal/verify", {"match": {}, "min": 0}, "min", "always met"),
        ("/journal/verify", {"match": {"summary": {"matches": "("}}}, "match.summary.matches", "no regular expression"),
        ("/journal/verify", {"match": {}, "wait": "long"}, "wait", "got long"),
    ],
)
async def test_what_is_wrong_is_named_with_its_value(sim, path, body, field, words):
    status, problem, _ = await call(sim, "POST" if body is not None else "GET", path, json=body)
    assert (status, problem["field"]) == (422, field)
    assert words in problem["detail"]


async def lines(reply, count):
    """Read so many events of a stream, without its comments."""
    found, event = [], {}
    while len(found) < count:
        line = (await reply.content.readline()).decode().rstrip("\n")
        if not line and event:
            found.append(event)
            event = {}
        elif line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            event[name] = value
    return found


async def test_events_are_streamed_and_taken_up_where_they_were_left(sim):
    url = f"{sim.control_url}/api/v1/events"
    async with aiohttp.ClientSession() as session:
        async with session.get(url, params={"kind": "clock.*"}) as reply:
            assert reply.content_type == "text/event-stream"
            await reply.content.readuntil(b"\n\n")
            await sim.clock.advance("+1s")
            await upload(sim, sample("students.xml"))
            await sim.clock.advance("+2s")
            first, second = await lines(reply, 2)
        assert (first["event"], json.loads(first["data"])["detail"]["asked"]) == ("clock.moved", "+1s")
        assert int(first["id"]) < int(second["id"])
        async with session.get(url, params={"kind": "clock.*"}, headers={"Last-Event-ID": first["id"]}) as reply:
            assert await lines(reply, 1) == [second]
        async with session.get(url, params={"after": "0"}) as reply:
            assert len(await lines(reply, 4)) == 4
        async with session.get(url, headers={"Last-Event-ID": "x"}) as reply:
            assert (reply.status, (await reply.json(content_type=None))["field"]) == (422, "Last-Event-ID")
        async with session.get(url, params={"server": "true", "after": "0"}) as reply:
            async with session.get(f"{sim.control_url}/api/v1/clock", ssl=False):
                pass
            await sim.create_sandbox("gone")
            await sim.delete_sandbox("gone")
            [deleted] = await lines(reply, 1)
            assert deleted["event"] == "sandbox.deleted"


async def test_a_silent_stream_says_that_it_is_there_and_ends_with_its_sandbox_or_the_simulator(monkeypatch):
    monkeypatch.setattr(Control.__init__, "__defaults__", (None, (), 0.01))
    sim = Simulator(clock="2026-03-06T14:00-05:00")
    await sim.start()
    await sim.create_sandbox("gone")
    async with aiohttp.ClientSession() as session:
        base = f"{sim.control_url}/api/v1"
        async with session.get(f"{base}/events") as reply, session.get(f"{base}/sandboxes/gone/events") as other:
            assert await reply.content.readuntil(b"\n\n") == b": here\n\n"
            assert await reply.content.readuntil(b"\n\n") == b": still here\n\n"
            await sim.delete_sandbox("gone")
            async with asyncio.timeout(30):
                await other.read()
                await sim.stop()
                await reply.read()
    assert HEARTBEAT_SECONDS == 15


async def test_a_stream_ends_with_its_sandbox_and_tells_nothing_of_a_later_one_of_the_same_name(sim):
    await sim.create_sandbox("again")
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{sim.control_url}/api/v1/sandboxes/again/events") as reply,
    ):
        assert await reply.content.readuntil(b"\n\n") == b": here\n\n"
        await sim.delete_sandbox("again")
        await sim.create_sandbox("again")
        async with asyncio.timeout(30):
            assert b"event" not in await reply.read()


async def test_the_kinds_of_entries_are_told_with_their_documentation(sim):
    _, kinds, _ = await call(sim, "GET", "/journal/kinds")
    found = {each["kind"]: each for each in kinds}
    assert "exchange" in found["upload.answered"]["subjects"]
    assert "accepted or refused" in found["upload.answered"]["text"]


async def test_head_and_options_say_what_get_would_and_what_can_be_asked(sim):
    status, body, headers = await call(sim, "HEAD", "/clock")
    assert (status, body) == (200, None)
    assert int(headers["Content-Length"]) > 10
    status, _, headers = await call(sim, "OPTIONS", "/clock")
    assert (status, headers["Allow"]) == (204, "GET, HEAD, OPTIONS, PUT")
    status, problem, headers = await call(sim, "DELETE", "/clock")
    assert (status, headers["Allow"]) == (405, "GET, HEAD, OPTIONS, PUT")
    assert "not DELETE" in problem["detail"]
    assert (await call(sim, "HEAD", "/events"))[0] == 200


@pytest.mark.parametrize(
    ("headers", "status", "field"),
    [
        ({"Host": "evil.example"}, 403, "Host"),
        ({"Host": "evil.example:8444"}, 403, "Host"),
        ({"Host": "127.0.0.1.evil.example"}, 403, "Host"),
        ({"Host": "[::"}, 403, "Host"),
        ({"Host": "localhost:8444"}, 200, None),
        ({"Host": "127.0.0.1"}, 200, None),
        ({"Host": "[::1]:8444"}, 200, None),
        ({"Host": "localhost", "Origin": "http://evil.example"}, 403, "Origin"),
        ({"Host": "localhost", "Origin": "null"}, 403, "Origin"),
        ({"Host": "localhost", "Origin": "http://localhost"}, 200, None),
    ],
)
async def test_no_page_of_another_site_can_use_the_controls(sim, headers, status, field):
    got, body, _ = await call(sim, "GET", "/clock", headers=headers)
    assert got == status, body
    assert body.get("field") == field


async def test_a_body_that_is_no_json_by_its_type_is_refused(sim):
    for kind in ("text/plain", "multipart/form-data; boundary=b"):
        status, problem, _ = await call(
            sim, "POST", "/clock/advance", data=b'{"to": "+1s"}', headers={"Content-Type": kind}
        )
        assert (status, problem["field"]) == (415, "Content-Type")
        assert kind.partition(";")[0] in problem["detail"]
    for kind in ("application/json; charset=utf-8", "application/x-www-form-urlencoded"):
        done = await call(sim, "POST", "/clock/advance", data=b'{"to": "+1s"}', headers={"Content-Type": kind})
        assert done[0] == 200


async def test_with_a_token_every_name_of_the_machine_will_do():
    settings = Settings(port=0, control_port=0, control_token="long enough")
    async with Simulator(settings, in_memory=True) as sim:
        headers = {"Host": "test-farm.example", "Authorization": "Bearer long enough"}
        assert (await call(sim, "GET", "/clock", headers=headers))[0] == 200
        status, problem, headers = await call(sim, "GET", "/clock", headers={"Authorization": "Bearer else"})
        assert (status, problem["field"], headers["WWW-Authenticate"]) == (401, "Authorization", "Bearer")
