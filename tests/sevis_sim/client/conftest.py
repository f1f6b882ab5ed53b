"""Fixtures: certificates as files, and the tiny service of `client_service`."""

import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trustme
from client_service import Files, Service, server_context, started


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def files(tmp_path: Path, authority: trustme.CA) -> Files:
    identity = authority.issue_cert(common_name="client")
    found = Files(*(tmp_path / name for name in ("ca.pem", "other.pem", "client.pem", "client.key", "both.pem")))
    authority.cert_pem.write_to_path(found.ca)
    trustme.CA().cert_pem.write_to_path(found.other_ca)
    identity.cert_chain_pems[0].write_to_path(found.cert)
    identity.private_key_pem.write_to_path(found.key)
    identity.private_key_and_cert_chain_pem.write_to_path(found.both)
    return found


@pytest.fixture
async def service(authority: trustme.CA) -> AsyncIterator[Service]:
    """Speaks TLS and takes a client certificate, but does not insist."""
    running = Service()
    runner = await started(running, server_context(authority, ssl.CERT_OPTIONAL))
    yield running
    await runner.cleanup()


@pytest.fixture
async def plain_service() -> AsyncIterator[Service]:
    """Speaks HTTP without TLS, as the control API does."""
    running = Service()
    runner = await started(running, None)
    yield running
    await runner.cleanup()


@pytest.fixture
def free_port_url() -> str:
    """An address where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"https://127.0.0.1:{probe.getsockname()[1]}"
