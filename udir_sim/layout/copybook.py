"""The layout as a COBOL copybook, for the programs that write most of these files."""

import textwrap

from udir_sim.layout.model import Field, Layout, Record

_LAST_COLUMN = 72
_COMMENT = "      *> "
_NUMERIC_KINDS = frozenset({"count"})


def copybook(layout: Layout) -> str:
    """Return the copybook: one 01 level a record, all three to stand under one FD."""
    lines = [
        f"{'':6}*> UDIRSTUD, {layout.length} bytes a record (made by udir-sim).",
        "",
    ]
    for record in (layout.header, layout.data, layout.trailer):
        lines += [*_record(record), ""]
    return "\n".join(lines)


def _record(record: Record) -> list[str]:
    lines = [f"{'':7}01  {record.cobol}."]
    for field in record.fields:
        about = f"{field.start}-{field.end} {field.name}{'; ' + field.note if field.note else ''}"
        lines += textwrap.wrap(about, _LAST_COLUMN, initial_indent=_COMMENT, subsequent_indent=_COMMENT)
        lines.append(f"{'':11}05  {field.cobol:<24} PIC {_picture(field)}.")
        lines += _conditions(field)
    return lines


def _picture(field: Field) -> str:
    return f"{'9' if field.kind in _NUMERIC_KINDS else 'X'}({field.length:02})"


def _conditions(field: Field) -> list[str]:
    """Return the level 88 names of a code with few letters; locations stay a table of the program's own."""
    if field.kind != "code" or field.length != 1:
        return []
    stem = field.cobol
    return [f"{'':15}88  {stem + '-' + code:<24} VALUE '{code}'." for code in field.values]
