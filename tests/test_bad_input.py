"""Whatever a client sends is answered as the real service answers, is explained in the journal, and breaks nothing."""

import asyncio
import ssl

import pytest
from lxml import etree
from support import PDSO, SCHOOL, download, form, sample, send, upload, with_batch

from sevis_sim import Simulator
from sevis_sim.pki import CertificateAuthority, issue_by_profile

BATCH = "BATCH-BAD-0001"


def students(batch: str = BATCH) -> bytes:
    return with_batch(sample("students.xml"), batch)


async def last_exchange(sim):
    kinds = ("upload.answered", "download.answered")
    [entry] = await sim.journal.query("default", kinds, newest_first=True, limit=1)
    return entry


async def assert_still_works(sim):
    assert (await upload(sim, students("BATCH-GOOD-001"))).code == "S0000"


HEADER = f"<BatchHeader><BatchID>{BATCH}</BatchID><OrgID>{SCHOOL}</OrgID></BatchHeader>"
ROOT = "SEVISBatchCreateUpdateStudent"

DOCUMENTS = {
    "empty file": (b"", "S0012"),
    "not XML": (b"%PDF-1.7 this is no XML", "S0012"),
    "cut short": (students()[:700], "S0012"),
    "wrong root": (f'<Students userID="{PDSO}">{HEADER}</Students>'.encode(), "S0013"),
    "transaction log as upload": (b"<TransactionLog/>", "S0013"),
    "document type": (b"<!DOCTYPE a>" + students().split(b"?>", 1)[-1], "S0012"),
    "external entity": (
        f'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><{ROOT} userID="&x;"/>'.encode(),
        "S0012",
    ),
    "entity bomb": (
        (
            '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
            + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
            + "]><a>&j;</a>"
        ).encode(),
        "S0012",
    ),
    "deep nesting": (b"<a>" * 5000 + b"</a>" * 5000, "S0012"),
    "control characters": (students().replace(b"</BatchID>", b"\x00</BatchID>"), "S0012"),
    "wrong encoding name": (b'<?xml version="1.0" encoding="klingon"?><a/>', "S0012"),
    "bytes that are not UTF-8": (students().replace(b"<LastName>", b"<LastName>\xff\xfe", 1), "S0012"),
    "header of another batch": (students("BATCH-OTHER-01"), "S0012"),
    "header of another organization": (students().replace(SCHOOL.encode(), b"XYZ214F00099000"), "S0012"),
    "another root user": (
        students().replace(f'<{ROOT} userID="{PDSO}"'.encode(), f'<{ROOT} userID="pdso000009"'.encode()),
        "S0003",
    ),
}


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_a_bad_document_gets_its_disposition_and_an_explanation(sim, name):
    document, code = DOCUMENTS[name]
    reply = await upload(sim, document, batch=BATCH)
    assert (reply.status, reply.content_type, reply.code) == (200, "text/xml", code)
    assert reply.log.find("BatchDetail").get("status") == "false"
    entry = await last_exchange(sim)
    assert entry.detail["code"] == code
    assert entry.detail["reason"]
    assert entry.detail["remedy"]
    assert (await download(sim, BATCH)).code == "S0031"
    assert (await upload(sim, students())).code == "S0000", "a refused batch must not use up its ID"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "iso-8859-1"])
async def test_other_encodings_of_a_good_document_are_accepted(sim, encoding):
    text = students().decode().split("?>", 1)[-1].lstrip()
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    document = f'<?xml version="1.0" encoding="{name}"?>\n{text}'.encode(encoding, "xmlcharrefreplace")
    assert (await upload(sim, document, batch=BATCH)).code == "S0000"


async def test_251_records_are_one_too_many(sim):
    document = students()
    root = etree.fromstring(document)
    section = root.find("CreateStudent")
    one = section[0]
    for extra in list(section):
        section.remove(extra)
    for number in range(251):
        copy = etree.fromstring(etree.tostring(one))
        copy.set("requestID", f"r{number}")
        section.append(copy)
    assert (await upload(sim, etree.tostring(root), batch=BATCH)).code == "S0013"
    section.remove(section[0])
    assert (await upload(sim, etree.tostring(root), batch=BATCH)).code == "S0000"


@pytest.mark.parametrize("missing", ["orgid", "batchid", "userid", "xml"])
async def test_a_missing_field_is_s0001(sim, missing):
    given = {"orgid": SCHOOL, "batchid": BATCH, "userid": PDSO, "xml": students()}
    given[missing] = None
    body, content_type = form(given["xml"], given["orgid"], given["batchid"], given["userid"])
    reply = await send(sim.upload_url(), sim.school().ssl_context(), data=body, headers={"Content-Type": content_type})
    assert (reply.status, reply.code) == (200, "S0001")
    assert reply.log.find("BatchDetail/Upload/FileName") is None
    assert missing in (await last_exchange(sim)).detail["reason"]


