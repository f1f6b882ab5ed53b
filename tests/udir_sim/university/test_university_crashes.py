"""kill -9 around the one transaction of a file: nothing is lost, nothing is loaded twice."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from udir_world import campus_client, put, running, students

_CHILD = """
import asyncio, os, signal, sys
from pathlib import Path
from udir_world import campus_client, put, running, students

async def main(moment, door, folder):
    async with running(data_dir=Path(folder)) as udir:
        run = udir.directory.database.run

        def die():
            os.kill(os.getpid(), signal.SIGKILL)

        async def run_and_die(work):
            def within(tx):
                done = work(tx)
                if moment == "within":
                    die()
                return done

            if moment == "before":
                die()
            await run(within)
            die()

        udir.directory.database.run = run_and_die
        if door == "https":
            async with campus_client(udir) as client:
                await put(client, students(range(500)))
        else:
            (udir.watched / "06" / "udirstud.txt").write_bytes(students(range(500)))
            await udir.watcher.look()
            await udir.watcher.look()

asyncio.run(main(*sys.argv[1:]))
"""

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")


def die(moment: str, door: str, folder: Path) -> None:
    """Run a server that dies at a moment of the transaction: before, within or after it."""
    paths = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-c", _CHILD, moment, door, str(folder)]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.mark.parametrize(("moment", "status"), [("before", 201), ("within", 201), ("after", 200)])
async def test_a_campus_that_got_no_answer_sends_again_and_is_loaded_once(tmp_path, moment, status):
    die(moment, "https", tmp_path)
    async with running(data_dir=tmp_path) as udir, campus_client(udir) as client:
        got, answer = await put(client, students(range(500)))
        assert (got, answer["delivery"]["load"]["number"], answer["report"]["verdict"]) == (status, 1, "ACCEPTED")
        assert [load.records for load in udir.directory.loads()] == [500]
        assert udir.directory.lookup_net_id("NET499")
        assert list((tmp_path / "incoming" / "https").iterdir()) == []


@pytest.mark.parametrize("moment", ["before", "within", "after"])
async def test_a_file_that_was_taken_from_a_folder_is_loaded_once_at_the_next_start(tmp_path, moment):
    die(moment, "folder", tmp_path)
    async with running(data_dir=tmp_path) as udir:
        assert [load.records for load in udir.directory.loads()] == [500]
        assert (udir.watched / "06" / "udirstud.txt.report.txt").read_text().startswith("ACCEPTED\n")
        assert list((tmp_path / "taken" / "folder" / "06").iterdir()) == []
