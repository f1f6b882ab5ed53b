"""Files by SFTP, as asyncssh's client and, where it is there, OpenSSH's sends them."""

import asyncio
import os
import shlex
import shutil

import pytest
from udir_world import SECOND, Naps, file_of, running, student, students

asyncssh = pytest.importorskip("asyncssh", reason="needs the extra sftp")

from udir_sim.receiver.spool import Limits  # noqa: E402


@pytest.fixture
async def udir():
    async with running(sftp=True) as university:
        yield university


def connect(udir, location: str = "06", **options):
    campus = udir.campus(location)
    login = {"username": campus.account, "password": campus.password, "known_hosts": None} | options
    login.setdefault("client_keys", None)
    return asyncssh.connect("localhost", udir.sftp_port, **login)


async def send(udir, content: bytes, name: str, location: str = "06") -> list[str]:
    """Send a file and list the folder."""
    async with connect(udir, location) as connection, connection.start_sftp_client() as sftp:
        async with sftp.open(name, "wb") as file:
            await file.write(content)
        return sorted(each for each in await sftp.listdir(".") if each not in (".", ".."))


def reports(name: str) -> list[str]:
    return [f"{name}.report.{form}" for form in ("html", "json", "txt")]


async def test_a_file_is_received_when_it_is_closed_and_its_report_is_there_at_the_next_look(udir):
    assert await send(udir, students(range(4)), "udirstud.txt") == reports("udirstud.txt")
    assert udir.directory.in_force("06").records == 4
    (delivery,) = udir.directory.deliveries()
    assert (delivery.door, delivery.name, delivery.state) == ("sftp", "udirstud.txt", "LOADED")


async def test_the_report_can_be_read(udir):
    await send(udir, students(range(4)), "a.txt")
    async with connect(udir) as connection, connection.start_sftp_client() as sftp:
        async with sftp.open("/a.txt.report.txt") as file:
            assert (await file.read()).startswith("ACCEPTED\n\ndelivery  06-")
        await sftp.remove("a.txt.report.txt")


async def test_the_key_of_the_certificate_opens_the_account_and_no_other_key(udir):
    key = asyncssh.import_private_key(udir.campus().identity.key_pem)
    async with connect(udir, password=None, client_keys=[key]):
        pass
    other = asyncssh.import_private_key(udir.campus("09").identity.key_pem)
    with pytest.raises(asyncssh.PermissionDenied):
        await connect(udir, password=None, client_keys=[other])


@pytest.mark.parametrize("login", [{"password": "wrong"}, {"username": "campus-99"}, {"username": "root"}])
async def test_a_wrong_password_or_account_is_refused_and_journalled(udir, login):
    last = await udir.journal.last_id(None)
    with pytest.raises(asyncssh.PermissionDenied):
        await connect(udir, **login)
    (entry, *_) = await udir.journal.wait(None, "sftp.login", after_id=last, seconds=20)
    assert entry.summary.endswith("by password: refused")


async def test_an_unfinished_name_is_left_alone_until_it_is_renamed(udir):
    async with connect(udir) as connection, connection.start_sftp_client() as sftp:
        async with sftp.open("udirstud.txt.part", "wb") as file:
            await file.write(students(range(4)))
        assert "udirstud.txt.part" in await sftp.listdir(".")
        assert udir.directory.deliveries() == []
        await sftp.rename("udirstud.txt.part", "udirstud.txt")
        assert "udirstud.txt.report.txt" in await sftp.listdir(".")
    assert udir.directory.in_force("06").records == 4


async def test_the_account_decides_the_location(udir):
    await send(udir, students(range(2), location="09"), "a.txt", "06")
    (delivery,) = udir.directory.deliveries()
    assert (delivery.location, delivery.state) == ("06", "REFUSED")
    assert udir.directory.in_force("09") is None


async def test_a_connection_that_ends_in_the_middle_leaves_nothing(udir):
    last = await udir.journal.last_id(None)
    connection = await connect(udir)
    sftp = await connection.start_sftp_client()
    file = await sftp.open("a.txt", "wb")
    await file.write(students(range(4)))
    connection.abort()
    await connection.wait_closed()
    (entry,) = await udir.journal.wait(None, "transfer.broken", after_id=last, seconds=20)
    assert entry.detail["bytes"] == len(students(range(4)))
    assert udir.directory.deliveries() == []
    assert list((udir.folder / "incoming" / "sftp").iterdir()) == []
    assert list((udir.folder / "sftp" / "06").iterdir()) == []


@pytest.mark.parametrize("path", ["../09/a.txt", "/../../a.txt", "sub/a.txt", "..", "/", "a\x00b"])
async def test_no_path_leads_out_of_the_folder(udir, path):
    (udir.folder / "sftp" / "09" / "theirs.txt").write_text("theirs")
    async with connect(udir) as connection, connection.start_sftp_client() as sftp:
        try:
            async with sftp.open(path, "wb") as file:
                await file.write(b"mine")
        except (asyncssh.SFTPError, ValueError):
            pass
        with pytest.raises((asyncssh.SFTPError, ValueError)):
            await (await sftp.open("../09/theirs.txt")).read()
        with pytest.raises((asyncssh.SFTPError, ValueError)):
            await sftp.rename("../09/theirs.txt", "stolen.txt")
        assert "theirs.txt" not in await sftp.listdir(".")
    here = udir.folder / "sftp"
    assert (here / "09" / "theirs.txt").read_text() == "theirs"
    assert sorted(each.name for each in (here / "09").iterdir()) == ["theirs.txt"]
    assert sorted(each.name for each in here.iterdir()) == [f"0{n}" for n in range(1, 10)]


