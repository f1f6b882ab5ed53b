"""How the cells of a form look: type sizes, colours, where the label stands. All lengths in points (1/72 inch)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

PAGE_WIDTH, PAGE_HEIGHT = 612.0, 792.0
"""US Letter (forms.md §3.1)."""
MARGIN = 36.0
BODY_WIDTH = PAGE_WIDTH - 2 * MARGIN
COLUMN = BODY_WIDTH / 12
PADDING = 4.0
"""Between a cell's edge and its text."""

Color = tuple[float, float, float]
INK: Color = (0.05, 0.07, 0.09)
LABEL: Color = (0.30, 0.38, 0.43)
ACCENT: Color = (0.10, 0.33, 0.40)
WHITE: Color = (1.0, 1.0, 1.0)
HAIRLINE: Color = (0.70, 0.76, 0.79)
WATERMARK: Color = (0.98, 0.83, 0.78)
VOID: Color = (0.55, 0.60, 0.63)

Face = Literal["R", "B"]


@dataclass(frozen=True, slots=True)
class Style:
    """The look of a cell.

    Label and value have the same size on purpose: pdftotext takes lines of different sizes for different columns of
    text, and would no longer give a value on the line below its label.
    """

    place: Literal["above", "left", "none"]
    """Where the label stands; ``none``: the cell has only a value."""
    value_size: float = 8.0
    value_leading: float = 10.0
    value_face: Face = "R"
    value_color: Color = INK
    label_size: float = 8.0
    label_leading: float = 9.8
    label_face: Face = "R"
    label_color: Color = LABEL
    align: Literal["left", "right"] = "left"
    """Of the value."""
    top: float = 2.6
    bottom: float = 3.2
    rule: bool = True
    """Whether a hairline closes the row and parts its cells."""


STYLES: Mapping[str, Style] = MappingProxyType(
    {
        "above": Style("above"),
        "key": Style("above", value_face="B"),
        "amount": Style("left", align="right", top=2.2, bottom=2.6),
        "total": Style("left", label_face="B", value_face="B", align="right", bottom=3.0),
        "line": Style(
            "left", value_face="B", value_size=10.6, value_leading=13, label_size=10.6, label_leading=13, rule=False
        ),
        "beside": Style("left", value_size=10.6, value_leading=13, label_size=10.6, label_leading=13, rule=False),
        "head": Style("none", value_size=7, value_leading=8.6, value_color=LABEL, bottom=2.2),
        "plain": Style("none", value_size=8, value_leading=10, top=2.2, bottom=2.6),
        "void": Style("none", value_size=8, value_leading=10, value_color=VOID, top=2.2, bottom=2.6),
        "note": Style("none", value_size=7.2, value_leading=9.4, value_color=LABEL, rule=False),
        "group": Style(
            "none", value_size=6, value_leading=7.6, value_face="B", value_color=ACCENT, top=3.4, bottom=0.8, rule=False
        ),
        "small": Style("none", value_size=5.8, value_leading=7, top=0.9, bottom=0.9, rule=False),
        "small-label": Style(
            "none", value_size=5.4, value_leading=7, value_color=LABEL, top=0.9, bottom=0.9, rule=False
        ),
        "title": Style(
            "none", value_size=8.2, value_leading=10, value_face="B", value_color=ACCENT, top=7, bottom=2.5, rule=False
        ),
    }
)
TITLE = STYLES["title"]
