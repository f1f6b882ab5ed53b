"""What a row of cells puts on the page, and the same as ready PDF operators.

The static part of a row (labels, rules, positions, colours) depends only on how many lines each of its cells takes, so
its operators are written once per such shape and only the values are spliced in (reference performance.md §2).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sevis_sim.forms.fonts import Typeface, typeface
from sevis_sim.forms.layout import COLUMNS, Cell, Row
from sevis_sim.forms.styles import BODY_WIDTH, COLUMN, HAIRLINE, MARGIN, PADDING, Color

Shape = tuple[tuple[int, int], ...]
"""Lines of label and lines of value, for each cell of a row."""

_GAP = 4.0
"""Between a label and the value beside it."""
_AMOUNT = 82.0
"""Room for the value at the right of an amount row."""
_GUTTER = 14.0
"""Behind an amount that another cell follows, so that extracted text keeps the two apart."""


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text. ``y`` is its baseline below the top of the row (negative)."""

    x: float
    y: float
    face: str
    size: float
    color: Color
    cell: int
    part: int
    """0 a line of the cell's label, 1 one of its value."""
    line: int
    right: bool = False
    """Whether ``x`` is where the line ends."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A hairline."""

    x1: float
    y1: float
    x2: float
    y2: float


def room(cell: Cell) -> tuple[float, float]:
    """Return the widths in points that a cell has for its label and for its value."""
    inner = cell.span * COLUMN - 2 * PADDING
    if cell.style.place != "left":
        return inner, inner
    if cell.style.align == "right":
        return inner - _AMOUNT - _gutter(cell), _AMOUNT - _GAP
    beside = typeface(cell.style.label_face).width(cell.label.source, cell.style.label_size) + _GAP
    return beside, inner - beside


def _gutter(cell: Cell) -> float:
    return _GUTTER if cell.column + cell.span < COLUMNS else 0.0


def height_of(row: Row, shape: Shape) -> float:
    """Return the height of a row in points."""
    return max(_cell_height(cell, *lines) for cell, lines in zip(row, shape, strict=True))


def _cell_height(cell: Cell, labels: int, values: int) -> float:
    style = cell.style
    label, value = labels * style.label_leading, max(values, 1) * style.value_leading
    inner = {"above": label + value, "left": max(label, value), "none": value}[style.place]
    return style.top + inner + style.bottom


def marks_of(row: Row, shape: Shape) -> tuple[list[Text], list[Rule]]:
    """Return what a row draws, in reading order: each cell's label, then its value."""
    texts: list[Text] = []
    height = height_of(row, shape)
    for number, (cell, (labels, values)) in enumerate(zip(row, shape, strict=True)):
        style = cell.style
        left = MARGIN + cell.column * COLUMN + PADDING
        label_room, _ = room(cell)
        first = style.value_leading * 0.5 + style.value_size * 0.36
        value_top = -style.top - (labels * style.label_leading if style.place == "above" else 0)
        label_first = first if style.place == "left" else style.label_leading * 0.5 + style.label_size * 0.36
        texts += (
            Text(left, -style.top - label_first - line * style.label_leading, style.label_face, style.label_size,
                 style.label_color, number, 0, line)
            for line in range(labels)
        )  # fmt: skip
        right = style.align == "right"
        if right:
            x = MARGIN + (cell.column + cell.span) * COLUMN - PADDING - _gutter(cell)
        else:
            x = left + label_room if style.place == "left" else left
        texts += (
            Text(x, value_top - first - line * style.value_leading, style.value_face, style.value_size,
                 style.value_color, number, 1, line, right)
            for line in range(values)
        )  # fmt: skip
    rules: list[Rule] = []
    if row[0].style.rule:
        rules.append(Rule(MARGIN, -height, MARGIN + BODY_WIDTH, -height))
        rules += (
            Rule(MARGIN + cell.column * COLUMN, 0, MARGIN + cell.column * COLUMN, -height)
            for cell in row[1:]
            if cell.style.rule
        )
    return texts, rules


def num(value: float) -> str:
    """Write a length for a content stream."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def rgb(color: Color, operator: str) -> str:
    """Write a colour for a content stream: ``rg`` fills and text, ``RG`` strokes."""
    return f"{' '.join(map(num, color))} {operator}"


Lines = Sequence[tuple[Sequence[str], Sequence[str]]]
"""The wrapped lines of label and value of each cell of a row."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A row with its text, ready to be placed. ``height`` in points."""

    printer: "RowPrinter"
    lines: Lines
    height: float


