"""Records that have not 246 bytes, one by one: which rule says why."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from udir_sim.layout import layout

LENGTH = layout().length
_GROUPED = re.compile(rb"(?:[0-9A-Fa-f]{8} ){4}[0-9A-Fa-f]{8}")
_SHA256 = re.compile(rb"[0-9A-Fa-f]{64}")
_OLD = re.compile(rb"[ACD](?:0[1-9]|10)")


class Kind(Enum):
    """What a record is."""

    HEADER = auto()
    TRAILER = auto()
    DATA = auto()
    UNKNOWN = auto()
    """It cannot be told, so it is not counted as a data record."""
    EMPTY = auto()
    END_OF_FILE = auto()
    """Ctrl-Z alone, as old editors end a file."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A broken rule of one record."""

    rule: str
    variant: str = ""
    columns: tuple[int, int] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """What an odd record is and what is wrong with it."""

    kind: Kind
    hits: tuple[Hit, ...] = ()
    mended: bytes | None = None
    """The record with its right length, where padding or cutting blanks is all it takes."""


def judge(content: bytes, length: int) -> Judged:
    """Look at a record that has not its length.

    Args:
        content: its beginning, all of it if it is not very long.
        length: its bytes.

    """
    if not content.strip(b" ") and len(content) == length:
        return Judged(Kind.EMPTY)
    if not content.strip(b"\x1a") and len(content) == length:
        return Judged(Kind.END_OF_FILE)
    kind = kind_of(content)
    if kind is Kind.UNKNOWN:
        return Judged(kind, (unknown(content),))
    surplus_blank = length > LENGTH and len(content) == length and not content[LENGTH:].strip(b" ")
    mended: bytes | None = None
    if surplus_blank or (length < LENGTH and kind is not Kind.DATA):
        mended = content[:LENGTH].ljust(LENGTH)
        why = Hit("UD-F09-LEN", "repaired", (min(length, LENGTH) + 1, max(length, LENGTH)), f"{length} bytes")
        return Judged(kind, (why,), mended)
    if kind is not Kind.DATA:
        mended = content[:LENGTH].ljust(LENGTH)
    return Judged(kind, (*unreadable(content), *_length_of(content, length)), mended)


def kind_of(content: bytes) -> Kind:
    """Return what a record is by its first two columns."""
    if content[:1] == b"H":
        return Kind.HEADER
    if content[:1] == b"T":
        return Kind.TRAILER
    return Kind.DATA if len(content) >= 2 and content[:2].isdigit() else Kind.UNKNOWN


def unknown(content: bytes) -> Hit:
    """Return what is wrong with a record of no known kind."""
    if _OLD.match(content):
        return Hit("UD-F18-OLDLAYOUT", columns=(1, 3))
    return Hit("UD-F17-RECTYPE", columns=(1, 2))


def unreadable(content: bytes) -> list[Hit]:
    """Return the control and foreign bytes of a record that is looked at by itself."""
    hits = []
    for place, byte in enumerate(content):
        if byte < 0x20 or byte == 0x7F:
            hits.append(Hit("UD-F05-CTRL", columns=(place + 1, place + 1)))
            break
    foreign = [place for place, byte in enumerate(content) if byte >= 0x80]
    if foreign:
        utf8 = "it may be UTF-8, where such a letter takes two bytes" if _is_utf8(content) else ""
        hits.append(Hit("UD-F04-ASCII", columns=(foreign[0] + 1, foreign[0] + 1), note=utf8))
    return hits


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _length_of(content: bytes, length: int) -> list[Hit]:
    """Return the rule that explains the length of a record: digests of another form, or none in particular."""
    student, ssn = 2, 49
    if length in (LENGTH + 4, LENGTH + 8):
        both = length == LENGTH + 8
        in_student = _GROUPED.match(content, student) is not None
        in_ssn = _GROUPED.match(content, ssn + (4 if in_student else 0)) is not None
        if in_student + in_ssn == 1 + both:
            return [_digest_hit("UD-S06-SPACED", in_student, in_ssn, 44)]
    if length in (LENGTH + 24, LENGTH + 48):
        both = length == LENGTH + 48
        in_student = _SHA256.match(content, student) is not None
        in_ssn = _SHA256.match(content, ssn + (24 if in_student and both else 0)) is not None
        if in_student + in_ssn >= 1 + both:
            return [_digest_hit("UD-S07-SHA256", in_student, in_ssn, 64)]
    where = (length + 1, LENGTH) if length < LENGTH else (LENGTH + 1, length)
    return [Hit("UD-F09-LEN", columns=where, note=f"{length} bytes")]


def _digest_hit(rule: str, in_student: bool, in_ssn: bool, width: int) -> Hit:
    if in_student:
        return Hit(rule, columns=(3, 2 + width), note="Student ID and SSN" if in_ssn else "Student ID")
    return Hit(rule, columns=(50, 49 + width), note="SSN")
