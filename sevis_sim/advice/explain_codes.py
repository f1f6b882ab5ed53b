"""Codes as knowledge to be asked: one code, the codes of an event, the nearest code to one that does not exist."""

import difflib
import functools
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sevis_sim.codes import catalogue
from sevis_sim.codes.meaning import EVERY, EVERY_UPDATE, meaning
from sevis_sim.domain.records import Population
from sevis_sim.events import registry

CREATES: Mapping[Population, str] = {"student": "CreateStudent", "exchangeVisitor": "CreateEV"}

_POPULATIONS: Mapping[str, tuple[Population, ...]] = {
    "transport": (),
    "student": ("student",),
    "ev": ("exchangeVisitor",),
    "both": ("student", "exchangeVisitor"),
}
_FULL_CODE = re.compile(r"S\d{4}")
_RESERVED = range(4, 40)


@dataclass(frozen=True, slots=True)
class CodeHelp:
    """Everything that is known of one code. What each field holds: `sevis_sim.codes.meaning.Meaning`."""

    code: str
    messages: tuple[str, ...]
    official: bool
    population: str
    """``transport``, ``student``, ``ev`` or ``both``."""
    condition: str
    mend: str
    trigger: str
    events: tuple[str, ...]
    """Paths of events, ``every`` or ``every update``."""
    places: tuple[str, ...]
    decided: str
    here: str
    """How this simulator comes to it, one sentence."""
    built: bool
    """Whether a rule of this simulator reports it; any code can be forced by a scenario."""
    source: tuple[str, ...]


class UnknownCode(Exception):
    """There is no such code. ``nearest`` are codes that may be meant; the text is one line."""

    def __init__(self, text: str, nearest: Sequence[str]) -> None:
        self.nearest = tuple(nearest)
        number = int(text[1:]) if _FULL_CODE.fullmatch(text) else -1
        what = "is a reserved number without a meaning" if number in _RESERVED else "is no code of SEVIS"
        hints = ", ".join(
            f"{code} ({textwrap.shorten(catalogue.message(code), 50, placeholder='…')})" for code in nearest
        )
        super().__init__(f"{text} {what}; the nearest are {hints}")


class UnknownEvent(Exception):
    """There is no such event. The text is one line that names the nearest ones."""


def explain_code(text: str) -> CodeHelp:
    """Return what is known of a code.

    Args:
        text: the code; case does not matter, nor do a missing S and zeroes after it.

    Raises:
        UnknownCode: the catalogue has no such code.

    """
    code = _normal(text)
    if code not in catalogue.entries():
        raise UnknownCode(code, _nearest(code))
    entry, found = catalogue.entry(code), meaning(code)
    return CodeHelp(
        code=code,
        messages=entry.messages,
        official=entry.official,
        population=entry.population,
        condition=found.condition,
        mend=found.mend,
        trigger=found.how_to_trigger,
        events=_events(code),
        places=found.places,
        decided=found.decided,
        here=_here(code),
        built=entry.population == "transport" or code in _ruled(),
        source=found.source,
    )


def all_codes() -> tuple[str, ...]:
    """Return all codes in the order of the official list."""
    return tuple(catalogue.entries())


def codes_of_event(text: str) -> dict[Population, tuple[str, ...]]:
    """Return the codes in which an event can end, by the populations that have such an event.

    Args:
        text: the path of an update event such as ``Program/Extension``, or ``CreateStudent``, ``CreateEV``; case does
            not matter.

    Raises:
        UnknownEvent: neither population has such an event.

    """
    found: dict[Population, tuple[str, ...]] = {}
    for population, paths in _paths().items():
        event = next((path for path in paths if path.lower() == text.strip("/ ").lower()), None)
        if event is not None:
            found[population] = tuple(code for code in catalogue.entries() if _occurs(code, population, event))
    if not found:
        known = sorted({path for paths in _paths().values() for path in paths})
        near = difflib.get_close_matches(text, known, 3, 0.4)
        hint = (
            f"the nearest are {', '.join(near)}" if near else "events are written like Program/Extension, CreateStudent"
        )
        raise UnknownEvent(f"{text} is no event; {hint}")
    return found


def not_built() -> tuple[str, ...]:
    """Return the codes that could be decided and have no rule here yet: the difference, never a list by hand."""
    return tuple(
        code
        for code, entry in catalogue.entries().items()
        if entry.population != "transport" and meaning(code).decided != "injectable" and code not in _ruled()
    )


def looks_like_a_code(text: str) -> bool:
    """Tell whether a word of the command line is meant as a code rather than as a file."""
    return re.fullmatch(r"[sS]?\d{1,6}|[sS]\w{3,5}", text) is not None


def _normal(text: str) -> str:
    upper = text.strip().upper()
    if upper.startswith("S") and upper[1:].isascii() and upper[1:].isdigit():
        upper = upper[1:]
    return f"S{upper:>04}" if upper.isascii() and upper.isdigit() else upper


def _nearest(code: str) -> list[str]:
    known = list(catalogue.entries())
    if _FULL_CODE.fullmatch(code):
        return sorted(sorted(known, key=lambda other: abs(int(other[1:]) - int(code[1:])))[:3])
    return difflib.get_close_matches(code, known, 3, 0.0)


@functools.cache
def _ruled() -> Mapping[str, list[str]]:
    return registry.codes()


def _paths() -> dict[Population, tuple[str, ...]]:
    return {population: (CREATES[population], *paths) for population, paths in registry.UPDATES.items()}


def _events(code: str) -> tuple[str, ...]:
    listed = meaning(code).events
    if EVERY in listed or EVERY_UPDATE in listed:
        return listed
    ruled = [place for place in _ruled().get(code, []) if not place.startswith("every ")]
    return tuple(dict.fromkeys((*listed, *ruled)))


def _occurs(code: str, population: Population, event: str) -> bool:
    if population not in _POPULATIONS[catalogue.entry(code).population]:
        return False
    return meaning(code).occurs_in(event) or event in _events(code)


def _here(code: str) -> str:
    found = meaning(code)
    if catalogue.entry(code).population == "transport":
        return "The simulator answers with it as SEVIS does."
    if found.decided == "injectable":
        return f"Only a scenario's outcomes bring it about, since {found.reason}."
    if code in _ruled():
        return f"A rule decides it in: {', '.join(_ruled()[code])}."
    return "No rule of the simulator decides it yet; a scenario's outcomes can force it."
