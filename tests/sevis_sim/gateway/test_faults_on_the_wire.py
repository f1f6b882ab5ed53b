"""Faults as a client meets them: through a running simulator, with bytes on a real socket."""

import asyncio
import io
import ssl
import zipfile
from contextlib import asynccontextmanager

import aiohttp
import pytest
from support import PDSO, SCHOOL, download, form, sample, upload, with_batch

from sevis_sim import Simulator

FRIDAY = "2026-03-06T14:00-05:00"
STUDENTS = sample("two-students.xml")
BATCH = "FAULTS00000001"


class Sleeper:
    """Waits for nothing, and remembers for how long."""

    def __init__(self):
        self.slept = []

    async def __call__(self, seconds):
        self.slept.append(seconds)


@pytest.fixture
async def world():
    sleeper = Sleeper()
    async with Simulator(clock=FRIDAY, seed=7, sleep=sleeper) as simulator:
        simulator.slept = sleeper.slept
        yield simulator


@asynccontextmanager
async def processed(world, *batches):
    for batch in batches:
        assert (await upload(world, with_batch(STUDENTS, batch))).code == "S0000"
    await world.clock.advance("next-business-day 06:00")
    yield


async def raw(world, request: bytes) -> tuple[bytes, str]:
    """What came, and how the connection ended: closed (FIN) or reset (RST)."""
    context = world.school().ssl_context()
    reader, writer = await asyncio.open_connection("localhost", world.port, ssl=context)
    writer.write(request)
    received = b""
    try:
        while piece := await reader.read(65536):
            received += piece
    except ConnectionResetError:
        return received, "reset"
    finally:
        writer.close()
    return received, "closed"


def request(batch: str = BATCH, document: bytes = STUDENTS) -> bytes:
    body, content_type = form(with_batch(document, batch), SCHOOL, batch, PDSO)
    head = f"POST /sevisbatch/action/batchUpload HTTP/1.1\r\nHost: localhost\r\nContent-Type: {content_type}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def fetch(batch: str = BATCH) -> bytes:
    query = f"orgid={SCHOOL}&batchid={batch}&userid={PDSO}"
    return f"GET /sevisbatch/action/batchDownload?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


async def accepted(world) -> bool:
    return bool(await world.store.read(lambda tx: tx.batches.list("default")))


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize(("do", "end"), [("drop", "closed"), ("reset", "reset"), ("outage:reset", "reset")])
async def test_a_connection_ends_without_a_byte_before_or_after_the_batch_is_durable(world, do, end, phase):
    await world.faults.add(f"upload first=1 phase={phase} do={do}")
    assert await raw(world, request()) == (b"", end)
    assert await accepted(world) is (phase == "after")
    again = await upload(world, with_batch(STUDENTS, BATCH))
    assert again.code == ("S0010" if phase == "after" else "S0000")


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize(
    ("do", "status", "kind", "words"),
    [
        ("status:503", 503, "text/html", b"Service unavailable"),
        ("status:502", 502, "text/html", b"502 - Bad Gateway."),
        ("status:599", 599, "text/html", b"Unknown status"),
        ("outage", 503, "text/html", b"Service unavailable"),
        ("html", 200, "text/html", b"Scheduled maintenance"),
        ("disposition:S0001", 200, "text/xml", b'<Upload resultCode="S0001"'),
        ("disposition:S0013", 200, "text/xml", b'<Upload resultCode="S0013"'),
    ],
)
async def test_another_answer_comes_before_or_after_the_batch_is_durable(world, do, status, kind, words, phase):
    await world.faults.add(f"upload first=1 phase={phase} do={do}")
    reply = await upload(world, with_batch(STUDENTS, BATCH))
    assert (reply.status, reply.content_type) == (status, kind)
    assert words in reply.body
    assert reply.headers["Date"] == "Fri, 06 Mar 2026 19:00:00 GMT"
    assert await accepted(world) is (phase == "after")
    assert (await upload(world, with_batch(STUDENTS, BATCH))).code == ("S0010" if phase == "after" else "S0000")


async def test_a_good_answer_to_a_batch_that_was_never_taken_is_a_lie_that_can_be_told(world):
    await world.faults.add("upload do=disposition:S0000")
    reply = await upload(world, with_batch(STUDENTS, BATCH))
    assert (reply.code, reply.log.find("BatchDetail").get("status")) == ("S0000", "true")
    assert (await download(world, BATCH)).code == "S0031"


