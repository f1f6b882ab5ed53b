"""Dates that count from the scenario's clock or from a program: ``+3 business days``, ``program start - 10 days``.

=============================  ===================================================================================
``today``                      the Eastern day of the scenario's clock
``+10 days``, ``-2 weeks``     so much after or before it; also business days, months, years
``program start - 10 days``    of the record that it stands in, or whose SEVIS ID stands beside it; ``program end``
``today + 1 day 06:00``        with a time of day it is an instant, Eastern
=============================  ===================================================================================

In ``advance`` and ``clock`` steps a length of time alone (``+3 business days``) counts from the moment of the step, so
it stays as it is, and a day without a time of day is its midnight.
"""

import calendar as months
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sevis_sim.clock import Calendar, ClockError, parse_clock
from sevis_sim.clock.stamps import parse_wall
from sevis_sim.yamlfile import Node, Problem, YamlError

_UNIT = r"(?:business days?|days?|weeks?|months?|years?)"
_TERM = rf"[+-]\s*\d{{1,5}}\s*{_UNIT}"
_EXPRESSION = re.compile(
    rf"(?P<base>today|program start|program end)?\s*(?P<terms>(?:{_TERM}\s*)*)(?P<wall>\d\d:\d\d(?::\d\d)?)?"
)
_ONE = re.compile(r"(?P<sign>[+-])\s*(?P<count>\d+)\s*(?P<unit>business day|day|week|month|year)s?")
_WORDS = frozenset({"scenario", "summary", "proves", "source", "tags", "clock", "note", "xml", "name", "title"})
"""Keys whose texts are words."""
_MOMENTS = frozenset({"advance", "clock"})
_SHORT = {"business day": "bd", "day": "d", "week": "w"}


def dated(root: Node, name: str) -> Node:
    """Return a scenario with days and instants in place of such expressions.

    Raises:
        YamlError: one cannot be resolved: the scenario has no clock that stands, or there is no program.

    """
    return _Dates(root, name).of_root()


def spoken_duration(text: str) -> str:
    """Return a length of time in words, such as ``+3 business days``, in the grammar of instants; else the text."""
    words = " ".join(text.lower().split())
    if not re.fullmatch(rf"(?:{_TERM}\s*)+", words):
        return text
    steps = []
    for found in _ONE.finditer(words):
        if found["sign"] == "-" or found["unit"] not in _SHORT:
            return text
        count, unit = int(found["count"]), _SHORT[found["unit"]]
        steps.append(f"{count * 7}d" if unit == "w" else f"{count}{unit}")
    return "+" + "".join(steps)


def rebuilt(node: Node, items: list[Node]) -> Node:
    """Return a mapping or list with other items; itself where they are the same."""
    if all(new is old for new, old in zip(items, node.items or (), strict=True)):
        return node
    size, height = 1 + sum(each.size for each in items), 1 + max((each.height for each in items), default=0)
    return replace(node, items=items, size=size, height=height)


class _Dates:
    def __init__(self, root: Node, name: str) -> None:
        self._root = root
        self._name = name
        self._calendar = Calendar()
        self._programs = self._known_programs()
        self._asked: set[int] = set()
        """Days that are being resolved: one that counts from itself has none."""

    def of_root(self) -> Node:
        entries = []
        for key, node in self._root.entries():
            entries.append(node if key in _WORDS else self._changed(node, key, None))
        return replace(self._root, items=entries)

    def _known_programs(self) -> Mapping[str, Node]:
        records = self._root.below("records")
        found: dict[str, Node] = {}
        for record in (records.items or ()) if records is not None else ():
            if record.keys is not None and (named := record.below("sevisID")) is not None and named.text:
                found[named.text] = record
        return found

    def _changed(self, node: Node, key: str, record: Node | None) -> Node:
        if node.keys is not None:
            record = self._record_of(node) or record
            items = [
                each if inner in _WORDS - _MOMENTS else self._changed(each, inner, record)
                for inner, each in node.entries()
            ]
        elif node.items is not None:
            items = [self._changed(each, key, record) for each in node.items]
        else:
            return self._resolved(node, key, record)
        return rebuilt(node, items)

    def _record_of(self, node: Node) -> Node | None:
        """Return the record that a mapping is, or is about."""
        if node.below("EducationalInfo") is not None or node.below("PrgStartDate") is not None:
            return node
        for key in ("sevisID", "update", "record"):
            named = node.below(key)
            if named is not None and named.text and named.text in self._programs:
                return self._programs[named.text]
        return None

    def _resolved(self, node: Node, key: str, record: Node | None) -> Node:
        text = " ".join((node.text or "").split())
        found = _EXPRESSION.fullmatch(text) if text else None
        if found is None or not (found["base"] or found["terms"]):
            return node
        if key in _MOMENTS and not found["base"]:
            return node
        day = self._day(found, node, record)
        if found["wall"] is None and key not in _MOMENTS:
            return replace(node, text=day.isoformat())
        try:
            wall = parse_wall(found["wall"]) if found["wall"] else time()
        except ValueError as error:
            raise self._error(node, str(error)) from error
        return replace(node, text=self._calendar.local(self._calendar.at(day, wall)).isoformat())

    def _day(self, found: re.Match[str], node: Node, record: Node | None) -> date:
        base = found["base"] or "today"
        day = self._today(node) if base == "today" else self._program(base.removeprefix("program "), node, record)
        try:
            for term in _ONE.finditer(found["terms"]):
                day = self._moved(day, int(term["sign"] + term["count"]), term["unit"])
        except (OverflowError, ValueError) as error:
            raise self._error(node, "leads out of the years that a clock can show") from error
        return day

    def _moved(self, day: date, count: int, unit: str) -> date:
        if unit == "business day":
            if count >= 0:
                return self._calendar.add_business_days(day, count)
            while count:
                day -= timedelta(days=1)
                count += self._calendar.is_business_day(day)
            return day
        if unit in ("day", "week"):
            return day + timedelta(days=count * (7 if unit == "week" else 1))
        month = day.month - 1 + count * (12 if unit == "year" else 1)
        year, month = day.year + month // 12, month % 12 + 1
        return date(year, month, min(day.day, months.monthrange(year, month)[1]))

    def _today(self, node: Node) -> date:
        clock = self._root.below("clock")
        try:
            start: datetime | None = parse_clock(clock.text).now() if clock is not None and clock.text else None
        except ClockError:
            raise self._error(node, "counts from the scenario's clock, which is no clock") from None
        if start is None or (clock is not None and clock.text == "real"):
            raise self._error(
                node, "counts from the scenario's clock: give it one, such as clock: 2026-03-06T14:00-05:00"
            )
        return self._calendar.today(start)

    def _program(self, which: str, node: Node, record: Node | None) -> date:
        key = "PrgStartDate" if which == "start" else "PrgEndDate"
        records = [record] if record is not None else list(self._programs.values())[:1]
        for each in records:
            info = each.below("EducationalInfo")
            told = info.below(key) if info is not None else each.below(key)
            if told is not None and id(told) not in self._asked:
                self._asked.add(id(told))
                try:
                    text = self._resolved(told, key, each).text or ""
                finally:
                    self._asked.discard(id(told))
                try:
                    return date.fromisoformat(text)
                except ValueError:
                    break
        raise self._error(node, f"counts from {key} of a record, and there is none here")

    def _error(self, node: Node, message: str) -> YamlError:
        return YamlError([Problem(node.file or self._name, node.position, "", f"'{node.text}' {message}")])
