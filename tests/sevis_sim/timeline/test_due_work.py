"""A timeline alone: a store in memory, a wall clock by hand, handlers that only write down what they were given."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from sevis_sim.clock import PROFILES, Calendar, Clock, InstantError
from sevis_sim.journal import Journal
from sevis_sim.sandbox import Sandbox
from sevis_sim.settings import Switches
from sevis_sim.store import SevisIdTaken, Store, StoreError
from sevis_sim.timeline import Timeline, TimelineError

START = datetime(2026, 3, 6, 19, 0, tzinfo=UTC)


class Wall:
    """A wall clock that is moved by hand."""

    seconds = 1_700_000_000.0

    def __call__(self) -> float:
        return self.seconds


class Bench:
    def __init__(self, store: Store, clock: Clock) -> None:
        self.seen: list[tuple[str, datetime]] = []
        self.fail: dict[str, list[Exception]] = {}
        self.store = store
        self.sandbox = Sandbox("default", 1, store, Journal(store), clock, Calendar(), PROFILES, Switches())
        self.timeline = Timeline(self.sandbox, {"work": self._work}, self._describe)

    async def _work(self, item) -> str:
        if self.fail.get(item.key):
            raise self.fail[item.key].pop(0)
        self.seen.append((item.key, self.sandbox.now()))
        return f"did {item.key}"

    async def _describe(self, item) -> str:
        return f"does {item.key}"

    def add(self, key: str, after: timedelta, kind: str = "work") -> None:
        with self.store.transaction() as tx:
            tx.due.add("default", START + after, kind, key)
        self.timeline.changed()

    @property
    def keys(self) -> list[str]:
        return [key for key, _ in self.seen]


@pytest.fixture
def wall():
    return Wall()


@pytest.fixture
def make(wall):
    stores = []

    def bench(factor: float = 0) -> Bench:
        store = Store.open("sqlite://")
        stores.append(store)
        clock = Clock.scaled(START, factor, wall) if factor else Clock.frozen(START, wall)
        with store.transaction() as tx:
            tx.sandboxes.create("default", 1, clock.to_state())
        return Bench(store, clock)

    yield bench
    for store in stores:
        store.close()


async def test_due_work_runs_by_instant_and_then_in_the_order_of_adding_each_at_its_own_time(make):
    bench = make()
    for key, hours in (("c", 2), ("a", 1), ("d", 2), ("b", 1), ("late", 9)):
        bench.add(key, timedelta(hours=hours))
    happened = await bench.timeline.advance("+3h")
    hour = timedelta(hours=1)
    assert bench.seen == [("a", START + hour), ("b", START + hour), ("c", START + 2 * hour), ("d", START + 2 * hour)]
    assert [h.summary for h in happened] == ["did a", "did b", "did c", "did d"]
    assert bench.sandbox.now() == START + 3 * hour
    assert await bench.timeline.advance("+1h") == [], "work that is done is not done again"


async def test_work_that_work_adds_on_the_way_is_done_on_the_way(make):
    bench = make()

    async def breed(item) -> str:
        bench.add("child", timedelta(hours=2))
        return ""

    bench.timeline = Timeline(bench.sandbox, {"work": bench._work, "breed": breed}, bench._describe)
    bench.add("parent", timedelta(hours=1), kind="breed")
    await bench.timeline.advance("+3h")
    assert bench.keys == ["child"]


async def test_a_clock_that_stands_still_lets_nothing_happen_by_itself(make):
    bench = make()
    bench.add("later", timedelta(milliseconds=1))
    bench.timeline.start()
    assert await bench.timeline.settle() == []
    await bench.timeline.stop()
    assert bench.seen == []


async def test_a_request_settles_what_a_running_clock_has_passed(make, wall):
    bench = make(factor=600)
    bench.add("beta", timedelta(minutes=20))
    assert await bench.timeline.settle() == []
    wall.seconds += 1.9
    assert await bench.timeline.settle() == []
    wall.seconds += 0.2
    assert [h.key for h in await bench.timeline.settle()] == ["beta"]
    assert await bench.timeline.settle() == []


async def test_work_added_while_the_timeline_was_looking_is_not_forgotten(make, wall, monkeypatch):
    bench = make(factor=600)
    look = bench.timeline._next

    async def overtaken():
        monkeypatch.undo()
        found = await look()
        bench.add("new", timedelta(minutes=1))
        return found

    monkeypatch.setattr(bench.timeline, "_next", overtaken)
    assert await bench.timeline.settle() == []
    wall.seconds += 1
    assert [h.key for h in await bench.timeline.settle()] == ["new"]


async def test_the_timer_of_a_running_clock_wakes_for_new_work(make, wall):
    bench = make(factor=600)
    done = asyncio.Event()

    async def work(item) -> str:
        done.set()
        return ""

    bench.timeline = Timeline(bench.sandbox, {"work": work}, bench._describe)
    bench.timeline.start()
    wall.seconds += 3600
    bench.add("overdue", timedelta(minutes=1))
    async with asyncio.timeout(30):
        await done.wait()
    await bench.timeline.stop()


async def test_the_timer_outlives_a_store_that_fails_for_a_while(make, wall, monkeypatch):
    monkeypatch.setattr("sevis_sim.timeline.timeline._RETRY_SECONDS", 0.0)
    bench = make(factor=600)
    bench.fail["beta"] = [StoreError("the disk is full"), StoreError("the disk is full")]
    bench.add("beta", timedelta(minutes=1))
    wall.seconds += 60
    bench.timeline.start()
    async with asyncio.timeout(30):
        while bench.keys != ["beta"]:
            await asyncio.sleep(0)
    await bench.timeline.stop()


async def test_work_stays_due_while_the_store_fails_and_is_dropped_where_the_data_forbid_it(make):
    bench = make()
    bench.fail = {"full": [StoreError("the disk is full")], "taken": [SevisIdTaken("N9900000001", "N9900000002")]}
    bench.add("taken", timedelta(hours=1))
    bench.add("full", timedelta(hours=2))
    with pytest.raises(StoreError, match="disk is full"):
        await bench.timeline.advance("+1d")
    assert [h.key for h in await bench.timeline.advance("+1d")] == ["full"]
    [entry] = await bench.sandbox.journal.query("default", "due-work.failed")
    assert "SevisIdTaken" in entry.summary


async def test_the_plan_of_a_timeline_does_nothing(make):
    bench = make()
    bench.add("a", timedelta(hours=1))
    bench.add("b", timedelta(days=10))
    assert [(p.instant, p.summary) for p in await bench.timeline.plan("+2h")] == [
        (START + timedelta(hours=1), "does a")
    ]
    assert bench.seen == []
    assert bench.sandbox.now() == START


async def test_next_event_needs_an_event_and_overdue_work_counts_as_one(make, wall):
    bench = make()
    with pytest.raises(InstantError, match="no next event"):
        await bench.timeline.advance("next-event")
    running = make(factor=600)
    running.add("overdue", timedelta(minutes=1))
    wall.seconds += 1

    class Hasty(Wall):
        def __call__(self) -> float:  # a wall clock that never stands still between two looks
            self.seconds += 0.01
            return self.seconds

    hasty = Hasty()
    hasty.seconds = wall.seconds
    running.sandbox.clock._wall = hasty
    assert [h.key for h in await running.timeline.set("next-event")] == ["overdue"]


async def test_an_instant_without_offset_is_refused_and_time_back_is_refused(make):
    bench = make()
    with pytest.raises(InstantError, match="no offset"):
        await bench.timeline.advance(datetime(2026, 3, 7, 12, 0))  # noqa: DTZ001 - just what must not be
    with pytest.raises(TimelineError, match="never moves backward"):
        await bench.timeline.advance(START - timedelta(seconds=1))
    assert await bench.timeline.advance(START) == []


async def test_without_batches_the_clock_may_be_set_back_and_is_kept(make):
    bench = make()
    await bench.timeline.set("2020-01-06T12:00-05:00")
    assert bench.sandbox.now() == datetime(2020, 1, 6, 17, 0, tzinfo=UTC)
    stored = await bench.store.read(lambda tx: tx.sandboxes.get("default"))
    assert Clock.from_state(stored.clock).now() == bench.sandbox.now()
    [moved] = await bench.sandbox.journal.query("default", "clock.moved")
    assert moved.detail["asked"] == "2020-01-06T12:00-05:00"
