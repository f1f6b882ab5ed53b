"""Why files that should be schemas do not compile: what libxml2 says of them, put plainly, with file and line."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lxml import etree

_NAMESPACE = re.compile(r"\{[^}]*\}")
_SUBJECT = re.compile(
    r"^(?:local |global )?(?:Element|element decl\.|attribute decl\.|\S+ type) '(?P<name>[^']*)'"
    r"(?:, attribute '[^']*')?(?:: )?(?P<rest>.*)",
    re.DOTALL,
)
_SHOWN = 60
_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (
        re.compile(r"The QName value '([^']*)' does not resolve to a\(n\) (.+?)( definition| declaration)?\."),
        lambda m: f"refers to {m[1]}, which none of the files declares as {_article(m[2])}",
    ),
    (
        re.compile(r"The value '([^']*)' of the facet '[^']*' is not a valid regular expression"),
        lambda m: f"has the value {_quoted(m[1])}, which is no regular expression",
    ),
    (
        re.compile(r"The value '([^']*)' of the facet '[^']*' is not a valid '([^']*)'"),
        lambda m: f"has the value {_quoted(m[1])}, which is no {m[2]}",
    ),
    (
        # Of a list of codes that `code_lists` has made a pattern of, nobody has written the pattern.
        re.compile(r"The value '([^']*)' is not accepted by the pattern"),
        lambda m: f"has the value {_quoted(m[1])}, which its type does not allow",
    ),
    (re.compile(r"The content is not valid"), lambda _: "holds something that XML Schema does not allow there"),
)


def words(error: etree.XMLSchemaParseError, path: Path, compiled: Callable[[Path], etree._ElementTree]) -> str:
    """Return ``FILE:LINE: what is wrong`` of the first fault in a schema or in those that it imports.

    Args:
        error: of libxml2, when it compiled the schema.
        path: of the schema.
        compiled: gives the tree of a file in the folder as it was compiled, with the lines of the file.

    """
    faults = list(error.error_log)
    if not faults:
        return f"{path}: no usable schema"
    first = faults[0]
    name = (first.filename or "").replace("\\", "/").rpartition("/")[2]
    beside = path.with_name(name)
    imported = name.endswith(".xsd") and name != path.name and beside.is_file()
    place = f"{beside}:{_line(first.line, compiled(beside))}" if imported else f"{path}:{first.line}"
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"{place}: no usable schema: {_plain(_NAMESPACE.sub('', first.message))}{more}"


def _line(written: int, tree: etree._ElementTree) -> int:
    """Return the line in the file of what libxml2 saw in a line of the tree when that was written anew."""
    again = etree.fromstring(etree.tostring(tree))
    for was, seen in zip(tree.iter(etree.Element), again.iter(etree.Element), strict=True):
        there: Any = seen.sourceline
        here: Any = was.sourceline
        if there == written and here:
            return int(here)
    return written


def _plain(message: str) -> str:
    subject = _SUBJECT.match(message)
    name, rest = (subject["name"], subject["rest"]) if subject else ("", message)
    for pattern, say in _RULES:
        found = pattern.search(message)
        if found:
            return f"{name or 'it'} {say(found)}"
    told = " ".join(rest.split()).rstrip(".")
    return f"{name}: {told}" if name else told


def _quoted(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


def _article(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
