"""Contents beside the database are read as they were written, until no row names their file any more."""

import asyncio
import errno
import os
import shutil
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from sevis_sim.store import Entry, Message, Messages, Store, StoreError
from sevis_sim.store.spool import FILE_BYTES, Spool, file_of

NOW = datetime(2026, 3, 6, 19, 0, tzinfo=UTC)


@given(contents=st.lists(st.binary(max_size=3000), max_size=20))
def test_what_was_added_is_read_again(contents):
    spool = Spool(None)
    places = [spool.add(each) for each in contents]
    assert [spool.read(place) for place in places] == contents
    spool.close()


def forget(spool, wanted=()):
    """Let transactions pass that find all but these files unwanted."""
    for _ in range(2):
        spool.keep_only(wanted)
        spool.committed()


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
    assert spool.due
    second = spool.add(b"b")
    assert file_of(second) == file_of(first) + 1
    forget(spool, {file_of(first)})
    assert spool.read(first) == b"a" * FILE_BYTES
    spool.keep_only(())
    spool.committed()
    assert spool.read(first) == b"a" * FILE_BYTES  # a reader may still be on an earlier view
    spool.keep_only(())
    spool.rolled_back()
    spool.committed()
    assert spool.read(first) == b"a" * FILE_BYTES
    spool.keep_only(())
    spool.committed()
    assert spool.read(first) is None
    assert spool.read(second) == b"b"  # the file that is being written stays


def test_what_stays_for_long_is_not_in_a_file_with_what_soon_goes(spool):
    passing, lasting = spool.add(b"passing"), spool.add(b"lasting", "one")
    assert file_of(passing) != file_of(lasting)
    assert file_of(spool.add(b"more", "one")) == file_of(lasting)
    assert file_of(spool.add(b"more")) == file_of(passing)
    spool.add(b"a" * FILE_BYTES)
    forget(spool)
    assert (spool.read(passing), spool.read(lasting)) == (None, b"lasting")


