"""One isolated world of a running simulator, for programs that block."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from sevis_sim.domain.systems import SYSTEMS
from sevis_sim.pki import Identity
from sevis_sim.sandbox import Party
from sevis_sim.scenarios import World
from sevis_sim.simulator import Simulator, SimulatorError, environment
from sevis_sim.simulator.evidence import SandboxJournal
from sevis_sim.simulator.mischief import SandboxFaults
from sevis_sim.simulator.open_sandbox import OpenSandbox, SimulatorClock
from sevis_sim.simulator.outside import OutsideWorld
from sevis_sim.synchronous.across import across
from sevis_sim.synchronous.files import PartyWithFiles, files_of
from sevis_sim.synchronous.loop_thread import LoopThread
from sevis_sim.synchronous.parts import SyncClock, SyncFaults, SyncJournal, SyncRecords

_PARTS = (SimulatorClock, OutsideWorld, SandboxFaults, SandboxJournal)


class SyncSandbox:
    """A sandbox: its addresses, who may enter it, its clock, journal, records and faults.

    Every call blocks until it is done. `aio` is the same sandbox for code that awaits.
    """

    def __init__(
        self, thread: LoopThread, simulator: Simulator, box: OpenSandbox | None, folder: Path | None = None
    ) -> None:
        """Wrap a sandbox.

        Args:
            thread: where the simulator runs.
            simulator: whose sandbox it is.
            box: the sandbox; None where it is not there yet.
            folder: where files of certificates go; None for a temporary folder, made when it is needed.

        """
        self._thread, self._simulator, self._box = thread, simulator, box
        self._folder = folder
        self._temporary: tempfile.TemporaryDirectory[str] | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._box.name if self._box else 'that is not running'}>"

    # -- addresses and variables -----------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Its name in the control API."""
        return self._open.name

    @property
    def port(self) -> int:
        """The TLS port, which all sandboxes of a simulator share: the client certificate says whose a request is."""
        return self._simulator.port

    @property
    def control_url(self) -> str:
        """The base address of the control API; this sandbox is below ``/api/v1/sandboxes/NAME``."""
        return self._simulator.control_url

    def upload_url(self, system: str | None = None) -> str:
        """Return the address that uploads go to; of ``production``, ``beta`` or ``alpha``, else the scenario's."""
        return self._simulator.upload_url(self._system(system))

    def download_url(self, system: str | None = None) -> str:
        """Return the address that downloads come from, as `upload_url`."""
        return self._simulator.download_url(self._system(system))

    @property
    def env(self) -> dict[str, str]:
        """The variables that `sevis-sim serve` writes (addresses, files, names), for a client in its own process."""
        addresses = {
            "SEVIS_SIM_UPLOAD_URL": self.upload_url(),
            "SEVIS_SIM_DOWNLOAD_URL": self.download_url(),
            "SEVIS_SIM_CONTROL_URL": self.control_url,
            "SEVIS_SIM_SANDBOX": self.name,
        }
        for identity in self.identities:
            files_of(identity, self.folder, self.ca)
        return environment.variables(addresses, self.folder, self._open.parties)

    @property
    def folder(self) -> Path:
        """Where the files of its certificates are."""
        if self._folder is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="sevis-sim-")
            self._folder = Path(self._temporary.name)
        return self._folder

    # -- who may enter it ------------------------------------------------------------------------------------------

    @property
    def ca(self) -> bytes:
        """PEM of the certificate authority that clients must trust."""
        return self._simulator.ca

    @property
    def parties(self) -> list[PartyWithFiles]:
        """Its organizations that have a client identity, in the scenario's order."""
        return [self._with_files(party) for party in self._open.parties]

    @property
    def identities(self) -> Sequence[Identity]:
        """The client identities, each once."""
        return self._open.identities

    def school(self, org_id: str | None = None) -> PartyWithFiles:
        """Return a school, the first by default, with its certificate; SimulatorError where there is none."""
        return self._with_files(self._open.school(org_id))

    def sponsor(self, org_id: str | None = None) -> PartyWithFiles:
        """Return a program sponsor, as `school`."""
        return self._with_files(self._open.sponsor(org_id))

    # -- what happens in it ----------------------------------------------------------------------------------------

    @property
    def scenario(self) -> World:
        """The scenario that it was seeded with."""
        return self._open.scenario

    @property
    def seed(self) -> int:
        """The seed of its SEVIS IDs."""
        return self._open.sandbox.seed

    @property
    def clock(self) -> SyncClock:
        """Its clock."""
        return SyncClock(self._thread, self._open.clock)

    @property
    def journal(self) -> SyncJournal:
        """What happened in it, and what is expected of that."""
        return SyncJournal(self._thread, self._open.journal)

    @property
    def records(self) -> SyncRecords:
        """Its records, and the outside world that tells SEVIS about them."""
        return SyncRecords(self._thread, self._open.records)

    @property
    def faults(self) -> SyncFaults:
        """What goes wrong in it on purpose."""
        return SyncFaults(self._thread, self._open.faults)

    @property
    def aio(self) -> OpenSandbox:
        """The same sandbox to be awaited in the caller's own loop: ``await sevis.aio.clock.advance("+1h")``."""
        return across(self._thread, self._open, _PARTS)

    def reset(self) -> None:
        """Put it back to what it was at first; its journal is empty afterwards."""
        self._thread.run(self._simulator.tenants.reset(self.name))

    def take_snapshot(self, snapshot: str) -> None:
        """Keep it as it stands under a name."""
        self._thread.run(self._simulator.tenants.take_snapshot(self.name, snapshot))

    def restore(self, snapshot: str) -> None:
        """Put it back to a snapshot, its clock too."""
        self._thread.run(self._simulator.tenants.restore(self.name, snapshot))

    def forget_files(self) -> None:
        """Delete the temporary folder of its files, if there is one."""
        if self._temporary is not None:
            self._temporary.cleanup()
            self._temporary = self._folder = None

    @property
    def _open(self) -> OpenSandbox:
        if self._box is None:
            raise SimulatorError("the simulator is not running; start it first: with SyncSimulator() as sim")
        return self._box

    def _system(self, system: str | None) -> str:
        if system is not None and system not in SYSTEMS:
            raise SimulatorError(f"there is no system {system!r}; there are: {', '.join(SYSTEMS)}")
        return system or self._open.scenario.system

    def _with_files(self, party: Party) -> PartyWithFiles:
        return PartyWithFiles.of(party, self.folder)
