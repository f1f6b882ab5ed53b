"""The TLS port with a real aiohttp application behind it, and real clients, good and bad, in front."""

import asyncio
import contextlib
import gc
import shutil
import ssl
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from sevis_sim.pki import CertificateAuthority, Identity, fingerprint, issue_by_profile
from sevis_sim.wire import (
    HandshakeFailure,
    ServerContext,
    TlsListener,
    WireError,
    add_anchor,
    explain,
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


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site() as running:
        yield running
        assert running.failures.empty(), running.failures.get_nowait()


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


class TestWhoIsLetIn:
    """The handshake succeeds, and the application judges."""

    @pytest.mark.parametrize("version", VERSIONS)
    async def test_without_a_certificate(self, site: Site, version: ssl.TLSVersion) -> None:
        context = client_context()
        context.minimum_version = context.maximum_version = version
        assert await fetch(site, context) == f"{NOBODY} 0"

    @pytest.mark.parametrize("version", VERSIONS)
    @pytest.mark.parametrize("profile", ["valid", "expired", "not-yet-valid"])
    async def test_with_a_certificate_of_the_authority_whatever_its_dates(
        self, site: Site, version: ssl.TLSVersion, profile: str
    ) -> None:
        identity = issue_by_profile(CA, profile, "client", AT)
        context = client_context(identity)
        context.minimum_version = context.maximum_version = version
        assert await fetch(site, context, b"x" * 300_000) == f"{identity.fingerprint} 300000"

    async def test_a_certificate_that_is_expired_by_the_wall_clock_too(self, site: Site) -> None:
        long_ago = datetime(2003, 1, 1, tzinfo=UTC)
        identity = CA.issue_client("old", not_before=long_ago, not_after=long_ago + timedelta(days=1))
        assert await fetch(site, client_context(identity)) == f"{identity.fingerprint} 0"

    @pytest.mark.parametrize("profile", ["self-signed", "other-ca"])
    @pytest.mark.parametrize("key", ["ecdsa", "rsa"])
    async def test_with_a_certificate_that_is_imported_while_serving(self, site: Site, profile: str, key: str) -> None:
        identity = issue_by_profile(CA, profile, "client", AT, key=key)
        context = client_context(identity)
        with pytest.raises(aiohttp.ClientError):
            await fetch(site, context)
        assert (await site.failure()).kind == "unknown-issuer"
        for _ in range(2):  # importing again does no harm
            add_anchor(site.context, identity.certificate_pem)
        assert await fetch(site, context) == f"{identity.fingerprint} 0"

    async def test_an_expired_self_signed_certificate_that_was_imported(self, site: Site) -> None:
        from sevis_sim.pki.profiles import _self_signed

        identity = _self_signed("old", "old", "ecdsa", AT - timedelta(days=9000), AT - timedelta(days=8000))
        add_anchor(site.context, identity.certificate_pem)
        assert await fetch(site, client_context(identity)) == f"{identity.fingerprint} 0"

    async def test_an_import_lets_in_no_other_certificate_of_the_same_issuer(self, site: Site) -> None:
        other = CertificateAuthority.create()
        first, second = other.issue_client("first"), other.issue_client("second")
        add_anchor(site.context, first.certificate_pem)
        with pytest.raises(aiohttp.ClientError):
            await fetch(site, client_context(second))
        assert (await site.failure()).kind == "unknown-issuer"

    async def test_anchors_named_at_the_start(self) -> None:
        identity = issue_by_profile(CA, "self-signed", "client", AT)
        running = Site()
        running.context = server_context(SERVER, CA.pem, [identity.certificate_pem])
        async with running as site:
            assert await fetch(site, client_context(identity)) == f"{identity.fingerprint} 0"

    def test_an_anchor_that_is_no_certificate_is_refused(self) -> None:
        for wrong in (b"nonsense", b"\xff", b""):
            with pytest.raises(WireError, match="not a PEM certificate"):
                add_anchor(server_context(SERVER, CA.pem), wrong)

    async def test_another_context_counts_from_the_next_handshake_on(self, site: Site) -> None:
        other = CertificateAuthority.create()
        site.listener.context = server_context(other.issue_server(datetime.now(UTC)), other.pem)
        assert await fetch(site, client_context(ca=other.pem)) == f"{NOBODY} 0"


class TestConnections:
    """What must keep working once the handshake is done."""

    @pytest.mark.parametrize("version", VERSIONS)
    async def test_a_resumed_session_keeps_the_client_certificate(self, site: Site, version: ssl.TLSVersion) -> None:
        identity = CA.issue_client("client")
        context = client_context(identity)
        context.minimum_version = context.maximum_version = version
        reused = []
        session: ssl.SSLSession | None = None
        for _ in range(2):
            answer, session, again = await blocking_request(site.port, context, session)
            assert answer.endswith(f"{identity.fingerprint} 0")
            reused.append(again)
        assert reused == [False, True]

    async def test_keep_alive_carries_many_requests_over_one_connection(self, site: Site) -> None:
        identity = CA.issue_client("client")
        connector = aiohttp.TCPConnector(ssl=client_context(identity))
        async with aiohttp.ClientSession(connector=connector) as session:
            for size in (0, 10, 200_000, 1):
                async with session.post(site.url, data=b"x" * size) as response:
                    assert await response.text() == f"{identity.fingerprint} {size}"
        assert len(site.connections) == 1

    async def test_fifty_parallel_connections_each_see_their_own_certificate(self, site: Site) -> None:
        identities = [CA.issue_client(f"client-{number}") for number in range(50)]
        answers = await asyncio.gather(*(fetch(site, client_context(one), b"x" * 10_000) for one in identities))
        assert answers == [f"{one.fingerprint} 10000" for one in identities]
        assert len(site.connections) == 50

    async def test_more_connections_than_handshakes_at_one_time_wait_their_turn(self) -> None:
        async with Site(max_handshakes=1) as site:
            answers = await asyncio.gather(*(fetch(site, client_context()) for _ in range(10)))
            assert answers == [f"{NOBODY} 0"] * 10
            assert site.failures.empty()

    @pytest.mark.parametrize("version", VERSIONS)
    async def test_a_request_that_arrives_with_the_last_handshake_message_is_answered(
        self, site: Site, version: ssl.TLSVersion
    ) -> None:
        context = client_context(CA.issue_client("client"))
        context.minimum_version = context.maximum_version = version
        request = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                writer.write(outgoing.read())
                incoming.write(await reader.read(65536))
        tls.write(request)  # in TLS 1.3 the client's last handshake message still waits in the same buffer
        writer.write(outgoing.read())
        answer = b""
        while not answer.endswith(b" 5"):
            try:
                answer += tls.read()
            except ssl.SSLWantReadError:
                received = await reader.read(65536)
                assert received, answer
                incoming.write(received)
        writer.close()

    async def test_a_hello_in_single_bytes_is_read(self, site: Site) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = client_context().wrap_bio(incoming, outgoing, server_hostname="localhost")
        with pytest.raises(ssl.SSLWantReadError):
            tls.do_handshake()
        for byte in outgoing.read():
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)
        incoming.write(await reader.read(65536))
        tls.do_handshake()
        assert tls.version() == "TLSv1.3"
        writer.write(outgoing.read())
        writer.close()
        await writer.wait_closed()

    async def test_closing_waits_for_a_request_that_is_being_answered(self) -> None:
        async with Site() as site:
            asking = asyncio.ensure_future(fetch(site, client_context(), path="slow"))
            await site.entered.wait()
            await site.listener.close()
            with pytest.raises(aiohttp.ClientConnectorError):
                await fetch(site, client_context())
            site.gate.set()
            assert await asking == f"{NOBODY} 0"

    async def test_closing_ends_idle_connections_and_unfinished_handshakes(self) -> None:
        async with Site() as site:
            idle, idle_writer = await asyncio.open_connection(
                "localhost", site.port, ssl=client_context(), server_hostname="localhost"
            )
            idle_writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await idle.readuntil(b"0")
            silent, silent_writer = await asyncio.open_connection("127.0.0.1", site.port)
            begun, begun_writer = await asyncio.open_connection("127.0.0.1", site.port)
            begun_writer.write(hello_bytes())
            assert await begun.read(1)  # the server has answered the hello: its handshake is under way
            await site.listener.close()
            await site.runner.cleanup()
            for reader in (idle, silent, begun):
                with contextlib.suppress(ConnectionResetError):
                    await asyncio.wait_for(reader.read(), 20)
            for writer in (idle_writer, silent_writer, begun_writer):
                writer.close()
            assert site.failures.empty()

    async def test_start_and_close_leave_nothing_behind(self) -> None:
        before = len(asyncio.all_tasks())
        for _ in range(3):
            async with Site() as site:
                assert await fetch(site, client_context()) == f"{NOBODY} 0"
        gc.collect()
        assert len(asyncio.all_tasks()) == before


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


