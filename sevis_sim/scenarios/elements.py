"""The XML elements of a create as scenarios write them: which there are, and what they hold.

Names and nesting come from the official schemas (student 6.31, exchange visitor 6.27); ``elements.csv`` has one row
for each element without children.
"""

import csv
import functools
import re
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from sevis_sim.codes import table
from sevis_sim.domain.document import REPEATED, Node
from sevis_sim.domain.records import SHARED, Population
from sevis_sim.yamlfile import Finding, Step, quoted, suggestion

What = Literal["record", "dependent", "level", "site"]
"""Whose elements: the record's, a dependent's, those that an education level has of its own, a site of activity's."""

Tree = Mapping[str, "str | Tree"]
"""Element names; below each its kind, or the elements inside of it."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DOLLARS = re.compile(r"[0-9]{1,8}")
_BOOLEANS = ("true", "false", "1", "0")
_ELSEWHERE = {
    "CreateDependent": "write dependents as a list under Dependents",
    "EducationLevel": "write further education levels as a list under Levels",
    "AddSiteOfActivity": "write sites of activity as a list under Sites",
    "SiteOfActivity": "write sites of activity as a list under Sites",
    "TippSite": "write the sites of a plan as a list under Sites, with type: TIPP",
}


@functools.cache
def elements(population: Population, what: What = "record") -> Tree:
    """Return the elements that a record or a part of it may have; none for parts that the population has not."""
    if what == "level":
        whole = elements(population) if population == "student" else {}
        return MappingProxyType({name: kind for name, kind in whole.items() if name not in SHARED})
    part = population if what == "record" else f"{population} {what}"
    tree: dict[str, Any] = {}
    with Path(__file__).with_name("elements.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["part"] == part:
                *parents, name = row["path"].split("/")
                node = tree
                for parent in parents:
                    node = node.setdefault(parent, {})
                node[name] = row["kind"]
    return MappingProxyType(tree)


def read(
    given: Mapping[str, Any], tree: Tree, above: tuple[Step, ...] = (), keys: Collection[str] = ()
) -> tuple[Node, list[Finding]]:
    """Turn what a scenario says into a `domain.document.Node`, and say what is wrong with it.

    Empty values become empty elements, elements that may repeat become lists, and values become their texts.

    Args:
        given: element names and values.
        tree: the elements that may stand there.
        above: where ``given`` stands, for the findings.
        keys: what else may stand beside the elements, for suggestions.
    """
    node: Node = {}
    findings: list[Finding] = []
    for name, value in given.items():
        path = (*above, name)
        if name not in tree:
            findings.append(_unknown(name, tree, path, keys))
            continue
        kind = tree[name]
        if name in REPEATED and kind != "any":
            node[name] = []
            for number, item in enumerate(value if isinstance(value, list) else [value]):
                inner, wrong = _element(item, kind, (*path, number) if isinstance(value, list) else path)
                node[name].append(inner)
                findings += wrong
        else:
            node[name], wrong = _element(value, kind, path)
            findings += wrong
    return node, findings


def _element(value: Any, kind: "str | Tree", path: tuple[Step, ...]) -> tuple[Any, list[Finding]]:
    if kind == "any":
        return plain(value), []
    if not isinstance(kind, str):
        if value is None or value == "":
            return "", []
        if isinstance(value, Mapping):
            return read(value, kind, path)
        return {}, [Finding(path, f"{quoted(value)} stands here; expected a mapping with {', '.join(kind)}")]
    if isinstance(value, (Mapping, list)):
        return "", [Finding(path, f"{quoted(value)} stands here; expected {_expected(kind)}")]
    text = plain(value)
    message = _wrong(text, kind) if text else ""
    return text, [Finding(path, message)] if message else []


def plain(value: Any) -> Any:
    """Return a value with texts for leaves: true and false in lower case, nothing as an empty text."""
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _expected(kind: str) -> str:
    fixed = {
        "text": "a text",
        "date": "a day such as 2026-03-06",
        "dollars": "whole dollars, up to eight digits",
        "boolean": "true or false",
    }
    return fixed.get(kind) or f"a code of the table {kind}"


def _wrong(text: str, kind: str) -> str:
    """Return what is wrong with the text of an element; ``""`` if nothing is."""
    if kind == "text":
        return ""
    if kind == "date":
        good = _DAY.fullmatch(text) is not None and _is_day(text)
    elif kind == "dollars":
        good = _DOLLARS.fullmatch(text) is not None
    elif kind == "boolean":
        good = text in _BOOLEANS
    else:
        return wrong_code(text, kind)
    return "" if good else f"{quoted(text)} stands here; expected {_expected(kind)}"


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def wrong_code(text: str, name: str) -> str:
    """Return what is wrong with a code of a table; ``""`` if the table has it."""
    codes = table(name)
    if text in codes:
        return ""
    padded = text.zfill(2)
    hint = f" (did you mean {padded!r}?)" if padded in codes else suggestion(text, codes)
    few = f": {', '.join(codes)}" if len(codes) <= 12 else ""
    return f"{quoted(text)} is no code of the table {name}{hint or few}"


def _unknown(name: str, tree: Tree, path: tuple[Step, ...], keys: Collection[str]) -> Finding:
    if name in _ELSEWHERE:
        hint = f"; {_ELSEWHERE[name]}"
    elif parents := _parents(name, tree):
        hint = f"; it stands inside of {parents[0]}" if len(parents) == 1 else ""
    else:
        hint = suggestion(name, (*keys, *tree))
    return Finding(path, f"unknown element {quoted(name)}{hint or '; known here: ' + ', '.join(tree)}", at_key=True)


def _parents(name: str, tree: Tree, above: str = "") -> list[str]:
    """Return the paths of the elements that have a child of this name."""
    found = []
    for parent, inner in tree.items():
        if not isinstance(inner, str):
            path = f"{above}/{parent}" if above else parent
            found += [path] if name in inner else []
            found += _parents(name, inner, path)
    return found
