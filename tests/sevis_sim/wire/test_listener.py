"""The TLS port with a real aiohttp application behind it, and real clients, good and bad, in front."""

import asyncio
import contextlib
import gc
import ssl
from datetime import UTC, datetime, timedelta
from unittest.mock import Mock

import aiohttp
import pytest
from wire_peers import (
    AT,
    CA,
    NOBODY,
    SERVER,
    VERSIONS,
    Site,
    blocking_request,
    client_context,
    fetch,
    hello_bytes,
)

from sevis_sim.pki import CertificateAuthority, Profile, issue_by_profile
from sevis_sim.wire import (
    TlsListener,
    WireError,
    add_anchor,
    peer_certificate,
    server_context,
)
from sevis_sim.wire.listener import _Arrival


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
        old = Profile("long ago", "self", not_before_days=-9000, not_after_days=-8000)
        identity = issue_by_profile(CA, old, "old", AT)
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

    async def test_who_is_accepted_just_before_the_port_closes_is_let_go_and_told_to_nobody(self) -> None:
        async with Site() as site:
            port, raw = site.port, Mock(asyncio.Transport)
            raw.get_extra_info.return_value = None
            arrival = _Arrival(site.listener)  # asyncio has made it, and tells it of its connection a turn later
            await site.listener.close()
            arrival.connection_made(raw)
            raw.abort.assert_called_once_with()
            arrival.eof_received()
            arrival.connection_lost(None)
            assert site.failures.empty()
            assert site.listener.port == port  # for what is told of connections that end later

    async def test_start_and_close_leave_nothing_behind(self) -> None:
        before = len(asyncio.all_tasks())
        for _ in range(3):
            async with Site() as site:
                assert await fetch(site, client_context()) == f"{NOBODY} 0"
        gc.collect()
        assert len(asyncio.all_tasks()) == before


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
