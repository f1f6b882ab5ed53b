"""What libxml2 finds, in our words: it tells the place and the kind of an error, the schema what is declared there."""

import re
from typing import Any

from lxml import etree

from sevis_sim.schemas import content_words, wording
from sevis_sim.schemas.declarations import XSI_NIL, XSI_TYPE, declared, text_type
from sevis_sim.schemas.found_by_xmlschema import type_place
from sevis_sim.schemas.place import Place

_ATTRIBUTE = re.compile(r"^Element '[^']*', attribute '(?P<name>[^']*)': ")
_NAMED = re.compile(r"attribute '(?P<name>[^']*)'")
_EXPECTED = re.compile(r"Expected is (?:one of )?\( (?P<names>.*) \)\.")
_NAMESPACE = re.compile(r"\{[^}]*\}")

_TYPES = frozenset({"SCHEMAV_CVC_ELT_4_2", "SCHEMAV_CVC_ELT_4_3", "SCHEMAV_CVC_TYPE_2"})
_STRAY = frozenset({"SCHEMAV_CVC_COMPLEX_TYPE_2_1", "SCHEMAV_CVC_COMPLEX_TYPE_2_3"})
_ELEMENTS = frozenset({"SCHEMAV_CVC_COMPLEX_TYPE_2_2", "SCHEMAV_CVC_TYPE_3_1_2"})
_UNKNOWN = frozenset({"SCHEMAV_CVC_COMPLEX_TYPE_3_2_1", "SCHEMAV_CVC_COMPLEX_TYPE_3_2_2", "SCHEMAV_CVC_TYPE_3_1_1"})
_NIL = frozenset({"SCHEMAV_CVC_ELT_3_1", "SCHEMAV_CVC_ELT_3_2_1", "SCHEMAV_CVC_ELT_3_2_2"})
_VALUES = ("_VALID", "_VALID_1_2_1", "_VALID_1_2_2", "_VALID_1_2_3")


def is_about_type(error: etree._LogEntry) -> bool:
    """Tell whether ``xsi:type`` is missing, or names no type that may stand there."""
    badly_named = error.type_name == "SCHEMAV_CVC_DATATYPE_VALID_1_2_1" and f"attribute '{XSI_TYPE}'" in error.message
    return error.type_name in _TYPES or badly_named


def place(schema: Any, error: etree._LogEntry, element: etree._Element) -> Place:
    """Return one error of libxml2 in our words.

    Args:
        schema: of ``xmlschema``.
        error: of libxml2.
        element: that the error names.

    """
    kind_of_error = error.type_name
    if is_about_type(error):
        return type_place(schema, element)
    if kind_of_error == "SCHEMAV_ELEMENT_CONTENT":
        return _order(schema, error, element)
    _, kind = declared(schema, element)
    started = _ATTRIBUTE.match(error.message)
    attribute = started["name"] if started else None
    named = _NAMED.search(error.message)
    if kind_of_error in _NIL or attribute == XSI_NIL:
        words, remedy = wording.nil(element, kind_of_error == "SCHEMAV_CVC_ELT_3_1")
    elif kind_of_error in _UNKNOWN and named:
        words, remedy = wording.unknown_attribute(element, named["name"], kind)
        return Place(words, element, named["name"], element.get(named["name"]), remedy=remedy)
    elif kind_of_error == "SCHEMAV_CVC_COMPLEX_TYPE_4" and named:
        words, remedy = wording.missing_attribute(element, named["name"], kind)
    elif kind_of_error in _ELEMENTS:
        words, remedy = wording.elements_in_text(element)
    elif kind_of_error in _STRAY:
        inner = next(iter(element.iterchildren(etree.Element)), None)
        if inner is not None and not wording.has_text(element):
            words, remedy = content_words.say(element, inner, [], kind)
            return Place(words, inner, remedy=remedy)
        words, remedy = wording.stray_text(element, kind)
    elif kind_of_error.endswith(_VALUES):
        text = (element.get(attribute) if attribute else element.text) or ""
        words, remedy = wording.value(element, attribute, text, text_type(kind, attribute))
        return Place(words, element, attribute, text, remedy=remedy)
    else:
        words, remedy = wording.otherwise(element), ""
    return Place(words, element, remedy=remedy)


def _order(schema: Any, error: etree._LogEntry, element: etree._Element) -> Place:
    """Return what is wrong with the order of a parent's elements; the error is at one of them, or at the parent."""
    found = _EXPECTED.search(error.message)
    expected = [_NAMESPACE.sub("", name) for name in found["names"].split(", ")] if found else []
    parent = element.getparent()
    if "Missing child" in error.message or parent is None:
        _, kind = declared(schema, element)
        words, remedy = content_words.say(element, None, expected, kind)
    else:
        _, kind = declared(schema, parent)
        words, remedy = content_words.say(parent, element, expected, kind)
    return Place(words, element, remedy=remedy)
