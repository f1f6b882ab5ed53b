"""The values of a YAML file and where each of them stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Step = str | int
"""One step of a path: the key of a mapping, or the number of an item of a list, from 0."""


class Position(NamedTuple):
    """A place in a text, both numbers from 1."""

    line: int
    column: int


@dataclass(slots=True)
class Node:
    """One value as it stands in the file. An alias is the very node of its anchor, so its position is the anchor's."""

    position: Position
    text: str | None = None
    """Of a scalar: as written; None where it means nothing. Of a mapping or list: None."""
    keys: dict[str, Position] | None = None
    """Of a mapping: where each key stands."""
    items: list["Node"] | None = None
    """Of a mapping, in the order of its keys, or of a list."""
    size: int = 1
    """Nodes in it, aliases counted as often as they are used."""
    height: int = 0
    """Levels of mappings and lists in it, itself counted."""
    file: str = ""
    """The file that it stands in, where that is another than the document's: one that the document is put together
    from."""

    def below(self, step: Step) -> "Node | None":
        """Return the node one step down, or None."""
        if self.items is None:
            return None
        if self.keys is not None:
            return next((node for key, node in self.entries() if key == step), None)
        return self.items[step] if isinstance(step, int) and 0 <= step < len(self.items) else None

    def entries(self) -> Iterator[tuple[str, "Node"]]:
        """Yield the keys and values of a mapping."""
        return zip(self.keys or (), self.items or (), strict=True)

    def plain(self) -> Any:
        """Return the value as dicts, lists, texts and None; aliases become independent copies."""
        if self.keys is not None:
            return {key: node.plain() for key, node in self.entries()}
        if self.items is not None:
            return [node.plain() for node in self.items]
        return self.text


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file that has been read."""

    name: str
    """What errors call the file: its path as it was given."""
    root: Node
    value: Any = field(init=False)
    """Everything in it: dicts, lists, texts as written, None for what is empty."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", self.root.plain())

    def position(self, path: Sequence[Step] = ()) -> Position:
        """Return where the value at a path stands; where there is none, the nearest value around it."""
        return self._reached(path)[-1].position

    def key_position(self, path: Sequence[Step]) -> Position:
        """Return where the key of the value at a path stands, or the value itself if it is an item of a list."""
        reached = self._reached(path)
        if len(reached) == len(path) + 1 and len(path) > 0:
            keys = reached[-2].keys
            if keys is not None:
                return keys[str(path[-1])]
        return reached[-1].position

    def file(self, path: Sequence[Step] = ()) -> str:
        """Return what errors call the file in which the value at a path stands."""
        return next((node.file for node in reversed(self._reached(path)) if node.file), self.name)

    def depth(self, path: Sequence[Step]) -> int:
        """Return how many steps of a path lead to something in this document."""
        return len(self._reached(path)) - 1

    def _reached(self, path: Sequence[Step]) -> list[Node]:
        nodes = [self.root]
        for step in path:
            node = nodes[-1].below(step)
            if node is None:
                break
            nodes.append(node)
        return nodes


def path_text(path: Sequence[Step]) -> str:
    """Write a path as errors show it: ``records[0].PersonalInfo.BirthDate``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
