"""Real programs whose handshakes die: each death is a journal entry that says who, why, and how to mend it."""

import asyncio
import shutil
import ssl
import sys

import pytest

from sevis_sim.pki import profiles, server_profiles

DEADLY = [name for name, profile in profiles().items() if profile.handshake == "dies"]
BAD_SERVERS = [name for name in server_profiles() if name != "valid"]
CLIENTS = ["curl", "openssl", "requests", "node"]

NODE = """
const https = require('https'), fs = require('fs');
https.get({host: 'localhost', port: +process.argv[2], path: '/', ca: fs.readFileSync(process.argv[3])},
  answer => { answer.resume(); answer.on('end', () => process.exit(0)); }).on('error', error => {
    console.error(error.code); process.exit(1); });
"""
REQUESTS = """
import sys, requests
requests.get(f'https://localhost:{sys.argv[1]}/', verify=sys.argv[2])
"""


async def run(*words: object) -> int:
    """Run a program to its end; return its exit code."""
    program = await asyncio.create_subprocess_exec(
        *map(str, words),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    return await asyncio.wait_for(program.wait(), 60)


def command(client: str, port: int, ca: object, folder) -> list[object]:
    """Return the words of a client that asks for / and trusts an authority."""
    if client == "requests":
        pytest.importorskip("requests")
        return [sys.executable, "-c", REQUESTS, port, ca]
    if shutil.which(client) is None:
        pytest.skip(f"{client} is not installed")
    if client == "curl":
        return ["curl", "-s", "--cacert", ca, f"https://localhost:{port}/"]
    if client == "node":
        (folder / "get.js").write_text(NODE)
        return ["node", folder / "get.js", port, ca]
    return [
        "openssl", "s_client", "-connect", f"localhost:{port}", "-CAfile", ca, "-verify_return_error",
        "-servername",
        "localhost",
        "-servername", "localhost", "-verify_hostname", "localhost", "-quiet", "-no_ign_eof",
    ]  # fmt: skip


def assert_told(entry, phase: str) -> None:
    """Hold an entry to what issue 5 wants of it."""
    detail = entry.detail
    assert entry.subjects["peer"].startswith("127.0.0.1:")
    assert (detail["phase"], detail["server_name"]) == (phase, "localhost")
    assert set(detail["tls_versions"]) <= {"TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"}
    assert "TLS 1.2" in detail["tls_versions"] or "TLS 1.3" in detail["tls_versions"]
    assert detail["title"]
    assert detail["reason"]
    assert detail["causes"]
    assert set(detail["remedies"]) >= {"any", "curl", "openssl", "java", "dotnet", "python"}


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["TLS 1.2", "TLS 1.3"])
@pytest.mark.parametrize("name", DEADLY)
async def test_every_client_certificate_that_the_server_refuses_is_explained(sim, name, version):
    from sevis_sim.pki import issue_by_profile

    identity = issue_by_profile(sim.authority, name, "client", sim.clock.now())
    context = identity.ssl_context(sim.ca)
    context.minimum_version = context.maximum_version = version
    with pytest.raises((ssl.SSLError, ConnectionError)):
        reader, writer = await asyncio.open_connection("localhost", sim.port, ssl=context, server_hostname="localhost")
        try:
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            if not await reader.read():  # TLS 1.3: the client learns of it behind its own handshake
                raise ConnectionResetError
        finally:
            writer.close()
    [entry] = await sim.journal.wait(None, "handshake.failed", seconds=30)
    assert_told(entry, "client certificate")
    assert entry.detail["failure"] == ("wrong-purpose" if name == "wrong-usage" else "unknown-issuer")


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("name", BAD_SERVERS)
async def test_every_client_that_refuses_a_server_certificate_is_explained(sim, name, client, tmp_path):
    (tmp_path / "ca.pem").write_bytes(sim.ca)
    listener = await sim.open_listener(name)
    assert await run(*command(client, listener.port, tmp_path / "ca.pem", tmp_path)) != 0
    [entry] = await sim.journal.wait("default", "handshake.failed", seconds=30)
    assert_told(entry, "server certificate")
    if (name, client) in (("expired", "curl"), ("expired", "requests")):
        assert entry.detail["failure"] == "server-expired"


@pytest.mark.parametrize("client", CLIENTS)
async def test_the_valid_server_certificate_is_refused_by_nobody(sim, client, tmp_path):
    (tmp_path / "ca.pem").write_bytes(sim.ca)
    listener = await sim.open_listener("valid")
    assert await run(*command(client, listener.port, tmp_path / "ca.pem", tmp_path)) == 0
    told = [entry.detail["failure"] for entry in await sim.journal.query("default", "handshake.failed")]
    assert told in ([], ["no-request"])  # s_client asks for nothing


@pytest.mark.parametrize(("speaks", "offers"), [("1.2", "--tlsv1.3"), ("1.3", "--tls-max")])
async def test_a_client_without_the_listeners_tls_version_is_explained(sim, speaks, offers, tmp_path):
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    (tmp_path / "ca.pem").write_bytes(sim.ca)
    listener = await sim.open_listener("valid", tls=speaks)
    more = ["1.2"] if offers == "--tls-max" else []
    url = f"https://localhost:{listener.port}/"
    assert await run("curl", "-s", "--cacert", tmp_path / "ca.pem", offers, *more, url) == 35
    [entry] = await sim.journal.wait("default", "handshake.failed", seconds=30)
    assert entry.detail["failure"] == "old-protocol"
    assert_told(entry, "negotiation")
