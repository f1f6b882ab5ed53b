"""Stretches of time that a record holds - employments and reduced course loads - and the rules that they share.

They stand in lists under the names of their events, ``CPTEmployment``, ``OPTEmployment``, ``OffCampusEmployment`` and
``AuthDropBelowFC``, each with a ``Status``. A cancelled one stays where it is, so that places in the list keep their
meaning; no event finds it again. Practical training and off-campus employment are adjudicated (``requests``); CPT and
reduced course loads are the school's own authority and approved at once.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sevis_sim.domain.document import Node, children, day, present, value
from sevis_sim.domain.records import Record
from sevis_sim.events.changes import content
from sevis_sim.events.declare import Broken, Case, Rule, broken, rule
from sevis_sim.events.student import education, requests

EMPLOYMENTS = ("CPTEmployment", "OPTEmployment", "OffCampusEmployment")
FULL_TIME = "01"
PART_TIME = "02"
_DATES = ("StartDate", "EndDate")


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch of time as the record holds it."""

    kind: str
    """Name of its list."""
    number: int
    """Place in the list, from 0."""
    node: Node
    """The stored element itself."""

    @property
    def status(self) -> str:
        """Its status; one that a scenario left out is REQUESTED for what is adjudicated, APPROVED for the rest."""
        default = requests.REQUESTED if self.kind in requests.KINDS else requests.APPROVED
        return value(self.node, requests.STATUS) or default

    @property
    def open(self) -> bool:
        """Whether it counts: neither cancelled nor denied nor withdrawn."""
        return self.status not in requests.ENDED

    @property
    def start(self) -> date | None:
        """First day: the approved one if the approval brought one, else the one asked for."""
        return day(self.node, requests.APPROVED_START) or day(self.node, "StartDate")

    @property
    def end(self) -> date | None:
        """Last day, likewise."""
        return day(self.node, requests.APPROVED_END) or day(self.node, "EndDate")

    def overlaps(self, other: "Segment") -> bool:
        """Tell whether the two have a day in common."""
        if self.start is None or self.end is None or other.start is None or other.end is None:
            return False
        return self.start <= other.end and other.start <= self.end


def segments(data: Node, *kinds: str) -> list[Segment]:
    """Return the segments of these kinds, ended ones too, in the order of their lists."""
    return [
        Segment(kind, number, node)
        for kind in kinds
        for number, node in enumerate(children(data, kind))
        if isinstance(node, dict)
    ]


def append(record: Record, kind: str, node: Node) -> None:
    """Add a segment to the record's list of this kind."""
    record.data[kind] = [*children(record.data, kind), node]


def same_day(one: Node, other: Node, name: str) -> bool:
    """Tell whether two elements have the same day at ``name``; XSD dates may carry a zone."""
    return day(one, name) is not None and day(one, name) == day(other, name)


@dataclass(frozen=True, slots=True)
class Family:
    """How events refer to the segments of one kind."""

    kind: str
    key: tuple[str, ...]
    """Elements that together name a segment; the dates among them first."""
    unknown: str
    """Code where no segment has the key."""
    renamed: Mapping[str, str]
    """Elements of an Edit that carry new values, and the stored ones that they replace."""

    def meant(self, case: Case, ended: bool = False) -> Segment | None:
        """Return the stored segment that the event's key names; with ``ended`` also one that counts no more."""
        found = [one for one in segments(case.before.data, self.kind) if self._has_key(case, one)]
        counting = [one for one in found if one.open]
        if counting or not ended:
            return counting[-1] if counting else None
        return found[-1] if found else None

    def result(self, case: Case) -> Segment | None:
        """Return the segment as the event leaves it: the one that an Add brings, else the one that is meant."""
        after = segments(case.after.data, self.kind)
        if case.declared.path.endswith("/Add"):
            return after[-1] if after else None
        before = self.meant(case, ended=True)
        return next((one for one in after if before and one.number == before.number), None)

    def _has_key(self, case: Case, segment: Segment) -> bool:
        others = all(value(segment.node, name) == value(case.event, name) for name in self.key if name not in _DATES)
        return others and has_dates(case, segment, case.event)


def has_dates(case: Case, segment: Segment, sent: Node) -> bool:
    """Tell whether StartDate and EndDate of an event name a segment (`Switches.employment_named_by`)."""
    by = case.context.switches.employment_named_by
    asked = all(same_day(segment.node, sent, name) for name in _DATES)
    approved = segment.start == day(sent, "StartDate") and segment.end == day(sent, "EndDate")
    return (asked and by != "approved") or (approved and by != "requested")


Concerned = Callable[[Case], Segment | None]


def at(case: Case, name: str) -> Broken:
    """Return that a value is wrong: the element that brings a new one, such as NewEndDate, if it was sent."""
    return broken(f"New{name}" if present(case.event, f"New{name}") else name)


