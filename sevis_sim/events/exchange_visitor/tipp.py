"""Rules about training and internship placement plans (T/IPP) in a create, and about the two programs without one.

Korea WEST (KW) and the Irish intern work and travel program (IWT) are named by TippExemptProgram; IWT also by IsIWT.
S2260 comes before S2251, which would forestall it for whoever sends a site instead of a plan (reference errata 6);
S2256 before S2251, since it names the program.
"""

from collections.abc import Iterator
from datetime import date

from sevis_sim.domain.document import Node, child, children, day, flag, present, value
from sevis_sim.domain.records import Site
from sevis_sim.events import addresses, days
from sevis_sim.events.changes import content
from sevis_sim.events.declare import Broken, Case, broken, rule
from sevis_sim.events.exchange_visitor import sites
from sevis_sim.events.exchange_visitor.categories import INTERN, PLAN_DEMANDED, WITH_PLAN
from sevis_sim.events.exchange_visitor.program import category, dates

_IRELAND = "EI"
_FIRST_DAY = date(1900, 1, 1)
_CODES = addresses.AddressCodes("S2267", "S2268", "S2269")


def plan(case: Case) -> Node:
    """Return the plan that a create sends."""
    return child(case.event, "AddTIPP")


def _exempt_program(case: Case) -> str:
    return value(plan(case), "TippExemptProgram")


def _iwt(case: Case) -> bool:
    return _exempt_program(case) == "IWT" or flag(plan(case), "ParticipantInfo/IsIWT") is True


def _irish_intern(case: Case) -> bool:
    return category(case) == INTERN and value(case.event, "Biographical/CitizenshipCountryCode") == _IRELAND


def _sites(case: Case) -> Iterator[tuple[str, Node]]:
    for number, site in enumerate(children(plan(case), "TippSite"), start=1):
        yield f"AddTIPP/TippSite[{number}]", site


def _phases(case: Case) -> Iterator[tuple[str, Node]]:
    for path, site in _sites(case):
        for number, phase in enumerate(children(site, "TippPhase"), start=1):
            yield f"{path}/TippPhase[{number}]", phase


def stored(case: Case) -> list[Site]:
    """Return the sites of a plan as a record keeps them, still without ids; ids that were sent are ours to give."""
    found = []
    for _, site in _sites(case):
        data = content(site, without=("SiteId",))
        data["TippPhase"] = [content(phase, without=("PhaseId",)) for phase in children(site, "TippPhase")]
        found.append(Site("", data))
    return found


@rule("S2218")
def plan_only_for_training(case: Case) -> Broken | None:
    """A plan for a category that has none."""
    return broken("AddTIPP") if present(case.event, "AddTIPP") and category(case) not in WITH_PLAN else None


@rule("S2260")
def plan_demanded(case: Case) -> Broken | None:
    """A trainee or student intern without a plan."""
    return broken("AddTIPP") if category(case) in PLAN_DEMANDED and not present(case.event, "AddTIPP") else None


@rule("S2250")
def korea_west_sponsor(case: Case) -> Broken | None:
    """Korea WEST under a program that is no sponsor of it."""
    wrong = _exempt_program(case) == "KW" and not case.context.organization.korea_west
    return broken("AddTIPP/TippExemptProgram") if wrong else None


@rule("S2257")
def no_iwt_at_korea_west_sponsor(case: Case) -> Broken | None:
    """IWT under a Korea WEST sponsor."""
    return broken("AddTIPP") if _iwt(case) and case.context.organization.korea_west else None


@rule("S2258")
def iwt_for_irish_interns(case: Case) -> Broken | None:
    """IWT for anyone but an intern who is a citizen of Ireland."""
    return broken("AddTIPP") if _iwt(case) and not _irish_intern(case) else None


@rule("S2256")
def no_site_in_iwt(case: Case) -> Broken | None:
    """IWT with a site of activity."""
    return broken("AddSiteOfActivity") if _iwt(case) and any(sites.sent(case)) else None


@rule("S2251")
def no_addressed_site_for_training(case: Case) -> Broken | None:
    """A trainee, intern or student intern outside Korea WEST with a site of activity that has an address."""
    wrong = category(case) in WITH_PLAN and _exempt_program(case) != "KW" and sites.addressed(case)
    return broken("AddSiteOfActivity") if wrong else None


