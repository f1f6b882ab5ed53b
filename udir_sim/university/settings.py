"""How a University Directory is to run."""

from dataclasses import dataclass, field
from pathlib import Path

from udir_sim.receiver.spool import Limits
from udir_sim.rules import Mode, Profile

DATA_DIR = Path(".udir-sim")
PORT = 8453
CONTROL_PORT = 8454
SFTP_PORT = 8422
ZONE = "America/Los_Angeles"
"""The day of receipt is California's (udir.md section 5, number 25)."""


class UniversityError(Exception):
    """It cannot be started or asked so; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How it is to run. The defaults are those of tests: free ports, nothing on disk for longer than it runs."""

    data_dir: Path | None = None
    """None keeps everything in a temporary folder that goes with it."""
    host: str = "127.0.0.1"
    """Of HTTPS and SFTP."""
    port: int = 0
    control_host: str = "127.0.0.1"
    control_port: int = 0
    sftp_port: int | None = 0
    """None opens none."""
    watch: Path | None = None
    """Folder that is watched; None is ``watch`` in the data directory."""
    watch_seconds: float = 1.0
    """Wall-clock seconds between two looks; 0 never looks by itself."""
    mode: Mode = Mode.STRICT
    profile: Profile = field(default_factory=Profile)
    limits: Limits = field(default_factory=Limits)
    clock: str = "real"
    """As ``--clock`` writes it (docs/time.md)."""
    keep: int | None = None
    """Loaded files of each campus that are kept with their records and reports; None keeps all."""
    seed: int = 0
    """Of faults with a rate."""
    faults: tuple[str, ...] = ()
    """Faults from the start, one line each."""
