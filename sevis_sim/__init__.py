"""Simulator of the SEVIS batch interface.

    from sevis_sim import Simulator

    async with Simulator(clock="2026-03-06T21:50-05:00", seed=7) as sim:
        school = sim.school("ABC214F00012000")
        ...
        await sim.clock.advance(to="next-business-day 06:00")

`SyncSimulator` is the same for programs that block; `sevis_sim.testing` has the pytest fixtures (docs/pytest.md).
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sevis_sim.simulator import Party, Simulator
    from sevis_sim.synchronous import SyncSandbox, SyncSimulator

__version__ = "0.1.0"
__all__ = ["Party", "Simulator", "SyncSandbox", "SyncSimulator", "__version__"]


def __getattr__(name: str) -> Any:
    """Import the simulator when it is first asked for: most commands start faster without it."""
    if name in ("Party", "Simulator"):
        from sevis_sim import simulator

        return getattr(simulator, name)
    if name in ("SyncSandbox", "SyncSimulator"):
        from sevis_sim import synchronous

        return getattr(synchronous, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
