"""Updates for records that SEVIS knows: which events, in which order, with values that pass their rules.

What an event may say hangs on the record as earlier updates of the batch leave it. Each update is therefore tried on a
world of its own (`events.process`) before it is kept; one that breaks a rule is drawn anew a few times, and then left
out with the code that it broke.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time

from sevis_sim import events
from sevis_sim.clock import Calendar
from sevis_sim.domain.document import Node
from sevis_sim.domain.organizations import Organization
from sevis_sim.domain.records import ACTIVE, INITIAL, Population, Record
from sevis_sim.events.declare import Event
from sevis_sim.events.registry import UPDATES
from sevis_sim.events.registry import events as declared
from sevis_sim.generation import sampled, student_updates, student_work, visitor_updates
from sevis_sim.generation.batches import LIMIT, Batch, Sender, batch_ids
from sevis_sim.generation.draw import Draw, Profile
from sevis_sim.generation.markup import document
from sevis_sim.generation.target import Maker, Target
from sevis_sim.schemas import Release, release

_SECTIONS: dict[Population, events.Section] = {"student": "UpdateStudent", "exchangeVisitor": "UpdateEV"}
_MAKERS: dict[Population, dict[str, Maker]] = {
    "student": student_updates.MAKERS | student_work.MAKERS,
    "exchangeVisitor": visitor_updates.MAKERS,
}
_TRIES = 40
_SAME, _NOTHING = 8, 4
"""After so many tries in a row that end in the same code, or find nothing in the record, others will too."""

_LAST = (
    "Program/Shorten",
    "EducationLevel/Change",
    "EducationLevel/Cancel",
    "Dependent/Cancel",
    "Dependent/Terminate",
    "Dependent/Reactivate",
)
"""Events after which others are not possible any more; they come late, in this order."""
_BEGIN = ("Registration", "Validate")
_ENDINGS: dict[str, tuple[tuple[str, ...], ...]] = {
    INITIAL: (
        _BEGIN,
        ("Status/Cancel", "Status/NoShow", *_BEGIN),
        _BEGIN,
        ("Status/Terminate", "Status/Invalid", *_BEGIN),
    ),
    ACTIVE: (("Status/Terminate",), (), ("Status/Complete", "Status/Terminate"), ()),
}
"""Events that end a status. The records of a status take these lines in turn; each gets the first event of its line
that it can have, so that some Active records stay Active."""
_LATEST = tuple(dict.fromkeys(path for lines in _ENDINGS.values() for line in lines for path in line))
_STATUS_CODES = ("INITIAL", "ACTIVE")


@dataclass(frozen=True, slots=True)
class UpdatesMaking:
    """What is to be made."""

    organization: Organization
    records: Sequence[Record]
    seed: int
    today: date
    """The Eastern day on which the batch is processed."""
    profile: Profile
    sender: Sender
    events: Sequence[str] = ()
    """Paths of the events wanted, in their order; empty: all that are possible for a record's status."""
    most: int | None = None
    """Most updates to make; None: all."""
    forms: bool = True
    """Whether forms are asked for."""


@dataclass(slots=True)
class Outcome:
    """What became of the events asked for, filled while the batches are made."""

    made: dict[str, int] = field(default_factory=dict)
    """Number of updates by the path of their event."""
    refused: dict[str, str] = field(default_factory=dict)
    """Why an event was left out for some record, by its path: code and message, or that it has nothing to act on."""


def population_of(organization: Organization) -> Population:
    """Return whose records an organization has."""
    return "student" if organization.kind == "school" else "exchangeVisitor"


def registered(population: Population) -> list[str]:
    """Return the paths of the update events that are processed, in the order in which they can follow each other."""
    known = [path for path in UPDATES[population] if (population, path) in declared()]
    late = [*_LAST, *_LATEST]

    def stage(path: str) -> int:
        if path in late:
            return late.index(path) + 1
        return 0 if path.rpartition("/")[2].startswith("Cancel") else -1

    return sorted(known, key=stage)


def updates(making: UpdatesMaking, outcome: Outcome, advanced: Callable[[int], None] | None = None) -> Iterator[Batch]:
    """Yield batches of updates, at most 250 in each; all updates of a record are in one.

    Args:
        making: what is to be made.
        outcome: is told what was made and what not.
        advanced: told after each record how many are done.

    Raises:
        batches.BatchIdError: the sender's batch ID cannot be used.

    """
    whose = population_of(making.organization)
    files = list(_packed(_Maker(making, outcome).nodes(advanced)))
    place = (_SECTIONS[whose], making.seed, making.today, making.profile, making.sender.org_id, making.most)
    total = sum(map(len, files))
    ids = batch_ids(making.sender.batch_id, len(files), (*place, *making.events, total))
    for batch_id, nodes in zip(ids, files, strict=True):
        sections: dict[str, list[Node]] = {_SECTIONS[whose]: nodes}
        xml = document(whose, batch_id, making.sender.org_id, making.sender.user_id, sections)
        yield Batch(batch_id, len(nodes), xml)


def _packed(nodes: Iterator[Node]) -> Iterator[list[Node]]:
    """Yield the updates of one file after the other.

    All updates of a record stand in one file, so that the files do not depend on each other.
    """
    file: list[Node] = []
    for _, group in itertools.groupby(nodes, key=lambda node: str(node["@sevisID"])):
        of_record = list(group)
        if file and len(file) + len(of_record) > LIMIT:
            yield file
            file = []
        file += of_record
        while len(file) > LIMIT:  # more events of one record than a file can hold were asked for
            yield file[:LIMIT]
            file = file[LIMIT:]
    if file:
        yield file


