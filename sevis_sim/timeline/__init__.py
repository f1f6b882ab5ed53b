"""Runs what falls due, in order, and settles: the only module that makes things happen in time.

Due work is one table of the store (sandbox, instant, sequence, kind, key); handlers are registered by kind. ``advance``
runs everything that falls due with the due instant as its time, then returns what happened.
"""

from sevis_sim.timeline.served import NewSandbox, SandboxRefused, SandboxWish, Served, Tenants
from sevis_sim.timeline.timeline import Happening, Timeline, TimelineError, passes_by_itself

__all__ = [
    "Happening",
    "NewSandbox",
    "SandboxRefused",
    "SandboxWish",
    "Served",
    "Tenants",
    "Timeline",
    "TimelineError",
    "passes_by_itself",
]
