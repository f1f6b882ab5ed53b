"""What processing says of one record: success, or the one code that a transaction log can carry."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule: the official code and the values of the placeholders in its message."""

    code: str
    values: dict[str, str] = field(default_factory=dict)
    path: str = ""
    """The element at fault, from the event element down, where one can be named."""


@dataclass(frozen=True, slots=True)
class AddressOutcome:
    """What the address engine made of one U.S. address (SevisTransLog.xsd; reference sevis-protocol.md §6.5)."""

    provided: dict[str, str]
    """Address1, Address2, City, State, PostalCode, ExplanationCode, Explanation as sent; absent ones left out."""
    corrected: dict[str, str] | None
    code: str
    """S0000, or the code of the address rule that it breaks."""
    message: str
    """Empty for a plain good address; else Override Suggested, Override with valid CSZ, Valid or Not Validated."""


@dataclass(frozen=True, slots=True)
class SiteOutcome:
    """A site of activity in a transaction log. ``phases`` are pairs of PhaseId and PhaseName."""

    site_id: str
    site_name: str
    address: AddressOutcome | None = None
    phases: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DependentOutcome:
    """A dependent in a transaction log; no SEVIS ID where the record failed."""

    sevis_id: str | None
    user_defined_a: str | None = None
    user_defined_b: str | None = None


@dataclass(frozen=True, slots=True)
class EmployerOutcome:
    """An employer in a transaction log."""

    name: str
    start_date: str
    address: AddressOutcome | None = None


@dataclass(frozen=True, slots=True)
class FormRequest:
    """One form to print with the result: everything that its layout can refer to."""

    form: str
    """``I-20`` or ``DS-2019``."""
    sevis_id: str
    """Whose form it is: the principal's or a dependent's."""
    purpose: str
    """Form issue reason (I-20) or purpose of the form (DS-2019), as printed."""
    record: dict[str, Any]
    """The record as it stands after the event: ``sevis_id status data dependents sites`` in plain values."""
    dependent: dict[str, Any] | None
    """The dependent the form is for (``sevis_id status data``); None for the principal's."""
    organization: dict[str, Any]
    official: dict[str, Any]
    issued: str
    """Eastern calendar day of processing, ISO."""


@dataclass(frozen=True, slots=True)
class RecordOutcome:
    """The result of one top-level ``Student`` or ``ExchangeVisitor`` element."""

    request_id: str
    user_id: str
    event: str
    processed: datetime
    sevis_id: str | None
    finding: Finding | None = None
    message: str = ""
    user_defined_a: str | None = None
    user_defined_b: str | None = None
    sites: tuple[SiteOutcome, ...] = ()
    dependents: tuple[DependentOutcome, ...] = ()
    employers: tuple[EmployerOutcome, ...] = ()
    physical: AddressOutcome | None = None
    mailing: AddressOutcome | None = None
    forms: tuple[FormRequest, ...] = ()

    @property
    def succeeded(self) -> bool:
        """Whether the record was stored."""
        return self.finding is None
