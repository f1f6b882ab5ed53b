"""The embedded typeface: Open Sans (Apache License 2.0, from the package ``ttf-opensans``), Latin, Greek, Cyrillic.

A font subset made anew for every document costs more than the form itself. So each face is cut once into fixed
pieces of at most 128 characters, built and compressed once per process; a document embeds the first piece and those
that its text needs. The same text therefore always gives the same bytes, whatever was printed before it.
"""

import struct
import unicodedata
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from itertools import pairwise
from typing import Any

from reportlab.pdfbase.ttfonts import TTFontFace, TTFontMaker, makeToUnicodeCMap

MISSING = "\N{REPLACEMENT CHARACTER}"
"""What prints, and is extracted, for a character that the typeface lacks."""

_FILES = {"R": "OpenSans-Regular.ttf", "B": "OpenSans-SemiBold.ttf"}
_ASCII = "".join(map(chr, range(0x20, 0x7F)))
# The bold face carries headings, SEVIS IDs and totals: its first piece is small on purpose.
_CORE = {"R": _ASCII, "B": " $&'()+,-./0123456789:;ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_PIECE = 128
_FIRST_CODE = 33


@dataclass(frozen=True, slots=True)
class Piece:
    """A fixed part of a face as PDF embeds it: a simple font of up to 256 codes."""

    resource: str
    """Its name in the page's resources."""
    font: bytes
    """The font dictionary, with ``%b`` for the references to descriptor and ToUnicode map."""
    descriptor: bytes
    """The font descriptor, with ``%b`` for the reference to the font file."""
    file: bytes
    """The TrueType file, deflated."""
    file_length: int
    to_unicode: bytes
    """The ToUnicode map, deflated."""


class Typeface:
    """One face: measures, wraps and encodes text, and hands out its pieces."""

    def __init__(self, key: str) -> None:
        path = files("ttf_opensans").joinpath("ttf", _FILES[key])
        self.key = key
        self._face = TTFontFace(BytesIO(path.read_bytes()))
        known: dict[int, float] = self._face.charWidths
        self._widths = {chr(code): width / 1000 for code, width in known.items() if code >= 0x20}
        core = _CORE[key]
        rest = sorted(set(self._widths) - set(core))
        self._alphabets = [core, *("".join(rest[i : i + _PIECE]) for i in range(0, len(rest), _PIECE))]
        self._core = frozenset(core)
        self._codes = {
            char: (number, _FIRST_CODE + place)
            for number, alphabet in enumerate(self._alphabets)
            if number
            for place, char in enumerate(alphabet)
        }
        self._pieces: dict[int, Piece] = {}

    def clean(self, text: str) -> str:
        """Return text as it can be printed: composed (NFC), unknown and control characters as `MISSING`."""
        if text.isascii() and text.isprintable():
            return text
        composed = unicodedata.normalize("NFC", text).translate({9: " ", 13: None, 0xA0: " "})
        return "".join(char if char in self._widths else MISSING for char in composed)

    def width(self, text: str, size: float) -> float:
        """Return the width of cleaned text in points."""
        return sum(map(self._widths.__getitem__, text)) * size

    def wrap(self, text: str, size: float, width: float) -> list[str]:
        """Break text into cleaned lines no wider than ``width`` points: at line breaks, at blanks, else anywhere."""
        if "\n" not in text:
            text = self.clean(text)
            if self.width(text, size) <= width:
                return [text]
        found: list[str] = []
        for paragraph in text.split("\n"):
            line = ""
            for word in self.clean(paragraph).split(" "):
                longer = f"{line} {word}" if line else word
                if self.width(longer, size) <= width:
                    line = longer
                    continue
                if line:
                    found.append(line)
                *full, line = self._cut(word, size, width)
                found += full
            found.append(line)
        return found

    def _cut(self, word: str, size: float, width: float) -> list[str]:
        """Cut a word that is wider than a line: behind its last ``/`` that fits, else anywhere."""
        parts, start, used, slash = [], 0, 0.0, 0
        for place, char in enumerate(word):
            advance = self._widths[char] * size
            while used + advance > width and place > start:  # what stands behind a slash may be too wide as well
                end = slash if slash > start else place
                parts.append(word[start:end])
                used = self.width(word[end:place], size)
                start = end
            used += advance
            if char == "/":
                slash = place + 1
        return [*parts, word[start:]]

    def show(self, text: str, size: float, used: set[tuple[str, int]]) -> str:
        """Return the PDF operators that show cleaned text; the face's first piece must be the current font.

        Notes in ``used`` which further pieces the document must embed.
        """
        if self._core.issuperset(text):
            return f"({_escaped(text)}) Tj"
        operators: list[str] = []
        current, start = 0, 0
        numbers = [0 if char in self._core else self._codes[char][0] for char in text]
        for end in range(1, len(text) + 1):
            if end < len(text) and numbers[end] == numbers[start]:
                continue
            run, number = text[start:end], numbers[start]
            if number != current:
                operators.append(f"/{self.key}{number} {size:g} Tf")
                current = number
            if number:
                used.add((self.key, number))
                operators.append(f"<{''.join(f'{self._codes[char][1]:02x}' for char in run)}> Tj")
            else:
                operators.append(f"({_escaped(run)}) Tj")
            start = end
        if current:
            operators.append(f"/{self.key}0 {size:g} Tf")
        return " ".join(operators)

    def piece(self, number: int) -> Piece:
        """Return a piece, built on first use."""
        found = self._pieces.get(number)
        if found is None:
            found = self._pieces[number] = self._build(number)
        return found

    def _build(self, number: int) -> Piece:
        if number:
            subset = [0] * _FIRST_CODE + list(map(ord, self._alphabets[number]))
        else:
            subset = [code if chr(code) in self._core else 0 for code in range(0x7F)]
        tag = "".join(chr(65 + int(digit)) for digit in f"{number:05d}") + self.key
        name = f"{tag}+{self._face.name.decode()}"
        font = _without_hints(self._face.makeSubset(subset))
        face: Any = self._face
        widths = " ".join(f"{face.getCharWidth(code):.0f}" if code else "0" for code in subset)
        box = " ".join(f"{edge:.0f}" for edge in face.bbox)
        return Piece(
            resource=f"{self.key}{number}",
            font=(
                f"<< /Type /Font /Subtype /TrueType /BaseFont /{name} /FirstChar 0 /LastChar {len(subset) - 1} "
                f"/Widths [{widths}] /FontDescriptor %b /ToUnicode %b >>\n"
            ).encode(),
            descriptor=(
                f"<< /Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [{box}] /ItalicAngle 0 "
                f"/Ascent {face.ascent:.0f} /Descent {face.descent:.0f} /CapHeight {face.capHeight:.0f} "
                f"/StemV {face.stemV} /FontFile2 %b >>\n"
            ).encode(),
            file=zlib.compress(font, 9),
            file_length=len(font),
            to_unicode=zlib.compress(makeToUnicodeCMap(name, subset).encode(), 9),
        )


@cache
def typeface(key: str) -> Typeface:
    """Return the regular (``R``) or semi-bold (``B``) face."""
    return Typeface(key)


def path_of(key: str) -> str:
    """Return the path of a face's font file."""
    return str(files("ttf_opensans").joinpath("ttf", _FILES[key]))


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _without_hints(font: bytes) -> bytes:
    """Return a TrueType font without its hinting programs, which printers and viewers do not need: a third smaller."""
    count = struct.unpack(">H", font[4:6])[0]
    tables: dict[str, bytes] = {}
    for number in range(count):
        tag, _, offset, length = struct.unpack(">4sLLL", font[12 + 16 * number : 28 + 16 * number])
        tables[tag.decode()] = font[offset : offset + length]
    is_long = struct.unpack(">h", tables["head"][50:52])[0]
    loca = tables["loca"]
    offsets: Sequence[int] = (
        struct.unpack(f">{len(loca) // 4}L", loca)
        if is_long
        else [2 * half for half in struct.unpack(f">{len(loca) // 2}H", loca)]
    )
    glyphs = [_unhinted(tables["glyf"][start:end]) for start, end in pairwise(offsets)]
    made = TTFontMaker()
    for tag, data in tables.items():
        if tag not in ("fpgm", "prep", "cvt ", "glyf", "loca"):
            made.add(tag, data[:50] + b"\0\0" + data[52:] if tag == "head" else data)
    made.add("glyf", b"".join(glyphs))
    made.add("loca", _short_offsets(map(len, glyphs)))
    return bytes(made.makeStream())


def _unhinted(glyph: bytes) -> bytes:
    """Drop the instructions of a simple glyph; composite glyphs keep theirs, which nothing will run."""
    contours = struct.unpack(">h", glyph[:2])[0] if glyph else -1
    if contours >= 0:
        end = 10 + 2 * contours
        length = struct.unpack(">H", glyph[end : end + 2])[0]
        glyph = glyph[:end] + b"\0\0" + glyph[end + 2 + length :]
    return glyph + b"\0" * (len(glyph) % 2)


def _short_offsets(lengths: Iterable[int]) -> bytes:
    position, halves = 0, [0]
    for length in lengths:
        position += length
        halves.append(position // 2)
    return struct.pack(f">{len(halves)}H", *halves)
