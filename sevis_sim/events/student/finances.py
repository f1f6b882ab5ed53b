"""Rules about a student's costs and means. They judge the record as the event would leave it (forms.md §4.1)."""

from sevis_sim.domain.document import amount, child
from sevis_sim.domain.records import ACTIVE, INITIAL
from sevis_sim.events.declare import Broken, Case, broken, rule

EXPENSES = ("Tuition", "LivingExpense", "DependentExp", "Other/Amount")
FUNDING = ("Personal", "School/Amount", "Other/Amount", "Employment")


@rule("S1108")
def dependent_expense_needed(case: Case) -> Broken | None:
    """The student has dependents, but no expense for them."""
    followed = any(dependent.status in (INITIAL, ACTIVE) for dependent in case.after.dependents)
    missing = followed and case.lacks("FinancialInfo/Expense/DependentExp")
    return broken("FinancialInfo/Expense/DependentExp") if missing else None


@rule("S1024")
def funding_covers_expense(case: Case) -> Broken | None:
    """Expenses exceed funding (or reach it: `Switches.equal_expense_and_funding_allowed`). Whole dollars."""
    info = child(case.after.data, "FinancialInfo")
    expense = sum(amount(info, f"Expense/{name}") for name in EXPENSES)
    funding = sum(amount(info, f"Funding/{name}") for name in FUNDING)
    allowed = expense <= funding if case.context.switches.equal_expense_and_funding_allowed else expense < funding
    return None if allowed else broken("FinancialInfo")
