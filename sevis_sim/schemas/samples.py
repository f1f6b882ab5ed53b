"""Synthetic valid documents, by walking a schema: every element, choice and facet gets its turn.

The documents are valid and mean nothing: names are random letters and dates know nothing of each other. They prove
validators against each other; batches that make sense are made elsewhere.
"""

import random
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from lxml import etree

from sevis_sim.schemas.declarations import XSI

__all__ = ["XSI", "Sampler", "Schema", "load"]

_OPTIONAL = 0.5
"""Chance that an optional element or attribute is there."""
_TRIES = 60


class Schema(Protocol):
    """The part of ``xmlschema.XMLSchema10`` that is walked."""

    elements: Any
    maps: Any


class Sampler:
    """Makes documents of one schema; the same seed makes the same documents."""

    def __init__(self, schema: Schema, seed: int, optional: float = _OPTIONAL, repeats: int = 2) -> None:
        """Prepare.

        Args:
            schema: An ``xmlschema`` schema.
            seed: Of the random choices.
            optional: Chance of what may be left out, 0 to 1.
            repeats: How often at most an element stands that may be repeated.
        """
        self._schema = schema
        self._random = random.Random(seed)  # noqa: S311 - test data
        self._optional = optional
        self._repeats = repeats

    def document(self, root: str) -> etree._Element:
        """Return a valid document with this root element."""
        return self._element(self._schema.elements[root])

    def element(self, declaration: Any) -> etree._Element:
        """Return a valid element of one declaration of the schema."""
        return self._element(declaration)

    def _element(self, declaration: Any) -> etree._Element:
        element = etree.Element(declaration.name, nsmap={"xsi": XSI})
        kind = declaration.type
        if declaration.nillable and self._random.random() < 0.1:
            element.set(f"{{{XSI}}}nil", "true")
            return element
        if kind.is_complex():
            concrete = self._concrete(kind)
            if concrete is not kind:
                element.set(f"{{{XSI}}}type", concrete.local_name)
            self._fill(element, concrete)
        else:
            element.text = self.value(kind)
        return element

    def _concrete(self, kind: Any) -> Any:
        """Return the type itself; where it is abstract, one of those that ``xsi:type`` may name."""
        if not kind.abstract:
            return kind
        return self._random.choice(
            [
                other
                for other in self._schema.maps.types.values()
                if getattr(other, "name", None) and other.is_complex() and not other.abstract and other.is_derived(kind)
            ]
        )

    def _fill(self, element: etree._Element, kind: Any) -> None:
        for name, attribute in kind.attributes.items():
            if name and (attribute.use == "required" or self._random.random() < self._optional):
                element.set(name, self.value(attribute.type))
        if kind.has_simple_content():
            element.text = self.value(kind.content)
        else:
            for child in self._particles(kind.content):
                element.append(self._element(child))

    def _particles(self, group: Any) -> Iterator[Any]:
        for _ in range(self._times(group)):
            members = list(group)
            if group.model == "choice":
                members = [self._random.choice(members)] if members else []
            for member in members:
                if hasattr(member, "model"):
                    yield from self._particles(member)
                elif member.name is not None:  # not a wildcard: those are left empty
                    for _ in range(self._times(member)):
                        yield member

    def _times(self, particle: Any) -> int:
        low, high = particle.min_occurs, particle.max_occurs
        high = low + self._repeats if high is None else min(high, max(low, self._repeats))
        if low == 0 and self._random.random() >= self._optional:
            return 0
        return self._random.randint(max(low, 1), high) if high else 0

    def value(self, kind: Any) -> str:
        """Return a text that a simple type accepts.

        Raises:
            ValueError: none was found; the type has a facet that this sampler does not know.
        """
        for _ in range(_TRIES):
            text = self._guess(kind)
            if kind.is_valid(text):
                return text
        if kind.is_valid(""):  # a restriction without facets of its own does not say that its base takes nothing else
            return ""
        raise ValueError(f"no value found for type {kind.name or kind}")

    def _guess(self, kind: Any) -> str:
        if kind.enumeration:
            return str(self._random.choice(kind.enumeration))
        members = getattr(kind, "member_types", None)
        if members:
            return self._guess(self._random.choice(members))
        if kind.patterns:
            return self._from_pattern(self._random.choice(list(kind.patterns.regexps)), kind)
        primitive = kind.primitive_type.local_name if kind.primitive_type is not None else "string"
        if primitive == "boolean":
            return self._random.choice(["true", "false", "1", "0"])
        if primitive == "decimal":
            return str(self._random.randint(0, 99_999))
        if primitive == "date":
            year, month, day = (self._random.randint(*span) for span in ((1990, 2035), (1, 12), (1, 28)))
            return f"{year}-{month:02}-{day:02}"
        if primitive == "dateTime":
            return f"2026-03-{self._random.randint(1, 28):02}T{self._random.randint(0, 23):02}:30:00.000-05:00"
        return self._letters(kind)

    def _letters(self, kind: Any) -> str:
        low, most = kind.min_length or 0, kind.max_length  # a length facet sets both
        high = low + 12 if most is None else most
        return self.letters(low, high)

    def letters(self, low: int, high: int) -> str:
        """Return any text of a length between the two; lengths at the edges come more often."""
        size = self._random.choice([low, min(high, low + 1), high, self._random.randint(low, high)])
        return "".join(self._random.choice(string.ascii_letters) for _ in range(size))

    def _from_pattern(self, pattern: str, kind: Any) -> str:
        tree = re._parser.parse(pattern.replace(r"\i", "[A-Za-z_]").replace(r"\c", "[A-Za-z0-9]"))  # type: ignore[attr-defined]
        return self._from_tree(tree, kind.max_length or 12)

    def _from_tree(self, tree: Any, most: int) -> str:
        made: list[str] = []
        for operation, argument in tree:
            name = str(operation)
            if name == "LITERAL":
                made.append(chr(argument))
            elif name == "NOT_LITERAL":
                made.append(self._random.choice([c for c in string.ascii_letters if ord(c) != argument]))
            elif name == "ANY":
                made.append(self._random.choice(string.ascii_letters))
            elif name == "IN":
                made.append(self._random.choice(_members(argument)))
            elif name in ("MAX_REPEAT", "MIN_REPEAT"):
                low, high, inner = argument
                high = min(int(high), max(int(low), most))
                made.extend(self._from_tree(inner, most) for _ in range(self._random.randint(int(low), high)))
            elif name == "BRANCH":
                made.append(self._from_tree(self._random.choice(argument[1]), most))
            elif name == "SUBPATTERN":
                made.append(self._from_tree(argument[3], most))
        return "".join(made)


def _members(argument: Any) -> list[str]:
    """Return characters that a class of a pattern holds, negated or not."""
    negated = False
    members: set[str] = set()
    for operation, value in argument:
        name = str(operation)
        if name == "NEGATE":
            negated = True
        elif name == "LITERAL":
            members.add(chr(value))
        elif name == "RANGE":
            members.update(chr(code) for code in range(value[0], min(value[1], value[0] + 200) + 1))
        elif name == "CATEGORY":
            members.update(_CATEGORIES[str(value)])
    if negated:
        members = set(string.ascii_letters + string.digits + " .-") - members
    return sorted(members)


_CATEGORIES = {
    "CATEGORY_DIGIT": string.digits,
    "CATEGORY_NOT_DIGIT": string.ascii_letters + " -'",
    "CATEGORY_SPACE": " ",
    "CATEGORY_NOT_SPACE": string.ascii_letters + string.digits,
    "CATEGORY_WORD": string.ascii_letters + string.digits,
    "CATEGORY_NOT_WORD": " -",
}


def load(path: Path) -> Any:
    """Load a schema for sampling; slow (some 50 ms), without checking the schema itself."""
    import xmlschema

    return xmlschema.XMLSchema10(str(path), validation="skip")
