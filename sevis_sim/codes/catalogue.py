"""The catalogue of disposition and error codes: what each says, word for word, and what its placeholders mean."""

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

AppliesTo = Literal["transport", "student", "ev", "both"]

WORDING = "wording"
"""Reserved name among a message's values: ``"2"`` chooses the second official wording of a code that has two."""

_FILE = Path(__file__).with_name("catalogue.toml")
_PLACEHOLDER = re.compile(r"\[[^\]]+\]|\{\d\}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One code and its official text. What it means is in ``sevis_sim.codes.meaning``."""

    code: str
    population: AppliesTo
    messages: tuple[str, ...]
    """Official wordings; nearly always one."""
    placeholders: tuple[str, ...] = ()
    """Our names of the bracketed parts, in the order in which they stand in the message."""
    official: bool = True
    """False where SEVIS uses the code although the official list lacks it."""


@functools.cache
def entries() -> Mapping[str, Entry]:
    """Return the whole catalogue by code, in the order of the official list."""
    with _FILE.open("rb") as file:
        tables = tomllib.load(file)
    return {
        code: Entry(
            code,
            table["population"],
            tuple(table["messages"]),
            tuple(table.get("placeholders", ())),
            table.get("official", True),
        )
        for code, table in tables.items()
    }


def entry(code: str) -> Entry:
    """Return one code's entry.

    Raises:
        KeyError: the catalogue has no such code; reserved numbers such as S0004 are not in it.

    """
    return entries()[code]


def message(code: str, values: Mapping[str, str] | None = None) -> str:
    """Return the text that goes onto the wire.

    Args:
        code: an official code, or S9999.
        values: what to put for each placeholder, by our names of them. A placeholder without a value stays as the
            official list prints it, so that an injected code needs no values. `WORDING` chooses the wording.

    Raises:
        KeyError: the catalogue has no such code.

    """
    found = entry(code)
    given = values or {}
    wording = found.messages[-1] if given.get(WORDING) == "2" else found.messages[0]
    names = iter(found.placeholders)
    return _PLACEHOLDER.sub(lambda match: given.get(next(names, ""), match.group()), wording)
