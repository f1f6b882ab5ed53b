"""A record under a ruler of columns, and values masked as far as their field demands."""

import re
from itertools import groupby

from udir_sim.layout.model import Field, Layout, Record

MASK = "#"
_HEX_LETTERS = frozenset("ABCDEFabcdef")
_HEX = _HEX_LETTERS | frozenset("0123456789")
_BEGINNING = re.compile(rb"[HTACD]?(?:0[0-9]|1[01])")
"""A record code, or an action code of a draft, and a location."""


def record_of(layout: Layout, record: bytes) -> Record:
    """Return which kind of record this is by its first column."""
    if record[:1] == b"H":
        return layout.header
    return layout.trailer if record[:1] == b"T" else layout.data


def shape(value: bytes) -> str:
    """Return the shape of a value, runs counted as in a COBOL picture: ``A9(8)``, blanks as ``·``.

    ``A`` upper-case, ``a`` lower-case, ``9`` digit; other printable characters stay; ``?`` is any other byte.
    """
    return _runs("".join(_kind(byte) for byte in value))


def digest_shape(value: bytes) -> str:
    """Return the shape of what stands in a hash field: ``H(40)`` for digits of a digest, ``9(9)`` for bare numbers.

    Where the letters of a digest stand would be enough to find the number behind it, so they look like its digits.
    """
    if not any(chr(byte) in _HEX_LETTERS for byte in value):
        return shape(value)
    return _runs("".join("H" if chr(byte) in _HEX else _kind(byte) for byte in value))


def _runs(kinds: str) -> str:
    parts = []
    for kind, run in groupby(kinds):
        count = len(list(run))
        parts.append(kind if count == 1 else f"{kind}({count})")
    return "".join(parts)


def _kind(byte: int) -> str:
    character = chr(byte)
    if "0" <= character <= "9":
        return "9"
    if "A" <= character <= "Z":
        return "A"
    if "a" <= character <= "z":
        return "a"
    if character == " ":
        return "·"
    return character if "!" <= character <= "~" else "?"


def shown(field: Field, value: bytes) -> str:
    """Return what a report may show of a wrong value: the value, its shape, or ``""``.

    A value is only shown where it looks like one of its field. In a record whose columns have shifted anything can
    stand in a date or a code, also part of a name or a digest.
    """
    if field.show == "nothing":
        return ""
    if field.show == "value" and _harmless(field, value):
        return value.decode("ascii").replace(" ", "·")
    return digest_shape(value) if field.kind == "hash" else shape(value)


def _harmless(field: Field, value: bytes) -> bool:
    if field.length == 1:
        return 0x20 <= value[0] <= 0x7E if value else True
    text = value.replace(b"-", b"").replace(b"/", b"").replace(b" ", b"")
    if text and not text.isdigit():
        return False
    if field.kind == "date":
        return text[:2] in (b"18", b"19", b"20", b"99", b"00", b"") or len(text) <= 6 or text[4:6] in (b"19", b"20")
    return True


def ruler(masked: str, columns: tuple[int, int] | None = None, width: int = 82) -> list[str]:
    """Return a record as lines of text under a ruler.

    Args:
        masked: what `masked_record` returned.
        columns: first and last column to be marked with ``^``.
        width: columns a line. Three lines of 82 hold a record.

    """
    lines = []
    for start in range(0, len(masked), width):
        part = masked[start : start + width]
        marks = "" if columns is None else _marks(start, len(part), columns)
        if columns is not None and not marks:
            continue  # only the part of the record that matters
        lines += [f"{start + 1:>4} {_scale(start, len(part))}", f"{'':>4} {part}"]
        if marks:
            lines.append(f"{'':>4} {marks}")
    return lines


def _marks(start: int, length: int, columns: tuple[int, int]) -> str:
    first, last = columns
    return "".join("^" if first <= start + place + 1 <= last else " " for place in range(length)).rstrip()


def masked_record(layout: Layout, record: bytes) -> str:
    """Return a record as text: personal fields and fillers as ``#`` where they are not blank, blanks as ``·``.

    Of a record that has not its length only a known beginning is shown, since columns have shifted.
    """
    kind = record_of(layout, record)
    if len(record) != layout.length:
        known = _BEGINNING.match(record)
        start = known.end() if known else 0
        return record[:start].decode("ascii") + "".join(_hidden(byte) for byte in record[start:500])
    parts = []
    for field in kind.fields:
        value = record[field.span]
        open_value = field.show == "value" and _harmless(field, value)
        parts.append("".join(_character(byte) if open_value else _hidden(byte) for byte in value))
    return "".join(parts)


def _character(byte: int) -> str:
    if byte == 0x20:
        return "·"
    return chr(byte) if 0x20 < byte < 0x7F else "?"


def _hidden(byte: int) -> str:
    return "·" if byte == 0x20 else MASK


def _scale(start: int, length: int) -> str:
    """Return ``----+----1----+``: a plus at every fifth column, the tens at every tenth."""
    return "".join(
        str(column // 10 % 10) if column % 10 == 0 else "+" if column % 5 == 0 else "-"
        for column in range(start + 1, start + length + 1)
    )
