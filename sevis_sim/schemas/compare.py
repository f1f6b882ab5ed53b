"""What changed between two releases for a client: elements, occurrence, limits, codes, attributes, order.

The same change at many places, such as a new country, is one change with many places. Version numbers and namespaces
are no changes: the elements of a document are in no namespace, so production and alpha documents look the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sevis_sim.schemas import tree_words
from sevis_sim.schemas.tree import Content, Node, Tree, Value


@dataclass(frozen=True, slots=True)
class Change:
    """One change, at one or more places."""

    kind: str
    """``added``, ``removed``, ``occurrence``, ``base``, ``limit``, ``pattern``, ``codes-added``, ``codes-removed``,
    ``xsi-type``, ``nil``, ``default``, ``fixed``, ``content``, ``values`` or ``order``."""
    words: str
    """What is so now and what was before."""
    paths: tuple[str, ...]
    """Where, each from the root element on."""
    before: str | None = None
    after: str | None = None
    codes: tuple[str, ...] = ()
    """The codes added or removed."""
    narrows: bool = True
    """Whether a document that was good before may be refused now. False: all such documents stay good."""


_Found = tuple[str, str, str, str | None, str | None, tuple[str, ...], bool]
"""Path, and a change without its places."""
_UPPER = ("maxLength", "maxInclusive", "maxExclusive", "totalDigits", "fractionDigits")
_LOWER = ("minLength", "minInclusive", "minExclusive")


def compare(before: list[Tree], after: list[Tree]) -> list[Change]:
    """Return what changed from one release to another, in the order of the schemas; empty if nothing did."""
    places: dict[tuple[str, str, str | None, str | None, tuple[str, ...], bool], list[str]] = {}
    for path, kind, words, old, new, codes, narrows in _found(before, after):
        places.setdefault((kind, words, old, new, codes, narrows), []).append(path)
    return [
        Change(kind, words, tuple(at), old, new, codes, narrows)
        for (kind, words, old, new, codes, narrows), at in places.items()
    ]


def _found(before: list[Tree], after: list[Tree]) -> Iterator[_Found]:
    old: Mapping[str, Node] = {path: node for tree in before for path, node in tree.nodes.items()}
    new: Mapping[str, Node] = {path: node for tree in after for path, node in tree.nodes.items()}
    for path, node in old.items():
        if path in new:
            yield from _changed(node, new[path], old, new)
        elif _parent_stands(path, new):
            yield path, "removed", f"{_kind(node)} removed", tree_words.occurrence(node), None, (), True
    for path, node in new.items():
        if path not in old and _parent_stands(path, old):
            held = tree_words.values(node)
            words = f"{_kind(node)} added, {tree_words.occurrence(node)}" + (f": {held}" if held else "")
            yield path, "added", words, None, tree_words.occurrence(node), (), node.low > 0 and not node.alternative


def _parent_stands(path: str, nodes: Mapping[str, Node]) -> bool:
    """Tell whether the place around a place exists, so that its coming or going is news of its own."""
    above = path.rpartition("/")[0]
    if above.endswith("]"):
        element, _, kind = above[:-1].rpartition("[")
        return element in nodes and kind in nodes[element].types
    return not above or above in nodes


def _kind(node: Node) -> str:
    return "attribute" if node.is_attribute else "element"


def _changed(old: Node, new: Node, olds: Mapping[str, Node], news: Mapping[str, Node]) -> Iterator[_Found]:
    path = old.path
    was, now = tree_words.occurrence(old), tree_words.occurrence(new)
    if (old.low, old.high, old.alternative) != (new.low, new.high, new.alternative):
        fewer = new.high is not None and (old.high is None or new.high < old.high)
        narrows = new.low > old.low or fewer or (new.alternative and not old.alternative)
        yield path, "occurrence", f"{now} now, {was} before", was, now, (), narrows
    yield from _values(path, old.values, new.values)
    yield from _other(old, new)
    if old.content is None or new.content is None:
        if (old.content is None) != (new.content is None):
            was, now = ("elements" if each.content is not None else "a value" for each in (old, new))
            yield path, "content", f"holds {now} now, {was} before", was, now, (), True
        return
    kept = {_name(each) for each in _children(path, olds) & _children(path, news)}
    was_order, now_order = (_normal(each.content, kept) for each in (old, new) if each.content is not None)
    if was_order != now_order:
        was, now = (tree_words.content(each, occurs=False) for each in (was_order, now_order))
        words = "order, alternatives or repetition changed"
        yield path, "order", f"{words}: {now} now, {was} before", was, now, (), True


def _other(old: Node, new: Node) -> Iterator[_Found]:
    if (old.types, old.needs_type) != (new.types, new.needs_type):
        was, now = (
            f"{'one of' if each.needs_type else 'none or'} {', '.join(each.types)}" if each.types else "none"
            for each in (old, new)
        )
        narrows = not set(old.types) <= set(new.types) or (new.needs_type and not old.needs_type)
        yield old.path, "xsi-type", f"xsi:type: {now} now, {was} before", was, now, (), narrows
    if old.nillable != new.nillable:
        words = "xsi:nil allowed now" if new.nillable else "xsi:nil no longer allowed"
        yield old.path, "nil", words, str(old.nillable).lower(), str(new.nillable).lower(), (), old.nillable
    for kind, label in (("default", "where it is left out"), ("fixed", "always")):
        was, now = getattr(old, kind), getattr(new, kind)
        if was != now:
            words = f"{label}: {now or 'nothing'} now, {was or 'nothing'} before"
            yield old.path, kind, words, was, now, (), kind == "fixed" and now is not None


def _values(path: str, old: tuple[Value, ...], new: tuple[Value, ...]) -> Iterator[_Found]:
    if len(old) != len(new):
        was, now = (" — or — ".join(map(tree_words.value, each)) or "elements" for each in (old, new))
        if old and new:  # that a value became elements is said otherwise
            yield path, "values", f"{now} now, {was} before", was, now, (), not set(old) <= set(new)
        return
    for one, other in zip(old, new, strict=True):
        for change in _value(one, other):
            yield path, *change


def _value(old: Value, new: Value) -> Iterator[tuple[str, str, str | None, str | None, tuple[str, ...], bool]]:
    if old.base != new.base:
        was, now = tree_words.base(old.base), tree_words.base(new.base)
        if was == now:
            was, now = old.base, new.base
        yield "base", f"{now} now, {was} before", was, now, (), new.base not in ("string", "anySimpleType")
    limits = [dict(each.limits) for each in (old, new)]
    for name in sorted(limits[0].keys() | limits[1].keys()):
        before, after = (tree_words.limit(name, each[name]) if name in each else None for each in limits)
        if before != after:
            narrows = _narrower(name, limits[0].get(name), limits[1].get(name))
            yield "limit", _now_and_before(before, after), before, after, (), narrows
    if old.patterns != new.patterns:
        before, after = (" and ".join(each) or None for each in (old.patterns, new.patterns))
        yield (
            "pattern",
            f"pattern {after or 'none'} now, {before or 'none'} before",
            before,
            after,
            (),
            after is not None,
        )
    yield from _codes(old, new)


def _narrower(name: str, before: str | None, after: str | None) -> bool:
    """Tell whether a limit leaves out values that it let pass before."""
    if after is None:
        return False
    if before is None or name not in (*_UPPER, *_LOWER):
        return True
    return float(after) < float(before) if name in _UPPER else float(after) > float(before)


def _now_and_before(before: str | None, after: str | None) -> str:
    if after is None:
        return f"no longer {before}"
    return f"{after} now" + (f", {before} before" if before else "")


def _codes(old: Value, new: Value) -> Iterator[tuple[str, str, str | None, str | None, tuple[str, ...], bool]]:
    if old.codes == new.codes:
        return
    name = f" in {new.name or old.name}" if new.name or old.name else ""
    was, now = (f"{len(each)} codes" if each else "any value" for each in (old.codes, new.codes))
    if not old.codes or not new.codes:
        words = (
            f"one of {now}{name} now, any value before" if new.codes else f"any value now, one of {was}{name} before"
        )
        yield (
            ("codes-added" if new.codes else "codes-removed"),
            words,
            was,
            now,
            new.codes or old.codes,
            bool(new.codes),
        )
        return
    for kind, codes in (
        ("codes-added", tuple(code for code in new.codes if code not in set(old.codes))),
        ("codes-removed", tuple(code for code in old.codes if code not in set(new.codes))),
    ):
        if codes:
            label = "code" if len(codes) == 1 else "codes"
            yield kind, f"{label} {kind[6:]}{name}: {', '.join(codes)}", was, now, codes, kind == "codes-removed"


def _children(path: str, nodes: Mapping[str, Node]) -> set[str]:
    return {each for each in nodes if each.startswith(f"{path}/") and "/" not in each[len(path) + 1 :]}


def _name(path: str) -> str:
    return path.rpartition("/")[2].partition(" (")[0]


def _normal(given: Content, kept: set[str]) -> Content:
    """Return order and alternatives of those elements alone, without brackets that change nothing."""
    if isinstance(given, str):
        return given
    model, low, high, members = given
    flat: list[Any] = []
    for member in members:
        inner = _normal(member, kept)
        if isinstance(inner, str):
            if inner in kept or inner == "any element":
                flat.append(inner)
        elif inner[3]:
            flat.extend(inner[3] if inner[0] == model and inner[1:3] == (1, 1) else [inner])
    if len(flat) == 1:
        only = flat[0]
        if isinstance(only, str):
            return only  # how often it stands is said of the element itself
        if (low, high) == (1, 1):
            return (only[0], only[1], only[2], only[3])
    if model == "choice":
        flat.sort(key=str)  # alternatives have no order
    return (model if flat else "sequence", low, high, tuple(flat))
