"""Readings of the rules for which no certain source exists: what a setting may choose."""

from dataclasses import dataclass
from typing import ClassVar, Literal


@dataclass(frozen=True, slots=True)
class Switches:
    """Readings of the rules for which no certain source exists, each with its evidence."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}  # settings read it as a part of theirs

    equal_expense_and_funding_allowed: bool = True
    """Expenses may equal funding. The text of S1024 says "less than", its known condition is that expenses exceed
    funding; treatment of equality was not found (error-codes.csv S1024, forms.md §4.1)."""

    identity: Literal["biographic", "name-and-birth-date"] = "biographic"
    """By what S1004 and S2141 recognise a person. ``biographic``: last and first name, birth date, gender, birth
    country and citizenship. The true key was not found (sevis-protocol.md §12, question 7)."""

    session_range_days: int | None = 366
    """How far ahead a session may end after today (S1085) and the next one start after that end (S1086). The true
    ranges were not found; about a year is inferred (sevis-protocol.md §12, question 8). None turns both off."""

    program_may_start_today: bool = True
    """An exchange visitor's program may start on the day of processing. S2011 is about past dates; one working
    client demands a future one (sevis-protocol.md §8)."""

    k12_levels: frozenset[str] = frozenset({"01", "02"})
    """Education levels that count as K-12 in S1163-S1165: primary and secondary (inferred)."""

    dependents_print_on_create: bool = True
    """printForm on a create also prints the dependents' forms, one per person (not found, forms.md §4.5)."""

    seeded_records_are_complete: bool = True
    """A record that did not come in by a batch is taken to hold what SEVIS demanded when it was made: S1063, S1164
    and S1165 then need an element that is there and empty, not one that the scenario left out. Off: what is not
    written down does not exist."""

    failed_update_names_sevis_id: bool = True
    """A failed update's log entry repeats the sevisID that was sent (not found, sevis-protocol.md §12, question 10)."""
