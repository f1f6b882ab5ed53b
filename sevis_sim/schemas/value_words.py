"""The words for a value that its type does not take: what stands there, what is allowed, how to mend it."""

import difflib
import functools
import re
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sevis_sim.codes.tables import Table, names, table
from sevis_sim.schemas.facets import Facet, atoms, breaks, facets

_SHOWN = 60
_FEW = 12
_MOST_WORDS = 200
"""Characters of a list of codes with their words; a longer one is cut."""

_FORMS = {r"\D+": "no digits", r"\D*": "no digits", r"\D{1,40}": "1 to 40 characters, no digits"}
_BUILTINS = {
    "boolean": "true, false, 1 or 0",
    "date": "a calendar day written YYYY-MM-DD",
    "dateTime": "an instant written YYYY-MM-DDThh:mm:ss",
    "decimal": "a number",
    "gYear": "a year of four digits",
    "integer": "a whole number",
    "nonNegativeInteger": "a whole number, not negative",
    "positiveInteger": "a whole number from 1 on",
    "short": "a whole number from -32768 to 32767",
    "int": "a whole number from -2147483648 to 2147483647",
}
_BOUNDS = {"minInclusive": "at least", "maxInclusive": "at most", "minExclusive": "above", "maxExclusive": "below"}
_LENGTHS = {"length": "exactly", "minLength": "at least", "maxLength": "at most"}
_REMEDIES = {
    "enumeration": "Send one of the allowed codes.",
    "pattern": "Write it in that form.",
    "length": "Send a text of that length.",
    "minLength": "Send a longer text.",
    "maxLength": "Send a shorter text.",
    "totalDigits": "Send a number with fewer digits.",
    **dict.fromkeys(_BOUNDS, "Send a number within the limit."),
}
_LONG_YEAR = re.compile(r"-?[0-9]{5,}-|-")
_PLAIN_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})|(\d{4})[/.]?(\d{2})[/.]?(\d{2})")


def say(kind: Any, text: str) -> tuple[str, str]:
    """Return what is allowed instead of a text, and how to mend it.

    Args:
        kind: simple type of ``xmlschema``.
        text: as it stands in the document.

    """
    members = atoms(kind)
    filled = [atom for atom in members if not _takes_nothing_else(atom)] or members[:1]
    lists = [facet for atom in filled for facet in facets(atom) if facet.name == "enumeration"]
    if len(lists) == len(filled) > 1:  # several lists of codes read as one
        largest = max(filled, key=lambda atom: len(atom.enumeration or ()))
        codes = tuple(dict.fromkeys(code for facet in lists for code in facet.value))
        words, remedy = _codes(codes, _table(largest), text)
        said = [(words, remedy or _REMEDIES["enumeration"])]
    else:
        said = [_one(atom, str(atom.normalize(text))) for atom in filled]
    if text and not text.strip():
        said = [(f"blanks alone do not count: {words}", remedy) for words, remedy in said]
    words = " — or — ".join(dict.fromkeys(each for each, _ in said))
    if len(filled) < len(members):
        words += "; or nothing at all"
    return words, next((remedy for _, remedy in said if remedy), "")


def quote(value: str) -> str:
    """Return a value between quotes, cut to a readable length; an empty one in words."""
    if not value:
        return "empty"
    return repr(value if len(value) <= _SHOWN else value[:_SHOWN] + "…")


def either(listed: Sequence[str]) -> str:
    """Return ``A, B or C``."""
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} or {listed[-1]}" if listed else ""


def _takes_nothing_else(atom: Any) -> bool:
    """Tell whether only the empty text is allowed."""
    limits = {each.name: each.value for each in facets(atom)}
    return 0 in (limits.get("length"), limits.get("maxLength")) or not any(limits.get("enumeration", ("any",)))


def _one(atom: Any, text: str) -> tuple[str, str]:
    """Return the same for a type that is no union."""
    found = facets(atom)
    broken = {each.name: each for each in found if breaks(each, text)}
    for name in ("enumeration", *_BUILTINS, "length", "maxLength", "minLength", "pattern", *_BOUNDS, "totalDigits"):
        if name in broken:
            words, remedy = _facet(broken[name], atom, text)
            return words, remedy or _plain_remedy(name, text)
    return stated(atom) or "it does not fit its type", ""


def _plain_remedy(name: str, text: str) -> str:
    """Say how to mend a value where nothing more is known than which facet it breaks."""
    if not text.strip() and name != "enumeration":
        return "Give it a value."
    if name in _BUILTINS:
        return f"Send {_BUILTINS[name]}."
    return _REMEDIES[name]


def stated(kind: Any) -> str:
    """Say what a simple type takes, without a text at hand: ``it must be true, false, 1 or 0``; blank for anything."""
    said = []
    for atom in atoms(kind):
        found = facets(atom)
        codes = next((each.value for each in found if each.name == "enumeration"), ())
        if codes and len(codes) <= _FEW:
            said.append(either([code or "nothing" for code in codes]))
        else:
            said.append(", ".join(words for words in (_stated(each) for each in found) if words))
    return f"it must be {' or '.join(filter(None, said))}" if any(said) else ""


