"""Writes records, as nested mappings, as a batch that its schema accepts: elements in the order of the schema."""

import functools
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from lxml import etree

from sevis_sim.domain.document import Node
from sevis_sim.domain.records import Population
from sevis_sim.events import Section
from sevis_sim.schemas import Release, release
from sevis_sim.schemas.samples import XSI, load

ROOTS: dict[Population, str] = {
    "student": "SEVISBatchCreateUpdateStudent",
    "exchangeVisitor": "SEVISBatchCreateUpdateEV",
}
"""Root element of the batches of each population."""


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
    root_name = ROOTS[population]
    known = schemas or release()
    schema = _schema(known.folder / known.documents[root_name])
    sections: dict[str, list[Node]] = {}
    for section, node in records:
        sections.setdefault(section, []).append(node)
    record = "Student" if population == "student" else "ExchangeVisitor"
    header = {"BatchID": batch_id, "OrgID": org_id}
    node = {"@userID": user_id, "BatchHeader": header} | {name: {record: each} for name, each in sections.items()}
    element = _Writer(schema).element(schema.elements[root_name], node)
    etree.indent(element)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + etree.tostring(element, encoding="UTF-8") + b"\n"


@functools.cache
def _schema(path: Path) -> Any:
    return load(path)


class _Writer:
    def __init__(self, schema: Any) -> None:
        self._schema = schema

    def element(self, declared: Any, node: Any) -> etree._Element:
        """Return an element of the kind that the schema declares."""
        element = etree.Element(declared.name, nsmap={"xsi": XSI} if _names_types(node) else None)
        self._fill(element, declared, node)
        return element

    def _fill(self, element: etree._Element, declared: Any, node: Any) -> None:
        if not isinstance(node, dict):
            element.text = str(node) or None
            return
        kind = declared.type
        if "@type" in node and "type" not in getattr(kind, "attributes", {}):
            element.set(f"{{{XSI}}}type", node["@type"])
            kind = next(each for each in self._schema.maps.types.values() if each.local_name == node["@type"])
            node = {name: inner for name, inner in node.items() if name != "@type"}
        for name in [each for each in node if each.startswith("@")]:
            if name[1:] not in kind.attributes:
                raise KeyError(f"{declared.name} has no attribute {name[1:]}")
            element.set(name[1:], str(node[name]))
        wanted = {name for name in node if not name.startswith("@")}
        children = _arranged(kind.content, wanted) if kind.is_complex() and not kind.has_simple_content() else []
        for strange in wanted - {each.local_name for each in children}:
            raise KeyError(f"{declared.name} has no element {strange} beside {', '.join(sorted(wanted - {strange}))}")
        for child in children:
            inner = node[child.local_name]
            for each in inner if isinstance(inner, list) else [inner]:
                self._fill(etree.SubElement(element, child.name), child, each)


def _arranged(group: Any, names: Iterable[str]) -> list[Any]:
    """Return the declarations of as many of the named elements as a group can hold, in its order.

    Of a choice it is the alternative that holds the most of them.
    """
    left = set(names)
    found: list[Any] = []
    while left:
        held: list[list[Any]] = []
        for member in group:
            if hasattr(member, "model"):
                held.append(_arranged(member, left))
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


def _names_types(node: Any) -> bool:
    """Tell whether anything in a node needs ``xsi:type``."""
    if isinstance(node, dict):
        return "@type" in node or any(map(_names_types, node.values()))
    return isinstance(node, Iterable) and not isinstance(node, str) and any(map(_names_types, node))
