"""Many data records at once: a matrix of bytes, and facts about its fields that several rules share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntFlag
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from udir_sim.layout import layout
from udir_sim.rules.model import Mode
from udir_sim.rules.profile import Profile

Bytes: TypeAlias = npt.NDArray[np.uint8]
Mask: TypeAlias = npt.NDArray[np.bool_]
Numbers: TypeAlias = npt.NDArray[np.int64]

BLANK = 0x20


class Group(IntFlag):
    """Fields that are suspected together by the quick look of the checker."""

    CODES = 1
    DIGESTS = 2
    VENDOR = 4
    IDS = 8
    NAMES = 16
    DATES = 32
    CLEAR = 64
    """Clear fields against digests (UD-S12, UD-S13)."""
    ALL = 127


GROUPS: Mapping[str, Group] = MappingProxyType(
    {
        **dict.fromkeys(("D01", "D07", "D10", "D11"), Group.CODES),
        **dict.fromkeys(("D02", "D04"), Group.DIGESTS),
        "D03": Group.VENDOR,
        **dict.fromkeys(("D05", "D06"), Group.IDS),
        **dict.fromkeys(("D08", "D09"), Group.NAMES),
        **dict.fromkeys(("D12", "D13", "D14", "D15"), Group.DATES),
    }
)
"""By field, the group that it belongs to."""
DATE_FIELDS = ("D12", "D13", "D14", "D15")


@dataclass(frozen=True, slots=True)
class Context:
    """What the rules of data records must know besides the record."""

    mode: Mode
    profile: Profile
    location: bytes | None
    """The header's location; None where the header has none that counts, then records are not held against it."""
    reference_day: date
    """The creation date, or the day of receipt where the header has no date."""


@dataclass(slots=True)
class Text:
    """Facts about one field of many records. Each array has one entry a record."""

    bytes: Bytes
    """Shape (records, columns)."""
    nonblank: Mask = field(init=False)
    """Shape (records, columns)."""
    filled: Mask = field(init=False)
    """Whether anything stands in it."""
    begin: Numbers = field(init=False)
    """Position of the first byte that is not blank, from 0; 0 where all are blank."""
    length: Numbers = field(init=False)
    """Bytes up to the last one that is not blank."""

    def __post_init__(self) -> None:
        self.nonblank = self.bytes != BLANK
        self.filled = some(self.nonblank)
        self.begin = self.nonblank.argmax(axis=1)
        width = self.bytes.shape[1]
        self.length = np.where(self.filled, width - self.nonblank[:, ::-1].argmax(axis=1), 0)

    def only(self, allowed: Mask) -> Mask:
        """Return which values consist of allowed bytes only, from their first column to their last."""
        width = np.arange(self.bytes.shape[1])
        return every(allowed | (width >= self.length[:, None]))

    def embedded_blank(self) -> Mask:
        """Return which values have a blank between two other bytes."""
        found: Mask = self.filled & (self.nonblank.sum(axis=1) != self.length - self.begin)
        return found


class Rows:
    """Data records of 246 bytes each, checked together."""

    def __init__(self, matrix: Bytes, context: Context, groups: Bytes | None = None) -> None:
        """Take records.

        Args:
            matrix: shape (records, 246).
            context: what rules must know besides.
            groups: for each record, the groups whose rules it may break, as bits; None: any.

        """
        self.matrix = matrix
        self.context = context
        self.groups = groups
        self.count = len(matrix)
        self._texts: dict[str, Text] = {}
        self._explained: dict[str, Mask] = {}
        self._days: dict[str, Numbers] = {}
        self._clear: dict[str, tuple[Mask, ...]] = {}
        self._parts: dict[tuple[Among | Group, str], tuple[npt.NDArray[np.intp], Rows]] = {}

    def bytes(self, field_id: str) -> Bytes:
        """Return the columns of a field, shape (records, columns)."""
        return self.matrix[:, layout().field(field_id).span]

    def byte(self, field_id: str) -> Bytes:
        """Return a field of one column, one byte a record."""
        return self.matrix[:, layout().field(field_id).start - 1]

    def text(self, field_id: str) -> Text:
        """Return the facts about a field."""
        if field_id not in self._texts:
            self._texts[field_id] = Text(self.bytes(field_id))
        return self._texts[field_id]

    def none(self) -> Mask:
        """Return a mask with no record in it."""
        return np.zeros(self.count, np.bool_)

    def explained(self, field_id: str) -> Mask:
        """Return in which records a finding has explained a field already: one cause, one finding."""
        if field_id not in self._explained:
            self._explained[field_id] = self.none()
        return self._explained[field_id]

    def explain(self, field_id: str, mask: Mask) -> None:
        """Remember that a finding has explained a field of some records."""
        self._explained[field_id] = self.explained(field_id) | mask

    def day(self, field_id: str) -> Numbers:
        """Return the dates of a field as days since 1 January 1970; `NO_DAY` for what is no day of the calendar."""
        if field_id not in self._days:
            self._days[field_id] = days(self.bytes(field_id))
        return self._days[field_id]

    def part(self, among: "Among", field_id: str) -> "tuple[npt.NDArray[np.intp], Rows]":
        """Return the records that can break a rule at all: their positions, and the records by themselves."""
        if (among, field_id) not in self._parts:
            self._parts[among, field_id] = self._some(among(self, field_id))
        return self._parts[among, field_id]

    def suspected(self, group: Group) -> "tuple[npt.NDArray[np.intp], Rows] | None":
        """Return the records that may break rules of a group: their positions, and by themselves; None for all."""
        if self.groups is None or not group:
            return None
        if (group, "") not in self._parts:
            self._parts[group, ""] = self._some((self.groups & np.uint8(group)) != 0)
        return self._parts[group, ""]

    def _some(self, mask: Mask) -> "tuple[npt.NDArray[np.intp], Rows]":
        places = np.flatnonzero(mask)
        return places, self if len(places) == self.count else Rows(self.matrix[places], self.context)

    def clear_matches(self, field_id: str) -> tuple[Mask, ...]:
        """Return where a clear field may be what was hashed to the Student ID, and where to the SSN."""
        if not self._clear:
            from udir_sim.rules.checks.sha1 import CLEAR_FIELDS, matches  # it stands on this module

            found = matches([self.bytes(each) for each in CLEAR_FIELDS], [self.bytes("D02"), self.bytes("D04")])
            self._clear = dict(zip(CLEAR_FIELDS, found, strict=True))
        return self._clear[field_id]

    def type_letter(self) -> Bytes:
        """Return the student types in upper case."""
        return upper(self.byte("D10"))

    def may_lack_dates(self) -> Mask:
        """Return which records the profile lets go without dates, by type or status."""
        letters = np.frombuffer(self.context.profile.allow_blank_dates_for.encode(), np.uint8)
        return np.isin(self.type_letter(), letters) | np.isin(upper(self.byte("D11")), letters)