def added(family: Family, status: str | None = None) -> Callable[[Record, Case], None]:
    """Return what an Add does: store the element, with this status, or without one file it as a request."""

    def apply(record: Record, case: Case) -> None:
        """Add what was sent to those that the record has."""
        node = content(case.event)
        if status is None:
            node = requests.filed(node, case.context.today)
        else:
            node[requests.STATUS] = status
        append(record, family.kind, node)

    return apply


def edited(family: Family) -> Callable[[Record, Case], None]:
    """Return what an Edit does: lay new values and whatever is no part of the key over the segment."""

    def apply(record: Record, case: Case) -> None:
        """Lay the new values over the one that the event names; dates that USCIS approved give way to new ones."""
        segment = family.meant(case, ended=True)
        if segment is None:
            return
        node = segments(record.data, family.kind)[segment.number].node
        for name, new in content(case.event, without=family.key).items():
            node[family.renamed.get(name, name)] = new
        for name, approved in zip(_DATES, (requests.APPROVED_START, requests.APPROVED_END), strict=True):
            if any(new in case.event for new, old in family.renamed.items() if old == name):
                node.pop(approved, None)

    return apply


def cancelled(family: Family) -> Callable[[Record, Case], None]:
    """Return what a Cancel does: the segment counts no more."""

    def apply(record: Record, case: Case) -> None:
        """Cancel the one that the event names: it stays in the record and counts no more."""
        segment = family.meant(case)
        if segment is not None:
            segments(record.data, family.kind)[segment.number].node[requests.STATUS] = requests.CANCELED

    return apply


@rule("S1056")
def only_f1(case: Case) -> Broken | None:
    """The event is not for M-1 students."""
    return broken() if education.visa(case) == education.M1 else None


def known(family: Family, ended: bool = False) -> Rule:
    """Return the rule that the segment which the key names exists."""

    def check(case: Case) -> Broken | None:
        """Nothing stored has the key that the event gives."""
        return None if family.meant(case, ended) else broken(family.key[0])

    return Rule(family.unknown, check)


def not_twice(family: Family) -> Rule:
    """Return S1071: the same segment is stored already and counts."""

    def check(case: Case) -> Broken | None:
        """The same is stored already and counts."""
        return broken(family.key[0]) if family.meant(case) else None

    return Rule("S1071", check)


def in_order(code: str, find: Concerned) -> Rule:
    """Return the rule that a segment starts before it ends."""

    def check(case: Case) -> Broken | None:
        """It starts on the day on which it ends, or later."""
        found = find(case)
        return at(case, "StartDate") if found and found.start and found.end and found.start >= found.end else None

    return Rule(code, check)


def sent_in_order(code: str) -> Rule:
    """Return the same rule for the dates that name a segment: they are read before it is looked for."""
    return in_order(code, lambda case: Segment("", 0, case.event))


def no_overlap(code: str, find: Concerned, kinds: Iterable[str]) -> Rule:
    """Return the rule that a segment has no day in common with another one, of these kinds, that counts."""
    among = tuple(kinds)

    def check(case: Case) -> Broken | None:
        """It has a day in common with another one that counts."""
        found = find(case)
        if found is None:
            return None
        others = (
            other
            for other in segments(case.after.data, *among)
            if other.open and (other.kind, other.number) != (found.kind, found.number)
        )
        return at(case, "StartDate") if any(found.overlaps(other) for other in others) else None

    return Rule(code, check)


def ends_within_program(code: str, find: Concerned) -> Rule:
    """Return the rule that a segment ends with the program at the latest."""

    def check(case: Case) -> Broken | None:
        """It ends after the program."""
        found, (_, last) = find(case), education.program_dates(case)
        return at(case, "EndDate") if found and found.end and last and found.end > last else None

    return Rule(code, check)


def starts_within_program(code: str, find: Concerned) -> Rule:
    """Return the rule that a segment starts with the program at the earliest."""

    def check(case: Case) -> Broken | None:
        """It starts before the program."""
        found, (first, _) = find(case), education.program_dates(case)
        return at(case, "StartDate") if found and found.start and first and found.start < first else None

    return Rule(code, check)


def before_start(code: str, family: Family) -> Rule:
    """Return the rule that a segment is cancelled by the day on which it starts."""

    def check(case: Case) -> Broken | None:
        """It started before the day of processing and cannot be cancelled any more."""
        found = family.meant(case)
        return broken("StartDate") if found and found.start and case.context.today > found.start else None

    return Rule(code, check)


def before_end(code: str, family: Family) -> Rule:
    """Return the rule that a segment is changed by the day on which it ends."""

    def check(case: Case) -> Broken | None:
        """It ended before the day of processing and cannot be changed any more."""
        found = family.meant(case)
        return broken("EndDate") if found and found.end and case.context.today > found.end else None

    return Rule(code, check)
