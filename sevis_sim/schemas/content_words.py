"""The words for elements in the wrong place: what is missing, too many, in the wrong order, or unknown."""

import difflib
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from lxml import etree

from sevis_sim.schemas.value_words import either

_MOST_NAMES = 8

_Way = tuple[tuple[Any, int], ...]
"""From the outermost group to an element: each group, and the number of the member in it."""


def say(parent: etree._Element, child: etree._Element | None, expected: Sequence[str], kind: Any) -> tuple[str, str]:
    """Return what is wrong with the elements of a parent, and how to mend it.

    Args:
        parent: whose elements are not those that its type names, in that order.
        child: the first that does not fit; None where one is missing at the end.
        expected: names of what could stand there instead.
        kind: complex type of ``xmlschema`` of the parent; None where it is not known.

    """
    within = _local(parent)
    wanted = _listed(expected)
    if child is None:
        if not expected:
            return f"{within} is incomplete", ""
        return f"{within} lacks {wanted}", f"Add {_listed(expected, 3)} at the end of {within}."
    name = _local(child)
    ways = list(_ways(kind.content)) if kind is not None and not kind.has_simple_content() else []
    own = [way for known, way in ways if known == child.tag]
    if not own:
        return _unknown(name, within, expected, [_bare(known) for known, _ in ways])
    most = max((way[-1][0][way[-1][1]].max_occurs or 10**9 for way in own), default=1)
    same = list(parent.iterchildren(str(child.tag)))
    if same.index(child) >= most:
        times = "twice" if len(same) == 2 else f"{len(same)} times"
        allowed = "once is" if most == 1 else f"at most {most} are"
        return f"{name} stands {times} in {within}; {allowed} allowed", f"Remove what is too much of {name}."
    earlier = list(child.itersiblings(etree.Element, preceding=True))
    for other in earlier:
        order = _order(own, [way for known, way in ways if known == other.tag])
        if order == "alternatives":
            words = f"{name} cannot stand beside {_local(other)} in {within}; only one of the two is allowed"
            return words, f"Remove {name} or {_local(other)}."
    for other in reversed(earlier):
        if _order(own, [way for known, way in ways if known == other.tag]) == "before":
            words = f"{name} comes too late in {within}; it must stand before {_local(other)}"
            return words, f"Move {name} before {_local(other)}."
    later = {_local(each) for each in child.itersiblings(etree.Element)}
    late = next((each for each in expected if each in later), None)
    if late is not None:
        return f"{name} comes too early in {within}; {late} must stand before it", f"Move {late} before {name}."
    if expected:
        words = f"{within} lacks {wanted}, which must stand before {name}"
        return words, f"Add {_listed(expected, 3)} before {name}."
    return f"{name} is not expected here in {within}", "Remove it."


def names(group: Any) -> list[str]:
    """Return the names of the elements in a group, in order."""
    return [_bare(name) for name, _ in _ways(group)]


def _unknown(name: str, within: str, expected: Sequence[str], known: Sequence[str]) -> tuple[str, str]:
    close = difflib.get_close_matches(name, [*expected, *known], 1, 0.75)
    if close:
        return f"{within} holds no element {name}; did you mean {close[0]}?", f"Write {close[0]}, if that is meant."
    if not known:
        return f"{within} holds no elements; there is {name} in it", f"Remove {name}."
    here = f"; expected here: {_listed(expected)}" if expected else ""
    return f"{within} holds no element {name}{here}", f"Remove {name}."


def _order(own: list[_Way], other: list[_Way]) -> Literal["before", "after", "alternatives", None]:
    """Tell how one element stands to another by what the schema says."""
    for way in own:
        for second in other:
            for (group, number), (_, second_number) in zip(way, second, strict=False):
                if number != second_number:
                    if group.model == "choice":
                        return "alternatives" if group.max_occurs == 1 else None
                    return ("before" if number < second_number else "after") if group.max_occurs == 1 else None
    return None


def _ways(group: Any, above: _Way = ()) -> Iterator[tuple[str, _Way]]:
    """Yield the name of each element in a group, with the way to it."""
    for number, member in enumerate(group):
        way = (*above, (group, number))
        if hasattr(member, "model"):
            yield from _ways(member, way)
        elif member.name is not None:
            yield str(member.name), way


def _listed(listed: Sequence[str], most: int = _MOST_NAMES) -> str:
    if len(listed) > most:
        return f"one of {', '.join(listed[:most])} … ({len(listed)} elements)"
    return either(listed)


def _bare(name: str) -> str:
    return name.rpartition("}")[2]


def _local(element: etree._Element) -> str:
    return str(etree.QName(element).localname)
