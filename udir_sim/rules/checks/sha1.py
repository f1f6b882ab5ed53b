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
_CONSTANTS = tuple(np.uint32(each) for each in (0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6))
_ROWS = 23
"""Rows of memory: 16 words of the message, 5 of the state, 2 to calculate in."""
_1, _2, _5, _27, _30, _31 = (np.uint32(bits) for bits in (1, 2, 5, 27, 30, 31))
_NIBBLES, _ONES = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x0101010101010101)
_FEW = 0.5
"""Share of values that are not blank below which these are picked out."""
_STEPS = 76
"""Of 80: the last word of the digest is what the first word of the state was after 76 steps, rotated."""


class Workspace:
    """Memory that one thread uses again and again: taking it from the system each time costs as much as hashing."""

    def __init__(self) -> None:
        self._words = np.zeros((_ROWS, 0), np.uint32)

    def rows(self, count: int) -> Words:
        """Return 16 rows for messages and 7 for the algorithm, of a number of values; what they hold is left over."""
        if self._words.shape[1] < count:
            self._words = np.zeros((_ROWS, count), np.uint32)
        return self._words[:, :count]


def matches(
    fields: Sequence[Bytes], digests: Sequence[Bytes], workspace: Workspace | None = None
) -> list[tuple[Mask, ...]]:
    """Return which values, without blanks around them, end in the same 32 bits as the digests beside them.

    Args:
        fields: clear fields, each of shape (records, up to 55 columns).
        digests: hash fields, each of shape (records, 40): hexadecimal digits in either case.
        workspace: the thread's own.

    Returns:
        For each clear field one mask a hash field. A blank value has no match.

    """
    wanted = [tails(digest) for digest in digests]
    picked: list[npt.NDArray[np.intp] | None] = []
    values: list[Bytes] = []
    for field in fields:
        filled = field[:, 0] != BLANK
        if not filled.all():
            filled = some(field != BLANK)
        # Blank values are hashed along with the others, since picking costs more, unless most are blank.
        few = np.count_nonzero(filled) < _FEW * len(filled)
        picked.append(np.flatnonzero(filled) if few else None)
        values.append(field[filled] if few else field)
    rows = (workspace or Workspace()).rows(sum(map(len, values)))
    lengths = []
    begin = 0
    for part in values:
        lengths.append(pad(part, rows[:16, begin : begin + len(part)]))
        begin += len(part)
    ends = last_words(rows)
    found = []
    begin = 0
    for length, which, field in zip(lengths, picked, fields, strict=True):
        own = ends[begin : begin + len(length)]
        begin += len(length)
        masks = []
        for digest in wanted:
            if which is None:
                mask = (own == digest) & (length != 0)
            else:
                mask = np.zeros(len(field), np.bool_)
                mask[which] = own == digest[which]
            masks.append(mask)
        found.append(tuple(masks))
    return found


def pad(values: Bytes, message: Words) -> npt.NDArray[np.int64]:
    """Write message blocks of 16 words, shape (16, records): values without blanks around them, padded as SHA-1 wants.

    Returns:
        The lengths of the values.

    """
    count, width = values.shape
    block = np.zeros((count, (width + 8) & ~7), np.uint8)
    block[:, :width] = values
    filled = block != BLANK
    filled[:, width:] = False
    if (filled[:, 1:] > filled[:, :-1]).any():
        length = _moved_to_the_left(block, width)
    else:
        # Each value ends at its first blank: count the bytes before, eight at a time.
        block *= filled.view(np.uint8)
        eights = filled.view(np.uint64)
        total = eights[:, 0].copy()
        for place in range(1, eights.shape[1]):
            total += eights[:, place]
        length = ((total * np.uint64(0x0101010101010101)) >> np.uint64(56)).view(np.int64)
    block[np.arange(count), length] = 0x80
    words = block.shape[1] // 4
    message[:words] = block.view(">u4").T
    message[words:15] = 0
    message[15] = length * 8
    return length


