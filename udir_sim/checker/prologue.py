"""The beginning of a file: whether it can be read at all, how its records end, and what its header says."""

import codecs
from dataclasses import dataclass
from typing import BinaryIO

from udir_sim.checker.framing import Header
from udir_sim.checker.model import Finding
from udir_sim.checker.reading import LENGTH, Ends
from udir_sim.checker.tally import Tally

_LOOK = 1 << 16
_EBCDIC_H = 0xC8


@dataclass(frozen=True, slots=True)
class Prologue:
    """What the first bytes tell. Findings about them are reported already."""

    readable: bool
    """Whether reading on makes sense."""
    ends: Ends
    header: Header | None
    """None where the first record is no header."""
    skip: int = 0
    """Bytes of a mark in front of the first record."""

    @classmethod
    def of(cls, file: BinaryIO, size: int, tally: Tally) -> "Prologue":
        """Look at a file from its current position on; the position stays."""
        start = file.tell()
        beginning = file.read(_LOOK)
        file.seek(start)
        nothing = Ends(b"\n")
        if not beginning:
            tally.add("UD-F01-EMPTY", Finding(0))
            return cls(False, nothing, None)
        if beginning[0] == _EBCDIC_H:
            tally.add("UD-F02-EBCDIC", Finding(0, note="byte 1 is X'C8', an H in EBCDIC: transfer in ASCII mode"))
            return cls(False, nothing, None)
        if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            tally.add("UD-F03-BOM", Finding(0, note="UTF-16"), "UTF-16")
            return cls(False, nothing, None)
        skip = 0
        if beginning.startswith(codecs.BOM_UTF8):
            skip = len(codecs.BOM_UTF8)
            tally.add("UD-F03-BOM", Finding(0, note="UTF-8"))
        beginning = beginning[skip:]
        ends = Ends.of(beginning, size - skip)
        return cls(True, ends, _header(beginning, ends), skip)


def _header(beginning: bytes, ends: Ends) -> Header | None:
    """Return what the first record says that is not empty, if it is a header."""
    lines = beginning.split(ends.byte) if ends.byte else [beginning[:LENGTH]]
    first = next((line for line in lines if line.strip()), b"")
    return Header.of(first.rstrip(b"\r")) if first.startswith(b"H") else None
