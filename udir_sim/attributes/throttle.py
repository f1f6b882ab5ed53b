"""How often an application may ask."""

import math
from collections.abc import Callable


class Throttle:
    """A bucket for each application, that holds a minute's questions and fills evenly."""

    def __init__(self, ticks: Callable[[], float]) -> None:
        """Make an empty rack.

        Args:
            ticks: Seconds that only grow, such as the event loop's time: this limits the load of a real machine.

        """
        self._ticks = ticks
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait(self, name: str, per_minute: int) -> int:
        """Take one question; return 0, or the seconds to wait where the bucket is empty.

        Args:
            name: The application, one of the known ones.
            per_minute: How many questions it may ask in a minute.

        """
        now = self._ticks()
        level, then = self._buckets.get(name, (float(per_minute), now))
        level = min(per_minute, level + (now - then) * per_minute / 60)
        taken = level >= 1
        self._buckets[name] = (level - 1 if taken else level, now)
        return 0 if taken else max(1, math.ceil((1 - level) * 60 / per_minute))
