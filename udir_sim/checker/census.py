"""What a file holds, in numbers: students by type and status, release flags, optional fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt

from udir_sim.layout import layout
from udir_sim.rules.checks.rows import Bytes, Mask, Rows, upper

OPTIONAL_FIELDS = ("D03", "D04", "D05", "D06", "D09")
_PLACES = 6
"""More than the letters of any code."""


@cache
def letter_places(field_id: str) -> npt.NDArray[np.uint8]:
    """Return, for each byte, its place among the letters of a code, from 1; 0 for what is no letter of it."""
    table = np.zeros(256, np.uint8)
    for place, letter in enumerate(layout().field(field_id).values, 1):
        table[ord(letter)] = place
    return table


@dataclass(slots=True)
class Census:
    """Counts of data records. ``?`` stands for a code that is none."""

    records: int = 0
    kinds: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(_PLACES * _PLACES, np.int64))
    flags: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(_PLACES, np.int64))
    filled: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OPTIONAL_FIELDS, 0))

    @classmethod
    def of(cls, types: Bytes, statuses: Bytes, flags: Bytes, filled: Mapping[str, Mask], which: Mask) -> "Census":
        """Count some records of a table.

        Args:
            types: place of each type among its letters, see `letter_places`.
            statuses: the same of the statuses.
            flags: the same of the release flags.
            filled: by optional field, where it is not blank.
            which: the records to count.

        """
        kinds = types * np.uint8(_PLACES) + statuses
        if not which.all():
            kinds, flags = kinds[which], flags[which]
        return cls(
            records=len(kinds),
            kinds=np.bincount(kinds, minlength=_PLACES * _PLACES),
            flags=np.bincount(flags, minlength=_PLACES),
            filled={name: int(np.count_nonzero(mask & which)) for name, mask in filled.items()},
        )

    @classmethod
    def of_rows(cls, rows: Rows) -> "Census":
        """Count records that the rules have looked at, in either case of their codes."""
        types, statuses, flags = (
            np.take(letter_places(name), upper(rows.byte(name))) for name in ("D10", "D11", "D07")
        )
        filled = {name: rows.text(name).filled for name in OPTIONAL_FIELDS}
        return cls.of(types, statuses, flags, filled, np.ones(rows.count, np.bool_))

    def add(self, other: "Census") -> None:
        """Add the counts of other records."""
        self.records += other.records
        self.kinds = self.kinds + other.kinds
        self.flags = self.flags + other.flags
        for name, count in other.filled.items():
            self.filled[name] += count

    def by_type_and_status(self) -> dict[str, dict[str, int]]:
        """Return the counts by letters; without empty rows and columns of ``?``."""
        types = ["?", *layout().field("D10").values]
        statuses = ["?", *layout().field("D11").values]
        table = self.kinds.reshape(_PLACES, _PLACES)
        return {
            letter: {
                status: int(table[row, column])
                for column, status in enumerate(statuses)
                if status != "?" or table[row, column]
            }
            for row, letter in enumerate(types)
            if letter != "?" or table[row].any()
        }

    def by_flag(self) -> dict[str, int]:
        """Return the counts of the release flags; ``?`` only where there is one."""
        letters = ["?", *layout().field("D07").values]
        return {
            letter: int(self.flags[place]) for place, letter in enumerate(letters) if letter != "?" or self.flags[0]
        }
