"""Who may change a sandbox when: some by themselves, others together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """A lock that is held by one alone, or by any number who share it. Whoever comes first goes first."""

    def __init__(self) -> None:
        self._entrance = asyncio.Lock()
        self._sharing = 0
        self._unshared = asyncio.Event()
        self._unshared.set()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Wait until all who came before are done; who comes later waits."""
        async with self._entrance:
            await self._unshared.wait()
            yield

    @asynccontextmanager
    async def shared(self) -> AsyncIterator[None]:
        """Wait until all who came before and are `alone` are done; only such ones wait for this."""
        async with self._entrance:
            self._sharing += 1
            self._unshared.clear()
        try:
            yield
        finally:
            self._sharing -= 1
            if not self._sharing:
                self._unshared.set()
