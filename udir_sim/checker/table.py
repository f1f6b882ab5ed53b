"""Records of one length that stand at even distances in a buffer, seen column by column without copying."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from udir_sim.rules.checks import Bytes


@dataclass(frozen=True, slots=True)
class Table:
    """Records in a buffer."""

    buffer: Any
    """bytes, bytearray, memoryview or array of bytes."""
    count: int
    stride: int
    """Bytes from the start of a record to the start of the next."""
    width: int = 246

    def column(self, start: int, dtype: str) -> npt.NDArray[Any]:
        """Return what stands from a column (from 1) on in each record, as numbers or as opaque bytes (``V40``).

        A view: neither aligned nor contiguous. Copy it before calculating with it.
        """
        return np.ndarray((self.count,), dtype, buffer=self.buffer, offset=start - 1, strides=(self.stride,))

    def columns(self, start: int, width: int) -> Bytes:
        """Return a copy of some columns, shape (records, width)."""
        kind = f"V{width}"
        copy = np.empty(self.count, kind)
        np.copyto(copy, self.column(start, kind))
        return copy.view(np.uint8).reshape(self.count, width)

    def rows(self, which: npt.NDArray[Any]) -> Bytes:
        """Return a copy of some records, shape (records, width)."""
        kind = f"V{self.width}"
        copy: Bytes = self.column(1, kind)[which].view(np.uint8).reshape(len(which), self.width)
        return copy
