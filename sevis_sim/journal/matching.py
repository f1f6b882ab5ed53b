"""Conditions on what a document says, and how far it is from meeting them. Pure; knows nothing of journals or faults.

A document is a mapping of plain values. A `Matcher` has one condition for each of some places in it, written as a path
such as ``detail.failures.code``: members of mappings by name, of lists by number, or all of a list where the path goes
on with a name. A condition is written as a plain value (equal to it) or as a mapping of one of these::

    {equals: S0000}      equal; a text and a number are equal where they are written alike
    {matches: "S00[13]"} a regular expression that fits somewhere in the text
    {absent: true}       nothing there; ``absent: false`` wants anything there
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Protocol

Path = tuple[str, ...]

MAX_PATTERN = 500
"""Characters of a regular expression."""
_COMPARED = 200
"""Characters of which two texts are compared for likeness."""
_SHOWN = 200
"""Characters of a value that are shown."""


class MatchError(ValueError):
    """A matcher that cannot be; one line that says what was expected, and ``field`` where."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field


class Condition(Protocol):
    """What is asked of the values at one place."""

    @property
    def words(self) -> str:
        """What is expected, to be shown."""

    def holds(self, values: Sequence[Any]) -> bool:
        """Tell whether values meet it; there are none where the place is not there."""

    def distance(self, values: Sequence[Any]) -> float:
        """Return how far values that do not meet it are from it: above 0, 1 for nothing alike."""