def test_owners_share_no_file_and_what_one_keeps_holds_up_nothing_of_another(tmp_path):
    spool = Spool(tmp_path / "large")
    mine, yours = spool.add(b"mine", "one"), spool.add(b"yours", "two")
    assert file_of(mine) != file_of(yours)
    assert file_of(spool.add(b"more of mine", "one")) == file_of(mine)
    places = [spool.add(b"%d" % number, f"other {number}") for number in range(50)]
    spool.committed()
    links = (os.path.realpath(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd"))
    assert len([each for each in links if each.startswith(str(tmp_path))]) == 16  # files, however many owners
    assert [spool.read(place) for place in places] == [b"%d" % number for number in range(50)]
    later = spool.add(b"again", "one")
    spool.sync()
    forget(spool, {file_of(mine)})
    assert (spool.read(mine), spool.read(yours), spool.read(later)) == (b"mine", None, b"again")
    spool.close()


def test_a_file_that_was_begun_in_vain_is_not_waited_for(tmp_path):
    spool = Spool(tmp_path / "large")
    spool.add(b"a" * FILE_BYTES, "one")
    spool.add(b"b", "one")
    spool.rolled_back()
    spool.committed()  # of another transaction, for which nobody waits
    place = spool.add(b"c", "one")
    spool.sync()
    assert spool.read(place) == b"c"
    spool.close()


def test_the_contents_added_last_are_found_within_larger_ones(spool):
    spool.add(b"other" * 2_000)
    place = spool.add(b"<document>" * 2_000)
    found = spool.within(b"head" + b"<document>" * 2_000 + b"tail")
    assert found == (4, 4 + 20_000, place)
    assert spool.within(b"<document>" * 2_000) == (0, 20_000, place)
    for other in (b"<document>" * 1_999, b"head" + b"<document>" * 1_999 + b"<documents", b"", b"other" * 2_000):
        assert spool.within(other) is None
    spool.keep_only(())
    assert spool.within(b"<document>" * 2_000) is None  # its file may be gone


def test_lasting_contents_are_waited_for_and_no_others(tmp_path, monkeypatch):
    synced = []

    def note(file):
        synced.append(os.readlink(f"/proc/self/fd/{file}").rpartition("/")[2])

    monkeypatch.setattr("sevis_sim.store.spool._to_disk", note)
    spool = Spool(tmp_path / "large")
    spool.add(b"passing")
    spool.sync()
    assert synced == []
    first = spool.add(b"a" * FILE_BYTES, "one")
    second = spool.add(b"b", "one")  # begins another file
    spool.sync()
    spool.sync()
    assert synced == [f"{file_of(first):08d}.bin", f"{file_of(second):08d}.bin"]
    spool.close()


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


BIG = b"<Student/>" * 20_000
BODY = b"--b\r\n\r\n" + BIG + b"\r\n--b--"


def accept(tx, number, document=BIG):
    return tx.batches.accept("default", "production", "O", f"B{number}", "u", "f", NOW, NOW, NOW, document).key


def keep_body(tx, body=BODY):
    entry = tx.journal.append([Entry("default", NOW, "upload.answered", "kept")])[0]
    tx.journal.keep([(entry, Messages(Message(b"head", body, len(body))))], most=10, most_bytes=10**9)
    return entry.id


def test_the_files_of_a_batch_are_read_as_they_were_written_whatever_their_size(store):
    with store.transaction() as tx:
        large, small = accept(tx, 1), accept(tx, 2, b"small")
        tx.batches.finish(large, NOW, 1, 0, b"log" * 5_000, b"archive" * 5_000)
    with store.reading() as tx:
        assert (tx.batches.document(large), tx.batches.document(small)) == (BIG, b"small")
        assert (tx.batches.log(large), tx.batches.archive(large)) == (b"log" * 5_000, b"archive" * 5_000)
        assert (tx.batches.log(small), tx.batches.archive(small)) == (None, None)


def test_an_upload_and_the_document_in_it_are_kept_once(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path}/store.db")
    with store.transaction() as tx:
        tx.sandboxes.create("default", 1, {"mode": "frozen"})
        key, entry = accept(tx, 1), keep_body(tx)
    on_disk = sum(file.stat().st_size for file in (tmp_path / "store.db-large").iterdir())
    assert len(BIG) < on_disk < len(BIG) + 100
    with store.transaction() as tx:
        assert tx.batches.document(key) == BIG
        tx.batches.remove_files(key)
    with store.reading() as tx:
        assert tx.journal.kept(entry).request == Message(b"head", BODY, len(BODY))  # its file is still named
        assert tx.batches.document(key) == b""
    store.close()


def test_a_body_of_which_most_is_no_document_is_kept_by_itself(store):
    body = BODY + b"z" * 20_000
    with store.transaction() as tx:
        key, entry = accept(tx, 1), keep_body(tx, body)
    with store.reading() as tx:
        assert tx.journal.kept(entry).request.body == body
        assert tx.batches.document(key) == BIG


def test_files_of_batches_that_are_gone_leave_the_disk_and_others_stay(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path}/store.db")
    large = b"d" * FILE_BYTES
    with store.transaction() as tx:
        tx.sandboxes.create("default", 1, {"mode": "frozen"})
        keys = [accept(tx, number, large + b"%d" % number) for number in range(4)]
    with store.transaction() as tx:
        for key in keys[:3]:
            tx.batches.remove_files(key)
    with store.reading() as before:
        before.batches.get(keys[0])  # the view begins
        with store.transaction() as tx:
            accept(tx, 8, large)
        assert before.batches.document(keys[3]) == large + b"3"
    with store.transaction() as tx:
        last = accept(tx, 9, b"the next one " * 1_000)
    assert len(list((tmp_path / "store.db-large").iterdir())) == 3
    with store.reading() as tx:
        assert [len(tx.batches.document(key)) for key in keys] == [0, 0, 0, FILE_BYTES + 1]
        assert tx.batches.document(last) == b"the next one " * 1_000
    store.close()


class Undone(Exception):
    """Ends a transaction."""


async def test_a_transaction_that_is_undone_leaves_the_files_that_it_did_without(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path}/store.db")
    large = b"d" * FILE_BYTES
    with store.transaction() as tx:
        tx.sandboxes.create("default", 1, {"mode": "frozen"})
        first, second = (accept(tx, number, large + b"%d" % number) for number in range(2))

    def remove(tx):
        tx.batches.remove_files(first)
        accept(tx, 2, large)  # begins another file
        raise Undone

    with pytest.raises(Undone), store.transaction() as tx:
        remove(tx)
    with pytest.raises(Undone):
        await store.run(remove)
    done = asyncio.gather(store.run(lambda _tx: None), store.run(remove), return_exceptions=True)  # behind a savepoint
    assert [type(each) for each in await done] == [type(None), Undone]
    with store.reading() as tx:
        assert (tx.batches.document(first), tx.batches.document(second)) == (large + b"0", large + b"1")
    store.close()


def test_a_batch_whose_folder_was_lost_says_so(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path}/store.db")
    with store.transaction() as tx:
        tx.sandboxes.create("default", 1, {"mode": "frozen"})
        key = accept(tx, 1)
    shutil.rmtree(tmp_path / "store.db-large")
    with (
        store.reading() as tx,
        pytest.raises(StoreError, match=r"document of batch B1 of O is missing from .*db-large"),
    ):
        tx.batches.document(key)
    store.close()


async def test_lasting_contents_reach_the_disk_before_the_commit_that_names_them(tmp_path, monkeypatch):
    store = Store.open(f"sqlite:///{tmp_path}/store.db")
    order = []
    monkeypatch.setattr("sevis_sim.store.spool._to_disk", lambda _file: order.append("contents"))
    event.listen(store._engine, "commit", lambda _connection: order.append("commit"))

    def work(tx):
        tx.sandboxes.create("default", 1, {"mode": "frozen"})
        return accept(tx, 1)

    await store.run(work)
    assert order == ["contents", "commit"]
    with store.transaction() as tx:
        accept(tx, 2)
    assert order == ["contents", "commit"] * 2
    store.close()


def test_bodies_of_one_transaction_are_all_kept_when_room_is_made_between_them(store):
    unnamed = b"n" * 20_000
    with pytest.raises(Undone), store.transaction() as tx:
        accept(tx, 1, unnamed)
        raise Undone  # what was added is named by no row
    with store.transaction() as tx:
        for _ in range(3):
            store._dialect.spool._since_look = FILE_BYTES
            ids = [keep_body(tx, body) for body in (unnamed, b"other" * 20_000, unnamed)]
    with store.reading() as tx:
        assert [len(tx.journal.kept(number).request.body) for number in ids] == [20_000, 100_000, 20_000]


def test_what_the_system_does_not_let_us_read_is_not_taken_for_gone(tmp_path, monkeypatch):
    spool = Spool(tmp_path / "large")
    place = spool.add(b"here")

    def refused(*_args, **_options):
        raise OSError(errno.EMFILE, "Too many open files")

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.open", refused)
        with pytest.raises(StoreError, match=r"cannot read from .*large \(Too many open files\)"):
            spool.read(place)
    assert spool.read(place) == b"here"
    spool.close()
