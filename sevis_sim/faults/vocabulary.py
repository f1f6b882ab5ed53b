"""The places and kinds of one simulator, and reading faults in their words.

As a mapping (YAML, JSON)::

    {at: upload, first: 2, do: {status: 503}, whom: {location: "06"}}

and in one line, for the command line::

    upload first=2 do=status:503 location=06
"""

import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite
from typing import Any

from sevis_sim.clock import DurationError, format_duration, parse_duration, parse_stamp
from sevis_sim.clock.hints import did_you_mean, quoted
from sevis_sim.faults.model import IN_A_ROW, PHASES, Fault, FaultError, Kind, When

Moment = Callable[[str, datetime], datetime]
"""Reads an instant, written as text, that may count from another one; ValueError where it is none."""

MAX_SECONDS = 300.0
"""The longest delay; delays are wall time."""
_MAX_BYTES = 1 << 40

TRANSPORT = (
    Kind("delay", "seconds", "answers so many seconds later (wall time)", 1.0),
    Kind("drop", "nothing", "closes the connection without an answer"),
    Kind("reset", "nothing", "resets the connection (TCP RST)"),
    Kind("status", "status", "answers with an HTTP status and a plain page", 503),
    Kind("truncate", "bytes", "cuts the body of the answer off after so many bytes", 0),
    Kind("drip", "bytes", "sends the answer at so many bytes a second", 16),
)
"""Kinds that any HTTP simulator has; `sevis_sim.faults.answers` does them."""

