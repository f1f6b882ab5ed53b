"""Values that break one facet of a simple type, and no other where that can be had."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sevis_sim.schemas import tree_words

_XS = "{http://www.w3.org/2001/XMLSchema}"
_WHITE_SPACE = "whiteSpace"
_LENGTHS = ("length", "minLength", "maxLength")
_BOUNDS = ("minInclusive", "maxInclusive", "minExclusive", "maxExclusive")

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
_BUILTIN_BOUNDS = {
    "short": (-32768, 32767),
    "int": (-2147483648, 2147483647),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
}


@dataclass(frozen=True, slots=True)
class Facet:
    """One limit of a type. Where there are several of a name, as of a union's members, the second is ``pattern-2``."""

    name: str
    limit: str
    """As the schema writes it; blank for a list of codes and for a built-in type."""
    allowed: str
    """In words."""
    component: tuple[int, str]
    """Tells apart the facets of a schema, wherever the type is used."""


@dataclass(frozen=True, slots=True)
class Broken:
    """What came of the attempt to break a facet."""

    facet: Facet
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
        facets = list(_facets(atom))
        good = sample(atom)
        for name, facet, holder in facets:
            number = names[name] = names.get(name, 0) + 1
            label = f"{name}-{number}" if number > 1 else name
            shown = _shown(name, facet, atom)
            told = Facet(label, shown[0], shown[1], (id(holder), label if facet is None else f"{name} {id(facet)}"))
            tries = (each for each in _candidates(name, facet, atom, good) if not _accepts(kind, each))
            ranked = sorted(
                ((_broken_by(facets, atom, each, name, facet), each) for each in dict.fromkeys(tries)),
                key=lambda pair: (pair[0] is None, len(pair[0] or ())),
            )
            if ranked and ranked[0][0] is not None:
                yield Broken(told, ranked[0][1], tuple(ranked[0][0]))
            else:
                yield Broken(told, None, why_not=_why_not(name, facet, kind, atom))


def atoms(kind: Any) -> list[Any]:
    """Return the members of a union, else the type itself."""
    base = kind
    while base is not None and not getattr(base, "member_types", None):
        if (base.name or "").startswith(_XS):
            return [kind]
        base = base.base_type
    return [kind] if base is None else [atom for member in base.member_types for atom in atoms(member)]


def _facets(atom: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield name, component and type of each facet in force; that of a built-in type is called by its name."""
    base, seen = atom, set()
    while base is not None and not (base.name or "").startswith(_XS):
        for name, facet in base.facets.items():
            short = (name or "").rpartition("}")[2]
            # A type repeats in `facets` what it inherits; the narrowest counts, but each pattern for itself.
            key = (short, id(facet)) if short == "pattern" else short
            if short not in ("", "assertion") and key not in seen:
                seen.add(key)
                yield short, facet, base
        base = base.base_type
    builtin = (base.name or "").rpartition("}")[2] if base is not None else ""
    if builtin in _NO_VALUES or builtin in _BUILTIN_BOUNDS or builtin == "integer":
        yield builtin, None, base
    for bound, limit in zip(("minInclusive", "maxInclusive"), _BUILTIN_BOUNDS.get(builtin, ()), strict=False):
        if limit is not None and bound not in seen:
            yield bound, _Builtin(limit), base


@dataclass(frozen=True, slots=True)
class _Builtin:
    """A bound that a built-in type has by itself."""

    value: int


def _shown(name: str, facet: Any, atom: Any) -> tuple[str, str]:
    if name == "enumeration":
        codes = [str(code) for code in atom.enumeration]
        listed = ", ".join(codes) if len(codes) <= 20 else f"{', '.join(codes[:20])} … ({len(codes)} codes)"
        return "", f"one of {listed}" if any(codes) else "nothing"
    if name == "pattern":
        forms = " or ".join(facet.regexps)
        return forms, f"the form {forms}"
    if facet is None:
        return "", tree_words.base(name)
    return str(facet.value), tree_words.limit(name, str(facet.value))


def _candidates(name: str, facet: Any, atom: Any, good: str) -> Iterator[str]:
    if facet is None:
        yield from _NO_VALUES.get(name, ("1.5", "many"))
    elif name in _LENGTHS:
        size = facet.value
        if name != "maxLength" and size > 0:
            yield from (text for text in _of_length(good, size - 1) if text.strip() or size == 1)
        if name != "minLength":
            yield from _of_length(good, size + 1)
    elif name == "enumeration":
        codes = [str(code) for code in atom.enumeration]
        yield from _unlike(good, codes)
    elif name == "pattern":
        yield from _unlike(good, ())
    elif name in _BOUNDS:
        step = {"minInclusive": -1, "maxInclusive": 1, "minExclusive": 0, "maxExclusive": 0}[name]
        yield str(int(facet.value) + step)
    elif name == "totalDigits":
        yield "1" * (facet.value + 1)
    elif name == "fractionDigits":
        yield f"1.{'1' * (facet.value + 1)}"
    elif name == _WHITE_SPACE:
        yield from _blanks(facet.value, atom, good)


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


def _broken_by(facets: list[tuple[str, Any, Any]], atom: Any, text: str, name: str, facet: Any) -> list[str] | None:
    """Return which other facets a text breaks; None if it does not break this one.

    What a type does with blanks is broken where the text without them would be right.
    """
    if name == _WHITE_SPACE:
        treated = text if facet.value == "collapse" else " ".join(text.split())
        return [] if facet.value == "collapse" or _accepts(atom, treated) else None
    read = atom.normalize(text)
    broken = [(other, each) for other, each, _ in facets if other != _WHITE_SPACE and _breaks(other, each, atom, read)]
    if not any(other == name and each is facet for other, each in broken):
        return None
    return [other for other, each in broken if not (other == name and each is facet)]


def _breaks(name: str, facet: Any, atom: Any, text: str) -> bool:
    if name == "enumeration":
        return text not in [str(code) for code in atom.enumeration]
    if name == "pattern":
        return not any(pattern.match(text) for pattern in facet.patterns)
    if name in _LENGTHS:
        size = len(text)
        most = int(facet.value)
        return {"length": size != most, "minLength": size < most, "maxLength": size > most}[name]
    if name == "totalDigits":
        return sum(each.isdigit() for each in text.lstrip("0-")) > int(facet.value)
    if name in _BOUNDS:
        try:
            number = int(text)
        except ValueError:
            return False
        limit = int(facet.value)
        return {
            "minInclusive": number < limit,
            "maxInclusive": number > limit,
            "minExclusive": number <= limit,
            "maxExclusive": number >= limit,
        }[name]
    if facet is None:
        return text in _NO_VALUES.get(name, ("1.5", "many"))
    return False


def _why_not(name: str, facet: Any, kind: Any, atom: Any) -> str:
    value = getattr(facet, "value", None)
    if name == _WHITE_SPACE:
        return f"blanks are {value}d, and no text is wrong because of it alone"
    if name == "minLength" and value == 0:
        return "no text has less than no characters"
    if atom is not kind:
        return "what breaks it is right by another of the types that the value may have, or wrong by that one first"
    return "another facet is narrower"
