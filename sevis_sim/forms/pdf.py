"""Turns a printout into a PDF file with reportlab's own document writer.

Fast because what does not change is made once: the watermark's stream, the font pieces, the operators of labels and
rules. Per form only the values are encoded, the pages deflated, and reportlab numbers and writes the objects.
"""

import json
import re
import zlib
from functools import cache
from typing import Any

from reportlab.pdfbase import pdfdoc

from sevis_sim.forms import watermark
from sevis_sim.forms.flow import Printout
from sevis_sim.forms.fonts import Piece, typeface
from sevis_sim.forms.frame import BAND_COLOR, BAND_FOOT, BAND_TOP, FrameText, texts_after, texts_before
from sevis_sim.forms.layout import Layout
from sevis_sim.forms.marks import num, rgb
from sevis_sim.forms.styles import PAGE_HEIGHT, PAGE_WIDTH, WATERMARK

VALUES_KEY = "SimulatedValues"
"""The entry of the document information dictionary that holds the printed values as JSON."""

_LEVEL = 3
"""Of zlib, for pages: half the time of the default for a twentieth more bytes."""
_FOUND = re.compile(rb"/SimulatedValues \(((?:[^\\()]|\\.)*)\)", re.DOTALL)

Used = set[tuple[str, int]]


def write(printout: Printout) -> bytes:
    """Return the PDF of a printout; the same printout always gives the same bytes."""
    used: Used = {("R", 0), ("B", 0)}
    before = _frame_before(printout.layout)
    count = len(printout.pages)
    contents = []
    for number, page in enumerate(printout.pages, start=1):
        operators = [before]
        operators += [placed.row.printer.operators(placed.row, placed.y, used) for placed in page]
        operators.append(_frame_after(printout.layout, number, count))
        contents.append(zlib.compress("\n".join(operators).encode("ascii"), _LEVEL))
    return _assemble(printout, contents, sorted(used, key=lambda piece: (piece[1], piece[0])))


def printed_values(pdf: bytes) -> dict[str, Any]:
    """Return what a form made here says: form, edition, SEVIS ID, and the printed values by block and field.

    Raises:
        ValueError: the file is not one of ours.
    """
    found = _FOUND.search(pdf)
    if found is None:
        raise ValueError(f"no /{VALUES_KEY} in the PDF's information dictionary: not a form of sevis-sim")
    values: dict[str, Any] = json.loads(re.sub(rb"\\([\\()])", rb"\1", found[1]))
    return values


class _Raw(pdfdoc.PDFObject):
    """A finished PDF object; ``references`` fill its ``%b`` places with object numbers."""

    __RefOnly__ = 1

    def __init__(self, data: bytes, *references: Any) -> None:
        self.data = data
        self.references = references

    def format(self, document: Any) -> bytes:
        if not self.references:
            return self.data
        return self.data % tuple(reference.format(document) for reference in self.references)


class _Info(pdfdoc.PDFInfo):
    """The document information dictionary, with the printed values."""

    def __init__(self, printout: Printout) -> None:
        super().__init__()
        layout, request = printout.layout, printout.request
        self.title = f"TEST ONLY: {layout.title}: {request.sevis_id}"
        self.subject = layout.subject
        self.author = self.creator = self.producer = "sevis-sim"
        self.keywords = "simulated, test only, specimen"
        self.date = f"D:{request.issued.replace('-', '')[:8]}000000Z"
        self.values = json.dumps(
            {
                "form": request.form,
                "edition": layout.edition,
                "sevis_id": request.sevis_id,
                "issued": request.issued,
                "simulated": True,
                "values": printout.values,
            },
            separators=(",", ":"),
        )

    def format(self, document: Any) -> bytes:
        escaped = self.values.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        entries = {
            "Title": self.title,
            "Subject": self.subject,
            "Keywords": self.keywords,
            "Author": self.author,
            "Creator": self.creator,
            "Producer": self.producer,
            "CreationDate": self.date,
            "ModDate": self.date,
        }
        parts = [b"<<"]
        for key, text in entries.items():
            parts.append(b"/%b %b" % (key.encode(), pdfdoc.format(pdfdoc.PDFString(text), document)))
        parts.append(b"/%b (%b)\n>>\n" % (VALUES_KEY.encode(), escaped.encode("ascii")))
        return b"\n".join(parts)


