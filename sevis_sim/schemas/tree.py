"""What the schemas of a release say about each element and attribute: occurrence, values, order.

Only what a document shows is kept. How a schema is cut into types and groups, and in which namespace those are, is
looked through, so that two releases can be compared that are written differently.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

_XS = "{http://www.w3.org/2001/XMLSchema}"
_PATTERN = "pattern"

Content = str | tuple[Any, ...]
"""Name of an element, or ``(model, low, high, members)`` of a group, model being ``sequence``, ``choice``, ``all``."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a text must be. Elements of a union type have several, one of which must fit."""

    base: str
    """Built-in type of XML Schema: ``string``, ``date``."""
    limits: tuple[tuple[str, str], ...] = ()
    """Facets with one value, by name: ``("maxLength", "40")``."""
    patterns: tuple[str, ...] = ()
    """Regular expressions, all of which must match."""
    codes: tuple[str, ...] = ()
    """The only values allowed; empty where any are."""
    name: str = ""
    """The schema's name of the list of codes, without its namespace."""


@dataclass(frozen=True, slots=True)
class Node:
    """One element or attribute at one place."""

    path: str
    """From the root element on: ``TransactionLog/BatchHeader/BatchID``, ``…/Record/@requestID``. ``Site[SOA]/…``
    is within a Site whose ``xsi:type`` says SOA; ``Name (2)`` is a second Name with other values."""
    low: int
    high: int | None
    """Occurrence within the parent; None: without a limit."""
    alternative: bool = False
    """Whether it is one of several of which the parent holds one."""
    values: tuple[Value, ...] = ()
    """Empty for elements that hold elements."""
    types: tuple[str, ...] = ()
    """Names that ``xsi:type`` may give, without namespaces."""
    needs_type: bool = False
    """Whether ``xsi:type`` must be given."""
    nillable: bool = False
    default: str | None = None
    fixed: str | None = None
    content: Content | None = None
    """Order and alternatives of the elements within."""

    @property
    def is_attribute(self) -> bool:
        """Whether it is an attribute."""
        return self.path.rpartition("/")[2].startswith("@")


@dataclass(slots=True)
class Tree:
    """All elements and attributes of one root element, in the order of the schema."""

    root: str
    file: str
    nodes: dict[str, Node] = field(default_factory=dict)


def trees(folder: Path, files: tuple[str, ...]) -> list[Tree]:
    """Read what the schemas of a folder say; some 0.2 s a file.

    Args:
        folder: of a release that `Release` accepts.
        files: the schemas that declare root elements.

    Raises:
        ValueError: a schema cannot be read; the message names it.

    """
    import xmlschema

    found = []
    for file in files:
        path = (folder / file).resolve()  # xmlschema looks for relative paths twice within a sandbox
        try:
            schema = xmlschema.XMLSchema10(str(path), validation="skip", allow="sandbox")
        except (xmlschema.XMLSchemaException, OSError) as error:
            first = str(error).strip().partition("\n")[0]
            raise ValueError(f"{path} is no usable schema: {first}") from None
        for name in schema.elements:
            tree = Tree(_local(name), file)
            _Walk(schema, tree).element(schema.elements[name], "", 1, 1, False, ())
            found.append(tree)
    return found


