"""Nobody can take more than a share: limits in size, number and time, each with a clear answer."""

import asyncio
import contextlib
import resource
import socket
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from http import HTTPStatus

import pytest
from support import PDSO, SCHOOL, form, sample, send, upload, with_batch

from sevis_sim import Simulator
from sevis_sim.gateway.replies import bare_page, page_reply
from sevis_sim.settings import Settings

NOW = datetime(2026, 3, 6, 19, tzinfo=UTC)
CLOCK = "2026-03-06T14:00-05:00"
UPLOAD = b"POST /sevisbatch/action/batchUpload HTTP/1.1\r\nHost: x\r\n"


def students(batch: str) -> bytes:
    return with_batch(sample("students.xml"), batch)


@asynccontextmanager
async def simulator(**changes):
    settings = Settings(port=0, control_port=0, **changes)
    async with Simulator(settings, in_memory=True, clock=CLOCK) as sim:
        yield sim


async def connect(sim, **options):
    return await asyncio.open_connection(
        "localhost", sim.port, ssl=sim.school().ssl_context(), server_hostname="localhost", **options
    )


async def answer_of(reader) -> tuple[int, bytes]:
    """Read to the end of the connection; return the status and everything."""
    text = await asyncio.wait_for(reader.read(), 30)
    return int(text.split()[1]) if text else 0, text


async def told(sim) -> tuple[int, str]:
    [entry] = await sim.journal.wait(None, "request.unreadable", seconds=30)
    assert entry.subjects["peer"] == "127.0.0.1"
    return entry.detail["status"], entry.detail["reason"]


async def assert_still_works(sim):
    assert (await upload(sim, students("BATCH-GOOD-001"))).code == "S0000"


# -- time ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [True, False], ids=["first request", "later request"])
async def test_headers_that_come_byte_by_byte_are_answered_408(first):
    async with simulator(header_timeout_s=0.3) as sim:
        reader, writer = await connect(sim)
        if not first:
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b"404" in await reader.readuntil(b"</html>\n")
        writer.write(UPLOAD + b"X: ")

        async def drip():
            with contextlib.suppress(ConnectionError):
                while not reader.at_eof():
                    writer.write(b"y")
                    await asyncio.sleep(0.02)  # the pace of a slow client; nothing is waited for

        dripping = asyncio.create_task(drip())
        status, text = await answer_of(reader)
        dripping.cancel()
        assert (status, b"<html>" in text, b"Connection: close" in text) == (408, True, True)
        assert await told(sim) == (408, "the headers of a request did not arrive within 0.3 seconds")
        writer.close()
        await assert_still_works(sim)


async def test_a_client_that_says_nothing_after_its_handshake_is_answered_408():
    async with simulator(header_timeout_s=0.05) as sim:
        reader, writer = await connect(sim)
        assert (await answer_of(reader))[0] == 408
        assert (await told(sim))[0] == 408
        writer.close()


async def test_a_client_that_leaves_after_its_handshake_is_told_in_the_journal(sim):
    _, writer = await connect(sim)
    writer.write(b"POST /sevis")
    await writer.drain()
    writer.close()
    [entry] = await sim.journal.wait(None, "handshake.failed", seconds=30)
    assert (entry.detail["failure"], entry.detail["server_name"]) == ("no-request", "localhost")
    assert entry.detail["reason"] == "the client ended the connection without a request (11 bytes of one came)"
    assert entry.detail["remedies"]


async def test_a_connection_is_kept_for_a_while_and_then_closed_without_fuss():
    async with simulator(keep_alive_s=0.05) as sim:
        reader, writer = await connect(sim)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        status, text = await answer_of(reader)
        assert (status, text.count(b"HTTP/1.1")) == (404, 1)
        writer.close()
        assert await sim.journal.query(None, "request.unreadable") == []


