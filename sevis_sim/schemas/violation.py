"""What validation says of a document."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """One place where a document departs from its schema."""

    message: str
    """In plain words: what stands there and what is allowed."""
    line: int | None = None
    """1-based line of the element; None where unknown."""
    column: int | None = None
    """1-based column; None where unknown, which is the rule: libxml2 keeps no columns."""
    path: str = ""
    """XPath of the element or attribute in this document, such as ``/…/CreateStudent/Student[3]/IssueReason``."""
    record: int | None = None
    """1-based number among all top-level records of the document, creates and updates alike; None outside."""
    request_id: str | None = None
    """``requestID`` of that record."""
    element: str | None = None
    """Local name of the element."""
    value: str | None = None
    """Text of the element or attribute, where the value is what is wrong."""
    remedy: str = ""
    """How to mend it, as a sentence; blank where that is plain from the message, or not known."""

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        record = f"record {self.record} ({self.request_id}): " if self.record else ""
        return f"{place}{record}{self.message}"
