"""The records and fields of the file, and where each stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

FieldKind = Literal["code", "date", "count", "hash", "text", "name", "filler"]
RecordKind = Literal["header", "trailer", "data"]
Show = Literal["value", "shape", "nothing"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record. Columns are counted from 1, in bytes."""

    id: str
    name: str
    start: int
    length: int
    kind: FieldKind
    blank: bool
    """Whether the whole field may be blank."""
    values: Mapping[str, str]
    """The codes that may stand here and their meaning; empty where the field is no code."""
    show: Show
    """What a report may show of a wrong value."""
    cobol: str
    note: str

    @property
    def end(self) -> int:
        """The last column."""
        return self.start + self.length - 1

    @property
    def span(self) -> slice:
        """Where the field stands in the bytes of a record."""
        return slice(self.start - 1, self.end)

    @property
    def columns(self) -> tuple[int, int]:
        """First and last column."""
        return (self.start, self.end)


@dataclass(frozen=True, slots=True)
class Record:
    """One kind of record."""

    kind: RecordKind
    code: str
    """What stands in column 1; a data record has no code, it begins with the digits of its location."""
    cobol: str
    fields: tuple[Field, ...]

    def field(self, field_id: str) -> Field:
        """Return a field by its id.

        Raises:
            KeyError: the record has no such field.

        """
        for field in self.fields:
            if field.id == field_id:
                return field
        raise KeyError(f"no field {field_id!r} in the {self.kind} record; there are {[f.id for f in self.fields]}")


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole file."""

    length: int
    """Bytes of every record, without its line end."""
    locations: Mapping[str, str]
    header: Record
    trailer: Record
    data: Record

    def field(self, field_id: str) -> Field:
        """Return a field of any record by its id, whose first letter names the record: ``H02``, ``D15``.

        Raises:
            KeyError: there is no such field.

        """
        records = {"H": self.header, "T": self.trailer, "D": self.data}
        if field_id[:1] not in records:
            raise KeyError(f"no field {field_id!r}: its first letter is H, T or D")
        return records[field_id[0]].field(field_id)
