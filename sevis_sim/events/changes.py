"""How events change a record's data."""

from collections.abc import Iterable

from sevis_sim.domain.document import Node, copied, merged
from sevis_sim.domain.records import ACTIVE, DEACTIVATED, INITIAL, OPEN, Dependent, Record


def content(element: Node, without: Iterable[str] = ()) -> Node:
    """Return an element's children, as a copy, without its attributes and the children named."""
    left_out = set(without)
    return {name: copied(inner) for name, inner in element.items() if not name.startswith("@") and name not in left_out}


def merge_block(record: Record, block: str, sent: Node, names: Iterable[str]) -> None:
    """Lay the named children that were sent over one block of the record's data."""
    part = {name: sent[name] for name in names if name in sent}
    if part:
        record.data[block] = merged(record.data.get(block), part)


def replace(record: Record, sent: Node, names: Iterable[str]) -> None:
    """Put what was sent in place of the record's top-level elements of the same names.

    Addresses are replaced whole: the schema makes an update send street and ZIP code again, and a second line of the
    old address must not outlive it.
    """
    for name in names:
        if name in sent:
            record.data[name] = copied(sent[name])


def activate(record: Record) -> None:
    """Make an Initial record Active, and with it its Initial dependents, who follow the principal's status.

    A student's record at an earlier education level is Deactivated by that (sevis-protocol.md §9).
    """
    record.status = ACTIVE
    for level in record.levels:
        if level.status == ACTIVE:
            level.status = DEACTIVATED
    for dependent in record.dependents:
        if dependent.status == INITIAL:
            dependent.status = ACTIVE


def end(record: Record, status: str) -> list[Dependent]:
    """End a record in a status, and return the dependents who follow the principal.

    A student with another education level still open has only ended this one: dependents stay then. Else they follow
    into the status at the level that counts.
    """
    record.status = status
    if record.standing in OPEN:
        return []
    following = [dependent for dependent in record.dependents if dependent.status in OPEN]
    for dependent in following:
        dependent.status = record.standing
    return following


def unchanged(record: Record, case: object) -> None:
    """Leave the record as it is, as an event does that only prints or confirms."""


def new_dependents(elements: Iterable[Node], status: str) -> list[Dependent]:
    """Return dependents, still without SEVIS IDs, from their elements."""
    return [Dependent("", status, content(element)) for element in elements]
