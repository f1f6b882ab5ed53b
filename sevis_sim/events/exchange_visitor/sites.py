"""Rules about sites of activity in a create, and how they are stored."""

from collections.abc import Iterator

from sevis_sim.domain.document import Node, children, value
from sevis_sim.domain.records import Site
from sevis_sim.events import addresses
from sevis_sim.events.address_rules import address_rules
from sevis_sim.events.changes import content
from sevis_sim.events.declare import Broken, Case, broken, rule
from sevis_sim.events.exchange_visitor.categories import SUMMER_WORK_TRAVEL
from sevis_sim.events.exchange_visitor.program import category

ADDRESSED = "SOA"
EXEMPT = "EXEMPT"


def sent(case: Case) -> Iterator[tuple[str, Node]]:
    """Yield the sites of activity of a create, with their paths."""
    for number, site in enumerate(children(case.event, "AddSiteOfActivity/SiteOfActivity"), start=1):
        yield f"AddSiteOfActivity/SiteOfActivity[{number}]", site


def kind(site: Node) -> str:
    """Return the site's ``xsi:type``."""
    return value(site, "@type")


def addressed(case: Case) -> list[tuple[str, Node]]:
    """Return the sites of a create that have an address."""
    return [(path, site) for path, site in sent(case) if kind(site) == ADDRESSED]


def stored(case: Case) -> list[Site]:
    """Return the sites of a create as a record keeps them, still without ids."""
    return [Site("", {"@type": kind(site)} | content(site)) for _, site in sent(case)]


ADDRESSES = address_rules(addresses.EXCHANGE_VISITOR, (), addressed)


def _exempt(case: Case) -> list[str]:
    return [path for path, site in sent(case) if kind(site) == EXEMPT]


@rule("S2209")
def exempt_only_for_summer_work(case: Case) -> Broken | None:
    """A site that needs no address, for a category other than summer work/travel."""
    found = _exempt(case)
    return broken(found[0], type=EXEMPT) if found and category(case) != SUMMER_WORK_TRAVEL else None


@rule("S2205")
def exempt_only_once(case: Case) -> Broken | None:
    """More than one site without address."""
    found = _exempt(case)
    return broken(found[1], type=EXEMPT) if len(found) > 1 else None


@rule("S2206")
def exempt_excludes_address(case: Case) -> Broken | None:
    """A site with an address beside one without."""
    found = _exempt(case)
    return broken(found[0], type=EXEMPT) if found and addressed(case) else None


SITES = (exempt_only_for_summer_work, exempt_only_once, exempt_excludes_address, *ADDRESSES)
