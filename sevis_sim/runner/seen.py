"""What a scenario that was played has exercised: read from the journal, from what was sent and from the results."""

import functools
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from lxml import etree

from sevis_sim.clock import Calendar, Profile
from sevis_sim.domain.systems import SYSTEMS
from sevis_sim.journal import Entry
from sevis_sim.runner.outcome import Seen
from sevis_sim.runner.player import Exchange
from sevis_sim.runner.world import World
from sevis_sim.schemas import NotWellFormed, parse

WINDOWS: Mapping[str, str] = {
    "open": "on a business day, well before the cut-off",
    "before-cut-off": "in the last minute before the cut-off of a business day",
    "at-cut-off": "in the first minute from the cut-off of a business day",
    "after-cut-off": "in the evening of a business day, after the cut-off",
    "night": "on a business day, before the morning at which results come",
    "holiday": "on a federal holiday on a weekday",
    "closed": "outside of the service hours",
    "dst": "within a day of a change of daylight saving time",
    "no-window": "to a system without processing windows (beta, alpha)",
}
"""Times at which a request can come, by name."""

_ALL, _PARTLY = "S0000", "S0020"
"""Codes of processing."""
_MINUTE = timedelta(minutes=1)
_PAGE = 1000


async def seen(world: World, exchange: Exchange) -> Seen:
    """Return what a world and the exchange with it show."""
    entries = await _entries(world)
    sandbox = world.served.sandbox
    windows: set[str] = set()
    for instant, system, _ in exchange.sent:
        windows |= windows_of(instant, sandbox.profile(SYSTEMS[system]), sandbox.calendar)
    return Seen(
        dispositions=frozenset(
            [
                *_details(entries, ("upload.answered", "download.answered"), "code"),
                *(_PARTLY if each.detail["failure"] else _ALL for each in entries if each.kind == "batch.processed"),
            ]
        ),
        codes=frozenset(
            str(failure["code"])
            for each in entries
            if each.kind == "batch.processed"
            for failure in each.detail.get("failures", ())
        ),
        events=frozenset(event for _, _, made in exchange.sent for event in _events(made.document)),
        faults=frozenset(
            f"{each.detail['at']}:{str(each.detail['does']).partition(':')[0]}"
            for each in entries
            if each.kind == "fault.struck"
        ),
        jobs=frozenset(_details(entries, ("record.changed",), "job")),
        windows=frozenset(windows),
        branches=frozenset(path for _, _, made in exchange.sent for path in branches(made.document)),
    )


def windows_of(instant: datetime, profile: Profile, calendar: Calendar) -> set[str]:
    """Return the names of `WINDOWS` that an instant is in."""
    found = set()
    local = calendar.local(instant)
    day = local.date()
    if (
        calendar.local(instant - timedelta(days=1)).utcoffset()
        != calendar.local(instant + timedelta(days=1)).utcoffset()
    ):
        found.add("dst")
    if profile.next_window(instant, calendar) is None:
        return {*found, "no-window"}
    if not profile.is_open(instant, calendar):
        return {*found, "closed"}
    if not calendar.is_business_day(day):
        return {*found, "holiday"} if calendar.is_holiday(day) else found
    soon = profile.schedule(instant, calendar).due
    if calendar.today(soon) != day:
        moment = profile.schedule(instant - _MINUTE, calendar).due
        return {*found, "at-cut-off" if calendar.today(moment) == day else "after-cut-off"}
    later = profile.schedule(instant + _MINUTE, calendar).due
    if later != soon:
        return {*found, "before-cut-off"}
    return {*found, "night" if local.hour < 6 else "open"}


def branches(document: bytes) -> Iterable[str]:
    """Return the paths of all elements of a document below its root, each once, with its type where it says one."""
    root = _root(document)
    if root is None:
        return ()
    found: set[str] = set()
    open_elements: list[tuple[etree._Element, str]] = [(root, str(root.tag))]
    while open_elements:
        element, path = open_elements.pop()
        found.add(path)
        open_elements += [(child, f"{path}/{child.tag}") for child in element.iterchildren(etree.Element)]
    return found


def _events(document: bytes) -> Iterable[str]:
    """Yield the events of a document: ``CreateStudent``, or ``UpdateStudent/Registration``."""
    root = _root(document)
    for section in () if root is None else root.iterchildren(etree.Element):
        for record in section.iterchildren(etree.Element) if str(section.tag) != "BatchHeader" else ():
            yield event_of(section, record)


def event_of(section: etree._Element, record: etree._Element) -> str:
    """Return the event of a record, after the section that it stands in: ``UpdateStudent/Program/Extension``."""
    if str(section.tag).startswith("Create"):
        return str(section.tag)
    for event in record.iterchildren(etree.Element):
        if str(event.tag).startswith("UserDefined"):
            continue
        path, inner = f"{section.tag}/{event.tag}", next(iter(event.iterchildren(etree.Element)), None)
        return f"{path}/{inner.tag}" if inner is not None and str(event.tag) in _groups() else path
    return str(section.tag)


@functools.cache
def _groups() -> frozenset[str]:
    """Return the elements of an update that hold the events of a family."""
    from sevis_sim.events.registry import UPDATES

    return frozenset(path.partition("/")[0] for paths in UPDATES.values() for path in paths if "/" in path)


def _root(document: bytes) -> etree._Element | None:
    try:
        return parse(document).getroot()
    except NotWellFormed:
        return None


def _details(entries: Iterable[Entry], kinds: tuple[str, ...], name: str) -> Iterable[str]:
    return (str(each.detail[name]) for each in entries if each.kind in kinds and each.detail.get(name))


async def _entries(world: World) -> list[Entry]:
    found: list[Entry] = []
    while page := await world.sim.journal.query(world.box.name, after_id=found[-1].id if found else None, limit=_PAGE):
        found += page
    return found
