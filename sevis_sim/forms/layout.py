"""Layout files: what stands where on a form. One TOML file per form, read and checked once.

```toml
form = "I-20"                    # FormRequest.form
edition = "SIM-I20 v1"           # printed at the foot of each page
title = "…"                      # the band at the top; must say TEST ONLY
person = {principal = "data/PersonalInfo", dependent = "dependent"}   # where the path root `person` leads
sources.principal = {person = "…", data = "…"}    # what the list of sources calls each path root
maps.english = {true = "Required"}                 # word lists for the formatter `map`

[[running]]                      # rows at the top of each page
[[blocks]]
title = "PROGRAM OF STUDY"
page = true                      # begin a new page
print = "principal"              # or "dependent": the block is on that person's form only
blank = "dependent"              # labels stay, values are left out on that person's form
style = "above"                  # of its cells, see marks.STYLES
rows = [[{label = "MAJOR 1", value = "{data/EducationalInfo/MajorCode1|words:subject}", span = 6}]]
each = ["data/CPTEmployment"]    # instead: a table, a row per element of these lists: path root `item`, `item/list`
skip = {Status = ["CANCELED"]}   # leave out elements on the way whose child has one of these values
count = 4                        # instead: a table of so many rows
columns = [{label = "START DATE", value = "{item/StartDate|date-long}", span = 3}]
empty = "NONE"                   # a table's row where the list is empty
list = "sources"                 # instead: the list of printed fields and the elements they come from
```

Cells take 12 columns a row. A cell's `name` is its key in the printed values (default: its label), `source` replaces
what the list of sources would say, `style` that of the block; a row whose first cell has a `when` is left out where
that is blank.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast

from sevis_sim.forms.context import ROOTS
from sevis_sim.forms.errors import LayoutError
from sevis_sim.forms.expression import Expression, compile_text, literal
from sevis_sim.forms.formatters import Maps
from sevis_sim.forms.styles import STYLES, Style

Who = Literal["principal", "dependent"]
COLUMNS = 12

_FILES = {"I-20": "i20.toml", "DS-2019": "ds2019.toml"}
_BLOCK_KEYS = frozenset(
    {"title", "page", "print", "blank", "style", "rows", "each", "skip", "count", "columns", "empty", "list"}
)
_CELL_KEYS = frozenset({"label", "value", "span", "name", "source", "style", "when"})
_WHO = frozenset({"principal", "dependent"})
_TEST_ONLY = "TEST ONLY"


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """One field: its label, where its value comes from, and its place in the row."""

    label: Expression
    value: Expression
    column: int
    """First of the 12 columns that it takes."""
    span: int
    style: Style
    name: str
    source: str
    when: Expression | None


Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A titled group of rows, or a table, or the list of sources."""

    title: str
    rows: tuple[Row, ...] = ()
    page: bool = False
    each: tuple[tuple[str, ...], ...] = ()
    """Paths of the lists that a table has a row for each element of."""
    skip: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Elements on these paths are left out where a child, by its name, has one of these values."""
    count: int = 0
    columns: Row = ()
    head: Row = ()
    """A table's column labels, as a row."""
    empty: Row = ()


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """A form as printed for one kind of person."""

    form: str
    edition: str
    title: str
    subject: str
    person: tuple[str, ...]
    running: tuple[Row, ...]
    blocks: tuple[Block, ...]


@cache
def load(form: str, who: Who) -> Layout:
    """Return the shipped layout of a form for a principal or a dependent.

    Raises:
        LayoutError: no such form, or a file that is written wrongly.
    """
    if form not in _FILES:
        raise LayoutError(f"no layout for the form {form!r}; there are {', '.join(_FILES)}")
    file = files("sevis_sim.forms").joinpath("layouts", _FILES[form])
    return parse(file.read_text(encoding="utf-8"), who, _FILES[form])


