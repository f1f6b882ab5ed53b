"""Objects that live in one event loop, as another loop may use them."""

import inspect
from collections.abc import Callable
from typing import Any, TypeVar, cast

from sevis_sim.synchronous.loop_thread import LoopThread

T = TypeVar("T")


def across(thread: LoopThread, target: T, parts: tuple[type, ...] = ()) -> T:
    """Return a stand-in whose coroutine methods run in the thread's loop and can be awaited in any other.

    Args:
        thread: where the target lives.
        target: what is stood in for; all else of it is as it is.
        parts: classes of attributes that live there too.

    """
    return cast("T", _Across(thread, target, parts))


class _Across:
    def __init__(self, thread: LoopThread, target: Any, parts: tuple[type, ...]) -> None:
        self._thread, self._target, self._parts = thread, target, parts

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        if inspect.iscoroutinefunction(found):
            return self._awaited(found)
        return _Across(self._thread, found, self._parts) if isinstance(found, self._parts) else found

    def __repr__(self) -> str:
        return f"<{self._target!r} across loops>"

    def _awaited(self, function: Callable[..., Any]) -> Callable[..., Any]:
        async def call(*args: Any, **kwargs: Any) -> Any:
            return await self._thread.awaited(function(*args, **kwargs))

        return call
