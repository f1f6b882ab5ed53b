"""Keeps the dates of the life cycle right when a sandbox is opened with other days or switches than before."""

from typing import Any

from sevis_sim.domain.life_cycle import LifeCycle
from sevis_sim.sandbox import Sandbox
from sevis_sim.store import Transaction

_SIGNATURE = "life_cycle"
"""Key in the settings of a stored sandbox: the life cycle that its dates were computed by."""


def computed_by(life_cycle: LifeCycle) -> dict[str, str]:
    """Return what the settings of a new sandbox keep: it has no dates, so that they are right for any life cycle."""
    return {_SIGNATURE: life_cycle.signature()}


def keep_dates(tx: Transaction, sandbox: Sandbox, settings: dict[str, Any]) -> dict[str, Any]:
    """Compute the dates of all records again where another life cycle holds than the one they were computed by.

    Args:
        tx: where.
        sandbox: whose records they are.
        settings: what the store keeps of its settings.

    Returns:
        What is to be kept from now on.

    """
    signature = computed_by(sandbox.life_cycle)
    if settings.get(_SIGNATURE) != signature[_SIGNATURE] and tx.records.list(sandbox.name, limit=1):
        from sevis_sim.processing.life_cycle import reschedule_all  # loads the rules

        reschedule_all(sandbox, tx, sandbox.now())
    return settings | signature
