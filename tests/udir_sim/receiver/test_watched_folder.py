"""Files left in a watched folder."""

import asyncio
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from udir_world import SECOND, Naps, kinds, running, students

from sevis_sim.store import StoreError
from udir_sim.receiver.dropbox import Dropbox, is_file_to_take, shown_name


@pytest.fixture
async def udir():
    async with running() as university:
        yield university


async def test_a_file_is_taken_when_it_looks_the_same_at_two_looks(udir):
    place = udir.watched / "06" / "udirstud.txt"
    place.write_bytes(students(range(3)))
    assert await udir.watcher.look() == []
    (outcome,) = await udir.watcher.look()
    assert (outcome.load.records, outcome.delivery.door) == (3, "folder")
    assert sorted(each.name for each in place.parent.iterdir()) == [
        f"udirstud.txt.report.{form}" for form in ("html", "json", "txt")
    ]
    assert await udir.watcher.look() == []


async def test_a_file_that_is_still_growing_is_left_alone(udir):
    place = udir.watched / "06" / "udirstud.txt"
    content = students(range(3))
    for end in (100, 500, len(content)):
        place.write_bytes(content[:end])
        assert await udir.watcher.look() == []
    (outcome,) = await udir.watcher.look()
    assert outcome.delivery.bytes == len(content)


async def test_the_folder_decides_the_location(udir):
    (udir.watched / "09" / "a.txt").write_bytes(students(range(3)))
    await udir.watcher.look()
    (outcome,) = await udir.watcher.look()
    assert (outcome.delivery.location, outcome.delivery.state) == ("09", "REFUSED")
    assert udir.directory.loads() == []


async def test_links_folders_reports_and_unfinished_files_are_not_taken(udir, tmp_path):
    here = udir.watched / "06"
    (tmp_path / "elsewhere.txt").write_bytes(students(range(3)))
    (here / "link.txt").symlink_to(tmp_path / "elsewhere.txt")
    (here / "folder.txt").mkdir()
    (here / "old.txt.report.txt").write_text("ACCEPTED")
    (here / "new.txt.part").write_bytes(students(range(3)))
    (here / ".hidden").write_bytes(students(range(3)))
    await udir.watcher.look()
    assert await udir.watcher.look() == []
    assert udir.directory.deliveries() == []


async def test_a_file_of_the_same_name_the_next_day_is_taken_again(udir):
    place = udir.watched / "06" / "udirstud.txt"
    for content, number in ((students(range(10)), 1), (students(range(11), SECOND), 2)):
        place.write_bytes(content)
        await udir.watcher.look()
        (outcome,) = await udir.watcher.look()
        assert outcome.load.number == number


async def test_a_file_that_vanishes_between_two_looks_is_forgotten(udir):
    place = udir.watched / "06" / "a.txt"
    place.write_bytes(students(range(3)))
    await udir.watcher.look()
    place.unlink()
    assert await udir.watcher.look() == []


async def test_a_file_that_could_not_be_kept_is_received_at_the_next_start(tmp_path, monkeypatch):
    async def full(_work):
        raise StoreError("cannot write: the disk is full")

    async with running(data_dir=tmp_path) as udir:
        (udir.watched / "06" / "a.txt").write_bytes(students(range(3)))
        await udir.watcher.look()
        monkeypatch.setattr(udir.directory.database, "run", full)
        assert await udir.watcher.look() == []
        assert (udir.watched / "06" / "a.txt.report.txt").read_text().startswith("NOT KEPT")
    async with running(data_dir=tmp_path) as udir:
        assert udir.directory.in_force("06").records == 3
        assert (udir.watched / "06" / "a.txt.report.txt").read_text().startswith("ACCEPTED")


async def test_the_server_looks_by_itself():
    class Yielding(Naps):
        """Waits for nothing, but lets others go on."""

        async def __call__(self, seconds: float) -> None:
            await super().__call__(seconds)
            await asyncio.sleep(0)

    naps = Yielding()
    async with running(naps, watch_seconds=1.5) as udir:
        (udir.watched / "06" / "a.txt").write_bytes(students(range(3)))
        assert await udir.journal.wait(None, "records.loaded", seconds=30)
        assert set(naps.seconds) == {1.5}


async def test_a_folder_elsewhere_can_be_watched(tmp_path):
    async with running(watch=tmp_path / "in") as udir:
        assert udir.watched == tmp_path / "in"
        (tmp_path / "in" / "06" / "a.txt").write_bytes(students(range(3)))
        await udir.watcher.look()
        assert len(await udir.watcher.look()) == 1


@pytest.mark.parametrize("name", ["udirstud.txt", "UDIRSTUD", "a.gz", "day.1", "part.txt", "temp"])
def test_a_finished_name_is_taken(name):
    assert is_file_to_take(name)


@pytest.mark.parametrize("name", [".x", "a.part", "A.FILEPART", "a.tmp", "a.txt.report.html", "a.report.json"])
def test_an_unfinished_name_or_a_report_is_not_taken(name):
    assert not is_file_to_take(name)


@given(st.text(min_size=1))
def test_no_report_is_ever_taken_for_a_file(name):
    assert not is_file_to_take(f"{name}.report.txt")


@pytest.mark.skipif(os.name != "posix", reason="a matter of POSIX file names")
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"caf\xe9.txt", "caf_.txt"),
        (b"a\nACCEPTED\x1b[2J.txt", "a_ACCEPTED_[2J.txt"),
        (b"n" * 250, "n" * 200),
        ("\u00fc".encode() * 120, "\u00fc" * 100),
    ],
)
async def test_whatever_a_file_is_called_it_is_received_under_a_name_that_can_be_shown(udir, name, shown):
    folder = os.fsencode(udir.watched / "06")
    with open(os.path.join(folder, name), "wb") as file:
        file.write(students(range(3)))
    await udir.watcher.look()
    (outcome,) = await udir.watcher.look()
    assert outcome.delivery.name == shown
    assert sorted(os.listdir(folder)) == [f"{shown}.report.{form}".encode() for form in ("html", "json", "txt")]


async def test_a_file_that_cannot_be_moved_is_told_once_and_stops_no_other(udir, monkeypatch):
    here = udir.watched / "06"
    (here / "a.txt").write_bytes(students(range(3)))
    (here / "b.txt").write_bytes(students(range(4)))
    real = Dropbox.receive

    async def receive(box, location, file):
        if file.name == "a.txt":
            raise PermissionError(13, "Permission denied")
        return await real(box, location, file)

    monkeypatch.setattr(Dropbox, "receive", receive)
    await udir.watcher.look()
    assert [each.delivery.name for each in await udir.watcher.look()] == ["b.txt"]
    for _ in range(3):
        assert await udir.watcher.look() == []
    said = "location 06 sent a.txt by folder, which cannot be read: it cannot be moved (Permission denied)"
    assert await kinds(udir, "file.unreadable") == [said]
    monkeypatch.undo()
    os.utime(here / "a.txt", ns=(1, 1))
    await udir.watcher.look()
    assert [each.delivery.name for each in await udir.watcher.look()] == ["a.txt"]


@given(st.text(st.characters(exclude_categories=())))
def test_a_shown_name_is_printable_short_and_says_itself_again(name):
    shown = shown_name(name)
    assert shown.isprintable()
    assert len(shown.encode()) <= 200
    assert shown_name(shown) == shown
