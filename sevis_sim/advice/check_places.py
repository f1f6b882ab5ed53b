"""Where in a file an element stands, to the column, and what the line looks like."""

import itertools
import re
from collections.abc import Container, Iterable, Mapping
from typing import Any
from xml.parsers import expat

from lxml import etree

_LINE_ENDS = re.compile(r"\r\n|\n|\r")
_WIDTH = 110
_BEFORE = 40
_BOMS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


class Places:
    """The places in one document.

    libxml2 keeps no columns and no lines beyond 65,535, so expat, which does, reads the document once more; this costs
    nothing until something was found. A document that expat cannot read (an encoding of several bytes) has lines only.
    """

    def __init__(self, document: bytes, root: etree._Element | None = None) -> None:
        """Take a document, and its root element if it is well-formed."""
        self._document = document
        self._root = root
        self._lines: list[str] | None = None

    def of(self, elements: Iterable[etree._Element]) -> Mapping[etree._Element, tuple[int | None, int | None]]:
        """Return line and column of the start tags of elements, both from 1; None where unknown."""
        wanted = set(elements)
        found: dict[etree._Element, tuple[int | None, int | None]] = {}
        if not wanted or self._root is None:
            return found
        numbers = {n: element for n, element in enumerate(self._root.iter(etree.Element)) if element in wanted}
        starts = _starts(self._document, numbers)
        for number, element in numbers.items():
            line: Any = element.sourceline
            found[element] = starts.get(number, (line or None, None))
        return found

    def excerpt(self, line: int | None, column: int | None) -> tuple[str, int]:
        """Return a line, cut to a readable width, and the 0-based place in it of the column."""
        if self._lines is None:
            self._lines = _LINE_ENDS.split(self._text())
        if not line or not 0 < line <= len(self._lines):
            return "", 0
        text = self._lines[line - 1]
        at = min(column - 1, len(text)) if column else len(text) - len(text.lstrip())
        start = max(0, at - _BEFORE) if len(text) > _WIDTH else 0
        cut = "".join(c if c.isprintable() else " " for c in text[start : start + _WIDTH])
        ahead, after = "…" if start else "", "…" if start + _WIDTH < len(text) else ""
        return f"{ahead}{cut}{after}", at - start + len(ahead)

    def _text(self) -> str:
        encoding = next((name for bom, name in _BOMS if self._document.startswith(bom)), None)
        if encoding is None and self._root is not None:
            encoding = self._root.getroottree().docinfo.encoding
        try:
            text = self._document.decode(encoding or "utf-8", errors="replace")
        except (LookupError, UnicodeError):  # an encoding that Python does not know
            text = self._document.decode("utf-8", errors="replace")
        return text.removeprefix("\ufeff")


def _starts(document: bytes, wanted: Container[int]) -> Mapping[int, tuple[int, int]]:
    """Return where the start tags of these numbers, in document order from 0, begin.

    It is empty if expat cannot read the document. Only for documents that `schemas.parse` has taken: it refuses
    document types, so there are no entities to expand.
    """
    starts: dict[int, tuple[int, int]] = {}
    numbers = itertools.count()
    parser = expat.ParserCreate()

    def start(_name: str, _attributes: dict[str, str]) -> None:
        number = next(numbers)
        if number in wanted:
            starts[number] = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1

    parser.StartElementHandler = start
    try:
        parser.Parse(document, True)
    except (expat.ExpatError, LookupError, ValueError):
        return {}
    return starts
