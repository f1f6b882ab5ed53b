"""Sets a case up: what SEVIS knew before, who sends, and the record that is sent."""

import copy
import functools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from lxml import etree

from sevis_sim import resources
from sevis_sim.domain.document import REPEATED, Node, to_node
from sevis_sim.domain.organizations import Kind, Official, Organization
from sevis_sim.domain.outcomes import Finding
from sevis_sim.domain.records import ACTIVE, Dependent, Population, Record, Site
from sevis_sim.events.cases.model import Before, Changes, RuleCase, changed
from sevis_sim.events.context import Context, Switches
from sevis_sim.events.engine import Processed, Section, broken_rules, process
from sevis_sim.events.identity import identity
from sevis_sim.events.worlds import RecordsWorld

T = TypeVar("T")

TODAY = date(2026, 3, 6)
"""The day of a case that says nothing else."""

ORGANIZATIONS: Mapping[Kind, Organization] = {
    "school": Organization("ABC214F00012000", "school", officials=(Official("pdso000001", "PDSO"),)),
    "sponsor": Organization("P-1-12345", "sponsor", officials=(Official("roff000001", "RO"),)),
}
"""The school and the sponsor of the shipped default scenario, as far as rules look at them."""

BATCH = "BATCH000000009"
_EARLIER_BATCH = "BATCH000000001"
_FILES = ("students.xml", "exchange-visitors.xml")
_CREATE: dict[Population, Section] = {"student": "CreateStudent", "exchangeVisitor": "CreateEV"}
_UPDATE: dict[Population, Section] = {"student": "UpdateStudent", "exchangeVisitor": "UpdateEV"}
_PART = re.compile(r"(dependent|site|level) ([1-9]\d*)")
_FACT = "fact:"
_STORED = "stored:"


@dataclass(frozen=True, slots=True)
class Staged:
    """One side of a case, ready to be processed or written to files."""

    organization: Organization
    today: date
    switches: Switches
    records: tuple[Record, ...]
    """What SEVIS knows before the batch."""
    batch: tuple[tuple[Section, Node], ...]
    """The records of the file in their order. The last is the one that the case is about."""


@functools.cache
def bases() -> Mapping[str, Node]:
    """Return the good records of the shipped sample files by request ID. They are not to be changed."""
    found: dict[str, Node] = {}
    for name in _FILES:
        root = etree.parse(resources.folder("scenarios") / "files" / name).getroot()
        for record in root.iterfind("./*/*[@requestID]"):
            found[str(record.get("requestID"))] = to_node(record)
    return found


def stage(case: RuleCase, side: Changes) -> Staged:
    """Set one side of a case up.

    Args:
        case: the case.
        side: its ``breaks`` or ``near``.

    Raises:
        ValueError: the case does not fit its record: no such base, dependent or path, or what is said to have
            happened before fails.

    """
    changes = {**case.given, **side}
    try:
        return _staged(case, changes)
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"{case.place}: {case.name} does not fit its record: {error!r}") from error


def played(case: RuleCase, side: Changes) -> Processed:
    """Process one side of a case. Raises ValueError as `stage` does."""
    return _last(stage(case, side), process)


def findings(staged: Staged) -> tuple[Finding, ...]:
    """Return every rule that the last record of a batch breaks; SEVIS reports the first."""
    return _last(staged, broken_rules)


def _last(staged: Staged, judge: Callable[[Section, Node, Context], T]) -> T:
    """Process the records of a batch and return what is made of the last one.

    Raises:
        ValueError: one before it fails.

    """
    world = _world(staged.organization, BATCH, staged.records)
    *earlier, (section, node) = staged.batch
    for position, (before, other) in enumerate(earlier, start=1):
        done = process(before, other, _context(world, staged, position))
        if done.record is None:
            raise ValueError(f"record {position} of the batch fails: {done.outcome.message}")
        world.keep(done.record, identity(done.record.population, done.record.data))
    return judge(section, node, _context(world, staged, len(staged.batch)))


def _staged(case: RuleCase, changes: Changes) -> Staged:
    own: Kind = "sponsor" if case.population == "exchangeVisitor" else "school"
    home = ORGANIZATIONS[own]
    organization = replace(ORGANIZATIONS[changes.get("organization", own)], **_part(changes, "organization:"))
    today = changes.get("today", TODAY)
    switches = Switches(**_part(changes, "switch:"))
    plain = {key: new for key, new in changes.items() if ":" not in key and key not in _ALONE}
    records = [_created(home, name, case) for name in changes.get("known", ())]
    earlier = [(_CREATE[case.population], bases()[name]) for name in changes.get("earlier", ())]
    if not case.event:
        record = changed(bases()[case.base], plain)
        return Staged(organization, today, switches, tuple(records), (*earlier, (_CREATE[case.population], record)))
    stored = _created(home, case.base, case)
    stored.status = ACTIVE
    for dependent in stored.dependents:
        dependent.status = ACTIVE
    for each in case.before:
        stored = _after(stored, each, home, today, case)
    _change(stored, changes)
    stored.settle()  # as the store keeps it
    node = _update(case.event, changed(case.sends, plain), stored, organization.officials[0].id)
    node = changed(node, _part(changes, "record:"))
    return Staged(organization, today, switches, (stored, *records), (*earlier, (_UPDATE[case.population], node)))


