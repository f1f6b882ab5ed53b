# ruff: noqa: E501 - the lines of requests stand here as they are sent
"""The requests of clients seen in use, byte for byte over a raw socket (reference sevis-protocol.md §1.2, §1.4)."""

import asyncio
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import PDSO, SCHOOL, sample, with_batch

from sevis_sim import Simulator

DOCUMENT = with_batch(sample("students.xml"), "BATCH-REPLAY-1")
VALUES = {"orgid": SCHOOL, "batchid": "BATCH-REPLAY-1", "userid": PDSO, "schoolcode": SCHOOL}
QUERY = f"orgid={SCHOOL}&batchid=BATCH-REPLAY-1&userid={PDSO}"


def body(boundary: str, order: str, value: str, file: str, between: str = "--{b}\r\n", end: str = "\r\n") -> bytes:
    """Build a form from the heads of its parts, in which {n} is the name of a field."""
    mark, pieces = between.replace("{b}", boundary).encode(), []
    for name in order.split():
        head = (file if name == "xml" else value).replace("{n}", name).encode()
        content = DOCUMENT if name == "xml" else VALUES[name].encode()
        pieces.append(mark + head + b"\r\n\r\n" + content + end.encode())
    return b"".join(pieces) + f"--{boundary}--\r\n".encode()


PLAIN, FILE = 'Content-Disposition: form-data; name="{n}"', 'Content-Disposition: form-data; name="xml"; filename="{f}"'

UPLOADS = {
    "curl of the PeopleSoft manual": (
        ("Host: localhost\r\nUser-Agent: curl/7.19.7\r\nAccept: */*\r\nExpect: 100-continue\r\n"
        "Content-Type: multipart/form-data; boundary=----------------------------4ebf00fbcf09"),
        body(
            "----------------------------4ebf00fbcf09",
            "orgid batchid userid xml",
            PLAIN,
            FILE.replace("{f}", "40000091540SEA214F00078000.xml"[:30]) + "\r\nContent-Type: application/xml",
        ),
        [],
    ),
    "C# of the exchange programs, as .NET HttpClient sends it": (
        ("Accept: */*\r\nUser-Agent: curl/7.46.0\r\nExpect: 100-continue\r\nHost: localhost\r\nConnection: Keep-Alive\r\n"
        "Content-Type: multipart/form-data; boundary=0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0"),
        body("0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0", "orgid userid batchid xml", PLAIN, FILE.replace("{f}", "batchfile3.xml")),
        [],
    ),
    "Ruby, which closes every part": (
        "Accept: */*\r\nUser-Agent: Ruby\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=AaB03x",
        body(
            "AaB03x", "xml orgid batchid userid", PLAIN,
            FILE.replace("{f}", "local.xml") + "\r\nContent-Type: application/xml", "--{b}--\r\n", "\r\n\r\n",
        ),
        ["closing"],
    ),
    "a browser": (
        ("Host: localhost\r\nConnection: keep-alive\r\nCache-Control: max-age=0\r\nUpgrade-Insecure-Requests: 1\r\n"
        "Origin: null\r\nUser-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36\r\n"
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\nAccept-Encoding: gzip, deflate, br\r\n"
        "Accept-Language: en-US,en;q=0.9\r\nCookie: a=b\r\n"
        "Content-Type: multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW"),
        body(
            "----WebKitFormBoundary7MA4YWxkTrZu0gW", "xml batchid orgid userid", PLAIN,
            FILE.replace("{f}", "20021104.xml") + "\r\nContent-Type: text/xml",
        ),
        [],
    ),
    ".NET HttpClient with MultipartFormDataContent as it comes": (
        'Host: localhost\r\nContent-Type: multipart/form-data; boundary="3f2504e0-4f89-11d3-9a0c-0305e82c3301"',
        body(
            "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
            "orgid batchid userid xml",
            "Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name={n}",
            "Content-Disposition: form-data; name=xml; filename=batch.xml; filename*=utf-8''batch.xml",
        ),
        [],
    ),
    "Apache HttpClient": (
        ("Host: localhost\r\nConnection: Keep-Alive\r\nUser-Agent: Apache-HttpClient/4.5.14 (Java/17.0.9)\r\n"
        "Accept-Encoding: gzip,deflate\r\nContent-Type: multipart/form-data; boundary=Kx0QpE_r-3m9fC2h8sYw"),
        body(
            "Kx0QpE_r-3m9fC2h8sYw", "orgid batchid userid xml",
            PLAIN + "\r\nContent-Type: text/plain; charset=ISO-8859-1\r\nContent-Transfer-Encoding: 8bit",
            FILE.replace("{f}", "b.xml") + "\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary",
        ),
        [],
    ),
    "Java HttpURLConnection": (
        ("User-Agent: Java/1.8.0_391\r\nHost: localhost\r\nAccept: text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2\r\n"
        "Connection: keep-alive\r\nContent-Type: multipart/form-data;boundary=*****"),
        body("*****", "orgid batchid userid xml", PLAIN.replace("; name", ";name"), FILE.replace("{f}", "b.xml")),
        [],
    ),
}  # fmt: skip


