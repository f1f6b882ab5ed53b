"""A simulator that clients reach by other names than localhost: in a container, or on another machine."""

import asyncio
import socket
import ssl

import pytest

from sevis_sim import Simulator
from sevis_sim.pki import PkiError
from sevis_sim.settings import Settings, load_settings


def shown_for(sim, name, port=None):
    """Return whether a client that asks for a name is satisfied with the certificate."""
    context = sim.school().ssl_context()
    try:
        with (
            socket.create_connection(("127.0.0.1", port or sim.port)) as raw,
            context.wrap_socket(raw, server_hostname=name),
        ):
            return True
    except ssl.SSLCertVerificationError:
        return False


async def test_the_certificate_is_valid_for_the_names_and_the_first_stands_in_addresses():
    settings = Settings(port=0, control_port=0, server_names=("sevis", "sevis.test", "10.1.2.3"))
    async with Simulator(settings, in_memory=True) as sim:
        assert sim.upload_url() == f"https://sevis:{sim.port}/sevisbatch/action/batchUpload"
        for name in ("sevis", "sevis.test", "10.1.2.3", "localhost", "127.0.0.1"):
            assert await asyncio.to_thread(shown_for, sim, name), name
        assert not await asyncio.to_thread(shown_for, sim, "elsewhere.test")


async def test_further_ports_are_valid_for_the_same_names_unless_their_certificate_is_to_be_wrong():
    async with Simulator(Settings(port=0, control_port=0, server_names=("sevis", "10.1.2.3")), in_memory=True) as sim:
        for certificate, good in (("valid", True), ("expired", False), ("wrong-name", False), ("self-signed", False)):
            listener = await sim.open_listener(certificate=certificate)
            for name in ("sevis", "10.1.2.3", "localhost"):
                assert await asyncio.to_thread(shown_for, sim, name, listener.port) == good, (certificate, name)


async def test_an_address_to_listen_on_is_not_told_as_one_to_connect_to():
    open_to_all = {"control_host": "0.0.0.0", "control_token": "a-long-token"}
    async with Simulator(Settings(port=0, control_port=0, **open_to_all), in_memory=True) as sim:
        assert sim.control_url.startswith("http://127.0.0.1:")
    named = Settings(port=0, control_port=0, server_names=("sevis",), **open_to_all)
    async with Simulator(named, in_memory=True) as sim:
        assert sim.variables()["SEVIS_SIM_CONTROL_URL"].startswith("http://sevis:")


async def test_a_name_that_no_certificate_can_hold_is_refused():
    with pytest.raises(PkiError):
        await Simulator(Settings(port=0, control_port=0, server_names=("not a name",)), in_memory=True).start()


def test_names_come_from_one_variable():
    assert load_settings(environ={"SEVIS_SIM_SERVER_NAMES": "sevis, docker"}).settings.server_names == (
        "sevis",
        "docker",
    )
