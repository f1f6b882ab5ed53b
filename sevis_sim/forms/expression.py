"""Value sources of a layout: text with placeholders, compiled once.

``{path}``, ``{path|formatter:argument|…}``, ``{path + path|money}`` (a sum of whole dollars), ``{first ?? second}``
(the first that is not blank; formatters belong to the alternative that they follow). A path is a slash-separated way
through the mapping of `context.build`. Where every placeholder of a text is blank the whole text is blank.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sevis_sim.codes.tables import names
from sevis_sim.forms.errors import LayoutError
from sevis_sim.forms.formatters import FORMATTERS, Formatter, Maps, text_of

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_OR = re.compile(r"\s*\?\?\s*")


@dataclass(frozen=True, slots=True)
class _Alternative:
    """One way to a value: paths (added up where there are several) and the formatters that follow."""

    paths: tuple[tuple[str, ...], ...]
    formatters: tuple[tuple[Formatter, str], ...]

    def evaluate(self, context: Mapping[str, Any], maps: Maps) -> str:
        value = lookup(context, self.paths[0]) if len(self.paths) == 1 else _total(context, self.paths)
        for formatter, argument in self.formatters:
            value = formatter(value, argument, maps)
        return value if type(value) is str else text_of(value)


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A compiled value source."""

    source: str
    literals: tuple[str, ...]
    """The text around the placeholders, one more than there are placeholders."""
    placeholders: tuple[tuple[_Alternative, ...], ...]
    maps: Maps

    @property
    def constant(self) -> bool:
        """Whether it is plain text, the same on every form."""
        return not self.placeholders

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path that it reads, in the order of first mention."""
        found = ("/".join(p) for way in self.placeholders for one in way for p in one.paths)
        return tuple(dict.fromkeys(found))

    def evaluate(self, context: Mapping[str, Any]) -> str:
        """Return the text for one form; line breaks in it are meant."""
        if not self.placeholders:
            return self.literals[0]
        values = [_first(alternatives, context, self.maps) for alternatives in self.placeholders]
        if len(values) == 1 and self.literals == ("", ""):
            return values[0].strip()
        if not any(values):
            return ""
        parts = [self.literals[0]]
        for value, literal in zip(values, self.literals[1:], strict=True):
            parts += (value, literal)
        # Blank parts of a name or address leave doubled blanks, empty lines and stray separators behind.
        rows = (re.sub(r" +", " ", row).strip(" ,") for row in "".join(parts).split("\n"))
        return "\n".join(filter(None, rows))


def compile_text(source: str, maps: Maps, place: str) -> Expression:
    """Compile a value source.

    Raises:
        LayoutError: a formatter or word list that does not exist, or braces that do not match; names ``place``.
    """
    if _PLACEHOLDER.sub("", source).strip("{}") != _PLACEHOLDER.sub("", source):
        raise LayoutError(f"{place}: braces do not match in {source!r}; write {{path|formatter}}")
    pieces = _PLACEHOLDER.split(source)
    literals, inner = tuple(pieces[::2]), pieces[1::2]
    ways = tuple(tuple(_alternative(one, maps, place) for one in _OR.split(placeholder)) for placeholder in inner)
    return Expression(source, literals, ways, maps)


def literal(text: str) -> Expression:
    """Return an expression that is plain text, braces and all."""
    return Expression(text, (text,), (), {})


def lookup(context: Any, steps: tuple[str, ...]) -> Any:
    """Follow a path; ``""`` where it leads nowhere."""
    node = context
    for step in steps:
        if not isinstance(node, Mapping):
            return ""
        node = node.get(step, "")
    return node


def _alternative(text: str, maps: Maps, place: str) -> _Alternative:
    paths, *filters = text.split("|")
    formatters = []
    for one in filters:
        name, _, argument = one.partition(":")
        name = name.strip()
        if name not in FORMATTERS:
            known = ", ".join(sorted(FORMATTERS))
            raise LayoutError(f"{place}: no formatter {name!r} in {{{text}}}; there are {known}")
        if name == "map" and argument not in maps:
            raise LayoutError(f"{place}: no word list {argument!r} in {{{text}}}; add [maps.{argument}]")
        if "words" in name and argument.partition(":")[0] not in names():
            raise LayoutError(f"{place}: no code table {argument!r} in {{{text}}}; there are {', '.join(names())}")
        formatters.append((FORMATTERS[name], argument))
    steps = tuple(tuple(path.strip().split("/")) for path in paths.split(" + "))
    if any("" in path for path in steps):
        raise LayoutError(f"{place}: empty step in the path of {{{text}}}; write a/b/c")
    return _Alternative(steps, tuple(formatters))


def _first(alternatives: tuple[_Alternative, ...], context: Mapping[str, Any], maps: Maps) -> str:
    for alternative in alternatives:
        value = alternative.evaluate(context, maps)
        if value:
            return value
    return ""


def _total(context: Mapping[str, Any], paths: tuple[tuple[str, ...], ...]) -> str:
    """Add up whole dollars; blank where no amount was given at all."""
    amounts = [text_of(lookup(context, path)) for path in paths]
    given = [int(amount) for amount in amounts if amount.lstrip("-").isdecimal()]
    return str(sum(given)) if given else ""
