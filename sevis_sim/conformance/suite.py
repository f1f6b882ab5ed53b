"""Plays cases with a client, several at the same time, each in a sandbox and with a clock of its own."""

import asyncio
import shlex
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

from sevis_sim.conformance.actor import ClientActor
from sevis_sim.conformance.cases import Case
from sevis_sim.conformance.client_file import ClientFile
from sevis_sim.conformance.cut_points import point_named
from sevis_sim.conformance.deliver import Delivery, Tasks
from sevis_sim.conformance.judging import judge
from sevis_sim.conformance.running import RunningClient
from sevis_sim.conformance.transcript import Happening, Taken, Transcript
from sevis_sim.conformance.verdicts import CaseReport
from sevis_sim.conformance.watch import Watch
from sevis_sim.conformance.world import ServedWorld, taken
from sevis_sim.journal import Entry
from sevis_sim.runner.errors import PlayError
from sevis_sim.runner.judge import judge as judge_scenario
from sevis_sim.runner.player import Player
from sevis_sim.scenarios import Scenario
from sevis_sim.settings import Settings
from sevis_sim.simulator import Simulator

SEED = 7
AT_ONCE = 4
"""Cases that are played at the same time, if nothing else is said."""
_PAGE = 1000


class ConformSuite:
    """A simulator in memory, and a client that is judged at it; use it as ``async with``."""

    def __init__(self, client: ClientFile, *, seed: int = SEED, settings: Settings | None = None) -> None:
        """Prepare.

        Args:
            client: how the client is called.
            seed: of SEVIS IDs and chances.
            settings: of the simulator; the usual ones on free ports by default.

        """
        self._client = client
        self._seed = seed
        self._times: dict[int, float] = {}
        self.sim = Simulator(settings, seed=seed, clock="2026-03-02T09:00-05:00", in_memory=True)
        """The simulator."""

    async def __aenter__(self) -> Self:
        await self.sim.start()
        self.sim.journal.observe(self._saw)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.sim.stop()

    def _saw(self, entry: Entry) -> None:
        self._times[entry.id] = time.monotonic()

    async def play(self, case: Case) -> Transcript:
        """Play one case in a fresh sandbox, which is gone afterwards."""
        began = time.perf_counter()
        scenario = case.scenario
        # SEVIS IDs hang on the name, so that a case gets the same ones in each run.
        clock = self._clock(scenario)
        box = await self.sim.create_sandbox(f"conform-{case.name[:50]}", scenario=scenario, clock=clock)
        world = ServedWorld(self.sim, box, scenario, case.server)
        error, problems = "", []
        point = point_named(case.point)
        happenings: tuple[Happening, ...] = ()
        there: tuple[Taken, ...] = ()
        with tempfile.TemporaryDirectory(prefix="sevis-sim-conform-") as folder:
            try:
                await world.open()
                if point is not None and point.fault is not None:
                    await world.add_fault(point.fault)
                actor = ClientActor(self._client, Watch(world, self._times), Path(folder))
                line = point.line if point else None
                player = Delivery(world, actor, line) if case.flow == "deliver" else Player(world, actor)
                try:
                    if self._client.run is not None:
                        watch = Watch(world, self._times)
                        running = RunningClient(self._client, self._client.run, world, watch, Path(folder))
                        player = tasks = Tasks(world, actor)
                        actor.actions += await running.run(tasks)
                    else:
                        await player.play()
                    checks = await judge_scenario(world, player.exchange)
                    problems = [
                        f"step {each.number} ({each.words}): {each.problem}"
                        for each in player.outcomes
                        if not each.passed
                    ]
                    problems += [
                        f"expect {each.number} ({each.words}): {each.problem}" for each in checks if not each.passed
                    ]
                except PlayError as trouble:
                    # A step may have become impossible by what the client did: that is for the other checks to tell.
                    problems = [f"step {o.number} ({o.words}): {o.problem}" for o in player.outcomes if not o.passed]
                    error = str(trouble) if len(problems) <= 1 else ""
                there = await taken(world, actor.actions)
                happenings = await self._happenings(box.name)
            finally:
                await world.close()
                await self.sim.delete_sandbox(box.name)
        return Transcript(
            case=case.name,
            server=case.server,
            flow="run" if self._client.run else case.flow,
            actions=tuple(actor.actions),
            happenings=happenings,
            taken=there,
            problems=tuple(problems),
            error=error,
            pause=self._client.pause,
            requests=self._client.requests,
            seconds=time.perf_counter() - began,
            scenario={
                "file": case.file,
                "summary": f"{scenario.summary} {_sentence(point.says)}" if point else scenario.summary,
                "proves": scenario.proves,
                "point": case.point,
            },
        )

    def _clock(self, scenario: Scenario) -> str | None:
        """Return the clock of a client that wants it to run; None leaves it to the scenario."""
        scale = self._client.run.scale if self._client.run else None
        begins = str(scenario.clock or "").split(" ")[0]
        return f"{begins} x{scale:g}" if scale is not None and begins[:1].isdigit() else None

    async def _happenings(self, name: str) -> tuple[Happening, ...]:
        found: list[Entry] = []
        while page := await self.sim.journal.query(name, after_id=found[-1].id if found else None, limit=_PAGE):
            found += page
        return tuple(Happening(each.instant.isoformat(), each.kind, each.summary) for each in found)


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


async def conform(
    client: ClientFile,
    cases: Sequence[Case],
    *,
    called: Sequence[str] = (),
    seed: int = SEED,
    at_once: int = AT_ONCE,
    done: Callable[[CaseReport], None] | None = None,
) -> list[CaseReport]:
    """Play cases and judge them; the reports are in the order of the cases.

    Args:
        client: the client.
        cases: what it goes through.
        called: words of the command line that name the client, for the command that replays one case.
        seed: of SEVIS IDs.
        at_once: how many at the same time.
        done: told of each as soon as it has been judged.

    """
    gate = asyncio.Semaphore(at_once)
    async with ConformSuite(client, seed=seed) as suite:

        async def one(case: Case) -> CaseReport:
            async with gate:
                transcript = await suite.play(case)
            which = ["--cut-points", "--only", case.point] if case.point else []
            replay = shlex.join(["sevis-sim", "conform", case.wanted, *which, "--seed", str(seed), *called])
            report = CaseReport(transcript, judge(transcript), replay)
            if done is not None:
                done(report)
            return report

        return list(await asyncio.gather(*(one(case) for case in cases)))
