"""Contents beside the database are read as they were written, until no row names their file any more."""

import errno
import os
import shutil
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sevis_sim.store import Entry, Message, Messages, Store, StoreError
from sevis_sim.store.spool import FILE_BYTES, Spool, file_of

NOW = datetime(2026, 3, 6, 19, 0, tzinfo=UTC)


@given(contents=st.lists(st.binary(max_size=3000), max_size=20))
def test_what_was_added_is_read_again(contents):
    spool = Spool(None)
    places = [spool.add(each) for each in contents]
    assert [spool.read(place) for place in places] == contents
    spool.close()


@pytest.fixture(params=["named", "unnamed"])
def spool(request, tmp_path):
    made = Spool(tmp_path / "store.db-large" if request.param == "named" else None)
    yield made
    made.close()


def test_it_works_where_files_cannot_be_written_at_an_offset(spool, monkeypatch):
    """Windows has none of these."""
    for name in ("pread", "preadv", "pwrite", "pwritev"):
        monkeypatch.delattr(os, name, raising=False)
    first, second = spool.add(b"first"), spool.add(b"second")
    assert (spool.read(second), spool.read(first)) == (b"second", b"first")
    assert spool.read(spool.add(b"third")) == b"third"  # written behind what was read, not over it
    assert spool.read(second) == b"second"


def test_what_a_full_disk_took_half_of_is_written_over(spool, monkeypatch):
    before = spool.add(b"before")

    def full(_file, _data):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("sevis_sim.store.spool._write", full)
        with pytest.raises(StoreError, match="No space left on device"):
            spool.add(b"lost")
    after = spool.add(b"after")
    assert (spool.read(before), spool.read(after)) == (b"before", b"after")


def test_a_full_file_is_followed_by_another_and_goes_once_nothing_in_it_is_wanted(spool):
    first = spool.add(b"a" * FILE_BYTES)
    assert spool.full
    second = spool.add(b"b")
    assert file_of(second) == file_of(first) + 1
    spool.keep_only({file_of(first)})
    assert spool.read(first) == b"a" * FILE_BYTES
    spool.keep_only(())
    assert spool.read(first) is None
    assert spool.read(second) == b"b"  # the file that is being written stays


def test_a_spool_that_is_opened_again_goes_on_in_a_new_file(tmp_path):
    folder = tmp_path / "store.db-large"
    before, again = Spool(folder), Spool(folder)
    place = before.add(b"kept")
    before.close()
    later = again.add(b"new")
    assert file_of(later) > file_of(place)
    assert (again.read(place), again.read(later)) == (b"kept", b"new")
    again.close()


def test_numbers_that_rows_name_are_not_given_again_though_the_files_were_removed(tmp_path):
    folder = tmp_path / "store.db-large"
    before = Spool(folder)
    place = before.add(b"kept")
    before.close()
    shutil.rmtree(folder)
    again = Spool(folder)
    again.keep_only({file_of(place)})
    later = again.add(b"new!")
    assert (again.read(place), again.read(later)) == (None, b"new!")
    again.close()


def test_where_the_files_are_removed_meanwhile_later_contents_are_kept(tmp_path):
    folder = tmp_path / "store.db-large"
    spool = Spool(folder)
    first = spool.add(b"gone")
    shutil.rmtree(folder)
    second = spool.add(b"kept")
    assert (spool.read(first), spool.read(second)) == (None, b"kept")
    spool.close()


def test_contents_of_which_the_end_is_missing_are_gone(tmp_path):
    spool = Spool(tmp_path / "large")
    place = spool.add(b"x" * 1000)
    next((tmp_path / "large").iterdir()).write_bytes(b"x" * 500)
    assert spool.read(place) is None
    assert spool.read(1 << 40) is None
    spool.close()


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "large").write_text("a file, no folder")
    with pytest.raises(StoreError, match=r"cannot write to .*large"):
        Spool(tmp_path / "large").add(b"x")


async def test_large_bodies_stand_beside_the_database_and_their_files_go_with_the_last_of_them(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path}/store.db")
    body, folder = b"b" * 1_000_000, tmp_path / "store.db-large"

    def keep(tx, number):
        entry = tx.journal.append([Entry(None, NOW, "upload.answered", "kept")])[0]
        tx.journal.keep(
            [(entry, Messages(Message(b"head", body + b"%d" % number, 1_000_001)))], most=6, most_bytes=10**9
        )
        return entry.id

    ids = [await store.run(lambda tx, number=number: keep(tx, number)) for number in range(30)]
    kept = [await store.read(lambda tx, number=number: tx.journal.kept(number)) for number in ids]
    assert [each.request.body for each in kept if each] == [body + b"%d" % number for number in range(24, 30)]
    assert 2 <= len(list(folder.iterdir())) <= 4
    store.close()
    again = Store.open(f"sqlite:///{tmp_path}/store.db")
    last = await again.read(lambda tx: tx.journal.kept(ids[-1]))
    assert last.request.body == body + b"29"
    again.close()
