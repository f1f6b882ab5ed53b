"""Numbers that stand for values: equal values have equal keys, and different values almost never do.

Records are compared by key; what looks equal is then confirmed byte by byte (`udir_sim.checker.duplicates`), so a
coincidence costs time and nothing else.
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from udir_sim.rules.checks import Bytes

Keys: TypeAlias = npt.NDArray[np.uint64]
ShortKeys: TypeAlias = npt.NDArray[np.uint32]

# Odd numbers without a pattern, one for each eight bytes of a value.
_FACTORS = np.random.Generator(np.random.PCG64(246)).integers(1 << 62, 1 << 63, 32, dtype=np.uint64) | np.uint64(1)


def key(values: Bytes) -> Keys:
    """Return a key of 64 bits a value; its upper bits are the best mixed ones.

    Args:
        values: shape (records, width), contiguous.

    """
    count, width = values.shape
    if width % 8:
        wide = np.zeros((count, width + 8 - width % 8), np.uint8)
        wide[:, :width] = values
        values = wide
    words = np.ascontiguousarray(values).view(np.uint64)
    total: Keys = words[:, 0] * _FACTORS[0]
    for place in range(1, words.shape[1]):
        total += words[:, place] * _FACTORS[place]
    return total


def short_key(values: Bytes) -> ShortKeys:
    """Return a key of 32 bits a value, never 0: that stands for no value."""
    return shortened(key(values))


def shortened(keys: Keys) -> ShortKeys:
    """Return the upper half of keys, never 0."""
    return np.maximum((keys >> np.uint64(32)).astype(np.uint32), np.uint32(1))
