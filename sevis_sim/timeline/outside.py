"""Plays the outside world to one sandbox: settles, takes the lock, and has `processing.outside` do it.

The control API and programs (`Simulator.records`) both come here. The rules are loaded when they are first needed.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from sevis_sim.domain.organizations import Organization
from sevis_sim.domain.records import Record
from sevis_sim.processing.errors import OutsideError
from sevis_sim.store import Transaction
from sevis_sim.timeline.served import Served

__all__ = ["OutsideError", "add_records", "correct", "decide", "set_active", "tell_facts"]

T = TypeVar("T")


async def tell_facts(served: Served, system: str, sevis_id: str, told: Mapping[str, object]) -> Record:
    """Tell facts of a person; see `processing.outside.tell_facts`."""
    from sevis_sim.processing import outside

    return await _do(served, lambda tx: outside.tell_facts(served.sandbox, tx, system, sevis_id, told))


async def decide(
    served: Served,
    system: str,
    sevis_id: str,
    request: str,
    decision: str,
    *,
    on: date | None = None,
    start: date | None = None,
    end: date | None = None,
) -> Record:
    """Take a decision of USCIS; see `processing.outside.decide`."""
    from sevis_sim.processing import outside

    def work(tx: Transaction) -> Record:
        return outside.decide(served.sandbox, tx, system, sevis_id, request, decision, on=on, start=start, end=end)

    return await _do(served, work)


async def correct(served: Served, system: str, sevis_id: str, status: str, reason: str = "") -> Record:
    """Undo a status as in RTI; see `processing.outside.correct`."""
    from sevis_sim.processing import outside

    return await _do(served, lambda tx: outside.correct(served.sandbox, tx, system, sevis_id, status, reason))


async def add_records(served: Served, system: str, records: Sequence[Record]) -> None:
    """Put records into SEVIS; see `processing.outside.add_records`."""
    from sevis_sim.processing import outside

    await _do(served, lambda tx: outside.add_records(served.sandbox, tx, system, records))


async def set_active(served: Served, org_id: str, active: bool, *, end_records: bool = False) -> Organization:
    """Withdraw a school or end a program; see `processing.outside.set_active`."""
    from sevis_sim.processing import outside

    return await _do(served, lambda tx: outside.set_active(served.sandbox, tx, org_id, active, end_records=end_records))


async def _do(served: Served, work: Callable[[Transaction], T]) -> T:
    await served.timeline.settle()
    async with served.sandbox.turn():
        done = await served.sandbox.store.run(work)
    served.timeline.changed()
    return done


def upcoming(served: Served, record: Record, since: date | None) -> list[dict[str, Any]]:
    """Return what the calendar would do to a record as it stands: ``day job becomes reason part level``."""
    from sevis_sim.events.life_cycle import due

    plan = served.sandbox.life_cycle
    return [
        {
            "day": each.day.isoformat(),
            "job": each.job,
            "becomes": plan.jobs[each.job].becomes,
            "reason": plan.jobs[each.job].reason,
            "part": each.part,
            "level": each.level,
        }
        for each in due(record, plan, since)
    ]
