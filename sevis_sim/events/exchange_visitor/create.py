"""CreateEV/ExchangeVisitor: a new exchange visitor with dependents, sites of activity or a placement plan, Initial.

Order of the rules: the person, whether SEVIS knows them already, the program, its dates, ages and length, addresses,
the family, the money, residence, plan and sites. Where two would both be broken the more telling one comes first
(reference errata 6).
"""

from sevis_sim.domain.document import children
from sevis_sim.domain.records import INITIAL, Record
from sevis_sim.events import people
from sevis_sim.events.changes import content, new_dependents
from sevis_sim.events.declare import Broken, Case, Event, broken, rule
from sevis_sim.events.exchange_visitor import funds, person, program, residence, sites, tipp
from sevis_sim.events.identity import identity


@rule("S2141")
def new_to_sevis(case: Case) -> Broken | None:
    """The exchange visitor is known, at any sponsor and in any status, or was created earlier in this file."""
    key = identity("exchangeVisitor", case.event, case.context.switches)
    return broken("Biographical") if people.duplicates(case, key) else None


def apply(record: Record, case: Case) -> None:
    """Make the Initial record; dependents and sites stand apart from its data, since they have ids of their own."""
    record.status = INITIAL
    record.data = content(case.event, without=("CreateDependent", "AddSiteOfActivity", "AddTIPP"))
    if "AddTIPP" in case.event:
        record.data["AddTIPP"] = content(tipp.plan(case), without=("TippSite",))
    record.dependents = new_dependents(children(case.event, "CreateDependent/Dependent"), INITIAL)
    record.sites = [*sites.stored(case), *tipp.stored(case)]


EVENTS = (
    Event(
        path="CreateEV",
        population="exchangeVisitor",
        statuses=None,
        purpose="Begin new program",
        rules=(
            *person.NAMES,
            person.BIRTH,
            *person.BIRTH_COUNTRY,
            person.EMAIL,
            new_to_sevis,
            program.category_of_program,
            program.occupation_of_program,
            *program.DATES,
            *program.AGES,
            *program.DURATION,
            *person.ADDRESSES,
            person.one_spouse,
            person.child_age,
            *funds.FUNDS,
            *residence.RESIDENCE,
            *tipp.PLAN,
            *sites.SITES,
        ),
        apply=apply,
        dependents=lambda case: case.after.dependents,
        sites=lambda case: case.after.sites,
    ),
)
