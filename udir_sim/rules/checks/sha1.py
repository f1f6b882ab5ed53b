"""SHA-1 of many short values at once: whether a clear field is what was hashed (UD-S12, UD-S13).

hashlib takes one value a call and holds Python's lock meanwhile; three clear fields in each of a million records would
take two seconds. Here each step of the algorithm (FIPS 180-1) is done for thousands of values by numpy, which lets
other threads run. Only the last of the five words of a digest is computed, four steps early, and compared; the few
values that match are confirmed with hashlib by the caller.
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from udir_sim.rules.checks.rows import BLANK, Bytes, Mask, some

Words: TypeAlias = npt.NDArray[np.uint32]

CLEAR_FIELDS = ("D03", "D05", "D06")
_START = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0)
_CONSTANTS = (0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6)
_STEPS = 76
"""Of 80: the last word of the digest is what the first word of the state was after 76 steps, rotated."""


def matches(fields: Sequence[Bytes], digests: Sequence[Bytes]) -> list[tuple[Mask, ...]]:
    """Return which values, without blanks around them, end in the same 32 bits as the digests beside them.

    Args:
        fields: clear fields, each of shape (records, up to 55 columns).
        digests: hash fields, each of shape (records, 40): hexadecimal digits in either case.

    Returns:
        For each clear field one mask a hash field. A blank value has no match.

    """
    wanted = [tails(digest) for digest in digests]
    found = []
    filled = [np.flatnonzero(some(values != BLANK)) for values in fields]
    messages = [padded(values[which]) for values, which in zip(fields, filled, strict=True)]
    ends = last_words(np.concatenate(messages, axis=1))
    begin = 0
    for values, which in zip(fields, filled, strict=True):
        own = ends[begin : begin + len(which)]
        begin += len(which)
        masks = tuple(np.zeros(len(values), np.bool_) for _ in digests)
        for mask, digest in zip(masks, wanted, strict=True):
            mask[which] = own == digest[which]
        found.append(masks)
    return found


def padded(values: Bytes) -> Words:
    """Return one message block of 16 words a value, shape (16, records): stripped of blanks, padded as SHA-1 wants."""
    count, width = values.shape
    nonblank = values != BLANK
    if not nonblank[:, 0].all():
        begin = nonblank.argmax(axis=1)
        columns = np.arange(width) + begin[:, None]
        moved = np.take_along_axis(values, np.minimum(columns, width - 1), axis=1)
        values = np.where(columns < width, moved, np.uint8(BLANK))
        nonblank = values != BLANK
    length = width - nonblank[:, ::-1].argmax(axis=1)
    block = np.zeros((count, (width + 4) & ~3), np.uint8)
    block[:, :width] = values
    block[:, :width] *= np.arange(width) < length[:, None]
    block[np.arange(count), length] = 0x80
    message = np.zeros((16, count), np.uint32)
    message[: block.shape[1] // 4] = block.view(">u4").T
    message[15] = length * 8
    return message


def tails(digests: Bytes) -> Words:
    """Return the last 8 of 40 hexadecimal digits as a number."""
    nibbles = ((digests[:, 32:] & 0x0F) + 9 * (digests[:, 32:] >> 6)).astype(np.uint32)
    result = np.zeros(len(digests), np.uint32)
    for column in range(8):
        result = (result << np.uint32(4)) | nibbles[:, column]
    return result


def last_words(message: Words) -> Words:
    """Return the last word of the digest of each message block, shape (16, records). The blocks are overwritten."""
    count = message.shape[1]
    w = list(message)
    a, b, c, d, e = (np.full(count, word, np.uint32) for word in _START)
    t, u = np.empty(count, np.uint32), np.empty(count, np.uint32)
    for step in range(_STEPS):
        word = w[step & 15]
        if step >= 16:
            word ^= w[(step - 3) & 15]
            word ^= w[(step - 8) & 15]
            word ^= w[(step - 14) & 15]
            _rotate(word, 1, t)
        _mix(step // 20, b, c, d, t, u)
        e += t
        e += word
        e += np.uint32(_CONSTANTS[step // 20])
        np.left_shift(a, 5, out=t)
        np.right_shift(a, 27, out=u)
        t |= u
        e += t
        _rotate(b, 30, t)
        a, b, c, d, e = e, a, b, c, d
    _rotate(a, 30, t)
    a += np.uint32(_START[4])
    return a


def _mix(quarter: int, b: Words, c: Words, d: Words, t: Words, u: Words) -> None:
    """Put the round function of b, c and d into t."""
    if quarter == 0:  # b chooses between c and d
        np.bitwise_xor(c, d, out=t)
        t &= b
        t ^= d
    elif quarter == 2:  # the majority of the three
        np.bitwise_xor(b, c, out=t)
        np.bitwise_xor(b, d, out=u)
        t &= u
        t ^= b
    else:
        np.bitwise_xor(b, c, out=t)
        t ^= d


def _rotate(word: Words, by: int, scratch: Words) -> None:
    """Rotate to the left, in place."""
    np.left_shift(word, by, out=scratch)
    np.right_shift(word, 32 - by, out=word)
    word |= scratch
