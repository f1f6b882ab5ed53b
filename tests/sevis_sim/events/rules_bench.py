"""A bench for rules: a world in memory, base records from the shipped sample files, and cases that change them."""

import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from lxml import etree

from sevis_sim import events, resources
from sevis_sim.domain import sevis_ids
from sevis_sim.domain.document import to_node, value
from sevis_sim.domain.organizations import Official, Organization

TODAY = date(2026, 3, 6)
SCHOOL = Organization("ABC214F00012000", "school", officials=(Official("pdso000001", "PDSO"),))
SPONSOR = Organization("P-1-12345", "sponsor", officials=(Official("roff000001", "RO"),))
GONE = object()
"""As the value of a change: the element is not there."""


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


def bases():
    """Return the nodes of the two files of good records by request ID."""
    return {name: node for file in ("students.xml", "exchange-visitors.xml") for _, name, node in nodes(file)}


def changed(node, changes):
    """Return a copy of a node with the elements at slash-separated paths set or, for `GONE`, removed."""
    result = copy.deepcopy(node)
    for path, new in changes.items():
        *parents, last = path.split("/")
        place = result
        for step in parents:
            if isinstance(place, list):
                place = place[int(step) - 1]
            else:
                if not place.get(step):
                    place[step] = {}
                place = place[step]
        if isinstance(place, list):
            if new is GONE:
                del place[int(last) - 1]
            else:
                place[int(last) - 1] = copy.deepcopy(new)
        elif new is GONE:
            place.pop(last, None)
        else:
            place[last] = copy.deepcopy(new)
    return result


@dataclass(frozen=True)
class RuleCase:
    """One rule: what breaks it, and what comes near and is fine.

    Changes are dictionaries. A plain key is a path in the event element (for creates: the record element). A prefix
    leads elsewhere: ``record:`` the record element of an update, ``stored:`` the data of the stored record,
    ``organization:`` a field of the organization, ``fact:``, ``switch:``; ``status`` and ``today`` stand alone.
    """

    code: str
    base: str
    """Request ID of the good record that is created, or that an update changes."""
    breaks: dict = field(default_factory=dict)
    near: dict = field(default_factory=dict)
    given: dict = field(default_factory=dict)
    """Changes that both sides share."""
    event: str = ""
    """For updates: the event element."""
    sends: dict = field(default_factory=dict)
    """For updates: what the event element holds. ``dependent 0`` stands for that dependent's SEVIS ID."""
    says: str = ""
    """What the message must hold."""

    @property
    def name(self):
        return f"{self.code}-{self.event or 'create'}-{self.base}"


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


def _part(changes, prefix):
    return {key.removeprefix(prefix): new for key, new in changes.items() if key.startswith(prefix)}


def played(case, changes):
    """Process a case with the changes of one of its sides."""
    changes = case.given | changes
    world = MemoryWorld()
    organization = replace(organization_of(case.base), **_part(changes, "organization:"))
    plain = {key: new for key, new in changes.items() if ":" not in key and key not in ("status", "today")}
    visitor = case.base.startswith("EV")
    if not case.event:
        section, node = "CreateEV" if visitor else "CreateStudent", changed(bases()[case.base], plain)
    else:
        section = "UpdateEV" if visitor else "UpdateStudent"
        status = changes.get("status", "ACTIVE")
        sevis_id = stored(world, case.base, status, _part(changes, "stored:"), _part(changes, "fact:"))
        sends = dict(case.sends)
        if "@dependentSevisID" in sends:
            number = int(sends["@dependentSevisID"].removeprefix("dependent "))
            found = world.records[sevis_id].dependents[number]
            sends["@dependentSevisID"] = found.sevis_id
            found.status = changes.get("dependent:status", found.status)
        node = update(case.event, changed(sends, plain), sevis_id, organization.officials[0].id)
        node = changed(node, _part(changes, "record:"))
    assert value(node, "@userID"), "a case without an official tests nothing"
    switches = events.Switches(**_part(changes, "switch:"))
    return events.process(section, node, context(world, organization, changes.get("today", TODAY), switches=switches))


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