async def test_links_and_folders_cannot_be_made(udir):
    async with connect(udir) as connection, connection.start_sftp_client() as sftp:
        for forbidden in (
            sftp.symlink("/etc/passwd", "a"),
            sftp.link("a", "b"),
            sftp.readlink("a"),
            sftp.mkdir("d"),
            sftp.rmdir("/"),
        ):
            with pytest.raises(asyncssh.SFTPError):
                await forbidden
    assert list((udir.folder / "sftp" / "06").iterdir()) == []


async def test_a_shell_and_scp_are_not_offered(udir):
    async with connect(udir) as connection:
        with pytest.raises((asyncssh.Error, OSError)):
            await connection.run("id", check=True)


async def test_a_file_over_the_limit_is_refused():
    async with running(sftp=True, limits=Limits(max_bytes=1000)) as udir:
        with pytest.raises(asyncssh.SFTPError, match="more than 1,000 bytes"):
            await send(udir, students(range(20)), "a.txt")
        async with connect(udir) as connection, connection.start_sftp_client() as sftp:
            await sftp.listdir(".")
        assert udir.directory.in_force("06") is None


async def test_a_file_that_is_no_gzip_is_answered_with_a_report_that_says_so(udir):
    await send(udir, b"\x1f\x8bnonsense", "a.gz")
    assert "CANNOT BE READ" in (udir.folder / "sftp" / "06" / "a.gz.report.txt").read_text()


async def test_a_held_file_leaves_a_report_that_says_held(udir):
    await send(udir, file_of(student(1, D11="Q"), student(2)), "a.txt")
    text = (udir.folder / "sftp" / "06" / "a.txt.report.txt").read_text()
    assert text.startswith("HELD\n")
    assert "HELD, not loaded: see UD-D11-ENUM in the report" in text


async def test_a_fault_interrupts_a_transfer_and_the_next_one_succeeds(udir):
    await udir.add_fault("transfer first=1 do=interrupt:500 door=sftp")
    with pytest.raises((asyncssh.Error, OSError)):
        await send(udir, students(range(9)), "a.txt")
    assert udir.directory.deliveries() == []
    assert await send(udir, students(range(9)), "a.txt") == reports("a.txt")


async def test_a_fault_slows_a_transfer_down():
    naps = Naps()
    async with running(naps, sftp=True) as udir:
        await udir.add_fault("transfer do=slow:1000")
        content = students(range(9))
        await send(udir, content, "a.txt")
        assert sum(naps.seconds) == pytest.approx(len(content) / 1000)


async def test_a_receiver_that_is_down_ends_the_connection_before_the_log_in(udir):
    await udir.add_fault("sftp first=1 do=drop location=06")
    with pytest.raises((asyncssh.Error, OSError)):
        await connect(udir)
    async with connect(udir):
        pass


async def test_what_was_taken_before_a_crash_is_received_at_the_next_start(tmp_path):
    async with running(sftp=True, data_dir=tmp_path) as udir:
        taken = udir.folder / "taken" / "sftp" / "06"
    (taken / "abc~udirstud.txt").write_bytes(students(range(3)))
    async with running(sftp=True, data_dir=tmp_path) as udir:
        assert udir.directory.in_force("06").records == 3
        assert (tmp_path / "sftp" / "06" / "udirstud.txt.report.txt").exists()
        assert list(taken.iterdir()) == []


async def test_what_was_closed_before_a_crash_is_received_at_the_next_start(tmp_path):
    async with running(sftp=True, data_dir=tmp_path):
        pass
    (tmp_path / "sftp" / "06" / "udirstud.txt").write_bytes(students(range(3)))
    (tmp_path / "sftp" / "06" / "half.txt.part").write_bytes(b"H06")
    async with running(sftp=True, data_dir=tmp_path) as udir:
        assert udir.directory.in_force("06").records == 3
    assert (tmp_path / "sftp" / "06" / "half.txt.part").exists()


async def test_host_key_password_and_account_outlive_a_restart(tmp_path):
    async with running(sftp=True, data_dir=tmp_path) as udir:
        before = (udir.campus().password, (tmp_path / "ssh_host_key.pub").read_text())
    async with running(sftp=True, data_dir=tmp_path) as udir:
        assert (udir.campus().password, (tmp_path / "ssh_host_key.pub").read_text()) == before
    for secret in ("ssh_host_key", "campus-06.password", "campus-06.key"):
        assert (tmp_path / secret).stat().st_mode & 0o077 == 0


@pytest.mark.skipif(shutil.which("sftp") is None, reason="OpenSSH's sftp is not installed")
async def test_openssh_sends_a_file_with_the_files_of_the_data_directory(tmp_path):
    async with running(sftp=True, data_dir=tmp_path / "data") as udir:
        (tmp_path / "today.txt").write_bytes(students(range(3), SECOND))
        values = udir.variables()
        here = shlex.quote(str(tmp_path))
        batch = f"put {here}/today.txt\nls\nget today.txt.report.txt {here}\n"
        options = [f"UserKnownHostsFile={values['UDIR_SIM_SFTP_KNOWN_HOSTS']}", "IdentityAgent=none"]
        command = ["sftp", "-b", "-", "-F", os.devnull, "-P", values["UDIR_SIM_SFTP_PORT"]]
        command += ["-i", values["UDIR_SIM_CLIENT_KEY"], *(word for option in options for word in ("-o", option))]
        process = await asyncio.create_subprocess_exec(
            *command,
            f"{values['UDIR_SIM_SFTP_USER']}@localhost",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate(batch.encode())
        assert process.returncode == 0, output.decode()
        assert (tmp_path / "today.txt.report.txt").read_text().startswith("ACCEPTED\n")
        assert udir.directory.in_force("06").records == 3
