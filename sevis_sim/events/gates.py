"""What is asked of every record before its event is looked at, in this order.

1. the official behind ``@userID`` (S1001, S2154) and what that official may do (S1002, S2155)
2. whether the organization may act at all (S1109, S2157), and for students of this visa type (S1049)
3. for updates: whether the record exists (S1003, S2001), which of a student's education levels is meant (S1082), and
   whether it has a status that the event is allowed in

A student file sent under a sponsor's number, or the reverse, is schema-valid (sevis-protocol.md §3). It is told by the
official's role: an RO is prohibited from creating students.
"""

from sevis_sim.domain.document import value
from sevis_sim.domain.organizations import SCHOOL_ROLES, SPONSOR_ROLES
from sevis_sim.domain.records import ACTIVE, INITIAL, Population
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

AMBIGUOUS = "S1082"
"""Code for an update that does not say which of a student's two open education levels it means."""

NOT_FOUND: dict[Population, str] = {"student": "S1003", "exchangeVisitor": "S2001"}
"""Code for a sevisID of which this organization has no record."""


def meant_level(case: Case) -> int | None:
    """Return the number of the education level of the stored record that an update is about.

    While a change of level is pending a student is Active at one level and Initial at the next. ``@statusCode`` says
    which is meant. Without it only an event that is allowed in one of the two statuses is clear (inferred; see
    `Switches.status_code_needed`). With one open level there is nothing to choose: ``@statusCode`` is not looked at.

    Returns:
        The number; None if two levels could be meant (S1082).

    """
    record, declared = case.before, case.declared
    if declared.of_pending_level and record.pending_level is not None:
        return record.pending_level
    candidates = {number: status for number, status in record.statuses.items() if status in (ACTIVE, INITIAL)}
    if len(candidates) < 2:
        return record.current_level
    code = value(case.node, "@statusCode")
    if code:
        found = [number for number, status in candidates.items() if status == code]
    elif case.context.switches.status_code_needed == "always":
        return None
    else:
        found = [number for number, status in candidates.items() if status in (declared.statuses or ())]
    if len(found) > 1:
        return None
    return found[0] if found else record.current_level
