"""The words for everything that can be wrong with an element or attribute, given what the schema declares.

Each answer is what is wrong and what is allowed, and how to mend it.
"""

from typing import Any

from lxml import etree

from sevis_sim.schemas import value_words
from sevis_sim.schemas.declarations import XSI_NIL, text_type
from sevis_sim.schemas.value_words import either, quote

_BLANKS = " \t\r\n"

Words = tuple[str, str]
"""What is wrong, and how to mend it."""


def value(element: etree._Element, attribute: str | None, text: str, kind: Any) -> Words:
    """Say that a text is no value of its simple type; ``kind`` is None where the type is not known."""
    name = _local(element)
    subject = f"{name}/@{attribute}" if attribute else name
    if kind is None:
        return f"{subject} is {quote(text)}; the schema does not allow that value", ""
    allowed, remedy = value_words.say(kind, text)
    return f"{subject} is {quote(text)}; {allowed}", remedy


def missing_attribute(element: etree._Element, attribute: str, kind: Any) -> Words:
    """Say that a required attribute is not there."""
    declared = text_type(kind, attribute)
    allowed = "" if declared is None else f"; {value_words.stated(declared)}"
    return f"{_local(element)} lacks the attribute {attribute}", f"Add {attribute}{allowed}."


def unknown_attribute(element: etree._Element, attribute: str, kind: Any) -> Words:
    """Say that an attribute is not declared."""
    name = _local(element)
    known = sorted(each for each in kind.attributes if each) if kind is not None and kind.is_complex() else []
    allowed = f"it may have {either(known)}" if known else "it may have none"
    return f"{name} has no attribute {attribute}; {allowed}", f"Remove {attribute}."


def stray_text(element: etree._Element, kind: Any) -> Words:
    """Say that there is text where only elements may be, or nothing."""
    name = _local(element)
    texts = [element.text, *(child.tail for child in element)]
    shown = next((text.strip() for text in texts if text and text.strip()), "")
    if kind is not None and kind.is_complex() and kind.is_empty():
        return f"{name} must be empty; there is {quote(shown) if shown else 'white space'} in it", "Remove it."
    return f"{name} holds elements only; there is the text {quote(shown)} between them", "Remove the text."


def elements_in_text(element: etree._Element) -> Words:
    """Say that there are elements where only text may be."""
    inner = next(iter(element.iterchildren(etree.Element)), None)
    which = f" ({_local(inner)})" if inner is not None else ""
    return f"{_local(element)} holds text only; there are elements in it{which}", "Remove the elements, keep the text."


def nil(element: etree._Element, forbidden: bool) -> Words:
    """Say what is wrong with ``xsi:nil``; ``forbidden``: the element may not be nil at all."""
    name, stated = _local(element), (element.get(XSI_NIL) or "").strip(_BLANKS)
    if stated not in ("true", "false", "1", "0"):
        return f"{name}: xsi:nil must be true or false; it is {quote(stated)}", "Write true, or leave xsi:nil out."
    if forbidden:
        return f"{name} cannot be nil; remove xsi:nil", f"Give {name} a value, or leave it out."
    remedy = f"Empty {name}, or remove xsi:nil."
    return f"{name}: xsi:nil is true, but the element is not empty", remedy


def otherwise(element: etree._Element) -> str:
    """Say that something is wrong for which there are no better words."""
    return f"{_local(element)} does not agree with what the schema declares for it"


def has_text(element: etree._Element) -> bool:
    """Tell whether there is text, not only blanks, directly in an element."""
    return any(text and text.strip(_BLANKS) for text in (element.text, *(child.tail for child in element)))


def wrong_type(element: etree._Element, stated: str | None, base: Any, schema: Any) -> Words:
    """Return which types ``xsi:type`` may name, given the declared type of the element."""
    names = sorted(
        str(known.local_name)
        for known in (schema.types.values() if base is not None else ())
        if known is not base and not getattr(known, "abstract", False) and known.is_derived(base)
    )
    found = f"has xsi:type {quote(stated)}" if stated else "has no xsi:type"
    if not names:
        return f"{_local(element)} {found}; leave xsi:type out", "Remove xsi:type."
    remedy = f'Write xsi:type="{names[0]}"' + (", or another of them." if len(names) > 1 else ".")
    return f"{_local(element)} {found}; allowed: {either(names)}", remedy


def _local(element: Any) -> str:
    return str(etree.QName(element).localname) if etree.iselement(element) else "the document"
