"""The code tables: ``tables/<name>.csv``, one row per code.

Every file begins with the columns ``code,words,schema``; where the official table qualifies its codes, more
follow:

``words``
    What forms and messages print for the code, as the official lookup tables spell it. Empty where no
    published table explains the code (`UNEXPLAINED` lists these); `Table.words` then answers with the code.
``schema``
    The names, separated by blanks, of the simple types in SEVISTable.xsd that list the code; empty where a
    table has a code that the schemas refuse. Two names mean that two elements accept different parts of the
    table (``M`` and ``F`` are in both gender types, ``U`` only in that of students). SEVISTable.xsd is
    generated from this column, so where table and schema differ the schema has won. Two lists have no named
    type in the official schemas: ``AcademicTermType`` and ``ExplanationCodeType``.
``f1``, ``m1``
    Y or N: whether the code may be used for that class of student.
``minimum``, ``minimum_government``, ``maximum``, ``extension`` (table ``ev-duration``)
    ISO 8601 durations of a program, the second for sponsors G-1 to G-3; empty where there is no such limit.
    Y where the State Department may grant more than the maximum.
``minimum``, ``maximum`` (table ``ev-age``)
    Age in years on the first day of the program.

Codes are padded as the schemas want them (``01``, not ``1``); some official tables have lost their zeroes.
"""

import csv
import functools
from collections.abc import Iterator, Mapping
from importlib import resources
from types import MappingProxyType

UNEXPLAINED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "ev-end-reason": frozenset({"APED", "CSHS", "IFS", "MEHE", "MEHF", "POCE"}),
        "occupation-category": frozenset({"06"}),
        "passport-country": frozenset({"RB"}),
        "student-reprint-reason": frozenset({"53"}),
        "subject": frozenset({"90.0101"}),
    }
)
"""Codes that the schemas list and no published table puts into words."""


class Table:
    """One immutable code table. Iterating gives its codes in the order of the file."""

    __slots__ = ("_rows", "name")

    def __init__(self, name: str, rows: Mapping[str, Mapping[str, str]]) -> None:
        self.name = name
        self._rows = MappingProxyType({code: MappingProxyType(dict(row)) for code, row in rows.items()})

    def words(self, code: str) -> str:
        """Return the words of a code; the bare code where there are none or the table does not have it."""
        row = self._rows.get(code)
        return (row["words"] if row else "") or code

    def codes(self, schema_only: bool = False) -> tuple[str, ...]:
        """Return the codes in the file's order; with ``schema_only`` those that some schema type lists."""
        return tuple(code for code, row in self._rows.items() if row["schema"] or not schema_only)

    def listed(self, type_name: str) -> tuple[str, ...]:
        """Return the codes that one simple type of SEVISTable.xsd lists, in the order of the file."""
        return tuple(code for code, row in self._rows.items() if type_name in row["schema"].split())

    def row(self, code: str) -> Mapping[str, str] | None:
        """Return all columns of a code, or None if the table does not have it."""
        return self._rows.get(code)

    def __contains__(self, code: object) -> bool:
        return code in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __repr__(self) -> str:
        return f"<Table {self.name}: {len(self)} codes>"


@functools.cache
def table(name: str) -> Table:
    """Return the code table of ``tables/<name>.csv``.

    Raises:
        KeyError: there is no such table; the message lists those that exist.
        ValueError: the file is damaged; the message names file, line and expectation.
    """
    if name not in names():
        raise KeyError(f"no code table {name!r}; there are: {', '.join(names())}")
    file = resources.files("sevis_sim.codes").joinpath("tables", f"{name}.csv")
    reader = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    if list(reader.fieldnames or ())[:3] != ["code", "words", "schema"]:
        raise ValueError(f"{file}: line 1: expected the columns code,words,schema first")
    width = len(reader.fieldnames or ())
    rows: dict[str, dict[str, str]] = {}
    for row in reader:
        if None in row or None in row.values():
            raise ValueError(f"{file}: line {reader.line_num}: expected {width} values")
        if row["code"] in rows:
            raise ValueError(f"{file}: line {reader.line_num}: {row['code']!r} stands twice; remove one")
        rows[row["code"]] = row
    return Table(name, rows)


@functools.cache
def names() -> tuple[str, ...]:
    """Return the names of all code tables, in alphabetical order."""
    folder = resources.files("sevis_sim.codes").joinpath("tables")
    return tuple(sorted(f.name.removesuffix(".csv") for f in folder.iterdir() if f.name.endswith(".csv")))