async def exchange(sim, request: bytes) -> bytes:
    """Send raw bytes; return the answer, without the interim one."""
    reader, writer = await asyncio.open_connection(
        "localhost", sim.port, ssl=sim.school().ssl_context(), server_hostname="localhost"
    )
    try:
        writer.write(request)
        answer = await asyncio.wait_for(_answer(reader), 60)
    finally:
        writer.close()
    return answer


async def _answer(reader) -> bytes:
    while True:
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 100 Continue" in head:
            continue
        length = re.search(rb"Content-Length: (\d+)", head, re.IGNORECASE)
        return head + await reader.readexactly(int(length[1]) if length else 0)


@pytest.mark.parametrize("version", ["1.1", "1.0"])
@pytest.mark.parametrize("client", UPLOADS)
async def test_the_upload_of_a_client_is_accepted_as_it_came(sim, client, version):
    head, form, notes = UPLOADS[client]
    line = f"POST /sevisbatch/action/batchUpload HTTP/{version}\r\n{head}\r\nContent-Length: {len(form)}\r\n\r\n"
    answer = await exchange(sim, line.encode() + form)
    assert answer.startswith(f"HTTP/{version} 200".encode())
    assert b'resultCode="S0000"' in answer
    [entry] = await sim.journal.query("default", "upload.answered")
    assert len(entry.detail["notes"]) >= len(notes)
    assert all(any(word in note for note in entry.detail["notes"]) for word in notes)


async def test_the_client_of_2002_has_no_userid_and_gets_s0001(sim):
    form = body("x2002", "schoolcode batchid xml", PLAIN, FILE.replace("{f}", "20021104.xml"))
    head = (
        "POST /sevisbatch/action/batchUpload HTTP/1.1\r\nUser-Agent: curl/7.9.8 (i386-redhat-linux-gnu) libcurl 7.9.8\r\n"
        "Host: localhost\r\nPragma: no-cache\r\nAccept: image/gif, image/x-xbitmap, image/jpeg, image/pjpeg, */*\r\n"
        f"Content-Length: {len(form)}\r\nExpect: 100-continue\r\nContent-Type: multipart/form-data; boundary=x2002\r\n\r\n"
    )
    assert b'resultCode="S0001"' in await exchange(sim, head.encode() + form)


async def test_a_client_of_http_1_0_gets_no_interim_answer(sim):
    reader, writer = await asyncio.open_connection(
        "localhost", sim.port, ssl=sim.school().ssl_context(), server_hostname="localhost"
    )
    head, form, _ = UPLOADS["curl of the PeopleSoft manual"]
    line = f"POST /sevisbatch/action/batchUpload HTTP/1.0\r\n{head}\r\nContent-Length: {len(form)}\r\n\r\n"
    assert "Expect: 100-continue" in head
    writer.write(line.encode() + form)
    assert (await reader.readline()).startswith(b"HTTP/1.0 200")
    writer.close()


