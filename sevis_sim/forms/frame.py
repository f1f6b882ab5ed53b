"""What surrounds the rows on every page: the band with the title, the statement, the band at the foot."""

from dataclasses import dataclass

from sevis_sim.forms.layout import Layout
from sevis_sim.forms.styles import ACCENT, LABEL, MARGIN, PAGE_HEIGHT, PAGE_WIDTH, WHITE, Color, Face

SPECIMEN = "SPECIMEN - TEST ONLY"
STATEMENT = (
    "SPECIMEN - TEST ONLY. Simulated data about an invented person, printed by sevis-sim. Issued by no authority and",
    "not valid for anything: visa, entry, status, work, social security number, driving licence, enrollment.",
)

BAND_TOP = (0.0, PAGE_HEIGHT - 52.0, PAGE_WIDTH, 52.0)
"""x, y, width, height of the coloured band."""
BAND_FOOT = (0.0, 0.0, PAGE_WIDTH, 26.0)


@dataclass(frozen=True, slots=True)
class FrameText:
    """A line of text at a fixed place. ``right`` says that ``x`` is where it ends, ``middle`` where its middle is."""

    x: float
    y: float
    face: Face
    size: float
    color: Color
    text: str
    align: str = "left"


def texts_before(layout: Layout) -> tuple[FrameText, ...]:
    """Return the text above the rows, in reading order."""
    return (
        FrameText(MARGIN, PAGE_HEIGHT - 26.0, "B", 13.0, WHITE, layout.title),
        FrameText(MARGIN, PAGE_HEIGHT - 42.0, "B", 8.5, WHITE, SPECIMEN),
        FrameText(
            PAGE_WIDTH - MARGIN, PAGE_HEIGHT - 42.0, "R", 7.5, WHITE,
            f"Carries the data of a Form {layout.form} in a layout of our own", "right",
        ),
    )  # fmt: skip


def texts_after(layout: Layout, page: int, pages: int) -> tuple[FrameText, ...]:
    """Return the text below the rows, in reading order."""
    return (
        FrameText(PAGE_WIDTH / 2, 45.0, "R", 7.0, LABEL, STATEMENT[0], "middle"),
        FrameText(PAGE_WIDTH / 2, 35.5, "R", 7.0, LABEL, STATEMENT[1], "middle"),
        FrameText(MARGIN, 9.5, "R", 7.5, WHITE, layout.edition),
        FrameText(PAGE_WIDTH / 2, 9.0, "B", 9.0, WHITE, SPECIMEN, "middle"),
        FrameText(PAGE_WIDTH - MARGIN, 9.5, "R", 7.5, WHITE, f"PAGE {page} OF {pages}", "right"),
    )


BAND_COLOR = ACCENT