def _assemble(printout: Printout, contents: list[bytes], pieces: list[tuple[str, int]]) -> bytes:
    document: Any = pdfdoc.PDFDocument(compression=1, invariant=1, pdfVersion=(1, 4))
    document.info = _Info(printout)
    fonts = b"".join(
        b"/%b %b " % (piece.resource.encode(), _font(document, piece).format(document))
        for piece in (typeface(key).piece(number) for key, number in pieces)
    )
    mark = document.Reference(_Raw(_watermark()))
    resources = document.Reference(
        _Raw(b"<< /Font << %b>> /XObject << /Mark %%b >> /ProcSet [/PDF /Text] >>\n" % fonts, mark)
    )
    for content in contents:
        page = pdfdoc.PDFPage()
        page.pagewidth, page.pageheight = int(PAGE_WIDTH), int(PAGE_HEIGHT)
        page.Resources = resources
        page.Contents = _Raw(_stream(b"", content))
        document.addPage(page)
    return bytes(document.GetPDFData(None))


def _font(document: Any, piece: Piece) -> Any:
    """Add a font piece to a document and return the reference to it."""
    file = document.Reference(_Raw(_stream(b"/Length1 %d " % piece.file_length, piece.file)))
    descriptor = document.Reference(_Raw(piece.descriptor, file))
    to_unicode = document.Reference(_Raw(_stream(b"", piece.to_unicode)))
    return document.Reference(_Raw(piece.font, descriptor, to_unicode))


def _stream(entries: bytes, deflated: bytes) -> bytes:
    head = b"<< %b/Filter /FlateDecode /Length %d >>" % (entries, len(deflated))
    return b"%b\nstream\n%b\nendstream\n" % (head, deflated)


@cache
def _watermark() -> bytes:
    """The form XObject that every page draws first: the mark and the two bands."""
    segments, width = watermark.segments()
    operators = [f"{rgb(WATERMARK, 'RG')} {num(width)} w 0 J 1 j"]
    operators += (f"{' '.join(map(num, points))} {operator}" for operator, points in segments)
    operators.append("S " + rgb(BAND_COLOR, "rg"))
    operators += (f"{' '.join(map(num, band))} re f" for band in (BAND_TOP, BAND_FOOT))
    entries = b"/Type /XObject /Subtype /Form /BBox [0 0 %d %d] " % (PAGE_WIDTH, PAGE_HEIGHT)
    return _stream(entries, zlib.compress("\n".join(operators).encode("ascii"), 9))


@cache
def _frame_before(layout: Layout) -> str:
    return "/Mark Do\n" + _frame(texts_before(layout))


def _frame_after(layout: Layout, page: int, pages: int) -> str:
    if pages > 9:  # a form of ten pages and more is rare: keep the cache small
        return _frame(texts_after(layout, page, pages))
    return _cached_after(layout, page, pages)


@cache
def _cached_after(layout: Layout, page: int, pages: int) -> str:
    return _frame(texts_after(layout, page, pages))


def _frame(texts: tuple[FrameText, ...]) -> str:
    out = ["BT"]
    for text in texts:
        face = typeface(text.face)
        shift = {"left": 0.0, "middle": 0.5, "right": 1.0}[text.align]
        x = text.x - shift * face.width(text.text, text.size)
        out.append(
            f"/{text.face}0 {num(text.size)} Tf {rgb(text.color, 'rg')} 1 0 0 1 {num(x)} {num(text.y)} Tm "
            + face.show(text.text, text.size, set())
        )
    out.append("ET")
    return "\n".join(out)
