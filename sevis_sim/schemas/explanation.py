"""Putting the errors of a refused document into our own words.

libxml2 tells where a document is wrong and of which kind that is; xmlschema looks at the refused records again, and
may find more. The words come from what the schema declares at that place; none are those of the libraries.
"""

import threading
from pathlib import Path
from typing import Any

from lxml import etree

from sevis_sim.schemas.place import Place

_NOWHERE = "something in this line does not agree with the schema"

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
        from sevis_sim.schemas import found_by_libxml2, found_by_xmlschema  # only now: most documents are good

        with self._lock:
            schema = self._loaded()
            places = found_by_xmlschema.find(schema, record) if record is not None else []
            covered = {id(place.element) for place in places}
            told = {(id(place.element), place.attribute) for place in places}
            incomplete = {id(place.element) for place in places if place.attribute is None and place.value is None}
            for error, element in errors:
                if element is None:
                    places.append(Place(_NOWHERE, None, line=error.line or None))
                elif id(element) not in covered and id(element.getparent()) not in incomplete:
                    place = found_by_libxml2.place(schema, error, element)
                    if (key := (id(place.element), place.attribute)) not in told:
                        told.add(key)
                        places.append(place)
                    if found_by_libxml2.is_about_type(error):
                        covered.add(id(element))  # what follows, "is abstract", is said by this already
        return _in_order(places, record)

    def _loaded(self) -> Any:
        if self._schema is None:
            self._schema = _load(self._path)
        return self._schema


def _load(path: Path) -> Any:
    """Build the schema without checking it against the schema of schemas, which is nine tenths of the time."""
    import xmlschema

    return xmlschema.XMLSchema10(str(path), validation="skip", allow="local")


def _in_order(places: list[Place], record: etree._Element | None) -> list[Place]:
    """Return the places in the order of the document; those without an element come first."""
    elements = [place.element for place in places if place.element is not None]
    if len(places) < 2 or not elements:
        return places
    top = elements[0].getroottree().getroot() if record is None else record
    wanted = set(elements)
    order: dict[etree._Element | None, int] = {
        each: number for number, each in enumerate(top.iter(etree.Element)) if each in wanted
    }
    return sorted(places, key=lambda place: order.get(place.element, -1))
