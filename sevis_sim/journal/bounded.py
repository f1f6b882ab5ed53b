"""Cutting what goes into the journal down to a size that a page can show and a disk can keep."""

import math
import re
from collections.abc import Mapping, Set
from datetime import date, datetime
from typing import Any

LONGEST_TEXT = 4_000
"""Characters of one text."""
MOST_TEXT = 32_000
"""Characters of all texts of one entry together."""
MOST_ITEMS = 200
"""Members of one mapping or list."""
DEEPEST = 12
"""Levels of nesting."""
LONGEST_LINE = 500
"""Characters of a summary or an id."""
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""C0 and C1 controls, line and paragraph separators, and what turns the direction of writing (UAX 9)."""


def escaped(text: str) -> str:
    r"""Return the text with control characters written as escapes, such as ``\x1b``.

    So what a client sends can neither begin a line of its own in a log, nor recolour or rewrite a terminal, nor turn
    the direction of writing.
    """
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def line(text: str) -> str:
    """Return the text on one line, without control characters, cut to `LONGEST_LINE` characters."""
    flat = escaped(" ".join(text.split()))
    return flat if len(flat) <= LONGEST_LINE else f"{flat[: LONGEST_LINE - 1]}…"


def bounded(detail: Mapping[str, Any]) -> dict[str, Any]:
    """Return the detail in plain JSON values, with what is too long cut short and saying so.

    Bytes become text, instants and days ISO text, sets sorted lists, and anything else what ``str`` makes of it:
    an entry never fails for what is in it.
    """
    plain: dict[str, Any] = _Cutter().plain(detail, 0)
    return plain


class _Cutter:
    def __init__(self) -> None:
        self._left = MOST_TEXT

    def plain(self, value: Any, depth: int) -> Any:
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int):
            # Longer integers would lose digits in most readers of JSON.
            return int(value) if abs(value) < 2**53 else str(value)
        if isinstance(value, float):
            return float(value) if math.isfinite(value) else str(value)
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, (bytes, bytearray, memoryview)):
            return self._bytes(bytes(value[: LONGEST_TEXT + 1]), len(value))
        if isinstance(value, (datetime, date)):
            return value.isoformat()
        if isinstance(value, (Mapping, list, tuple, Set)):
            if depth >= DEEPEST:
                return "… (nested too deeply)"
            return self._mapping(value, depth) if isinstance(value, Mapping) else self._list(value, depth)
        return self._text(str(value))

    def _text(self, text: str) -> str:
        allowed = min(LONGEST_TEXT, self._left)
        self._left -= min(len(text), allowed)
        return text if len(text) <= allowed else f"{text[:allowed]}… ({len(text) - allowed} more characters)"

    def _bytes(self, start: bytes, size: int) -> str:
        allowed = min(LONGEST_TEXT, self._left)
        # A character cut in two at the end is no fault of the sender's.
        text = start[:allowed].decode("utf-8", "replace" if size <= allowed else "ignore")
        self._left -= len(text)
        return text if size <= allowed else f"{text}… ({size - allowed} more bytes)"

    def _mapping(self, mapping: Mapping[Any, Any], depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for number, (name, value) in enumerate(mapping.items()):
            if self._full(number):
                result["…"] = f"{len(mapping) - number} more"
                break
            result[self._text(str(name))] = self.plain(value, depth + 1)
        return result

    def _list(self, items: Any, depth: int) -> list[Any]:
        result: list[Any] = []
        ordered = sorted(items, key=str) if isinstance(items, Set) else items
        for number, value in enumerate(ordered):
            if self._full(number):
                result.append(f"… ({len(items) - number} more)")
                break
            result.append(self.plain(value, depth + 1))
        return result

    def _full(self, number: int) -> bool:
        # Each member costs something, so that a tree of empty lists ends too.
        self._left -= 1
        return number >= MOST_ITEMS or self._left <= 0
