"""The named points of a batch's way at which a test may end the process (design.md §6 "Reliability").

A crash at any of them, followed by a restart, must give the same zip, byte for byte. ``batch-accepted`` lies between
the commit of an upload and its reply, all others in the night.
"""

from collections.abc import Callable
from dataclasses import dataclass

CUT_POINTS = (
    "batch-accepted",
    "batch-claimed",
    "records-applied",
    "forms-printed",
    "result-built",
    "records-saved",
    "result-stored",
)


LIFE_CYCLE_BEGUN = "life-cycle-begun"
"""Between two transactions of a day's run of the life cycle; reached where there are more records than one takes."""


def _pass(_: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class CutPoints:
    """Calls ``action`` with the name of each point as it is reached; by default nothing happens."""

    action: Callable[[str], None] = _pass

    def reach(self, point: str) -> None:
        """Report that a point has been reached."""
        self.action(point)
