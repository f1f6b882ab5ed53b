"""What USCIS adjudicates: an event files it, the record waits, a decision that no batch can carry ends the waiting.

A request is an element among the record's data with a ``Status`` and the ``RequestDate`` on which it was filed. It is
referred to by the path of its list and its place in it from 1, such as ``OPTEmployment[2]``, as `domain.document.walk`
counts; the bare path means the only one that waits. The words of the status are those that SEVIS shows (forms.md §3.6,
sevis-protocol.md §9); requests that wait for more than 180 days were once cancelled by a job (NAFSA page N180).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Protocol

from sevis_sim.domain.document import Node, children, day, merged, value

REQUESTED = "REQUESTED"
PENDING = "PENDING"
APPROVED = "APPROVED"
DENIED = "DENIED"
WITHDRAWN = "WITHDRAWN"
CANCELED = "CANCELED"

WAITING = frozenset({REQUESTED, PENDING})
"""Filed with SEVIS; received by USCIS."""
ENDED = frozenset({DENIED, WITHDRAWN, CANCELED})
"""Without effect: neither in the way of another one nor to be found by an event."""

DECISIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        PENDING: frozenset({REQUESTED}),
        APPROVED: WAITING,
        DENIED: WAITING,
        WITHDRAWN: WAITING,
    }
)
"""What USCIS can say, and of requests in which statuses."""

STATUS = "Status"
REQUEST_DATE = "RequestDate"
DECISION_DATE = "DecisionDate"
APPROVED_START = "ApprovedStartDate"
APPROVED_END = "ApprovedEndDate"

_REFERENCE = re.compile(r"([A-Za-z0-9/]+)(?:\[([1-9][0-9]{0,5})\])?")


class Holder(Protocol):
    """Whoever has requests: a record, or one education level of it."""

    @property
    def data(self) -> Node:
        """The record's elements, as in `domain.records.Record`."""


class RequestError(ValueError):
    """A decision that cannot be taken: says what there is, and what is possible."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a record."""

    reference: str
    """Such as ``OPTEmployment[2]``."""
    kind: str
    """Path of its list, a key of `KINDS`."""
    node: Node
    """The stored element itself: what is changed in it is changed in the record."""

    @property
    def status(self) -> str:
        """One of the six words. An element without one, which a scenario left out, is taken as REQUESTED."""
        return value(self.node, STATUS) or REQUESTED

    @property
    def filed(self) -> date | None:
        """The Eastern day on which it was filed; None if a scenario did not say."""
        return day(self.node, REQUEST_DATE)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of request."""

    means: str
    dated: bool = False
    """Whether an approval may bring other dates than those asked for."""
    approve: Callable[[Holder, Node], None] | None = None
    """What else an approval changes in the record."""


def _extend_program(record: Holder, node: Node) -> None:
    record.data["EducationalInfo"] = merged(
        record.data.get("EducationalInfo"), {"PrgEndDate": value(node, "NewPrgEndDate")}
    )


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "OPTEmployment": Kind("optional practical training, and its STEM extensions", dated=True),
        "OffCampusEmployment": Kind("off-campus employment", dated=True),
        "Program/Extension": Kind("extension of an M-1 student's program", approve=_extend_program),
    }
)
"""What is adjudicated, by the path of its list in the record's data."""


def filed(node: Node, on: date) -> Node:
    """Return a request as it is stored on the day on which an event files it."""
    return node | {STATUS: REQUESTED, REQUEST_DATE: on.isoformat()}


def requests(record: Holder, kind: str | None = None) -> list[Request]:
    """Return the requests of a record, of one kind or all, in the order in which they were filed within each kind."""
    return list(_all(record, KINDS if kind is None else (kind,)))


def _all(record: Holder, kinds: Mapping[str, Kind] | tuple[str, ...]) -> Iterator[Request]:
    for kind in kinds:
        for number, node in enumerate(children(record.data, kind), start=1):
            if isinstance(node, dict):
                yield Request(f"{kind}[{number}]", kind, node)


def find(record: Holder, reference: str) -> Request:
    """Return the request that is meant.

    Args:
        record: whose it is.
        reference: such as ``OPTEmployment[2]``, or ``OPTEmployment`` for the only one that waits.

    Raises:
        RequestError: there is no such request, or more than one is meant; names those that there are.

    """
    match = _REFERENCE.fullmatch(reference)
    if match is None or match[1] not in KINDS:
        raise RequestError(f"{reference!r} is no request; expected {', '.join(KINDS)}, or one of them as in Name[2]")
    known = requests(record, match[1])
    if match[2]:
        found = [request for request in known if request.reference == reference]
    else:
        found = [request for request in known if request.status in WAITING]
    if len(found) == 1:
        return found[0]
    there = ", ".join(f"{each.reference} ({each.status})" for each in known) or "none"
    what = "no request" if not found else "more than one request that waits"
    raise RequestError(f"the record has {what} {reference}; it has {there}")


def decide(
    record: Holder, reference: str, decision: str, on: date, *, start: date | None = None, end: date | None = None
) -> Request:
    """Take a decision of USCIS on a request of a record, and change the record accordingly.

    Args:
        record: changed in place.
        reference: which request, as for `find`.
        decision: PENDING (received, not decided), APPROVED, DENIED or WITHDRAWN.
        on: the day of the decision.
        start: the approved first day, where it is another than that asked for.
        end: the same for the last day.

    Returns:
        The request as it is afterwards.

    Raises:
        RequestError: no such request, or the decision cannot be taken on it; the record is unchanged then.

    """
    if decision not in DECISIONS:
        raise RequestError(f"{decision!r} is no decision; expected {', '.join(DECISIONS)}")
    request = find(record, reference)
    if request.status not in DECISIONS[decision]:
        possible = " or ".join(sorted(DECISIONS[decision]))
        raise RequestError(f"{request.reference} is {request.status}; {decision} is possible while it is {possible}")
    dates = {name: each.isoformat() for name, each in ((APPROVED_START, start), (APPROVED_END, end)) if each}
    if dates and (decision != APPROVED or not KINDS[request.kind].dated):
        raise RequestError(f"{decision} of {request.reference} brings no dates; leave start and end out")
    first = start or day(request.node, "StartDate")
    last = end or day(request.node, "EndDate")
    if dates and first and last and first >= last:
        raise RequestError(f"{request.reference} would start on {first} and end on {last}; send start before end")
    request.node.update(dates)
    request.node[STATUS] = decision
    request.node[DECISION_DATE] = on.isoformat()
    also = KINDS[request.kind].approve
    if decision == APPROVED and also:
        also(record, request.node)
    return request
