"""Work that nobody waits for: done in groups, in order, and seen by whoever reads next."""

import asyncio
import threading
from pathlib import Path

from due_items import Mishap, add, keys

from sevis_sim.store import Store, StoreError, Transaction


def fail(error: BaseException) -> None:
    raise AssertionError from error


async def test_what_is_to_be_done_soon_is_done_when_the_writer_has_caught_up_and_keeps_its_order(store: Store) -> None:
    store.soon(add("a"), fail)
    await store.caught_up()
    assert await store.read(keys) == ["a"]
    store.soon(add("b"), fail)
    store.soon(add("c"), fail)
    await store.run(add("d"))
    store.soon(add("e"), fail)
    await store.caught_up()
    assert await store.read(keys) == ["a", "b", "c", "d", "e"]


async def test_what_undid_work_that_was_to_be_done_soon_is_told_and_the_rest_is_done(store: Store) -> None:
    def broken(tx: Transaction) -> None:
        add("lost")(tx)
        raise Mishap

    told: list[BaseException] = []
    for work in (add("a"), broken, add("b"), broken):
        store.soon(work, told.append)
    await store.caught_up()
    assert await store.read(keys) == ["a", "b"]
    await store.run(add("c"))  # by then those who are told have been told
    assert [type(error) for error in told] == [Mishap, Mishap]


async def test_closing_does_what_was_to_be_done_soon(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/store.db")
    store.soon(lambda tx: tx.sandboxes.create("default", 1, {}), fail)
    store.close()
    again = Store.open(f"sqlite:///{tmp_path}/store.db")
    assert await again.read(lambda tx: [each.name for each in tx.sandboxes.list()]) == ["default"]
    again.close()
    told: list[BaseException] = []
    again.soon(add("a"), told.append)
    assert [type(error) for error in told] == [StoreError]


async def test_what_is_to_be_done_soon_waits_for_the_disk_only_with_work_that_must(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/store.db")
    modes: list[int] = []

    def look(tx: Transaction) -> None:
        modes.append(tx.connection.exec_driver_sql("PRAGMA synchronous").scalar_one())

    store.soon(look, fail)
    await store.caught_up()
    store.soon(look, fail)
    await store.run(look)  # both in one commit
    store.close()
    assert modes == [1, 2, 2]


async def test_a_reader_of_a_file_waits_neither_for_the_writer_nor_for_what_is_to_be_written_soon(
    tmp_path: Path,
) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/store.db")
    await store.run(lambda tx: tx.sandboxes.create("default", 1, {}))
    entered, leave = threading.Event(), threading.Event()

    def block(_tx: Transaction) -> None:
        entered.set()
        leave.wait()

    writing = asyncio.ensure_future(store.run(block))
    await asyncio.to_thread(entered.wait)
    store.soon(add("later"), fail)
    assert await store.read(keys) == []
    leave.set()
    await writing
    await store.caught_up()
    assert await store.read(keys) == ["later"]
    store.close()
