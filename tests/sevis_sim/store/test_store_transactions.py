"""Transactions from coroutines and threads: all or nothing, one writer at a time, durable when told so."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from due_items import NOW, Mishap, add, keys

from sevis_sim.store import DuplicateBatch, MissingReference, Store, StoreError, Transaction
from sevis_sim.store.dialect import dialect_for


async def test_run_returns_what_the_work_returns_and_read_sees_it(store: Store) -> None:
    assert await store.run(add("a")) > 0
    assert await store.read(keys) == ["a"]


async def test_an_exception_in_the_middle_undoes_everything_and_is_raised_again(store: Store) -> None:
    def half(tx: Transaction) -> None:
        add("lost")(tx)
        tx.sandboxes.create("lost", 1, {})
        raise Mishap

    with pytest.raises(Mishap):
        await store.run(half)
    with pytest.raises(Mishap), store.transaction() as tx:
        half(tx)
    assert await store.read(keys) == []
    assert await store.read(lambda tx: tx.sandboxes.get("lost")) is None


async def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError):
        await store.read(add("a"))
    with pytest.raises(StoreError), store.reading() as tx:
        add("a")(tx)
    assert await store.read(keys) == []
    await store.run(add("writing still works"))


async def test_work_that_waits_together_is_undone_one_by_one(store: Store) -> None:
    calls: list[str] = []

    def work(number: int) -> Callable[[Transaction], int]:
        def inner(tx: Transaction) -> int:
            tx.after_commit(lambda: calls.append(str(number)))
            add(str(number))(tx)
            if number % 3 == 0:
                raise Mishap(number)
            return number

        return inner

    # While the turn is taken, all of them have to wait, and are then done in groups.
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with store.transaction():
            entered.set()
            leave.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    entered.wait()
    tasks = [asyncio.ensure_future(store.run(work(number))) for number in range(100)]
    await asyncio.sleep(0)
    leave.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    holder.join()

    good = [number for number in range(100) if number % 3]
    assert [outcome for outcome in outcomes if not isinstance(outcome, BaseException)] == good
    assert all(isinstance(outcomes[number], Mishap) for number in range(0, 100, 3))
    assert await store.read(keys) == [str(number) for number in good]
    assert calls == [str(number) for number in good]


async def test_work_that_is_cancelled_while_it_waits_is_not_done(store: Store) -> None:
    entered, leave = threading.Event(), threading.Event()

    def block(_tx: Transaction) -> None:
        entered.set()
        leave.wait()

    blocking = asyncio.ensure_future(store.run(block))
    await asyncio.to_thread(entered.wait)
    waiting = asyncio.ensure_future(store.run(add("cancelled")))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.sleep(0)
    leave.set()
    await blocking
    await store.run(add("next"))
    assert await store.read(keys) == ["next"]


async def test_of_two_hundred_uploads_of_one_batch_id_one_is_accepted(store: Store) -> None:
    def accept(tx: Transaction) -> int:
        args = ("default", "production", "ABC214F00012000", "BATCH1", "pdso000001", "a.xml")
        return tx.batches.accept(*args, NOW, NOW, NOW, b"<x/>").key

    outcomes = await asyncio.gather(*(store.run(accept) for _ in range(200)), return_exceptions=True)
    assert len([outcome for outcome in outcomes if isinstance(outcome, int)]) == 1
    assert len([outcome for outcome in outcomes if isinstance(outcome, DuplicateBatch)]) == 199


async def test_coroutines_and_threads_write_together(store: Store) -> None:
    def by_thread(name: str) -> None:
        for number in range(20):
            with store.transaction() as tx:
                add(f"{name}{number}")(tx)

    with ThreadPoolExecutor(2) as pool:
        loop = asyncio.get_running_loop()
        threads = [loop.run_in_executor(pool, by_thread, name) for name in ("a", "b")]
        await asyncio.gather(*threads, *(store.run(add(f"c{number}")) for number in range(20)))
    assert sorted(await store.read(keys)) == sorted(f"{name}{number}" for name in "abc" for number in range(20))


async def test_a_reader_of_a_file_keeps_its_view_while_others_write(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/view.db")
    await store.run(lambda tx: tx.sandboxes.create("default", 1, {}))
    with store.reading() as tx:
        assert keys(tx) == []
        await store.run(add("later"))
        assert keys(tx) == []
    assert await store.read(keys) == ["later"]
    store.close()


async def test_calls_after_the_commit_are_made_once_and_not_on_roll_back(store: Store) -> None:
    calls: list[str] = []

    def work(tx: Transaction) -> None:
        tx.after_commit(lambda: calls.append("called"))
        assert calls == []

    await store.run(work)
    assert calls == ["called"]

    def fail(tx: Transaction) -> None:
        tx.after_commit(lambda: calls.append("never"))
        raise Mishap

    with pytest.raises(Mishap):
        await store.run(fail)
    with pytest.raises(Mishap), store.transaction() as tx:
        fail(tx)
    assert calls == ["called"]


async def test_a_failing_call_after_the_commit_is_told_and_blocks_nobody(store: Store) -> None:
    def work(tx: Transaction) -> None:
        tx.after_commit(lambda: [].pop())
        add("kept")(tx)

    with pytest.raises(IndexError):
        await store.run(work)
    assert await store.read(keys) == ["kept"]


async def test_a_transaction_inside_a_transaction_is_refused_rather_than_waiting_for_ever(store: Store) -> None:
    def nested(_tx: Transaction) -> None:
        with store.transaction():
            pass

    with pytest.raises(RuntimeError, match="pass it on"):
        await store.run(nested)
    with store.transaction(), pytest.raises(RuntimeError, match="pass it on"):
        await store.run(add("a"))
    await store.run(add("free again"))


async def test_a_row_of_a_sandbox_that_is_not_there_is_refused(store: Store) -> None:
    with pytest.raises(MissingReference, match="create it first"):
        await store.run(lambda tx: tx.due.add("nowhere", NOW, "process", "1"))


async def test_closing_lets_waiting_work_finish_and_refuses_more(tmp_path: Path) -> None:
    path = f"sqlite:///{tmp_path}/closing.db"
    store = Store.open(path)
    await store.run(lambda tx: tx.sandboxes.create("default", 1, {}))
    tasks = [asyncio.ensure_future(store.run(add(str(number)))) for number in range(30)]
    await asyncio.sleep(0)
    store.close()
    store.close()
    await asyncio.gather(*tasks)

    with pytest.raises(StoreError, match="closed"):
        await store.run(add("late"))
    with pytest.raises(StoreError, match="closed"):
        await store.read(keys)
    with pytest.raises(StoreError, match="closed"), store.transaction():
        pass
    again = Store.open(path)
    assert len(await again.read(keys)) == 30
    again.close()


def test_a_process_killed_after_the_commit_loses_nothing_and_before_it_leaves_nothing(tmp_path: Path) -> None:
    code = f"""
        import asyncio, os, signal
        from datetime import UTC, datetime
        from sevis_sim.store import Store
        now = datetime(2026, 3, 6, tzinfo=UTC)
        store = Store.open("sqlite:///{tmp_path}/killed.db")
        def accept(tx):
            tx.sandboxes.create("default", 1, {{}})
            tx.batches.accept("default", "production", "O", "KEPT", "u", "f", now, now, now, b"x" * 50_000)
        asyncio.run(store.run(accept))
        with store.transaction() as tx:
            tx.batches.accept("default", "production", "O", "LOST", "u", "f", now, now, now, b"x" * 5_000_000)
            os.kill(os.getpid(), signal.SIGKILL)
    """
    process = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=False)
    assert process.returncode == -signal.SIGKILL

    store = Store.open(f"sqlite:///{tmp_path}/killed.db")
    with store.reading() as tx:
        assert [batch.batch_id for batch in tx.batches.list("default")] == ["KEPT"]
        assert tx.batches.document(tx.batches.list("default")[0].key) == b"x" * 50_000
    store.close()


def test_a_commit_to_a_file_waits_for_the_disk(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/durable.db")
    with store.transaction() as tx:
        setting = {
            name: tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
        }
    store.close()
    assert setting == {"journal_mode": "wal", "synchronous": 2}


def test_two_processes_on_one_file_take_turns_from_the_beginning_of_a_transaction(tmp_path: Path) -> None:
    # Two stores stand for two processes: they share nothing but the file.
    stores = [Store.open(f"sqlite:///{tmp_path}/shared.db") for _ in range(2)]

    def count(store: Store) -> None:
        for _ in range(50):
            with store.transaction() as tx:
                tx.meta.set("count", (tx.meta.get("count") or 0) + 1)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(count, stores))
    with stores[0].reading() as tx:
        assert tx.meta.get("count") == 100
    for store in stores:
        store.close()


def test_a_full_disk_is_told_in_one_line_and_undoes_the_transaction(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/full.db")

    def fill(tx: Transaction) -> None:
        pages = tx.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        tx.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
        tx.meta.set("small", 1)
        tx.meta.set("large", "x" * 100_000)

    with pytest.raises(StoreError, match="free some space") as error:
        asyncio.run(store.run(fill))
    assert "\n" not in str(error.value)
    with store.reading() as tx:
        assert tx.meta.get("small") is None
    store.close()


def test_a_file_that_another_process_keeps_locked_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "locked.db"
    Store.open(f"sqlite:///{path}").close()
    holder, late = sqlite3.connect(path, isolation_level=None), sqlite3.connect(path, timeout=0)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError) as locked:
        late.execute("BEGIN IMMEDIATE")
    explained = dialect_for(f"sqlite:///{path}").explain(locked.value)
    holder.close()
    late.close()
    assert str(explained) == f"{path} is in use by another process: stop that one, or choose another database"


async def test_whoever_measures_is_told_of_each_transaction(store: Store) -> None:
    told: list[tuple[str, float]] = []
    store.timed = lambda what, seconds: told.append((what, seconds))
    await store.run(add("a"))
    await store.read(keys)
    assert [what for what, _ in told] == ["write", "read"]
    assert all(seconds > 0 for _, seconds in told)


async def test_the_first_due_instant_is_known_by_sandbox(store: Store) -> None:
    assert await store.read(lambda tx: tx.due.firsts()) == {}
    await store.run(lambda tx: (tx.due.add("default", NOW.replace(hour=13), "b", "b"), add("a")(tx)))
    assert await store.read(lambda tx: tx.due.firsts()) == {"default": NOW}


async def test_work_that_need_not_be_durable_keeps_its_order_with_work_that_must(store: Store) -> None:
    names = [f"{number}" for number in range(60)]
    await asyncio.gather(*(store.run(add(name), durable=number % 3 == 0) for number, name in enumerate(names)))
    assert await store.read(keys) == names


async def test_only_durable_work_waits_for_the_disk(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/store.db")
    modes: list[int] = []

    def look(tx: Transaction) -> None:
        modes.append(tx.connection.exec_driver_sql("PRAGMA synchronous").scalar_one())

    for durable in (True, False, False, True):
        await store.run(look, durable=durable)
    await store.run(look)
    await asyncio.to_thread(_in_a_thread, store, look)
    store.close()
    assert modes == [2, 1, 1, 2, 2, 2]  # FULL is 2, NORMAL 1


def _in_a_thread(store: Store, work: Callable[[Transaction], None]) -> None:
    with store.transaction() as tx:
        work(tx)


async def test_a_call_before_the_commit_is_part_of_the_transaction(store: Store) -> None:
    def work(tx: Transaction, last: Callable[[], object]) -> None:
        tx.before_commit(last)
        add("work")(tx)

    def undo() -> None:
        raise Mishap

    await store.run(lambda tx: work(tx, lambda: add("last")(tx)))
    with pytest.raises(Mishap):
        await store.run(lambda tx: work(tx, undo))
    with pytest.raises(Mishap), store.transaction() as tx:
        work(tx, undo)
    assert await store.read(keys) == ["work", "last"]
