"""What a schema declares about an element or attribute of a document, found by the way to it."""

from typing import Any

from lxml import etree

XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSI_TYPE = f"{{{XSI}}}type"
XSI_NIL = f"{{{XSI}}}nil"


def declared(schema: Any, element: etree._Element) -> tuple[Any, Any]:
    """Return the declaration of an element and its type, that of ``xsi:type`` where this names a fitting one.

    Returns:
        None and None where the element stands somewhere that the schema knows nothing of.

    """
    parent = element.getparent()
    if parent is None:
        declaration = schema.elements.get(str(element.tag))
    else:
        _, kind = declared(schema, parent)
        declaration = None if kind is None else child(kind, str(element.tag))
    if declaration is None:
        return None, None
    return declaration, _substituted(schema, element.get(XSI_TYPE), declaration.type)


def child(kind: Any, name: str) -> Any:
    """Return the declaration of an element within a type; None if there is none."""
    if not kind.is_complex() or kind.has_simple_content():
        return None
    return next((each for each in kind.content.iter_elements() if each.name == name), None)


def text_type(kind: Any, attribute: str | None = None) -> Any:
    """Return the simple type of an attribute, or of the text of an element; None if there is none."""
    if kind is None:
        return None
    if attribute is not None:
        found = kind.attributes.get(attribute) if kind.is_complex() else None
        return None if found is None else found.type
    if not kind.is_complex():
        return kind
    return kind.content if kind.has_simple_content() else None


def _substituted(schema: Any, stated: str | None, kind: Any) -> Any:
    if not stated:
        return kind
    other = schema.types.get(stated.strip().rpartition(":")[2])
    return other if other is not None and other.is_derived(kind) else kind