def _moved_to_the_left(block: Bytes, width: int) -> npt.NDArray[np.int64]:
    """Strip values of the blanks around them, in place; return their lengths. Blanks inside stay."""
    nonblank = block[:, :width] != BLANK
    begin = nonblank.argmax(axis=1)
    length: npt.NDArray[np.int64] = width - nonblank[:, ::-1].argmax(axis=1) - begin
    columns = np.arange(width)
    moved = np.take_along_axis(block[:, :width], np.minimum(columns + begin[:, None], width - 1), axis=1)
    block[:, :width] = np.where(columns < length[:, None], moved, np.uint8(0))
    return length


def tails(digests: Bytes) -> Words:
    """Return the last 8 of 40 hexadecimal digits, in either case, as a number."""
    x = np.ascontiguousarray(digests[:, 32:]).view(np.uint64).ravel()
    # A letter has bit 6, a digit has not: digits are their low four bits, letters nine more.
    x = (x & _NIBBLES) + np.uint64(9) * ((x >> np.uint64(6)) & _ONES)
    # The first digit is the lowest byte and the highest nibble: join neighbours, then pairs, then fours.
    for bits, mask in ((4, 0x00FF00FF00FF00FF), (8, 0x0000FFFF0000FFFF), (16, 0x00000000FFFFFFFF)):
        x = ((x << np.uint64(bits)) | (x >> np.uint64(2 * bits))) & np.uint64(mask)
    return x.astype(np.uint32)


def last_words(rows: Words) -> Words:
    """Return the last word of the digest of each message.

    Args:
        rows: shape (23, records): the 16 words of the messages, which are overwritten, and 7 rows to work in.

    """
    w = list(rows[:16])
    # Most of a short message is zeroes; what is zero for all of them needs no arithmetic.
    zero = [not word.any() for word in w]
    a, b, c, d, e, t, u = rows[16:]
    for row, start in zip((a, b, c, d, e), _START, strict=True):
        row[:] = start
    for step in range(_STEPS):
        place = step & 15
        if step >= 16:
            zero[place] = _schedule(w, zero, step, t)
        _mix(step // 20, b, c, d, t, u)
        np.add(e, t, out=e)
        if not zero[place]:
            np.add(e, w[place], out=e)
        np.add(e, _CONSTANTS[step // 20], out=e)
        np.left_shift(a, _5, out=t)
        np.right_shift(a, _27, out=u)
        np.bitwise_or(t, u, out=t)
        np.add(e, t, out=e)
        np.left_shift(b, _30, out=t)
        np.right_shift(b, _2, out=b)
        np.bitwise_or(b, t, out=b)
        a, b, c, d, e = e, a, b, c, d
    result: Words = ((a << _30) | (a >> _2)) + np.uint32(_START[4])
    return result


def _schedule(w: list[Words], zero: list[bool], step: int, scratch: Words) -> bool:
    """Put the word of a step where the word of 16 steps before stood; return whether it is zero for all messages."""
    place = step & 15
    empty = zero[place]
    for before in (3, 8, 14):
        other = (step - before) & 15
        if zero[other]:
            continue
        if empty:
            np.copyto(w[place], w[other])
        else:
            np.bitwise_xor(w[place], w[other], out=w[place])
        empty = False
    if not empty:
        np.right_shift(w[place], _31, out=scratch)
        np.left_shift(w[place], _1, out=w[place])
        np.bitwise_or(w[place], scratch, out=w[place])
    return empty


def _mix(quarter: int, b: Words, c: Words, d: Words, t: Words, u: Words) -> None:
    """Put the round function of b, c and d into t."""
    if quarter == 0:  # b chooses between c and d
        np.bitwise_xor(c, d, out=t)
        np.bitwise_and(t, b, out=t)
        np.bitwise_xor(t, d, out=t)
    elif quarter == 2:  # the majority of the three
        np.bitwise_xor(b, c, out=t)
        np.bitwise_xor(b, d, out=u)
        np.bitwise_and(t, u, out=t)
        np.bitwise_xor(t, b, out=t)
    else:
        np.bitwise_xor(b, c, out=t)
        np.bitwise_xor(t, d, out=t)
