"""The same pages drawn the plain way, one reportlab canvas call after another.

Measure and second opinion: benchmarks compare `render` with it, tests compare the two pictures. Slow, so nothing else
uses it.
"""

from io import BytesIO

from reportlab.lib.colors import Color as CanvasColor
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from sevis_sim.domain.outcomes import FormRequest
from sevis_sim.forms import watermark
from sevis_sim.forms.flow import Placed, fill
from sevis_sim.forms.fonts import path_of
from sevis_sim.forms.frame import BAND_COLOR, BAND_FOOT, BAND_TOP, FrameText, texts_after, texts_before
from sevis_sim.forms.marks import marks_of, shape_of
from sevis_sim.forms.styles import HAIRLINE, PAGE_HEIGHT, PAGE_WIDTH, WATERMARK, Color


def render_plain(request: FormRequest) -> bytes:
    """Return a form that looks like `render`'s, with fonts cut anew for it and without the values as metadata.

    Raises:
        LayoutError: there is no layout for ``request.form``.
    """
    printout = fill(request)
    for key in ("R", "B"):
        if _font(key) not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(_font(key), path_of(key)))
    file = BytesIO()
    canvas = Canvas(file, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), pageCompression=1, invariant=1)
    canvas.setTitle(f"{printout.layout.title}: {request.sevis_id}")
    canvas.setSubject(printout.layout.subject)
    for number, page in enumerate(printout.pages, start=1):
        _background(canvas)
        for text in texts_before(printout.layout):
            _draw(canvas, text)
        for placed in page:
            _row(canvas, placed)
        for text in texts_after(printout.layout, number, len(printout.pages)):
            _draw(canvas, text)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _font(key: str) -> str:
    return f"SevisSim-{key}"


def _color(color: Color) -> CanvasColor:
    return CanvasColor(*color)


def _background(canvas: Canvas) -> None:
    segments, width = watermark.segments()
    canvas.saveState()
    canvas.setStrokeColor(_color(WATERMARK))
    canvas.setLineWidth(width)
    canvas.setLineJoin(1)
    path = canvas.beginPath()
    for operator, points in segments:
        if operator == "m":
            path.moveTo(*points)
        elif operator == "l":
            path.lineTo(*points)
        else:
            path.curveTo(*points)
    canvas.drawPath(path)
    canvas.restoreState()
    canvas.setFillColor(_color(BAND_COLOR))
    for band in (BAND_TOP, BAND_FOOT):
        canvas.rect(*band, stroke=0, fill=1)


def _draw(canvas: Canvas, text: FrameText) -> None:
    canvas.setFont(_font(text.face), text.size)
    canvas.setFillColor(_color(text.color))
    draw = {"left": canvas.drawString, "middle": canvas.drawCentredString, "right": canvas.drawRightString}
    draw[text.align](text.x, text.y, text.text)


def _row(canvas: Canvas, placed: Placed) -> None:
    texts, rules = marks_of(placed.row.printer.row, shape_of(placed.row.lines))
    canvas.setStrokeColor(_color(HAIRLINE))
    canvas.setLineWidth(0.5)
    for rule in rules:
        canvas.line(rule.x1, placed.y + rule.y1, rule.x2, placed.y + rule.y2)
    for text in texts:
        canvas.setFont(_font(text.face), text.size)
        canvas.setFillColor(_color(text.color))
        draw = canvas.drawRightString if text.right else canvas.drawString
        draw(text.x, placed.y + text.y, placed.row.lines[text.cell][text.part][text.line])