Among: TypeAlias = Callable[[Rows, str], Mask]
"""Returns, cheaply, which records can break a rule at all."""

NO_DAY = np.iinfo(np.int64).min


def days(dates: Bytes) -> Numbers:
    """Return dates, eight bytes yyyymmdd each, as days since 1 January 1970; `NO_DAY` for what is no day."""
    digits = dates.astype(np.int64) - ord("0")
    numeric = every((digits >= 0) & (digits <= 9))
    digits[~numeric] = 0
    year = digits[:, :4] @ np.array([1000, 100, 10, 1])
    month = digits[:, 4] * 10 + digits[:, 5]
    day = digits[:, 6] * 10 + digits[:, 7]
    plausible = numeric & (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    months = np.where(plausible, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    first = months.astype("datetime64[D]").astype(np.int64)
    after = (months + 1).astype("datetime64[D]").astype(np.int64)
    result = first + day - 1
    return np.where(plausible & (result < after), result, NO_DAY)


def every(masks: Mask) -> Mask:
    """Return in which rows all columns are set; eight columns at a time where the shape lets us."""
    words = _eights(masks)
    if words is None:
        plain: Mask = np.all(masks, axis=1)
        return plain
    total = words[:, 0].copy()
    for place in range(1, words.shape[1]):
        total &= words[:, place]
    result: Mask = total == _EIGHT_SET
    return result


def some(masks: Mask) -> Mask:
    """Return in which rows any column is set; eight columns at a time where the shape lets us."""
    words = _eights(masks)
    if words is None:
        plain: Mask = np.any(masks, axis=1)
        return plain
    total = words[:, 0].copy()
    for place in range(1, words.shape[1]):
        total |= words[:, place]
    result: Mask = total != 0
    return result


_EIGHT_SET = np.uint64(0x0101010101010101)


def _eights(masks: Mask) -> npt.NDArray[np.uint64] | None:
    if masks.shape[1] % 8 or not masks.flags.c_contiguous or not len(masks):
        return None
    return masks.view(np.uint64)


def upper(values: Bytes) -> Bytes:
    """Return ASCII letters in upper case, all else as it is."""
    lower = between(values, "a", "z").view(np.uint8)
    result: Bytes = values - (lower << np.uint8(5))
    return result


def between(values: Bytes, first: str, last: str) -> Mask:
    """Return which bytes lie between two characters, both included."""
    # Unsigned bytes wrap around below the first, so that one comparison is enough.
    return (values - np.uint8(ord(first))) <= np.uint8(ord(last) - ord(first))


def digit(values: Bytes) -> Mask:
    """Return which bytes are 0-9."""
    return between(values, "0", "9")


def letter(values: Bytes) -> Mask:
    """Return which bytes are A-Z or a-z."""
    return between(values | np.uint8(0x20), "a", "z")


def hex_digit(values: Bytes) -> Mask:
    """Return which bytes are 0-9, A-F or a-f."""
    return digit(values) | between(values | np.uint8(0x20), "a", "f")
