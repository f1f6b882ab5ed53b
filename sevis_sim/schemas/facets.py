"""The facets of simple types, as ``xmlschema`` holds them: which are in force, and which a text breaks.

Lengths, codes, bounds and built-in types are judged here and by the letter of the standard, since ``xmlschema`` takes
what Python takes (performance.md §1).
"""

import calendar
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

XS = "{http://www.w3.org/2001/XMLSchema}"
WHITE_SPACE = "whiteSpace"
LENGTHS = ("length", "minLength", "maxLength")
BOUNDS = ("minInclusive", "maxInclusive", "minExclusive", "maxExclusive")

BUILTIN_BOUNDS: Mapping[str, tuple[int | None, int | None]] = MappingProxyType(
    {
        "short": (-32768, 32767),
        "int": (-2147483648, 2147483647),
        "integer": (None, None),
        "nonNegativeInteger": (0, None),
        "positiveInteger": (1, None),
    }
)
_FORMS = MappingProxyType(
    {
        "boolean": re.compile("true|false|0|1"),
        "decimal": re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"),
        "gYear": re.compile(r"[0-9]{4}(Z|[+-][0-9]{2}:[0-9]{2})?"),
    }
    | {name: re.compile("[+-]?[0-9]+") for name in BUILTIN_BOUNDS}
)
_ZONE = r"(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
_DATE = re.compile(rf"([0-9]{{4}})-([0-9]{{2}})-([0-9]{{2}})({_ZONE})")
_INSTANT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    rf"T(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?|24:00:00(?:\.0+)?){_ZONE}"
)


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet in force."""

    name: str
    """``maxLength``; for the demands of a built-in type its name: ``date``."""
    value: Any
    """The limit; the codes of an enumeration; the expressions of a pattern, one of which must match."""
    component: Any
    """Of ``xmlschema``; the type itself for what it has by being built in."""


def atoms(kind: Any) -> list[Any]:
    """Return the members of a union, else the type itself."""
    base = kind
    while base is not None and not getattr(base, "member_types", None):
        if (base.name or "").startswith(XS):
            return [kind]
        base = base.base_type
    return [kind] if base is None else [atom for member in base.member_types for atom in atoms(member)]


def facets(atom: Any) -> list[Facet]:
    """Return the facets in force of a type that is no union; of those that narrow each other the narrowest."""
    return list(_facets(atom))


def _facets(atom: Any) -> Iterator[Facet]:
    base, seen = atom, set()
    while base is not None and not (base.name or "").startswith(XS):
        for name, facet in base.facets.items():
            short = (name or "").rpartition("}")[2]
            # A type repeats what it inherits; every pattern counts, and of the others the one that comes first.
            key = (short, id(facet)) if short == "pattern" else short
            if short not in ("", "assertion") and key not in seen:
                seen.add(key)
                yield Facet(short, _value(short, facet), facet)
        base = base.base_type
    builtin = (base.name or "").rpartition("}")[2] if base is not None else ""
    if builtin in _FORMS or builtin in ("date", "dateTime"):
        yield Facet(builtin, None, base)
    for bound, limit in zip(BOUNDS, BUILTIN_BOUNDS.get(builtin, ()), strict=False):
        if limit is not None and bound not in seen:
            yield Facet(bound, limit, (base, bound))


def _value(name: str, facet: Any) -> Any:
    if name == "enumeration":
        return tuple(map(str, facet.enumeration))
    if name == "pattern":
        return tuple(facet.regexps)
    return facet.value


def breaks(facet: Facet, text: str) -> bool:
    """Tell whether a text, with its blanks treated as the type says, breaks a facet."""
    name, limit = facet.name, facet.value
    if name == "enumeration":
        return text not in limit
    if name == "pattern":
        return not any(pattern.match(text) for pattern in facet.component.patterns)
    if name in LENGTHS:
        size = len(text)
        return bool({"length": size != limit, "minLength": size < limit, "maxLength": size > limit}[name])
    if name == WHITE_SPACE:
        return False
    if name in ("date", "dateTime"):
        return not _is_day(_DATE if name == "date" else _INSTANT, text)
    if name in _FORMS:
        return _FORMS[name].fullmatch(text) is None
    return _FORMS["decimal"].fullmatch(text) is not None and _too_much(name, limit, text)


def _is_day(form: re.Pattern[str], text: str) -> bool:
    match = form.fullmatch(text)
    if match is None:
        return False
    year, month, day = (int(match[n]) for n in (1, 2, 3))
    return year > 0 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def _too_much(name: str, limit: Any, text: str) -> bool:
    if name in ("totalDigits", "fractionDigits"):
        whole, _, fraction = text.lstrip("+-").partition(".")
        fraction = fraction.rstrip("0")
        return int(limit) < (len(fraction) if name == "fractionDigits" else len(whole.lstrip("0") + fraction))
    number = float(text) if "." in text else int(text)
    return bool(
        {
            "minInclusive": number < limit,
            "maxInclusive": number > limit,
            "minExclusive": number <= limit,
            "maxExclusive": number >= limit,
        }.get(name, False)
    )
