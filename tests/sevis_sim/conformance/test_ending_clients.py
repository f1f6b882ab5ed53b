"""A client that is stopped takes with it what it has started, where the system can do that."""

import asyncio
import os
import sys

import pytest

from sevis_sim.conformance.processes import end_group

_PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "print('child', flush=True); input()"], stdin=subprocess.PIPE)
child.wait()
"""


async def started() -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PARENT, stdout=asyncio.subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"child\n"
    return process


@pytest.mark.parametrize("kill", [False, True])
async def test_its_children_end_with_it(kill):
    process = await started()
    end_group(process, kill=kill)
    assert await process.stdout.read() == b""  # the child holds the pipe open as long as it lives
    assert await process.wait() != 0
    end_group(process, kill=kill)  # once more, when nobody is there


@pytest.mark.parametrize("kill", [False, True])
async def test_it_ends_by_itself_where_there_are_no_groups(kill, monkeypatch):
    monkeypatch.delattr(os, "killpg")
    process = await started()
    end_group(process, kill=kill)
    assert await process.wait() != 0
    await process.stdout.read()  # its child ends, for its input has
