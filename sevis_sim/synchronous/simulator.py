"""One running simulator for programs that block: ``with SyncSimulator(...) as sim``."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from sevis_sim.journal import Entry
from sevis_sim.scenarios import World
from sevis_sim.settings import Fidelity, Switches
from sevis_sim.simulator import Simulator
from sevis_sim.synchronous.loop_thread import LoopThread
from sevis_sim.synchronous.sandbox import SyncSandbox


class SyncSimulator(SyncSandbox):
    """A simulator in a thread of this program; it is also the sandbox ``default``.

    Takes what `sevis_sim.Simulator` takes: ``SyncSimulator(clock="2026-03-06T21:50-05:00", seed=7)``.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(LoopThread(), Simulator(*args, **kwargs), None)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it; errors as of `Simulator.start`."""
        self._thread.start()
        try:
            self._thread.run(self._simulator.start())
        except BaseException:
            self._thread.close()
            raise
        self._box = self._simulator.sandbox

    def stop(self) -> None:
        """Close ports, timers and store, and end the thread."""
        if self._box is None:
            return
        self._box = None
        try:
            self._thread.run(self._simulator.stop())
        finally:
            self._thread.close()
            self.forget_files()

    @property
    def simulator(self) -> Simulator:
        """What runs; it lives in the loop of another thread, see `loop_thread`."""
        return self._simulator

    @property
    def loop_thread(self) -> LoopThread:
        """Where it runs: ``sim.loop_thread.run(coroutine)``."""
        return self._thread

    def create_sandbox(
        self,
        name: str | None = None,
        *,
        clock: str | None = None,
        seed: int | None = None,
        scenario: Path | str | World | None = None,
        fidelity: Fidelity | None = None,
        switches: Switches | None = None,
        folder: Path | None = None,
    ) -> SyncSandbox:
        """Make an isolated world beside the default one; arguments and errors as of `Simulator.create_sandbox`.

        ``folder`` is where files of its certificates go; None for a temporary one.
        """
        made = self._simulator.create_sandbox(
            name, clock=clock, seed=seed, scenario=scenario, fidelity=fidelity, switches=switches
        )
        return SyncSandbox(self._thread, self._simulator, self._thread.run(made), folder)

    def delete_sandbox(self, sandbox: SyncSandbox) -> None:
        """Delete a sandbox with everything in it, also the temporary folder of its files."""
        self._thread.run(self._simulator.delete_sandbox(sandbox.name))
        sandbox.forget_files()

    @contextlib.contextmanager
    def fresh_sandbox(self, name: str | None = None, **wish: Any) -> Iterator[SyncSandbox]:
        """Make a sandbox for the time of a ``with``; arguments of `create_sandbox`."""
        sandbox = self.create_sandbox(name, **wish)
        try:
            yield sandbox
        finally:
            self.delete_sandbox(sandbox)

    def server_entries(self, after_id: int = 0) -> list[Entry]:
        """Return the journal of the server itself: what no certificate ties to a sandbox, such as dead handshakes."""
        return self._thread.run(self._simulator.journal.query(None, after_id=after_id, limit=1000))
