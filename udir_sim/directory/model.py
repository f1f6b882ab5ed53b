"""What the directory remembers besides records: deliveries and loads. Plain values."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

Door = Literal["https", "sftp", "folder", "command"]
"""How a file came in."""


class DirectoryError(Exception):
    """The directory cannot do what was asked; the message is one line that says why and what to do."""


class State(StrEnum):
    """What has become of a file."""

    LOADED = "LOADED"
    """Its records are, or were, in force."""
    HELD = "HELD"
    """Kept; somebody must release or refuse it."""
    REFUSED = "REFUSED"
    """Never loaded: the check refused it, or somebody did who was asked."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file that a campus sent, and what has become of it. The same content sent again is the same delivery."""

    id: str
    """Of the delivery and of its report: the location and the beginning of the content's SHA-256."""
    location: str
    """Of the sender, whatever the header says."""
    sha256: str
    """Of the content; of a .gz file, of what is in it."""
    name: str
    """As the sender called it."""
    door: Door
    received: datetime
    bytes: int
    """Of the content."""
    header_location: str
    """What the header says; ``""`` where it names none."""
    created: date | None
    """What the header says."""
    data_records: int
    verdict: str
    """Of the check."""
    state: State
    note: str
    """Why it is held or refused, in one line; who released or refused it."""
    file: str
    """Where the file is kept as it was sent, relative to the archive."""
    file_sha256: str
    """Of the file as it was sent."""
    report_sha256: str
    """Of the report as JSON."""
    against: int = 0
    """Number of the load that was in force when it was judged; 0 where there was none."""
    decided: datetime | None = None
    """When it was released or refused by hand."""

    @property
    def foreign(self) -> bool:
        """Whether the header names another location than the sender's."""
        return self.header_location not in ("", self.location)


@dataclass(frozen=True, slots=True)
class Load:
    """One change of what is in force for a location. The last one of a location is in force."""

    location: str
    number: int
    """From 1, by location."""
    kind: Literal["file", "roll-back"]
    delivery: str
    """The file whose records these are; of a roll-back, the file of the load it went back to."""
    back_to: int | None
    """The load whose records are in force again, of a roll-back."""
    instant: datetime
    created: date | None
    """Creation date of the file."""
    records: int
    """Students in force."""
    added: int
    changed: int
    deleted: int
    unchanged: int
    carried: int
    """Students kept although the file has no good record of them: theirs was held (lenient mode)."""