async def test_an_answer_that_nobody_takes_is_given_up():
    async with simulator(keep_alive_s=0.2) as sim:
        await upload(sim, students("BATCH-SLOW-001"), system="alpha")
        await sim.clock.advance("+6s")
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.setblocking(False)
        await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", sim.port))
        _, writer = await asyncio.open_connection(
            sock=raw, ssl=sim.school().ssl_context(), server_hostname="localhost", limit=1
        )
        writer.transport.pause_reading()
        target = f"/alphasevisbatch/action/batchDownload?orgid={SCHOOL}&userid={PDSO}&batchid=BATCH-SLOW-001"
        with contextlib.suppress(ConnectionError):
            for _ in range(200):
                writer.write(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                await writer.drain()
        assert await told(sim) == (0, "the client took nothing of its answer for 0.2 seconds")
        writer.transport.abort()


# -- number -------------------------------------------------------------------------------------------------------


async def test_one_connection_too_many_is_answered_503_and_the_others_go_on():
    async with simulator(max_connections_per_peer=2) as sim:
        kept = [await connect(sim) for _ in range(2)]
        reader, writer = await connect(sim)
        status, text = await answer_of(reader)
        assert (status, b"More than 2 connections of 127.0.0.1 are open." in text) == (503, True)
        assert (await told(sim))[0] == 503
        writer.close()
        for _, each in kept:
            each.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert [(await answer_of(reader))[0] for reader, _ in kept] == [404, 404]
        for _, each in kept:
            each.close()
        await assert_still_works(sim)


@pytest.mark.parametrize("limit", ["max_requests", "max_requests_per_peer"])
async def test_one_request_too_many_is_answered_503_until_another_has_ended(limit):
    async with simulator(**{limit: 1}) as sim:
        body, kind = form(students("BATCH-HELD-001"), SCHOOL, "BATCH-HELD-001", PDSO)
        reader, writer = await connect(sim)
        head = f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
        writer.write(UPLOAD + head.encode())
        assert b"100 Continue" in await reader.readuntil(b"\r\n\r\n")  # it is being read, and waits
        refused = await upload(sim, students("BATCH-GOOD-001"))
        assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
        [entry] = await sim.journal.query(None, "request.answered")
        assert (entry.detail["status"], limit in entry.detail["remedy"]) == (503, True)
        writer.write(body)
        assert b"S0000" in await reader.readuntil(b"</TransactionLog>")
        writer.close()
        await assert_still_works(sim)


async def test_of_200_parallel_uploads_of_one_batch_one_is_accepted(sim):
    document = students("BATCH-TWICE-01")
    codes = [reply.code for reply in await asyncio.gather(*(upload(sim, document) for _ in range(200)))]
    assert (codes.count("S0000"), codes.count("S0010")) == (1, 199)


# -- size ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 20_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
        b"what is this\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, nonsense\r\nContent-Length: x\r\n\r\n",
    ],
    ids=["long address", "long header", "many headers", "no HTTP", "bad length"],
)
async def test_what_is_no_request_is_answered_with_a_page_of_the_service(sim, head):
    """Nothing of the page tells the HTTP library or the time of the wall."""
    reader, writer = await connect(sim)
    writer.write(head)
    status, text = await answer_of(reader)
    assert status == 400
    assert b"<h1>400 - Bad request.</h1>" in text
    assert b"Server: sevis-sim\r\n" in text
    assert b"Date: Fri, 06 Mar 2026" in text
    writer.close()
    [entry] = await sim.journal.wait(None, "request.unreadable", seconds=30)
    assert entry.detail["status"] == 400
    await assert_still_works(sim)


async def test_an_upload_without_end_is_refused_and_leaves_no_trace_in_memory(sim):
    context, headers = sim.school().ssl_context(), {"Content-Type": "multipart/form-data; boundary=b"}
    piece = b'--b\r\nContent-Disposition: form-data; name="xml"; filename="x"\r\n\r\n' + b"x" * 1_048_576

    async def stream():
        for _ in range(200):
            yield piece

    await assert_still_works(sim)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reply = await send(sim.upload_url(), context, data=stream(), headers=headers)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert reply.status == 413
    assert grown < 30_000, f"{grown} KB for 200 MB"


async def test_a_download_request_has_a_small_body_or_is_refused(sim):
    data = b"orgid=" + b"x" * 1_100_000
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = await send(sim.download_url(), sim.school().ssl_context(), data=data, headers=kind)
    assert reply.status == 413


async def test_a_download_form_of_very_many_fields_is_as_good_as_empty(sim):
    data = "&".join(f"f{number}=1" for number in range(1000)) + f"&orgid={SCHOOL}"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = await send(sim.download_url(), sim.school().ssl_context(), data=data, headers=kind)
    assert (reply.status, reply.code) == (200, "S0001")


async def test_a_field_of_megabytes_is_cut_and_noted(sim):
    body, kind = form(students("BATCH-HUGE-001"), "A" * 5_000_000, "BATCH-HUGE-001", PDSO)
    reply = await send(sim.upload_url(), sim.school().ssl_context(), data=body, headers={"Content-Type": kind})
    assert reply.code == "S0002"
    assert len(reply.body) < 1_100_000
    [entry] = await sim.journal.query("default", "upload.answered")
    assert any("longer than 1048576 bytes" in note for note in entry.detail["notes"])


@pytest.mark.parametrize("body", [b"--b\r\n\r\n" * 200_000, b"\n--b x" * 200_000], ids=["parts", "deviations"])
async def test_very_many_parts_are_not_read_and_few_notes_tell_it(sim, body):
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    reply = await send(sim.upload_url(), sim.school().ssl_context(), data=body, headers=kind)
    assert (reply.status, reply.code) == (200, "S0001")
    [entry] = await sim.journal.query("default", "upload.answered")
    assert 0 < len(entry.detail["notes"]) < 20


# -- what clients say stays what it is -----------------------------------------------------------------------------


def test_a_page_never_says_anything_unescaped():
    said = "a <script>alert('x')</script> & more"
    for page in (page_reply(400, NOW, said).body, bare_page(HTTPStatus.BAD_REQUEST, said)):
        assert b"&lt;script&gt;" in page
        assert b"<script" not in page


@pytest.mark.parametrize("path", [b"/<script>alert(1)</script>", b"/%3Cscript%3E", b"/sevisbatch/action/<script>"])
async def test_no_page_repeats_an_address_as_it_came(sim, path):
    reader, writer = await connect(sim)
    writer.write(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nConnection: close\r\n\r\n")
    assert b"<script" not in (await answer_of(reader))[1]
    writer.close()


@pytest.mark.parametrize("batch", ["../../etc/passwd", 'a"; x="b', "a\r\nSet-Cookie: b=c", "a\\b/c\x00d"])
async def test_no_batch_id_names_a_path_or_writes_a_header_of_its_own(sim, batch):
    fields = {"orgid": SCHOOL, "batchid": batch, "userid": PDSO}
    reply = await send(sim.download_url(), sim.school().ssl_context(), "GET", params=fields)
    assert (reply.status, reply.code) == (200, "S0031")
    name = reply.headers["Content-Disposition"].removeprefix('attachment; filename="').removesuffix('.zip"')
    assert name.replace("_", "").replace("-", "").isalnum()
    assert "Set-Cookie" not in reply.headers
