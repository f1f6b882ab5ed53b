"""Starting and stopping a University Directory inside a program."""

import asyncio
import os
import sys

import pytest
from udir_world import NOON, campus_client, kinds, put, running, students

import udir_sim
from sevis_sim.clock import Clock, ClockError
from sevis_sim.faults import FaultError
from sevis_sim.pki import PkiError
from sevis_sim.wire import WireError
from sevis_sim.workspace import DataDirectoryError
from udir_sim.university import Settings, UniversityDirectory, UniversityError


async def test_it_starts_with_nothing_said_and_leaves_nothing():
    async with UniversityDirectory(sftp=False) as udir:
        folder = udir.folder
        assert udir.campus().name == "San Diego"
        assert folder.is_dir()
    assert not folder.exists()


def test_the_package_offers_it():
    assert udir_sim.UniversityDirectory is UniversityDirectory
    with pytest.raises(AttributeError, match="Nothing"):
        _ = udir_sim.Nothing


async def test_two_in_one_process_never_meet():
    async with running() as one, running() as two:
        async with campus_client(one) as client:
            await put(client, students(range(3)))
        assert one.directory.in_force("06").records == 3
        assert two.directory.loads() == []
        await one.add_fault("upload do=drop")
        assert two.faults.standings() == []


async def test_the_clock_is_the_callers(tmp_path):
    clock = Clock.frozen(NOON)
    async with UniversityDirectory(Settings(watch_seconds=0), clock=clock, sftp=False) as udir:
        async with campus_client(udir) as client:
            await put(client, students(range(3)))
        assert udir.directory.deliveries()[0].received == NOON
        assert udir.directory.in_force("06").instant == NOON


async def test_everything_outlives_a_restart(tmp_path):
    async with running(data_dir=tmp_path) as udir:
        ca = udir.ca
        async with campus_client(udir) as client:
            _, answer = await put(client, students(range(3)))
    async with running(data_dir=tmp_path) as udir:
        assert udir.ca == ca
        async with campus_client(udir) as client:
            status, again = await put(client, students(range(3)))
            assert (status, again["delivery"]["id"]) == (200, answer["delivery"]["id"])
        assert "file.received" in [entry.kind for entry in await udir.journal.query(None)]


async def test_variables_name_files_that_are_there(tmp_path):
    async with running(data_dir=tmp_path) as kept, running() as passing:
        for udir in (kept, passing):
            values = udir.variables("09")
            assert values["UDIR_SIM_LOCATION"] == "09"
            for name in ("UDIR_SIM_CA", "UDIR_SIM_CLIENT_CERT", "UDIR_SIM_CLIENT_KEY", "UDIR_SIM_CLIENT_P12"):
                assert os.path.exists(values[name]), name
        text = (tmp_path / "udir-sim.env").read_text()
        assert f"export UDIR_SIM_CONTROL_URL={kept.control_url}\n" in text


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux answers on all of 127.0.0.0/8 by itself")
async def test_another_address_is_in_the_certificate_and_in_the_url():
    async with running(host="127.0.0.2") as udir, campus_client(udir) as client:
        assert udir.url.startswith("https://127.0.0.2:")
        assert (await put(client, students(range(3))))[0] == 201


async def test_a_second_one_on_the_same_folder_is_told_who_has_it(tmp_path):
    async with running(data_dir=tmp_path) as first:
        with pytest.raises(DataDirectoryError, match=rf"in use by process {os.getpid()} \({first.url}\)"):
            async with running(data_dir=tmp_path):
                pass
    async with running(data_dir=tmp_path):
        pass


async def test_a_port_in_use_is_named_and_what_was_opened_is_closed_again(tmp_path):
    async with running() as first:
        taken = int(first.url.rsplit(":", 1)[1])
        with pytest.raises(WireError, match=f"port {taken}"):
            async with running(data_dir=tmp_path, port=taken):
                pass
        control = int(first.control_url.rsplit(":", 1)[1])
        with pytest.raises(UniversityError, match=f"control port {control}"):
            async with running(data_dir=tmp_path, control_port=control):
                pass
    async with running(data_dir=tmp_path):
        pass


async def test_an_sftp_port_in_use_is_named(tmp_path):
    pytest.importorskip("asyncssh", reason="needs the extra sftp")
    from udir_sim.receiver import ReceiverError

    async with running(sftp=True) as first:
        with pytest.raises(ReceiverError, match=f"SFTP port {first.sftp_port}"):
            async with running(sftp=True, sftp_port=first.sftp_port):
                pass


async def test_without_asyncssh_it_runs_without_sftp_and_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "udir_sim.receiver.sftp", None)
    async with running(sftp=True) as udir:
        assert udir.sftp_port is None
        assert udir.notices == ["SFTP is off: it needs asyncssh; install it with: pip install 'sevis-sim[sftp]'"]
        assert "UDIR_SIM_SFTP_PORT" not in udir.variables()


@pytest.mark.parametrize(
    ("settings", "error"), [({"faults": ("uplod do=drop",)}, FaultError), ({"clock": "yesterday"}, ClockError)]
)
async def test_what_cannot_be_is_said_at_the_start(settings, error):
    with pytest.raises(error):
        async with UniversityDirectory(Settings(**settings), sftp=False):
            pass


async def test_a_campus_that_is_not_there_is_explained():
    async with running() as udir:
        with pytest.raises(UniversityError, match="there is no campus '42'; there are 01, 02"):
            udir.campus("42")


async def test_a_certificate_of_another_authority_in_the_folder_is_explained(tmp_path):
    async with running(data_dir=tmp_path):
        pass
    (tmp_path / "ca.pem").unlink()
    (tmp_path / "ca.key").unlink()
    with pytest.raises(PkiError, match="issued by another authority"):
        async with running(data_dir=tmp_path):
            pass


async def test_a_file_under_way_when_it_stops_is_received(tmp_path):
    async with running(data_dir=tmp_path) as udir, campus_client(udir) as client:
        sending = asyncio.create_task(put(client, students(range(2000))))
        await udir.journal.wait(None, "file.received", seconds=30)
        stopping = asyncio.create_task(udir.stop())
        status, _ = await sending
        await stopping
    assert status == 201
    async with running(data_dir=tmp_path) as udir:
        assert udir.directory.in_force("06").records == 2000


async def test_requests_that_are_no_http_are_journalled_without_a_traceback():
    async with running() as udir:
        context = udir.campus().identity.ssl_context(udir.ca)
        port = int(udir.url.rsplit(":", 1)[1])
        reader, writer = await asyncio.open_connection("localhost", port, ssl=context)
        writer.write(b"HELLO\r\n\r\n")
        assert b"400" in await reader.readline()
        writer.close()
        assert await udir.journal.wait(None, "request.failed", seconds=20)
        assert "Traceback" not in str(await kinds(udir))