DOWNLOADS = {
    "Ruby": f"GET /sevisbatch/action/batchDownload?{QUERY} HTTP/1.1\r\nAccept: */*\r\nUser-Agent: Ruby\r\nHost: x\r\n\r\n",
    "browser": f"GET /sevisbatch/action/batchDownload?{QUERY} HTTP/1.1\r\nHost: x\r\nUser-Agent: Mozilla/5.0\r\n"
    "Accept: text/html\r\nReferer: https://example.test/form.html\r\n\r\n",
    "HTTP 1.0": f"GET /sevisbatch/action/batchDownload?{QUERY} HTTP/1.0\r\n\r\n",
    "C#": (
        "POST /sevisbatch/action/batchDownload HTTP/1.1\r\nAccept: */*\r\nUser-Agent: curl/7.46.0\r\n"
        "Content-Type: multipart/form-data; boundary=net\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n"
    ),
}


@pytest.mark.parametrize("client", DOWNLOADS)
async def test_the_download_of_a_client_is_answered(sim, client):
    form = b""
    if client == "C#":
        values = [(name, VALUES[name]) for name in ("orgid", "userid", "batchid")]
        form = "".join(
            f"--net\r\n{PLAIN.replace('{n}', name)}\r\n\r\n{text}\r\n" for name, text in values
        ).encode() + b"--net--\r\n"  # fmt: skip
    answer = await exchange(sim, DOWNLOADS[client].replace("{length}", str(len(form))).encode() + form)
    assert b"Content-Type: application/zip" in answer
    [entry] = await sim.journal.query("default", "download.answered")
    assert entry.detail["code"] == "S0031"


# -- anything at all -------------------------------------------------------------------------------------------------

PIECES = st.one_of(
    st.sampled_from(
        [
            b"--b", b"--b--", b"\r\n", b"\n", b"\r", b"\r\n\r\n", b'Content-Disposition: form-data; name="orgid"',
            b'Content-Disposition: form-data; name="xml"; filename="a.xml"', b"Content-Type: text/xml", b"<?xml",
            b'Content-Disposition: form-data; name="batchid"', SCHOOL.encode(), b"</", DOCUMENT, b'name="userid"',
        ]
    ),
    st.binary(max_size=200),
)  # fmt: skip
HEADS = st.sampled_from(
    [
        "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {length}",
        "Content-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked",
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}",
        "Content-Type: multipart/form-data\r\nContent-Length: {length}",
        "Content-Encoding: gzip\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: {length}",
        "Expect: 100-continue\r\nContent-Length: {length}",
        "Expect: more\r\nContent-Length: {length}",
        "Transfer-Encoding: chunked\r\nContent-Length: {length}",
        "Content-Length: -{length}",
        "Upgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: {length}",
    ]
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    data=st.lists(
        st.tuples(
            st.sampled_from(["POST", "GET", "PUT", "HEAD", "OPTIONS"]),
            st.sampled_from(["batchUpload", "batchDownload"]),
            HEADS,
            st.lists(PIECES, max_size=12).map(b"".join),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_is_sent_is_answered_and_never_with_500(data):
    async def play():
        async with Simulator(clock="2026-03-06T14:00-05:00") as sim:
            for method, action, head, content in data:
                sent = content
                if "chunked" in head:
                    sent = b"%x\r\n%s\r\n0\r\n\r\n" % (len(content), content) if content else b"0\r\n\r\n"
                reader, writer = await asyncio.open_connection(
                    "localhost", sim.port, ssl=sim.school().ssl_context(), server_hostname="localhost"
                )
                line = f"{method} /sevisbatch/action/{action} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                writer.write(line.encode() + head.replace("{length}", str(len(content))).encode() + b"\r\n\r\n" + sent)
                answer = await asyncio.wait_for(reader.read(), 30)
                writer.close()
                status = [int(found) for found in re.findall(rb"HTTP/1\.[01] (\d{3})", answer)]
                assert status, (line, head, content)
                assert max(status) < 500, answer[:500]
            assert await sim.journal.query(None, "request.failed") == []
            assert await sim.journal.query("default", "request.failed") == []

    asyncio.run(play())