def parse(text: str, who: Who, name: str) -> Layout:
    """Read a layout.

    Raises:
        LayoutError: names ``name``, the block and cell, what is expected and how to mend it.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LayoutError(f"{name}: not TOML: {error}") from error
    return _Reader(name, who, raw).layout()


@dataclass(slots=True)
class _Reader:
    name: str
    who: Who
    raw: Mapping[str, Any]
    fields: list[tuple[str, str]] = field(default_factory=list)
    """What the list of sources will say: field and source, in the order of print."""

    def layout(self) -> Layout:
        raw = self.raw
        for key in ("form", "edition", "title", "subject", "person", "sources", "blocks"):
            if key not in raw:
                raise LayoutError(f"{self.name}: {key} is missing; see sevis_sim/forms/layout.py for the keys")
        for key in ("title", "subject"):
            if _TEST_ONLY not in raw[key]:
                raise LayoutError(f"{self.name}: {key} must say {_TEST_ONLY}")
        running = self.rows(raw.get("running", []), "line", "running")
        self.fields.clear()
        blocks: list[Block] = []
        for number, block in enumerate(raw["blocks"], start=1):
            place = f"block {number} ({block.get('title', 'no title')})"
            self.known(block, _BLOCK_KEYS, place)
            for key in ("print", "blank"):
                if block.get(key, "principal") not in _WHO:
                    raise LayoutError(f"{self.name}: {place}: {key} is principal or dependent, not {block[key]!r}")
            if block.get("print", self.who) == self.who:
                blocks.append(self.block(block, place))
        return Layout(
            form=raw["form"],
            edition=raw["edition"],
            title=raw["title"],
            subject=raw["subject"],
            person=tuple(raw["person"][self.who].split("/")),
            running=running,
            blocks=tuple(blocks),
        )

    def block(self, raw: Mapping[str, Any], place: str) -> Block:
        kinds = [key for key in ("rows", "each", "count", "list") if key in raw]
        if len(kinds) != 1:
            raise LayoutError(f"{self.name}: {place}: give one of rows, each, count, list; found {kinds}")
        title, page = raw.get("title", ""), bool(raw.get("page"))
        blank = raw.get("blank") == self.who
        style = raw.get("style", "above")
        if "list" in raw:
            return Block(title, self.source_rows(), page)
        if "rows" in raw:
            self.fields.append((title, ""))
            return Block(title, self.rows(raw["rows"], style, place, blank), page)
        if "columns" not in raw:
            raise LayoutError(f"{self.name}: {place}: a table needs columns")
        self.fields.append((title, ""))
        columns = self.row(raw["columns"], "plain", place, blank)
        return Block(
            title,
            page=page,
            each=tuple(tuple(path.split("/")) for path in raw.get("each", ())) if not blank else (),
            skip={name: frozenset(values) for name, values in raw.get("skip", {}).items()},
            count=raw.get("count", 0),
            columns=columns,
            head=tuple(self.relabelled(cell) for cell in columns),
            empty=(self.literal(raw.get("empty", "NONE"), COLUMNS, "plain"),),
        )

    def rows(self, raw: list[Any], style: str, place: str, blank: bool = False) -> tuple[Row, ...]:
        return tuple(self.row(row, style, f"{place}, row {number}", blank) for number, row in enumerate(raw, start=1))

    def row(self, raw: list[Mapping[str, Any]], style: str, place: str, blank: bool) -> Row:
        cells: list[Cell] = []
        column = 0
        for number, one in enumerate(raw, start=1):
            where = f"{self.name}: {place}, cell {number}"
            self.known(one, _CELL_KEYS, f"{place}, cell {number}")
            look = one.get("style", style)
            if look not in STYLES:
                raise LayoutError(f"{where}: no style {look!r}; there are {', '.join(STYLES)}")
            span = one.get("span", COLUMNS)
            if not (isinstance(span, int) and 0 < span <= COLUMNS - column):
                raise LayoutError(f"{where}: span {span!r} does not fit; a row has {COLUMNS} columns in all")
            label, value, when = (self.text(one.get(key, ""), where) for key in ("label", "value", "when"))
            name = one.get("name", one.get("label", ""))
            source = "" if blank else one.get("source") or self.source(label, value)
            if source and name:
                self.fields.append((name, source))
            if blank:
                label, value, when = literal(name), literal(""), literal("")
            cells.append(
                Cell(label, value, column, span, STYLES[look], name, source, when if one.get("when") else None)
            )
            column += span
        return tuple(cells)

    def text(self, source: str, where: str) -> Expression:
        maps = cast("Maps", self.raw.get("maps", {}))
        compiled = compile_text(source, maps, where)
        for path in compiled.paths:
            if path.split("/")[0] not in ROOTS:
                raise LayoutError(f"{where}: the path {path} begins with none of {', '.join(sorted(ROOTS))}")
        return compiled

    def source(self, *expressions: Expression) -> str:
        """Say where a field's value comes from, in the words of ``sources``."""
        named: Mapping[str, str] = self.raw["sources"][self.who]
        found: dict[str, list[str]] = {}
        for path in dict.fromkeys(path for one in expressions for path in one.paths):
            root, _, rest = path.partition("/")
            if path in named:
                found.setdefault(named[path], [])
            elif root in named and named[root].endswith(":"):
                found.setdefault(named[root], []).append(rest)
            elif root in named:
                found.setdefault(f"{named[root]}/{rest}".strip("/"), [])
        return ", ".join(f"{first} {', '.join(rest)}".strip() for first, rest in found.items())

    def source_rows(self) -> tuple[Row, ...]:
        """List the fields under the titles of their blocks, two to a row."""
        rows: list[Row] = []
        waiting: list[tuple[str, str]] = []
        for number, (name, source) in enumerate(self.fields):
            if source:
                waiting.append((name, source))
            elif name and self.fields[number + 1 : number + 2] and self.fields[number + 1][1]:
                rows += self.paired(waiting)
                waiting = []
                rows.append((self.literal(name, COLUMNS, "group"),))
        return (*rows, *self.paired(waiting))

    def paired(self, fields: list[tuple[str, str]]) -> Iterator[Row]:
        """Yield rows of two fields with their sources."""
        half = COLUMNS // 2
        for first in range(0, len(fields), 2):
            row: list[Cell] = []
            for place, (name, source) in enumerate(fields[first : first + 2]):
                row.append(self.literal(name, 2, "small-label", place * half))
                row.append(self.literal(source, half - 2, "small", place * half + 2))
            yield tuple(row)

    def literal(self, text: str, span: int, style: str, column: int = 0) -> Cell:
        return Cell(literal(""), literal(text), column, span, STYLES[style], "", "", None)

    def relabelled(self, cell: Cell) -> Cell:
        return self.literal(cell.label.source, cell.span, "head", cell.column)

    def known(self, raw: Mapping[str, Any], keys: frozenset[str], place: str) -> None:
        for key in raw:
            if key not in keys:
                expected = ", ".join(sorted(keys))
                raise LayoutError(f"{self.name}: {place}: unknown key {key!r}; there are {expected}")
