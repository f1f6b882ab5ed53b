"""Events for which no maker thinks: their content is walked from the schema, with values that know of nothing else."""

import functools
from typing import Any

from lxml import etree

from sevis_sim.domain.document import Node, to_node
from sevis_sim.domain.records import Population
from sevis_sim.generation.draw import Draw
from sevis_sim.schemas import Release
from sevis_sim.schemas.samples import XSI, Sampler, load

_ROOTS: dict[Population, tuple[str, str, str]] = {
    "student": ("SEVISBatchCreateUpdateStudent", "UpdateStudent", "Student"),
    "exchangeVisitor": ("SEVISBatchCreateUpdateEV", "UpdateEV", "ExchangeVisitor"),
}
_OPTIONAL = {"minimal": 0.0, "typical": 0.3, "full": 1.0}


def sampled(draw: Draw, release: Release, population: Population, path: str) -> Node:
    """Return the content of an event that the schema accepts, attributes included.

    Args:
        draw: chance.
        release: whose schemas.
        population: whose event.
        path: of the event, such as ``Program/Extension``.

    Raises:
        KeyError: the schema has no such event.

    """
    root, *steps = _ROOTS[population]
    schema = _schema(release, root)
    declared = schema.elements[root]
    for step in (*steps, *path.split("/")):
        declared = next((one for one in declared.type.content.iter_elements() if one.local_name == step), None)
        if declared is None:
            raise KeyError(path)
    element = Sampler(schema, draw.number(0, 2**31), _OPTIONAL[draw.profile], repeats=1).element(declared)
    for empty in list(element.iter(etree.Element)):
        parent = empty.getparent()
        if parent is not None and empty.get(f"{{{XSI}}}nil"):
            parent.remove(empty)
    node = to_node(element)
    return node if isinstance(node, dict) else {}


@functools.cache
def _schema(release: Release, root: str) -> Any:
    return load(release.folder / release.documents[root])
