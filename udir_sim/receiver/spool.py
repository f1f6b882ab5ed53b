"""Bytes on their way in: to a file that nobody but us sees, bounded in size, at the pace that a fault may ask for."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from sevis_sim.faults import Struck
from sevis_sim.faults.answers import Sleep

_TOGETHER = 1 << 20
"""Bytes that are written to the disk at once, in a thread."""


class TooLarge(Exception):
    """More bytes came than are taken."""


class Interrupted(Exception):
    """The transfer is to end here: a fault asked for it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken in."""

    max_bytes: int = 1 << 30
    """Of a file, as it is sent and unpacked."""
    seconds: float = 600.0
    """For the whole of a file, by the event loop's clock."""
    idle_seconds: float = 60.0
    """Without a single byte."""


class Spool:
    """A folder for files that are coming in."""

    def __init__(self, folder: Path, limits: Limits, sleep: Sleep) -> None:
        """Make the folder if need be; what an earlier run left half there is deleted."""
        self.folder = folder
        self.limits = limits
        self.sleep = sleep
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for leftover in folder.iterdir():
            if leftover.is_file():
                leftover.unlink()

    def place(self) -> Path:
        """Return the path of a new file; nobody can guess it."""
        return self.folder / secrets.token_hex(12)

    async def take(self, chunks: AsyncIterator[bytes], struck: Struck, progress: list[int]) -> Path:
        """Write what comes to a new file and return its path; nothing is left of it where that fails.

        Args:
            chunks: What comes.
            struck: Faults of the place ``transfer``.
            progress: Gets one entry, the bytes that came, kept up to date.

        Raises:
            TooLarge: more came than the limit.
            Interrupted: a fault ends the transfer.

        """
        path = self.place()
        interrupt, slow = struck.value("interrupt"), struck.value("slow")
        progress.append(0)
        waiting: list[bytes] = []
        size = 0
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
            with os.fdopen(descriptor, "wb") as file:
                async for chunk in chunks:
                    progress[-1] += len(chunk)
                    if progress[-1] > self.limits.max_bytes:
                        raise TooLarge
                    if interrupt is not None and progress[-1] > interrupt:
                        raise Interrupted
                    if slow is not None:
                        await self.sleep(len(chunk) / max(slow, 1))
                    waiting.append(chunk)
                    size += len(chunk)
                    if size >= _TOGETHER:
                        await asyncio.to_thread(file.write, b"".join(waiting))
                        waiting.clear()
                        size = 0
                if interrupt is not None and progress[-1] > 0 and progress[-1] >= interrupt:
                    raise Interrupted
                await asyncio.to_thread(file.write, b"".join(waiting))
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path
