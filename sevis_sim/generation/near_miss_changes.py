"""The changes that make near misses: what of a good document is changed, and where it is wrong then."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from sevis_sim.generation.near_miss_bases import Base, Builder, Choice, Spot
from sevis_sim.schemas.declarations import XSI

_NIL, _TYPE = f"{{{XSI}}}nil", f"{{{XSI}}}type"
_UNKNOWN = "Unknown"

Place = tuple[etree._Element, str]
"""An element, and the attribute of it that is meant; blank for none."""


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that the schema forbids at one place."""

    path: str
    """Of the element or attribute, as in `sevis_sim.schemas.tree.Node`."""
    facet: str
    """``maxLength``, ``minOccurs``, ``order``, ``choice-none``, ``unknown-child``…"""
    allowed: str
    """In words."""
    limit: str = ""
    """As the schema writes it; blank where it writes none."""

    @property
    def name(self) -> str:
        """Folder and file name without its ending.

        Not one long file name: an upload whose file name has more than 30 characters is refused for that (S0011).
        """
        steps = self.path.split("/")
        folder = ".".join(steps[1:] or steps).replace("[", "-").replace("]", "")
        return f"{folder}/{self.facet}"


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done to a copy of a base."""

    target: Target
    element: etree._Element
    """Of the base."""
    apply: Callable[[etree._Element], list[Place]]
    """Takes the element's twin in the copy, changes it, and returns where it is wrong then. Of several places it is
    wrong at one, which one is up to the order in which a document is read."""
    key: tuple[Any, ...]
    """Tells what of the schema it breaks, wherever that is used."""
    also: tuple[str, ...] = ()
    """Other facets of the same type that the value cannot but break too."""


@dataclass(frozen=True, slots=True)
class Unbroken:
    """A facet that no document breaks, and the reason."""

    target: Target
    reason: str
    key: tuple[Any, ...]


def changes(base: Base, builder: Builder) -> Iterator[Change | Unbroken]:
    """Yield everything that can be broken in a base, in the order of the document."""
    spots = {spot.element: spot for spot in base.spots}
    for spot in base.spots:
        yield from _root(spot) if spot.element is base.root else _occurrence(spot, spots, builder)
        yield from _inside(spot)
        yield from _attributes(spot, builder)
        if spot.text_type is not None:
            yield from _values(spot.element, spot.path, spot.text_type, builder, _set_text)
    for choice in base.choices:
        yield from _choice(choice, builder)


def _root(spot: Spot) -> Iterator[Change]:
    def rename(element: etree._Element) -> list[Place]:
        element.tag = _UNKNOWN
        return [(element, "")]

    def move(element: etree._Element) -> list[Place]:
        element.tag = f"{{urn:unknown}}{element.tag}"
        return [(element, "")]

    allowed = f"the root element {spot.declared.local_name}, in no namespace"
    for facet, apply in (("root-name", rename), ("root-namespace", move)):
        yield Change(Target(spot.path, facet, allowed), spot.element, apply, (facet,))


def _occurrence(spot: Spot, spots: dict[etree._Element, Spot], builder: Builder) -> Iterator[Change]:
    declared, key = spot.declared, id(spot.declared)
    name, most = declared.local_name, declared.max_occurs
    path = spot.element_path
    if spot.required:
        allowed = "once" if declared.min_occurs == most == 1 else f"at least {declared.min_occurs} of them"
        target = Target(path, "minOccurs", allowed, str(declared.min_occurs))
        yield Change(target, spot.element, _remove, (key, "minOccurs"))
    if most is not None:

        def repeat(element: etree._Element) -> list[Place]:
            one = element if most == 1 else builder.lean(spot)
            for _ in range(most):
                element.addnext(copy.deepcopy(one))
            last = list(element.itersiblings(str(element.tag)))[most - 1]
            if most > 1:
                parent = element.getparent()
                assert parent is not None  # noqa: S101 - it is no root
                parent.replace(element, copy.deepcopy(one))
            return [(last, "")]

        target = Target(path, "maxOccurs", f"at most {most} {name}", str(most))
        yield Change(target, spot.element, repeat, (key, "maxOccurs"))
    before = spot.element.getprevious()
    if before is not None and spots[before].declared is not declared:

        def move(element: etree._Element) -> list[Place]:
            earlier = element.getprevious()
            assert earlier is not None  # noqa: S101 - as in the base
            earlier.addprevious(element)
            return [(element, ""), (earlier, "")]

        target = Target(path, "order", f"{name} after {spots[before].declared.local_name}")
        yield Change(target, spot.element, move, (key, "order"))


def _remove(element: etree._Element) -> list[Place]:
    parent, after = element.getparent(), element.getnext()
    assert parent is not None  # noqa: S101 - it is no root
    parent.remove(element)
    return [(parent if after is None else after, "")]


def _inside(spot: Spot) -> Iterator[Change]:
    name, key, path = spot.declared.local_name, id(spot.declared), spot.path

    def grow(element: etree._Element) -> list[Place]:
        child = etree.SubElement(element, _UNKNOWN)
        return [(element if spot.text_type is not None else child, "")]

    def speak(element: etree._Element) -> list[Place]:
        element.text = "stray"
        return [(element, "")]

    def attribute(element: etree._Element) -> list[Place]:
        element.set("unknown", "x")
        return [(element, "unknown")]

    def nil(element: etree._Element) -> list[Place]:
        element.set(_NIL, "true")
        return [(element, "")]

    def retype(element: etree._Element) -> list[Place]:
        element.set(_TYPE, _UNKNOWN)
        return [(element, "")]

    def untype(element: etree._Element) -> list[Place]:
        del element.attrib[_TYPE]
        return [(element, "")]

    only = "no elements in it" if spot.text_type is not None else "only the elements that the schema names"
    if not spot.is_open:
        yield Change(Target(path, "unknown-child", only), spot.element, grow, (key, "unknown-child"))
        known = Target(path, "unknown-attribute", "only the attributes that the schema names")
        yield Change(known, spot.element, attribute, (key, "unknown-attribute"))
    if spot.text_type is None and not spot.is_open:
        yield Change(Target(path, "text", "no text in it"), spot.element, speak, (key, "text"))
    nillable = bool(spot.declared.nillable)
    target = (
        Target(path, "nil-filled", "nothing in it with xsi:nil") if nillable else Target(path, "nillable", "no nil")
    )
    yield Change(target, spot.element, nil, (key, target.facet))
    named = spot.declared.type.is_complex() and spot.declared.type.abstract
    types = "one of the types that the schema names" if named else f"no xsi:type, or that of {name} itself"
    yield Change(Target(path, "xsi-type", types), spot.element, retype, (key, "xsi-type"))
    if named:
        yield Change(Target(path, "xsi-type-missing", types), spot.element, untype, (key, "xsi-type-missing"))


def _attributes(spot: Spot, builder: Builder) -> Iterator[Change | Unbroken]:
    if not spot.kind.is_complex():
        return
    for name, attribute in spot.kind.attributes.items():
        if not name or attribute.use == "prohibited":
            continue
        path = f"{spot.path}/@{name}"
        if attribute.use == "required":

            def drop(element: etree._Element, name: str = name) -> list[Place]:
                del element.attrib[name]
                return [(element, "")]

            yield Change(Target(path, "required", "required"), spot.element, drop, (id(attribute), "required"))

        def put(element: etree._Element, value: str, name: str = name) -> list[Place]:
            element.set(name, value)
            return [(element, name)]

        yield from _values(spot.element, path, attribute.type, builder, put)


def _set_text(element: etree._Element, value: str) -> list[Place]:
    element.text = value
    return [(element, "")]


def _values(
    element: etree._Element,
    path: str,
    kind: Any,
    builder: Builder,
    put: Callable[[etree._Element, str], list[Place]],
) -> Iterator[Change | Unbroken]:
    for broken in builder.broken(kind):
        target = Target(path, broken.facet.name, broken.facet.allowed, broken.facet.limit)
        if broken.value is None:
            yield Unbroken(target, broken.why_not, broken.facet.component)
            continue

        def apply(twin: etree._Element, value: str = broken.value) -> list[Place]:
            return put(twin, value)

        yield Change(target, element, apply, broken.facet.component, broken.also)


def _choice(choice: Choice, builder: Builder) -> Iterator[Change]:
    if not choice.elements:
        return
    prefix = f"choice{choice.number if choice.number > 1 else ''}"
    names = [builder.names(member) for member in choice.group]
    words = " or ".join(each[0] for each in names if each)
    count = len(choice.elements)

    def twins(first: etree._Element) -> list[etree._Element]:
        return [first, *first.itersiblings()][:count]

    def none(first: etree._Element) -> list[Place]:
        place: list[Place] = []
        for each in twins(first):
            place = _remove(each)
        return place

    def both(first: etree._Element) -> list[Place]:
        other = 0 if choice.taken else 1
        added = builder.alternative(choice, other)
        at = twins(first)[-1]
        for each in reversed(added):
            at.addnext(each)
        return [(added[0], "")]

    first, key = choice.elements[0], id(choice.group)
    if choice.group.min_occurs and not any(member.is_emptiable() for member in choice.group):
        target = Target(choice.path, f"{prefix}-none", f"one of {words}")
        yield Change(target, first, none, (key, "none"))
    if choice.group.max_occurs == 1:
        target = Target(choice.path, f"{prefix}-both", f"only one of {words}")
        yield Change(target, first, both, (key, "both"))
