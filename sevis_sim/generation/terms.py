"""When programs begin."""

from datetime import date

from sevis_sim.events.days import later, shifted
from sevis_sim.generation.draw import Draw

NOTICE = 30
"""Days at least from the day on which a batch is made to the start of a program in it: it may be sent weeks later."""


def term_start(draw: Draw, today: date) -> date:
    """Return the first day of the next term of a school, in August or January."""
    earliest = later(today, NOTICE)
    autumn, spring = draw.number(17, 28), draw.number(8, 19)
    days = (
        date(year, month, day)
        for year in (earliest.year, earliest.year + 1)
        for month, day in ((1, spring), (8, autumn))
    )
    return next(day for day in days if day >= earliest)


def month_start(draw: Draw, today: date) -> date:
    """Return the first Monday of one of the next months."""
    first = shifted(later(today, NOTICE), months=draw.number(1, 3)).replace(day=1)
    return later(first, -first.weekday() % 7)