_KEYS = ("name", "at", "do", "first", "every", "rate", "in_a_row", "from", "until", "ttl", "phase", "whom")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What can go wrong where."""

    places: Mapping[str, tuple[Kind, ...]]
    """By place, the kinds that it knows."""
    facts: tuple[str, ...]
    """What ``whom`` can ask for."""
    moment: Moment = lambda text, _: parse_stamp(text)
    """Reads ``from`` and ``until``; by default ISO alone."""

    def read(self, content: Any, now: datetime, moment: Moment | None = None) -> Fault:
        """Read a fault from a mapping.

        Args:
            content: the mapping; unknown keys are errors.
            now: simulated time, from which a ``ttl`` counts.
            moment: reads ``from`` and ``until`` instead of the vocabulary's own.

        Raises:
            FaultError: one line that names the key and says what was expected.

        """
        if not isinstance(content, Mapping):
            raise FaultError(f"a fault is a mapping such as {{at: {self._any_place}, do: drop}}, not {quoted(content)}")
        for key in content:
            if key not in _KEYS:
                raise FaultError(f"a fault has no {_unknown(key, _KEYS)}", str(key))
        at = content.get("at")
        if at is None:
            raise FaultError(f"at: say where: {_listed(self.places)}", "at")
        if not isinstance(at, str) or at not in self.places:
            raise FaultError(f"at: there is no place {_unknown(at, self.places)}", "at")
        kind, value = self._action(at, content.get("do"))
        phase = content.get("phase") or kind.phases[0]
        if phase not in kind.phases:
            expected = f"{kind.name} is always {kind.phases[0]}" if phase in PHASES else "expected before or after"
            raise FaultError(f"phase: {quoted(phase)}: {expected} (the change of state)", "phase")
        name = content.get("name") or ""
        if not isinstance(name, str) or len(name) > 64:
            raise FaultError(f"name: {quoted(name)}: expected up to 64 characters", "name")
        when = _when(content, now, moment or self.moment)
        return Fault(name, at, kind.name, value, self._whom(content.get("whom") or {}), when, phase)

    def read_text(self, text: str, now: datetime, moment: Moment | None = None) -> Fault:
        """Read a fault from one line: the place, then ``key=value``; facts of whom it is meant for stand beside them.

        Raises:
            FaultError: as `read`.

        """
        try:
            words = shlex.split(text)
        except ValueError as error:
            raise FaultError(f"{quoted(text)} cannot be split into words: {error}") from None
        content: dict[str, Any] = {}
        whom: dict[str, str] = {}
        for number, word in enumerate(words):
            key, separator, value = word.partition("=")
            if not separator and number == 0:
                content["at"] = word
            elif not separator:
                raise FaultError(f"{quoted(word)}: expected key=value, as in {self._any_place} first=2 do=drop")
            elif key in self.facts:
                whom[key] = value
            elif key == "do":
                kind, colon, argument = value.partition(":")
                content["do"] = {kind: argument} if colon else kind
            elif key in _KEYS and key != "whom":
                content[key] = value
            else:
                known = (*(each for each in _KEYS if each not in ("at", "whom")), *self.facts)
                raise FaultError(f"a fault has no {_unknown(key, known)}")
        return self.read({**content, "whom": whom}, now, moment)

    def help(self) -> str:
        """Return all places and kinds, one a line, for people."""
        lines = []
        for place, kinds in self.places.items():
            for kind in kinds:
                value = "" if kind.takes == "nothing" else f":{kind.takes.upper()}"
                lines.append(f"{place:<10} {kind.name + value:<18} {kind.text}")
        return "\n".join(lines)

    @property
    def _any_place(self) -> str:
        return next(iter(self.places))

    def _action(self, at: str, do: Any) -> tuple[Kind, Any]:
        kinds = {kind.name: kind for kind in self.places[at]}
        if isinstance(do, Mapping) and len(do) == 1:
            name, value = next(iter(do.items()))
        else:
            name, value = do, None
        if name is None:
            raise FaultError(f"do: say what goes wrong at {at}: {_listed(kinds)}", "do")
        if not isinstance(name, str) or name not in kinds:
            raise FaultError(f"do: {at} does not know {_unknown(name, kinds)}", "do")
        kind = kinds[name]
        if value is None or value == "":
            if kind.default is None and kind.takes != "nothing":
                raise FaultError(f"do: {name} needs {_expected(kind)}", "do")
            return kind, kind.default
        return kind, _value(kind, value)

    def _whom(self, whom: Any) -> dict[str, str]:
        if not isinstance(whom, Mapping):
            raise FaultError(f"whom: {quoted(whom)}: expected a mapping of {_listed(self.facts)} to patterns", "whom")
        for fact in whom:
            if fact not in self.facts:
                raise FaultError(f"whom: nothing is known as {_unknown(fact, self.facts)}", "whom")
        return {str(fact): str(pattern) for fact, pattern in whom.items()}


def _when(content: Mapping[str, Any], now: datetime, moment: Moment) -> When:
    given = [key for key in ("first", "every", "rate") if content.get(key) is not None]
    if len(given) > 1:
        words = f"{given[0]} and {given[1]} contradict each other: name one of first, every and rate"
        raise FaultError(words, given[1])
    if content.get("in_a_row") is not None and "rate" not in given:
        raise FaultError("in_a_row belongs to a rate: add rate=0.5 or leave it out", "in_a_row")
    rate = None
    if "rate" in given:
        rate = _number("rate", content["rate"])
        if not 0 < rate <= 1:
            raise FaultError(f"rate: {quoted(content['rate'])}: expected a share above 0, up to 1", "rate")
    since = _instant("from", content.get("from"), now, moment)
    until = _until(content, since or now, moment)
    if since is not None and until is not None and until <= since:
        raise FaultError("until: it lies before from; the fault would never strike", "until")
    return When(
        first=_count("first", content.get("first")),
        every=_count("every", content.get("every")),
        rate=rate,
        in_a_row=_count("in_a_row", content.get("in_a_row")) or IN_A_ROW,
        since=since,
        until=until,
    )


def _until(content: Mapping[str, Any], start: datetime, moment: Moment) -> datetime | None:
    ttl, until = content.get("ttl"), content.get("until")
    if ttl is not None and until is not None:
        raise FaultError("ttl and until contradict each other: name one of them", "ttl")
    if ttl is None:
        return _instant("until", until, start, moment)
    try:
        return start + (ttl if isinstance(ttl, timedelta) else parse_duration(str(ttl)))
    except (DurationError, OverflowError) as error:
        raise FaultError(f"ttl: {error}", "ttl") from None


def _instant(key: str, value: Any, start: datetime, moment: Moment) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value
    try:
        return moment(str(value), start)
    except (ValueError, OverflowError) as error:
        raise FaultError(f"{key}: {error}", key) from None


def _count(key: str, value: Any) -> int | None:
    if value is None:
        return None
    number = _number(key, value)
    if number != int(number) or not 1 <= number <= 1_000_000_000:
        raise FaultError(f"{key}: {quoted(value)}: expected a whole number from 1", key)
    return int(number)


def _value(kind: Kind, value: Any) -> Any:
    if kind.takes == "nothing":
        raise FaultError(f"do: {kind.name} takes no value, not {quoted(value)}", "do")
    if kind.takes == "text":
        wrong = kind.check(str(value)) if kind.check is not None else None
        if wrong is not None:
            raise FaultError(f"do: {kind.name}: {wrong}", "do")
        return str(value)
    if kind.takes == "duration":
        try:
            return format_duration(value if isinstance(value, timedelta) else parse_duration(str(value)))
        except DurationError as error:
            raise FaultError(f"do: {kind.name}: {error}", "do") from None
    number = _number(kind.name, value)
    if kind.takes == "seconds":
        if not 0 <= number <= MAX_SECONDS:
            raise FaultError(f"do: {kind.name}: {quoted(value)}: expected {_expected(kind)}", "do")
        return number
    low, high = (100, 599) if kind.takes == "status" else (0, _MAX_BYTES)
    if number != int(number) or not low <= number <= high:
        raise FaultError(f"do: {kind.name}: {quoted(value)}: expected {_expected(kind)}", "do")
    return int(number)


def _expected(kind: Kind) -> str:
    return {
        "nothing": "nothing",
        "seconds": f"seconds, 0 to {MAX_SECONDS:g}",
        "bytes": "a number of bytes",
        "status": "an HTTP status, 100 to 599",
        "text": "a text",
        "duration": "a length of time such as 12h",
    }[kind.takes]


def _number(key: str, value: Any) -> float:
    try:
        number = float(value) if not isinstance(value, bool) else float("nan")
    except (TypeError, ValueError):
        number = float("nan")
    if not isfinite(number):
        raise FaultError(f"{key}: {quoted(value)} is no number", key if key in _KEYS else "do")
    return number


def _unknown(word: object, known: Iterable[str]) -> str:
    names = tuple(known)
    return f"{quoted(word)}{did_you_mean(str(word), names)}; known: {_listed(names)}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
