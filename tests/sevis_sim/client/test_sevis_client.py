"""The reference client against a tiny service: what it sends, what it makes of answers, how it explains failures."""

import asyncio
import io
import ssl
import subprocess
import zipfile
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
import trustme
from aiohttp import web
from client_service import Files, Service, server_context, started

from sevis_sim import __version__
from sevis_sim.client import ClientError, ClientSettings, SevisClient, client_context
from sevis_sim.client.replies import upload_reply
from sevis_sim.clock import EASTERN
from sevis_sim.results import LogHeader, ProcessStage, UploadStage, archive, transaction_log

NOW = datetime(2026, 3, 9, 22, tzinfo=EASTERN)
HEADER = LogHeader("BATCH000000001", "ABC214F00012000")
ACCEPTED = transaction_log(HEADER, system="PROD", status=True, upload=UploadStage("S0000", NOW, "batch.xml"))
REFUSED = transaction_log(HEADER, system="PROD", status=False, upload=UploadStage("S0010", NOW, "batch.xml"))
RESULT = transaction_log(
    HEADER,
    status=True,
    upload=UploadStage("S0000", NOW),
    process=ProcessStage.of(NOW, []),
    download="S0000",
)
NOT_READY = transaction_log(HEADER, status=False, upload=UploadStage("S0000", NOW), download="S0030")
DOCUMENT = (
    b'<SEVISBatchCreateUpdateStudent userID="pdso000001"><BatchHeader><BatchID>BATCH000000001</BatchID>'
    b"<OrgID>ABC214F00012000</OrgID></BatchHeader></SEVISBatchCreateUpdateStudent>"
)
NAMES = ("ABC214F00012000", "BATCH000000001", "pdso000001")


@pytest.fixture
async def client(service: Service, files: Files) -> AsyncIterator[SevisClient]:
    async with SevisClient(
        service.upload_url, service.download_url, cert=files.cert, key=files.key, ca=files.ca
    ) as made:
        yield made


async def problem(client: SevisClient) -> str:
    """Upload, expect no answer, and return the one line that says why."""
    async with client:
        with pytest.raises(ClientError) as caught:
            await client.upload(DOCUMENT, "batch.xml")
    assert "\n" not in str(caught.value)
    return str(caught.value)


# --- uploads -------------------------------------------------------------------------------------------------------


async def test_an_upload_takes_its_names_from_the_header_and_presents_the_certificate(
    client: SevisClient, service: Service
) -> None:
    service.says(ACCEPTED)
    reply = await client.upload(DOCUMENT, "batch.xml")
    (seen,) = service.seen
    assert (seen.method, seen.path, seen.certificate) == ("POST", "/sevisbatch/action/batchUpload", True)
    assert seen.headers["User-Agent"] == f"sevis-sim/{__version__}"
    assert int(seen.headers["Content-Length"]) == len(seen.body)
    position = [seen.body.index(text.encode()) for text in ('name="orgid"', 'name="batchid"', 'name="userid"')]
    assert position == sorted(position)
    assert b'name="xml"; filename="batch.xml"\r\nContent-Type: application/xml\r\n\r\n' + DOCUMENT in seen.body
    assert (reply.http, reply.accepted, reply.code, reply.body, reply.problem) == (200, True, "S0000", ACCEPTED, "")


async def test_names_that_are_given_go_before_those_of_the_header(client: SevisClient, service: Service) -> None:
    service.says(REFUSED)
    reply = await client.upload(DOCUMENT, "batch.xml", "P-1-12345", "OTHER000000001", "roff000001")
    (seen,) = service.seen
    for text in (b"P-1-12345", b"OTHER000000001", b"roff000001"):
        assert b"\r\n\r\n" + text + b"\r\n" in seen.body
    assert (reply.accepted, reply.code) == (False, "S0010")


async def test_a_document_that_is_no_xml_is_sent_if_the_names_are_given(client: SevisClient, service: Service) -> None:
    service.says(REFUSED)
    await client.upload(b"\x00 no xml", "batch.xml", *NAMES)
    assert b"\x00 no xml" in service.seen[0].body
    with pytest.raises(ClientError, match="cannot be read as XML"):
        await client.upload(b"\x00 no xml", "batch.xml")