class RowPrinter:
    """Turns the values of one row into lines, and lines into PDF operators."""

    __slots__ = ("_cells", "_constant", "_tail", "_template", "row")

    def __init__(self, row: Row) -> None:
        self.row = row
        self._cells = tuple(_Measured.of(cell) for cell in row)
        self._template: Callable[[Shape], tuple[str, float]] = lru_cache(maxsize=64)(self._written)
        self._constant: Filled | None = None
        self._tail: str | None = None
        if all(cell.label.constant and cell.value.constant and not cell.name for cell in row):
            self._constant = self.fill({}, {})

    def fill(self, context: Mapping[str, Any], values: dict[str, Any]) -> Filled:
        """Evaluate the cells, note their values under their names, and wrap them."""
        if self._constant is not None:
            return self._constant
        lines: list[tuple[Sequence[str], Sequence[str]]] = []
        for measured in self._cells:
            cell = measured.cell
            value = cell.value.evaluate(context)
            if cell.name:
                values[cell.name] = value
            labels: Sequence[str] | None = measured.labels
            if labels is None:
                text, size = cell.label.evaluate(context), cell.style.label_size
                labels = measured.label_face.wrap(text, size, measured.label_room)
            shown: Sequence[str] = ()
            if value:
                shown = measured.value_face.wrap(value, cell.style.value_size, measured.value_room)
            lines.append((labels, shown))
        return self.filled(lines)

    def filled(self, lines: Lines) -> Filled:
        """Return the row with these lines."""
        return Filled(self, lines, self._template(shape_of(lines))[1])

    def operators(self, filled: Filled, y: float, used: set[tuple[str, int]]) -> str:
        """Return the operators that print the row with its top at ``y`` points from the foot of the page.

        Notes in ``used`` which further pieces of the fonts they need.
        """
        if filled is self._constant and self._tail is not None:
            return f"q 1 0 0 1 0 {num(y)} cm {self._tail}"
        slots: list[str] = []
        needed: set[tuple[str, int]] = set()
        for measured, (labels, values) in zip(self._cells, filled.lines, strict=True):
            style = measured.cell.style
            slots += [measured.label_face.show(line, style.label_size, needed) for line in labels]
            for line in values:
                shown = measured.value_face.show(line, style.value_size, needed)
                if style.align == "right":
                    shown = f"{num(-measured.value_face.width(line, style.value_size))} 0 Td {shown}"
                slots.append(shown)
        tail = self._template(shape_of(filled.lines))[0] % tuple(slots)
        if needed:
            used |= needed
        elif filled is self._constant:
            self._tail = tail
        return f"q 1 0 0 1 0 {num(y)} cm {tail}"

    def _written(self, shape: Shape) -> tuple[str, float]:
        """Return the operators of a shape, with ``%s`` for each line of text, and its height."""
        texts, rules = marks_of(self.row, shape)
        out: list[str] = []
        if rules:
            out.append(f"{rgb(HAIRLINE, 'RG')} 0.5 w")
            out += (f"{num(r.x1)} {num(r.y1)} m {num(r.x2)} {num(r.y2)} l" for r in rules)
            out.append("S")
        out.append("BT")
        font: tuple[str, float] | None = None
        color: Color | None = None
        for text in texts:
            if (text.face, text.size) != font:
                font = (text.face, text.size)
                out.append(f"/{text.face}0 {num(text.size)} Tf")
            if text.color != color:
                color = text.color
                out.append(rgb(color, "rg"))
            out.append(f"1 0 0 1 {num(text.x)} {num(text.y)} Tm %s")
        out.append("ET Q")
        return " ".join(out), height_of(self.row, shape)


@dataclass(frozen=True, slots=True)
class _Measured:
    """A cell with what does not change from form to form."""

    cell: Cell
    label_face: Typeface
    value_face: Typeface
    label_room: float
    value_room: float
    labels: tuple[str, ...] | None
    """The lines of a constant label; none where the style shows no label."""

    @classmethod
    def of(cls, cell: Cell) -> "_Measured":
        style = cell.style
        face = typeface(style.label_face)
        label_room, value_room = room(cell)
        labels: tuple[str, ...] | None = None
        if style.place == "none" or not cell.label.source:
            labels = ()
        elif cell.label.constant:
            labels = tuple(face.wrap(cell.label.source, style.label_size, label_room))
        return cls(cell, face, typeface(style.value_face), label_room, value_room, labels)


def shape_of(lines: Lines) -> Shape:
    """Return the shape of wrapped lines."""
    return tuple([(len(labels), len(values)) for labels, values in lines])
