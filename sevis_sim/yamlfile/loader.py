"""From text to `Document`. Whatever the text is, the answer is a document or a `YamlError` that says where it fails.

The events of ruamel.yaml's parser are put together here rather than by ruamel, for three reasons: positions of keys
and values are kept, nesting and aliases are bounded before anything is built, and scalars stay as they are written.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sevis_sim.yamlfile.document import Document, Node, Position
from sevis_sim.yamlfile.problems import Problem, quoted

MAX_BYTES = 4 * 1024 * 1024
"""Size of a file: some twenty thousand records."""
MAX_NODES = 400_000
"""Values in a file, aliases counted as often as they are used: what stops an alias bomb."""
MAX_DEPTH = 64
"""Levels of nesting. An upload document has about ten."""

_NOTHING = frozenset({"", "~", "null"})
_TAGS = "tag:yaml.org,2002:"
_KNOWN_TAGS = frozenset(_TAGS + name for name in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq"))


class YamlError(Exception):
    """A file that cannot be read. ``problems`` has one entry for each thing that is wrong, in the order of the file."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


def load_file(path: Path) -> Document:
    """Read a YAML file (UTF-8).

    Raises:
        YamlError: it cannot be opened, is too large, or is not the YAML that `load_text` reads.

    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _error(str(path), Position(1, 1), f"the file cannot be read: {error.strerror or error}") from error
    if len(data) > MAX_BYTES:
        raise _error(str(path), Position(1, 1), f"the file has more than {MAX_BYTES // 1024**2} MB; split it")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = data[: error.start].decode("utf-8-sig", errors="replace")
        raise _error(
            str(path), _end_of(good), f"byte 0x{data[error.start]:02X} is not UTF-8; save the file as UTF-8"
        ) from error
    return load_text(text, str(path))


def load_text(text: str, name: str) -> Document:
    """Read YAML 1.2: one document, texts as keys, no tags but the core ones, no merge keys.

    Args:
        text: the YAML.
        name: what errors call it.

    Raises:
        YamlError: it is no YAML, a key stands twice, it has too many values or nests too deep, or it uses what is
            listed above as left out.

    """
    if len(text) > MAX_BYTES:
        raise _error(name, Position(1, 1), f"the text has more than {MAX_BYTES // 1024**2} MB; split it")
    return Document(name, _Builder(name).build(_events(text, name)))


def _events(text: str, name: str) -> Iterator[Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.reader import ReaderError

    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = " ".join(str(error.problem or error.context or "this is no YAML").split())
        raise _error(name, _at(mark) if mark else Position(1, 1), f"{said}{_hint(said)}") from error
    except ReaderError as error:
        character = error.character if isinstance(error.character, int) else ord(error.character)
        raise _error(
            name, _end_of(text[: error.position]), f"the character U+{character:04X} may not stand in a YAML file"
        ) from error
    except YAMLError as error:
        raise _error(name, Position(1, 1), " ".join(str(error).split())) from error
    except (ValueError, OverflowError, IndexError, AttributeError, TypeError, AssertionError) as error:
        # The parser is not ours; on some malformed texts it breaks down instead of saying so.
        raise _error(name, Position(1, 1), f"the YAML parser cannot read this ({error})") from error


def _hint(said: str) -> str:
    if "mapping values are not allowed" in said:
        return "; quote a text that has ': ' in it"
    if "cannot start any token" in said:
        return "; indent with blanks, and quote a text that begins with @, ` or %"
    return ""


class _Builder:
    """Puts the events of one document together, without recursion."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._open: list[tuple[Node, str | None]] = []
        """Mappings and lists that have not ended, with their anchors."""
        self._key: list[str | None] = []
        """For each open mapping: the key whose value comes next; None where a key comes next."""
        self._key_end = Position(1, 1)
        self._anchors: dict[str, Node | None] = {}
        """None for an anchor whose value has not ended."""

    def build(self, events: Iterator[Any]) -> Node:
        from ruamel.yaml import events as e

        root: Node | None = None
        documents = 0
        for event in events:
            node: Node | None = None
            if isinstance(event, e.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._error(_at(event.start_mark), "a second document begins here; keep one in a file")
            elif isinstance(event, e.AliasEvent):
                node = self._alias(event)
            elif isinstance(event, e.ScalarEvent):
                node = self._scalar(event)
            elif isinstance(event, (e.MappingStartEvent, e.SequenceStartEvent)):
                self._begin(event, mapping=isinstance(event, e.MappingStartEvent))
            elif isinstance(event, (e.MappingEndEvent, e.SequenceEndEvent)):
                node = self._end()
            if node is not None:
                self._put(node, event)
                root = root if self._open else node
        return root or Node(Position(1, 1))

    def _scalar(self, event: Any) -> Node:
        self._check_tag(event)
        text = event.value
        # ruamel places an empty value where the next thing begins, which may be lines below; it belongs to its key.
        empty = not text and event.style is None and self._open and self._key[-1] is not None
        position = self._key_end if empty else _at(event.start_mark)
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise self._error(position, "half of a surrogate pair is no character; write the character itself")
        nothing = event.style is None and text in _NOTHING and event.tag != f"{_TAGS}str"
        node = Node(position, None if nothing else text)
        if event.anchor is not None:
            self._anchors[str(event.anchor)] = node
        return node

    def _alias(self, event: Any) -> Node:
        name = str(event.anchor)
        if name not in self._anchors:
            raise self._error(_at(event.start_mark), f"'*{name}' has no '&{name}' before it")
        node = self._anchors[name]
        if node is None:
            raise self._error(_at(event.start_mark), f"'*{name}' stands inside of what it repeats")
        return node

    def _begin(self, event: Any, *, mapping: bool) -> None:
        self._check_tag(event)
        position = _at(event.start_mark)
        if self._awaits_key():
            raise self._error(position, "a key must be a text")
        if len(self._open) >= MAX_DEPTH:
            raise self._error(position, f"nested deeper than {MAX_DEPTH} levels")
        anchor = None if event.anchor is None else str(event.anchor)
        if anchor is not None:
            self._anchors[anchor] = None
        self._open.append((Node(position, keys={} if mapping else None, items=[], height=1), anchor))
        self._key.append(None)

    def _end(self) -> Node:
        node, anchor = self._open.pop()
        self._key.pop()
        if anchor is not None:
            self._anchors[anchor] = node
        return node

    def _awaits_key(self) -> bool:
        return bool(self._open) and self._open[-1][0].keys is not None and self._key[-1] is None

    def _put(self, node: Node, event: Any) -> None:
        """Give a value that is complete to the mapping or list around it."""
        if not self._open:
            return
        parent = self._open[-1][0]
        position = _at(event.start_mark)
        if self._awaits_key():
            self._key[-1] = self._new_key(node, parent, position)
            self._key_end = _at(event.end_mark)
            return
        parent.size += node.size
        parent.height = max(parent.height, node.height + 1)
        if parent.size > MAX_NODES:
            raise self._error(position, f"more than {MAX_NODES} values, aliases counted as often as they are used")
        if len(self._open) + node.height > MAX_DEPTH:
            raise self._error(position, f"nested deeper than {MAX_DEPTH} levels")
        assert parent.items is not None  # noqa: S101 - only mappings and lists are opened
        parent.items.append(node)
        self._key[-1] = None

    def _new_key(self, node: Node, parent: Node, position: Position) -> str:
        if node.items is not None or node.text is None:
            raise self._error(position, "a key must be a text")
        assert parent.keys is not None  # noqa: S101 - the caller asked for it
        if node.text == "<<":
            raise self._error(position, "merge keys '<<' are no part of YAML 1.2; write the keys out")
        if node.text in parent.keys:
            first = parent.keys[node.text]
            raise self._error(position, f"the key {quoted(node.text)} stands here twice, first in line {first.line}")
        parent.keys[node.text] = position
        return node.text

    def _check_tag(self, event: Any) -> None:
        if event.tag is not None and str(event.tag) not in _KNOWN_TAGS and str(event.tag) != "!":
            shown = str(event.tag).replace(_TAGS, "!!")
            raise self._error(_at(event.start_mark), f"the tag {quoted(shown)} is not known here; leave it out")

    def _error(self, position: Position, message: str) -> YamlError:
        return _error(self._name, position, message)


def _at(mark: Any) -> Position:
    return Position(mark.line + 1, mark.column + 1)


def _end_of(text: str) -> Position:
    """Return the position after a text."""
    line = text.count("\n") + 1
    return Position(line, len(text) - (text.rfind("\n") + 1) + 1)


def _error(name: str, position: Position, message: str) -> YamlError:
    return YamlError([Problem(name, position, "", message)])
