"""What xmlschema finds in a refused record, in our words: often more than libxml2, which gives up a parent early."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from lxml import etree

from sevis_sim.schemas import content_words, wording
from sevis_sim.schemas.declarations import XSI_TYPE, declared, text_type
from sevis_sim.schemas.place import Place

# xmlschema manages some 1,000 elements in 50 ms; a record has a few hundred at most.
_MOST_ELEMENTS = 5_000
_MOST_ERRORS = 1_000
# An error of xmlschema about an attribute spells out all attributes of the element: 2,000 wrong ones take 18 s.
_MOST_ATTRIBUTES = 100
_BLANKS = " \t\r\n"
_ATTRIBUTE = re.compile(r"attribute (?P<name>[\w:{}/.]+)=['\"]")
_QUOTED = re.compile(r"'([^']*)'")


def find(schema: Any, record: etree._Element) -> list[Place]:
    """Return the errors of a record; none if xmlschema has nothing to say or would take too long.

    Args:
        schema: of ``xmlschema``, not to be used by another thread meanwhile.
        record: the element of a top-level record.

    """
    elements = list(islice(record.iter(etree.Element), _MOST_ELEMENTS))
    if len(elements) >= _MOST_ELEMENTS or any(len(each.attrib) > _MOST_ATTRIBUTES for each in elements):
        return []
    declaration, _ = declared(schema, record)
    if declaration is None:
        return []
    try:
        return list(_places(islice(declaration.iter_errors(record), _MOST_ERRORS), schema))
    except Exception:  # xmlschema raises whatever it likes on odd values
        return []


def _places(errors: Iterator[Any], schema: Any) -> Iterator[Place]:
    seen: set[tuple[int, str | None]] = set()
    retyped: set[int] = set()
    for error in errors:
        element = error.elem
        if element is None or id(element) in retyped or id(element.getparent()) in retyped:
            continue  # what follows from a missing or wrong xsi:type
        if _is_about_type(error):
            if type(error.validator).__name__ != "XsdGroup":  # which is the parent's echo
                retyped.add(id(element))
                yield type_place(schema, element)
            continue
        place = None if _only_xmlschema_minds(error) else _place(error, element, schema)
        if place is not None and (key := (id(place.element), place.attribute)) not in seen:
            seen.add(key)
            yield place


def type_place(schema: Any, element: etree._Element) -> Place:
    """Return that an element has no, or a wrong, ``xsi:type``."""
    declaration, _ = declared(schema, element)
    stated = element.get(XSI_TYPE)
    words, remedy = wording.wrong_type(element, stated, getattr(declaration, "type", None), schema)
    return Place(words, element, value=stated, remedy=remedy)


def _place(error: Any, element: etree._Element, schema: Any) -> Place | None:
    _, kind = declared(schema, element)
    reason = str(error.reason or "")
    if type(error).__name__ == "XMLSchemaChildrenValidationError":
        child = getattr(error, "invalid_child", None)
        expected = [str(getattr(each, "local_name", None) or "any element") for each in error.expected or ()]
        words, remedy = content_words.say(element, child, expected, kind)
        return Place(words, element if child is None else child, remedy=remedy)
    if type(error.validator).__name__ == "XsdAttributeGroup":
        return _attributes(reason, element, kind)
    if "character data" in reason:
        if len(element) and not wording.has_text(element):
            return None  # only the blanks around elements that must not be there, which are told of
        words, remedy = wording.stray_text(element, kind)
    elif "can't have child elements" in reason:
        words, remedy = wording.elements_in_text(element)
    elif "nillable" in reason or "xsi:nil" in reason:
        words, remedy = wording.nil(element, "nillable" in reason)
    else:
        match = _ATTRIBUTE.match(reason)
        attribute = match["name"] if match else None
        text = (element.get(attribute) if attribute else element.text) or ""
        words, remedy = wording.value(element, attribute, text, text_type(kind, attribute))
        return Place(words, element, attribute, text, remedy=remedy)
    return Place(words, element, remedy=remedy)


def _attributes(reason: str, element: etree._Element, kind: Any) -> Place:
    quoted = _QUOTED.search(reason)
    name = quoted[1] if quoted else ""
    if "missing" in reason:
        words, remedy = wording.missing_attribute(element, name, kind)
        return Place(words, element, remedy=remedy)
    words, remedy = wording.unknown_attribute(element, name, kind)
    return Place(words, element, name or None, element.get(name) if name else None, remedy=remedy)


def _is_about_type(error: Any) -> bool:
    """Tell whether an element has no, or a wrong, ``xsi:type``."""
    reason = str(error.reason or "")
    unknown = "global component" in reason and error.elem.get(XSI_TYPE) is not None
    return unknown or "is abstract" in reason or "cannot substitute" in reason


def _only_xmlschema_minds(error: Any) -> bool:
    """Tell whether the value fails only because xmlschema strips blanks that are none in XML (U+00A0, U+0085…)."""
    element = error.elem
    if len(element) or not isinstance(error.obj, str):
        return False
    text = element.text or ""
    return text.strip() != text.strip(_BLANKS) and error.obj.strip(_BLANKS) != text.strip(_BLANKS)
