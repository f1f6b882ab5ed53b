"""Handshakes that die, and what curl is told."""

import asyncio
import contextlib
import ssl
from pathlib import Path

import aiohttp
import pytest
from wire_peers import (
    AT,
    CA,
    NOBODY,
    VERSIONS,
    Site,
    blocking_request,
    capture_timers,
    certificate_with_usage,
    client_context,
    curl,
    fetch,
    hello_bytes,
    send_and_leave,
)

from sevis_sim.pki import issue_by_profile
from sevis_sim.wire import (
    HandshakeFailure,
    explain,
)


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
