"""XML elements as nested mappings, the one shape in which records are kept, ruled on, printed and written in YAML.

An element becomes a ``dict`` of its children under their XML names, attributes under ``@name`` and the type named by
``xsi:type`` under ``@type``; an element with neither becomes its text. A child that may occur more than once
(`REPEATED`) is always a list. An empty or nil element is ``""``, which is how updates blank a stored value.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from lxml import etree

Node = dict[str, Any]

REPEATED: frozenset[str] = frozenset({"Dependent", "SiteOfActivity", "TippSite", "TippPhase", "Employer", "Supervisor"})
"""Elements that may stand more than once in their parent, in any of the two upload documents."""

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_XSI_TYPE = f"{{{_XSI}}}type"


def to_node(element: etree._Element) -> Any:
    """Turn an element into a mapping, or into its text if it has neither children nor attributes."""
    node: Node = {}
    for name, value in element.attrib.items():
        if name == _XSI_TYPE:
            node["@type"] = str(value).strip().rpartition(":")[2]
        elif not str(name).startswith("{"):
            node["@" + str(name)] = str(value).strip()
    for child in element.iterchildren(etree.Element):
        name = str(child.tag)
        value = to_node(child)
        if name in REPEATED:
            node.setdefault(name, []).append(value)
        else:
            node[name] = value
    if node:
        return node
    return element.text or ""


def value(node: Any, path: str) -> str:
    """Return the text at a slash-separated path, stripped; ``""`` where the path is absent or blank."""
    for step in path.split("/"):
        if not isinstance(node, Mapping) or step not in node:
            return ""
        node = node[step]
    return "" if isinstance(node, (Mapping, list)) else str(node).strip()


def child(node: Any, path: str) -> Node:
    """Return the mapping at a path; an empty one where it is absent or only text."""
    for step in path.split("/"):
        node = node.get(step, {}) if isinstance(node, Mapping) else {}
    return node if isinstance(node, dict) else {}


def children(node: Any, path: str) -> list[Any]:
    """Return the list of repeated elements at a path; empty where it is absent."""
    parent, _, name = path.rpartition("/")
    owner = child(node, parent) if parent else node
    found = owner.get(name, []) if isinstance(owner, Mapping) else []
    return found if isinstance(found, list) else [found]


def present(node: Any, path: str) -> bool:
    """Tell whether an element was sent at all, blank or not."""
    for step in path.split("/"):
        if not isinstance(node, Mapping) or step not in node:
            return False
        node = node[step]
    return True


def day(node: Any, path: str) -> date | None:
    """Return the calendar day at a path. XSD dates may carry a zone, which does not change the day; None if absent.

    XSD also knows years before 1 and after 9999; they come back as the first and last day that Python knows.
    """
    text = value(node, path)
    if not text:
        return None
    if text.startswith(("-", "0000")):
        return date.min
    return date.max if text.index("-") > 4 else date.fromisoformat(text[:10])


def flag(node: Any, path: str) -> bool | None:
    """Return an ``xs:boolean`` or Y/N value; None where it is absent or blank."""
    text = value(node, path)
    return None if not text else text in ("true", "1", "Y")


def amount(node: Any, path: str) -> int:
    """Return whole dollars (SEVISTable.xsd MonetaryType); 0 where the element is absent or blank."""
    text = value(node, path)
    return int(text) if text else 0


def merged(stored: Any, sent: Any) -> Any:
    """Return ``stored`` with what an update sent laid over it; a blank sent value blanks the stored one.

    Attributes of the sent element (``@printForm`` and the like) belong to the event and are left out.
    """
    if not isinstance(sent, Mapping):
        return sent
    result = dict(stored) if isinstance(stored, Mapping) else {}
    for name, new in sent.items():
        if not name.startswith("@"):
            result[name] = merged(result.get(name), new)
    return result


def copied(node: Any) -> Any:
    """Return an independent copy, much faster than `copy.deepcopy`: a node has only mappings, lists and texts."""
    if isinstance(node, dict):
        return {name: copied(inner) for name, inner in node.items()}
    return [copied(inner) for inner in node] if isinstance(node, list) else node


def walk(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield ``(path, text)`` of every leaf, in document order; repeated elements are numbered from ``[1]``."""
    if isinstance(node, Mapping):
        for name, inner in node.items():
            yield from walk(inner, f"{path}/{name}" if path else name)
    elif isinstance(node, list):
        for number, inner in enumerate(node, start=1):
            yield from walk(inner, f"{path}[{number}]")
    else:
        yield path, str(node)
