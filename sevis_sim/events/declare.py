"""The vocabulary in which events and rules are declared.

An `Event` names its XML path, the statuses in which it is allowed, what it prints, its rules in the order in which they
are tried, and how it changes the record. A `Rule` is a small function bound to its official code; it looks at a `Case`
(the event element, the record before and after it, the context) and returns `broken` or None. A transaction log can
carry one code per record, so the first broken rule decides.
"""

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from sevis_sim.domain.document import Node, present, value
from sevis_sim.domain.organizations import Official
from sevis_sim.domain.outcomes import Finding
from sevis_sim.domain.records import Dependent, Population, Record, Site
from sevis_sim.events.context import Context

Prints = Literal["attribute", "always", "never"]
"""``attribute``: where the event's printForm says so; ``always``: cannot be declined; ``never``: no form."""


@dataclass(frozen=True, slots=True)
class Broken:
    """That a rule is broken: the values for the placeholders of its message, and the element at fault."""

    values: dict[str, str] = field(default_factory=dict)
    path: str = ""


def broken(path: str = "", **values: str) -> Broken:
    """Return what a rule returns when it is broken.

    Args:
        path: the element at fault, from the event element down.
        values: the placeholders of the official message, by their names in ``codes/catalogue.toml``.

    """
    return Broken(values, path)


class Case:
    """One record being processed: everything that a rule may look at."""

    def __init__(
        self, event: "Event", node: Node, element: Node, group: Node, before: Record, context: Context
    ) -> None:
        self.declared = event
        self.node = node
        """The whole ``Student`` or ``ExchangeVisitor`` element."""
        self.event = element
        """The event element; for a create the whole element."""
        self.group = group
        """The element around it, such as ``Dependent``; empty where there is none."""
        self.before = before
        """The stored record. For a create: a blank one without SEVIS ID."""
        self.context = context

    @functools.cached_property
    def after(self) -> Record:
        """The record as the event would leave it.

        It is made when a rule first asks for it, so a rule that guards the change (that a dependent exists) stands
        before those that judge its effect.
        """
        record = self.before.copy()
        self.declared.apply(record, self)
        return record

    @property
    def official(self) -> Official | None:
        """The official who stands behind the record's userID."""
        return self.context.organization.official(value(self.node, "@userID"))

    def place(self, block: str, path: str) -> str:
        """Return where the event has an element that the record keeps in a block: a create sends the block whole.

        The update that is about the block (``PersonalInfo``, ``FinancialInfo``), and others that carry a part of it
        (``Registration``), send its elements directly.
        """
        return f"{block}/{path}" if present(self.event, block) else path

    def lacks(self, path: str) -> bool:
        """Tell whether the record, after the event, is known to have nothing at ``path`` of its data.

        See `Switches.seeded_records_are_complete` for records that did not come in by a batch.
        """
        if value(self.after.data, path):
            return False
        seeded = bool(self.before.sevis_id) and not any(e.event.startswith("Create") for e in self.before.history)
        if seeded and self.context.switches.seeded_records_are_complete:
            return present(self.after.data, path)
        return True


Check = Callable[[Case], Broken | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A check bound to the official code that is reported when it fails."""

    code: str
    check: Check

    def __call__(self, case: Case) -> Finding | None:
        """Return the finding if the rule is broken."""
        failed = self.check(case)
        return None if failed is None else Finding(self.code, failed.values, failed.path)


def rule(code: str) -> Callable[[Check], Rule]:
    """Bind the decorated check to an official code."""
    return lambda check: Rule(code, check)


def _no_dependents(_: Case) -> Iterable[Dependent]:
    return ()


def _no_sites(_: Case) -> Iterable[Site]:
    return ()


def _no_employers(_: Case) -> Iterable[Node]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Event:
    """One event: a create, or the element that an update carries."""

    path: str
    """``Registration``, ``Dependent/Add``…; for creates the name of the section, ``CreateStudent``."""
    population: Population
    statuses: frozenset[str] | None
    """Statuses of the record in which the event is allowed; None for creates."""
    wrong_status: str = ""
    """Code for any other status. A placeholder ``status`` of its message is filled with the status word."""
    of_pending_level: bool = False
    """Whether it is about a pending change of education level, whichever level the update names."""
    prints: Prints = "attribute"
    prints_unless_told: bool = False
    """What a missing printForm means, where the schema lets it be missing."""
    purpose: str = ""
    """Purpose of the form as a DS-2019 prints it; the I-20 takes its issue reason from the record."""
    prints_principal: bool = True
    rules: tuple[Rule, ...]
    """In the order in which they are tried: the first broken one is reported."""
    apply: Callable[[Record, Case], None]
    """Change the record. Must bear whatever the schema allows; new people and sites get their ids afterwards."""
    files: str = ""
    """Kind of request (``student.requests.KINDS``) that it files and that waits for USCIS; ``""`` for none."""
    dependents: Callable[[Case], Iterable[Dependent]] = _no_dependents
    """The dependents, of ``case.after``, that the event is about: they are in the log and get forms."""
    sites: Callable[[Case], Iterable[Site]] = _no_sites
    """The sites, of ``case.after``, that the event is about: they are in the log."""
    employers: Callable[[Case], Iterable[Node]] = _no_employers
    """The employers that the event brings or changes, as far as ``case.event`` knows them: they are in the log."""

    @property
    def creates(self) -> bool:
        """Whether the event makes a new record."""
        return self.statuses is None