async def test_a_value_without_line_end_swallows_the_rest_into_orgid(sim):
    """As the real service answered the Ruby client in 2019 (sevis-protocol.md §1.4)."""
    part = 'Content-Disposition: form-data; name="{}"\r\n\r\n{}'
    body = (
        b'--b\r\nContent-Disposition: form-data; name="xml"; filename="local.xml"\r\n\r\n'
        + students()
        + b"\n--b\r\n"
        + "--b\r\n".join(part.format(*p) for p in (("orgid", SCHOOL), ("batchid", BATCH), ("userid", PDSO))).encode()
        + b"--b--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    reply = await send(sim.upload_url(), sim.school().ssl_context(), data=body, headers=headers)
    assert (reply.status, reply.code) == (200, "S0001")
    assert reply.log.findtext("BatchHeader/BatchID") == ""
    swallowed = reply.log.findtext("BatchHeader/OrgID")
    assert swallowed.startswith(f"{SCHOOL}--b\rContent-Disposition")
    assert "\n" not in swallowed


@pytest.mark.parametrize(
    "body",
    [b"", b"garbage", b"--b", b"--b\r\n", b"--b--\r\n", b"\r\n\r\n--b\r\n\r\n\r\n--b--", b"--b\r\nContent-Disposition"],
)
async def test_garbled_multipart_is_s0001(sim, body):
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    reply = await send(sim.upload_url(), sim.school().ssl_context(), data=body, headers=headers)
    assert (reply.status, reply.code) == (200, "S0001")
    await assert_still_works(sim)


@pytest.mark.parametrize("name", ["", "x" * 27 + ".xml", "../../etc/passwd", "C:\\batch.xml"])
async def test_a_bad_file_name_is_s0011(sim, name):
    assert (await upload(sim, students(), file_name=name)).code == "S0011"


async def test_a_file_name_of_30_characters_is_accepted_and_echoed(sim):
    name = "x" * 26 + ".xml"
    reply = await upload(sim, students(), file_name=name)
    assert reply.code == "S0000"
    assert reply.log.findtext("BatchDetail/Upload/FileName") == name


async def test_organization_and_user_are_checked_in_order(sim):
    assert (await upload(sim, students(), org="XYZ214F00099000")).code == "S0002"
    assert (await upload(sim, students(), user="PDSO000001")).code == "S0003"
    assert (await download(sim, BATCH, org="XYZ214F00099000")).code == "S0002"
    assert (await download(sim, BATCH, user="nobody0001")).code == "S0003"
    assert (await download(sim, BATCH)).code == "S0031"


async def test_a_body_over_the_limit_is_413_whether_announced_or_streamed(sim):
    context, headers = sim.school().ssl_context(), {"Content-Type": "multipart/form-data; boundary=b"}

    async def stream():
        for _ in range(60):
            yield b"x" * 1_048_576

    for data in (b"x" * 60_000_000, stream()):
        reply = await send(sim.upload_url(), context, data=data, headers=headers)
        assert (reply.status, reply.content_type) == (413, "text/html")
    assert "larger" in (await last_exchange(sim)).detail["reason"]
    await assert_still_works(sim)


async def test_a_client_that_goes_away_in_the_middle_leaves_a_journal_entry_and_nothing_else(sim):
    _, writer = await asyncio.open_connection(
        "localhost", sim.port, ssl=sim.school().ssl_context(), server_hostname="localhost"
    )
    writer.write(
        b"POST /sevisbatch/action/batchUpload HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n"
        b"Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
    )
    await writer.drain()
    writer.close()
    [entry] = await sim.journal.wait("default", "upload.answered", seconds=30)
    assert "ended before it was complete" in entry.detail["reason"]
    await assert_still_works(sim)
    assert await sim.journal.query(None, "request.failed") == []


async def test_a_body_that_is_not_what_its_headers_say_is_answered_400(sim):
    headers = {"Content-Encoding": "gzip", "Content-Type": "multipart/form-data; boundary=b"}
    reply = await send(sim.upload_url(), sim.school().ssl_context(), data=b"no gzip at all", headers=headers)
    assert (reply.status, reply.content_type) == (400, "text/html")
    assert "cannot be read" in (await last_exchange(sim)).detail["reason"]
    await assert_still_works(sim)


async def test_unknown_addresses_and_methods_get_pages(sim):
    context = sim.school().ssl_context()
    base = f"https://localhost:{sim.port}"
    assert (await send(f"{base}/", context, "GET")).status == 404
    assert (await send(f"{base}/sevisbatch/action/batchNothing", context)).status == 404
    got = await send(sim.upload_url(), context, "GET")
    assert (got.status, got.headers["Allow"]) == (405, "POST")
    assert (await send(sim.download_url(), context, "DELETE")).status == 405


async def test_outside_service_hours_uploads_and_downloads_get_503():
    async with Simulator(clock="2026-03-07T12:00-05:00") as sim:
        reply = await upload(sim, students())
        assert (reply.status, reply.content_type) == (503, "text/html")
        assert (await download(sim, BATCH)).status == 503
        assert (await upload(sim, students(), system="alpha")).code == "S0000"
        await sim.clock.advance(to="2026-03-09T06:00-04:00")
        assert (await upload(sim, students())).code == "S0000"


@pytest.mark.parametrize("kind", ["expired", "not-yet-valid"])
async def test_a_certificate_is_judged_on_the_simulators_clock(sim, kind):
    identity = issue_by_profile(sim.authority, kind, "Client", sim.clock.now())
    await sim.import_identity(identity, organizations=[SCHOOL])
    context = identity.ssl_context(sim.ca)
    body, content_type = form(students(), SCHOOL, BATCH, PDSO)
    headers = {"Content-Type": content_type}
    reply = await send(sim.upload_url(), context, data=body, headers=headers)
    assert (reply.status, reply.content_type) == (403, "text/html")
    if kind == "not-yet-valid":
        await sim.clock.advance(to="2026-03-09T12:00-04:00")
        assert (await send(sim.upload_url(), context, data=body, headers=headers)).code == "S0000"


async def test_a_missing_or_unregistered_certificate_is_403(sim):
    nobody = ssl.create_default_context(cadata=sim.ca.decode())
    body, content_type = form(students(), SCHOOL, BATCH, PDSO)
    headers = {"Content-Type": content_type}
    assert (await send(sim.upload_url(), nobody, data=body, headers=headers)).status == 403
    unknown = sim.authority.issue_client("Unregistered")
    assert (await send(sim.upload_url(), unknown.ssl_context(sim.ca), data=body, headers=headers)).status == 403
    reasons = [e.detail["reason"] for e in await sim.journal.query(None, "upload.answered")]
    assert any("no client certificate" in reason for reason in reasons)
    assert any("not known" in reason for reason in reasons)


async def test_a_certificate_of_an_unknown_issuer_dies_in_the_handshake_and_is_journalled(sim):
    stranger = CertificateAuthority.create("Strangers").issue_client("Stranger")
    with pytest.raises(Exception):  # noqa: B017, PT011 - how a client words it depends on TLS version and timing
        await send(sim.upload_url(), stranger.ssl_context(sim.ca), data=b"")
    [entry] = await sim.journal.wait(None, "handshake.failed", seconds=30)
    assert entry.detail["causes"]
    await assert_still_works(sim)


async def test_an_imported_self_signed_certificate_completes_the_handshake_and_works(sim):
    identity = issue_by_profile(sim.authority, "self-signed", "Own", sim.clock.now())
    await sim.import_identity(identity, organizations=[SCHOOL])
    body, content_type = form(students(), SCHOOL, BATCH, PDSO)
    reply = await send(
        sim.upload_url(), identity.ssl_context(sim.ca), data=body, headers={"Content-Type": content_type}
    )
    assert reply.code == "S0000"


async def test_a_certificate_covers_only_the_organizations_it_is_registered_for(sim):
    identity = sim.authority.issue_client("School only")
    await sim.import_identity(identity, organizations=[SCHOOL])
    visitors = sample("exchange-visitors.xml")
    body, content_type = form(
        visitors, "P-1-12345", etree.fromstring(visitors).findtext("BatchHeader/BatchID"), "roff000001"
    )
    reply = await send(
        sim.upload_url(), identity.ssl_context(sim.ca), data=body, headers={"Content-Type": content_type}
    )
    assert (reply.status, reply.code) == (200, "S0002")


@pytest.mark.parametrize("request_bytes", [b"\x16\x03garbage\r\n\r\n", b"POST /x HTTP/9\r\n\r\n", b"GET\r\n\r\n"])
async def test_what_is_no_http_is_answered_400_and_journalled_without_a_traceback(sim, request_bytes, capfd):
    reader, writer = await asyncio.open_connection(
        "localhost", sim.port, ssl=sim.school().ssl_context(), server_hostname="localhost"
    )
    writer.write(request_bytes)
    answer = await reader.read()
    writer.close()
    assert b" 400 " in answer.split(b"\r\n")[0]
    [entry] = await sim.journal.wait(None, "request.unreadable", seconds=30)
    assert entry.detail["reason"]
    assert "Traceback" not in capfd.readouterr().err
