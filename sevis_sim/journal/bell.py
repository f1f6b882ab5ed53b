"""Waking what waits in an event loop from the thread that writes."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any


def call_in(loop: asyncio.AbstractEventLoop, call: Callable[..., None], *values: Any) -> None:
    """Have something called in an event loop, from any thread."""
    # A loop that was closed meanwhile has nobody to tell.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(call, *values)


class Bell:
    """Wakes one waiting task from any thread."""

    def __init__(self) -> None:
        self.rung = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def ring(self) -> None:
        """Wake it."""
        call_in(self._loop, self.rung.set)
