"""Putting the errors of a refused record into plain words.

xmlschema looks at the record again, because it knows the types behind an error; where it has nothing to say (it is
lenient in a few value classes, raises on an unknown ``xsi:type``, or would take too long) the words of libxml2 are
put straight.
"""

import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from lxml import etree

from sevis_sim.schemas import wording
from sevis_sim.schemas.hardening import FOUR_DIGIT_YEAR, as_written

_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_BLANKS = " \t\r\n"

# xmlschema manages some 1,000 elements in 50 ms; a record has a few hundred at most.
_MOST_ELEMENTS = 5_000


@dataclass(frozen=True, slots=True)
class Place:
    """One explained error. ``element`` is None where libxml2 gave no path that can be followed."""

    message: str
    element: etree._Element | None
    attribute: str | None = None
    value: str | None = None
    line: int | None = None


Errors = list[tuple[etree._LogEntry, etree._Element | None]]


class Explainer:
    """Explains refused records of one document schema. Builds its xmlschema schema when first needed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._schema: Any = None
        self._lock = threading.Lock()

    def explain(self, record: etree._Element | None, errors: Errors) -> list[Place]:
        """Return what is wrong with one record, or with the document outside its records, by order of place.

        Args:
            record: the top-level record; None for everything outside records.
            errors: what libxml2 says against it, with the elements that it means.
        """
        places = self._by_xmlschema(record) if record is not None else []
        covered = {id(place.element) for place in places}
        for error, element in errors:
            if element is not None and _names_unknown_type(error):
                covered.add(id(element))  # what follows, "is abstract", is said by this already
                stated = element.get(_XSI_TYPE)
                places.append(Place(self._unknown_type(element, stated), element, value=stated))
                continue
            # Structural errors sit at the unexpected child for both; what only libxml2 sees is kept as well.
            if id(element) not in covered and not _same_parent(element, places):
                places.append(_by_libxml2(error, element))
        return places

    def _unknown_type(self, element: etree._Element, stated: str | None) -> str:
        with self._lock:
            schema = self._loaded()
            declaration = schema.find(_schema_path(element))
            return wording.about_type(element, stated, getattr(declaration, "type", None), schema)

    def _loaded(self) -> Any:
        if self._schema is None:
            self._schema = _load(self._path)
        return self._schema

    def _by_xmlschema(self, record: etree._Element) -> list[Place]:
        if len(list(islice(record.iter(), _MOST_ELEMENTS))) >= _MOST_ELEMENTS:
            return []
        with self._lock:
            schema = self._loaded()
            declaration = schema.find(_schema_path(record))
            if declaration is None:
                return []
            try:
                return list(_places(islice(declaration.iter_errors(record), 1_000), schema))
            except Exception:  # xmlschema raises whatever it likes on odd values
                return []


def _names_unknown_type(error: etree._LogEntry) -> bool:
    """Tell whether ``xsi:type`` names no type, or uses a prefix that is not bound; xmlschema raises on both."""
    kinds = ("SCHEMAV_CVC_ELT_4_2", "SCHEMAV_CVC_DATATYPE_VALID_1_2_1")
    return error.type_name in kinds and f"attribute '{_XSI_TYPE}'" in error.message


def _schema_path(element: etree._Element) -> str:
    return "/".join(str(step.tag) for step in reversed([element, *element.iterancestors()]))


def _load(path: Path) -> Any:
    """Build the schema without checking it against the schema of schemas, which is nine tenths of the time."""
    import xmlschema

    return xmlschema.XMLSchema10(str(path), validation="skip", allow="local")


def _places(errors: Iterable[Any], schema: Any) -> Iterator[Place]:
    seen: set[tuple[int, str | None]] = set()
    retyped: set[int] = set()
    for error in errors:
        element = error.elem
        if id(element) in retyped or (element is not None and id(element.getparent()) in retyped):
            continue  # what follows from a missing or wrong xsi:type
        if element is not None and wording.is_about_type(error):
            child = wording.child_with_type(error, element)
            if child is None:
                continue
            retyped.add(id(child))
            stated = child.get(_XSI_TYPE)
            yield Place(wording.about_type(child, stated, error.validator.type, schema), child, value=stated)
            continue
        if _only_xmlschema_minds(error):
            continue
        attribute, value = wording.attribute_of(error)
        target = wording.unexpected_child(error)
        where = target if target is not None else element
        key = (id(where), attribute)
        if key not in seen:
            seen.add(key)
            yield Place(wording.say(error, attribute), where, attribute, value)


def _only_xmlschema_minds(error: Any) -> bool:
    """Tell whether the value fails only because xmlschema strips blanks that are none in XML (U+00A0, U+0085…)."""
    element = error.elem
    if element is None or len(element) or not isinstance(error.obj, str):
        return False
    text = element.text or ""
    return text.strip() != text.strip(_BLANKS) and error.obj.strip(_BLANKS) != text.strip(_BLANKS)


def _same_parent(element: etree._Element | None, places: list[Place]) -> bool:
    """Tell whether an error is the libxml2 view of a missing element that xmlschema found in the same parent."""
    parent = element.getparent() if element is not None else None
    return parent is not None and any(
        place.element is parent and place.attribute is None and place.value is None for place in places
    )


_PREFIX = re.compile(r"^Element '(?P<element>[^']*)'(?:, attribute '(?P<attribute>[^']*)')?: ")
_BRACES = re.compile(r"\{[^}]*[:/][^}]*\}")  # namespaces, not the counts of patterns
_EXPECTED = re.compile(r"Expected is (?:one of )?\( (?P<names>.*) \)\.")
_VALUE = re.compile(r"[Vv]alue '(?P<value>.*?)' (?:has|is)", re.DOTALL)


def _by_libxml2(error: etree._LogEntry, element: etree._Element | None) -> Place:
    """Put one error of libxml2 straight."""
    start = _PREFIX.match(error.message)
    rest = _BRACES.sub("", error.message[start.end() :] if start else error.message).strip()
    name = _BRACES.sub("", start["element"]) if start else "the document"
    attribute = _BRACES.sub("", start["attribute"]) if start and start["attribute"] else None
    expected = _EXPECTED.search(rest)
    names = wording.either(expected["names"].split(", ")) if expected else ""
    stated = _VALUE.search(rest) if "facet" in rest or "type" in rest else None
    if "not expected" in rest:
        message = f"{name} is not expected here" + (f"; expected: {names}" if names else "")
    elif "Missing child" in rest:
        message = f"{name} lacks {names}" if names else f"{name} is incomplete"
    elif "required but missing" in rest:
        lacking = re.search(r"attribute '(\w+)'", rest)
        message = f"{name} lacks the attribute {lacking[1] if lacking else ''}".rstrip()
    elif stated and FOUR_DIGIT_YEAR in rest:
        message = f"{name} is {wording.quote(stated['value'])}; a year has four digits here"
    else:
        message = f"{f'{name}/@{attribute}' if attribute else name}: {as_written(rest).rstrip('.')}"
    value = stated["value"] if stated else None
    return Place(message, element, attribute, value, error.line or None)
