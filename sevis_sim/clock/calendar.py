"""The calendar of a place: its local days, its holidays and business days, and what its wall clocks show."""

import functools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from sevis_sim.clock.stamps import EASTERN, as_utc

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Calendar:
    """Days as people in one time zone count them.

    A business day is a Monday to Friday that is no U.S. federal holiday, neither on its date nor as observed
    (5 U.S.C. 6103 and Executive Order 11582: a Saturday holiday is observed on Friday, a Sunday one on Monday), and no
    closure. Days that a president gave off for one year (24 December 2024) are not in the law and become known late;
    list them as closures where they matter, so that an upgrade of a library never changes an old run.
    """

    zone: tzinfo = EASTERN
    closures: frozenset[date] = frozenset()
    """Further days without business, such as a shutdown or a snow day. Service hours do not depend on them."""
    _years: dict[int, frozenset[date]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def local(self, instant: datetime) -> datetime:
        """Return the instant with the wall time of this place, for showing and for taking apart.

        Don't compare or subtract two of these: Python would do it by wall time. Compare the instants.
        """
        return as_utc(instant).astimezone(self.zone)

    def today(self, instant: datetime) -> date:
        """Return the calendar day that it is here at an instant."""
        return self.local(instant).date()

    def is_holiday(self, day: date) -> bool:
        """Tell whether a day is a federal holiday, by date or as observed, or a closure. A plain Sunday is neither."""
        return _day(day) in self._holidays(day.year) or day in self.closures

    def is_business_day(self, day: date) -> bool:
        """Tell whether a day is a Monday to Friday without holiday or closure."""
        return _day(day).weekday() < 5 and not self.is_holiday(day)

    def next_business_day(self, day: date) -> date:
        """Return the first business day strictly after a day."""
        return self.add_business_days(day, 1)

    def add_business_days(self, day: date, count: int) -> date:
        """Return the ``count``-th business day strictly after a day; before it, if negative; the day itself for 0.

        Raises:
            OverflowError: that is beyond the years that Python's dates know.

        """
        step = _DAY if count > 0 else -_DAY
        found = _day(day)
        for _ in range(abs(count)):
            found += step
            while not self.is_business_day(found):
                found += step
        return found

    def at(self, day: date, wall: time) -> datetime:
        """Return the instant at which wall clocks here show a time on a day.

        Where the clocks change: a time that comes twice (01:30 on the first Sunday of November) means its first
        coming; a time that never comes (02:30 on the second Sunday of March) means the instant of the change, 03:00
        daylight time. So later wall times never give earlier instants.
        """
        return _at(self.zone, _day(day), wall.replace(tzinfo=None, fold=0))

    def add_days(self, instant: datetime, count: int, *, business: bool = False) -> datetime:
        """Return the same wall time some calendar days later (business days, if asked); `at` rules where clocks change.

        Args:
            instant: from when to count.
            count: whole days; 0 returns the instant itself.
            business: count business days only.

        Raises:
            OverflowError: that is beyond the years that Python's dates know.

        """
        if count == 0:
            return as_utc(instant)
        local = self.local(instant)
        today = local.date()
        day = self.add_business_days(today, count) if business else today + timedelta(days=count)
        return self.at(day, local.time())

    def _holidays(self, year: int) -> frozenset[date]:
        """Return the days of a year that are federal holidays or observed as one."""
        known = self._years.get(year)
        if known is None:
            # Imported late: 90 ms that only a process which asks for a business day should pay. The category
            # "public" without a state is exactly the federal holidays; "government" adds days off by decree.
            from holidays.countries.united_states import UnitedStates

            made = UnitedStates(years=year, categories=("public",), expand=False)  # type: ignore[no-untyped-call]
            known = frozenset(made)
            self._years[year] = known
        return known


@functools.lru_cache(maxsize=1024)  # every request asks when the service opened today
def _at(zone: tzinfo, day: date, wall: time) -> datetime:
    shown = datetime.combine(day, wall, tzinfo=zone)
    instant = shown.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == shown.replace(tzinfo=None):
        return instant
    # In a gap fold 0 reads the wall time with the offset before the change and fold 1 with the one after it, so
    # the change lies between the two readings; search it to the second.
    before, after = shown.replace(fold=1).astimezone(UTC), instant
    old = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + ((after - before) // 2 // _SECOND) * _SECOND
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def _day(day: date) -> date:
    """Refuse a datetime, whose day would depend on its zone."""
    if isinstance(day, datetime):
        raise TypeError("expected a calendar day, not an instant: use Calendar.today(instant)")
    return day
