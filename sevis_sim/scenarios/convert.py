"""From the entries of a scenario to the nouns of `sevis_sim.domain`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sevis_sim.domain import facts, sevis_ids
from sevis_sim.domain.document import Node, children
from sevis_sim.domain.organizations import Official, Organization, kind_of
from sevis_sim.domain.records import INITIAL, Dependent, Level, Population, Record, Site
from sevis_sim.scenarios import elements

if TYPE_CHECKING:
    from sevis_sim.scenarios.world import LevelEntry, OrganizationEntry, RecordEntry, SiteEntry, World

_PLAN = "TIPP"


def organization(entry: "OrganizationEntry") -> Organization:
    """Return an organization with its officials."""
    return Organization(
        id=entry.id,
        kind=kind_of(entry.id) or "school",
        name=entry.name,
        address=entry.address,
        place=entry.place,
        phone=entry.phone,
        approval_date=entry.approval_date,
        active=entry.active,
        visas=frozenset(entry.visas),
        levels=None if entry.levels is None else frozenset(entry.levels),
        public=entry.public,
        categories=None if entry.categories is None else frozenset(entry.categories),
        occupations=None if entry.occupations is None else frozenset(entry.occupations),
        form_limit=entry.form_limit,
        korea_west=entry.korea_west,
        officials=tuple(Official(u.id, u.role, u.name, u.title, u.active, u.last_login or "") for u in entry.users),
    )


def population(entry: "RecordEntry") -> Population:
    """Return whose record it is: as it says, else as its organization has them."""
    return entry.population or ("exchangeVisitor" if kind_of(entry.org) == "sponsor" else "student")


def record(entry: "RecordEntry", scenario: "World") -> Record:
    """Return a record as SEVIS keeps it after a create: dependents, sites and levels stand apart from its data.

    Levels that are closed came before the one of the record itself, an Initial one comes after it.
    """
    whose = population(entry)
    closed = [each for each in entry.levels if each.status != INITIAL]
    found = Record(
        sevis_id=entry.sevis_id,
        org_id=entry.org,
        population=whose,
        status=entry.status,
        data=_data(entry.model_extra, whose, "record"),
        dependents=[
            Dependent(
                each.sevis_id,
                each.status or entry.status,
                _data(each.model_extra, whose, "dependent"),
                _facts(each.facts, whose, "dependent"),
            )
            for each in entry.dependents
        ],
        sites=[_site(each, (scenario.scenario, entry.sevis_id, str(n))) for n, each in enumerate(entry.sites, start=1)],
        facts=_facts(entry.facts, whose, "record"),
        level=len(closed) + 1,
        levels=[
            *(_level(each, number, whose) for number, each in enumerate(closed, start=1)),
            *(_level(each, len(closed) + 2, whose) for each in entry.levels if each.status == INITIAL),
        ],
    )
    found.settle()
    return found


def _level(entry: "LevelEntry", number: int, whose: Population) -> Level:
    return Level(number, entry.status, _data(entry.model_extra, whose, "level"))


def _data(given: Mapping[str, Any] | None, whose: Population, what: elements.What) -> Node:
    return elements.read(given or {}, elements.elements(whose, what))[0]


def _facts(told: Mapping[str, Any], whose: Population, owner: facts.Owner) -> dict[str, Any]:
    """Return facts as rules read them; `checks` has found them good."""
    return {name: facts.find(name, whose, owner).read(value) for name, value in told.items()}


def _site(entry: "SiteEntry", place: tuple[str, ...]) -> Site:
    """Return a site; it and its phases get ids derived from their place where they have none."""
    data = _data(entry.model_extra, "exchangeVisitor", "site")
    if entry.type != _PLAN:
        data = {"@type": entry.type} | data
    for number, phase in enumerate(children(data, "TippPhase"), start=1):
        if not phase.get("PhaseId"):
            phase["PhaseId"] = sevis_ids.site_id((*place, "phase", str(number)))
    return Site(entry.site_id or sevis_ids.site_id(place), data)
