"""Puts a scenario together from its files: ``extends``, ``include``, ``variables``, ``matrix``.

It works on the nodes of the YAML, so that everything keeps the file, line and column where it stands, and one file
with a matrix becomes one document for each combination. Dates that count from the scenario's clock are `relative`.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sevis_sim.scenarios.relative import dated, rebuilt
from sevis_sim.yamlfile import Document, Node, Position, Problem, YamlError, load_file, quoted, suggestion
from sevis_sim.yamlfile.loader import MAX_DEPTH, MAX_NODES

PARTS = ("extends", "include", "variables", "matrix")
"""Keys that say how a scenario is put together; they are gone when it is."""
MOST = 500
"""Scenarios that one file may stand for."""
_DEEPEST = 8
_LONGEST = 100_000
_JOINED = ("organizations", "records", "outcomes", "faults", "steps", "expect", "tags", "source")
"""Lists to which an included file adds."""
_LAID_OVER = ("variables", "life_cycle")
"""Mappings that are laid over each other key by key."""
_OWN = ("scenario", "summary", "proves", "matrix", "extends", "include")
"""What one does not get from a file that one extends or includes."""
_VARIABLE = re.compile(r"\$\(([^()]*)\)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def compose(document: Document, folder: Path | None) -> list[Document]:
    """Return the scenarios of a file: one, or one for each row of its matrix, in their order.

    Args:
        document: the file.
        folder: where the files that it names are looked for; None: it came over the wire, so it may name none and
            stands for one scenario.

    Raises:
        YamlError: it cannot be put together; file, line and column of what stands in the way.

    """
    if document.root.keys is None:
        return [document]
    root = _gathered(document.root, document.name, folder, ())
    rows = _rows(root, document.name)
    if folder is None and len(rows) > 1:
        told = f"stands for {len(rows)} scenarios; expected one, for it is no file of which one could be named"
        raise _error(document.name, _below(root, "matrix") or root, "matrix", told)
    own = _below(root, "variables")
    found = []
    for suffix, row in rows:
        scope = _Scope(document.name, {})
        scope.learn(own)
        for name, node in row.items():
            scope.values[name] = scope.filled(node)
        kept = [(key, node) for key, node in root.entries() if key not in PARTS]
        filled = _mapping(root, [(key, scope.filled(node)) for key, node in kept])
        if suffix:
            filled = _suffixed(filled, suffix)
        found.append(Document(document.name, dated(filled, document.name)))
    return found


@dataclass(slots=True)
class _Scope:
    """Variables, and the texts that they stand in."""

    name: str
    values: dict[str, Node]

    def learn(self, node: Node | None) -> None:
        """Take variables from a mapping; each may use those above it."""
        if node is None:
            return
        if node.keys is None:
            raise _error(self.name, node, "variables", "expected a mapping of names to values")
        for key, value in node.entries():
            if not _NAME.fullmatch(key):
                raise _error(self.name, value, "variables", f"{quoted(key)} is no name of a variable, such as batch")
            self.values[key] = self.filled(value)

    def filled(self, node: Node) -> Node:
        """Return a node with the values of variables in it; a text that is one variable alone becomes its value."""
        if node.items is not None:
            made = rebuilt(node, [self.filled(each) for each in node.items])
            if made.size > MAX_NODES or made.height > MAX_DEPTH:
                told = f"its variables make more of it than {MAX_NODES} values or {MAX_DEPTH} levels"
                raise _error(self.name, node, "", told)
            return made
        if node.text is None or "$(" not in node.text:
            return node
        alone = _VARIABLE.fullmatch(node.text)
        if alone is not None:
            return replace(self._value(alone[1], node), position=node.position, file=node.file)
        text = _VARIABLE.sub(lambda found: self._text(found[1], node), node.text)
        if len(text) > _LONGEST:
            raise _error(self.name, node, "", f"its variables make a text of more than {_LONGEST} characters of it")
        return replace(node, text=text)

    def _value(self, name: str, node: Node) -> Node:
        if name not in self.values:
            hint = suggestion(name, self.values) or f"; known: {', '.join(self.values) or 'none'}"
            raise _error(self.name, node, "", f"there is no variable {quoted(name)}{hint}")
        return self.values[name]

    def _text(self, name: str, node: Node) -> str:
        value = self._value(name, node)
        if value.items is not None:
            raise _error(self.name, node, "", f"$({name}) is no text, so it must stand alone")
        return value.text or ""


def _gathered(root: Node, name: str, folder: Path | None, above: tuple[Path, ...]) -> Node:
    """Return the mapping of a file with what it extends below it and what it includes beside it."""
    extends, include = root.below("extends"), root.below("include")
    found = _of_file(extends, "extends", name, folder, above) if extends is not None else {}
    said: dict[str, Node] = {}
    if include is not None:
        for each in include.items if _is_list(include) and include.items is not None else [include]:
            _join(said, _of_file(each, "include", name, folder, above).items())
    _join(said, root.entries())
    for key, node in said.items():
        found[key] = _laid_over(found[key], node) if key in _LAID_OVER and key in found else node
    return _mapping(root, found.items())


def _join(known: dict[str, Node], more: Iterable[tuple[str, Node]]) -> None:
    for key, node in more:
        before = known.get(key)
        if before is not None and key in _JOINED and _is_list(before) and _is_list(node):
            known[key] = replace(before, items=[*(before.items or ()), *(node.items or ())])
        elif before is not None and key in _LAID_OVER:
            known[key] = _laid_over(before, node)
        else:
            known[key] = node


def _laid_over(under: Node, over: Node) -> Node:
    if under.keys is None or over.keys is None:
        return over
    return _mapping(over, (dict(under.entries()) | dict(over.entries())).items())


def _of_file(node: Node, key: str, name: str, folder: Path | None, above: tuple[Path, ...]) -> dict[str, Node]:
    if node.text is None:
        raise _error(name, node, key, "expected the name of a YAML file beside this one")
    if folder is None:
        raise _error(name, node, key, "a scenario that is no file cannot name others; write out what it needs")
    path = folder / node.text
    if not path.exists() and (folder / "parts" / node.text).exists():
        path = folder / "parts" / node.text
    if path.resolve() in above or len(above) >= _DEEPEST:
        raise _error(name, node, key, f"{node.text} stands in itself, or more than {_DEEPEST} files do in each other")
    try:
        document = load_file(path)
    except YamlError as error:
        if not path.is_file():
            raise _error(name, node, key, f"there is no file {path}") from error
        raise
    if document.root.keys is None:
        raise _error(name, node, key, f"{node.text} holds no mapping (key: value)")
    marked = _marked(document.root, str(path))
    found = _gathered(marked, str(path), path.parent, (*above, path.resolve()))
    return {
        inner: each
        for inner, each in found.entries()
        if inner not in _OWN or (key == "extends" and inner == "scenario")
    }


def _marked(node: Node, file: str) -> Node:
    if node.items is None:
        return replace(node, file=file)
    return replace(node, file=file, items=[_marked(each, file) for each in node.items])


def _rows(root: Node, name: str) -> list[tuple[str, Mapping[str, Node]]]:
    """Return the end of the name and the variables of each scenario that a file stands for."""
    matrix = _below(root, "matrix")
    if matrix is None:
        return [("", {})]
    rows = list(_products(matrix, name) if matrix.keys is not None else _listed(matrix, name))
    if not rows or len(rows) > MOST:
        raise _error(name, matrix, "matrix", f"{len(rows)} scenarios; expected 1 to {MOST}")
    seen: set[str] = set()
    for suffix, _ in rows:
        if suffix in seen:
            raise _error(name, matrix, "matrix", f"two rows are called {suffix!r}; give each a `name`")
        seen.add(suffix)
    return rows


def _products(matrix: Node, name: str) -> Iterator[tuple[str, Mapping[str, Node]]]:
    axes = []
    for key, node in matrix.entries():
        if not _is_list(node) or not node.items:
            raise _error(name, node, f"matrix.{key}", "expected a list of values, one for each scenario")
        axes.append([(key, each) for each in node.items])
    for row in itertools.product(*axes):
        yield "-".join(filter(None, (_slug(each) for _, each in row))), dict(row)


def _listed(matrix: Node, name: str) -> Iterator[tuple[str, Mapping[str, Node]]]:
    for number, row in enumerate(matrix.items or ()):
        if row.keys is None:
            raise _error(name, row, f"matrix[{number}]", "expected a mapping of variables to values")
        values = dict(row.entries())
        named = values.get("name")
        yield (
            (_slug(named) if named else "-".join(filter(None, map(_slug, values.values())))) or str(number + 1),
            values,
        )


def _slug(node: Node) -> str:
    if node.items is not None:
        return ""
    return re.sub(r"[^a-z0-9]+", "-", (node.text or "").lower()).strip("-")[:40]


def _suffixed(root: Node, suffix: str) -> Node:
    """Return a scenario with the end of its name."""
    entries = dict(root.entries())
    named = entries.get("scenario")
    if named is not None and named.text:
        entries["scenario"] = replace(named, text=f"{named.text}-{suffix}")
    return _mapping(root, entries.items())


def _mapping(like: Node, entries: Iterable[tuple[str, Node]]) -> Node:
    """Return a mapping of entries that may come from several files; where a key stands is where it did."""
    pairs = list(entries)
    known = like.keys or {}
    keys: dict[str, Position] = {key: known.get(key, node.position) for key, node in pairs}
    items = [node for _, node in pairs]
    size, height = 1 + sum(each.size for each in items), 1 + max((each.height for each in items), default=0)
    return replace(like, keys=keys, items=items, size=size, height=height)


def _is_list(node: Node) -> bool:
    return node.items is not None and node.keys is None


def _below(root: Node, key: str) -> Node | None:
    return root.below(key)


def _error(name: str, node: Node, path: str, message: str) -> YamlError:
    return YamlError([Problem(node.file or name, node.position, path, message)])
