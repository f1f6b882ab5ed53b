"""What the control API takes and gives of the journal."""

from typing import Any

from pydantic import Field, JsonValue

from sevis_sim.control.models import JournalEntryOut, Model

_MATCH: dict[str, Any] = {
    "kind": "upload.answered",
    "subjects": {"batch": "BATCH000000001"},
    "detail": {"code": "S0000"},
}
_COUNT: Any = Field(default=None, ge=0, le=1_000_000_000)


class VerifyJournal(Model):
    """What is expected of the journal (docs/journal.md). Without a number: that it has happened, once or more."""

    match: dict[str, JsonValue] = Field(
        description="which entries: kind, summary, subjects, detail, and after, which is such a mapping again",
        examples=[_MATCH],
    )
    never: bool | None = Field(default=None, description="true: that there is none")
    exactly: int | None = _COUNT
    min: int | None = _COUNT
    max: int | None = _COUNT
    after: int = Field(default=0, ge=0, lt=2**53, description="only entries with a larger id count")
    wait: int = Field(default=0, ge=0, le=60, description="seconds to wait for it to be met")


class DifferenceOut(Model):
    """One place in which an entry is not as expected."""

    field: str
    expected: str
    found: str


class NearMissOut(Model):
    """An entry that nearly fits, and in what it differs."""

    entry: JournalEntryOut
    differs: list[DifferenceOut]


class VerdictOut(Model):
    """Whether the journal is as expected."""

    met: bool
    summary: str
    """The verdict in one line."""
    count: int
    """How many entries fit."""
    seen: int
    """How many entries were looked at."""
    entries: list[JournalEntryOut]
    """The first 100 that fit."""
    near_misses: list[NearMissOut]
    """Where too few fit: the three that came nearest."""


class KindOut(Model):
    """A kind of journal entry."""

    kind: str
    text: str
    subjects: list[str]
    """Ids that tie it to other entries."""
    fields: list[str]
    """Names in its detail."""
