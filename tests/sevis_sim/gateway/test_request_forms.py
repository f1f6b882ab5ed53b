"""Every request form that real clients have been seen to use (reference sevis-protocol.md §1.2)."""

import asyncio
import itertools

import pytest
from support import PDSO, SCHOOL, form, sample, send, upload, with_batch
from yarl import URL

VALUES = {"orgid": SCHOOL, "userid": PDSO}


def students(batch: str) -> bytes:
    return with_batch(sample("students.xml"), batch)


def parts(batch: str, **headers: str) -> dict[str, bytes]:
    made = {
        name: f'Content-Disposition: form-data; name="{name}"\r\n\r\n{text}'.encode()
        for name, text in {**VALUES, "batchid": batch}.items()
    }
    more = "".join(f"\r\n{name.replace('_', '-')}: {text}" for name, text in headers.items()).encode()
    head = b'Content-Disposition: form-data; name="xml"; filename="batchfile3.xml"' + more
    return made | {"xml": head + b"\r\n\r\n" + students(batch)}


async def post(sim, body, boundary="b", **headers):
    kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    return await send(sim.upload_url(), sim.school().ssl_context(), data=body, headers=kind | headers)


@pytest.mark.parametrize("order", list(itertools.permutations(["xml", "orgid", "batchid", "userid"]))[::3])
async def test_the_parts_of_an_upload_may_come_in_any_order(sim, order):
    made = parts("BATCH-ORDER-01", Content_Type="application/xml")
    body = b"".join(b"--b\r\n" + made[name] + b"\r\n" for name in order) + b"--b--\r\n"
    assert (await post(sim, body)).code == "S0000"


async def test_the_c_sharp_client_waits_for_100_continue_and_sends_no_part_types(sim):
    made = parts("BATCH-CSHARP-1")
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in made.values()) + b"--b--\r\n"
    reply = await post(sim, body, **{"Expect": "100-continue", "User-Agent": "curl/7.46.0", "Accept": "*/*"})
    assert reply.code == "S0000"


async def test_the_ruby_client_closes_every_part_and_adds_line_ends(sim):
    made = parts("BATCH-RUBY-001", Content_Type="application/xml")
    body = b"".join(b"--b--\r\n" + part + b"\r\n\r\n" for part in made.values()) + b"--b--\r\n"
    assert (await post(sim, body)).code == "S0000"
    [entry] = await sim.journal.query("default", "upload.answered")
    assert any("closing delimiter" in note for note in entry.detail["notes"])


async def strict_or_lenient(fidelity, body, **headers):
    from sevis_sim import Simulator
    from sevis_sim.settings import Settings

    settings = Settings(port=0, control_port=0, fidelity=fidelity)
    async with Simulator(settings, in_memory=True, clock="2026-03-06T14:00-05:00") as sim:
        reply = await post(sim, body, **headers)
        [entry] = await sim.journal.query("default", "upload.answered")
        return reply, entry.detail


async def test_strict_refuses_what_the_standard_forbids_and_says_at_which_byte():
    made = parts("BATCH-STRICT-1")
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in made.values()) + b"--b--\r\n"
    reply, _ = await strict_or_lenient("strict", body)
    assert reply.code == "S0000"
    reply, detail = await strict_or_lenient("strict", body.replace(b"\r\n--b--", b"\n--b--"))
    assert reply.status == 400
    assert f"at byte {len(body) - len(b'--b--') - 3} of the body" in detail["reason"]
    assert "RFC 2046" in reply.body.decode()


async def test_strict_does_not_refuse_what_the_standard_allows():
    made = parts("BATCH-STRICT-2")
    body = b"hello\r\n" + b"".join(b"--b\r\n" + part + b"\r\n" for part in made.values()) + b"--b--\r\nbye"
    reply, detail = await strict_or_lenient("strict", body)
    assert reply.code == "S0000"
    assert len(detail["notes"]) == 2


@pytest.mark.parametrize(
    ("sent", "taken"), [("C:\\tmp\\b.xml", "b.xml"), ("x" * 27 + ".xml", "x" * 26 + ".xml"), ("..", "batch.xml")]
)
async def test_lenient_takes_an_upload_that_the_service_would_refuse_and_says_so(sent, taken):
    made = parts("BATCH-LENIENT1")
    xml = made["xml"].replace(b"batchfile3.xml", sent.replace("\\", "\\\\").encode())
    body = b"".join(b"--b\r\n" + part for part in [*list(made.values())[:3], xml]) + b"--b--\r\n"
    reply, detail = await strict_or_lenient("lenient", body)
    assert reply.code == "S0000"
    assert f"<FileName>{taken}</FileName>".encode() in reply.body
    assert any("S0011" in note for note in detail["notes"])
    assert any("only because fidelity is lenient" in note for note in detail["notes"])


async def test_a_quoted_boundary_and_a_chunked_body_are_read(sim):
    made = parts("BATCH-CHUNKED1")
    body = b"".join(b"--a b\r\n" + part + b"\r\n" for part in made.values()) + b"--a b--\r\n"

    async def stream():
        for start in range(0, len(body), 1000):
            yield body[start : start + 1000]

    assert (await post(sim, stream(), boundary='"a b"')).code == "S0000"