_ALONE = frozenset({"today", "status", "known", "earlier", "organization"})


def _part(changes: Changes, prefix: str) -> dict[str, Any]:
    return {key.removeprefix(prefix): new for key, new in changes.items() if key.startswith(prefix)}


def _created(home: Organization, name: str, case: RuleCase) -> Record:
    """Return a good record as a batch of earlier days left it."""
    world = _world(home, _EARLIER_BATCH, ())
    past = Staged(home, TODAY, Switches(), (), ())
    done = process(_CREATE[case.population], bases()[name], _context(world, past, _number(name), _EARLIER_BATCH))
    return _stored(done, case)


def _after(stored: Record, entry: Before, home: Organization, today: date, case: RuleCase) -> Record:
    """Return a record after something that happened to it."""
    if not entry.event:
        _change(stored, entry.changes)
        return stored
    node = _update(entry.event, entry.sends, stored, home.officials[0].id)
    world = _world(home, _EARLIER_BATCH, (stored,))
    past = Staged(home, entry.changes.get("today", today), Switches(), (), ())
    context = _context(world, past, len(stored.history) + 1000, _EARLIER_BATCH)
    return _stored(process(_UPDATE[case.population], node, context), case)


def _stored(done: Processed, case: RuleCase) -> Record:
    if done.record is None:
        code = done.outcome.finding.code if done.outcome.finding else ""
        raise ValueError(f"{case.place}: before {case.name}, {done.outcome.event} fails: {code} {done.outcome.message}")
    return done.record.copy()


def _change(record: Record, changes: Changes) -> None:
    """Make the changes of a case that are about the stored record."""
    if "status" in changes:
        record.status = changes["status"]
        for dependent in record.dependents:
            dependent.status = record.status
    record.data = changed(record.data, _part(changes, _STORED))
    record.facts = changed(record.facts, _part(changes, _FACT))
    for key, new in changes.items():
        whose, _, path = key.partition(":")
        found = _PART.fullmatch(whose)
        if found is not None:
            _change_part(record, found[1], int(found[2]), path, new)


def _change_part(record: Record, kind: str, number: int, path: str, new: Any) -> None:
    """Change a dependent, a site or an education level of a stored record."""
    owner: Record | Dependent | Site
    shown = record.level
    if kind == "level":
        record.show(number)
        owner = record
    else:
        owner = record.sites[number - 1] if kind == "site" else record.dependents[number - 1]
    if path == "status" and not isinstance(owner, Site):
        owner.status = new
    elif path.startswith(_FACT) and not isinstance(owner, Site):
        owner.facts = changed(owner.facts, {path.removeprefix(_FACT): new})
    else:
        owner.data = changed(owner.data, {path: new})
    record.show(shown)


def _update(event: str, sends: Node, stored: Record, user: str) -> Node:
    """Return the node of an update record."""
    node: Node = {"@sevisID": stored.sevis_id, "@requestID": "UPD-1", "@userID": user}
    body = _referred(copy.deepcopy(sends), lambda text: _reference(text, stored)) or ""
    group, _, inner = event.partition("/")
    if inner:
        body = {inner: body}
        node[group] = [body] if group in REPEATED else body
    else:
        node[group] = body
    return node


def _reference(text: str, stored: Record) -> str:
    if text.startswith(_STORED):
        path = text.removeprefix(_STORED)
        place: Any = stored.data
        for step in path.split("/"):
            place = place[int(step) - 1] if isinstance(place, list) else place[step]
        return str(place)
    found = _PART.fullmatch(text)
    if found is None or found[1] == "level":
        return text
    number = int(found[2]) - 1
    return stored.sites[number].site_id if found[1] == "site" else stored.dependents[number].sevis_id


def _referred(node: Any, told: Callable[[str], str]) -> Any:
    """Put ids in place of what refers to them."""
    if isinstance(node, Mapping):
        return {name: _referred(inner, told) for name, inner in node.items()}
    if isinstance(node, list):
        return [_referred(inner, told) for inner in node]
    return told(node) if isinstance(node, str) else node


def _number(name: str) -> int:
    """Return the place of a good record in its file, so that two of them get different ids."""
    return list(bases()).index(name) + 1


def _world(organization: Organization, batch_id: str, records: Iterable[Record]) -> RecordsWorld:
    return RecordsWorld(organization.id, batch_id, records, lambda known: identity(known.population, known.data))


def _context(world: RecordsWorld, staged: Staged, position: int, batch_id: str = BATCH) -> Context:
    day = staged.today
    instant = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return Context(world, staged.organization, instant, day, batch_id, position, staged.switches)
