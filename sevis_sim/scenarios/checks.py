"""What must agree between the parts of a scenario: ids, roles, statuses, elements, steps."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from sevis_sim.domain.facts import FactError, Owner, find
from sevis_sim.domain.organizations import SCHOOL_ROLES, SPONSOR_ROLES, Kind, kind_of
from sevis_sim.domain.records import OPEN, STATUSES, Population
from sevis_sim.scenarios import convert, elements
from sevis_sim.scenarios.faults import wrong_faults
from sevis_sim.yamlfile import Finding, Step, quoted, suggestion

if TYPE_CHECKING:
    from sevis_sim.scenarios.world import (
        DependentEntry,
        LevelEntry,
        OrganizationEntry,
        RecordEntry,
        SiteEntry,
        World,
    )

_ROLES: Mapping[Kind, frozenset[str]] = {"school": SCHOOL_ROLES, "sponsor": SPONSOR_ROLES}
_ONLY: Mapping[Kind, tuple[str, ...]] = {
    "school": ("approval_date", "levels", "public", "visas"),
    "sponsor": ("categories", "form_limit", "korea_west", "occupations"),
}
"""Keys that only one kind of organization has."""
_POPULATION: Mapping[Kind, Population] = {"school": "student", "sponsor": "exchangeVisitor"}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

_Path = tuple[Step, ...]


def findings(scenario: "World") -> list[Finding]:
    """Return everything in a scenario that does not agree."""
    return [
        *_organizations(scenario),
        *_records(scenario),
        *_life_cycle(scenario),
        *_outcomes(scenario),
        *wrong_faults(scenario),
    ]


def not_a_day(text: str) -> bool:
    """Tell whether a text is no calendar day written as ISO."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return True
    return _DAY.fullmatch(text) is None


def _organizations(scenario: "World") -> Iterator[Finding]:
    seen: dict[str, int] = {}
    for number, entry in enumerate(scenario.organizations):
        path: _Path = ("organizations", number)
        if entry.id in seen:
            yield Finding((*path, "id"), f"{entry.id} stands here twice, first as organizations[{seen[entry.id]}]")
        seen.setdefault(entry.id, number)
        yield from _organization(entry, path)


def _organization(entry: "OrganizationEntry", path: _Path) -> Iterator[Finding]:
    kind = kind_of(entry.id)
    if kind is None:
        return
    if entry.kind not in (None, kind):
        yield Finding((*path, "kind"), f"{quoted(entry.kind)} stands here, but {entry.id} is the id of a {kind}")
    for other, names in _ONLY.items():
        for name in names:
            if other != kind and name in entry.model_fields_set:
                yield Finding((*path, name), f"only a {other} has {name!r}; {entry.id} is a {kind}", at_key=True)
    seen: set[str] = set()
    for number, user in enumerate(entry.users):
        if user.id in seen:
            yield Finding((*path, "users", number, "id"), f"the user {user.id} stands here twice")
        seen.add(user.id)
        if user.role not in _ROLES[kind]:
            roles = " or ".join(sorted(_ROLES[kind], reverse=True))
            yield Finding((*path, "users", number, "role"), f"{user.role} is no role at a {kind}; expected {roles}")


def _records(scenario: "World") -> Iterator[Finding]:
    known = [entry.id for entry in scenario.organizations]
    seen: dict[str, str] = {}
    for number, entry in enumerate(scenario.records):
        path: _Path = ("records", number)
        people = [(entry.sevis_id, (*path, "sevisID"), f"records[{number}]")]
        for order, dependent in enumerate(entry.dependents):
            place = (*path, "Dependents", order, "sevisID")
            people.append((dependent.sevis_id, place, f"records[{number}].Dependents[{order}]"))
        for sevis_id, place, owner in people:
            if sevis_id in seen:
                yield Finding(place, f"{sevis_id} stands here twice, first as {seen[sevis_id]}")
            seen.setdefault(sevis_id, owner)
        if entry.org not in known:
            hint = suggestion(entry.org, known) or f"; its organizations: {', '.join(known) or 'none'}"
            yield Finding((*path, "org"), f"the scenario has no organization {quoted(entry.org)}{hint}")
            continue
        yield from _record(entry, path)


