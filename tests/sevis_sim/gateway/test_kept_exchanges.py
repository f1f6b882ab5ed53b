"""Requests and answers are kept as they stood on the wire, and every entry names the exchange that it comes of."""

import asyncio

import pytest
from support import PDSO, SCHOOL, download, form, sample, upload, with_batch

from sevis_sim import Simulator
from sevis_sim.gateway.recording import MAX_BODY
from sevis_sim.settings import Settings

NIGHT = "next-business-day 06:00"


async def raw(sim, request: bytes) -> bytes:
    """Send bytes over TLS and return all that comes back until the connection ends."""
    context = sim.school().ssl_context()
    reader, writer = await asyncio.open_connection("localhost", sim.port, ssl=context)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer


def request(body: bytes, kind: str, version: str = "1.1", more: str = "Connection: close\r\n") -> bytes:
    head = (
        f"POST /sevisbatch/action/./batchUpload?x=%41 HTTP/{version}\r\nhost: localhost\r\nCONTENT-type: {kind}\r\n"
        f"{more}Content-Length: {len(body)}\r\n\r\n"
    )
    return head.replace("/./", "/").encode() + body


@pytest.mark.parametrize(("version", "more"), [("1.1", "Connection: close\r\n"), ("1.0", "")])
async def test_what_is_kept_is_byte_for_byte_what_was_sent_and_answered(sim, version, more):
    body, kind = form(sample("students.xml"), SCHOOL, "BATCH000000003", PDSO)
    sent = request(body, kind, version, more)
    answer = await raw(sim, sent)
    [entry] = await sim.journal.query("default", "upload.answered")
    kept = await sim.journal.messages("default", entry.id)
    assert kept.request.head + kept.request.body == sent
    assert kept.response.head + kept.response.body == answer
    assert b"S0000" in kept.response.body
    assert kept.request.size == len(body)


async def test_one_exchange_is_named_from_the_upload_to_the_result_and_the_download_refers_to_it(sim):
    await upload(sim, sample("students.xml"))
    await sim.clock.advance(NIGHT)
    await download(sim, "BATCH000000003")
    entries = await sim.journal.query("default", subject={"batch": "BATCH000000003"})
    exchanges = {entry.kind: entry.subjects["exchange"] for entry in entries}
    own = exchanges.pop("download.answered")
    assert set(exchanges) == {"batch.accepted", "upload.answered", "batch.processed", "result.available"}
    [name] = set(exchanges.values())
    assert own != name
    assert entries[-1].subjects["upload"] == name
    kept = await sim.journal.messages("default", entries[-1].id)
    assert kept.request.head.startswith(b"GET /sevisbatch/action/batchDownload?orgid=")
    assert kept.response.body.startswith(b"PK")


async def test_a_refused_upload_has_an_exchange_too_and_a_stranger_is_kept_by_the_server(sim):
    await upload(sim, b"<x", batch="B1")
    [entry] = await sim.journal.query("default", "upload.answered")
    assert (entry.detail["code"], len(entry.subjects["exchange"])) == ("S0012", 32)
    from support import send

    assert (await send(sim.upload_url(), None, data=b"anything")).status == 403
    [entry] = await sim.journal.query(None, "upload.answered")
    kept = await sim.journal.messages(None, entry.id)
    assert b"403" in kept.response.head
    assert await sim.journal.messages("default", entry.id) is None


async def test_of_a_long_body_the_beginning_is_kept_and_the_size_of_it_all(sim):
    document = b"<x>" + b"y" * (MAX_BODY + 5) + b"</x>"
    await upload(sim, document, batch="B1")
    [entry] = await sim.journal.query("default", "upload.answered")
    kept = (await sim.journal.messages("default", entry.id)).request
    assert len(kept.body) == MAX_BODY
    assert kept.size > len(document)


async def simulator(**settings) -> Simulator:
    chosen = Settings(port=0, control_port=0, **settings)
    return Simulator(chosen, in_memory=True, clock="2026-03-06T14:00-05:00")


async def test_the_oldest_goes_first(sim):
    async with await simulator(keep_exchanges=2) as few:
        for number in range(3):
            await upload(few, with_batch(sample("students.xml"), f"BATCH-KEEP-{number}"))
        entries = await few.journal.query("default", "upload.answered")
        kept = [await few.journal.messages("default", entry.id) for entry in entries]
        assert [each is None for each in kept] == [True, False, False]
    async with await simulator(keep_exchanges_mb=1) as small:
        for number in range(3):
            await upload(small, b"<x>" + b"y" * 600_000 + b"</x>", batch=f"B{number}")
        entries = await small.journal.query("default", "upload.answered")
        kept = [await small.journal.messages("default", entry.id) for entry in entries]
        assert [each is None for each in kept] == [True, True, False]


async def test_nothing_is_kept_where_the_setting_says_so():
    async with await simulator(keep_exchanges=0) as none:
        await upload(none, sample("students.xml"))
        [entry] = await none.journal.query("default", "upload.answered")
        assert await none.journal.messages("default", entry.id) is None


async def test_redaction_takes_persons_out_of_what_is_kept_and_out_of_the_journal():
    document = sample("students.xml").replace(b"<BirthDate>", b"<BirthDate>x", 1)
    assert b"Exemplo" in document
    async with await simulator(redact=True) as sim:
        assert (await upload(sim, document)).code == "S0013"
        [entry] = await sim.journal.query("default", "upload.answered")
        kept = await sim.journal.messages("default", entry.id)
        for name in (b"Exemplo", b"x2007-03-14", b"@"):
            assert name not in kept.request.body
            assert name not in kept.response.body
        assert b"<LastName>[redacted]</LastName>" in kept.request.body
        assert b"BATCH000000003" in kept.request.body
        assert "2007-03-14" not in str(entry)
        assert "BirthDate is [redacted]" in entry.detail["reason"]
        assert (await upload(sim, sample("students.xml"))).code == "S0000"
        await sim.clock.advance(NIGHT)
        assert (await download(sim, "BATCH000000003")).names[0] == "sevis_transaction_log.xml"
        [entry] = await sim.journal.query("default", "download.answered")
        kept = await sim.journal.messages("default", entry.id)
        assert kept.response.body == b""
        assert kept.response.size > 1000