class _Walk:
    """Fills a tree by walking a schema."""

    def __init__(self, schema: Any, tree: Tree) -> None:
        self._schema = schema
        self._nodes = tree.nodes

    def element(
        self, declared: Any, above: str, low: int, high: int | None, alternative: bool, within: tuple[Any, ...]
    ) -> None:
        """Add an element and everything in it. ``within`` are the types around it: recursion ends at them."""
        kind = declared.type
        complex_kind = kind.is_complex()
        derived = self._derived(kind) if complex_kind else []
        node = Node(
            path=f"{above}/{_local(declared.name)}" if above else _local(declared.name),
            low=low,
            high=high,
            alternative=alternative,
            values=()
            if complex_kind and not kind.has_simple_content()
            else values(kind.content if complex_kind else kind),
            types=tuple(sorted(_local(other.name) for other in derived)),
            needs_type=complex_kind and bool(kind.abstract),
            nillable=bool(declared.nillable),
            default=declared.default,
            fixed=declared.fixed,
            content=_content(kind.content) if complex_kind and not kind.has_simple_content() else None,
        )
        path = self._add(node)
        if not complex_kind or any(kind is other for other in within):
            return
        self._inside(kind, path, (*within, kind))
        for other in sorted(derived, key=lambda each: str(each.name)):
            if not any(other is each for each in within):
                self._inside(other, f"{path}[{_local(other.name)}]", (*within, kind, other))

    def _inside(self, kind: Any, path: str, within: tuple[Any, ...]) -> None:
        for name, attribute in kind.attributes.items():
            if name and attribute.use != "prohibited":
                self._add(
                    Node(
                        path=f"{path}/@{_local(name)}",
                        low=int(attribute.use == "required"),
                        high=1,
                        values=values(attribute.type),
                        default=attribute.default,
                        fixed=attribute.fixed,
                    )
                )
        if not kind.has_simple_content():
            for child, low, high, alternative in _particles(kind.content, 1, 1, False):
                self.element(child, path, low, high, alternative, within)

    def _add(self, node: Node) -> str:
        """Add a node; returns its path, which differs where the same name stands twice with different values."""
        path, number = node.path, 1
        while (known := self._nodes.get(path)) is not None:
            if known.values == node.values and known.content == node.content:
                high = None if known.high is None or node.high is None else max(known.high, node.high)
                node = replace(node, low=min(known.low, node.low), high=high)
                break
            number += 1
            path = f"{node.path} ({number})"
        self._nodes[path] = replace(node, path=path)
        return path

    def _derived(self, kind: Any) -> list[Any]:
        """Return the types that ``xsi:type`` may name instead of this one."""
        if not kind.name or kind.name.startswith(_XS):
            return []
        return [
            other
            for other in self._schema.maps.types.values()
            if other is not kind
            and other.name
            and not other.name.startswith(_XS)
            and other.is_complex()
            and not other.abstract
            and other.is_derived(kind)
        ]


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _particles(
    group: Any, low: int, high: int | None, alternative: bool
) -> Iterator[tuple[Any, int, int | None, bool]]:
    """Yield the elements of a group with how often each may stand, and whether it is an alternative."""
    low, high = low * group.min_occurs, _times(high, group.max_occurs)
    members = list(group)
    if group.model == "choice" and len(members) > 1:
        low, alternative = 0, True
    for member in members:
        if hasattr(member, "model"):
            yield from _particles(member, low, high, alternative)
        elif member.name is not None:
            yield member, low * member.min_occurs, _times(high, member.max_occurs), alternative


def _times(one: int | None, other: int | None) -> int | None:
    if one == 0 or other == 0:
        return 0
    return None if one is None or other is None else one * other


def _content(group: Any) -> Content:
    members = tuple(
        _content(member) if hasattr(member, "model") else "any element" if member.name is None else _local(member.name)
        for member in group
    )
    return (str(group.model), group.min_occurs, group.max_occurs, members)


def values(kind: Any) -> tuple[Value, ...]:
    """Return what a simple type of ``xmlschema`` accepts."""
    limits: dict[str, str] = {}
    patterns: list[str] = []
    base = kind
    while base is not None and not (base.name or "").startswith(_XS) and not getattr(base, "member_types", None):
        for name, facet in base.facets.items():
            short = _local(name or "")
            if short == _PATTERN:
                patterns.append(" or ".join(facet.regexps))
            elif short not in ("", "enumeration", "assertion"):
                limits.setdefault(short, str(facet.value))  # the most derived type comes first, and is the narrowest
        base = base.base_type
    codes = tuple(sorted(map(str, kind.enumeration or ())))
    named = _local(kind.name or "")
    if base is not None and getattr(base, "member_types", None):
        return tuple(
            Value(
                each.base,
                tuple(sorted((dict(each.limits) | limits).items())),
                tuple(dict.fromkeys((*each.patterns, *patterns))),
                codes or each.codes,
                each.name or named,
            )
            for member in base.member_types
            for each in values(member)
        )
    builtin = _local(base.name) if base is not None and base.name else "list"
    return (Value(builtin, tuple(sorted(limits.items())), tuple(dict.fromkeys(patterns)), codes, named),)