class TestHandshakesThatDie:
    """Each tells who, how far, and why; and the client is told as much as TLS allows."""

    @pytest.mark.parametrize("version", VERSIONS)
    @pytest.mark.parametrize("profile", ["self-signed", "other-ca"])
    async def test_an_unknown_issuer(self, site: Site, profile: str, version: ssl.TLSVersion) -> None:
        identity = issue_by_profile(CA, profile, "client", AT)
        context = client_context(identity)
        context.minimum_version = context.maximum_version = version
        with pytest.raises(ssl.SSLError, match="TLSV1_ALERT_UNKNOWN_CA"):
            await blocking_request(site.port, context, None)
        failure = await site.failure()
        assert (failure.kind, failure.phase) == ("unknown-issuer", "client certificate")
        assert failure.reason == "CERTIFICATE_VERIFY_FAILED"
        assert failure.verify_code == (18 if profile == "self-signed" else 20)
        assert "issuer" in failure.detail or "self-signed" in failure.detail
        assert failure.peer is not None
        assert failure.peer[0] == "127.0.0.1"
        assert failure.offered == (identity.der,)
        assert failure.server_name == "localhost"
        assert failure.versions == ("TLS 1.3" if version is ssl.TLSVersion.TLSv1_3 else "TLS 1.2",)

    async def test_curl_is_told_that_its_issuer_is_unknown(self, site: Site, tmp_path: Path) -> None:
        written = issue_by_profile(CA, "other-ca", "client", AT).write(tmp_path)
        (tmp_path / "ca.pem").write_bytes(CA.pem)
        code, _, error = await curl(
            site, site.url, "--cacert", tmp_path / "ca.pem", "--cert", written.cert, "--key", written.key
        )
        assert code != 0
        assert "unknown ca" in error
        assert (await site.failure()).kind == "unknown-issuer"

    async def test_curl_that_does_not_trust_the_server(self, site: Site) -> None:
        code, _, _ = await curl(site, site.url)
        assert code == 60
        failure = await site.failure()
        assert (failure.kind, failure.phase) == ("server-refused", "server certificate")
        assert failure.reason == "TLSV1_ALERT_UNKNOWN_CA"

    async def test_a_client_that_leaves_when_it_sees_the_server_s_certificate(self, site: Site) -> None:
        await send_and_leave(site.port, hello_bytes(), read_first=True)
        failure = await site.failure()
        assert (failure.kind, failure.phase) == ("closed", "server certificate")
        assert failure.server_name == "localhost"

    async def test_plain_http_is_recognised_and_answered(self, site: Site) -> None:
        code, out, _ = await curl(site, f"http://localhost:{site.port}/x?y=1", "--include", "--data", "z" * 50_000)
        assert code == 0
        assert out.startswith("HTTP/1.1 400 ")
        assert "https://" in out
        failure = await site.failure()
        assert failure.kind == "plain-http"
        assert "POST /x?y=1 HTTP/1.1" in failure.detail

    async def test_a_request_line_in_two_pieces_is_still_plain_http(self, site: Site) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        writer.write(b"GE")
        await writer.drain()
        await asyncio.sleep(0)
        writer.write(b"T / HTTP/1.0\r\n\r\n")
        assert (await asyncio.wait_for(reader.read(), 20)).startswith(b"HTTP/1.1 400 ")
        writer.close()
        assert (await site.failure()).kind == "plain-http"

    @pytest.mark.parametrize(
        "garbage", [b"\x00\x01\x02", b"SSH-2.0-OpenSSH\r\n", b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n"]
    )
    async def test_garbage(self, site: Site, garbage: bytes) -> None:
        assert await send_and_leave(site.port, garbage) == b""
        failure = await site.failure()
        assert (failure.kind, failure.phase) == ("not-tls", "opening")
        assert garbage[:3].hex(" ") in failure.detail

    async def test_garbage_in_tls_clothing(self, site: Site) -> None:
        await send_and_leave(site.port, b"\x16\x03\x01\x00\x08" + b"\x01\x00\x00\x04abcd")
        failure = await site.failure()
        assert failure.kind == "other"
        assert failure.reason

    async def test_silence_and_half_a_hello(self, site: Site) -> None:
        await send_and_leave(site.port, b"")
        assert (await site.failure()).kind == "silent"
        _, writer = await asyncio.open_connection("127.0.0.1", site.port)
        writer.write(hello_bytes()[:50])
        writer.close()
        failure = await site.failure()
        assert (failure.kind, failure.phase) == ("cut-off", "opening")
        assert "50 bytes" in failure.detail

    async def test_old_tls_versions(self, site: Site) -> None:
        context = client_context()
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        with pytest.deprecated_call():
            context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        with pytest.raises(ssl.SSLError, match=r"(?i)protocol.version"):
            await blocking_request(site.port, context, None)
        failure = await site.failure()
        assert (failure.kind, failure.versions) == ("old-protocol", ("TLS 1.1",))

    async def test_no_common_cipher(self, site: Site) -> None:
        context = client_context()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")  # the server's key is ECDSA
        with pytest.raises(ssl.SSLError, match="HANDSHAKE_FAILURE"):
            await blocking_request(site.port, context, None)
        assert (await site.failure()).kind == "no-common-cipher"

    async def test_a_certificate_without_client_usage(self, site: Site) -> None:
        identity = certificate_with_usage("1.3.6.1.5.5.7.3.1")
        with pytest.raises(ssl.SSLError, match="ALERT"):
            await blocking_request(site.port, client_context(identity), None)
        failure = await site.failure()
        assert (failure.kind, failure.verify_code) == ("wrong-purpose", 26)

    @pytest.mark.parametrize(("sent", "phase"), [(b"", "opening"), (b"\x16\x03\x01", "opening"), (None, "negotiation")])
    async def test_a_client_that_stops_before_the_end_is_dropped_when_its_time_is_up(
        self, monkeypatch: pytest.MonkeyPatch, sent: bytes | None, phase: str
    ) -> None:
        limit = 5000.0  # never waited for: the test rings the alarms of this length itself
        alarms = capture_timers(monkeypatch, limit - 100, limit)
        async with Site(handshake_seconds=limit) as site:
            reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
            writer.write(hello_bytes() if sent is None else sent)
            if sent is None:
                assert await reader.read(1)  # the server has answered: the handshake is under way
            alarm = await asyncio.wait_for(alarms.get(), 20)
            if sent is None:
                alarm = await asyncio.wait_for(alarms.get(), 20)  # asyncio's own, which follows ours
            alarm()
            with contextlib.suppress(ConnectionResetError):
                await asyncio.wait_for(reader.read(), 20)
            writer.close()
            failure = await site.failure()
            assert (failure.kind, failure.phase) == ("timeout", phase)
            assert "5000 s" in failure.detail

    async def test_too_many_unfinished_connections_are_turned_away(self) -> None:
        async with Site(max_waiting=2) as site:
            waiting = [await asyncio.open_connection("127.0.0.1", site.port) for _ in range(2)]
            with contextlib.suppress(ConnectionResetError):
                await send_and_leave(site.port, b"x")
            assert (await site.failure()).kind == "too-busy"
            for _, writer in waiting:
                writer.close()
            assert {(await site.failure()).kind for _ in waiting} == {"silent"}
            assert await fetch(site, client_context()) == f"{NOBODY} 0"

    async def test_an_observer_that_fails_does_not_stop_the_listener(self) -> None:
        async with Site() as site:
            told: list[dict[str, object]] = []
            asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
            seen = asyncio.Event()

            def broken(_: HandshakeFailure) -> None:
                seen.set()
                raise RuntimeError("broken observer")

            site.listener._on_failure = broken
            with pytest.raises(aiohttp.ClientError):
                await fetch(site, client_context(issue_by_profile(CA, "other-ca", "client", AT)))
            await seen.wait()
            assert await fetch(site, client_context()) == f"{NOBODY} 0"
            assert "broken observer" in str(told)

    async def test_every_failure_can_be_explained_for_every_client(self, site: Site) -> None:
        await send_and_leave(site.port, hello_bytes(), read_first=True)
        advice = explain(await site.failure(), ca="/data/ca.pem", url=site.url)
        assert advice.causes
        assert {"curl", "openssl", "java", "dotnet", "python"} <= set(advice.remedies)
        assert f"curl --cacert /data/ca.pem {site.url}" == advice.remedies["curl"]


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


class TestCurl:
    """The client that everybody has."""

    async def test_a_good_certificate_as_pem_and_as_p12(self, site: Site, tmp_path: Path) -> None:
        identity = CA.issue_client("client")
        written = identity.write(tmp_path)
        CA.save(tmp_path)
        for options in (
            ("--cert", written.cert, "--key", written.key),
            ("--cert", f"{written.p12}:changeit", "--cert-type", "P12"),
        ):
            code, out, error = await curl(site, site.url, "--cacert", tmp_path / "ca.pem", *options, "-d", "abc")
            assert (code, out, error) == (0, f"{identity.fingerprint} 3", "")

    async def test_no_certificate(self, site: Site, tmp_path: Path) -> None:
        CA.save(tmp_path)
        assert await curl(site, site.url, "--cacert", tmp_path / "ca.pem") == (0, f"{NOBODY} 0", "")


class TestOpening:
    """Ports and addresses that cannot be used are answered in one line that says what to do."""

    async def test_a_port_in_use(self, site: Site) -> None:
        second = TlsListener(asyncio.Protocol, site.context, port=site.port, on_failure=print)
        with pytest.raises(WireError, match=f"port {site.port} .* is in use .* or 0 for any free one"):
            await second.start()

    @pytest.mark.parametrize(
        ("host", "port", "message"),
        [
            ("127.0.0.1", 70_000, "there is no port 70000"),
            ("no-such-host.invalid", 0, "is not known on this machine"),
            ("192.0.2.1", 0, "cannot listen on 192.0.2.1"),
        ],
    )
    async def test_an_address_that_is_not_ours(self, host: str, port: int, message: str) -> None:
        listener = TlsListener(asyncio.Protocol, server_context(SERVER, CA.pem), host=host, port=port, on_failure=print)
        with pytest.raises(WireError, match=message) as caught:
            await listener.start()
        assert "\n" not in str(caught.value)

    def test_the_port_of_a_listener_that_is_not_started(self) -> None:
        listener = TlsListener(asyncio.Protocol, server_context(SERVER, CA.pem), on_failure=print)
        with pytest.raises(WireError, match="start it first"):
            _ = listener.port


def test_a_transport_that_is_gone_or_not_tls_has_no_certificate() -> None:
    assert peer_certificate(None) is None
    assert peer_certificate(asyncio.Transport()) is None
