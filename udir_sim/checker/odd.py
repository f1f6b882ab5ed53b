"""Records that have not 246 bytes, one by one: which rule says why."""

import re
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from udir_sim.layout import layout

LENGTH = layout().length
_DIGEST_LENGTHS = frozenset({LENGTH + 4, LENGTH + 8, LENGTH + 24, LENGTH + 48})
_GROUPED = re.compile(rb"(?:[0-9A-Fa-f]{8} ){4}[0-9A-Fa-f]{8}")
_SHA256 = re.compile(rb"[0-9A-Fa-f]{64}")
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_FOREIGN = re.compile(rb"[\x80-\xff]")
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
    common: bool = False
    """Whether the same is said of all data records of this length that are readable."""


def judge(content: bytes, length: int, *, readable: bool = False) -> Judged:
    """Look at a record that has not its length.

    Args:
        content: its beginning, all of it if it is not very long.
        length: its bytes.
        readable: whether it is known to have no control and no foreign bytes.

    """
    kind = kind_of(content)
    if kind is Kind.UNKNOWN:
        if len(content) == length:
            if not content.strip(b" "):
                return Judged(Kind.EMPTY)
            if not content.strip(b"\x1a"):
                return Judged(Kind.END_OF_FILE)
        return Judged(kind, (unknown(content),))
    surplus_blank = length > LENGTH and len(content) == length and not content[LENGTH:].strip(b" ")
    if surplus_blank or (length < LENGTH and kind is not Kind.DATA):
        why = Hit("UD-F09-LEN", "repaired", (min(length, LENGTH) + 1, max(length, LENGTH)), f"{length} bytes")
        return Judged(kind, (why,), content[:LENGTH].ljust(LENGTH))
    if kind is not Kind.DATA:
        hits = (*unreadable(content[LENGTH:]), *_length_of(content, length))
        return Judged(kind, hits, content[:LENGTH].ljust(LENGTH))
    if readable and length not in _DIGEST_LENGTHS:
        return _plainly_wrong(length)
    return Judged(kind, (*unreadable(content), *_length_of(content, length)))


@lru_cache(maxsize=64)
def _plainly_wrong(length: int) -> Judged:
    return Judged(Kind.DATA, tuple(_length_of(b"", length)), common=True)


def kind_of(content: bytes) -> Kind:
    """Return what a record is by its first two columns."""
    start = content[:2]
    if len(start) == 2 and start.isdigit():
        return Kind.DATA
    if start[:1] == b"H":
        return Kind.HEADER
    return Kind.TRAILER if start[:1] == b"T" else Kind.UNKNOWN


def unknown(content: bytes) -> Hit:
    """Return what is wrong with a record of no known kind."""
    if _OLD.match(content):
        return Hit("UD-F18-OLDLAYOUT", columns=(1, 3))
    return Hit("UD-F17-RECTYPE", columns=(1, 2))


def unreadable(content: bytes) -> list[Hit]:
    """Return the control and foreign bytes of a record that is looked at by itself."""
    hits = []
    if control := _CONTROL.search(content):
        hits.append(Hit("UD-F05-CTRL", columns=(control.start() + 1, control.end())))
    if foreign := _FOREIGN.search(content):
        utf8 = "it may be UTF-8, where such a letter takes two bytes" if _is_utf8(content) else ""
        hits.append(Hit("UD-F04-ASCII", columns=(foreign.start() + 1, foreign.end()), note=utf8))
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
