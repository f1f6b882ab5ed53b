import os

import pytest
from hypothesis import settings

FRIDAY = "2026-03-06T14:00-05:00"

# CI plays the same examples each time, so that a landing can be repeated; everywhere else they are new in each run.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.fixture
async def sim():
    """A simulator in memory on free ports, frozen on a Friday afternoon."""
    from sevis_sim import Simulator

    async with Simulator(clock=FRIDAY, seed=7) as simulator:
        yield simulator
