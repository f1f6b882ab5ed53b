"""Turns that one holds alone, and turns that several share."""

import asyncio
from contextlib import AbstractAsyncContextManager

import pytest
from support import sample, upload

from sevis_sim import Simulator
from sevis_sim.sandbox.turns import Turns


class Course:
    """Takes turns in the order of their names, and tells who is within."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.told: list[str] = []
        self._ends: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def begin(self, name: str) -> None:
        """Ask for a turn; it lasts until `end`. Names of turns that are shared begin with ``s``."""
        self._ends[name] = asyncio.Event()
        turn = self.turns.shared() if name.startswith("s") else self.turns.alone()
        self._tasks[name] = asyncio.create_task(self._hold(name, turn))
        await self.settle()

    async def _hold(self, name: str, turn: AbstractAsyncContextManager[None]) -> None:
        async with turn:
            self.told.append(name)
            await self._ends[name].wait()

    async def end(self, name: str) -> None:
        self._ends[name].set()
        await self._tasks[name]
        await self.settle()

    async def cancel(self, name: str) -> None:
        self._tasks[name].cancel()
        await asyncio.gather(self._tasks[name], return_exceptions=True)
        await self.settle()

    @staticmethod
    async def settle() -> None:
        for _ in range(10):
            await asyncio.sleep(0)


async def test_shared_turns_are_held_together_and_one_alone_waits_for_all_of_them():
    course = Course()
    for name in ("s1", "s2", "alone"):
        await course.begin(name)
    assert course.told == ["s1", "s2"]
    await course.end("s1")
    assert course.told == ["s1", "s2"]
    await course.end("s2")
    assert course.told == ["s1", "s2", "alone"]
    await course.end("alone")


async def test_whoever_comes_first_goes_first():
    course = Course()
    for name in ("alone 1", "s1", "alone 2", "s2", "s3"):
        await course.begin(name)
    assert course.told == ["alone 1"]
    await course.end("alone 1")
    assert course.told == ["alone 1", "s1"]  # s2 and s3 came after one that waits to be alone
    await course.end("s1")
    assert course.told[2:] == ["alone 2"]
    await course.end("alone 2")
    assert course.told[3:] == ["s2", "s3"]
    await course.end("s2")
    await course.end("s3")


@pytest.mark.parametrize("who", ["s1", "alone", "s2"])
async def test_whoever_is_cancelled_within_or_while_waiting_holds_up_nobody(who):
    course = Course()
    for name in ("s1", "alone", "s2"):
        await course.begin(name)
    await course.cancel(who)
    for name in ("s1", "alone", "s2"):
        if name != who:
            await course.end(name)
    await course.begin("alone")
    assert course.told[-1] == "alone"
    await course.end("alone")


async def test_uploads_of_one_sandbox_do_not_wait_for_each_other_but_its_clock_waits_for_them():
    async with Simulator(clock="2026-03-06T14:00-05:00") as sim:
        sandbox = sim.tenants.served("default").sandbox
        async with sandbox.shared_turn():
            assert (await upload(sim, sample("students.xml"))).code == "S0000"
            before = sim.clock.now()
            advance = asyncio.create_task(sim.clock.advance("next-business-day"))
            async with asyncio.timeout(30):
                while not sandbox.turns._entrance.locked():  # the clock's turn has come, but for the shared one
                    await asyncio.sleep(0)
            assert (advance.done(), sim.clock.now()) == (False, before)
        await advance
        assert sim.clock.now() > before