async def test_every_document_breaks_the_schema_of_the_next_release_but_other_refusals_come_first(world):
    await world.faults.add(preset="schema-switched")
    assert (await upload(world, STUDENTS)).code == "S0013"
    assert (await upload(world, STUDENTS, user="nobody0001")).code == "S0003"
    assert (await upload(world, b"<open>", batch=BATCH)).code == "S0012"
    assert not await accepted(world)


async def test_a_delay_is_waited_for_in_either_phase(world):
    await world.faults.add("upload do=delay:93")
    await world.faults.add("upload do=delay:0.5 phase=after")
    assert (await upload(world, with_batch(STUDENTS, BATCH))).code == "S0000"
    assert world.slept == [93.0, 0.5]


async def test_a_delay_holds_up_nobody_else():
    going_on, waiting = asyncio.Event(), asyncio.Event()

    async def wait(_):
        waiting.set()
        await going_on.wait()

    async with Simulator(clock=FRIDAY, seed=7, sleep=wait) as world:
        await world.faults.add(f"upload batch={BATCH} do=delay:300")
        await world.faults.add("upload batch=AFTER* phase=after do=delay:300")
        slow = asyncio.create_task(upload(world, with_batch(STUDENTS, BATCH)))
        await waiting.wait()
        waiting.clear()
        later = asyncio.create_task(upload(world, with_batch(STUDENTS, "AFTER000000001")))
        await waiting.wait()
        assert (await upload(world, with_batch(STUDENTS, "QUICK000000001"))).code == "S0000"
        assert await world.clock.advance("next-business-day 06:00")  # the sandbox's lock is free
        assert (await download(world, "QUICK000000001")).status == 200
        going_on.set()
        assert (await later).code == "S0000"
        assert (await slow).status == 200


async def test_an_answer_is_cut_off_after_so_many_bytes(world):
    await world.faults.add("upload first=1 do=truncate:17")
    received, end = await raw(world, request())
    head, _, body = received.partition(b"\r\n\r\n")
    assert (len(body), end) == (17, "closed")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    assert length > 17
    assert await accepted(world)


async def test_an_answer_drips_at_so_many_bytes_a_second_and_is_complete(world):
    async with processed(world, BATCH):
        whole = await download(world, BATCH)
        await world.faults.add("download first=1 do=drip:1024")
        assert (await download(world, BATCH)).body == whole.body
    assert sum(world.slept) == pytest.approx(len(whole.body) / 1024, abs=0.25)


async def test_downloads_are_struck_and_the_next_one_is_as_ever(world):
    async with processed(world, BATCH):
        whole = await download(world, BATCH)
        for do, words in (
            ("disposition:S0030", b"S0030"),
            ("disposition:S0001", b"S0001"),
            ("html", b"Scheduled maintenance"),
            ("status:500", b"500 - Internal Server Error"),
        ):
            await world.faults.add(f"download first=1 do={do}")
            assert words in (await download(world, BATCH)).body
            assert (await download(world, BATCH)).body == whole.body
            await world.faults.clear()
        await world.faults.add("download first=1 do=reset")
        assert await raw(world, fetch()) == (b"", "reset")
        await world.faults.add(preset="truncated-zip")
        received, end = await raw(world, fetch())
        assert (received.partition(b"\r\n\r\n")[2], end) == (whole.body[:300], "closed")


async def test_a_zip_lacks_its_log_or_forms_or_cannot_be_unpacked_and_the_kept_one_is_whole(world):
    async with processed(world, BATCH):
        whole = await download(world, BATCH)
        log, pdf = whole.names
        await world.faults.add("download first=1 do=missing-log")
        assert (await download(world, BATCH)).names == [pdf]
        for whose in ("all", "half", pdf.removesuffix(".pdf"), "N99*"):
            await world.faults.add(f"download first=1 do=missing-pdf:{whose}")
            assert (await download(world, BATCH)).names == [log]
        await world.faults.add("download first=1 do=missing-pdf:N0000000000")
        assert (await download(world, BATCH)).names == [log, pdf]
        await world.faults.add("download first=1 do=corrupt-zip")
        with pytest.raises(zipfile.BadZipFile):
            zipfile.ZipFile(io.BytesIO((await download(world, BATCH)).body)).testzip()
        assert (await download(world, BATCH)).body == whole.body


