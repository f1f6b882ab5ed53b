import importlib.util
import subprocess
import sys

import pytest


@pytest.fixture(scope="session", autouse=True)
def loaded():
    """Load what the simulator needs before pytester runs pytest inside of this process.

    pytester forgets the modules that such a run has imported, and compiled ones (cryptography, numpy) cannot be
    imported a second time.
    """
    from support import FILES

    from sevis_sim import SyncSimulator

    with SyncSimulator(clock="2026-03-04T10:00-05:00") as sim:
        command = [sys.executable, "-m", "sevis_sim", "upload", FILES / "two-students.xml"]
        subprocess.run(command, env=sim.env, check=True, capture_output=True)
        sim.clock.advance("next-business-day 06:00")
    for needed, module in (("requests", "requests"), ("numpy", "sevis_sim.testing.university")):
        if importlib.util.find_spec(needed):
            importlib.import_module(module)
