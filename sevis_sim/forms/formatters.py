"""Formatters: how a value of a record becomes the text on a form.

A layout names them after a bar: ``{data/EducationalInfo/PrgStartDate|date-long}``. Patterns: reference forms.md §3.5
(I-20) and §5.1 (DS-2019). A value that a formatter cannot read prints as it stands: a form shows what the record holds.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sevis_sim.codes.tables import table

Maps = Mapping[str, Mapping[str, str]]
"""The word lists that a layout brings along, by name."""
Formatter = Callable[[Any, str, Maps], str]
"""``(value, argument, maps) -> text``; the value is text, or a mapping or list where the path leads to one."""

# Not strftime: its month names follow the machine's language.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_LIVE = frozenset({"INITIAL", "ACTIVE"})


def text_of(value: Any) -> str:
    """Return a leaf as stripped text; a mapping or list has none of its own."""
    if isinstance(value, str):
        return value.strip()
    if value is None or isinstance(value, (Mapping, list, tuple, set, frozenset)):
        return ""
    return str(value)


@lru_cache(maxsize=4096)
def _day(text: str, shift: int) -> date | None:
    """Read an XSD date, which may carry a zone, and move it by whole days."""
    try:
        return date.fromisoformat(text[:10]) + timedelta(days=shift)
    except (ValueError, OverflowError):
        return None


def date_long(value: Any, argument: str, _maps: Maps) -> str:
    """``04 AUGUST 2025``; the argument moves it by days (``date-long:-30``)."""
    text = text_of(value)
    day = _day(text, int(argument or 0)) if text else None
    return _written(day).upper() if day else text


def date_mixed(value: Any, argument: str, _maps: Maps) -> str:
    """``04 August 2025``."""
    text = text_of(value)
    day = _day(text, int(argument or 0)) if text else None
    return _written(day) if day else text


def _written(day: date) -> str:
    return f"{day.day:02d} {_MONTHS[day.month - 1]} {day.year}"


def date_us(value: Any, argument: str, _maps: Maps) -> str:
    """``08-04-2025``."""
    text = text_of(value)
    day = _day(text, int(argument or 0)) if text else None
    return f"{day.month:02d}-{day.day:02d}-{day.year}" if day else text


def _dollars(text: str, places: int) -> str:
    try:
        return f"${int(text):,}" + ("." + "0" * places if places else "")
    except ValueError:
        return text


def money(value: Any, _argument: str, _maps: Maps) -> str:
    """Whole dollars; ``$`` alone where there is no amount, as on the I-20."""
    text = text_of(value)
    return _dollars(text, 0) if text else "$"


def money_cents(value: Any, _argument: str, _maps: Maps) -> str:
    """Whole dollars written with cents, as on the DS-2019; nothing where there is no amount."""
    text = text_of(value)
    return _dollars(text, 2) if text else ""


def number(value: Any, _argument: str, _maps: Maps) -> str:
    """A number without leading zeros."""
    text = text_of(value)
    return text.lstrip("0") or text[:1]


def words(value: Any, argument: str, _maps: Maps) -> str:
    """The words of a code in a SEVIS table; the bare code where the table has none."""
    text = text_of(value)
    return table(argument).words(text) if text else ""


def words_and_code(value: Any, argument: str, maps: Maps) -> str:
    """``Computer Science 11.0701``: words, blank, code."""
    text = text_of(value)
    found = words(text, argument, maps)
    return text if found == text else f"{found} {text}"


def code_and_words(value: Any, argument: str, maps: Maps) -> str:
    """``11.0701 Computer Science``: code, blank, words."""
    text = text_of(value)
    found = words(text, argument, maps)
    return text if found == text else f"{text} {found}"


def words_list(value: Any, argument: str, maps: Maps) -> str:
    """A set of codes as words joined by ``; ``; the argument is ``table`` or ``table:text where no set is given``."""
    name, _, otherwise = argument.partition(":")
    if not isinstance(value, (set, frozenset, list, tuple)):
        return text_of(value) or otherwise
    return "; ".join(words(code, name, maps) for code in sorted(map(text_of, value)))


def mapped(value: Any, argument: str, maps: Maps) -> str:
    """The text that a word list of the layout gives; the value itself where it has none."""
    text = text_of(value)
    return maps[argument].get(text, text)


def prefix(value: Any, argument: str, _maps: Maps) -> str:
    """The argument in front of the value, if there is one."""
    text = text_of(value)
    return argument + text if text else ""


def fallback(value: Any, argument: str, _maps: Maps) -> str:
    """The argument where the value is blank."""
    return text_of(value) or argument


def other(value: Any, _argument: str, _maps: Maps) -> str:
    """Nothing for the code OTHER, which says that a name given beside it is to be printed instead."""
    text = text_of(value)
    return "" if text == "OTHER" else text


def upper(value: Any, _argument: str, _maps: Maps) -> str:
    """Upper case."""
    return text_of(value).upper()


def full_name(value: Any, _argument: str, _maps: Maps) -> str:
    """A ``FullName`` element as one line: given name, surname, suffix."""
    if not isinstance(value, Mapping):
        return text_of(value)
    return " ".join(filter(None, (text_of(value.get(part)) for part in ("FirstName", "LastName", "Suffix"))))


def lines(value: Any, _argument: str, _maps: Maps) -> str:
    """A list of texts, one to a line."""
    if isinstance(value, (list, tuple)):
        return "\n".join(filter(None, map(text_of, value)))
    return text_of(value)


def count_live(value: Any, _argument: str, _maps: Maps) -> str:
    """How many dependents are in INITIAL or ACTIVE status."""
    people = value if isinstance(value, (list, tuple)) else ()
    return str(sum(1 for one in people if isinstance(one, Mapping) and one.get("status") in _LIVE))


FORMATTERS: Mapping[str, Formatter] = {
    "date-long": date_long,
    "date-mixed": date_mixed,
    "date-us": date_us,
    "money": money,
    "money-cents": money_cents,
    "number": number,
    "words": words,
    "words-and-code": words_and_code,
    "code-and-words": code_and_words,
    "words-list": words_list,
    "map": mapped,
    "prefix": prefix,
    "or": fallback,
    "other": other,
    "upper": upper,
    "full-name": full_name,
    "lines": lines,
    "count-live": count_live,
}
