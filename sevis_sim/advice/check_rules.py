"""The business rules of a batch, as far as its file, a state file and a date decide them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from itertools import islice

from lxml import etree

from sevis_sim import events
from sevis_sim.advice.check_draft import Draft, NoteDraft
from sevis_sim.clock import Calendar
from sevis_sim.codes import catalogue
from sevis_sim.codes.meaning import meaning
from sevis_sim.domain.document import Node, to_node, value
from sevis_sim.domain.organizations import Official, Organization, Role, kind_of
from sevis_sim.domain.outcomes import Finding
from sevis_sim.domain.records import Record
from sevis_sim.domain.submissions import header_text
from sevis_sim.events.gates import NOT_FOUND


@dataclass(frozen=True, slots=True)
class State:
    """What SEVIS is taken to know before the batch."""

    organizations: tuple[Organization, ...]
    records: tuple[Record, ...]


def check_sender(root: etree._Element, state: State, org_id: str, user_id: str) -> Draft | None:
    """Predict S0002 and S0003: whether the state has the organization, and the user as one of its officials."""
    organization = next((each for each in state.organizations if each.id == org_id), None)
    if organization is None or not organization.active:
        known = ", ".join(each.id for each in state.organizations) or "none"
        reason = "is not active" if organization else f"is not in the state file; its organizations are: {known}"
        element = root.find("BatchHeader/OrgID")
        return Draft("S0002", f"{org_id!r} {reason}", element, value=org_id, remedy=meaning("S0002").mend)
    if organization.official(user_id) is None:
        known = ", ".join(each.id for each in organization.officials if each.active) or "none"
        message = f"user {user_id!r} is no active official of {org_id}; these are: {known}"
        return Draft("S0003", message, root, attribute="userID", value=user_id, remedy=meaning("S0003").mend)
    return None


def check_rules(root: etree._Element, state: State | None, today: date) -> Iterator[Draft | NoteDraft]:
    """Apply the records of a schema-valid file one after the other, and yield every rule that one breaks.

    Args:
        root: of a document that its schema accepts.
        state: what SEVIS knows; None: nothing is known, so that the organization and all users of the file are taken
            for good, and updates of records stay undecided.
        today: the Eastern day of processing.

    """
    org_id, batch_id = header_text(root, "OrgID") or "", header_text(root, "BatchID") or ""
    organization = next((each for each in state.organizations if each.id == org_id), None) if state else None
    if organization is None:
        organization = _permissive(root, org_id)
    world = events.RecordsWorld(
        org_id, batch_id, state.records if state else (), lambda known: events.identity(known.population, known.data)
    )
    instant = Calendar().at(today, time(12))
    for number, (section, element) in enumerate(events.records(root), start=1):
        context = events.Context(world, organization, instant, today, batch_id, number)
        node = to_node(element)
        try:
            processed = events.process(section, node, context)
            broken = events.broken_rules(section, node, context) if processed.outcome.finding else ()
        except Exception as error:  # a fault of ours must not hide what the other records have
            reason = f"a rule of sevis-sim broke down ({type(error).__name__}), please report it"
            yield NoteDraft(f"not decided: {reason}", element)
            continue
        if processed.record is not None:
            record = processed.record
            world.keep(record, events.identity(record.population, record.data))
        for finding in broken:
            yield _draft(finding, section, element, node, processed.outcome.event, state)


def _draft(
    finding: Finding, section: events.Section, element: etree._Element, node: Node, event: str, state: State | None
) -> Draft | NoteDraft:
    if finding.code == events.NOT_BUILT:
        return NoteDraft(f"not decided: this simulator does not process the event {event} yet", element)
    if finding.code in NOT_FOUND.values() and finding.path == "@sevisID" and state is None:
        sevis_id = value(node, "@sevisID")
        return NoteDraft(f"not decided: {event} depends on the record {sevis_id}; give it with --state FILE", element)
    known = meaning(finding.code)
    place, attribute = _place(element, "" if section.startswith("Create") else event, finding.path)
    if not finding.path:  # the rule weighs several elements: the first of those that it looks at
        names = [name for name in known.looks_at if not name.startswith("@")]
        place = next((found for name in names for found in place.iter(name)), place)
    return Draft(
        finding.code,
        catalogue.message(finding.code, finding.values),
        place,
        attribute=attribute,
        value=place.get(attribute) if attribute else None,
        remedy=known.mend,
    )


def _place(record: etree._Element, event: str, path: str) -> tuple[etree._Element, str]:
    """Return the element, and the attribute, that a finding's path names; else the nearest that is there."""
    start = record.find(event) if event else record
    start = record if start is None else start
    steps, _, attribute = path.partition("@")
    if attribute and not steps and attribute not in start.attrib:
        start = record  # the attributes of a record, such as userID, stand around the event
    for step in filter(None, steps.split("/")):
        name, _, number = step.rstrip("]").partition("[")
        inner = next(islice(start.iterchildren(name), int(number or 1) - 1, None), None)
        if inner is None:
            return start, ""
        start = inner
    return start, attribute if attribute and attribute in start.attrib else ""


def _permissive(root: etree._Element, org_id: str) -> Organization:
    """Return an organization that may do everything, with all users of the file as officials."""
    kind = kind_of(org_id) or "school"
    role: Role = "PDSO" if kind == "school" else "RO"
    users = dict.fromkeys(str(each.get("userID")) for each in root.iter(etree.Element) if each.get("userID"))
    return Organization(org_id, kind, officials=tuple(Official(user, role) for user in users))