async def test_a_download_gives_the_result_of_the_batch_before(world):
    async with processed(world, "OLDER000000001", BATCH):
        older, right = await download(world, "OLDER000000001"), await download(world, BATCH)
        await world.faults.add("download do=old-result")
        mixed_up = await download(world, BATCH)
        assert mixed_up.body == older.body != right.body
        assert mixed_up.log.findtext("BatchHeader/BatchID") == "OLDER000000001"
        assert (await download(world, "OLDER000000001")).body == older.body  # there is none before it


async def test_an_outage_is_over_when_its_time_is(world):
    await world.faults.add(preset="outage-friday-night")
    assert (await upload(world, with_batch(STUDENTS, BATCH))).code == "S0000"
    await world.clock.advance("2026-03-06T20:00-05:00")
    assert await raw(world, request("OUTAGE00000001")) == (b"", "reset")
    assert await raw(world, fetch()) == (b"", "reset")
    await world.clock.advance("2026-03-09T06:00-04:00")
    assert (await upload(world, with_batch(STUDENTS, "OUTAGE00000001"))).code == "S0000"
    assert [(each.matched, each.struck) for each in world.faults.list()] == [(1, 1), (1, 1)]


async def test_an_answer_under_keep_alive_is_spoiled_alone(world):
    await world.faults.add("upload every=2 do=status:503")
    context = world.school().ssl_context()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context, limit=1)) as session:
        seen = []
        for number in range(4):
            body, content_type = form(with_batch(STUDENTS, f"KEEP{number:010}"), SCHOOL, f"KEEP{number:010}", PDSO)
            async with session.post(world.upload_url(), data=body, headers={"Content-Type": content_type}) as reply:
                seen.append(reply.status)
    assert seen == [200, 503, 200, 503]


@pytest.mark.parametrize(
    ("whom", "strikes"),
    [
        ({"organization": SCHOOL}, True),
        ({"organization": "P-*"}, False),
        ({"batch": "FAULTS*", "user": "pdso??????"}, True),
        ({"file": "other.xml"}, False),
        ({"system": "beta"}, False),
        ({"certificate": "*"}, True),
        ({"certificate": "00*"}, False),
    ],
)
async def test_a_fault_strikes_those_that_it_is_meant_for(world, whom, strikes):
    await world.faults.add(at="upload", do={"status": 503}, whom=whom)
    assert (await upload(world, with_batch(STUDENTS, BATCH))).status == (503 if strikes else 200)
    [standing] = world.faults.list()
    assert (standing.matched, standing.struck) == (strikes, strikes)


async def test_the_journal_names_the_exchange_that_was_struck_and_how_it_was_answered(world):
    await world.faults.add("upload first=1 phase=after do=reset name=lost")
    await raw(world, request())
    entries = await world.journal.query("default")
    kinds = [entry.kind for entry in entries]
    assert kinds[-4:] == ["fault.added", "batch.accepted", "fault.struck", "upload.answered"]
    added, batch, struck, answered = entries[-4:]
    assert added.subjects["fault"] == struck.subjects["fault"] == "lost"
    assert struck.subjects["exchange"] == answered.subjects["exchange"] == batch.subjects["exchange"]
    assert (answered.detail["status"], answered.detail["reason"]) == (0, "fault lost: reset")
    assert "the true answer is S0000" in answered.detail["notes"][-1]
    await world.faults.clear("lost")
    assert (await world.journal.query("default"))[-1].detail["faults"] == ["lost"]


async def test_a_fault_that_comes_after_can_choose_by_the_code_of_the_true_answer(world):
    await world.faults.add(preset="stuck-awaiting-confirmation")
    assert (await upload(world, with_batch(STUDENTS, BATCH), user="nobody0001")).code == "S0003"
    assert await raw(world, request()) == (b"", "reset")
    assert (await upload(world, with_batch(STUDENTS, BATCH))).code == "S0010"
    [standing] = world.faults.list()
    assert (standing.matched, standing.struck) == (1, 1)


async def test_what_is_refused_before_it_is_read_counts_for_no_fault(world):
    await world.faults.add("upload phase=before do=status:503")
    await world.faults.add("upload phase=after do=status:503")
    stranger = await world.create_sandbox("stranger")
    await world.store.run(lambda tx: tx.certificates.delete(_fingerprint(stranger)))
    assert (await upload(world, STUDENTS, party=stranger.school())).status == 403
    assert [each.matched for each in world.faults.list()] == [0, 0]


def _fingerprint(sandbox):
    from sevis_sim.pki import read_certificate

    return read_certificate(sandbox.school().identity.certificate_pem).fingerprint


