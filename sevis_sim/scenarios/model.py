"""The shape of a whole scenario file: a world, and what happens in it."""

from pydantic import Field

from sevis_sim.scenarios.expect import ExpectEntry
from sevis_sim.scenarios.steps import Step
from sevis_sim.scenarios.world import World


class Scenario(World):
    """A world, and what happens in it. Immutable."""

    steps: tuple[Step, ...] = Field(default=(), description="what the client is asked to do, and what time does")
    expect: tuple[ExpectEntry, ...] = Field(default=(), description="what must be true after the steps")
