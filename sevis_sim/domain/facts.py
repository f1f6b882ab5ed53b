"""What only the outside world knows of a person, declared in ``facts.toml``: names, types, which rules read them."""

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args

from sevis_sim.domain.records import Population

FactType = Literal["occurrence", "choice"]
Owner = Literal["record", "dependent"]

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FLAGS = {"true": True, "false": False}


class FactError(ValueError):
    """A fact that cannot be told so. ``unknown`` says that it is the name that is wrong, not the value."""

    def __init__(self, message: str, *, unknown: bool = False) -> None:
        super().__init__(message)
        self.unknown = unknown


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact as declared."""

    name: str
    means: str
    type: FactType
    populations: tuple[Population, ...]
    of: tuple[Owner, ...]
    codes: tuple[str, ...]
    events: tuple[str, ...]
    jobs: tuple[str, ...]
    told_by: str
    values: tuple[str, ...] = ()

    @property
    def expected(self) -> str:
        """What its value may be, in words."""
        return "true, false or a day such as 2026-03-06" if self.type == "occurrence" else " or ".join(self.values)

    def read(self, value: object) -> bool | str:
        """Return a value as rules read it: ``True``, ``False``, an ISO day or one of the declared words.

        YAML gives true and false as texts, JSON as they are; both are taken.

        Raises:
            FactError: it is no value of this fact.

        """
        text = value.strip() if isinstance(value, str) else value
        if self.type == "occurrence":
            if isinstance(text, bool):
                return text
            if isinstance(text, str) and text.lower() in _FLAGS:
                return _FLAGS[text.lower()]
            if isinstance(text, str) and _is_day(text):
                return text
        elif isinstance(text, str) and text in self.values:
            return text
        raise FactError(f"{_shown(value)} stands here; {self.name} is {self.expected}")


@functools.cache
def facts() -> Mapping[str, Fact]:
    """Return every fact by name, in the order of the file."""
    with Path(__file__).with_name("facts.toml").open("rb") as file:
        data = tomllib.load(file)
    return {name: _declared(name, row) for name, row in data.items()}


def find(name: str, population: Population, owner: Owner = "record") -> Fact:
    """Return the fact of this name that can be told of someone.

    Raises:
        FactError: there is none of this name, or not for this population, or not of a dependent.

    """
    found = facts().get(name)
    if found is None:
        fitting = [each.name for each in facts().values() if population in each.populations and owner in each.of]
        raise FactError(f"unknown fact {name!r}{_hint(name, fitting)}", unknown=True)
    if population not in found.populations:
        raise FactError(f"{name!r} is no fact of {population} records", unknown=True)
    if owner not in found.of:
        raise FactError(f"{name!r} is no fact of a {owner}", unknown=True)
    return found


def true(told: Mapping[str, Any], name: str) -> bool:
    """Tell whether an occurrence is told to have happened, with or without its day."""
    return bool(told.get(name))


def _declared(name: str, row: Mapping[str, Any]) -> Fact:
    if row["type"] not in get_args(FactType):
        raise ValueError(f"facts.toml: {name} has the type {row['type']!r}")
    lists: dict[str, Any] = {key: tuple(inner) if isinstance(inner, list) else inner for key, inner in row.items()}
    return Fact(name=name, **lists)


def _hint(name: str, fitting: list[str]) -> str:
    from difflib import get_close_matches  # only needed once something is wrong

    by_plain = {each.lower(): each for each in fitting}
    near = get_close_matches(name.lower().replace("_", "").replace("-", ""), by_plain, 1, 0.6)
    return f" (did you mean {by_plain[near[0]]!r}?)" if near else f"; known facts: {', '.join(fitting)}"


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return _DAY.fullmatch(text) is not None


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, bool):
        return str(value).lower()
    return "a list" if isinstance(value, list) else repr(value)
