"""What checking a file says: findings, notes, and a report of both for each file."""

from dataclasses import dataclass

TOO_LARGE = "413"
"""Stands in the place of a disposition where the service would not even read the upload: its HTTP status."""


def is_disposition(code: str) -> bool:
    """Tell whether a code refuses the whole batch, not one record of it."""
    return code == TOO_LARGE or code.startswith("S00")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a file."""

    code: str
    """A disposition (S0011, S0013…), the code of a record (S1024…), or `TOO_LARGE`."""
    message: str
    """What stands there and what is allowed; for the code of a record its official text."""
    line: int | None = None
    """1-based; None where the finding is about the whole file."""
    column: int | None = None
    """1-based, in characters; None where unknown."""
    path: str = ""
    """XPath of the element or attribute in the document."""
    record: int | None = None
    """1-based number among all records of the file, creates and updates alike."""
    request_id: str = ""
    person: str = ""
    """First and last name, where the record has them."""
    value: str | None = None
    """What stands there."""
    remedy: str = ""
    excerpt: str = ""
    """The line of the file, cut to a readable width around the column."""
    pointer: int = 0
    """0-based place of the column in ``excerpt``."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a reader should know and that is no finding, such as a rule that the file cannot decide."""

    message: str
    line: int | None = None
    record: int | None = None
    request_id: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class FileReport:
    """Everything that was found in one file."""

    name: str
    findings: tuple[Finding, ...] = ()
    more: int = 0
    """Findings that were left out because of the cap."""
    notes: tuple[Note, ...] = ()
    records: int = 0
    """How many records the file has; 0 where it cannot be read."""
    refused: str | None = None
    """The first code for which the whole batch would be refused; None if it would be accepted."""

    @property
    def good(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def disposition(self) -> str:
        """The predicted answer to the upload."""
        return self.refused or "S0000"

    @property
    def total(self) -> int:
        """How many findings there are, with those left out."""
        return len(self.findings) + self.more


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read and reported."""

    max_bytes: int = 20 * 1024 * 1024
    """Largest file, in bytes; the service takes 20 MB."""
    max_findings: int = 100
    """Most findings that are reported of one file; the rest is counted. 0: all."""
