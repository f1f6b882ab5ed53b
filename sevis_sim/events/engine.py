"""Carries one record of a batch through its gates, its event's rules, the change and the outcome."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from lxml import etree

from sevis_sim.codes import catalogue
from sevis_sim.domain.document import Node, child, children, present, value
from sevis_sim.domain.outcomes import (
    AddressOutcome,
    DependentOutcome,
    EmployerOutcome,
    Finding,
    RecordOutcome,
    SiteOutcome,
)
from sevis_sim.domain.records import HistoryEntry, Population, Record, Site
from sevis_sim.events import addresses, gates, printing, registry
from sevis_sim.events.context import Context
from sevis_sim.events.declare import Case, Event, Rule

Section = Literal["CreateStudent", "UpdateStudent", "CreateEV", "UpdateEV"]

SECTIONS: tuple[Section, ...] = get_args(Section)
"""The sections of a file in the order in which their records are applied, which is that of the schemas."""

NOT_BUILT = "S9999"
"""Code of an update whose event is not processed yet: SEVIS uses it for records that it cannot handle."""

_POPULATIONS: dict[Section, Population] = {
    "CreateStudent": "student",
    "UpdateStudent": "student",
    "CreateEV": "exchangeVisitor",
    "UpdateEV": "exchangeVisitor",
}
_ADDRESS_CODES: dict[Population, addresses.AddressCodes] = {
    "student": addresses.STUDENT,
    "exchangeVisitor": addresses.EXCHANGE_VISITOR,
}
_NO_EVENT = ("UserDefinedA", "UserDefinedB")


def records(root: etree._Element) -> Iterator[tuple[Section, etree._Element]]:
    """Yield the top-level records of a file, each with its section, in the order in which they are applied."""
    for section in SECTIONS:
        for element in root.iterfind(f"{section}/*"):
            yield section, element


@dataclass(frozen=True, slots=True)
class Processed:
    """What became of one record of a batch."""

    outcome: RecordOutcome
    record: Record | None
    """The new or changed record to store; None if it failed."""


def process(element: Section, node: Node, context: Context) -> Processed:
    """Apply one record of a batch.

    Args:
        element: the section of the file that it stands in.
        node: the schema-valid ``Student`` or ``ExchangeVisitor`` element as `domain.document.to_node` gives it.
        context: the circumstances.

    Returns:
        Success with the record to store, or the one code of the first broken rule: gates first (``gates``), then the
        event's own rules in their declared order.

    """
    path = _located(element, node)[0]
    event = registry.events().get((_POPULATIONS[element], path))
    if event is None:
        reason = f"This simulator does not process the event {path} yet."
        return Processed(_failure(element, node, context, Finding(NOT_BUILT), message=reason), None)
    finding, case = _admitted(element, node, context, event)
    finding = finding or _first(event.rules, case)
    if finding is not None:
        return Processed(_failure(element, node, context, finding, case), None)
    record = case.after
    _give_ids(record, context)
    record.history.append(
        HistoryEntry(context.instant.isoformat(), path, context.batch_id, value(node, "@requestID"), level=record.level)
    )
    outcome = _success(case)  # of the level that the update is about, which need not be the one that counts
    record.settle()
    return Processed(outcome, record)


def broken_rules(element: Section, node: Node, context: Context) -> tuple[Finding, ...]:
    """Return every rule that a record breaks, for advice: SEVIS itself reports the first and stops.

    A record that is stopped at the gates has that one finding: its event's rules say nothing before they are passed.

    Args:
        element: the section of the file that it stands in.
        node: as for `process`.
        context: the circumstances.

    """
    event = registry.events().get((_POPULATIONS[element], _located(element, node)[0]))
    if event is None:
        return (Finding(NOT_BUILT),)
    finding, case = _admitted(element, node, context, event)
    if finding is not None:
        return (finding,)
    found: list[Finding] = []
    for each in event.rules:
        try:
            finding = each(case)
        except Exception:
            if not found:
                raise
            break  # a rule may build on those before it: with one of them broken it need not make sense
        if finding is not None:
            found.append(finding)
    return tuple(found)


def _admitted(element: Section, node: Node, context: Context, event: Event) -> tuple[Finding | None, Case]:
    """Lead a record through the gates; a second value is the case as far as it is known."""
    _, event_node, group = _located(element, node)
    population = _POPULATIONS[element]
    blank = Record("", context.organization.id, population, "")
    case = Case(event, node, event_node, group, blank, context)
    finding = _first(gates.SENDER[population], case)
    if finding is None and not event.creates:
        stored = context.world.record(population, value(node, "@sevisID"))
        if stored is None:
            finding = Finding(gates.NOT_FOUND[population], path="@sevisID")
        else:
            case = Case(event, node, event_node, group, stored, context)
            level = gates.meant_level(case)
            if level is None:
                finding = Finding(gates.AMBIGUOUS, path="@statusCode")
            else:
                stored.show(level)
    return finding or _first(gates.KNOWN[population], case) or _status(event, case), case


def fail(element: Section, node: Node, context: Context, finding: Finding, message: str | None = None) -> RecordOutcome:
    """Return the outcome of a record that is failed from outside, by a scenario's override or after a breakdown.

    Args:
        element: the section of the file that it stands in.
        node: the record's element.
        context: the circumstances.
        finding: the code to report.
        message: the text to report; None takes the official one.

    """
    return _failure(element, node, context, finding, message=message)


def event_path(element: Section, node: Node) -> str:
    """Return the path of a record's event below the record, such as ``Program/Extension``; of a create its name."""
    return _located(element, node)[0]


