"""The faults of a sandbox as programs use them, and those that strike before there is a request."""

from collections.abc import Callable
from typing import Any

from sevis_sim.faults import Fault, Standing
from sevis_sim.faults.answers import Sleep, pause
from sevis_sim.sandbox import Sandbox
from sevis_sim.sandbox.mischief import add_faults, clear_faults, journal_strikes, strike
from sevis_sim.timeline import Served
from sevis_sim.wire import Admission, Doorkeeper, Peer

_HANDSHAKE = "handshake"


class SandboxFaults:
    """What goes wrong in a sandbox on purpose: ``sim.faults``."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def add(self, entry: Any = None, /, **fault: Any) -> list[Fault]:
        """Arm a fault or a preset, written as on the command line or as in a scenario (docs/faults.md).

        ``await sim.faults.add("upload first=2 do=status:503")``, ``add(at="upload", first=2, do={"status": 503})``,
        ``add(preset="december-2011")``.

        Returns:
            What was armed: one fault, or all of the preset.

        Raises:
            FaultError: it cannot be; one line that says what was expected.

        """
        return await add_faults(self._sandbox, fault if entry is None else entry)

    async def clear(self, name: str | None = None) -> list[Fault]:
        """Let things go right again: end one fault, or all; FaultError where there is none of this name."""
        return await clear_faults(self._sandbox, name)

    def list(self) -> list[Standing]:
        """Return what is armed, and how often each has matched and struck."""
        return self._sandbox.faults.standings()


def doorkeeper(served: Callable[[], Served | None], listener: str, sleep: Sleep) -> Doorkeeper:
    """Return what decides of each connection to a TLS port whether its handshake begins.

    Args:
        served: the sandbox whose faults strike at the port; None where it is gone.
        listener: name of the port, a fact of the connection.
        sleep: waits for delays (wall time).

    """

    async def admit(peer: Peer | None) -> Admission:
        of = served()
        if of is None or not of.sandbox.faults.armed:
            return "admit"
        sandbox, facts = of.sandbox, {"listener": listener, "peer": peer[0] if peer else ""}
        now = sandbox.now()
        struck = strike(sandbox, _HANDSHAKE, facts, now)
        await journal_strikes(sandbox, struck, None, now)
        await pause(struck, sleep)
        if struck.get("reset") is not None:
            return "reset"
        return "close" if struck.get("drop") is not None else "admit"

    return admit
