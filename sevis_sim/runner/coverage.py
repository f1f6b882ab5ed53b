"""What scenarios exercise of all that there is, what they leave out, and which others would close the gap."""

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sevis_sim.runner.outcome import ScenarioOutcome, Seen
from sevis_sim.runner.seen import WINDOWS

KINDS: Mapping[str, str] = {
    "dispositions": "codes that answer uploads and downloads, and codes of processing",
    "codes": "codes that records fail with",
    "events": "creates and updates that are sent",
    "faults": "what goes wrong on purpose, by place",
    "jobs": "jobs of the calendar that change a record",
    "windows": "times of the service at which something is sent",
    "branches": "elements of the two upload schemas that are sent",
}
"""What is looked at."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What some scenarios exercise, by kind of `KINDS`."""

    covered: Mapping[str, frozenset[str]]
    missing: Mapping[str, frozenset[str]]

    @property
    def gap(self) -> frozenset[tuple[str, str]]:
        """Everything that is missing, each with its kind."""
        return frozenset((kind, item) for kind, items in self.missing.items() for item in items)


def coverage(outcomes: Iterable[ScenarioOutcome]) -> Coverage:
    """Return what scenarios that were played, and looked at, exercise."""
    seen = [outcome.seen for outcome in outcomes]
    there = universe()
    covered = {kind: frozenset().union(*(items_of(each, kind) for each in seen)) & there[kind] for kind in KINDS}
    return Coverage(covered, {kind: there[kind] - covered[kind] for kind in KINDS})


def items_of(seen: Seen, kind: str) -> frozenset[str]:
    """Return what was seen of a kind."""
    found: frozenset[str] = getattr(seen, kind)
    return found


def closing(gap: frozenset[tuple[str, str]], candidates: Sequence[ScenarioOutcome]) -> list[ScenarioOutcome]:
    """Return few scenarios that close as much of a gap as all candidates together, the most helpful first.

    The choice is greedy: whichever closes most of what is left comes next, and in the end those are left out whose
    share others have closed meanwhile. The true minimum may be one or two shorter.
    """
    offers = [(outcome, gap & _all(outcome.seen)) for outcome in candidates]
    chosen: list[tuple[ScenarioOutcome, frozenset[tuple[str, str]]]] = []
    left = gap
    while True:
        best = max(offers, key=lambda offer: len(offer[1] & left), default=None)
        if best is None or not best[1] & left:
            break
        chosen.append(best)
        left -= best[1]
    for each in reversed(chosen[:]):
        others = frozenset().union(*(offer[1] for offer in chosen if offer is not each))
        if each[1] <= others:
            chosen.remove(each)
    return [outcome for outcome, _ in chosen]


def closable_by_code(codes: Iterable[str]) -> list[str]:
    """Return those codes of records for which ``sevis-sim generate for-code`` makes a batch, in their order."""
    from sevis_sim.codes import catalogue

    known = catalogue.entries()
    return sorted(code for code in codes if code in known and known[code].population != "transport")


def _all(seen: Seen) -> frozenset[tuple[str, str]]:
    return frozenset((kind, item) for kind in KINDS for item in items_of(seen, kind))


@functools.cache
def universe() -> Mapping[str, frozenset[str]]:
    """Return all that scenarios could exercise, by kind."""
    from sevis_sim.codes import catalogue
    from sevis_sim.codes.meaning import meaning
    from sevis_sim.domain.life_cycle import shipped
    from sevis_sim.events.registry import events
    from sevis_sim.mischief import VOCABULARY

    entries = catalogue.entries().values()
    sections = {"student": "UpdateStudent", "exchangeVisitor": "UpdateEV"}
    return {
        "dispositions": frozenset(e.code for e in entries if e.population == "transport" and meaning(e.code).places),
        "codes": frozenset(e.code for e in entries if e.population != "transport" and meaning(e.code).events),
        "events": frozenset(
            path if path.startswith("Create") else f"{sections[population]}/{path}" for population, path in events()
        ),
        "faults": frozenset(f"{place}:{kind.name}" for place, kinds in VOCABULARY.places.items() for kind in kinds),
        "jobs": frozenset(shipped().jobs),
        "windows": frozenset(WINDOWS),
        "branches": schema_branches(),
    }


@functools.cache
def schema_branches() -> frozenset[str]:
    """Return the paths of all elements that the two upload schemas declare, those of derived types included."""
    from sevis_sim.schemas import release
    from sevis_sim.schemas.samples import load

    known = release()
    found: set[str] = set()
    for root in ("SEVISBatchCreateUpdateStudent", "SEVISBatchCreateUpdateEV"):
        schema = load(known.folder / known.documents[root])
        _walk(schema, schema.elements[root], root, found, ())
    return frozenset(found)


def _walk(schema: Any, element: Any, path: str, found: set[str], above: tuple[Any, ...]) -> None:
    found.add(path)
    if element.type in above or not element.type.is_complex() or element.type.has_simple_content():
        return
    derived = [each for each in schema.maps.types.values() if each is not element.type and _extends(each, element.type)]
    for kind in (element.type, *derived):
        for child in kind.content.iter_elements():
            if child.local_name:
                _walk(schema, child, f"{path}/{child.local_name}", found, (*above, element.type))


def _extends(kind: Any, base: Any) -> bool:
    return bool(base.name) and getattr(kind, "base_type", None) is base and kind.is_complex()
