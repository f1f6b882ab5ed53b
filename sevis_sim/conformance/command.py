"""Runs a command of the client under test, within a time, and takes everything down."""

import asyncio
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sevis_sim.conformance.processes import end_group

_MOST = 256 * 1024
"""Bytes of each output that are kept."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended."""

    exit: int | None
    """None where it could not be started, or was stopped."""
    stdout: str = ""
    stderr: str = ""
    seconds: float = 0.0
    problem: str = ""
    """Why there is no exit code."""


async def run_command(words: Sequence[str], variables: Mapping[str, str], folder: str | None, seconds: float) -> Ran:
    """Run a command; it and everything that it has started end when the time is over. Never raises for what it does.

    Args:
        words: program and arguments; no shell reads them.
        variables: added to the environment.
        folder: where it runs.
        seconds: of wall time.

    """
    began = time.perf_counter()
    try:
        process = await asyncio.create_subprocess_exec(
            *words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, **variables},
            cwd=folder,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        return Ran(None, problem=f"the command {words[0]} cannot be started: {why}")
    try:
        async with asyncio.timeout(seconds):
            out, err = await process.communicate()
    except TimeoutError:
        await _stop(process)
        return Ran(None, seconds=time.perf_counter() - began, problem=f"it did not end within {seconds:g} seconds")
    except BaseException:
        await _stop(process)
        raise
    return Ran(process.returncode, _text(out), _text(err), time.perf_counter() - began)


async def _stop(process: asyncio.subprocess.Process) -> None:
    end_group(process, kill=True)
    await process.wait()


def _text(output: bytes) -> str:
    return output[:_MOST].decode("utf-8", "replace")
