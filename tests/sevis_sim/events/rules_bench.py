"""A bench for rules: a world in memory, and base records from the shipped sample files."""

import copy
from datetime import UTC, date, datetime

from lxml import etree

from sevis_sim import events, resources
from sevis_sim.domain import sevis_ids
from sevis_sim.domain.document import to_node
from sevis_sim.events.cases import GONE, bases, changed
from sevis_sim.events.cases.stage import ORGANIZATIONS, TODAY

__all__ = ["GONE"]  # for tests that take elements away

SCHOOL, SPONSOR = ORGANIZATIONS["school"], ORGANIZATIONS["sponsor"]


class MemoryWorld:
    """The `events.World` of one organization in one system."""

    def __init__(self, org_id=None):
        self.org_id = org_id
        self.records = {}

    def record(self, population, sevis_id):
        found = self.records.get(sevis_id)
        if found is None or found.population != population or (self.org_id and found.org_id != self.org_id):
            return None
        return found.copy()

    def same_identity(self, population, identity):
        return [
            sevis_id
            for sevis_id, record in self.records.items()
            if record.population == population and events.identity(population, record.data) == identity
        ]

    def new_sevis_id(self, *place):
        return sevis_ids.make(("test", str(len(self.records)), *place))

    def new_site_id(self, *place):
        return sevis_ids.site_id(("test", *place))


def context(world, organization, today=TODAY, position=1, switches=None, batch_id="BATCH000000009"):
    return events.Context(
        world=world,
        organization=organization,
        instant=datetime(today.year, today.month, today.day, 3, tzinfo=UTC),
        today=today,
        batch_id=batch_id,
        position=position,
        switches=switches or events.Switches(),
    )


def nodes(file_name):
    """Return section, request ID and node of every record of a shipped file."""
    root = etree.parse(resources.folder("scenarios") / "files" / file_name).getroot()
    return [
        (section.tag, record.get("requestID"), to_node(record))
        for section in root.iterchildren("CreateStudent", "UpdateStudent", "CreateEV", "UpdateEV")
        for record in section.iterchildren("*")
    ]


def organization_of(base):
    return SPONSOR if base.startswith("EV") else SCHOOL


def stored(world, base, status="ACTIVE", data=None, facts=None):
    """Create a base record in the world, as a batch of earlier days did, and return its SEVIS ID."""
    section = "CreateEV" if base.startswith("EV") else "CreateStudent"
    done = events.process(section, bases()[base], context(world, organization_of(base), batch_id="BATCH000000001"))
    assert done.record is not None, done.outcome
    record = done.record
    record.status = status
    for dependent in record.dependents:
        dependent.status = status
    record.data = changed(record.data, data or {})
    record.facts = dict(facts or {})
    world.records[record.sevis_id] = record
    return record.sevis_id


def update(event, sends, sevis_id, user):
    """Return the node of an update record."""
    node = {"@sevisID": sevis_id, "@requestID": "UPD-1", "@userID": user}
    group, _, inner = event.partition("/")
    if inner:
        body = {inner: copy.deepcopy(sends)}
        node[group] = [body] if group in ("Dependent", "SiteOfActivity") else body
    else:
        node[group] = copy.deepcopy(sends)
    return node


BASES = bases()
ADDRESS = {"Address1": "12 Arrival Street", "City": "Urbana", "State": "IL", "PostalCode": "61801"}
SESSION = {
    "@printForm": "true",
    "LastSession": "false",
    "CurrentSessionStartDate": "2029-08-20",
    "CurrentSessionEndDate": "2029-12-15",
    "NextSessionStartDate": "2030-01-15",
    "USAddress": ADDRESS,
}
IN_CLASS = date(2029, 9, 3)


def created(world, base, position=1, changes=None, **more):
    """Process a create; keep its record in the world if it succeeded."""
    organization = more.pop("organization", organization_of(base))
    section = "CreateEV" if base.startswith("EV") else "CreateStudent"
    node = changed(BASES[base], changes or {})
    done = events.process(section, node, context(world, organization, position=position, **more))
    if done.record:
        world.records[done.record.sevis_id] = done.record
    return done


def updated(world, base, event, sends, status="INITIAL", today=IN_CLASS, data=None, **more):
    sevis_id = stored(world, base, status, data)
    organization = organization_of(base)
    section = "UpdateEV" if base.startswith("EV") else "UpdateStudent"
    node = update(event, sends, sevis_id, organization.officials[0].id)
    return events.process(section, node | more.pop("node", {}), context(world, organization, today=today, **more))
