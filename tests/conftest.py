import pytest

FRIDAY = "2026-03-06T14:00-05:00"


@pytest.fixture
async def sim():
    """A simulator in memory on free ports, frozen on a Friday afternoon."""
    from sevis_sim import Simulator

    async with Simulator(clock=FRIDAY, seed=7) as simulator:
        yield simulator
