"""Batches of records that were put together in any order: their elements are brought into that of the schema."""

import functools
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sevis_sim.domain.document import Node
from sevis_sim.domain.records import Population
from sevis_sim.events.engine import SECTIONS, Section
from sevis_sim.generation import markup
from sevis_sim.schemas import Release, release
from sevis_sim.schemas.samples import load


def batch(
    population: Population,
    org_id: str,
    batch_id: str,
    user_id: str,
    records: Sequence[tuple[Section, Node]],
    schemas: Release | None = None,
) -> bytes:
    """Return a batch.

    Args:
        population: of all records.
        org_id: OrgID of the header.
        batch_id: BatchID of the header.
        user_id: userID of the root element; each record has its own.
        records: each with its section, as `domain.document.to_node` gives them. The order within a section is kept;
            the sections stand in the order of the schema, in which they are also processed.
        schemas: the release whose order of elements counts; the shipped one by default.

    Raises:
        KeyError: a record has an element or attribute that the schema does not know there.

    """
    known = schemas or release()
    root, _ = markup.ROOTS[population]
    schema = _schema(known.folder / known.documents[root])
    sections: dict[str, list[Node]] = {section: [] for section in SECTIONS}
    for section, node in records:
        declared = schema.find(f"{root}/{section}/*")
        sections[section].append(_arranged(schema, declared, node))
    return markup.document(population, batch_id, org_id, user_id, sections)


@functools.cache
def _schema(path: Path) -> Any:
    return load(path)


def _arranged(schema: Any, declared: Any, node: Any) -> Any:
    """Return a node with its elements in the order in which the schema declares them."""
    if not isinstance(node, dict):
        return node
    kind = declared.type
    if "@type" in node and "type" not in getattr(kind, "attributes", {}):
        kind = next(each for each in schema.maps.types.values() if each.local_name == node["@type"])
    attributes = {name: text for name, text in node.items() if name.startswith("@")}
    for name in attributes:
        if name != "@type" and name[1:] not in getattr(kind, "attributes", {}):
            raise KeyError(f"{declared.local_name} has no attribute {name[1:]}")
    names = set(node) - set(attributes)
    children = _in_order(kind.content, names) if kind.is_complex() and not kind.has_simple_content() else []
    for strange in names - {each.local_name for each in children}:
        beside = ", ".join(sorted(names - {strange})) or "anything"
        raise KeyError(f"{declared.local_name} has no element {strange} beside {beside}")
    elements: Node = {}
    for child in children:
        inner = node[child.local_name]
        elements[child.local_name] = (
            [_arranged(schema, child, each) for each in inner]
            if isinstance(inner, list)
            else _arranged(schema, child, inner)
        )
    return attributes | elements


def _in_order(group: Any, names: Iterable[str]) -> list[Any]:
    """Return the declarations of as many of the named elements as a group can hold, in its order.

    Of a choice it is the alternative that holds the most of them.
    """
    left = set(names)
    found: list[Any] = []
    while left:
        held: list[list[Any]] = []
        for member in group:
            if hasattr(member, "model"):
                held.append(_in_order(member, left))
            else:
                held.append([member] if member.local_name in left else [])
            if group.model != "choice":
                left -= {each.local_name for each in held[-1]}
        new = max(held, key=len, default=[]) if group.model == "choice" else [each for part in held for each in part]
        left -= {each.local_name for each in new}
        found += new
        if not new or group.max_occurs == 1:
            break
    return found
