"""The third door: a folder that is looked at again and again.

``FOLDER/06/udirstud.txt`` is a file of location 06. It is taken when it looks the same as at the last look, in size
and time of change, so that a copy under way is left alone; who can, copies under a name that ends in ``.part`` and
renames.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from sevis_sim.faults.answers import Sleep
from udir_sim.receiver.dropbox import Dropbox
from udir_sim.receiver.outcome import Outcome

SECONDS = 1.0
"""Between two looks; wall time."""

_Look = tuple[int, int]


class Watcher:
    """Looks at the folders of a dropbox."""

    def __init__(self, dropbox: Dropbox, locations: Sequence[str], sleep: Sleep, seconds: float = SECONDS) -> None:
        self._dropbox = dropbox
        self._locations = tuple(locations)
        self._sleep = sleep
        self._seconds = seconds
        self._seen: dict[Path, _Look] = {}
        self._stuck: dict[Path, _Look] = {}
        self._looking = asyncio.Lock()

    async def end(self, watching: "asyncio.Task[None]") -> None:
        """End a task that runs `watch`, but not in the middle of a file."""
        async with self._looking:
            watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)

    async def watch(self) -> None:
        """Look for ever."""
        while True:
            await self.look()
            await self._sleep(self._seconds)

    async def look(self) -> list[Outcome]:
        """Look once; receive the files that have not changed since the last look, and return what became of them."""
        async with self._looking:
            return await self._look()

    async def _look(self) -> list[Outcome]:
        looks = await asyncio.to_thread(self._looks)
        settled = [
            (location, file)
            for (location, file), look in looks.items()
            if self._seen.get(file) == look != self._stuck.get(file)
        ]
        self._seen = {file: look for (_, file), look in looks.items()}
        outcomes = []
        for location, file in settled:
            del self._seen[file]
            try:
                outcome = await self._dropbox.receive(location, file)
            except OSError as error:  # said once; looked at again when somebody has changed it
                self._stuck[file] = looks[location, file]
                await self._dropbox.cannot_take(location, file, error)
                continue
            if outcome is not None:
                outcomes.append(outcome)
        return outcomes

    def _looks(self) -> dict[tuple[str, Path], _Look]:
        looks = {}
        for location in self._locations:
            for file in self._dropbox.waiting(location):
                try:
                    state = file.stat()
                except OSError:
                    continue
                looks[location, file] = (state.st_size, state.st_mtime_ns)
        return looks
