"""Conditions on journal entries as words of a command line: ``batch=B1``, ``reason~line [0-9]+``, ``remedy!``."""

import re
import shlex
from collections.abc import Sequence
from typing import Any

from sevis_sim.cli.report import EXIT_USAGE, fail

GRAMMAR = (
    "NAME=VALUE equal, NAME~REGEX matches, NAME! absent, NAME? present. NAME is kind, summary, an id such as batch, or "
    "a name in the detail such as code or failures.code"
)
_WORD = re.compile(r"(?P<name>[\w.-]+)(?:(?P<sign>[=~])(?P<value>.*)|(?P<mark>[!?]))", re.DOTALL)
_PLAIN = {"true": True, "false": False}


def match_of(words: Sequence[str], after: Sequence[str] = ()) -> dict[str, Any]:
    """Return the ``match`` of an expectation (docs/journal.md); each of ``after`` is a line of such words.

    The first of ``after`` stands before the entries that are meant, the second before that, and so on.
    """
    match = _match(words)
    innermost = match
    for line in after:
        try:
            innermost["after"] = _match(shlex.split(line))
        except ValueError as error:
            fail(f"--after {line!r} cannot be split into words: {error}", EXIT_USAGE)
        innermost = innermost["after"]
    return match


def _match(words: Sequence[str]) -> dict[str, Any]:
    match: dict[str, Any] = {}
    for word in words:
        found = _WORD.fullmatch(word)
        if found is None:
            fail(f"{word!r} is no condition; expected {GRAMMAR}", EXIT_USAGE)
        name, condition = found["name"], _condition(found)
        if name == "kind":
            if found["sign"] != "=":
                fail(f"{word!r}: expected kind=NAME, with commas between several, * at the end of one", EXIT_USAGE)
            match["kind"] = found["value"].split(",")
        elif name == "summary":
            match["summary"] = condition
        else:
            where, rest = _place(name)
            match.setdefault(where, {})[rest] = condition
    return match


def _condition(found: re.Match[str]) -> Any:
    if found["mark"]:
        return {"absent": found["mark"] == "!"}
    value = found["value"]
    return {"matches": value} if found["sign"] == "~" else _PLAIN.get(value, value)


def _place(name: str) -> tuple[str, str]:
    from sevis_sim.sandbox.catalogue import HAPPENINGS

    first, _, rest = name.partition(".")
    if first in ("subjects", "detail") and rest:
        return first, rest
    ids = {subject for each in HAPPENINGS.descriptions() for subject in each.subjects}
    return ("subjects" if name in ids else "detail"), name
