"""An uploaded batch: what came in, and where it stands."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

MAX_FILE_NAME = 30
"""SevisTransLog.xsd: the log's FileName holds at most 30 characters."""

NEVER = datetime(2099, 12, 31, tzinfo=UTC)
"""When a result is available that was never written: a fault keeps it from that."""

FILE_NAME_REMEDY = f"Send the xml part with a plain file name of 1 to {MAX_FILE_NAME} characters, such as batch.xml."


def file_name_problem(name: str) -> str | None:
    """Say what is wrong with an upload's file name (S0011); None if nothing is.

    No name, one that is longer than the log can echo, or one with characters of a path (design.md §3.1).
    """
    if not name:
        return "the xml part has no file name"
    if len(name) > MAX_FILE_NAME:
        return f"the file name {name!r} has {len(name)} characters"
    if any(c in '/\\:*?"<>|' or ord(c) < 32 for c in name) or name in (".", ".."):
        return f"the file name {name!r} has characters of a path"
    return None


def usable_file_name(name: str) -> str:
    """Return the nearest file name to ``name`` that has no `file_name_problem`."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in last if ord(c) >= 32 and c not in ':*?"<>|')[-MAX_FILE_NAME:]
    return kept if kept.strip(".") else "batch.xml"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """That the form of an upload and the document in it say different things: the disposition, and why."""

    code: str
    reason: str
    remedy: str


def header_text(root: etree._Element, name: str) -> str | None:
    """Return an element of ``BatchHeader``, without blanks around and doubled ones within; None if it is not there."""
    element = root.find(f"BatchHeader/{name}")
    return None if element is None else " ".join((element.text or "").split())


def disagreement(root: etree._Element, org_id: str, batch_id: str, user_id: str) -> Disagreement | None:
    """Return the first of the `disagreements`, with which the service answers."""
    return next(disagreements(root, org_id, batch_id, user_id), None)


def disagreements(root: etree._Element, org_id: str, batch_id: str, user_id: str) -> Iterator[Disagreement]:
    """Compare the fields of the form with the document (design.md §3.1): S0012 for the header, S0003 for the user.

    What the document does not say agrees: that it is missing is for the schema to find.
    """
    for name, sent in (("BatchID", batch_id), ("OrgID", org_id)):
        written = header_text(root, name)
        if written is not None and written != sent:
            yield Disagreement(
                "S0012",
                f"the form says {sent!r}, {name} in the document says {written!r}",
                "Send the same batch ID and organization in the form and in BatchHeader.",
            )
    root_user = root.get("userID")
    if root_user is not None and root_user != user_id:
        yield Disagreement(
            "S0003",
            f"the form says user {user_id!r}, userID of the document says {root_user!r}",
            "Send the same user ID in the form and in the root element.",
        )


@dataclass(frozen=True, slots=True)
class Upload:
    """The fields of one upload request, as the client sent them; a missing value is ``""``, a missing file None."""

    org_id: str = ""
    batch_id: str = ""
    user_id: str = ""
    file_name: str = ""
    document: Callable[[], bytes] | None = None
    """Reads the file. It may be large: not in the event loop's thread."""

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
    """From when its result may be downloaded; `NEVER` where it was never written."""
    status: str
    """``accepted`` or ``processed``."""
    processed: datetime | None = None
    success: int = 0
    failure: int = 0
    exchange: str = ""
    """The upload, as the journal names it."""
