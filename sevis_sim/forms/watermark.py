"""The words SPECIMEN - TEST ONLY across every page, drawn as strokes so that extracted text stays clean.

Nothing turns it off: no option, no environment variable, no layout key (forms.md §10; 18 USC 1546 is the reason).
"""

import math
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from sevis_sim.forms.styles import PAGE_HEIGHT, PAGE_WIDTH

_LENGTH = 0.8
"""Of the page's diagonal that the words take."""
_WEIGHT = 1.15
"""Stroke width on the letters' grid."""

Segment = tuple[str, tuple[float, ...]]


@cache
def segments() -> tuple[tuple[Segment, ...], float]:
    """Return the path on the page, in points, and the stroke width.

    A segment is an operator of a PDF content stream (``m``, ``l``, ``c``) and its coordinates.
    """
    text = files("sevis_sim.forms").joinpath("layouts", "watermark.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    placed: list[Segment] = []
    pen = 0.0
    for char in data["text"]:
        if char == " ":
            pen += data["space"]
            continue
        letter = data["letters"][char]
        placed += ((op, _moved(points, pen)) for op, points in _parsed(letter["path"]))
        pen += letter["width"] + data["gap"]
    width = pen - data["gap"]
    scale = _LENGTH * math.hypot(PAGE_WIDTH, PAGE_HEIGHT) / width
    angle = math.atan2(PAGE_HEIGHT, PAGE_WIDTH)
    return tuple((op, _turned(points, width, scale, angle)) for op, points in placed), _WEIGHT * scale


def _parsed(path: str) -> Iterator[Segment]:
    points: list[float] = []
    for word in path.split():
        if word in "mlc":
            yield word, tuple(points)
            points = []
        else:
            points.append(float(word))


def _moved(points: tuple[float, ...], by: float) -> tuple[float, ...]:
    return tuple(value + by if place % 2 == 0 else value for place, value in enumerate(points))


def _turned(points: tuple[float, ...], width: float, scale: float, angle: float) -> tuple[float, ...]:
    """Scale a path of the given width and cap height 7, turn it, and centre it on the page."""
    cos, sin = scale * math.cos(angle), scale * math.sin(angle)
    turned: list[float] = []
    for x, y in zip(points[::2], points[1::2], strict=True):
        x, y = x - width / 2, y - 3.5
        turned += (PAGE_WIDTH / 2 + x * cos - y * sin, PAGE_HEIGHT / 2 + x * sin + y * cos)
    return tuple(turned)
