"""The decision: ten tests in order, pure and without a clock (udir.md 6.3, from the seed's release flag example).

Steps 1 to 3 judge the question, steps 4 to 9 the records of the Net ID, step 10 is reached by who passes them all.
What is decided here never looks at names, hashes, vendor or Campus ID: `AttributeRecord` does not have them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Protocol


class Outside(Enum):
    """What the asking application is told."""

    YES = "yes"
    NO = "no"
    REFUSED = "refused"


class Reason(Enum):
    """Why a question ended as it did. Only the operator learns it: it stands in the audit log and nowhere else."""

    def __init__(self, code: str, step: int, outside: Outside, test: str) -> None:
        self.code = code
        self.step = step
        """Number of the test that failed, from 1; 10 where none did, 0 before the first."""
        self.outside = outside
        self.test = test
        """What the test asks for."""

    APPLICATION = "R-APP", 1, Outside.REFUSED, "the application is known and authenticated"
    CERTIFICATE = "R-CERT", 2, Outside.REFUSED, "the student's certificate is valid and trusted"
    NET_ID = "R-NONETID", 3, Outside.REFUSED, "there is a well-formed Net ID"
    NOT_FOUND = "R-NOTFOUND", 4, Outside.NO, "the Net ID is in the directory"
    RELEASE = "R-RELEASE", 5, Outside.NO, "the release flag is Y"
    LOCATION = "R-LOCATION", 6, Outside.NO, "the location is one of the policy's"
    TYPE = "R-TYPE", 7, Outside.NO, "the student type is one of the policy's"
    STATUS = "R-STATUS", 8, Outside.NO, "the student status is one of the policy's"
    DATE = "R-DATE", 9, Outside.NO, "the day lies within the eligibility dates"
    OK = "OK", 10, Outside.YES, "all tests were passed"
    # Two refusals that are no test of the table: the question could not be read, or was one too many.
    REQUEST = "R-REQUEST", 0, Outside.REFUSED, "the request is well-formed"
    LIMIT = "R-LIMIT", 0, Outside.REFUSED, "the application has not asked too often"


class AttributeRecord(Protocol):
    """What the attribute service may know of a student (seed, note on the release flag)."""

    @property
    def location(self) -> str:
        """Two digits."""

    @property
    def release_flag(self) -> str:
        """``Y`` or ``N``."""

    @property
    def student_type(self) -> str:
        """One letter of D10."""

    @property
    def student_status(self) -> str:
        """One letter of D11."""

    @property
    def eligibility_begin(self) -> date | None:
        """First day, inclusive; None where the campus sent none."""

    @property
    def eligibility_end(self) -> date | None:
        """Last day, inclusive."""


class Conditions(Protocol):
    """What an application's policy asks of a record."""

    @property
    def locations(self) -> frozenset[str]:
        """Campuses of the agreement."""

    @property
    def types(self) -> frozenset[str]:
        """Student types."""

    @property
    def statuses(self) -> frozenset[str]:
        """Student statuses."""

    @property
    def dates(self) -> bool:
        """Whether the day must lie within the eligibility dates."""

    @property
    def any_n_blocks(self) -> bool:
        """Whether one release flag N says no for all records of the Net ID."""


@dataclass(frozen=True, slots=True)
class Decision:
    """How the tests of one question ended."""

    reason: Reason
    records: tuple[tuple[str, Reason], ...] = ()
    """Of each record of the Net ID: its location, and where its tests ended."""

    @property
    def eligible(self) -> bool:
        """Whether all tests were passed."""
        return self.reason is Reason.OK


@dataclass(frozen=True, slots=True)
class _Decoy:
    """Nobody. Tests are run on it where there is no record, or none that may be tested."""

    location: str = "00"
    release_flag: str = "Y"
    student_type: str = "-"
    student_status: str = "-"
    eligibility_begin: date | None = date.min
    eligibility_end: date | None = date.min


_DECOY = _Decoy()
_SLOTS = 10
"""Records that are tested for each question, with decoys where there are fewer: one for each campus."""

_TESTS: tuple[tuple[Reason, Callable[[AttributeRecord, Conditions, date], bool]], ...] = (
    (Reason.LOCATION, lambda record, policy, _: record.location in policy.locations),
    (Reason.TYPE, lambda record, policy, _: record.student_type in policy.types),
    (Reason.STATUS, lambda record, policy, _: record.student_status in policy.statuses),
    (Reason.DATE, lambda record, policy, day: not policy.dates or _covers(record, day)),
)


def _covers(record: AttributeRecord, day: date) -> bool:
    begin, end = record.eligibility_begin, record.eligibility_end
    return begin is not None and end is not None and begin <= day <= end  # both inclusive: udir.md 5, row 22


def decide(policy: Conditions, records: Sequence[AttributeRecord], day: date) -> Decision:
    """Run tests 4 to 9 on all records of a Net ID.

    The work is the same for an unknown Net ID, a flag N, and an ineligible student: no test is skipped once one has
    failed, and decoys stand in for what is missing. A record with flag N is not tested at all, a decoy is in its place
    (the seed: N "would not even allow such determination to be attempted").

    Args:
        policy: Of the asking application.
        records: All records of the Net ID, at most one for each location.
        day: The day of the question, in California.

    Returns:
        Yes where any record passes all tests. Else the reason of the record that came furthest.

    """
    ends = []
    blocked = False
    for slot in range(max(_SLOTS, len(records))):
        record = records[slot] if slot < len(records) else None
        released = record is not None and record.release_flag == "Y"
        end = _first_failed(record if record is not None and released else _DECOY, policy, day)
        if record is not None:
            blocked = blocked or not released
            ends.append((record.location, end if released else Reason.RELEASE))
    reason = max((end for _, end in ends), key=lambda end: end.step, default=Reason.NOT_FOUND)
    if blocked and policy.any_n_blocks:
        reason = Reason.RELEASE
    return Decision(reason, tuple(ends))


def _first_failed(record: AttributeRecord, policy: Conditions, day: date) -> Reason:
    failed = [reason for reason, test in _TESTS if not test(record, policy, day)]
    return failed[0] if failed else Reason.OK