@dataclass(frozen=True, slots=True)
class Equal:
    """One of the values is this one."""

    value: Any

    @property
    def words(self) -> str:
        """The value."""
        return shown(self.value)

    def holds(self, values: Sequence[Any]) -> bool:
        """Tell whether one is the same."""
        return any(_same(self.value, each) for each in values)

    def distance(self, values: Sequence[Any]) -> float:
        """Go by how alike the texts are."""
        return min((_unlikeness(_text(self.value), _text(each)) for each in values), default=1.0)


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of the values is one of these names, or begins as one that ends in ``*``."""

    names: tuple[str, ...]

    @property
    def words(self) -> str:
        """The names."""
        return " or ".join(self.names)

    def holds(self, values: Sequence[Any]) -> bool:
        """Tell whether one is named."""
        return any(self._named(str(each)) for each in values)

    def distance(self, values: Sequence[Any]) -> float:
        """Go by how alike the names are."""
        pairs = ((name.rstrip("*"), str(each)) for name in self.names for each in values)
        return min((_unlikeness(name, each) for name, each in pairs), default=1.0)

    def _named(self, text: str) -> bool:
        return any(text.startswith(name[:-1]) if name.endswith("*") else text == name for name in self.names)


@dataclass(frozen=True, slots=True)
class Matches:
    """A regular expression fits somewhere in the text of one of the values."""

    pattern: re.Pattern[str]

    @property
    def words(self) -> str:
        """The expression."""
        return f"text that matches {self.pattern.pattern}"

    def holds(self, values: Sequence[Any]) -> bool:
        """Search them."""
        return any(self.pattern.search(_text(each)) for each in values)

    def distance(self, values: Sequence[Any]) -> float:
        """Something is nearer than nothing."""
        return 0.5 if values else 1.0


@dataclass(frozen=True, slots=True)
class Absent:
    """Nothing stands there: no value, null, or a blank text; or, turned round, something does."""

    wanted: bool = True

    @property
    def words(self) -> str:
        """What is expected."""
        return "nothing" if self.wanted else "anything"

    def holds(self, values: Sequence[Any]) -> bool:
        """Tell whether there is nothing, or something."""
        return self.wanted == all(each in (None, "", [], {}) for each in values)

    def distance(self, values: Sequence[Any]) -> float:  # noqa: ARG002
        """There is no nearer and farther."""
        return 0.5


@dataclass(frozen=True, slots=True)
class Miss:
    """A condition that a document does not meet."""

    path: Path
    condition: Condition
    values: tuple[Any, ...]

    @property
    def field(self) -> str:
        """Where."""
        return ".".join(self.path)

    @property
    def expected(self) -> str:
        """What was expected there."""
        return self.condition.words

    @property
    def found(self) -> str:
        """What stands there."""
        return ", ".join(shown(each) for each in self.values[:3]) or "nothing"

    @property
    def distance(self) -> float:
        """How far it is from being met, up to 1."""
        return self.condition.distance(self.values)


@dataclass(frozen=True, slots=True)
class Matcher:
    """Conditions by path, all of which a document must meet."""

    conditions: Mapping[Path, Condition]

    def misses(self, document: Mapping[str, Any]) -> list[Miss]:
        """Return what a document does not meet; nothing where it matches."""
        found = ((path, condition, values_at(document, path)) for path, condition in self.conditions.items())
        return [
            Miss(path, condition, tuple(values)) for path, condition, values in found if not condition.holds(values)
        ]

    def matches(self, document: Mapping[str, Any]) -> bool:
        """Tell whether a document meets all conditions."""
        return not self.misses(document)

    @property
    def words(self) -> str:
        """The conditions in one line."""
        return ", ".join(f"{'.'.join(path)} {condition.words}" for path, condition in self.conditions.items())


def values_at(document: Any, path: Sequence[str]) -> list[Any]:
    """Return what stands at a path: one value, several where it passes through lists, or none."""
    nodes = [document]
    for step in path:
        found: list[Any] = []
        for node in nodes:
            if isinstance(node, Mapping):
                found += [node[step]] if step in node else []
            elif isinstance(node, (list, tuple)):
                if step.isascii() and step.isdigit() and len(step) < 10:
                    found += node[int(step) : int(step) + 1]
                else:
                    found += [each[step] for each in node if isinstance(each, Mapping) and step in each]
        nodes = found
    return [value for node in nodes for value in ((node, *node) if isinstance(node, (list, tuple)) else (node,))]


def read_condition(content: Any, field: str) -> Condition:
    """Read a condition as written in JSON or YAML; ``field`` names it in errors.

    Raises:
        MatchError: it is none.

    """
    if not isinstance(content, Mapping):
        return Equal(content)
    kinds: dict[str, Callable[[Any, str], Condition]] = {"equals": _equal, "matches": _matches, "absent": _absent}
    if len(content) != 1 or next(iter(content)) not in kinds:
        raise MatchError(field, f"expected a value, or a mapping of one of {', '.join(kinds)}; got {shown(content)}")
    name, value = next(iter(content.items()))
    return kinds[name](value, f"{field}.{name}")


def read_path(text: str, field: str) -> Path:
    """Read a path of names and numbers between dots."""
    path = tuple(text.split("."))
    if not all(path):
        raise MatchError(
            field, f"{shown(text)} is no path; expected names with dots between them, such as failures.code"
        )
    return path


def read_names(content: Any, field: str) -> OneOf:
    """Read one name or a list of them; ``*`` may stand at the end of each."""
    names = (content,) if isinstance(content, str) else content
    if not isinstance(names, (list, tuple)) or not names or not all(isinstance(each, str) and each for each in names):
        raise MatchError(field, f"expected a name or a list of names, such as upload.*; got {shown(content)}")
    return OneOf(tuple(names))


def shown(value: Any) -> str:
    """Return a value for people: a text as it is, anything else as JSON, both cut short."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _equal(value: Any, _field: str) -> Condition:
    return Equal(value)


def _matches(value: Any, field: str) -> Condition:
    if not isinstance(value, str) or len(value) > MAX_PATTERN:
        raise MatchError(field, f"expected a regular expression of up to {MAX_PATTERN} characters; got {shown(value)}")
    try:
        return Matches(re.compile(value))
    except (re.error, OverflowError, RecursionError) as error:
        raise MatchError(field, f"{shown(value)} is no regular expression: {error}") from None


def _absent(value: Any, field: str) -> Condition:
    if not isinstance(value, bool):
        raise MatchError(field, f"expected true or false; got {shown(value)}")
    return Absent(value)


def _same(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, bool) or isinstance(found, bool):
        return wanted is found
    if isinstance(wanted, str) != isinstance(found, str):
        plain = (str, int, float)
        return isinstance(wanted, plain) and isinstance(found, plain) and str(wanted) == str(found)
    return bool(wanted == found)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _unlikeness(one: str, other: str) -> float:
    return max(0.05, 1 - SequenceMatcher(None, one[:_COMPARED], other[:_COMPARED], autojunk=False).ratio())