async def test_a_name_that_nobody_gives_is_an_error_but_a_blank_that_was_asked_for_is_sent(
    client: SevisClient, service: Service
) -> None:
    service.says(REFUSED)
    with pytest.raises(ClientError, match="no batch ID"):
        await client.upload(b"<R/>", "batch.xml", "P-1-12345", None, "roff000001")
    with pytest.raises(ClientError, match="no user"):
        await client.upload(b"<R/>", "batch.xml", "P-1-12345", "B")
    assert service.seen == []
    await client.upload(b"<R/>", "batch.xml", "", "", "")
    assert len(service.seen) == 1


async def test_the_client_s_own_names_serve_where_the_file_has_none(service: Service, files: Files) -> None:
    service.says(ACCEPTED)
    settings = ClientSettings(
        service.upload_url, service.download_url, files.ca, files.both, None, "P-1-12345", "roff000001"
    )
    async with SevisClient.from_settings(settings) as client:
        await client.upload(b"<R/>", "batch.xml", batch_id="B")
    assert b"\r\n\r\nP-1-12345\r\n" in service.seen[0].body
    assert b"\r\n\r\nroff000001\r\n" in service.seen[0].body
    assert service.seen[0].certificate


# --- downloads -----------------------------------------------------------------------------------------------------


async def test_a_download_by_get_sends_a_query(client: SevisClient, service: Service) -> None:
    service.says(archive(RESULT, [("N9900000001.pdf", b"%PDF")], NOW), content_type="application/zip")
    reply = await client.download("ABC214F00012000", "---- &=+%0A_ä/", "pdso000001")
    (seen,) = service.seen
    assert (seen.method, seen.path, seen.body) == ("GET", "/sevisbatch/action/batchDownload", b"")
    assert seen.query == {"orgid": "ABC214F00012000", "batchid": "---- &=+%0A_ä/", "userid": "pdso000001"}
    assert (reply.ready, reply.code, reply.http) == (True, "S0000", 200)
    assert reply.archive is not None
    assert reply.archive.forms == {"N9900000001.pdf": b"%PDF"}
    assert reply.log is reply.archive.log


async def test_a_download_by_post_sends_a_multipart_form(client: SevisClient, service: Service) -> None:
    service.says(archive(RESULT, [], NOW), content_type="application/zip")
    reply = await client.download(*NAMES, method="post")
    (seen,) = service.seen
    assert (seen.method, seen.query) == ("POST", {})
    assert seen.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert b'name="batchid"\r\n\r\nBATCH000000001\r\n' in seen.body
    assert reply.ready


@pytest.mark.parametrize("body", [NOT_READY, archive(NOT_READY, [], NOW)])
async def test_a_download_that_is_not_ready_says_so_in_a_bare_log_or_in_a_zip(
    client: SevisClient, service: Service, body: bytes
) -> None:
    service.says(body)
    reply = await client.download(*NAMES)
    assert (reply.ready, reply.code, reply.problem) == (False, "S0030", "")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (archive(RESULT, [("a.pdf", b"x")], NOW)[:-40], "the zip is damaged"),
        (b"", "the transaction log is empty"),
        (b"<html><title>Maintenance</title></html>", "HTML page, 'Maintenance'"),
    ],
)
async def test_an_answer_that_is_neither_log_nor_zip_is_kept_with_the_reason(
    client: SevisClient, service: Service, body: bytes, reason: str
) -> None:
    service.says(body)
    reply = await client.download(*NAMES)
    assert reason in reply.problem
    assert (reply.ready, reply.log, reply.archive, reply.code, reply.body) == (False, None, None, "", body)


async def test_a_zip_without_a_log_is_a_problem(client: SevisClient, service: Service) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as out:
        out.writestr("N1.pdf", b"%PDF")
    service.says(buffer.getvalue())
    assert "has no sevis_transaction_log.xml" in (await client.download(*NAMES)).problem


# --- pages and redirects -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "HTTP 403 Nope & no. (the client certificate is missing, unknown, expired"),
        (413, "HTTP 413 Nope & no. (the file is larger"),
        (503, "HTTP 503 Nope & no. (the service is closed"),
        (500, "HTTP 500 Nope & no."),
    ],
)
async def test_the_title_of_a_page_is_the_reason(
    client: SevisClient, service: Service, status: int, words: str
) -> None:
    page = b"<html><head><TITLE lang='en'>Nope &amp;\n no.</TITLE></head></html>"
    service.says(page, status, "text/html")
    uploaded = await client.upload(DOCUMENT, "batch.xml")
    downloaded = await client.download(*NAMES)
    for reply in (uploaded, downloaded):
        assert (reply.http, reply.log, reply.title, reply.code, reply.body) == (status, None, "Nope & no.", "", page)
        assert reply.problem.startswith(words)


