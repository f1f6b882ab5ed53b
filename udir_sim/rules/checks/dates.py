"""Rules of the four dates and of dates against each other: UD-D12 to D15, UD-X01 to X08."""

# ruff: noqa: D103, ARG001 - what a function finds is the condition of its rule in the catalogue, not said twice here
# mypy: disable-error-code="no-any-return"
# (numpy's types lose track of & and | between masks)

from datetime import date

from udir_sim.rules.checks.registry import Checks
from udir_sim.rules.checks.rows import DATE_FIELDS, NO_DAY, Mask, Rows, digit, every

check = Checks()
EPOCH = date(1970, 1, 1)
FIRST_DAY = (date(1990, 1, 1) - EPOCH).days
LAST_DAY = (date(2099, 12, 31) - EPOCH).days


@check("UD-??-REQ", *DATE_FIELDS)
def no_date(rows: Rows, field: str) -> Mask:
    return ~rows.text(field).filled & ~rows.may_lack_dates()


@check("UD-??-NUM", *DATE_FIELDS)
def no_number(rows: Rows, field: str) -> Mask:
    return rows.text(field).filled & ~every(digit(rows.bytes(field)))


@check("UD-??-REAL", *DATE_FIELDS)
def no_day(rows: Rows, field: str) -> Mask:
    return rows.text(field).filled & (rows.day(field) == NO_DAY)


@check("UD-??-RANGE", *DATE_FIELDS)
def far_away(rows: Rows, field: str) -> Mask:
    days = rows.day(field)
    return (days != NO_DAY) & ((days < FIRST_DAY) | (days > LAST_DAY))


def _both(rows: Rows, first: str, second: str) -> Mask:
    """Return where both dates are days; a blank one that is allowed is compared with nothing."""
    return (rows.day(first) != NO_DAY) & (rows.day(second) != NO_DAY)


@check("UD-X01-TERM", "D13", closes=False, also=("D12",))
def term_reversed(rows: Rows, field: str) -> Mask:
    return _both(rows, "D12", "D13") & (rows.day("D12") > rows.day("D13"))


@check("UD-X02-ELIG", "D15", closes=False, also=("D14",))
def eligibility_reversed(rows: Rows, field: str) -> Mask:
    return _both(rows, "D14", "D15") & (rows.day("D14") > rows.day("D15"))


@check("UD-X03-GRACEBEG", "D14", closes=False, also=("D12",))
def late_begin(rows: Rows, field: str) -> Mask:
    return _both(rows, "D12", "D14") & (rows.day("D14") > rows.day("D12"))


@check("UD-X04-GRACEEND", "D15", closes=False, also=("D13",))
def early_end(rows: Rows, field: str) -> Mask:
    return _both(rows, "D13", "D15") & (rows.day("D15") < rows.day("D13"))


@check("UD-X05-GRACELONG", "D14", closes=False, also=("D12",))
def long_early_grace(rows: Rows, field: str) -> Mask:
    return _both(rows, "D12", "D14") & (rows.day("D12") - rows.day("D14") > rows.context.profile.early_grace_days)


@check("UD-X06-GRACELONG", "D15", closes=False, also=("D13",))
def long_late_grace(rows: Rows, field: str) -> Mask:
    return _both(rows, "D13", "D15") & (rows.day("D15") - rows.day("D13") > rows.context.profile.late_grace_days)


@check("UD-X07-TERMLEN", "D13", closes=False, also=("D12",))
def long_term(rows: Rows, field: str) -> Mask:
    return _both(rows, "D12", "D13") & (rows.day("D13") - rows.day("D12") > rows.context.profile.term_days)


@check("UD-X08-PAST", "D15", closes=False)
def over(rows: Rows, field: str) -> Mask:
    days = rows.day(field)
    return (days != NO_DAY) & (days < (rows.context.reference_day - EPOCH).days)
