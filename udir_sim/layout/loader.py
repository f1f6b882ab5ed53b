"""Reads ``layout.toml``, once, and makes sure that it describes records without gaps."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from udir_sim.layout.model import Field, Layout, Record

_FILE = Path(__file__).with_name("layout.toml")


@cache
def layout() -> Layout:
    """Return the layout of 31 August 1999."""
    return parse_layout(_FILE.read_text(encoding="utf-8"))


def parse_layout(text: str) -> Layout:
    """Read a layout file.

    Raises:
        ValueError: fields of a record overlap, leave a gap or do not fill it; the message names the field.

    """
    content = tomllib.loads(text)
    length: int = content["length"]
    locations: dict[str, str] = content["locations"]
    records = {record["kind"]: _record(record, locations) for record in content["record"]}
    for record in records.values():
        _check_columns(record, length)
    return Layout(length, locations, records["header"], records["trailer"], records["data"])


def _record(content: dict[str, Any], locations: dict[str, str]) -> Record:
    return Record(
        kind=content["kind"],
        code=content["code"],
        cobol=content["cobol"],
        fields=tuple(_field(field, locations) for field in content["fields"]),
    )


def _field(content: dict[str, Any], locations: dict[str, str]) -> Field:
    values = content.get("values", {})
    return Field(
        id=content["id"],
        name=content["name"],
        start=content["start"],
        length=content["length"],
        kind=content["kind"],
        blank=content.get("blank", False),
        values=locations if values == "locations" else values,
        show=content["show"],
        cobol=content["cobol"],
        note=content.get("note", ""),
    )


def _check_columns(record: Record, length: int) -> None:
    expected = 1
    for field in record.fields:
        if field.start != expected:
            raise ValueError(f"{field.id} of the {record.kind} record starts in column {field.start}, not {expected}")
        expected = field.end + 1
    if expected != length + 1:
        raise ValueError(f"the {record.kind} record ends in column {expected - 1}, not {length}")
