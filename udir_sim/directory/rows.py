"""From a checked file to the records that are to be loaded: streaming, in the order of the file.

Which records those are is the checker's word (`LoadPlan`). Here they are brought into the form that the directory
keeps: 246 bytes, everything but the names in upper case, so that a digest in lower case (lenient mode) is no change.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from udir_sim.checker.model import LoadPlan
from udir_sim.checker.odd import Kind, judge
from udir_sim.checker.prologue import Prologue
from udir_sim.checker.reading import LENGTH, blocks, irregular, regular, size_of
from udir_sim.checker.tally import Tally
from udir_sim.layout import layout
from udir_sim.rules import Mode, Profile
from udir_sim.rules.checks import Bytes
from udir_sim.rules.checks.rows import every, hex_digit, upper

Numbers = npt.NDArray[np.int64]

_NAMES = slice(layout().field("D08").span.start, layout().field("D09").span.stop)
_STUDENT = layout().field("D02").span


@dataclass(slots=True)
class Part:
    """Some records of a file."""

    rows: Bytes
    """Those to load, shape (records, 246), as the directory keeps them."""
    numbers: Numbers
    """Their record numbers."""
    held: list[bytes] = field(default_factory=list)
    """Student IDs (40 hexadecimal digits) of records that are held: what is in force for them stays."""
    unknown: int = 0
    """Held records that do not tell whose they are."""


def parts(file: BinaryIO, location: str, plan: LoadPlan) -> Iterator[Part]:
    """Yield the records of a file, from its current position on, that are to be loaded, and who is held.

    Args:
        file: the file.
        location: whose; a record of another location is never loaded, whatever the profile made of it.
        plan: of the check.

    """
    prologue = Prologue.of(file, size_of(file), Tally(Mode.LENIENT, Profile(), 0))
    if not prologue.readable:
        return
    held, dropped = _numbers(plan.held), _numbers(plan.dropped)
    file.seek(file.tell() + prologue.skip)
    base = 0
    for block in blocks(file, prologue.ends):
        records = regular(block, prologue.ends) or irregular(block, prologue.ends)
        rows = records.table.rows(np.arange(records.table.count))
        places = np.arange(records.count) if records.places is None else records.places
        part = Part(rows, places + base + 1)
        mended: list[tuple[int, bytes]] = []
        for place, content, length in records.odd:
            _odd(part, mended, base + place + 1, content, length, held)
        base += records.count
        if mended:
            extra = np.frombuffer(b"".join(content for _, content in mended), np.uint8).reshape(-1, LENGTH)
            numbers = np.array([number for number, _ in mended], np.int64)
            order = np.argsort(np.concatenate([part.numbers, numbers]), kind="stable")
            part.rows = np.concatenate([part.rows, extra])[order]
            part.numbers = np.concatenate([part.numbers, numbers])[order]
        yield _chosen(part, location, held, dropped)


def _odd(part: Part, mended: list[tuple[int, bytes]], number: int, content: bytes, length: int, held: Numbers) -> None:
    judged = judge(content, length)
    if judged.kind not in (Kind.DATA, Kind.UNKNOWN):
        return
    if judged.mended is not None and not _has(held, number):
        mended.append((number, judged.mended))
    elif judged.kind is Kind.DATA:
        _hold(part, content[_STUDENT])
    else:
        part.unknown += 1


def _chosen(part: Part, location: str, held: Numbers, dropped: Numbers) -> Part:
    """Take out what is no data record or not to be loaded, noting who is held."""
    rows, numbers = part.rows, part.numbers
    data = (rows[:, 0] != ord("H")) & (rows[:, 0] != ord("T"))
    own = every(rows[:, :2] == np.frombuffer(location.encode(), np.uint8))
    known = every(hex_digit(rows[:, _STUDENT]))
    out = np.isin(numbers, dropped, assume_unique=True)
    good = data & own & known & ~out & ~np.isin(numbers, held, assume_unique=True)
    for row in np.flatnonzero(data & ~good & ~out):
        _hold(part, rows[row, _STUDENT].tobytes())
    part.rows, part.numbers = rows[good], numbers[good]
    names = part.rows[:, _NAMES].copy()
    part.rows = upper(part.rows)
    part.rows[:, _NAMES] = names
    return part


def _hold(part: Part, student: bytes) -> None:
    if bool(every(hex_digit(np.frombuffer(student.ljust(40), np.uint8).reshape(1, -1)))[0]):
        part.held.append(student.upper())
    else:
        part.unknown += 1


def _numbers(values: "array[int]") -> Numbers:
    return np.frombuffer(values, np.dtype(f"u{values.itemsize}")).astype(np.int64) if values else np.zeros(0, np.int64)


def _has(numbers: Numbers, number: int) -> bool:
    place = int(np.searchsorted(numbers, number))
    return place < len(numbers) and int(numbers[place]) == number
