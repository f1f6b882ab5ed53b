"""What the makers of updates are given: one record as it stands, the day, and chance."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sevis_sim.domain.document import Node, child, day, value
from sevis_sim.domain.records import OPEN, Dependent, Record
from sevis_sim.events.days import later
from sevis_sim.generation.data import load
from sevis_sim.generation.draw import Draw


@dataclass(frozen=True, slots=True)
class Target:
    """A record that is to have an update."""

    draw: Draw
    record: Record
    today: date
    """The Eastern day on which the update is processed."""
    official: str
    """User ID of the official who sends it."""
    known: frozenset[str]
    """SEVIS IDs of the dependents that the sender knows: those whom this batch adds have theirs from SEVIS only."""

    @property
    def program(self) -> tuple[date, date]:
        """First and last day of the program; where the record does not say, a year around today."""
        info = child(self.record.data, "EducationalInfo") if self.student else self.record.data
        start = day(info, "PrgStartDate") or later(self.today, -180)
        return start, day(info, "PrgEndDate") or later(max(start, self.today), 185)

    @property
    def student(self) -> bool:
        """Whether it is a student."""
        return self.record.population == "student"

    @property
    def visa(self) -> str:
        """A student's visa type."""
        return value(self.record.data, "PersonalInfo/VisaType") or "01"

    @property
    def level(self) -> str:
        """A student's education level; the record's, else one that many have."""
        level = value(self.record.data, "EducationalInfo/EduLevel/Level")
        return level if level in load("programs")["levels"] else "04"

    @property
    def country(self) -> str:
        """Where the person is citizen, if we know names and places of it; else somewhere."""
        block = child(self.record.data, "PersonalInfo" if self.student else "Biographical")
        found = value(block, "CitizenshipCountryCode")
        return found if found in load("countries")["countries"] else "CH"

    def dependents(self, *statuses: str) -> list[Dependent]:
        """Return the dependents whom the sender knows, in these statuses; in open ones if none is given."""
        wanted = statuses or tuple(OPEN)
        return [one for one in self.record.dependents if one.sevis_id in self.known and one.status in wanted]

    def span(self, first: date, last: date, shortest: int = 14, longest: int = 120) -> tuple[date, date] | None:
        """Return two days within a span, so many days apart; None where there is no room."""
        room = (last - first).days
        if room < shortest:
            return None
        length = self.draw.number(shortest, min(longest, room))
        start = self.draw.day(first, last - timedelta(days=length))
        return start, later(start, length)


Maker = Callable[[Target], Node | None]
"""Makes the content of an event for a record; None where the record cannot have it. Attributes that say whether a form
is wanted are added later."""
