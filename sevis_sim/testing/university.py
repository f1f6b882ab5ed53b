"""A University Directory for tests that block."""

from collections.abc import Collection, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any, Self, TypeVar

from sevis_sim.clock import Clock
from sevis_sim.faults import Fault
from sevis_sim.journal import Entry, Expectation, Verdict
from sevis_sim.synchronous import LoopThread
from udir_sim.receiver import Campus
from udir_sim.rules import Mode
from udir_sim.university import UniversityDirectory

T = TypeVar("T")


class SyncUniversity:
    """One running University Directory: ``with SyncUniversity(thread) as udir``."""

    def __init__(
        self,
        thread: LoopThread,
        *,
        clock: Clock | str | None = None,
        mode: Mode | None = None,
        data_dir: Path | None = None,
        sftp: bool = False,
    ) -> None:
        """Prepare; arguments as of `udir_sim.UniversityDirectory`, and the running loop in which it lives."""
        self._thread = thread
        self._university = UniversityDirectory(data_dir=data_dir, clock=clock, mode=mode, sftp=sftp)

    def __enter__(self) -> Self:
        self._thread.run(self._university.start())
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.run(self._university.stop())

    @property
    def university(self) -> UniversityDirectory:
        """What runs; it lives in the loop of another thread, see `run`."""
        return self._university

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine of it: ``udir.run(udir.university.intake.…)``."""
        return self._thread.run(work)

    @property
    def url(self) -> str:
        """The base address of HTTPS; files go to ``/v1/files`` below it."""
        return self._university.url

    @property
    def files_url(self) -> str:
        """The address that files are sent to."""
        return f"{self.url}/v1/files"

    @property
    def control_url(self) -> str:
        """The base address of the control API."""
        return self._university.control_url

    @property
    def ca(self) -> bytes:
        """PEM of the authority that clients must trust."""
        return self._university.ca

    @property
    def watched(self) -> Path:
        """The folder that is watched; ``watched / "06"`` is San Diego's."""
        return self._university.watched

    def campus(self, location: str = "06") -> Campus:
        """Return a campus with its certificate and account; UniversityError where there is none."""
        return self._university.campus(location)

    def env(self, location: str = "06") -> dict[str, str]:
        """Return the variables for client programs of a campus; the files that they name are there afterwards."""
        return self._thread.call(self._university.variables, location)

    def add_fault(self, text: str) -> Fault:
        """Add a fault, written as on the command line: ``upload first=2 do=status:503``; FaultError if it is none."""
        return self._thread.run(self._university.add_fault(text))

    def entries(self, kind: str | Collection[str] | None = None, **ids: str) -> list[Entry]:
        """Return what happened, oldest first: entries of a kind, about ids."""
        return self._thread.run(self._university.journal.query(None, kind, ids, limit=1000))

    def verify(self, expectation: Expectation | dict[str, Any], *, seconds: float = 0) -> Verdict:
        """Say whether the journal is as an expectation says (docs/journal.md); wait so long for it, wall time."""
        return self._thread.run(self._university.journal.verify(None, expectation, seconds=seconds))

    def now(self) -> datetime:
        """Return the simulated time, aware."""
        return self._thread.call(self._university.clock.now)