class _Maker:
    """Makes updates for the records of one organization, one after the other."""

    def __init__(self, making: UpdatesMaking, outcome: Outcome) -> None:
        self._making = making
        self._outcome = outcome
        self._turns: Counter[str] = Counter()
        self._whose = population_of(making.organization)
        self._schemas: Release = release()
        self._instant = Calendar().at(making.today, time(12))
        self._world = events.RecordsWorld(
            making.organization.id,
            making.sender.batch_id or "",
            making.records,
            lambda known: events.identity(known.population, known.data),
        )

    def nodes(self, advanced: Callable[[int], None] | None) -> Iterator[Node]:
        """Yield update elements."""
        made = 0
        mine = [record for record in self._making.records if record.org_id == self._making.organization.id]
        for number, record in enumerate(mine, start=1):
            known = frozenset(one.sevis_id for one in record.dependents)
            ended = False
            for path in self._plan(record):
                if made == self._making.most:
                    return
                if ended:
                    break
                node = self._update(record.sevis_id, path, known, made + 1)
                if node is not None:
                    made += 1
                    self._outcome.made[path] = self._outcome.made.get(path, 0) + 1
                    ended = path in self._ends(record) and not self._making.events
                    yield node
            if advanced is not None:
                advanced(number)

    def _plan(self, record: Record) -> list[str]:
        """Return the events to try for a record, in order."""
        if self._making.events:
            return list(self._making.events)
        possible = [path for path in registered(self._whose) if record.status in (self._event(path).statuses or ())]
        lines = _ENDINGS.get(record.status, ((),))
        endings = self._ends(record)
        turn = self._turns[record.status] % len(lines)
        self._turns[record.status] += 1
        return [path for path in possible if path not in endings] + [path for path in lines[turn] if path in possible]

    def _ends(self, record: Record) -> set[str]:
        """Return the events that end a record's status."""
        return {path for line in _ENDINGS.get(record.status, ()) for path in line}

    def _event(self, path: str) -> Event:
        return declared()[self._whose, path]

    def _update(self, sevis_id: str, path: str, known: frozenset[str], number: int) -> Node | None:
        """Return an update that passes all rules, and keep its effect; None if none was found."""
        making = self._making
        reasons: list[str] = []
        for attempt in range(_TRIES):
            record = self._world.record(self._whose, sevis_id)
            if record is None:
                return None
            draw = Draw(making.profile, making.seed, "update", sevis_id, path, number, attempt)
            target = Target(draw, record, making.today, making.sender.user_id, known)
            content = self._content(target, path)
            if content is None:
                reasons.append("there is nothing in the record that it could be about")
            else:
                node = self._wrapped(target, path, content, number)
                finding = self._tried(node, number)
                if finding is None:
                    return node
                reasons.append(finding)
            if len(set(reasons[-_SAME:])) == 1 and len(reasons) >= (_NOTHING if content is None else _SAME):
                break
        self._outcome.refused[path] = reasons[-1]
        return None

    def _tried(self, node: Node, number: int) -> str | None:
        """Apply an update, and keep its effect; returns the message of a rule that it breaks."""
        making = self._making
        context = events.Context(
            self._world, making.organization, self._instant, making.today, making.sender.batch_id or "", number
        )
        processed = events.process(_SECTIONS[self._whose], node, context)
        if processed.record is not None:
            self._world.keep(processed.record, events.identity(self._whose, processed.record.data))
            return None
        code = processed.outcome.finding.code if processed.outcome.finding else ""
        return f"{code}: {processed.outcome.message}"

    def _content(self, target: Target, path: str) -> Node | None:
        """Return the content of the event, by its maker or else by the schema."""
        maker = _MAKERS[self._whose].get(path)
        asks = {"@printForm": "true" if self._making.forms else "false"}
        if maker is not None:
            content = maker(target)
            return asks | content if content is not None and self._event(path).prints == "attribute" else content
        content = sampled.sampled(target.draw, self._schemas, self._whose, path)
        content |= asks if "@printForm" in content else {}
        if "@dependentSevisID" in content:
            some = target.dependents()
            if not some:
                return None
            content["@dependentSevisID"] = target.draw.one(some).sevis_id
        return content

    def _wrapped(self, target: Target, path: str, content: Node, number: int) -> Node:
        """Return the record element around an event's content."""
        draw = target.draw
        node: Node = {
            "@sevisID": target.record.sevis_id,
            "@requestID": f"U{number:06}",
            "@userID": self._making.sender.user_id,
        }
        if target.record.status in _STATUS_CODES and (target.record.levels or draw.adds(0.05)):
            node["@statusCode"] = target.record.status
        if draw.adds(0.4):
            node["UserDefinedA"] = f"U{draw.digits(8)}"
        if draw.adds(0.2):
            node["UserDefinedB"] = f"{target.today:%Y%m%d}-{draw.digits(4)}"
        group, _, event = path.rpartition("/")
        if not group:
            return node | {event: content}
        inner: Node = {}
        if group == "Dependent" and draw.adds(0.3):
            inner["UserDefinedA"] = f"D{draw.digits(8)}"
            if draw.adds(0.5):
                inner["UserDefinedB"] = f"FAMILY-{draw.digits(4)}"
        return node | {group: inner | {event: content}}
