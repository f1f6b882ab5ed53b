"""The simulator for programs without an event loop: everything blocks until it is done.

===============  ======================================================================================
``loop_thread``  `LoopThread`: an event loop in a thread of its own
``across``       objects that live in that loop, awaited from another one
``files``        `PartyWithFiles`: certificate and key of an organization as files, written when asked for
``parts``        clock, journal, records and faults of a sandbox
``sandbox``      `SyncSandbox`: one isolated world
``simulator``    `SyncSimulator`: start and stop
===============  ======================================================================================

Nothing here knows rules or HTTP: each call is handed to the same object of ``sevis_sim.simulator`` in its loop.
"""

from sevis_sim.synchronous.files import PartyWithFiles
from sevis_sim.synchronous.loop_thread import LoopThread
from sevis_sim.synchronous.sandbox import SyncSandbox
from sevis_sim.synchronous.simulator import SyncSimulator

__all__ = ["LoopThread", "PartyWithFiles", "SyncSandbox", "SyncSimulator"]
