"""Rules about a student's costs and means. They judge the record as the event would leave it (forms.md §4.1)."""

from sevis_sim.domain.document import amount, child, value
from sevis_sim.domain.records import OPEN
from sevis_sim.events.declare import Broken, Case, broken, rule

EXPENSES = ("Tuition", "LivingExpense", "DependentExp", "Other/Amount")
_WITH_REMARKS = {
    "Expense/Other": "Other Expense",
    "Funding/School": "School Funding",
    "Funding/Other": "Other Funding",
}
"""Lines that have remarks, in the words for S1111 and S1112; which words SEVIS uses was not found."""
FUNDING = ("Personal", "School/Amount", "Other/Amount", "Employment")


@rule("S1108")
def dependent_expense_needed(case: Case) -> Broken | None:
    """The student has dependents, but no expense for them."""
    followed = any(dependent.status in OPEN for dependent in case.after.dependents)
    missing = followed and case.lacks("FinancialInfo/Expense/DependentExp")
    return broken(case.place("FinancialInfo", "Expense/DependentExp")) if missing else None


@rule("S1111")
def amount_with_remarks(case: Case) -> Broken | None:
    """An amount that needs remarks, since its line says nothing of itself, has none."""
    info = child(case.after.data, "FinancialInfo")
    for path, line in _WITH_REMARKS.items():
        if value(info, f"{path}/Amount") and case.lacks(f"FinancialInfo/{path}/Remarks"):
            return broken(case.place("FinancialInfo", f"{path}/Remarks"), line=line)
    return None


@rule("S1112")
def remarks_with_amount(case: Case) -> Broken | None:
    """Remarks stand without the amount that they are about."""
    info = child(case.after.data, "FinancialInfo")
    for path, line in _WITH_REMARKS.items():
        if value(info, f"{path}/Remarks") and case.lacks(f"FinancialInfo/{path}/Amount"):
            return broken(case.place("FinancialInfo", f"{path}/Amount"), line=line)
    return None


@rule("S1024")
def funding_covers_expense(case: Case) -> Broken | None:
    """Expenses exceed funding (or reach it: `Switches.equal_expense_and_funding_allowed`). Whole dollars."""
    info = child(case.after.data, "FinancialInfo")
    for needed in ("Expense/Tuition", "Funding/Personal"):
        if not value(info, needed) and not case.lacks(f"FinancialInfo/{needed}"):
            return None  # a scenario's record of which one side is not known
    expense = sum(amount(info, f"Expense/{name}") for name in EXPENSES)
    funding = sum(amount(info, f"Funding/{name}") for name in FUNDING)
    allowed = expense <= funding if case.context.switches.equal_expense_and_funding_allowed else expense < funding
    return None if allowed else broken("FinancialInfo")
