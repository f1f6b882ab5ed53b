"""The failure modes of the real service by name (reference sevis-protocol.md §10), read from presets.toml."""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sevis_sim.clock.hints import did_you_mean, quoted
from sevis_sim.faults import FaultError

_FILE = Path(__file__).with_name("presets.toml")


@dataclass(frozen=True, slots=True)
class Preset:
    """A failure mode that a vendor can recognise."""

    name: str
    title: str
    symptom: str
    """What a client sees."""
    good: str
    """What a good client does."""
    source: str
    """Where it is known from, in the keys of the reference."""
    faults: tuple[Mapping[str, Any], ...]
    """What goes wrong, as `Vocabulary.read` reads it."""


@functools.cache
def presets() -> Mapping[str, Preset]:
    """Return all presets by name, in the order of the file."""
    with _FILE.open("rb") as file:
        tables = tomllib.load(file)
    return {
        name: Preset(
            name, **{key: table[key] for key in ("title", "symptom", "good", "source")}, faults=tuple(table["faults"])
        )
        for name, table in tables.items()
    }


def preset(name: object) -> Preset:
    """Return a preset; FaultError with a suggestion where there is none of this name."""
    known = presets()
    if not isinstance(name, str) or name not in known:
        hint = did_you_mean(str(name), known)
        raise FaultError(f"preset: there is no preset {quoted(name)}{hint}; known: {', '.join(known)}", "preset")
    return known[name]
