"""Good documents, between which every element of a schema stands once: what near misses are made from.

The first holds one alternative of each choice and everything optional; each further one holds alternatives that none
before it has. A document has one record, so that the difference to a near miss is easy to see.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from sevis_sim.generation.near_miss_values import Broken, broken_facets
from sevis_sim.schemas.declarations import XSI
from sevis_sim.schemas.samples import Sampler

_MOST_BASES = 500


@dataclass(frozen=True, slots=True)
class Spot:
    """One declared element at its place in a base."""

    path: str
    """As in `sevis_sim.schemas.tree.Node`."""
    element: etree._Element
    declared: Any
    """Particle of ``xmlschema``."""
    kind: Any
    """Its type; of an abstract one the type that ``xsi:type`` names."""
    required: bool
    """Whether its parent must hold it."""

    @property
    def element_path(self) -> str:
        """The path without the type that ``xsi:type`` names."""
        return self.path.partition("[")[0] if self.path.endswith("]") else self.path

    @property
    def is_open(self) -> bool:
        """Whether anything may stand in it."""
        return self.kind.is_complex() and bool(self.kind.mixed)

    @property
    def text_type(self) -> Any:
        """The simple type of its text; None for an element of elements."""
        if not self.kind.is_complex():
            return self.kind
        return self.kind.content if self.kind.has_simple_content() else None


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice at its place in a base, with what stands for it."""

    path: str
    """Of the parent."""
    number: int
    """Of the choice within the parent, from 1."""
    group: Any
    parent: etree._Element
    taken: int
    """Number of the alternative, from 0."""
    elements: tuple[etree._Element, ...]


@dataclass(slots=True)
class Base:
    """A good document, and what of the schema stands where in it."""

    root: etree._Element
    spots: list[Spot] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)


