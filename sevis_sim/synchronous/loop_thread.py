"""An event loop in a thread of its own, for callers that have none or another one."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, Self, TypeVar

T = TypeVar("T")


class LoopThread:
    """Runs coroutines in a loop of its own; ``with LoopThread() as loop: loop.run(work())``."""

    def __init__(self, name: str = "sevis-sim") -> None:
        self._name = name
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start the thread, unless it runs."""
        if self._thread is not None:
            return
        ready = threading.Event()
        # A daemon: a program that forgets to stop its simulator must still be able to end.
        self._thread = threading.Thread(target=self._live, args=(ready,), name=self._name, daemon=True)
        self._thread.start()
        ready.wait()

    def close(self) -> None:
        """End the loop once what runs in it was cancelled, and the thread."""
        thread, loop, stop = self._thread, self._loop, self._stop
        if thread is None or loop is None or stop is None:
            return
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        self._thread = self._loop = self._stop = None

    def submit(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        """Start a coroutine in the loop; the future is for any thread.

        Raises:
            RuntimeError: the loop is not running.

        """
        if self._loop is None:
            work.close()
            raise RuntimeError(f"the loop {self._name} is not running: start it first")
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the loop and return what it returns, or raise what it raises.

        Raises:
            RuntimeError: this is the loop's own thread, which would wait for itself.

        """
        if threading.current_thread() is self._thread:
            work.close()
            raise RuntimeError("a blocking call inside the simulator's own loop would never end; await it instead")
        future = self.submit(work)
        try:
            return future.result()
        except BaseException:  # Ctrl-C too: what nobody waits for any more must not go on
            future.cancel()
            raise

    def call(self, function: Callable[..., T], *args: Any) -> T:
        """Call a function in the loop's thread, where what lives in the loop may be looked at."""

        async def work() -> T:
            return function(*args)

        return self.run(work())

    async def awaited(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the loop and wait for it in another one, which goes on meanwhile."""
        return await asyncio.wrap_future(self.submit(work))

    def _live(self, ready: threading.Event) -> None:
        async def until_told() -> None:
            self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
            ready.set()
            await self._stop.wait()

        with asyncio.Runner() as runner:
            runner.run(until_told())
