"""How SEVIS recognises a person that it knows already (S1004, S2141)."""

from sevis_sim.domain.document import Node, child, value
from sevis_sim.domain.records import Population
from sevis_sim.events.context import Switches

_BLOCK: dict[Population, str] = {"student": "PersonalInfo", "exchangeVisitor": "Biographical"}
_FIELDS = {
    "biographic": (
        "FullName/LastName",
        "FullName/FirstName",
        "BirthDate",
        "Gender",
        "BirthCountryCode",
        "CitizenshipCountryCode",
    ),
    "name-and-birth-date": ("FullName/LastName", "FullName/FirstName", "BirthDate"),
}


def identity(population: Population, data: Node, switches: Switches | None = None) -> str:
    """Return the key by which two records are taken for the same person: case and spacing do not matter.

    Args:
        population: whose record it is.
        data: the record's data (or the element of a create).
        switches: which fields make the key; the true key is not known (sevis-protocol.md §12, question 7).

    """
    block = child(data, _BLOCK[population])
    fields = _FIELDS[(switches or Switches()).identity]
    return "|".join(" ".join(value(block, field).upper().split()) for field in fields)