async def test_a_redirect_is_told_and_not_followed(client: SevisClient, service: Service) -> None:
    service.says(b"", 302, Location=f"{service.base}/elsewhere")
    reply = await client.upload(DOCUMENT, "batch.xml")
    assert [seen.path for seen in service.seen] == ["/sevisbatch/action/batchUpload"]
    assert f"sends us on to {service.base}/elsewhere, and we do not follow" in reply.problem


def test_a_title_that_begins_with_the_status_is_not_given_a_second_one() -> None:
    reply = upload_reply(404, b"<title>404 - Not found.</title>")
    assert reply.problem == "HTTP 404 - Not found. (check the path of the URL)"


def test_an_error_status_goes_before_a_log_in_its_body() -> None:
    reply = upload_reply(500, ACCEPTED)
    assert (reply.accepted, reply.log, reply.problem) == (False, None, "HTTP 500")


async def test_cookies_of_a_front_end_are_not_kept(client: SevisClient, service: Service) -> None:
    service.says(ACCEPTED, 200, "text/xml", **{"Set-Cookie": "session=1; Path=/"})
    await client.upload(DOCUMENT, "batch.xml")
    await client.upload(DOCUMENT, "batch.xml")
    assert "Cookie" not in service.seen[1].headers


# --- failures on the way -------------------------------------------------------------------------------------------


async def test_nothing_listens(free_port_url: str, files: Files) -> None:
    client = SevisClient(f"{free_port_url}/u", f"{free_port_url}/d", ca=files.ca)
    assert await problem(client) == f"{free_port_url}/u: nothing listens there (connection refused)"


async def test_the_server_is_of_another_authority(service: Service, files: Files) -> None:
    words = await problem(SevisClient(service.upload_url, service.download_url, ca=files.other_ca))
    assert "certificate cannot be trusted" in words
    assert "SEVIS_SIM_CA" in words


async def test_the_server_s_certificate_is_for_another_host(files: Files, authority: trustme.CA) -> None:
    service = Service()
    runner = await started(service, server_context(authority, ssl.CERT_NONE, "sevis.example"))
    words = await problem(SevisClient(service.upload_url, service.download_url, ca=files.ca))
    await runner.cleanup()
    assert "not for this host name" in words


async def test_the_server_insists_on_a_client_certificate(files: Files, authority: trustme.CA) -> None:
    service = Service()
    runner = await started(service, server_context(authority, ssl.CERT_REQUIRED))
    words = await problem(SevisClient(service.upload_url, service.download_url, ca=files.ca))
    await runner.cleanup()
    assert "wants a client certificate" in words or "closed before there was an answer" in words


async def test_the_server_does_not_know_the_issuer_of_the_certificate(
    files: Files, authority: trustme.CA, tmp_path: Path
) -> None:
    stranger = tmp_path / "stranger.pem"
    trustme.CA().issue_cert(common_name="stranger").private_key_and_cert_chain_pem.write_to_path(stranger)
    service = Service()
    runner = await started(service, server_context(authority, ssl.CERT_REQUIRED))
    words = await problem(SevisClient(service.upload_url, service.download_url, cert=stranger, ca=files.ca))
    await runner.cleanup()
    assert "UNKNOWN_CA" in words or "closed before there was an answer" in words


async def test_what_listens_speaks_no_tls(plain_service: Service, files: Files) -> None:
    url = plain_service.upload_url.replace("http:", "https:")
    assert "does not speak TLS" in await problem(SevisClient(url, url, ca=files.ca))