def _record(entry: "RecordEntry", path: _Path) -> Iterator[Finding]:
    whose = convert.population(entry)
    kind = kind_of(entry.org)
    if kind is not None and _POPULATION[kind] != whose:
        yield Finding(
            (*path, "population"), f"{entry.org} is a {kind}; the population of its records is {_POPULATION[kind]}"
        )
        return
    yield from _status(entry.status, whose, (*path, "status"))
    yield from _facts(entry.facts, whose, "record", (*path, "facts"))
    yield from _elements(entry, whose, "record", path)
    for number, dependent in enumerate(entry.dependents):
        below = (*path, "Dependents", number)
        if dependent.status is not None:
            yield from _status(dependent.status, whose, (*below, "status"))
        yield from _facts(dependent.facts, whose, "dependent", (*below, "facts"))
        yield from _elements(dependent, whose, "dependent", below)
    yield from _levels(entry, whose, path)
    if entry.sites and whose == "student":
        yield Finding((*path, "Sites"), "only exchange visitors have sites of activity", at_key=True)
        return
    site_ids: set[str] = set()
    for number, site in enumerate(entry.sites):
        below = (*path, "Sites", number)
        if site.site_id is not None and site.site_id in site_ids:
            yield Finding((*below, "siteID"), f"the site {site.site_id} stands here twice")
        site_ids.add(site.site_id or "")
        yield from _elements(site, whose, "site", below)


def _levels(entry: "RecordEntry", whose: Population, path: _Path) -> Iterator[Finding]:
    if entry.levels and whose != "student":
        yield Finding((*path, "Levels"), "only students have education levels", at_key=True)
        return
    open_levels = {entry.status}
    for number, level in enumerate(entry.levels):
        below = (*path, "Levels", number)
        yield from _status(level.status, whose, (*below, "status"))
        yield from _elements(level, whose, "level", below)
        if level.status in open_levels & OPEN:
            message = f"a second level is {level.status}; a student is Initial at one level and Active at one at most"
            yield Finding((*below, "status"), message)
        open_levels.add(level.status)


def _status(status: str, whose: Population, path: _Path) -> Iterator[Finding]:
    allowed = sorted(STATUSES[whose])
    if status not in allowed:
        hint = suggestion(status, allowed) or f"; expected {', '.join(allowed)}"
        yield Finding(path, f"{quoted(status)} is no status of a {whose} record{hint}")


def _facts(told: Mapping[str, Any], whose: Population, owner: Owner, path: _Path) -> Iterator[Finding]:
    for name, value in told.items():
        try:
            find(name, whose, owner).read(value)
        except FactError as error:
            yield Finding((*path, name), str(error), at_key=error.unknown)


def _elements(
    entry: "RecordEntry | DependentEntry | LevelEntry | SiteEntry", whose: Population, what: elements.What, path: _Path
) -> list[Finding]:
    keys = [field.alias or name for name, field in type(entry).model_fields.items()]
    return elements.read(entry.model_extra or {}, elements.elements(whose, what), path, keys)[1]


def _life_cycle(scenario: "World") -> Iterator[Finding]:
    from sevis_sim.domain.life_cycle import LifeCycleError, shipped

    for key, value in scenario.life_cycle.items():
        try:
            shipped().changed({key: value})
        except LifeCycleError as error:
            yield Finding(("life_cycle", key), str(error), at_key=error.unknown)


def _outcomes(scenario: "World") -> Iterator[Finding]:
    if not scenario.outcomes:
        return
    from sevis_sim.codes import catalogue  # 30 KB to read, only needed here

    codes = catalogue.entries()
    seen: set[str] = set()
    for number, outcome in enumerate(scenario.outcomes):
        path: _Path = ("outcomes", number)
        entry = codes.get(outcome.error)
        if entry is None:
            hint = suggestion(outcome.error, codes)
            yield Finding((*path, "error"), f"{quoted(outcome.error)} is no code of SEVIS{hint}")
        elif entry.population == "transport":
            yield Finding(
                (*path, "error"), f"{outcome.error} is a code of uploads and downloads; expected one of a record"
            )
        if outcome.match.request_id in seen:
            where = (*path, "match", "requestId")
            yield Finding(where, f"the request {outcome.match.request_id} has an outcome already")
        seen.add(outcome.match.request_id)
