"""Killing the process at any named point of a batch's way loses nothing and changes no byte of the result."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support import ROOT, download, sample, upload

from sevis_sim import Simulator
from sevis_sim.sandbox import CUT_POINTS, CutPoints

CLOCK = "2026-03-06T14:00-05:00"

_VICTIM = """
import asyncio, os, signal, sys
from support import sample, upload
from sevis_sim import Simulator
from sevis_sim.sandbox import CutPoints

def kill(point):
    if point == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    async with Simulator(data_dir=sys.argv[1], seed=7, clock=sys.argv[3], cut_points=CutPoints(kill)) as sim:
        await upload(sim, sample("two-students.xml"))
        await sim.clock.advance("next-business-day")

asyncio.run(main())
"""


def kill_at(point: str, folder: Path) -> int:
    command = [sys.executable, "-c", _VICTIM, str(folder), point, CLOCK]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "tests")))}
    return subprocess.run(command, env=environment, timeout=120, capture_output=True).returncode


async def result(folder: Path | None, batch: str = "BATCH000000001") -> bytes:
    """Finish the night, however far it got, and download."""
    async with Simulator(data_dir=folder, seed=7) as sim:
        await sim.clock.advance("2026-03-09T06:00-04:00")
        return (await download(sim, batch)).body


async def accepted(folder: Path) -> None:
    async with Simulator(data_dir=folder, seed=7, clock=CLOCK) as sim:
        assert (await upload(sim, sample("two-students.xml"))).code == "S0000"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    async def run() -> bytes:
        folder = tmp_path_factory.mktemp("undisturbed")
        await accepted(folder)
        return await result(folder)

    return asyncio.run(run())


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
@pytest.mark.parametrize("point", CUT_POINTS)
async def test_a_kill_at_any_point_leaves_the_same_result(point, tmp_path, undisturbed):
    assert kill_at(point, tmp_path) == -signal.SIGKILL, "the process must have died at this very point"
    async with Simulator(data_dir=tmp_path) as sim:
        stopped, journal = sim.clock.now(), await sim.journal.query("default", limit=1000)
    assert all(entry.instant <= stopped for entry in journal), "the clock must not stand behind what has happened"
    assert await result(tmp_path) == undisturbed
    async with Simulator(data_dir=tmp_path) as sim:
        assert (await upload(sim, sample("two-students.xml"))).code == "S0010", "the batch must not be lost"
        records = await sim.store.read(lambda tx: tx.records.list("default", "production"))
        [stored] = records
        versions = await sim.store.read(lambda tx: tx.records.versions("default", "production", _sevis_id(stored)))
        assert len(versions) == 1, "the record must not have been stored twice"


def _sevis_id(stored) -> str:
    return getattr(stored, "sevis_id", None) or stored.record.sevis_id


async def test_batches_clock_and_results_outlive_a_restart(tmp_path):
    await accepted(tmp_path)
    async with Simulator(data_dir=tmp_path, seed=7) as sim:
        assert sim.clock.now().isoformat() == "2026-03-06T19:00:00+00:00", "the clock goes on where it stopped"
        assert (await upload(sim, sample("two-students.xml"))).code == "S0010"
        await sim.clock.advance("next-business-day")
        first = (await download(sim, "BATCH000000001")).body
        identity = sim.school().cert
    async with Simulator(data_dir=tmp_path, seed=7) as sim:
        assert sim.school().cert == identity
        assert (await download(sim, "BATCH000000001")).body == first


def test_every_cut_point_is_reached_in_its_order(tmp_path):
    reached: list[str] = []

    async def run() -> None:
        async with Simulator(clock=CLOCK, cut_points=CutPoints(reached.append)) as sim:
            await upload(sim, sample("two-students.xml"))
            await sim.clock.advance("next-business-day")

    asyncio.run(run())
    assert tuple(reached) == CUT_POINTS
