"""Old loads that are deleted with their files and reports, where ``keep`` asks for that."""

from datetime import date, timedelta

import pytest
from udir_world import FIRST, campus_client, file_of, kinds, put, running, student, students

from udir_sim import UniversityDirectory
from udir_sim.directory import Directory, DirectoryError
from udir_sim.university import Settings

START = "1999-09-02T12:00-07:00"


def day(number: int) -> date:
    return FIRST + timedelta(number - 2)


def term_day(number: int, *changed: bytes) -> bytes:
    """The file of a day: student 0 has a Campus ID that says which."""
    return file_of(student(0, D05=f"DAY{number}"), *(changed or (student(1), student(2))), created=day(number))


async def send(udir, number: int, *changed: bytes, location: str = "06", status: int = 201) -> str:
    async with campus_client(udir, location) as client:
        got, answer = await put(client, term_day(number, *changed))
    assert got == status, answer
    return answer["delivery"]["id"]


def kept(udir, kind: str) -> set[str]:
    return {place.name.split(".")[0] for place in (udir.folder / kind).glob("06/*")}


async def test_the_last_loads_stay_and_older_ones_go_with_files_reports_and_records():
    async with running(keep=2) as udir:
        sent = [await send(udir, number) for number in range(4)]
        assert [load.number for load in udir.directory.loads("06")] == [3, 4]
        assert kept(udir, "files") == kept(udir, "reports") == set(sent[2:])
        assert {delivery.id for delivery in udir.directory.deliveries()} == set(sent[2:])
        assert udir.directory.roll_back("06", 3, udir.clock.now()).number == 5
        assert udir.directory.lookup_net_id("NET0")[0].campus_id == "DAY2"
        with pytest.raises(DirectoryError, match="has no load 1; it has loads 3 to 5"):
            udir.directory.roll_back("06", 1, udir.clock.now())
        assert (
            await kinds(udir, "history.forgotten")
            == ["location 06: deleted 1 old loads, 1 old records, 1 files with their reports"] * 2
        )


async def test_everything_is_kept_where_nothing_else_is_said():
    async with running() as udir:
        sent = [await send(udir, number) for number in range(4)]
        assert len(udir.directory.loads("06")) == 4
        assert kept(udir, "files") == set(sent)


async def test_a_file_that_was_gone_back_to_stays_for_the_next_comparison():
    async with running(keep=2) as udir:
        first, second = await send(udir, 0), await send(udir, 1)
        await udir.intake.roll_back("06", 1)
        third = await send(udir, 2)
        assert [load.number for load in udir.directory.loads("06")] == [2, 3, 4]
        assert kept(udir, "files") == {first, second, third}
        async with campus_client(udir) as client, client.get(f"/v1/files/{first}") as answer:
            assert "outcome   LOADED, so long ago that the history does not go back to it" in await answer.text()
        assert (await udir.intake.roll_back("06", 3)).back_to == 3
        assert udir.directory.file_in_force("06").name == f"{first}.txt"
        assert udir.directory.lookup_net_id("NET0")[0].campus_id == "DAY0"


async def test_another_campus_loses_nothing():
    async with running(keep=1) as udir:
        async with campus_client(udir, "09") as irvine:
            for number in range(2):
                await put(irvine, students(range(2), day(number), location="09"))
        for number in range(3):
            await send(udir, number)
        assert [load.number for load in udir.directory.loads("09")] == [2]
        assert [record.location for record in udir.directory.lookup_net_id("NET1")] == ["06", "09"]


async def test_a_held_file_stays_until_a_load_has_overtaken_it():
    async with running(keep=1) as udir:
        first = await send(udir, 0)
        held = await send(udir, 1, student(1, D11="Q"), student(2), status=202)
        assert kept(udir, "files") == {first, held}
        last = await send(udir, 2)
        assert kept(udir, "files") == {last}
        assert udir.directory.delivery(held) is None
        held = await send(udir, 3, student(1, D11="Q"), student(2), status=202)
        await udir.intake.release(held)
        assert kept(udir, "files") == kept(udir, "reports") == {held}


async def test_what_a_crash_left_is_swept_at_the_start(tmp_path):
    folder = tmp_path / "data"
    async with UniversityDirectory(Settings(data_dir=folder, watch_seconds=0), clock=START, sftp=False) as udir:
        sent = [await send(udir, number) for number in range(3)]
    left = folder / "files" / "06" / "06-0123456789abcdef.txt"
    left.write_bytes(b"never named by the database")
    async with UniversityDirectory(Settings(data_dir=folder, watch_seconds=0, keep=2), clock=START, sftp=False) as udir:
        assert kept(udir, "files") == set(sent[1:])
    with Directory.open(folder) as directory:
        assert [load.number for load in directory.loads("06")] == [2, 3]