def _facet(facet: Facet, atom: Any, text: str) -> tuple[str, str]:
    name, limit = facet.name, facet.value
    if name == "enumeration":
        return _codes(limit, _table(atom), text)
    if name == "pattern":
        meaning = _documentation(facet.component) or _FORMS.get(limit[0], "")
        return f"it must have the form {' or '.join(limit)}" + (f" ({meaning})" if meaning else ""), ""
    if name in _LENGTHS:
        if not text:
            return f"it must have {_LENGTHS[name]} {limit} {'character' if limit == 1 else 'characters'}", ""
        units = [f"{n} {'character' if n == 1 else 'characters'}" for n in (len(text), limit)]
        verb = "is" if limit == 1 else "are"
        words = f"it has {units[0]}, {_LENGTHS[name]} {units[1]} {verb} allowed"
        return words, _as_long(name, len(text), limit)
    if name in _BOUNDS:
        return f"it must be {_BOUNDS[name]} {limit}", ""
    if name == "totalDigits":
        return f"it may have at most {limit} digits", ""
    if name in ("date", "dateTime") and _LONG_YEAR.match(text):
        return "a year has four digits here", ""
    return f"it must be {_BUILTINS[name]}", _as_day(text) if name == "date" else ""


def _as_day(text: str) -> str:
    plain = _PLAIN_DAY.fullmatch(text.strip())
    if plain is not None:
        return _no_such_day(*(int(part) for part in plain.groups()))
    match = _SLASHED.fullmatch(text.strip())
    if match is None:
        return ""
    if match[4]:
        return f"Write {match[4]}-{match[5]}-{match[6]}."
    return f"Write {match[3]}-{match[1]:0>2}-{match[2]:0>2} if the month comes first."


def _no_such_day(year: int, month: int, day: int) -> str:
    if not 1 <= month <= 12:
        return "Write the month, 01 to 12, between year and day."
    days = monthrange(year or 2000, month)[1]
    return f"That month has {days} days." if not 1 <= day <= days else ""


def _as_long(name: str, length: int, limit: int) -> str:
    """Return by how much a text is too long, or too short where an exact length is asked for."""
    if length > limit:
        return f"Shorten it by {length - limit}."
    missing = limit - length
    return f"{missing} {'character is' if missing == 1 else 'characters are'} missing." if name == "length" else ""


def _stated(facet: Facet) -> str:
    """Say a facet that is in force, broken or not."""
    if facet.name == "enumeration":
        return f"one of {len(facet.value)} codes"
    if facet.name == "pattern":
        return f"of the form {' or '.join(facet.value)}"
    if facet.name in _LENGTHS:
        return f"{_LENGTHS[facet.name]} {facet.value} characters long"
    if facet.name in _BOUNDS:
        return f"{_BOUNDS[facet.name]} {facet.value}"
    return _BUILTINS.get(facet.name, "")


def _codes(codes: Sequence[str], known: Table | None, text: str) -> tuple[str, str]:
    """Name the codes that are allowed, with their words where these fit, and the one that may be meant."""
    if not any(codes):
        return "it must be empty", ""
    named = [_named(code, known) for code in codes if code]
    if len(", ".join(named)) > _MOST_WORDS:
        named = [code for code in codes if code]
    listed = either(named) if len(named) <= _FEW else f"{', '.join(named[:_FEW])} … ({len(named)} codes)"
    near = _nearest(codes, known, text)
    if near is None:
        return f"allowed: {listed}", ""
    meant = near if known is None or known.words(near) == near else f"{near} ({known.words(near)})"
    return f"allowed: {listed}; did you mean {quote(near)}?", f"Write {meant}, if that is meant."


def _named(code: str, known: Table | None) -> str:
    words = known.words(code) if known is not None else code
    return code if words == code else f"{code} ({words})"


def _nearest(codes: Sequence[str], known: Table | None, text: str) -> str | None:
    """Return the code that may be meant: other case, lost zeroes, the words instead of the code, a slip."""
    given = text.strip().lower()
    if not given:
        return None
    forms = {given, given.zfill(2), given.lstrip("0") or "0"}
    for code in codes:
        if code and (code.lower() in forms or (code.lower().lstrip("0") or "0") in forms):
            return code
    if known is not None:
        words = {known.words(code).lower(): code for code in codes if code}
        close = difflib.get_close_matches(given, words, 1, 0.85) if len(given) > 2 else []
        if close:
            return words[close[0]]
    if len(given) > 3:
        lower = {code.lower(): code for code in codes if code}
        close = difflib.get_close_matches(given, lower, 1, 0.8)
        return lower[close[0]] if close else None
    return None


def _table(atom: Any) -> Table | None:
    """Return the code table of a type, by the name of the type."""
    for kind in _with_bases(atom):
        name = _tables().get(str(kind.local_name or ""))
        if name is not None:
            return table(name)
    return None


def _with_bases(kind: Any) -> Iterator[Any]:
    while kind is not None:
        yield kind
        kind = kind.base_type


@functools.cache
def _tables() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name in names():
        for code in (known := table(name)):
            row = known.row(code)
            for kind in (row["schema"] if row else "").split():
                found.setdefault(kind, name)
    return MappingProxyType(found)


def _documentation(facet: Any) -> str:
    """Return our own words on the type that a facet belongs to."""
    annotation = getattr(getattr(facet, "parent", None), "annotation", None)
    text = " ".join(str(annotation).split()) if annotation is not None else ""
    return text.rstrip(".")
