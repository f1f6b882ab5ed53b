"""FinancialInfo: a student's costs and means change. Blank elements blank what is stored."""

from sevis_sim.domain.records import OPEN, Record
from sevis_sim.events.changes import merge_block, replace
from sevis_sim.events.declare import Case, Event
from sevis_sim.events.student import finances


def apply(record: Record, case: Case) -> None:
    """Merge what was sent."""
    merge_block(record, "FinancialInfo", case.event, ("AcademicTerm", "Expense", "Funding"))
    replace(record, case.event, ("Remarks",))


EVENTS = (
    Event(
        path="FinancialInfo",
        population="student",
        statuses=OPEN,
        wrong_status="S1106",
        # What belongs together first, so that the sums are those that were meant.
        rules=(
            finances.amount_with_remarks,
            finances.remarks_with_amount,
            finances.dependent_expense_needed,
            finances.funding_covers_expense,
        ),
        apply=apply,
    ),
)
