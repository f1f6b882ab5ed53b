"""Reads the rules of ``catalogue/*.toml`` and the words of ``words.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from udir_sim.rules.model import Example, Rule, Severity, Variant

_FOLDER = Path(__file__).with_name("catalogue")
RULE_SET = "1999-08-31.1"
"""Version of the rules: the interface file's date and our number. Stands in every report."""

FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "F": "file and records",
        "H": "header",
        "T": "trailer",
        "D": "fields",
        "X": "fields against each other",
        "G": "records against each other",
        "S": "digests and personal numbers",
        "A": "difference to the last accepted file",
    }
)


@dataclass(frozen=True, slots=True)
class Words:
    """Small tables of facts that rules look up."""

    fillers: frozenset[str]
    """Words that stand for nothing, in upper case."""
    null_digests: Mapping[str, str]
    """SHA-1 digests of nothing, in upper case, and what was hashed."""
    test_digests: Mapping[str, str]
    """SHA-1 digests of well-known unusable SSNs, in upper case, and how the number was prepared."""


@cache
def catalogue() -> Mapping[str, Rule]:
    """Return all rules by id, in the order of the catalogue."""
    rules: dict[str, Rule] = {}
    for file in sorted(_FOLDER.glob("*.toml")):
        for rule_id, content in tomllib.loads(file.read_text(encoding="utf-8")).items():
            rules[rule_id] = _rule(rule_id, content)
    return MappingProxyType(rules)


def find_rule(text: str) -> Rule:
    """Return a rule by its id, in any case; ``D02-HEX`` and unique beginnings are enough.

    Raises:
        KeyError: no rule, or several; the message names what is near.

    """
    rules = catalogue()
    wanted = text.strip().upper()
    wanted = wanted if wanted.startswith("UD-") else f"UD-{wanted}"
    if wanted in rules:
        return rules[wanted]
    starting = [rule for rule_id, rule in rules.items() if rule_id.startswith(wanted)]
    if len(starting) == 1:
        return starting[0]
    if starting:
        raise KeyError(f"{text!r} is the beginning of several rules: {', '.join(rule.id for rule in starting)}")
    import difflib

    near = difflib.get_close_matches(wanted, list(rules), n=3, cutoff=0.5)
    raise KeyError(f"there is no rule {text!r}" + (f"; did you mean {' or '.join(near)}?" if near else ""))


@cache
def words() -> Words:
    """Return the tables of ``words.toml``."""
    content = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
    return Words(
        frozenset(content["fillers"]),
        MappingProxyType(content["null_digests"]),
        MappingProxyType(content["test_digests"]),
    )


def _rule(rule_id: str, content: dict[str, Any]) -> Rule:
    strict, lenient = Severity[content["strict"]], Severity[content["lenient"]]
    return Rule(
        id=rule_id,
        title=content["title"],
        where=content["where"],
        strict=strict,
        lenient=lenient,
        must=content["must"],
        mend=content["mend"],
        source=content["source"],
        variants={
            name: Variant(name, Severity[each["strict"]], Severity[each["lenient"]], each["when"])
            for name, each in content.get("variants", {}).items()
        },
        passes=tuple(content.get("passes", ["base"])),
        fails=tuple(_example(each, strict, lenient) for each in content.get("fails", [])),
    )


def _example(content: str | dict[str, Any], strict: Severity, lenient: Severity) -> Example:
    if isinstance(content, str):
        return Example(content, strict, lenient)
    return Example(
        content["edit"],
        Severity[content["strict"]] if "strict" in content else strict,
        Severity[content["lenient"]] if "lenient" in content else lenient,
        tuple(content.get("also", ())),
    )