@rule("S2255")
def korea_west_with_site(case: Case) -> Broken | None:
    """Korea WEST with neither a site of activity nor a plan's site."""
    wrong = _exempt_program(case) == "KW" and not sites.addressed(case) and not any(_sites(case))
    return broken("AddSiteOfActivity") if wrong else None


@rule("S2261")
def irish_intern_says_iwt(case: Case) -> Broken | None:
    """An intern who is a citizen of Ireland has a plan that does not say whether it is IWT."""
    info = child(plan(case), "ParticipantInfo")
    return (
        broken("AddTIPP/ParticipantInfo/IsIWT") if info and _irish_intern(case) and not value(info, "IsIWT") else None
    )


@rule("S2265")
def iwt_not_asked_of_others(case: Case) -> Broken | None:
    """IsIWT is answered for someone whom the program cannot concern."""
    asked = value(plan(case), "ParticipantInfo/IsIWT")
    return broken("AddTIPP/ParticipantInfo/IsIWT", field="IsIWT") if asked and not _irish_intern(case) else None


@rule("S2262")
def primary_site(case: Case) -> Broken | None:
    """A plan without a primary site."""
    found = [flag(site, "PrimarySite") for _, site in _sites(case)]
    return broken("AddTIPP/TippSite") if found and not any(found) else None


@rule("S2259")
def signing_official(case: Case) -> Broken | None:
    """A site is signed by someone who is no official of the program."""
    for path, site in _sites(case):
        name = value(site, "OfficialUserName")
        if name and case.context.organization.official(name) is None:
            return broken(f"{path}/OfficialUserName")
    return None


@rule("S2271")
def dates_after_1900(case: Case) -> Broken | None:
    """A date of the plan is 1 January 1900 or earlier."""
    places = [
        ("AddTIPP", plan(case), "ParticipantInfo/DateAwardedOrExpected"),
        *((path, site, name) for path, site in _sites(case) for name in ("OfficialSignatureDate", "EvSignatureDate")),
        *((path, p, name) for path, p in _phases(case) for name in ("StartDate", "EndDate", "SuperSignatureDate")),
    ]
    for path, node, name in places:
        found = day(node, name)
        if found and found <= _FIRST_DAY:
            return broken(f"{path}/{name}", element=name.rpartition("/")[2])
    return None


@rule("S2254")
def phases_cover_program(case: Case) -> Broken | None:
    """The phases of all sites together leave a hole in the program; the message names its first and last day."""
    start, end = dates(case)
    spans = sorted(
        (first, last)
        for _, phase in _phases(case)
        if (first := day(phase, "StartDate")) and (last := day(phase, "EndDate"))
    )
    if not spans or start is None or end is None:
        return None
    uncovered = start
    for first, last in spans:
        if first > uncovered:
            return broken("AddTIPP/TippSite", **{"from": days.us(uncovered), "to": days.us(days.later(first, -1))})
        uncovered = max(uncovered, days.later(last, 1))
    if uncovered <= end:
        return broken("AddTIPP/TippSite", **{"from": days.us(uncovered), "to": days.us(end)})
    return None


def _bad_address(case: Case, code: str) -> Broken | None:
    for path, site in _sites(case):
        if addresses.judge(site, _CODES).code == code:
            return broken(path, element="T/IPP Site")
    return None


@rule("S2267")
def site_place(case: Case) -> Broken | None:
    """City, state and ZIP code of a plan's site do not agree."""
    return _bad_address(case, _CODES.place)


@rule("S2269")
def site_explanation(case: Case) -> Broken | None:
    """The address of a plan's site is overridden with OO and no explanation."""
    return _bad_address(case, _CODES.explanation)


@rule("S2268")
def site_street(case: Case) -> Broken | None:
    """The street of a plan's site is not confirmed and no explanation code overrides that."""
    return _bad_address(case, _CODES.street)


PLAN = (
    plan_only_for_training,
    plan_demanded,
    korea_west_sponsor,
    no_iwt_at_korea_west_sponsor,
    iwt_for_irish_interns,
    no_site_in_iwt,
    no_addressed_site_for_training,
    korea_west_with_site,
    irish_intern_says_iwt,
    iwt_not_asked_of_others,
    primary_site,
    signing_official,
    dates_after_1900,
    phases_cover_program,
    site_place,
    site_explanation,
    site_street,
)
