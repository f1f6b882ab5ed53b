"""Values that break one facet of a simple type, and no other where that can be had."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sevis_sim.schemas import tree_words
from sevis_sim.schemas.facets import BOUNDS, LENGTHS, WHITE_SPACE, Facet, atoms, breaks, facets

# Texts that are no value of a built-in type; none is of the classes in which libxml2 and xmlschema differ.
_NO_VALUES = {
    "boolean": ("yes", "TRUE"),
    "date": ("2026-02-30", "tomorrow"),
    "dateTime": ("2026-02-30T10:00:00", "tomorrow"),
    "gYear": ("26",),
    "decimal": ("1,5", "many"),
    "float": ("1,5", "many"),
    "double": ("1,5", "many"),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of a type. Where there are several of a name, as of a union's members, the second is ``pattern-2``."""

    name: str
    limit: str
    """As the schema writes it; blank for a list of codes and for a built-in type."""
    allowed: str
    """In words."""
    component: tuple[Any, ...]
    """Tells apart the facets of a schema, wherever the type is used."""


@dataclass(frozen=True, slots=True)
class Broken:
    """What came of the attempt to break a facet."""

    facet: Limit
    value: str | None
    """None: no value breaks it without breaking another first, or at all."""
    also: tuple[str, ...] = ()
    """Other facets of the same type that this value cannot but break too."""
    why_not: str = ""


def broken_facets(kind: Any, sample: Callable[[Any], str]) -> Iterator[Broken]:
    """Yield each facet of a simple type with a value that breaks it.

    Args:
        kind: simple type of ``xmlschema``.
        sample: returns a valid text of a type.

    """
    names: dict[str, int] = {}
    for atom in atoms(kind):
        good = sample(atom)
        for facet in facets(atom):
            number = names[facet.name] = names.get(facet.name, 0) + 1
            label = f"{facet.name}-{number}" if number > 1 else facet.name
            told = Limit(label, *_shown(facet), component=_component(facet))
            tries = (each for each in _candidates(facet, atom, good) if not _accepts(kind, each))
            found = [(also, each) for each in dict.fromkeys(tries) if (also := _also(facet, atom, each)) is not None]
            if found:
                also, value = min(found, key=lambda pair: len(pair[0]))
                yield Broken(told, value, tuple(also))
            else:
                yield Broken(told, None, why_not=_why_not(facet, kind, atom))


def _component(facet: Facet) -> tuple[Any, ...]:
    made_of = facet.component if isinstance(facet.component, tuple) else (facet.component,)
    return (facet.name, *(each if isinstance(each, str) else id(each) for each in made_of))


def _shown(facet: Facet) -> tuple[str, str]:
    if facet.name == "enumeration":
        codes = facet.value
        listed = ", ".join(codes) if len(codes) <= 20 else f"{', '.join(codes[:20])} … ({len(codes)} codes)"
        return "", f"one of {listed}" if any(codes) else "nothing"
    if facet.name == "pattern":
        forms = " or ".join(facet.value)
        return forms, f"the form {forms}"
    if facet.value is None:
        return "", tree_words.base(facet.name)
    return str(facet.value), tree_words.limit(facet.name, str(facet.value))


def _candidates(facet: Facet, atom: Any, good: str) -> Iterator[str]:
    name, limit = facet.name, facet.value
    if limit is None:
        yield from _NO_VALUES.get(name, ("1.5", "many"))
    elif name in LENGTHS:
        if name != "maxLength" and limit > 0:
            yield from (text for text in _of_length(good, limit - 1) if text.strip() or limit == 1)
        if name != "minLength":
            yield from _of_length(good, limit + 1)
    elif name == "enumeration":
        yield from _unlike(good, limit)
    elif name == "pattern":
        yield from _unlike(good, ())
    elif name in BOUNDS:
        yield str(int(limit) + {"minInclusive": -1, "maxInclusive": 1}.get(name, 0))
    elif name == "totalDigits":
        yield "1" * (limit + 1)
    elif name == "fractionDigits":
        yield f"1.{'1' * (limit + 1)}"
    elif name == WHITE_SPACE:
        yield from _blanks(limit, atom, good)


def _of_length(good: str, size: int) -> Iterator[str]:
    longer = good
    while good and len(longer) < size:
        longer += good
    yield longer[:size]
    yield (good + good[-1:] * size)[:size]
    for letter in "A1":
        yield letter * size


def _unlike(good: str, codes: Any) -> Iterator[str]:
    """Yield texts near a good one, of the same length first."""
    for letter in ("#", "9", "Z", "z", "-", ":"):
        for at in range(min(len(good), 12)):
            yield good[:at] + letter + good[at + 1 :]
        yield letter * max(1, len(good))
    yield from (good.lower(), good + "X", good + "9", good[:-1], good[1:])
    yield from (code + "X" for code in codes[:1])


def _blanks(treatment: str, atom: Any, good: str) -> Iterator[str]:
    """Yield texts that are wrong only because of what the type does with blanks."""
    if treatment == "collapse":
        yield "   "  # nothing is left of it
        return
    most = getattr(atom, "max_length", None)
    if most:
        yield from (text[:-1] + " " for text in _of_length(good, most + 1))
    yield from (f"{good} ", f" {good}")


def _accepts(kind: Any, text: str) -> bool:
    return bool(kind.is_valid(text))


def _also(facet: Facet, atom: Any, text: str) -> list[str] | None:
    """Return which other facets a text breaks; None if it does not break this one.

    What a type does with blanks is broken where the text would be right if it did something else.
    """
    if facet.name == WHITE_SPACE:
        return [] if facet.value == "collapse" or _accepts(atom, " ".join(text.split())) else None
    read = str(atom.normalize(text))
    if not breaks(facet, read):
        return None
    return [each.name for each in facets(atom) if each != facet and breaks(each, read)]


def _why_not(facet: Facet, kind: Any, atom: Any) -> str:
    if facet.name == WHITE_SPACE:
        return f"blanks are {facet.value}d, and no text is wrong because of it alone"
    if facet.name == "minLength" and facet.value == 0:
        return "no text has less than no characters"
    if atom is not kind:
        return "what breaks it is right by another of the types that the value may have, or wrong by that one first"
    return "another facet is narrower"
