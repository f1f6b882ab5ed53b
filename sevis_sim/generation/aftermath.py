"""What SEVIS knows once generated batches have been processed: the state for the next batches, without a server."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, time

from lxml import etree

from sevis_sim import events
from sevis_sim.clock import Calendar
from sevis_sim.domain.document import Node, to_node
from sevis_sim.domain.organizations import Official, Organization
from sevis_sim.domain.records import Population, Record
from sevis_sim.generation import states
from sevis_sim.generation.batches import KINDS, Batch, Sender
from sevis_sim.scenarios import elements
from sevis_sim.scenarios.load import default_scenario


def organization_of(population: Population, sender: Sender) -> Organization:
    """Return the organization that sends a batch: one of the default scenario's, else one of which nothing is known."""
    shipped = (each for each in default_scenario().to_organizations() if each.id == sender.org_id)
    found = next((each for each in shipped if each.official(sender.user_id)), None)
    if found is not None:
        return found
    kind = KINDS[population]
    official = Official(sender.user_id, "PDSO" if kind == "school" else "RO")
    return Organization(sender.org_id, kind, officials=(official,))


def processed(
    organization: Organization, batches: Iterable[Batch], today: date, known: Sequence[Record] = ()
) -> list[Record]:
    """Return the records as they are once the batches have been processed, new ones last.

    SEVIS IDs are not those that a simulator gives, which has a seed and a sandbox besides.

    Args:
        organization: whose batches they are.
        batches: in the order in which they are processed.
        today: the Eastern day of it.
        known: records from before.

    """
    instant = Calendar().at(today, time(12))
    records = {record.sevis_id: record for record in known}
    for batch in batches:
        world = events.RecordsWorld(
            organization.id,
            batch.batch_id,
            records.values(),
            lambda each: events.identity(each.population, each.data),
        )
        elements = events.records(etree.fromstring(batch.xml))
        for number, (section, element) in enumerate(elements, start=1):
            context = events.Context(world, organization, instant, today, batch.batch_id, number)
            record = events.process(section, to_node(element), context).record
            if record is not None:
                world.keep(record, events.identity(record.population, record.data))
        records |= {sevis_id: record for sevis_id, (record, _) in world.changed.items()}
    return list(records.values())


def state(organization: Organization, records: Sequence[Record], today: date) -> str:
    """Return a scenario, as YAML, in which SEVIS knows these records at noon of a day.

    What scenarios have no element for, such as the remarks of an update, is left out.
    """
    clock = Calendar().local(Calendar().at(today, time(12))).isoformat()
    count = f"{len(records):,} records" if len(records) != 1 else "a record"
    summary = f"What SEVIS knows of {count} made by sevis-sim. All people are invented."
    return states.scenario("generated", summary, clock, [organization], map(_written, records))


def _written(record: Record) -> Record:
    """Return a record with what a scenario can say of it."""
    whose = record.population
    return replace(
        record,
        data=_known(record.data, whose, "record"),
        dependents=[replace(each, data=_known(each.data, whose, "dependent")) for each in record.dependents],
        levels=[replace(each, data=_known(each.data, whose, "level")) for each in record.levels],
    )


def _known(data: Node, whose: Population, what: elements.What) -> Node:
    return elements.read(data, elements.elements(whose, what))[0]
