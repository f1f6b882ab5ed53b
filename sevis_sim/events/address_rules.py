"""The three rules of the address engine, for any event that carries addresses."""

from collections.abc import Callable, Iterable, Iterator

from sevis_sim.domain.document import Node, child, present
from sevis_sim.events.addresses import AddressCodes, judge
from sevis_sim.events.declare import Broken, Case, Rule, broken

Find = Callable[[Case], Iterable[tuple[str, Node]]]


def address_rules(codes: AddressCodes, names: tuple[str, ...], more: Find | None = None) -> tuple[Rule, ...]:
    """Return the rules for the addresses of an event: place, explanation, street, in this order.

    Args:
        codes: the official codes of the three faults.
        names: children of the event element that are addresses.
        more: finds further addresses, such as those of sites, with their paths.

    """

    def found(case: Case) -> Iterator[tuple[str, Node]]:
        for name in names:
            if present(case.event, name):
                yield name, child(case.event, name)
        if more is not None:
            yield from more(case)

    def bound(code: str, words: str) -> Rule:
        def check(case: Case) -> Broken | None:
            for path, address in found(case):
                if judge(address, codes).code == code:
                    return broken(path)
            return None

        check.__doc__ = words
        return Rule(code, check)

    return (
        bound(codes.place, "City, state and ZIP code of an address do not agree."),
        bound(codes.explanation, "An address is overridden with OO and no explanation."),
        bound(codes.street, "A street is not confirmed, and no explanation code overrides that."),
    )
