"""The address engine: an offline stand-in for the "Address Doctor" that checks every U.S. address of a batch.

What it can decide (sevis-protocol.md §6.5; the data are in ``addresses.toml``):

1. City, state and ZIP code agree if the first three digits of the ZIP code belong to the state, or, where no state was
   sent, to any state. Cities are not known and therefore never at fault.
2. A street is confirmed if an address line has a digit in it, or a word such as BOX. Anything else needs an explanation
   code, which overrides the doubt.
3. The explanation code OO (other) needs an explanation.

An accepted address is standardised: upper case, single blanks, ZIP+4. The four digits are derived from street and ZIP
code, so that the same address always comes back the same.
"""

import functools
import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sevis_sim.domain.document import Node, child, children, present, value
from sevis_sim.domain.outcomes import AddressOutcome
from sevis_sim.domain.records import Record

ACCEPTED = "S0000"
FIELDS = ("Address1", "Address2", "City", "State", "PostalCode", "ExplanationCode", "Explanation")


class AddressCodes(NamedTuple):
    """The official codes for the three faults, which differ by whose address it is."""

    place: str
    """City, state and ZIP code do not agree."""
    street: str
    """They do, the street is not confirmed, and no explanation code says why it is right nevertheless."""
    explanation: str
    """Explanation code OO without an explanation."""


STUDENT = AddressCodes("S1145", "S1146", "S1147")
EMPLOYER = AddressCodes("S1154", "S1155", "S1156")
EXCHANGE_VISITOR = AddressCodes("S2247", "S2248", "S2249")


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    states: Mapping[str, frozenset[str]]
    """States by the first three digits of a ZIP code."""
    plus4: Mapping[str, str]
    words: tuple[str, ...]


@functools.cache
def _gazetteer() -> _Gazetteer:
    with Path(__file__).with_name("addresses.toml").open("rb") as file:
        data = tomllib.load(file)
    states: dict[str, set[str]] = {}
    for state, ranges in data["prefixes"].items():
        for piece in ranges.split():
            first, _, last = piece.partition("-")
            for number in range(int(first), int(last or first) + 1):
                states.setdefault(f"{number:03d}", set()).add(state)
    return _Gazetteer(
        {prefix: frozenset(found) for prefix, found in states.items()},
        data["plus4"],
        tuple(f" {word} " for word in data["street"]["words"]),
    )


def judge(address: Node, codes: AddressCodes) -> AddressOutcome:
    """Return what the engine makes of one address.

    Args:
        address: an element of Common.xsd USAddrDoctorType, or one that has the same children (a site of activity).
        codes: the codes to use for the three faults.

    Returns:
        The outcome. Its message is empty for an accepted address, as in the transaction log of 2016.

    """
    provided = {name: value(address, name) for name in FIELDS if present(address, name)}
    override = provided.get("ExplanationCode", "")
    if not _place_exists(provided):
        return AddressOutcome(provided, None, codes.place, "Not Validated")
    if override == "OO" and not provided.get("Explanation"):
        return AddressOutcome(provided, None, codes.explanation, "Not Validated")
    if override:
        return AddressOutcome(provided, _standardised(provided), ACCEPTED, "Override with valid CSZ")
    if not _street_confirmed(provided):
        return AddressOutcome(provided, None, codes.street, "Override Suggested")
    return AddressOutcome(provided, _standardised(provided), ACCEPTED, "")


def stored(record: Record) -> Iterator[tuple[str, AddressOutcome]]:
    """Yield the U.S. addresses that a record holds, by their paths, each with what the engine makes of it.

    Those of the person come first, then of employers (``OPTEmployment[1]/Employer[2]/EmployerAddress``) and sites.
    """
    codes = STUDENT if record.population == "student" else EXCHANGE_VISITOR
    for name in ("USAddress", "MailingAddress", "MailAddress"):
        if value(record.data, f"{name}/Address1"):
            yield name, judge(child(record.data, name), codes)
    for number, training in enumerate(children(record.data, "OPTEmployment"), start=1):
        for place, employer in enumerate(children(training, "Employer"), start=1):
            if value(employer, "EmployerAddress/Address1"):
                path = f"OPTEmployment[{number}]/Employer[{place}]/EmployerAddress"
                yield path, judge(child(employer, "EmployerAddress"), EMPLOYER)
    for number, site in enumerate(record.sites, start=1):
        if value(site.data, "Address1"):
            yield f"SiteOfActivity[{number}]", judge(site.data, codes)


def _place_exists(provided: Mapping[str, str]) -> bool:
    states = _gazetteer().states.get(provided.get("PostalCode", "")[:3], frozenset())
    state = provided.get("State", "")
    return state in states if state else bool(states)


def _street_confirmed(provided: Mapping[str, str]) -> bool:
    for name in ("Address1", "Address2"):
        line = provided.get(name, "").upper()
        if any(character.isdigit() for character in line):
            return True
        plain = " " + " ".join("".join(c if c.isalnum() else " " for c in line).split()) + " "
        if any(word in plain for word in _gazetteer().words):
            return True
    return False


def _standardised(provided: Mapping[str, str]) -> dict[str, str]:
    corrected = {
        name: " ".join(provided[name].upper().split())
        for name in ("Address1", "Address2", "City", "State")
        if name in provided
    }
    zip5 = provided["PostalCode"][:5]
    street = "\x1f".join(corrected.get(name, "") for name in ("Address1", "Address2"))
    number = int.from_bytes(hashlib.sha256(f"{zip5}\x1f{street}".encode()).digest()[:4], "big")
    corrected["PostalCode"] = f"{zip5}-{_gazetteer().plus4.get(zip5) or f'{1 + number % 9998:04d}'}"
    return corrected