def _located(element: Section, node: Node) -> tuple[str, Node, Node]:
    """Return the path of the event, its element, and the element around it."""
    if element in ("CreateStudent", "CreateEV"):
        return element, node, {}
    paths = registry.UPDATES[_POPULATIONS[element]]
    for name in node:
        if name.startswith("@") or name in _NO_EVENT:
            continue
        if name in paths:
            return name, child(node, name), {}
        group = children(node, name)[0]  # ``Dependent`` and ``SiteOfActivity`` repeat elsewhere, so they come as lists
        for inner in group if isinstance(group, dict) else ():
            if not inner.startswith("@") and inner not in _NO_EVENT:
                return f"{name}/{inner}", child(group, inner), group
        return name, {}, {}
    return element, {}, {}


def _first(rules: tuple[Rule, ...], case: Case) -> Finding | None:
    return next((found for each in rules if (found := each(case)) is not None), None)


def _status(event: Event, case: Case) -> Finding | None:
    if event.statuses is None or case.before.status in event.statuses:
        return None
    return Finding(event.wrong_status, {"status": case.before.status})


def _give_ids(record: Record, context: Context) -> None:
    """Give new people, sites and phases the ids that follow from their place in the batch."""
    place = str(context.position)
    if not record.sevis_id:
        record.sevis_id = context.world.new_sevis_id(place)
    for number, dependent in enumerate(record.dependents, start=1):
        if not dependent.sevis_id:
            dependent.sevis_id = context.world.new_sevis_id(place, "dependent", str(number))
    for number, site in enumerate(record.sites, start=1):
        if not site.site_id:
            site.site_id = context.world.new_site_id(place, "site", str(number))
        for order, phase in enumerate(children(site.data, "TippPhase"), start=1):
            if not value(phase, "PhaseId"):
                phase["PhaseId"] = context.world.new_site_id(place, "site", str(number), "phase", str(order))


def _success(case: Case) -> RecordOutcome:
    return RecordOutcome(
        request_id=value(case.node, "@requestID"),
        user_id=value(case.node, "@userID"),
        event=case.declared.path,
        processed=case.context.instant,
        sevis_id=case.after.sevis_id,
        user_defined_a=_echo(case.node, "UserDefinedA"),
        user_defined_b=_echo(case.node, "UserDefinedB"),
        sites=tuple(_site(site) for site in case.declared.sites(case)),
        dependents=tuple(_dependents(case, succeeded=True)),
        employers=tuple(_employers(case)),
        physical=_judged(case, "USAddress"),
        mailing=_judged(case, "MailingAddress") or _judged(case, "MailAddress"),
        forms=printing.forms(case),
    )


def _failure(
    element: Section,
    node: Node,
    context: Context,
    finding: Finding,
    case: Case | None = None,
    message: str | None = None,
) -> RecordOutcome:
    """Return a failed record's outcome: no ids but the one that was sent, and what the address engine said.

    Sites are left out: without ids nobody can refer to them.
    """
    sent = value(node, "@sevisID") if context.switches.failed_update_names_sevis_id else ""
    return RecordOutcome(
        request_id=value(node, "@requestID"),
        user_id=value(node, "@userID"),
        event=_located(element, node)[0],
        processed=context.instant,
        sevis_id=sent or None,
        finding=finding,
        message=catalogue.message(finding.code, finding.values) if message is None else message,
        user_defined_a=_echo(node, "UserDefinedA"),
        user_defined_b=_echo(node, "UserDefinedB"),
        dependents=tuple(_dependents(case, succeeded=False)) if case and case.declared.creates else (),
        employers=tuple(_employers(case)) if case else (),
        physical=_judged(case, "USAddress") if case else None,
        mailing=(_judged(case, "MailingAddress") or _judged(case, "MailAddress")) if case else None,
    )


def _echo(node: Node, name: str) -> str | None:
    """Return a user-defined value exactly as sent; None if it was not."""
    text = node.get(name)
    return text if isinstance(text, str) else None


def _dependents(case: Case, succeeded: bool) -> Iterator[DependentOutcome]:
    for dependent in case.declared.dependents(case):
        source = case.group or dependent.data  # an update carries its user-defined values around the event element
        yield DependentOutcome(
            dependent.sevis_id if succeeded else None,
            _echo(source, "UserDefinedA"),
            _echo(source, "UserDefinedB"),
        )


def _judged(case: Case, name: str) -> AddressOutcome | None:
    if not present(case.event, name):
        return None
    return addresses.judge(child(case.event, name), _ADDRESS_CODES[case.before.population])


def _employers(case: Case) -> Iterator[EmployerOutcome]:
    """Yield the employers of an event; one that was sent without a name cannot stand in a log."""
    for node in case.declared.employers(case):
        name, sent = value(node, "EmployerName"), child(node, "EmployerAddress")
        if name:
            address = addresses.judge(sent, addresses.EMPLOYER) if sent else None
            yield EmployerOutcome(name, value(node, "StartDate"), address)


def _site(site: Site) -> SiteOutcome:
    address = None
    if value(site.data, "Address1"):
        address = addresses.judge(site.data, addresses.EXCHANGE_VISITOR)
    phases = tuple((value(p, "PhaseId"), value(p, "PhaseName")) for p in children(site.data, "TippPhase"))
    return SiteOutcome(site.site_id, value(site.data, "SiteName") or value(site.data, "@type"), address, phases)
