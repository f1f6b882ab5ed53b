"""From mappings to the XML of an upload document. The mappings are those of `domain.document`, in schema order."""

from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from sevis_sim.domain.document import Node
from sevis_sim.domain.records import Population

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
ROOTS: dict[Population, tuple[str, str]] = {
    "student": ("SEVISBatchCreateUpdateStudent", "Student"),
    "exchangeVisitor": ("SEVISBatchCreateUpdateEV", "ExchangeVisitor"),
}
"""Names of the root element and of a record."""
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!-- Made by sevis-sim. All people are invented. -->\n'


def document(
    population: Population, batch_id: str, org_id: str, user_id: str, sections: Mapping[str, list[Node]]
) -> bytes:
    """Return an upload document.

    Args:
        population: whom it is about.
        batch_id: for the header.
        org_id: for the header.
        user_id: of the root element.
        sections: records by the name of their section; empty sections are left out.

    """
    root, record = ROOTS[population]
    lines = [f'{_HEAD}<{root} xmlns:xsi="{_XSI}" userID={quoteattr(user_id)}>']
    lines += _element("BatchHeader", {"BatchID": batch_id, "OrgID": org_id}, "  ")
    for section, records in sections.items():
        if records:
            lines.append(f"  <{section}>")
            for node in records:
                lines += _element(record, node, "    ")
            lines.append(f"  </{section}>")
    lines.append(f"</{root}>\n")
    return "\n".join(lines).encode()


def _element(name: str, node: Any, margin: str) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from _element(name, each, margin)
    elif isinstance(node, Mapping):
        attributes = "".join(
            f" {'xsi:type' if key == '@type' else key[1:]}={quoteattr(str(text))}"
            for key, text in node.items()
            if key.startswith("@")
        )
        children = [(key, inner) for key, inner in node.items() if not key.startswith("@")]
        if not children:
            yield f"{margin}<{name}{attributes}/>"
            return
        yield f"{margin}<{name}{attributes}>"
        for key, inner in children:
            yield from _element(key, inner, margin + "  ")
        yield f"{margin}</{name}>"
    else:
        yield f"{margin}<{name}>{escape(str(node))}</{name}>" if node != "" else f"{margin}<{name}/>"
