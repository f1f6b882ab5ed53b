"""The faults of one sandbox: armed and cleared through any door, asked where an exchange passes.

Faults live in memory: they end with the simulator, and when the sandbox is put back (reset, snapshot). Those that its
scenario asks for are then armed again, as at the beginning, with their counts at nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sevis_sim.faults import Fault, FaultAdded, FaultError, Faults, FaultsCleared, FaultStruck, Phase, Struck
from sevis_sim.sandbox.sandbox import Sandbox


async def begin_faults(sandbox: Sandbox) -> None:
    """Forget all faults, then arm and journal those of the scenario, as of the sandbox's time."""
    sandbox.faults = Faults(sandbox.seed)
    for entry in sandbox.scenario_faults:
        await add_faults(sandbox, entry)


async def add_faults(sandbox: Sandbox, entry: Any) -> list[Fault]:
    """Arm what an entry asks for (`sevis_sim.mischief.read_faults`) and journal it.

    Raises:
        FaultError: it cannot be; then nothing of it is armed.

    """
    faults = _arm(sandbox, entry)
    for fault in faults:
        await sandbox.record(FaultAdded.of(fault))
    return faults


async def clear_faults(sandbox: Sandbox, name: str | None = None) -> list[Fault]:
    """Take out a fault, or all, and journal it; FaultError where there is none of this name."""
    gone = sandbox.faults.clear(name)
    await sandbox.record(FaultsCleared(faults=tuple(fault.name for fault in gone)))
    return gone


def strike(
    sandbox: Sandbox,
    at: str,
    facts: Mapping[str, str],
    now: datetime,
    magic: Iterable[Mapping[str, str]] = (),
    phase: Phase | None = None,
) -> Struck:
    """Return the faults that strike at a place, armed ones and those that magic values ask for.

    Args:
        sandbox: whose exchange passes.
        at: the place.
        facts: what is known of the exchange.
        now: as of when.
        phase: only those of this phase, for a place that is asked once for each.
        magic: by name of `sevis_sim.mischief.magic.Magic.where`, values of the exchange that may be magic.

    """
    armed = sandbox.faults.strike(at, facts, now, phase)
    if not sandbox.switches.magic_values:
        return armed
    asked: dict[str, Fault] = {}
    for values in magic:
        if any("SIM" in text for text in values.values()):
            from sevis_sim.mischief import magic_faults  # only where somebody asks

            found = magic_faults(at, **values)
            asked |= {fault.name: fault for fault in found if phase in (None, fault.phase)}
    return Struck((*armed, *asked.values())) if asked else armed


async def journal_strikes(sandbox: Sandbox, struck: Struck, exchange: str | None, now: datetime) -> None:
    """Journal faults that have struck outside of any transaction."""
    for fault in struck:
        await sandbox.record(FaultStruck.of(fault, exchange), now)


def _arm(sandbox: Sandbox, entry: Any) -> list[Fault]:
    from sevis_sim.mischief import read_faults  # reads a table; only where there are faults

    armed: list[Fault] = []
    try:
        armed.extend(map(sandbox.faults.add, read_faults(entry, sandbox.now(), sandbox.calendar)))
    except FaultError:
        for fault in armed:
            sandbox.faults.clear(fault.name)
        raise
    return armed
