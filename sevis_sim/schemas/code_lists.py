"""Lists of codes in a form that libxml2 is quick with.

libxml2 compares a text with the values of an enumeration one after the other. There are 1,700 programs of study, and
every student names one or more: four fifths of the time of a validation went into that. As a pattern the same codes
are a tree, in which each character of the text is looked at once. What is accepted stays the same; what is said about
a refusal comes from the schema as it is written.
"""

import re
from collections.abc import Iterable, Iterator

from lxml import etree

_XS = "{http://www.w3.org/2001/XMLSchema}"
_PATTERN, _ENUMERATION, _ANNOTATION = (f"{_XS}{name}" for name in ("pattern", "enumeration", "annotation"))
_NOTES = frozenset({f"{_XS}documentation", f"{_XS}appinfo"})
_NOTED = frozenset({"source", "{http://www.w3.org/XML/1998/namespace}lang"})
FEWEST = 8
"""A shorter list is read as fast as a pattern."""
_LONGEST = 100
"""Characters of a code; those of SEVIS have up to ten."""
_DEEPEST = 40
"""Brackets within brackets; libxml2 refuses a pattern with 50."""
_SPECIAL = re.compile(r"[.\\?*+{}()\[\]|^-]")


def quicken(schema: etree._Element) -> None:
    """Change a parsed schema document in place, before lxml compiles it: long lists of codes become patterns."""
    for restriction in list(schema.iter(f"{_XS}restriction")):
        codes = _codes(restriction)
        if len(codes) < FEWEST or max(len(code.get("value", "")) for code in codes) > _LONGEST:
            continue
        pattern = pattern_of(code.get("value", "") for code in codes)
        if _depth(pattern) > _DEEPEST:
            continue
        codes[0].addprevious(etree.Element(_PATTERN, value=pattern))
        for code in codes:
            restriction.remove(code)


def pattern_of(codes: Iterable[str]) -> str:
    """Return an XSD pattern that exactly these texts match: at each character it is clear how to go on."""
    return _tree(tuple(sorted(set(codes))))


def _codes(restriction: etree._Element) -> list[etree._Element]:
    """Return the enumeration that a pattern can stand for; nothing where the two would not mean the same.

    A pattern is matched with the text and an enumeration with the value, which are the same for ``xs:string`` alone;
    and of several patterns beside each other one is enough (XML Schema Part 2 §4.3.4, §4.3.5).
    """
    prefix, _, base = restriction.get("base", "").rpartition(":")
    parent = restriction.getparent()
    if base != "string" or restriction.nsmap.get(prefix or None) != _XS[1:-1]:
        return []
    if parent is None or parent.tag != f"{_XS}simpleType" or restriction.find(_PATTERN) is not None:
        return []
    codes = restriction.findall(_ENUMERATION)
    return codes if all(map(_is_plain, codes)) else []


def _is_plain(code: etree._Element) -> bool:
    """Whether a code is well written, so that nothing libxml2 would object to is lost with it."""
    notes = list(code.iterchildren(etree.Element))
    texts = (code.text, code.tail, *(each for note in notes for each in (note.text, note.tail)))
    return (
        code.keys() == ["value"]
        and not any(text and text.strip() for text in texts)
        and len(notes) <= 1
        and all(note.tag == _ANNOTATION and not note.keys() for note in notes)
        and all(inner.tag in _NOTES and _NOTED.issuperset(inner.keys()) for note in notes for inner in note)
    )


def _tree(ends: tuple[str, ...]) -> str:
    """Return a pattern for sorted texts without repetition; what goes on alike after different characters is shared."""
    by_first: dict[str, list[str]] = {}
    for end in filter(None, ends):
        by_first.setdefault(end[0], []).append(end[1:])
    alike: dict[tuple[str, ...], list[str]] = {}
    for first, rest in by_first.items():
        alike.setdefault(tuple(rest), []).append(first)
    ways = [_one_of(firsts) + _tree(rest) for rest, firsts in alike.items()]
    if "" in ends:
        return f"({'|'.join(ways)})?" if ways else ""
    return ways[0] if len(ways) == 1 else f"({'|'.join(ways)})"


def _one_of(characters: list[str]) -> str:
    written = [_SPECIAL.sub(r"\\\g<0>", each) for each in characters]
    return written[0] if len(written) == 1 else f"[{''.join(written)}]"


def _depth(pattern: str) -> int:
    return max(_depths(pattern), default=0)


def _depths(pattern: str) -> Iterator[int]:
    depth = 0
    for bracket in re.findall(r"\\.|[()]", pattern):
        depth += (bracket == "(") - (bracket == ")")
        yield depth
