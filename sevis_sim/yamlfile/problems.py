"""What is wrong in a file, in one line that also says what would be right."""

from collections.abc import Iterable
from dataclasses import dataclass

from sevis_sim.yamlfile.document import Position


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. ``str()`` gives ``file:line:column: path: message``."""

    file: str
    position: Position
    path: str
    """The keys that lead there: ``organizations[0].users[1].role``; ``""`` for the whole file."""
    message: str
    """What stands there, what was expected, and the nearest right word."""

    def __str__(self) -> str:
        where = f"{self.file}:{self.position.line}:{self.position.column}"
        return f"{where}: {self.path}: {self.message}" if self.path else f"{where}: {self.message}"


def suggestion(word: str, choices: Iterable[str]) -> str:
    """Return ``" (did you mean 'x'?)"`` for the choice nearest to a word, or ``""`` if none is near."""
    near = nearest(word, choices)
    return "" if near is None else f" (did you mean {near!r}?)"


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice nearest to a word, or None if none is near."""
    import difflib  # only needed once something is wrong

    by_plain: dict[str, str] = {}
    for choice in choices:
        by_plain.setdefault(_plain(choice), choice)
    near = difflib.get_close_matches(_plain(word), list(by_plain), n=1, cutoff=0.6)
    return by_plain[near[0]] if near else None


def _plain(word: str) -> str:
    """Return a word without what is most often mistaken: case, and the kind of separator."""
    return word.lower().replace("-", "_").replace(" ", "_")


def quoted(value: object, limit: int = 60) -> str:
    """Return a value as an error shows it: on one line, cut after ``limit`` characters."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = repr(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
