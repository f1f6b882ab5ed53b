"""One student as the directory knows them: the fields of a data record, under the names of the layout."""

from dataclasses import dataclass
from datetime import date

from udir_sim.layout import layout

_FIELDS = tuple((each.name.lower().replace(" ", "_"), each.kind, each.span) for each in layout().data.fields)


@dataclass(frozen=True, slots=True)
class DirectoryRecord:
    """A data record (D01 to D15), without its padding. A field that is blank in the file is ``""`` or None.

    Codes, hashes, IDs are in upper case whatever the campus sent, as the interface wants them (seed, General Notes);
    names stay as they are.
    """

    location: str
    student_id: str
    """SHA-1 of the registration number, 40 hexadecimal digits."""
    vendor_id: str
    ssn: str
    """SHA-1, 40 hexadecimal digits, or ``""``."""
    campus_id: str
    net_id: str
    release_flag: str
    """``Y`` or ``N``."""
    last_name: str
    first_name: str
    student_type: str
    student_status: str
    term_begin: date | None
    term_end: date | None
    eligibility_begin: date | None
    eligibility_end: date | None

    def __repr__(self) -> str:
        # A log must not show who it is.
        return f"DirectoryRecord(location={self.location!r}, type={self.student_type!r}, …)"


def record_of_content(content: bytes) -> DirectoryRecord:
    """Return what a data record of 246 bytes says. Names may hold Latin-1 letters (UD-F04 in lenient mode)."""
    values: dict[str, str | date | None] = {}
    for name, kind, span in _FIELDS:
        text = content[span].decode("latin-1").strip(" ")
        values[name] = _day(text) if kind == "date" else text if kind == "name" else text.upper()
    return DirectoryRecord(**values)  # type: ignore[arg-type]


def _day(text: str) -> date | None:
    """Return a day yyyymmdd; None for blanks, and for what a profile lets pass although it is no day."""
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