async def test_the_answer_never_comes(service: Service, files: Files) -> None:
    async def never(_: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    service.answer = never
    client = SevisClient(service.upload_url, service.download_url, ca=files.ca, timeout=0.05)
    assert "no answer within 0.05 seconds" in await problem(client)


async def test_the_connection_is_closed_before_an_answer(service: Service, files: Files) -> None:
    async def abort(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    service.answer = abort
    client = SevisClient(service.upload_url, service.download_url, ca=files.ca)
    assert "closed before there was an answer" in await problem(client)


async def test_the_answer_ends_too_early(service: Service, files: Files) -> None:
    async def truncate(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(ACCEPTED[:100])
        assert request.transport is not None
        request.transport.close()
        return response

    service.answer = truncate
    client = SevisClient(service.upload_url, service.download_url, ca=files.ca)
    assert "ended before it was complete" in await problem(client)


async def test_an_endless_answer_is_given_up(
    service: Service, client: SevisClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sevis_sim.client.sevis.MAX_DOWNLOAD_REPLY", 1000)
    service.says(bytes(5000))
    with pytest.raises(ClientError, match="longer than 1000 bytes"):
        await client.download(*NAMES)


@pytest.mark.parametrize("url", ["", "no url", "ftp://127.0.0.1/u", "https://", "https://127.0.0.1:notaport/"])
async def test_what_is_no_address_is_said_so(url: str, files: Files) -> None:
    assert "no address of a service" in await problem(SevisClient(url, url, ca=files.ca))


async def test_a_large_upload_that_is_refused_unread_still_brings_its_page(files: Files, service: Service) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.Response(
            status=413, text="<title>Too large</title>", content_type="text/html", headers={"Connection": "close"}
        )

    service.answer = refuse
    service.reads = False
    async with SevisClient(service.upload_url, service.download_url, ca=files.ca) as client:
        reply = await client.upload(bytes(8_000_000), "batch.xml", *NAMES)
    assert (reply.http, reply.title) == (413, "Too large")


# --- certificates as files -----------------------------------------------------------------------------------------


def test_a_certificate_and_its_key_may_stand_in_one_file(files: Files) -> None:
    client_context(files.both, ca=files.ca)


def test_files_that_do_not_exist_or_are_no_files_are_named(files: Files, tmp_path: Path) -> None:
    missing = tmp_path / "missing.pem"
    for arguments, words in (
        ((None, None, missing), "the CA file"),
        ((missing, files.key, files.ca), "the client certificate"),
        ((files.cert, missing, files.ca), "the private key"),
    ):
        with pytest.raises(ClientError, match=f"{words} .*missing.pem does not exist"):
            client_context(*arguments)
    with pytest.raises(ClientError, match="cannot be read: Is a directory"):
        client_context(tmp_path, files.key, files.ca)


def test_files_of_the_wrong_kind_are_named_with_the_remedy(files: Files, tmp_path: Path) -> None:
    p12 = tmp_path / "client.p12"
    p12.write_bytes(b"\x30\x82\x01\x02")
    for arguments, words in (
        ((None, None, files.key), "holds no PEM certificate"),
        ((p12, None, files.ca), "openssl pkcs12"),
        ((files.cert, None, files.ca), "holds no PEM private key; name the file that does"),
        ((files.cert, files.cert, files.ca), "holds no PEM private key"),
        ((None, files.key, files.ca), "of no use without its certificate"),
    ):
        with pytest.raises(ClientError, match=words):
            client_context(*arguments)


def test_a_key_of_another_certificate_is_named(files: Files, tmp_path: Path) -> None:
    other = tmp_path / "other.key"
    trustme.CA().issue_cert(common_name="other").private_key_pem.write_to_path(other)
    with pytest.raises(ClientError, match=r"other\.key does not belong to the client certificate"):
        client_context(files.cert, other, files.ca)


def test_damaged_files_are_named(files: Files, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.pem"
    damaged.write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    with pytest.raises(ClientError, match=r"the client certificate .*damaged\.pem or its key is damaged"):
        client_context(damaged, files.key, files.ca)
    with pytest.raises(ClientError, match=r"the CA file .*damaged\.pem is damaged"):
        client_context(ca=damaged)


def test_an_encrypted_key_is_an_error_and_no_question_on_the_terminal(files: Files, tmp_path: Path) -> None:
    encrypted = tmp_path / "encrypted.key"
    subprocess.run(
        ["openssl", "pkey", "-in", files.key, "-aes256", "-passout", "pass:secret", "-out", encrypted],
        check=True,
        stdin=subprocess.DEVNULL,
    )
    with pytest.raises(ClientError, match="is encrypted; write it without a password"):
        client_context(files.cert, encrypted, files.ca)
