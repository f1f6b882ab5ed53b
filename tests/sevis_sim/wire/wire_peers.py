"""A site behind the TLS port, and the clients, good and bad, that call on it."""

import asyncio
import shutil
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from sevis_sim.pki import CertificateAuthority, Identity, fingerprint
from sevis_sim.wire import (
    HandshakeFailure,
    ServerContext,
    TlsListener,
    peer_certificate,
    server_context,
)

AT = datetime(2026, 3, 6, 17, 0, tzinfo=UTC)
CA = CertificateAuthority.create()
SERVER = CA.issue_server(datetime.now(UTC))
NOBODY = "no certificate"


class Site:
    """An application that answers with the fingerprint it sees, and a queue of the failures."""

    def __init__(self, **options: object) -> None:
        self.context: ServerContext = server_context(SERVER, CA.pem)
        self.failures: asyncio.Queue[HandshakeFailure] = asyncio.Queue()
        self.options = options
        self.gate = asyncio.Event()
        self.entered = asyncio.Event()
        self.connections: set[object] = set()

    async def __aenter__(self) -> "Site":
        app = web.Application()
        app.router.add_route("*", "/", self.answer)
        app.router.add_route("*", "/slow", self.answer_slowly)
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=5)
        await self.runner.setup()
        assert self.runner.server is not None
        self.listener = TlsListener(
            self.runner.server, self.context, on_failure=self.failures.put_nowait, **self.options
        )
        await self.listener.start()
        self.port = self.listener.port
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.listener.close()
        await self.runner.cleanup()

    async def answer(self, request: web.Request) -> web.Response:
        self.connections.add(request.transport)
        body = await request.read()
        der = peer_certificate(request.transport)
        return web.Response(text=f"{fingerprint(der) if der else NOBODY} {len(body)}")

    async def answer_slowly(self, request: web.Request) -> web.Response:
        self.entered.set()
        await self.gate.wait()
        return await self.answer(request)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}/"

    async def failure(self) -> HandshakeFailure:
        async with asyncio.timeout(20):
            return await self.failures.get()


def client_context(identity: Identity | None = None, ca: bytes = CA.pem) -> ssl.SSLContext:
    if identity is not None:
        return identity.ssl_context(ca)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=ca.decode())
    return context


async def fetch(site: Site, context: ssl.SSLContext, data: bytes = b"", path: str = "") -> str:
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session,
        session.post(site.url + path, data=data) as response,
    ):
        assert response.status == 200
        return await response.text()


async def curl(site: Site, *options: object) -> tuple[int, str, str]:
    program = shutil.which("curl") or pytest.skip("curl is not installed")
    process = await asyncio.create_subprocess_exec(
        program,
        *("--silent", "--show-error", "--max-time", "20"),
        *map(str, options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, error = await process.communicate()
    return process.returncode or 0, out.decode(), error.decode()


VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


async def blocking_request(
    port: int, context: ssl.SSLContext, session: ssl.SSLSession | None
) -> tuple[str, ssl.SSLSession | None, bool]:
    """Do one request in a thread, for only blocking sockets give the session to resume."""

    def work() -> tuple[str, ssl.SSLSession | None, bool]:
        import socket

        with (
            socket.create_connection(("127.0.0.1", port), timeout=20) as raw,
            context.wrap_socket(raw, server_hostname="localhost", session=session) as tls,
        ):
            tls.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            answer = b"".join(iter(lambda: tls.recv(65536), b""))
            return answer.decode(), tls.session, bool(tls.session_reused)

    return await asyncio.to_thread(work)


def hello_bytes(context: ssl.SSLContext | None = None) -> bytes:
    outgoing = ssl.MemoryBIO()
    tls = (context or client_context()).wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    return outgoing.read()


async def send_and_leave(port: int, data: bytes, *, read_first: bool = False) -> bytes:
    """Send bytes, read what comes back until the server closes (or one piece of it), and leave."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    if data:
        writer.write(data)
    answer = b""
    if read_first:
        answer = await asyncio.wait_for(reader.read(65536), 20)
    elif data:
        answer = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    await writer.wait_closed()
    return answer


def capture_timers(
    monkeypatch: pytest.MonkeyPatch, shortest: float, longest: float
) -> "asyncio.Queue[Callable[[], object]]":
    """Collect the callbacks of timers of such a length (seconds); they never ring by themselves within a test."""
    loop = asyncio.get_running_loop()
    captured: asyncio.Queue[Callable[[], object]] = asyncio.Queue()
    call_at = loop.call_at

    def spy(when: float, callback: Callable[..., object], *args: Any, **options: Any) -> asyncio.TimerHandle:
        if shortest < when - loop.time() <= longest:
            captured.put_nowait(lambda: callback(*args))
        return call_at(when, callback, *args, **options)

    monkeypatch.setattr(loop, "call_at", spy)
    return captured


def certificate_with_usage(usage: str) -> Identity:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

    good = CA.issue_client("server")
    parsed = x509.load_pem_x509_certificate(good.certificate_pem)
    certificate = (
        x509.CertificateBuilder(parsed.issuer, parsed.subject, parsed.public_key(), 7, AT, AT + timedelta(days=99))
        .add_extension(x509.ExtendedKeyUsage([x509.ObjectIdentifier(usage)]), critical=False)
        .sign(load_pem_private_key(CA._key_pem, None), hashes.SHA256())
    )
    return Identity("server", certificate.public_bytes(Encoding.PEM), good.key_pem)
