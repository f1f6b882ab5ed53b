"""An uploaded batch: what came in, and where it stands."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Upload:
    """The fields of one upload request, as the client sent them; a missing value is ``""``, a missing file None."""

    org_id: str = ""
    batch_id: str = ""
    user_id: str = ""
    file_name: str = ""
    document: bytes | None = None

    def missing(self) -> list[str]:
        """Return the form's names of the fields that are missing or blank."""
        fields = {"orgid": self.org_id, "batchid": self.batch_id, "userid": self.user_id}
        return [name for name, text in fields.items() if not text] + (["xml"] if self.document is None else [])


@dataclass(frozen=True, slots=True)
class Batch:
    """An accepted batch. ``result`` instants are None until it has been processed."""

    key: int
    """Row number in the store."""
    sandbox: str
    system: str
    org_id: str
    batch_id: str
    user_id: str
    file_name: str
    received: datetime
    due: datetime
    """When processing claims it."""
    available: datetime
    """From when its result may be downloaded."""
    status: str
    """``accepted`` or ``processed``."""
    processed: datetime | None = None
    success: int = 0
    failure: int = 0
