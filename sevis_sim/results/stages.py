"""What a transaction log can tell of a batch (SevisTransLog.xsd; reference sevis-protocol.md §6.1-6.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sevis_sim.domain.outcomes import RecordOutcome


@dataclass(frozen=True, slots=True)
class LogHeader:
    """``BatchHeader``: free texts, because a refused upload is echoed as it came, blank or absurd."""

    batch_id: str
    org_id: str


@dataclass(frozen=True, slots=True)
class UploadStage:
    """``Upload``: the disposition of the upload and when it was made. ``stamp`` is aware."""

    code: str
    stamp: datetime
    file_name: str | None = None


@dataclass(frozen=True, slots=True)
class ProcessStage:
    """``Process``: S0000 if all records succeeded, else S0020. ``stamp`` is aware."""

    code: str
    stamp: datetime
    outcomes: Sequence[RecordOutcome] = ()

    @classmethod
    def of(cls, stamp: datetime, outcomes: Sequence[RecordOutcome]) -> Self:
        """Return the stage of a processed batch; its code follows from its outcomes (§6.2)."""
        return cls("S0000" if all(outcome.succeeded for outcome in outcomes) else "S0020", stamp, outcomes)

    @property
    def success(self) -> int:
        """How many records were stored."""
        return sum(outcome.succeeded for outcome in self.outcomes)
