"""What a check says: findings, the receipt of the file, and the verdict."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from udir_sim.rules import Mode, Severity, Verdict

SAMPLES = 20
"""Findings of a rule that are kept with their record numbers, if nothing else is wanted."""


class InputError(Exception):
    """The file cannot be checked at all: not readable, or larger than the limit."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One broken rule in one place. Says nothing that identifies a person."""

    record: int
    """Number of the record, the header is 1; 0 for the file as a whole."""
    columns: tuple[int, int] | None = None
    """First and last column, from 1."""
    field: str = ""
    """Id of the field, such as ``D04``."""
    shown: str = ""
    """The value, or only its shape, or nothing: as far as the field may be shown."""
    note: str = ""
    """What else is known: the record that is kept, how a digest was made."""
    excerpt: str = ""
    """The record with all that identifies a person masked; ``""`` where there is none."""


@dataclass(frozen=True, slots=True)
class RuleResult:
    """All findings of one rule, or of one variant of it, at one severity."""

    rule: str
    variant: str
    severity: Severity
    count: int
    """How many there are, exactly."""
    samples: tuple[Finding, ...]
    """The first of them, in the order of the file."""


@dataclass(frozen=True, slots=True)
class Previous:
    """What must be known of the last accepted file of the same location."""

    records: int
    created: date | None


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """What becomes of the data records when the file is loaded. Numbers are those of the records, header = 1."""

    held: "array[int]" = field(default_factory=lambda: array("I"))
    """Not loaded because of an ERROR; the previous record of the Student ID stays (lenient mode)."""
    dropped: "array[int]" = field(default_factory=lambda: array("I"))
    """Not loaded because another record of the same Student ID is kept (UD-G01, UD-G03)."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Which file was checked, and how."""

    name: str
    bytes: int
    sha256: str
    """Of the bytes that were checked: of a .gz file, of its content. ``""`` if it was not wanted."""
    line_end: str
    """``LF``, ``CRLF``, ``CR``, ``none`` or ``mixed``."""
    location: str
    created: date | None
    trailer_count: int | None
    records: int
    """Records of any kind, empty lines too."""
    data_records: int
    mode: Mode
    profile: str
    profile_digest: str
    rule_set: str
    as_of: date
    seconds: float | None = None
    """How long the check took; None where reports must not differ from run to run."""


@dataclass(frozen=True, slots=True)
class CensusReport:
    """Counts of what the file holds."""

    by_type_and_status: Mapping[str, Mapping[str, int]]
    by_release_flag: Mapping[str, int]
    filled: Mapping[str, int]
    """By optional field, how many records have it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed since the last accepted file, by location and Student ID."""

    added: int
    changed: int
    deleted: int
    unchanged: int
    changed_fields: Mapping[str, int] = field(default_factory=dict)
    """By field, in how many of the changed records it differs."""


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a check."""

    verdict: Verdict
    receipt: Receipt
    results: tuple[RuleResult, ...]
    """Worst first, then in the order of the catalogue."""
    census: CensusReport
    records_with_errors: int
    """Data records with at least one finding of ERROR."""
    difference: Difference | None = None
    plan: LoadPlan = field(default_factory=LoadPlan, compare=False)

    def count(self, severity: Severity) -> int:
        """Return how many findings of a severity there are."""
        return sum(result.count for result in self.results if result.severity is severity)

    def result(self, rule_id: str) -> RuleResult | None:
        """Return the findings of a rule, its worst variant first, or None."""
        return next((result for result in self.results if result.rule == rule_id), None)
