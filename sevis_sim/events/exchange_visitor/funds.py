"""Rules about an exchange visitor's financial support.

The rules about organizations come first: they say which element is at fault. The total (S2152) comes before the single
amount (S2151), which would otherwise forestall it whenever all amounts are zero.
"""

from collections.abc import Iterator

from sevis_sim.domain.document import Node, amount, child, value
from sevis_sim.events.declare import Broken, Case, broken, rule

_OTHER = "OTHER"
_SLOTS = tuple((group, number) for group in ("USGovt", "International") for number in ("1", "2"))
AMOUNTS = (
    "ProgramSponsorFunds",
    *(f"OtherFunds/{group}/Amount{number}" for group, number in _SLOTS),
    "OtherFunds/EVGovt",
    "OtherFunds/BinationalCommission",
    "OtherFunds/Other/Amount",
    "OtherFunds/Personal",
)


def _info(case: Case) -> Node:
    return child(case.after.data, "FinancialInfo")


def _organizations(case: Case) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield path, number, organization, its other name and its amount, for each place where one may stand."""
    for group, number in _SLOTS:
        place = child(_info(case), f"OtherFunds/{group}")
        found = (value(place, f"{name}{number}") for name in ("Org", "OtherName", "Amount"))
        yield (f"FinancialInfo/OtherFunds/{group}", number, *found)  # type: ignore[misc]


@rule("S2223")
def other_organization_named(case: Case) -> Broken | None:
    """An organization of type OTHER without a name."""
    for path, number, organization, name, _ in _organizations(case):
        if organization == _OTHER and not name:
            return broken(f"{path}/OtherName{number}")
    return None


@rule("S2224")
def only_other_organization_named(case: Case) -> Broken | None:
    """A name for an organization that has a code of its own."""
    for path, number, organization, name, _ in _organizations(case):
        if name and organization != _OTHER:
            return broken(f"{path}/OtherName{number}")
    return None


@rule("S2227")
def organization_with_amount(case: Case) -> Broken | None:
    """An organization without an amount."""
    for path, number, organization, _, money in _organizations(case):
        if organization and not money:
            return broken(f"{path}/Amount{number}")
    return None


@rule("S2228")
def amount_with_organization(case: Case) -> Broken | None:
    """An amount without an organization."""
    for path, number, organization, _, money in _organizations(case):
        if money and not organization:
            return broken(f"{path}/Org{number}")
    return None


@rule("S2152")
def total_at_least_one(case: Case) -> Broken | None:
    """All support together is below one dollar."""
    return broken("FinancialInfo") if sum(amount(_info(case), name) for name in AMOUNTS) < 1 else None


@rule("S2151")
def no_amount_of_zero(case: Case) -> Broken | None:
    """An amount was sent and is zero."""
    for name in AMOUNTS:
        if value(_info(case), name) and amount(_info(case), name) < 1:
            return broken(f"FinancialInfo/{name}", element=name.rpartition("/")[2])
    return None


FUNDS = (
    other_organization_named,
    only_other_organization_named,
    organization_with_amount,
    amount_with_organization,
    total_at_least_one,
    no_amount_of_zero,
)
