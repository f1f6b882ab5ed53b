"""Fills a layout with one form's values and lets the rows flow over pages. Nothing is ever cut off."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sevis_sim.domain.outcomes import FormRequest
from sevis_sim.forms import context as contexts
from sevis_sim.forms.context import Context
from sevis_sim.forms.expression import literal, lookup
from sevis_sim.forms.formatters import text_of
from sevis_sim.forms.layout import COLUMNS, Block, Cell, Layout, Row, Who, load
from sevis_sim.forms.marks import Filled, RowPrinter
from sevis_sim.forms.styles import TITLE

TOP = 726.0
"""Where the rows of a page begin, in points from its foot: below the band."""
BOTTOM = 62.0
"""Where they must end: above the statement and the band."""

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Placed:
    """A row on a page: its top in points from the foot of the page."""

    row: Filled
    y: float


@dataclass(frozen=True, slots=True)
class Printout:
    """One form, ready to draw."""

    layout: Layout
    request: FormRequest
    pages: list[list[Placed]]
    values: Values
    """Block title to the printed fields by name; for a table a list of such mappings."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A block with its printers."""

    block: Block
    title: RowPrinter
    continued: RowPrinter
    rows: tuple[RowPrinter, ...]
    head: RowPrinter | None
    columns: RowPrinter | None
    empty: RowPrinter | None


@dataclass(frozen=True, slots=True)
class _Plan:
    """A layout with its printers: everything about a form that does not depend on the record."""

    layout: Layout
    running: tuple[RowPrinter, ...]
    parts: tuple[_Part, ...]


def fill(request: FormRequest) -> Printout:
    """Evaluate a form's fields and place them.

    Raises:
        LayoutError: there is no layout for ``request.form``.
    """
    who: Who = "dependent" if request.dependent is not None else "principal"
    plan = _plan(request.form, who)
    context = contexts.build(request)
    context["person"] = lookup(context, plan.layout.person)
    flow = _Flow([printer.fill(context, {}) for printer in plan.running])
    for part in plan.parts:
        flow.part(part, context)
    return Printout(plan.layout, request, flow.pages, flow.values)


@cache
def _plan(form: str, who: Who) -> _Plan:
    layout = load(form, who)
    return _Plan(layout, tuple(map(RowPrinter, layout.running)), tuple(_part(block) for block in layout.blocks))


def _part(block: Block) -> _Part:
    def title(text: str) -> RowPrinter:
        return RowPrinter((Cell(literal(""), literal(text), 0, COLUMNS, TITLE, "", "", None),))

    def maybe(row: Row) -> RowPrinter | None:
        return RowPrinter(row) if row else None

    return _Part(
        block,
        title(block.title),
        title(f"{block.title} (CONTINUED)"),
        tuple(map(RowPrinter, block.rows)),
        maybe(block.head),
        maybe(block.columns),
        maybe(block.empty),
    )


@dataclass(slots=True)
class _Flow:
    """The pen that moves down the pages."""

    running: list[Filled]
    pages: list[list[Placed]] = field(default_factory=list)
    values: Values = field(default_factory=dict)
    y: float = 0.0

    def part(self, part: _Part, context: Context) -> None:
        block = part.block
        if block.page or not self.pages:
            self.new_page()
        rows = list(self.rows(part, context))
        head = [part.head.fill(context, {})] if part.head else []
        opening = [part.title.fill(context, {}), *head] if block.title else head
        first = _height(opening) + _height(rows[:1])
        if self.y - first < BOTTOM and self.y < self.top():
            self.new_page()
        again = [part.continued.fill(context, {}), *head] if block.title else head
        for row in opening:
            self.place(row, [])
        for row in rows:
            self.place(row, again)

    def rows(self, part: _Part, context: Context) -> Iterator[Filled]:
        block = part.block
        if part.columns is None:
            values: Values = {}
            for printer in part.rows:
                when = printer.row[0].when
                if when is None or when.evaluate(context):
                    yield printer.fill(context, values)
            if values:
                self.values[block.title] = values
            return
        items = [item for path in block.each for item in _items(context, path, block.skip)]
        records: list[Values] = []
        for item in items or [{}] * block.count:
            records.append({})
            yield part.columns.fill({**context, "item": item}, records[-1])
        if not block.count:
            self.values[block.title] = records
            if not items and part.empty:
                yield part.empty.fill(context, {})

    def place(self, row: Filled, again: list[Filled]) -> None:
        """Put a row on the page, on a new one if it does not fit, cut into several if it fits on none."""
        while self.y - row.height < BOTTOM:
            fresh = self.top() - _height(again)
            if row.height <= fresh - BOTTOM:
                self.new_page(again)
                break
            now, later = _split(row, self.y - BOTTOM)
            if now is not None:
                self.put(now)
                row = later
            elif self.y >= fresh:
                break
            self.new_page(again)
        self.put(row)

    def put(self, row: Filled) -> None:
        self.pages[-1].append(Placed(row, self.y))
        self.y -= row.height

    def top(self) -> float:
        return TOP - _height(self.running)

    def new_page(self, again: list[Filled] | None = None) -> None:
        self.pages.append([])
        self.y = TOP
        for row in self.running:
            self.put(row)
        for row in again or []:
            self.put(row)


def _items(context: Context, path: tuple[str, ...], skip: Mapping[str, frozenset[str]]) -> list[Values]:
    """Collect the elements that a path leads to, through lists on its way; each gets its list's name as ``list``."""
    nodes: list[Any] = [context]
    for depth, step in enumerate(path):
        reached = [node[step] for node in nodes if isinstance(node, Mapping) and step in node]
        nodes = [one for node in reached for one in (node if isinstance(node, list) else [node])]
        if skip and depth:  # not for the record's data as a whole
            nodes = [node for node in nodes if not _skipped(node, skip)]
    return [{**node, "list": path[1]} for node in nodes if isinstance(node, Mapping)]


def _skipped(node: Any, skip: Mapping[str, frozenset[str]]) -> bool:
    return isinstance(node, Mapping) and any(text_of(node.get(name)) in values for name, values in skip.items())


def _height(rows: list[Filled]) -> float:
    return sum([row.height for row in rows])


def _split(row: Filled, space: float) -> tuple[Filled | None, Filled]:
    """Cut a row's values so that the first part is no higher than ``space``; None where not even a line fits."""
    now: list[tuple[Sequence[str], Sequence[str]]] = []
    later: list[tuple[Sequence[str], Sequence[str]]] = []
    for cell, (labels, values) in zip(row.printer.row, row.lines, strict=True):
        style = cell.style
        above = len(labels) * style.label_leading if style.place == "above" else 0
        fit = int((space - style.top - style.bottom - above) / style.value_leading)
        if fit < 1:
            return None, row
        now.append((labels, values[:fit]))
        later.append((labels, values[fit:]))
    return row.printer.filled(now), row.printer.filled(later)