class Builder:
    """Makes the bases of one root element."""

    def __init__(self, schema: Any, root: str) -> None:
        """Prepare; ``schema`` is one of ``xmlschema``, as `sevis_sim.schemas.samples.load` returns it."""
        self.schema = schema
        self._declared = schema.elements[root]
        self._sampler = PlainSampler(schema, seed=1)
        self._seen: set[str] = set()
        self._known: dict[tuple[str, int], frozenset[str]] = {}
        self._base = Base(etree.Element("unused"))
        self._lean = False
        self._broken: dict[int, tuple[Broken, ...]] = {}

    def bases(self) -> Iterator[Base]:
        """Yield bases until every element stands in one of them."""
        wanted = self._paths(self._declared, "", ())
        for _ in range(_MOST_BASES):
            if wanted <= self._seen:
                return
            before = len(self._seen)
            self._base = Base(etree.Element("unused"))
            self._base.root = self._element(self._declared, "", (), True)
            if len(self._seen) == before:
                break
            yield self._base
        raise ValueError(f"no document found that holds {sorted(wanted - self._seen)[:3]}")

    def alternative(self, choice: Choice, number: int) -> list[etree._Element]:
        """Return elements that would stand for another alternative of a choice."""
        kept = self._base, self._seen
        self._base, self._seen = Base(etree.Element("unused")), set(kept[1])
        try:
            holder = etree.Element(choice.parent.tag)
            self._particle(choice.group[number], holder, choice.path, (), False)
            return list(holder)
        finally:
            self._base, self._seen = kept

    def lean(self, spot: Spot) -> etree._Element:
        """Return an element like that of a spot, with nothing optional in it."""
        kept = self._base, self._seen
        self._base, self._seen, self._lean = Base(etree.Element("unused")), set(), True
        try:
            return self._element(spot.declared, spot.path.rpartition("/")[0], (), True)
        finally:
            (self._base, self._seen), self._lean = kept, False

    def broken(self, kind: Any) -> tuple[Broken, ...]:
        """Return the facets of a simple type with what breaks them."""
        if id(kind) not in self._broken:
            self._broken[id(kind)] = tuple(broken_facets(kind, self.value))
        return self._broken[id(kind)]

    def names(self, particle: Any) -> list[str]:
        """Return the names of the elements that a particle may begin with or hold, without what is in them."""
        if not hasattr(particle, "model"):
            return [str(particle.local_name)] if particle.name is not None else []
        return [name for member in particle for name in self.names(member)]

    def value(self, kind: Any) -> str:
        """Return a text of a simple type, not an empty one where that can be had."""
        return self._sampler.filled(kind)

    def _element(self, declared: Any, above: str, within: tuple[Any, ...], required: bool) -> etree._Element:
        path = _join(above, declared.local_name)
        element = etree.Element(declared.name, nsmap=None if above else {"xsi": XSI})
        kind = declared.type
        inner = path
        if kind.is_complex():
            kind, inner = self._concrete(declared, path, within)
            if kind is not declared.type:
                element.set(f"{{{XSI}}}type", kind.local_name)
        self._seen |= {path, inner}
        self._base.spots.append(Spot(inner, element, declared, kind, required and declared.min_occurs > 0))
        if not kind.is_complex():
            element.text = self.value(kind)
            return element
        for name, attribute in kind.attributes.items():
            if name and attribute.use != "prohibited" and not (self._lean and attribute.use == "optional"):
                element.set(name, self.value(attribute.type))
        if kind.has_simple_content():
            element.text = self.value(kind.content)
        elif not any(kind is other for other in within):
            self._particle(kind.content, element, inner, (*within, kind), True)
        return element

    def _concrete(self, declared: Any, path: str, within: tuple[Any, ...]) -> tuple[Any, str]:
        """Return the type to be used and the path within it; of several the first with something new in it."""
        kind = declared.type
        if not kind.abstract:
            return kind, path
        named = [(other, f"{path}[{other.local_name}]") for other in derived(self.schema, kind)]
        fresh = (each for each in named if not self._paths_of_kind(each[0], each[1], within) <= self._seen)
        return next(fresh, named[0])

    def _particle(
        self, particle: Any, parent: etree._Element, path: str, within: tuple[Any, ...], required: bool
    ) -> None:
        """Append to the parent what stands for a particle. ``required``: whether the groups around it must stand."""
        if particle.max_occurs == 0 or (self._lean and particle.min_occurs == 0):
            return
        required = required and particle.min_occurs > 0
        if not hasattr(particle, "model"):
            if particle.name is not None and self._wanted(particle, path, within):
                for _ in range(max(1, particle.min_occurs)):
                    parent.append(self._element(particle, path, within, required))
        elif particle.model == "choice" and len(particle) > 1:
            members = list(particle)
            fresh = (n for n, each in enumerate(members) if not self._paths(each, path, within) <= self._seen)
            taken, before = next(fresh, 0), len(parent)
            self._particle(members[taken], parent, path, within, False)
            number = 1 + sum(each.parent is parent for each in self._base.choices)
            self._base.choices.append(Choice(path, number, particle, parent, taken, tuple(list(parent)[before:])))
        else:
            for member in particle:
                self._particle(member, parent, path, within, required)

    def _wanted(self, particle: Any, path: str, within: tuple[Any, ...]) -> bool:
        """Tell whether an element is to stand: of the sections of a document only one with something new in it."""
        is_section = "/" not in path and particle.min_occurs == 0
        return not is_section or not self._paths(particle, path, within) <= self._seen

    def _paths(self, particle: Any, above: str, within: tuple[Any, ...]) -> frozenset[str]:
        """Return the paths of all elements below and including a particle."""
        key = above, id(particle)
        if key not in self._known:
            self._known[key] = frozenset(self._walk(particle, above, within))
        return self._known[key]

    def _walk(self, particle: Any, above: str, within: tuple[Any, ...]) -> Iterator[str]:
        if hasattr(particle, "model"):
            for member in particle:
                yield from self._paths(member, above, within)
        elif particle.name is not None and particle.max_occurs != 0:
            path, kind = _join(above, particle.local_name), particle.type
            yield path
            if kind.is_complex():
                kinds = [(kind, path)]
                if kind.abstract:
                    kinds = [(other, f"{path}[{other.local_name}]") for other in derived(self.schema, kind)]
                for each, inner in kinds:
                    yield from self._paths_of_kind(each, inner, within)

    def _paths_of_kind(self, kind: Any, path: str, within: tuple[Any, ...]) -> frozenset[str]:
        if kind.has_simple_content() or any(kind is other for other in within):
            return frozenset({path})
        return self._paths(kind.content, path, (*within, kind)) | {path}


class PlainSampler(Sampler):
    """Makes texts that are easy to read: SAMPLE, as long as need be."""

    def filled(self, kind: Any) -> str:
        """Return a value, an empty one only where nothing else is found."""
        if not kind.enumeration:
            for plain in ("SAMPLE", "sample@example.org"):
                if kind.is_valid(plain):
                    return plain
        return next(filter(None, (self.value(kind) for _ in range(8))), "")

    def letters(self, low: int, high: int) -> str:
        """Return text of a length between the two."""
        size = min(high, max(low, 6))
        return "".join(itertools.islice(itertools.cycle("SAMPLE"), size))


def derived(schema: Any, kind: Any) -> list[Any]:
    """Return the types, by name, that ``xsi:type`` may name for an abstract one."""
    found = [
        other
        for other in schema.maps.types.values()
        if getattr(other, "name", None) and other.is_complex() and not other.abstract and other.is_derived(kind)
    ]
    return sorted(found, key=lambda each: str(each.local_name))


def _join(above: str, name: str) -> str:
    return f"{above}/{name}" if above else name
