"""Appending, querying, waiting and subscribing."""

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sevis_sim.journal import Entry, Journal, Keep, Message, Messages
from sevis_sim.journal.journal import BOUNDED_EACH
from sevis_sim.store import MissingReference, Store, StoreError, Transaction

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)


@pytest.fixture(params=["memory", "file"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    opened = Store.open("sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path}/store.db")
    await opened.run(lambda tx: [tx.sandboxes.create(name, 1, {}) for name in ("one", "two")])
    yield opened
    opened.close()


@pytest.fixture
def journal(store: Store) -> Journal:
    return Journal(store)


def note(summary: str, sandbox: str | None = "one", kind: str = "thing.done", **subjects: str) -> Entry:
    return Entry(sandbox, NOW, kind, summary, subjects, {"said": summary})


async def waiting(journal: Journal) -> None:
    """Return once somebody waits for an entry (internal: there is no other way to see it without sleeping)."""
    while not any(bell.rung._waiters for bells in journal._waiting.values() for bell in bells):
        await asyncio.sleep(0)


def summaries(entries: list[Entry]) -> list[str]:
    return [entry.summary for entry in entries]


async def test_a_recorded_entry_comes_back_with_its_number(journal: Journal) -> None:
    entry = note("first", exchange="7", batch="B1")
    kept = await journal.record(entry)
    assert kept.id > 0
    assert replace(kept, id=0) == entry
    assert await journal.query("one") == [kept]
    assert await journal.last_id("one") == kept.id


async def test_an_entry_is_part_of_the_transaction_that_appends_it(store: Store, journal: Journal) -> None:
    with pytest.raises(ZeroDivisionError), store.transaction() as tx:
        journal.append(tx, note("undone"))
        _ = 1 / 0
    with store.transaction() as tx:
        journal.append(tx, note("done"))
    assert summaries(await journal.query("one")) == ["done"]


async def test_sandboxes_and_the_server_have_journals_of_their_own(journal: Journal) -> None:
    for sandbox in ("one", "two", None):
        await journal.record(note(f"of {sandbox}", sandbox))
    assert summaries(await journal.query("one")) == ["of one"]
    assert summaries(await journal.query("two")) == ["of two"]
    assert summaries(await journal.query(None)) == ["of None"]


async def test_an_entry_for_a_sandbox_that_is_gone_is_refused(store: Store, journal: Journal) -> None:
    await store.run(lambda tx: tx.sandboxes.delete("two"))
    with pytest.raises(MissingReference):
        await journal.record(note("late", "two"))


async def test_queries_combine_kinds_subjects_numbers_and_order(journal: Journal) -> None:
    kinds = ["request.answered", "batch.accepted", "batch.processed"]
    kept = [
        await journal.record(
            note(f"{number}", kind=kinds[number % 3], exchange=str(number // 3), parity=str(number % 2))
        )
        for number in range(12)
    ]
    assert summaries(await journal.query("one", kinds[0])) == ["0", "3", "6", "9"]
    assert summaries(await journal.query("one", kinds[1:], limit=3)) == ["1", "2", "4"]
    assert summaries(await journal.query("one", subject={"exchange": "2"})) == ["6", "7", "8"]
    assert summaries(await journal.query("one", subject={"exchange": "2", "parity": "0"})) == ["6", "8"]
    assert summaries(await journal.query("one", kinds[1], {"exchange": "2"})) == ["7"]
    assert summaries(await journal.query("one", after_id=kept[9].id)) == ["10", "11"]
    assert summaries(await journal.query("one", before_id=kept[2].id)) == ["0", "1"]
    assert summaries(await journal.query("one", newest_first=True, limit=2)) == ["11", "10"]
    assert await journal.query("one", subject={"exchange": "none"}) == []


async def test_waiting_returns_at_once_what_is_there_already(journal: Journal) -> None:
    first = await journal.record(note("first"))
    await journal.record(note("second"))
    assert summaries(await journal.wait("one")) == ["first", "second"]
    assert summaries(await journal.wait("one", after_id=first.id)) == ["second"]


async def test_waiting_is_woken_by_the_commit_of_a_matching_entry(store: Store, journal: Journal) -> None:
    task = asyncio.create_task(journal.wait("one", "batch.accepted", {"batch": "B1"}))
    await waiting(journal)
    await journal.record(note("other sandbox", "two", "batch.accepted", batch="B1"))
    await journal.record(note("other batch", kind="batch.accepted", batch="B2"))
    assert not task.done()

    def by_thread() -> None:
        with store.transaction() as tx:
            journal.append(tx, note("it", kind="batch.accepted", batch="B1"))

    await asyncio.to_thread(by_thread)
    assert summaries(await task) == ["it"]
    assert journal._waiting == {}


async def test_waiting_may_have_a_condition_of_its_own(journal: Journal) -> None:
    task = asyncio.create_task(journal.wait("one", predicate=lambda entry: entry.detail["said"] == "yes"))
    await waiting(journal)
    await journal.record(note("no"))
    await journal.record(note("yes"))
    assert summaries(await task) == ["yes"]


async def test_a_condition_is_tried_on_more_entries_than_fit_a_page(store: Store, journal: Journal) -> None:
    with store.transaction() as tx:
        for number in range(1_100):
            journal.append(tx, note(str(number)))
    assert summaries(await journal.wait("one", predicate=lambda entry: entry.summary == "1099")) == ["1099"]


async def test_waiting_ends_without_an_entry_when_its_time_is_up(journal: Journal) -> None:
    assert await journal.wait("one", seconds=0) == []
    assert journal._waiting == {}


async def test_many_who_wait_are_all_woken(journal: Journal) -> None:
    tasks = [asyncio.create_task(journal.wait("one")) for _ in range(20)]
    await waiting(journal)
    await journal.record(note("for all"))
    assert [summaries(found) for found in await asyncio.gather(*tasks)] == [["for all"]] * 20


async def test_a_subscriber_gets_every_entry_once_and_in_order(journal: Journal) -> None:
    await journal.record(note("before"))
    received: list[str] = []

    async def follow() -> None:
        async for entry in journal.subscribe("one"):
            received.append(entry.summary)
            if entry.summary == "49":
                return

    task = asyncio.create_task(follow())
    await waiting(journal)
    await asyncio.gather(*(journal.record(note(str(number))) for number in range(50)))
    await task
    assert received == [str(number) for number in range(50)]


async def test_a_subscriber_can_go_on_after_the_last_entry_it_has_seen(journal: Journal) -> None:
    kept = [await journal.record(note(str(number))) for number in range(3)]
    stream = journal.subscribe("one", after_id=kept[0].id)
    assert [(await anext(stream)).summary, (await anext(stream)).summary] == ["1", "2"]


def test_a_loop_that_ended_while_waiting_does_no_harm() -> None:
    store = Store.open("sqlite://")
    journal = Journal(store)
    loop = asyncio.new_event_loop()
    task = loop.create_task(journal.wait(None))
    loop.run_until_complete(waiting(journal))
    loop.close()

    with store.transaction() as tx:
        journal.append(tx, note("nobody listens", None))
    assert summaries(asyncio.run(journal.query(None))) == ["nobody listens"]
    assert not task.done()
    task._log_destroy_pending = False  # type: ignore[attr-defined]
    store.close()


async def test_what_is_too_long_is_cut_when_it_is_appended(journal: Journal) -> None:
    entry = Entry("one", NOW, "k", "two\nlines " + "x" * 1_000, {"exchange": "y" * 1_000}, {"body": b"z" * 100_000})
    kept = await journal.record(entry)
    assert kept.summary.startswith("two lines xxx")
    assert len(kept.summary) == len(kept.subjects["exchange"]) == 500
    assert kept.detail["body"].endswith("z… (96000 more bytes)")
    assert await journal.query("one") == [kept]


async def test_an_observer_is_told_of_what_is_committed_and_of_nothing_else(journal: Journal, store: Store) -> None:
    told: list[Entry] = []
    journal.observe(told.append)
    kept = await journal.record(note("first"))

    def undone(tx) -> None:
        journal.append(tx, note("never"))
        raise LookupError

    with pytest.raises(LookupError):
        await store.run(undone)
    assert told == [kept]


def busy() -> None:
    raise StoreError("in use by another process")


def fail(error: BaseException) -> None:
    raise AssertionError from error


async def test_what_is_recorded_soon_is_found_by_whoever_reads_next(journal: Journal, store: Store) -> None:
    told: list[Entry] = []
    journal.observe(told.append)
    for number in range(3):
        journal.record_soon(note(str(number)), failed=fail)
    journal.record_soon(note("other", "two"), failed=fail)
    assert summaries(await journal.query("one")) == ["0", "1", "2"]
    await journal.record(note("after"))
    journal.record_soon(note("last"), failed=fail)
    found = await journal.query("one")
    assert summaries(found) == ["0", "1", "2", "after", "last"]
    assert [entry for entry in told if entry.sandbox == "one"] == found


async def test_whoever_waits_is_woken_by_what_is_recorded_soon(journal: Journal) -> None:
    task = asyncio.ensure_future(journal.wait("one", "batch.accepted"))
    await waiting(journal)
    journal.record_soon(note("it", kind="batch.accepted"), failed=fail)
    assert summaries(await task) == ["it"]


async def test_one_entry_that_cannot_be_recorded_takes_none_of_the_others_with_it(journal: Journal) -> None:
    told: list[BaseException] = []
    for sandbox in ("one", "gone", "two", None):
        journal.record_soon(note(f"of {sandbox}", sandbox), failed=told.append)
    for sandbox in ("one", "two", None):
        assert summaries(await journal.query(sandbox)) == [f"of {sandbox}"]
    assert [type(error) for error in told] == [MissingReference]


async def test_what_the_store_could_not_take_is_told_and_later_entries_are_recorded(
    journal: Journal, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    observed: list[Entry] = []
    journal.observe(observed.append)
    told: list[BaseException] = []
    with monkeypatch.context() as broken:
        broken.setattr(store._engine, "connect", busy)
        journal.record_soon(note("lost"), failed=told.append)
        journal.record_soon(note("lost, too"), failed=told.append)
        with pytest.raises(StoreError):
            await journal.record(note("behind them"))
        assert [type(error) for error in told] == [StoreError, StoreError]
    journal.record_soon(note("later"), failed=fail)
    assert summaries(await journal.query("one")) == ["later"]
    assert summaries(observed) == ["later"]


async def test_an_entry_whose_messages_cannot_be_kept_is_told_and_observed_by_nobody(
    journal: Journal, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    observed: list[Entry] = []
    journal.observe(observed.append)
    told: list[BaseException] = []

    def full(content: bytes) -> int:
        raise StoreError(f"no room for {len(content)} bytes")

    monkeypatch.setattr(store._dialect.spool, "add", full)
    journal.record_soon(note("small"), failed=fail)
    journal.record_soon(note("large"), Messages(Message(b"POST", b"x" * 100_000, 100_000)), failed=told.append)
    assert summaries(await journal.query("one")) == ["small"]
    assert summaries(observed) == ["small"]
    assert [str(error) for error in told] == ["no room for 100000 bytes"]


async def test_who_reads_and_is_cancelled_keeps_nothing_from_being_appended(journal: Journal, store: Store) -> None:
    free = threading.Event()
    store._writer.submit(free.wait, 30)
    journal.record_soon(note("it"), failed=fail)
    reading = asyncio.ensure_future(journal.query("one"))
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    free.set()
    assert summaries(await journal.query("one")) == ["it"]


async def test_who_records_more_than_the_store_can_take_waits_for_it(journal: Journal, store: Store) -> None:
    free = threading.Event()
    store._writer.submit(free.wait, 30)
    await journal.keep_pace()
    for _ in range(17):
        journal.record_soon(note("large"), Messages(Message(b"POST", b"x" * 1024**2, 1024**2)), failed=fail)
    late = asyncio.ensure_future(journal.keep_pace())
    await asyncio.sleep(0)
    assert not late.done()
    free.set()
    await late
    await journal.keep_pace()
    assert len(await journal.query("one")) == 17


async def test_entries_of_one_transaction_are_appended_at_its_end_in_their_order(
    store: Store, journal: Journal
) -> None:
    def work(tx) -> None:
        journal.append(tx, note("first"))
        journal.append(tx, note("second", "two"))
        journal.append(tx, note("third"))

    await store.run(work)
    found = [*await journal.query("one"), *await journal.query("two")]
    assert [entry.summary for entry in sorted(found, key=lambda entry: entry.id)] == ["first", "second", "third"]


async def test_of_a_journal_that_is_over_its_bound_the_oldest_entries_go(store: Store) -> None:
    journal = Journal(store, Keep(entries=340))
    names = {number: "one" if number % 3 else "two" for number in range(1, BOUNDED_EACH)}

    def fill(tx: Transaction) -> None:
        for number, sandbox in names.items():
            journal.append(tx, note(str(number), sandbox, batch=str(number)))

    async def kept(sandbox: str | None) -> list[str]:
        return summaries(await journal.query(sandbox, limit=BOUNDED_EACH))

    def written(sandbox: str) -> list[str]:
        return [str(number) for number, its in names.items() if its == sandbox]

    await store.run(fill)
    assert (await kept("one"), len(written("one"))) == (written("one"), 666)
    last = await journal.record(note("last", None))
    assert last.id == BOUNDED_EACH
    assert await kept("one") == written("one")[-(340 - 340 // 16) :]
    assert (await kept("two"), len(written("two"))) == (written("two"), 333)
    assert await kept(None) == ["last"]
    assert await journal.query("one", subject={"batch": "2"}) == []
    assert (await journal.record(note("after that"))).id == BOUNDED_EACH + 1


async def test_without_a_bound_everything_is_kept(store: Store) -> None:
    journal = Journal(store)
    await store.run(lambda tx: [journal.append(tx, note(str(number))) for number in range(BOUNDED_EACH + 1)])
    assert len(await journal.query("one", limit=2000)) == BOUNDED_EACH + 1
