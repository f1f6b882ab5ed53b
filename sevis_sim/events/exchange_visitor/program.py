"""Rules about an exchange visitor's program: category, dates, age, length. They judge the record after the event."""

from datetime import date

from sevis_sim.codes import table
from sevis_sim.domain.document import day, value
from sevis_sim.events import days
from sevis_sim.events.declare import Broken, Case, broken, rule
from sevis_sim.events.exchange_visitor.categories import AU_PAIR, CAMP_COUNSELOR, SECONDARY_STUDENT

_GOVERNMENT_SERIALS = ("G-1-", "G-2-", "G-3-")
"""Programs for which most minimum durations do not hold (code table ``ev-duration``)."""


def category(case: Case) -> str:
    """Return the exchange visitor's category."""
    return value(case.after.data, "CategoryCode")


def dates(case: Case) -> tuple[date | None, date | None]:
    """Return first and last day of the program as the event would leave them."""
    return day(case.after.data, "PrgStartDate"), day(case.after.data, "PrgEndDate")


@rule("S2163")
def category_of_program(case: Case) -> Broken | None:
    """The sponsor is not designated for this category."""
    allowed = case.context.organization.categories
    if allowed is None or category(case) in allowed:
        return None
    return broken("CategoryCode", category=category(case))


@rule("S2235")
def occupation_of_program(case: Case) -> Broken | None:
    """The sponsor is not approved for this occupation."""
    allowed = case.context.organization.occupations
    code = value(case.after.data, "OccupationCategoryCode")
    if not code or allowed is None or code in allowed:
        return None
    return broken("OccupationCategoryCode", category=code)


@rule("S2004")
def start_not_after_end(case: Case) -> Broken | None:
    """The program starts after it ends. S2282 would forestall this, so it comes second (reference errata 6)."""
    start, end = dates(case)
    return broken("PrgStartDate") if start and end and start > end else None


@rule("S2282")
def end_after_start(case: Case) -> Broken | None:
    """The program ends on the day on which it starts."""
    start, end = dates(case)
    return broken("PrgEndDate") if start and end and end <= start else None


@rule("S2011")
def start_not_past(case: Case) -> Broken | None:
    """The program starts before today (or today: `Switches.program_may_start_today`)."""
    start, _ = dates(case)
    earliest = case.context.today
    if start is None or start > earliest or (start == earliest and case.context.switches.program_may_start_today):
        return None
    return broken("PrgStartDate", field="Program Start Date")


DATES = (start_not_after_end, end_after_start, start_not_past)


def _age_on_start(case: Case) -> tuple[date | None, date | None]:
    """Return birth date and first day of the program."""
    return day(case.after.data, "Biographical/BirthDate"), dates(case)[0]


def _too_young(case: Case, years: int, *categories: str) -> Broken | None:
    born, start = _age_on_start(case)
    if category(case) in categories and born and start and days.age(born, start) < years:
        return broken("BirthDate", date=days.us(start))
    return None


@rule("S2111")
def at_least_18(case: Case) -> Broken | None:
    """An au pair or camp counselor is under 18 on the first day of the program (code table ``ev-age``)."""
    return _too_young(case, 18, AU_PAIR, CAMP_COUNSELOR)


@rule("S2112")
def at_most_26(case: Case) -> Broken | None:
    """An au pair has completed more than 26 years on the first day of the program (code table ``ev-age``)."""
    born, start = _age_on_start(case)
    if category(case) == AU_PAIR and born and start and days.age(born, start) > 26:
        return broken("BirthDate", date=days.us(start))
    return None


@rule("S2113")
def at_least_15(case: Case) -> Broken | None:
    """A secondary student is under 15 on the first day of the program (code table ``ev-age``)."""
    return _too_young(case, 15, SECONDARY_STUDENT)


@rule("S2114")
def at_most_18_and_a_half(case: Case) -> Broken | None:
    """A secondary student is more than 18 years and 6 months old on the first day of the program."""
    born, start = _age_on_start(case)
    if category(case) == SECONDARY_STUDENT and born and start and start > days.shifted(born, years=18, months=6):
        return broken("BirthDate", date=days.us(start))
    return None


AGES = (at_least_18, at_most_26, at_least_15, at_most_18_and_a_half)


def _limit(case: Case, column: str) -> days.Duration | None:
    row = table("ev-duration").row(category(case))
    return days.Duration.parse(row[column]) if row and row[column] else None


@rule("S2115")
def long_enough(case: Case) -> Broken | None:
    """The program is shorter than its category's minimum, first and last day counted."""
    start, end = dates(case)
    government = case.context.organization.id.startswith(_GOVERNMENT_SERIALS)
    least = _limit(case, "minimum_government" if government else "minimum")
    if least and start and end and days.later(end, 1) < least.after(start):
        return broken("PrgEndDate", duration=str(least))
    return None


@rule("S2116")
def short_enough(case: Case) -> Broken | None:
    """The program is longer than its category's maximum; the day on which that is reached still counts as within."""
    start, end = dates(case)
    most = _limit(case, "maximum")
    if most and start and end and end > most.after(start):
        return broken("PrgEndDate", duration=str(most))
    return None


DURATION = (long_enough, short_enough)