async def test_http_1_0_without_keep_alive_is_answered(sim):
    body, content_type = form(students("BATCH-HTTP10-1"), SCHOOL, "BATCH-HTTP10-1", PDSO)
    reader, writer = await asyncio.open_connection(
        "localhost", sim.port, ssl=sim.school().ssl_context(), server_hostname="localhost"
    )
    head = f"POST /sevisbatch/action/batchUpload HTTP/1.0\r\nContent-Type: {content_type}\r\n"
    writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.0 200")
    assert b'resultCode="S0000"' in answer


@pytest.mark.parametrize("way", ["query", "multipart", "urlencoded", "query of a POST"])
async def test_a_download_may_be_asked_for_in_every_way(sim, way):
    batch = "BATCH-WAYS-001"
    await upload(sim, students(batch))
    await sim.clock.advance("next-business-day")
    fields = {"orgid": SCHOOL, "batchid": batch, "userid": PDSO}
    body, content_type = form(None, SCHOOL, batch, PDSO)
    method, options = {
        "query": ("GET", {"params": fields}),
        "multipart": ("POST", {"data": body, "headers": {"Content-Type": content_type}}),
        "urlencoded": ("POST", {"data": fields}),
        "query of a POST": ("POST", {"params": fields}),
    }[way]
    reply = await send(sim.download_url(), sim.school().ssl_context(), method, **options)
    assert (reply.status, reply.content_type, reply.code) == (200, "application/zip", "S0000")
    assert reply.headers["Content-Disposition"] == f'attachment; filename="{batch}.zip"'


async def test_the_date_header_tells_the_simulated_time(sim):
    assert (await upload(sim, students("BATCH-DATE-001"))).headers["Date"] == "Fri, 06 Mar 2026 19:00:00 GMT"


async def test_refused_downloads_are_zips_with_only_a_log_or_bare_logs_as_the_switch_says():
    from sevis_sim import Simulator
    from sevis_sim.settings import Settings, Switches

    for switch, kind in (("zip", "application/zip"), ("xml", "text/xml")):
        settings = Settings(port=0, control_port=0, switches=Switches(not_ready_download=switch))
        async with Simulator(settings, in_memory=True, clock="2026-03-06T14:00-05:00") as sim:
            reply = await send(
                sim.download_url(),
                sim.school().ssl_context(),
                "GET",
                params={"orgid": SCHOOL, "batchid": "BATCH-NEVER-01", "userid": PDSO},
            )
            assert (reply.status, reply.content_type, reply.code) == (200, kind, "S0031")


async def test_a_body_that_does_not_arrive_in_time_is_answered_408():
    from sevis_sim import Simulator
    from sevis_sim.settings import Settings

    settings = Settings(port=0, control_port=0, request_timeout_s=0.05)
    async with Simulator(settings, in_memory=True, clock="2026-03-06T14:00-05:00") as sim:
        reader, writer = await asyncio.open_connection(
            "localhost", sim.port, ssl=sim.school().ssl_context(), server_hostname="localhost"
        )
        writer.write(b"POST /sevisbatch/action/batchUpload HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
        assert (await reader.read()).startswith(b"HTTP/1.1 408")
        writer.close()
        assert (await upload(sim, students("BATCH-AFTER-01"))).code == "S0000"


@pytest.mark.parametrize("answer", ["503", "S0001", "reset"])
async def test_the_answer_outside_service_hours_is_a_switch(answer):
    import aiohttp

    from sevis_sim import Simulator
    from sevis_sim.settings import Settings, Switches

    settings = Settings(port=0, control_port=0, switches=Switches(closed_answer=answer))
    async with Simulator(settings, in_memory=True, clock="2026-03-07T12:00-05:00") as sim:
        if answer == "reset":
            with pytest.raises((aiohttp.ClientError, OSError)):
                await upload(sim, students("BATCH-CLOSED-1"))
        elif answer == "503":
            reply = await upload(sim, students("BATCH-CLOSED-1"))
            assert (reply.status, reply.headers["Retry-After"]) == (503, str(41 * 3600))
        else:
            assert (await upload(sim, students("BATCH-CLOSED-1"))).code == "S0001"


@pytest.mark.parametrize("path", ["/nothing", "/%0Aline%1B%5B31m"])
async def test_an_address_that_does_not_exist_is_told_even_with_line_ends_in_its_path(sim, path):
    base = sim.upload_url().partition("/sevisbatch")[0]
    reply = await send(URL(base + path, encoded=True), sim.school().ssl_context(), "GET")
    assert (reply.status, reply.content_type) == (404, "text/html")
    assert [entry.kind for entry in await sim.journal.query(None)] == ["request.answered"]


async def test_a_wrong_method_is_explained_and_not_the_certificate(sim):
    assert (await send(sim.upload_url(), sim.school().ssl_context(), "GET")).status == 405
    (entry,) = await sim.journal.query("default")
    assert entry.detail["remedy"] == "Send POST."