@pytest.mark.parametrize("do", ["drop", "reset"])
async def test_a_connection_ends_before_its_handshake(world, do):
    await world.faults.add(f"handshake first=1 do={do}")
    with pytest.raises((ConnectionError, ssl.SSLError)):
        await raw(world, request())
    assert (await upload(world, with_batch(STUDENTS, BATCH))).code == "S0000"
    assert [(each.matched, each.struck) for each in world.faults.list()] == [(2, 1)]


async def test_a_handshake_begins_later(world):
    await world.faults.add("handshake first=1 do=delay:60")
    assert (await upload(world, with_batch(STUDENTS, BATCH))).code == "S0000"
    assert world.slept == [60.0]


async def test_a_client_that_leaves_while_its_handshake_is_held_up_harms_nobody():
    going_on, waiting = asyncio.Event(), asyncio.Event()

    async def wait(_):
        waiting.set()
        await going_on.wait()

    async with Simulator(clock=FRIDAY, seed=7, sleep=wait) as world:
        await world.faults.add("handshake do=delay:300")
        leaver = await connecting(world, waiting)
        leaver.cancel()
        await asyncio.wait([leaver])
        going_on.set()
        assert (await upload(world, with_batch(STUDENTS, BATCH))).code == "S0000"
        going_on.clear()
        held_up = await connecting(world, waiting)
    with pytest.raises((ConnectionError, ssl.SSLError)):  # the simulator has not waited for it
        await held_up


async def connecting(world, waiting):
    waiting.clear()
    task = asyncio.create_task(asyncio.open_connection("localhost", world.port, ssl=world.school().ssl_context()))
    await waiting.wait()
    return task


async def test_handshake_faults_of_a_sandbox_strike_at_its_own_listener_alone(world):
    other = await world.create_sandbox("other")
    listener = await world.open_listener(sandbox="other")
    await other.faults.add(f"handshake listener={listener.name} do=drop")
    assert (await upload(world, with_batch(STUDENTS, BATCH))).code == "S0000"
    with pytest.raises((ConnectionError, ssl.SSLError)):
        await asyncio.open_connection("localhost", listener.port, ssl=world.school().ssl_context())
    await other.faults.clear()
    _, writer = await asyncio.open_connection("localhost", listener.port, ssl=world.school().ssl_context())
    writer.close()


@pytest.mark.parametrize(
    ("name", "status", "words", "taken"),
    [
        ("SIM-S0001.xml", 200, b'resultCode="S0001"', False),
        ("SIM-502.xml", 502, b"Bad Gateway", False),
        ("SIM-HTML.xml", 200, b"maintenance", False),
        ("SIM-DELAY30.xml", 200, b'resultCode="S0000"', True),
        ("SIM-S9999.xml", 200, b'resultCode="S0000"', True),
        ("plain.xml", 200, b'resultCode="S0000"', True),
    ],
)
async def test_a_magic_file_name_chooses_the_answer(world, name, status, words, taken):
    reply = await upload(world, with_batch(STUDENTS, BATCH), file_name=name)
    assert reply.status == status
    assert words in reply.body
    assert await accepted(world) is taken
    assert world.slept == ([30.0] if "DELAY" in name else [])


async def test_a_magic_file_name_loses_the_reply_of_a_batch_that_was_taken(world):
    with pytest.raises(aiohttp.ClientError):
        await upload(world, with_batch(STUDENTS, BATCH), file_name="SIM-LOST.xml")
    assert (await upload(world, with_batch(STUDENTS, BATCH))).code == "S0010"


@pytest.mark.parametrize(
    ("batch", "words"),
    [("SIM-S0030-0001", b"S0030"), ("SIM-HTML-00001", b"maintenance"), ("SIM-NOPDF-0001", b"PK")],
)
async def test_a_magic_batch_id_chooses_the_answer_to_every_download(world, batch, words):
    async with processed(world, batch):
        replies = [await download(world, batch) for _ in range(2)]
    assert replies[0].body == replies[1].body
    assert words in replies[0].body
    if "NOPDF" in batch:
        assert replies[0].names == ["sevis_transaction_log.xml"]


async def test_one_switch_turns_magic_values_off():
    from sevis_sim.settings import Settings, Switches

    settings = Settings(port=0, control_port=0, switches=Switches(magic_values=False))
    async with Simulator(settings, clock=FRIDAY, in_memory=True) as world:
        assert (await upload(world, with_batch(STUDENTS, BATCH), file_name="SIM-503.xml")).code == "S0000"
