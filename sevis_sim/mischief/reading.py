"""Reads one entry of faults, whichever door it comes through: a mapping, a line of text, or a preset."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sevis_sim.clock import Calendar
from sevis_sim.clock.hints import did_you_mean, quoted
from sevis_sim.faults import Fault, FaultError
from sevis_sim.mischief.presets import preset
from sevis_sim.mischief.vocabulary import VOCABULARY, moments

Reader = Callable[[Any, datetime], tuple[Fault, ...]]

_WITH_PRESET = ("preset", "name", "whom", "first", "every", "rate", "in_a_row", "from", "until", "ttl")
"""Keys that may stand beside ``preset``: they say of all its faults whom they strike and when."""


def reader(calendar: Calendar) -> Reader:
    """Return what reads entries by a calendar."""
    return lambda content, now: read_faults(content, now, calendar)


def read_faults(content: Any, now: datetime, calendar: Calendar) -> tuple[Fault, ...]:
    """Read an entry.

    Args:
        content: ``{at: …, do: …}``, the same in one line of text, or ``{preset: NAME}`` with whom and when.
        now: simulated time, from which lengths and days of the week count.
        calendar: whose days they are.

    Returns:
        The faults: one, or those of the preset, named after it.

    Raises:
        FaultError: one line, and which key is wrong.

    """
    moment = moments(calendar)
    if isinstance(content, str):
        content = content.strip()
        if content.startswith("preset=") or content.partition(" ")[0] in _preset_names():
            content = _preset_words(content)
        else:
            return (VOCABULARY.read_text(content, now, moment),)
    if not isinstance(content, Mapping) or "preset" not in content:
        return (VOCABULARY.read(content, now, moment),)
    for key in content:
        if key not in _WITH_PRESET:
            raise FaultError(f"{quoted(key)} cannot stand beside preset; known: {', '.join(_WITH_PRESET)}", str(key))
    chosen = preset(content["preset"])
    changes = {
        key: value for key, value in content.items() if key not in ("preset", "name", "whom") and value is not None
    }
    name, whom = content.get("name") or chosen.name, content.get("whom") or {}
    if not isinstance(whom, Mapping):
        raise FaultError(f"whom: {quoted(whom)}: expected a mapping of facts to patterns", "whom")
    found = []
    for number, each in enumerate(chosen.faults, start=1):
        entry = {key: value for key, value in each.items() if not _replaced(key, changes)}
        entry = {**entry, **changes, "whom": {**each.get("whom", {}), **whom}}
        fault = VOCABULARY.read(entry, now, moment)
        found.append(replace(fault, name=str(name) if number == 1 else f"{name}-{number}"))
    return tuple(found)


def _replaced(key: str, changes: Mapping[str, Any]) -> bool:
    """Tell whether a key of a preset gives way to what was asked beside it."""
    schedules, ends = {"first", "every", "rate", "in_a_row"}, {"until", "ttl"}
    return any(key in group and group & set(changes) for group in (schedules, ends))


def _preset_names() -> tuple[str, ...]:
    from sevis_sim.mischief.presets import presets

    return tuple(presets())


def _preset_words(text: str) -> dict[str, Any]:
    """Read ``NAME first=2 organization=…``."""
    import shlex

    try:
        words = shlex.split(text)
    except ValueError as error:
        raise FaultError(f"{quoted(text)} cannot be split into words: {error}") from None
    content: dict[str, Any] = {"preset": words[0].removeprefix("preset=")}
    whom: dict[str, str] = {}
    for word in words[1:]:
        key, separator, value = word.partition("=")
        if not separator:
            raise FaultError(f"{quoted(word)}: expected key=value, as in {content['preset']} first=2")
        if key in VOCABULARY.facts:
            whom[key] = value
        elif key in _WITH_PRESET and key not in ("preset", "whom"):
            content[key] = value
        else:
            known = (*(each for each in _WITH_PRESET if each not in ("preset", "whom")), *VOCABULARY.facts)
            raise FaultError(
                f"a preset takes no {quoted(key)}{did_you_mean(key, known)}; known: {', '.join(known)}", key
            )
    return {**content, "whom": whom} if whom else content
