"""One isolated world: its clock, calendar, seed and switches, and its view of store and journal.

Two sandboxes share a store and a port and nothing else; whatever is observable of time in one comes from its own clock
(design.md "Sandboxes").
"""

from sevis_sim.sandbox.cut_points import CUT_POINTS, LIFE_CYCLE_BEGUN, CutPoints
from sevis_sim.sandbox.kept import SandboxSettings
from sevis_sim.sandbox.party import Party
from sevis_sim.sandbox.sandbox import DEFAULT_NAME, Sandbox

__all__ = ["CUT_POINTS", "DEFAULT_NAME", "LIFE_CYCLE_BEGUN", "CutPoints", "Party", "Sandbox", "SandboxSettings"]
