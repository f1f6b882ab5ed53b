"""A case of a rule, and how its changes are made."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from sevis_sim.domain.document import Node
from sevis_sim.domain.records import Population


class _Gone(Enum):
    GONE = "GONE"


GONE: Final = _Gone.GONE
"""As the value of a change: the element is not there."""

Changes = Mapping[str, Any]
"""Paths, some with a prefix, and what is to stand there (see the package)."""


@dataclass(frozen=True, slots=True)
class Before:
    """Something that happened to the record between its create and the case: an update, or changes."""

    event: str = ""
    sends: Node = field(default_factory=dict)
    changes: Changes = field(default_factory=dict)
    """``today`` alone for an update; else what is changed, as in a case."""


@dataclass(frozen=True, slots=True)
class RuleCase:
    """One rule: what breaks it, and what comes near and is fine."""

    code: str
    base: str
    """Request ID of the good record that is created, or that an update changes."""
    breaks: Changes = field(default_factory=dict)
    near: Changes = field(default_factory=dict)
    given: Changes = field(default_factory=dict)
    """Changes that both sides share."""
    event: str = ""
    """For updates: the path of the event."""
    sends: Node = field(default_factory=dict)
    """For updates: what the event element holds."""
    before: tuple[Before, ...] = ()
    says: str = ""
    """What the message must hold."""
    place: str = ""
    """File and line, for whoever looks for it."""

    @property
    def name(self) -> str:
        """A short name: ``S1068-Registration-STU-001``."""
        return f"{self.code}-{self.event or 'create'}-{self.base}"

    @property
    def population(self) -> Population:
        """Whose record it is."""
        return "exchangeVisitor" if self.base.startswith("EV") else "student"


def changed(node: Node, changes: Changes) -> Node:
    """Return a copy of a node with the elements at slash-separated paths set or, for `GONE`, removed.

    Raises:
        LookupError: a path leads to an item that a list does not have.

    """
    result = copy.deepcopy(node)
    for path, new in changes.items():
        *parents, last = path.split("/")
        place: Any = result
        for step in parents:
            if isinstance(place, list):
                place = place[int(step) - 1]
            else:
                if not place.get(step):
                    place[step] = {}
                place = place[step]
        if isinstance(place, list):
            if new is GONE:
                del place[int(last) - 1]
            else:
                place[int(last) - 1] = copy.deepcopy(new)
        elif new is GONE:
            place.pop(last, None)
        else:
            place[last] = copy.deepcopy(new)
    return result
