"""Plays many scenarios at once in one simulator, each in a sandbox and with a clock of its own."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from sevis_sim.client import ClientError, ControlError
from sevis_sim.clock import ClockError
from sevis_sim.pki import PkiError
from sevis_sim.runner.actor import Actor
from sevis_sim.runner.errors import PlayError
from sevis_sim.runner.judge import judge
from sevis_sim.runner.outcome import CheckOutcome, ScenarioOutcome, Seen
from sevis_sim.runner.player import Player, Told
from sevis_sim.runner.reference import ReferenceActor
from sevis_sim.runner.seen import seen
from sevis_sim.runner.world import World
from sevis_sim.scenarios import Scenario
from sevis_sim.settings import Settings
from sevis_sim.simulator import Simulator, SimulatorError
from sevis_sim.store import StoreError
from sevis_sim.wire import WireError

AT_ONCE = 6
"""Scenarios that are played at the same time, if nothing else is said: enough for two cores."""
SEED = 7
"""Seed of SEVIS IDs, if nothing else is said."""


_TROUBLE = (PlayError, ClientError, ClockError, ControlError, PkiError, SimulatorError, StoreError, WireError)
"""What can stand in the way of a scenario without being a fault of this program."""


@dataclass(frozen=True, slots=True)
class Case:
    """A scenario to play, and the file that it stands in."""

    scenario: Scenario
    file: str = ""


class Suite:
    """A simulator in memory in which scenarios are played; use it as ``async with``."""

    def __init__(
        self,
        actor: Callable[[], Actor] = ReferenceActor,
        *,
        settings: Settings | None = None,
        seed: int = SEED,
        look: bool = False,
    ) -> None:
        """Prepare.

        Args:
            actor: makes the client of a scenario.
            settings: of the simulator; the usual ones on free ports by default.
            seed: of SEVIS IDs.
            look: whether to note what is exercised (`outcome.Seen`).

        """
        self._actor = actor
        self._look = look
        self._played: Counter[str] = Counter()
        self.sim = Simulator(settings, seed=seed, clock="2026-03-02T09:00-05:00", in_memory=True)
        """The simulator."""

    async def __aenter__(self) -> Self:
        await self.sim.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.sim.stop()

    def _name(self, scenario: Scenario) -> str:
        """Return a name for the sandbox. SEVIS IDs hang on it, so that a scenario gets the same ones in each run."""
        self._played[scenario.scenario] += 1
        count = self._played[scenario.scenario]
        return f"play-{scenario.scenario[:50]}" + (f"-{count}" if count > 1 else "")

    async def play(self, case: Case, told: Told | None = None) -> ScenarioOutcome:
        """Play one scenario in a fresh sandbox, which is gone afterwards. Never raises for what it meets."""
        began = time.perf_counter()
        scenario = case.scenario
        try:
            box = await self.sim.create_sandbox(self._name(scenario), scenario=scenario)
        except _TROUBLE as trouble:
            error = f"its sandbox cannot be made: {trouble}"
            return ScenarioOutcome(scenario.scenario, case.file, error=error, seconds=time.perf_counter() - began)
        world, actor = World(self.sim, box, scenario), self._actor()
        player = Player(world, actor, told)
        error, checks, noted = "", list[CheckOutcome](), Seen()
        try:
            try:
                await world.open()
                await player.play()
                checks = await judge(world, player.exchange)
            except _TROUBLE as trouble:
                error = str(trouble)
            if self._look:
                noted = await seen(world, player.exchange)
        finally:
            await actor.close()
            await world.close()
            await self.sim.delete_sandbox(box.name)
        return ScenarioOutcome(
            name=scenario.scenario,
            file=case.file,
            steps=tuple(player.outcomes),
            checks=tuple(checks),
            error=error,
            seconds=time.perf_counter() - began,
            seen=noted,
        )


async def run_scenarios(
    cases: Sequence[Case],
    *,
    actor: Callable[[], Actor] = ReferenceActor,
    settings: Settings | None = None,
    seed: int = SEED,
    at_once: int = AT_ONCE,
    look: bool = False,
    done: Callable[[ScenarioOutcome], None] | None = None,
) -> list[ScenarioOutcome]:
    """Play scenarios, several at the same time; the outcomes are in the order of the cases.

    Args:
        cases: what to play.
        actor: makes the client of each.
        settings: of the simulator.
        seed: of SEVIS IDs.
        at_once: how many at the same time.
        look: whether to note what is exercised.
        done: told of each as soon as it has ended.

    """
    gate = asyncio.Semaphore(at_once)
    async with Suite(actor, settings=settings, seed=seed, look=look) as suite:

        async def one(case: Case) -> ScenarioOutcome:
            async with gate:
                outcome = await suite.play(case)
            if done is not None:
                done(outcome)
            return outcome

        return list(await asyncio.gather(*(one(case) for case in cases)))
