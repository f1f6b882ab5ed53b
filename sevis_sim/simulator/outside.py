"""The outside world of one sandbox, as programs play it (docs/life-cycle.md)."""

from datetime import date

from sevis_sim.domain.records import Record
from sevis_sim.intake import log_in
from sevis_sim.store import Transaction
from sevis_sim.timeline import Served, outside


class OutsideWorld:
    """Records of a sandbox: see them, add them, tell what only the outside world knows of them.

    Refusals are `timeline.outside.OutsideError`: one line each.
    """

    def __init__(self, served: Served) -> None:
        self._served = served

    async def get(self, sevis_id: str, system: str = "production") -> Record | None:
        """Return the record in which a SEVIS ID stands, a principal's or a dependent's, as it is now; None if none."""
        name = self._served.sandbox.name
        await self._served.timeline.settle()

        def read(tx: Transaction) -> Record | None:
            owner = tx.records.owner(name, system, sevis_id)
            return tx.records.get(name, system, owner) if owner else None

        return await self._served.sandbox.store.read(read)

    async def add(self, *records: Record, system: str = "production") -> None:
        """Put records into SEVIS as they are, all of them or none."""
        await outside.add_records(self._served, system, records)

    async def tell(self, sevis_id: str, system: str = "production", **facts: bool | str | date | None) -> Record:
        """Tell facts of a student, an exchange visitor or a dependent; None takes one back. Returns the record."""
        told = {name: value.isoformat() if isinstance(value, date) else value for name, value in facts.items()}
        return await outside.tell_facts(self._served, system, sevis_id, told)

    async def decide(
        self,
        sevis_id: str,
        request: str,
        decision: str,
        *,
        on: date | None = None,
        start: date | None = None,
        end: date | None = None,
        system: str = "production",
    ) -> Record:
        """Take a decision of USCIS on a request, such as ``OPTEmployment`` ``approved``. Returns the record."""
        return await outside.decide(self._served, system, sevis_id, request, decision, on=on, start=start, end=end)

    async def correct(self, sevis_id: str, status: str, reason: str = "", *, system: str = "production") -> Record:
        """Undo a status as a school or sponsor does in RTI. Returns the record."""
        return await outside.correct(self._served, system, sevis_id, status, reason)

    async def withdraw(self, org_id: str, *, end_records: bool = False) -> None:
        """Withdraw a school or end a program, and on request its Initial and Active records with it."""
        await outside.set_active(self._served, org_id, False, end_records=end_records)

    async def log_in(self, org_id: str, user_id: str) -> None:
        """Have an official log in to RTI today (switch ``rti_login_lock``); MissingReference where there is none."""
        await log_in(self._served.sandbox, org_id, user_id)

    async def activate(self, org_id: str) -> None:
        """Make a school or program active again."""
        await outside.set_active(self._served, org_id, True)
