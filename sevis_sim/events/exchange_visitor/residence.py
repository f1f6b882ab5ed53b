"""Rules about the residential address of au pairs and secondary students. They judge what the event sends."""

from sevis_sim.domain.document import Node, child, present, value, walk
from sevis_sim.events.declare import Broken, Case, broken, rule
from sevis_sim.events.exchange_visitor.categories import AU_PAIR, SECONDARY_STUDENT
from sevis_sim.events.exchange_visitor.program import category

_HOST_FAMILY = "HST"
_BOARDING_SCHOOL = "BRD"


def _sent(case: Case) -> Node:
    return child(case.event, "ResidentialAddress")


def _filled(node: Node, name: str) -> bool:
    return present(node, name) and any(text.strip() for _, text in walk(node[name]))


def _type(case: Case) -> str:
    return value(_sent(case), "ResidentialType")


@rule("S2239")
def only_where_it_belongs(case: Case) -> Broken | None:
    """A residential address of someone who is neither au pair nor secondary student."""
    if category(case) not in (AU_PAIR, SECONDARY_STUDENT) and _filled(case.event, "ResidentialAddress"):
        return broken("ResidentialAddress")
    return None


@rule("S2240")
def au_pair_lives_with_family(case: Case) -> Broken | None:
    """An au pair with a boarding school or a residential type."""
    for name in ("BoardingSchool", "ResidentialType"):
        if category(case) == AU_PAIR and _filled(_sent(case), name):
            return broken(f"ResidentialAddress/{name}")
    return None


@rule("S2241")
def type_chosen(case: Case) -> Broken | None:
    """A secondary student with a host family or boarding school, but no residential type at all (errata 7)."""
    filled = any(_filled(_sent(case), name) for name in ("HostFamily", "BoardingSchool"))
    if category(case) == SECONDARY_STUDENT and filled and not _type(case):
        return broken("ResidentialAddress/ResidentialType")
    return None


@rule("S2242")
def no_school_with_host_family(case: Case) -> Broken | None:
    """A secondary student in a host family, with a boarding school."""
    if category(case) == SECONDARY_STUDENT and _type(case) == _HOST_FAMILY and _filled(_sent(case), "BoardingSchool"):
        return broken("ResidentialAddress/BoardingSchool")
    return None


@rule("S2243")
def no_host_family_with_school(case: Case) -> Broken | None:
    """A secondary student at a boarding school, with a host family."""
    if category(case) == SECONDARY_STUDENT and _type(case) == _BOARDING_SCHOOL and _filled(_sent(case), "HostFamily"):
        return broken("ResidentialAddress/HostFamily")
    return None


RESIDENCE = (
    only_where_it_belongs,
    au_pair_lives_with_family,
    type_chosen,
    no_school_with_host_family,
    no_host_family_with_school,
)
