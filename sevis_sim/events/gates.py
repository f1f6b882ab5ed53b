"""What is asked of every record before its event is looked at, in this order.

1. the official behind ``@userID`` (S1001, S2154) and what that official may do (S1002, S2155)
2. whether the organization may act at all (S1109, S2157), and for students of this visa type (S1049)
3. for updates: whether the record exists (S1003, S2001) and has a status that the event is allowed in

A student file sent under a sponsor's number, or the reverse, is schema-valid (sevis-protocol.md §3). It is told by the
official's role: an RO is prohibited from creating students.
"""

from sevis_sim.domain.document import value
from sevis_sim.domain.organizations import SCHOOL_ROLES, SPONSOR_ROLES
from sevis_sim.domain.records import Population
from sevis_sim.events.declare import Broken, Case, Rule, broken, rule

VISAS = {"01": "F-1", "02": "M-1"}
"""StudentVisaCodeType of SEVISTable.xsd in the words of an organization's ``visas``."""


def _unknown_official(case: Case) -> Broken | None:
    """The userID is unknown, deactivated, or no official of the organization."""
    return broken("@userID") if case.official is None else None


@rule("S1002")
def _not_a_school_official(case: Case) -> Broken | None:
    """Only a PDSO or DSO may create and update students."""
    return broken("@userID") if case.official and case.official.role not in SCHOOL_ROLES else None


@rule("S2155")
def _not_a_sponsor_official(case: Case) -> Broken | None:
    """Only an RO or ARO may create and update exchange visitors."""
    return broken("@userID") if case.official and case.official.role not in SPONSOR_ROLES else None


def _inactive_organization(case: Case) -> Broken | None:
    """The school is withdrawn, or the program is not active."""
    return None if case.context.organization.active else broken()


@rule("S1049")
def wrong_visa_for_school(case: Case) -> Broken | None:
    """The organization is no school, or one that may not have students of this visa type."""
    organization = case.context.organization
    source = case.event if case.declared.creates else case.before.data
    visa = VISAS.get(value(source, "PersonalInfo/VisaType"))
    if organization.kind == "school" and (visa is None or visa in organization.visas):
        return None
    return broken("PersonalInfo/VisaType")


@rule("S2157")
def _no_program(case: Case) -> Broken | None:
    """The organization is no sponsor, or its program is not active."""
    organization = case.context.organization
    return None if organization.active and organization.kind == "sponsor" else broken()


SENDER: dict[Population, tuple[Rule, ...]] = {
    "student": (
        Rule("S1001", _unknown_official),
        _not_a_school_official,
        Rule("S1109", _inactive_organization),
    ),
    "exchangeVisitor": (Rule("S2154", _unknown_official), _not_a_sponsor_official, _no_program),
}
"""Asked before anything else is known of the record."""

KNOWN: dict[Population, tuple[Rule, ...]] = {"student": (wrong_visa_for_school,), "exchangeVisitor": ()}
"""Asked when the record has been found, or for creates at once."""

NOT_FOUND: dict[Population, str] = {"student": "S1003", "exchangeVisitor": "S2001"}
"""Code for a sevisID of which this organization has no record."""
