"""Which elements of an update may be sent empty, and so blank what is stored, from the shipped schemas."""

import functools
import re
from collections.abc import Iterator

from sevis_sim.domain.records import Population
from sevis_sim.schemas.release import release
from sevis_sim.schemas.tree import Node, Tree, Value, trees

_FILES: dict[Population, tuple[str, str]] = {
    "student": ("Create-UpdateStudent.xsd", "UpdateStudent/Student"),
    "exchangeVisitor": ("Create-UpdateExchangeVisitor.xsd", "UpdateEV/ExchangeVisitor"),
}
_LENGTHS = ("minLength", "length")


def blanks(population: Population, path: str) -> list[str]:
    """Return the elements of an update event that may be empty, by their paths below it.

    One that may only be empty with ``xsi:nil="true"`` has `` (nil)`` after its path.
    """
    tree, above = _tree(population), f"{_tree(population).root}/{_FILES[population][1]}/{path}/"
    return [f"{node.path.removeprefix(above)}{said}" for node, said in _blanks(tree) if node.path.startswith(above)]


@functools.cache
def _tree(population: Population) -> Tree:
    [found] = trees(release().folder, (_FILES[population][0],))
    return found


def _blanks(tree: Tree) -> Iterator[tuple[Node, str]]:
    for node in tree.nodes.values():
        if node.is_attribute:
            continue
        if any(_takes_nothing(value) for value in node.values):
            yield node, ""
        elif node.nillable:
            yield node, " (nil)"


def _takes_nothing(value: Value) -> bool:
    """Tell whether an empty text fits."""
    if value.codes:
        return "" in value.codes
    if value.base != "string" or any(name in _LENGTHS and int(limit) > 0 for name, limit in value.limits):
        return False
    return all(re.fullmatch(pattern, "") for pattern in value.patterns)
