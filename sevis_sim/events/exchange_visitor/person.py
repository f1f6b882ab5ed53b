"""Rules about an exchange visitor or dependent as a person, bound to the exchange visitors' codes."""

from collections.abc import Iterator

from sevis_sim.domain.document import Node, child, present, value
from sevis_sim.events import addresses, people
from sevis_sim.events.address_rules import address_rules
from sevis_sim.events.declare import Broken, Case, Rule, broken, rule

NAMES = (
    Rule("S2245", people.forbidden_name),
    Rule("S2244", people.not_latin),
    Rule("S2246", people.bad_preferred_name),
)
"""The forbidden word is the more telling message, so it comes first."""

BIRTH = Rule("S2133", people.born_in_future)
EMAIL = Rule("S2010", people.bad_email)
ADDRESSES = address_rules(addresses.EXCHANGE_VISITOR, ("USAddress", "MailAddress"))

one_spouse = Rule("S2119", people.second_spouse)
child_age = Rule("S2121", people.too_old_child)


US_BORN = frozenset(("US", "AQ", "BQ", "CQ", "DQ", "FQ", "GQ", "HQ", "IQ", "JQ", "KQ", "LQ", "MQ", "RQ", "VQ", "WQ"))
"""The U.S. and its territories as birth countries: the codes in use that the code table ``birth-country`` has and
``country`` (citizenship) lacks (sevis-protocol.md §8)."""


def _births(case: Case) -> Iterator[tuple[str, Node]]:
    """Yield whoever's birth country or its reason the event sends, as they would be after it."""
    for path, person in people.people(case):
        yield path, person if case.declared.creates or path else child(case.after.data, "Biographical")
    if not case.declared.creates and not present(case.event, "FullName") and not present(case.event, "BirthDate"):
        yield "", child(case.after.data, "Biographical")


def _sends_birth_country(case: Case) -> bool:
    return case.declared.creates or any(
        present(case.event, name) for name in ("BirthCountryCode", "BirthCountryReason")
    )


@rule("S2102")
def birth_country_reason_needed(case: Case) -> Broken | None:
    """Born in the U.S. or a territory, without the reason why that made no citizen."""
    for path, person in _births(case) if _sends_birth_country(case) else ():
        if value(person, "BirthCountryCode") in US_BORN and not value(person, "BirthCountryReason"):
            return broken(people.joined(path, "BirthCountryReason"))
    return None


@rule("S2104")
def birth_country_reason_cleared(case: Case) -> Broken | None:
    """An update moves the birth country out of the U.S. without an empty reason that clears the stored one."""
    if case.declared.creates or present(case.event, "BirthCountryReason"):
        return None
    block = child(case.after.data, "Biographical")
    moved = value(case.event, "BirthCountryCode")
    if moved and moved not in US_BORN and value(block, "BirthCountryReason"):
        return broken("BirthCountryReason")
    return None


@rule("S2103")
def no_birth_country_reason(case: Case) -> Broken | None:
    """Born elsewhere, with a reason that only those born in the U.S. have."""
    for path, person in _births(case) if _sends_birth_country(case) else ():
        country = value(person, "BirthCountryCode")
        if country and country not in US_BORN and value(person, "BirthCountryReason"):
            return broken(people.joined(path, "BirthCountryReason"))
    return None


BIRTH_COUNTRY = (birth_country_reason_needed, birth_country_reason_cleared, no_birth_country_reason)
"""S2104 before S2103: of an update that only forgot to clear the reason it says what to do."""
