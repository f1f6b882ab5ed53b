"""Where each block of the file begins, so that single records can be read again."""

import bisect
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from udir_sim.checker.reading import LENGTH, Block, Ends, irregular, regular
from udir_sim.rules.checks import Bytes

_FEW = 64
"""Records of a block that are read one by one rather than with the whole block."""


@dataclass(slots=True)
class Index:
    """The blocks of a file in order. Not for several threads at once: it moves the file's position."""

    file: BinaryIO
    ends: Ends
    first: list[int] = field(default_factory=list)
    """Number of the first record of each block."""
    offsets: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    strides: list[int] = field(default_factory=list)
    """Bytes from record to record; 0 in a block that is not regular."""

    def add(self, first: int, offset: int, size: int, stride: int) -> None:
        """Add the next block."""
        self.first.append(first)
        self.offsets.append(offset)
        self.sizes.append(size)
        self.strides.append(stride)

    def rows(self, numbers: npt.NDArray[np.int64]) -> Bytes:
        """Return records again, by their numbers, which rise; blanks for records that are too short.

        Returns:
            Shape (records, 246).

        """
        result = np.full((len(numbers), LENGTH), 0x20, np.uint8)
        start = 0
        while start < len(numbers):
            block = bisect.bisect_right(self.first, int(numbers[start])) - 1
            last = self.first[block + 1] if block + 1 < len(self.first) else int(numbers[-1]) + 1
            stop = int(np.searchsorted(numbers, last))
            self._fill(result[start:stop], numbers[start:stop] - self.first[block], block)
            start = stop
        return result

    def _fill(self, target: Bytes, places: npt.NDArray[np.int64], block: int) -> None:
        stride, offset = self.strides[block], self.offsets[block]
        if stride and len(places) < _FEW:
            for row, place in enumerate(places):
                self.file.seek(offset + int(place) * stride)
                target[row] = np.frombuffer(self.file.read(LENGTH), np.uint8)
            return
        self.file.seek(offset)
        part = Block(self.file.read(self.sizes[block]), offset)
        records = regular(part, self.ends) if stride else irregular(part, self.ends)
        if records is None:  # the file has changed while it was checked
            return
        if records.places is None:
            target[:] = records.table.rows(places)
            return
        rows = np.searchsorted(records.places, places)
        odd = {place: content for place, content, _ in records.odd}
        for row, place in enumerate(places):
            if int(place) in odd:
                content = odd[int(place)][:LENGTH].ljust(LENGTH)
                target[row] = np.frombuffer(content, np.uint8)
            else:
                target[row] = records.table.rows(rows[row : row + 1])[0]
