"""Our own reader of the one multipart form that SEVIS takes, as forgiving as the real one.

Observed of the real parser (reference sevis-protocol.md §1.2-1.4): a delimiter counts where it starts a line, ended by
CRLF or by LF alone; a closing delimiter between parts does not end the form; blank lines after a value do not belong to
it; a part needs no Content-Type. A value with no line end before the next delimiter swallows the rest of the body.

The reader takes the body in pieces as they arrive and keeps a large part in a temporary file, so that many slow uploads
do not fill the memory. Every difference from the standard is noted with the byte at which it stands.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile

from sevis_sim.gateway.deviations import Deviation, seen

_BOUNDARY = re.compile(r"""boundary\s*=\s*(?:"([^"]*)"|([^\s;,]+))""", re.IGNORECASE)
_NEEDS_QUOTES = re.compile(r'[()<>@,;:\\"/\[\]?=\s]')
_PARAMETER = re.compile(rb"""\b(name|filename)(\*?)\s*=\s*(?:"((?:[^"\\\r\n]|\\.)*)"|([^\s;\r\n]+))""", re.IGNORECASE)
_DISPOSITION = re.compile(rb"^content-disposition\s*:\s*([^\s;]+)(.*(?:\n[ \t].*)*)", re.IGNORECASE | re.MULTILINE)
"""The kind, and the parameters: other headers of the part may have parameters of the same names."""
_ESCAPED = re.compile(rb"\\([\"\\])")
_HEADERS_END = re.compile(rb"\r?\n\r?\n")
_NOT_BLANK = re.compile(rb"[^ \t\n\r\x0b\f]")
_BARE_LINE_FEED = re.compile(rb"(?<!\r)\n")

MAX_PARTS = 64
"""More parts than this are not read: the form has four."""
MAX_HEADERS = 16 * 1024
"""Bytes of headers that a part may have."""
_LONGEST_HEAD = MAX_HEADERS + len(b"\r\n\r\n")
MAX_BOUNDARY = 70
"""RFC 2046 §5.1.1."""
IN_MEMORY = 1024 * 1024
"""Bytes of a part that are kept in memory; a larger one goes to a temporary file without a name."""
MAX_VALUE = IN_MEMORY
"""Bytes of a value that are read; what a value swallows of a document is more than any field can hold."""
MAX_NOTED = 20
"""Deviations of one kind that are noted, the first ones."""
_DELIMITER_LINE = 256
"""Blanks that may follow a delimiter on its line."""


class _Spool(SpooledTemporaryFile[bytes]):
    """A place for the content of one part, which goes away with its last user, without a warning."""

    def __del__(self) -> None:
        self.close()


def _spool() -> "SpooledTemporaryFile[bytes]":
    return _Spool(IN_MEMORY)


class Part:
    """One part: its field name, its file name (None where it has none) and its content."""

    def __init__(self, name: str, file_name: str | None, spool: "SpooledTemporaryFile[bytes]") -> None:
        self.name = name
        self.file_name = file_name
        self._spool = spool

    @property
    def size(self) -> int:
        """Bytes of content."""
        return self._spool.seek(0, 2)

    def read(self) -> bytes:
        """Return the whole content, read from where it is kept."""
        self._spool.seek(0)
        return self._spool.read()

    @property
    def text(self) -> str:
        """The content of a value part, its first `MAX_VALUE` bytes, without the blanks and line ends around it."""
        self._spool.seek(0)
        return self._spool.read(MAX_VALUE).decode("utf-8", "replace").strip()


@dataclass(slots=True)
class Form:
    """What was read: parts by name (the first of a name counts) and what was odd about the request."""

    parts: dict[str, Part] = field(default_factory=dict)
    deviations: list[Deviation] = field(default_factory=list)

    @property
    def notes(self) -> list[str]:
        """The deviations in words, each kind once."""
        firsts: dict[str, Deviation] = {}
        for each in self.deviations:
            firsts.setdefault(each.says, each)
        return [str(each) for each in firsts.values()]

    @property
    def forbidden(self) -> Deviation | None:
        """The first deviation that the standard forbids."""
        return next((each for each in self.deviations if each.forbidden), None)


def boundary_of(content_type: str) -> bytes | None:
    """Return the boundary named by a ``Content-Type`` header, quoted or not; None if it is no multipart form."""
    if not content_type.lower().lstrip().startswith("multipart/"):
        return None
    match = _BOUNDARY.search(content_type)
    return (match.group(1) or match.group(2) or "").encode("latin-1", "replace") or None if match else None


def header_deviations(content_type: str) -> list[Deviation]:
    """Return what the standard forbids about a form's ``Content-Type`` header."""
    match = _BOUNDARY.search(content_type)
    if boundary_of(content_type) is None or match is None or not content_type.lower().startswith("multipart/form-data"):
        return [seen("content-type", None)]
    found = []
    if match.group(2) and _NEEDS_QUOTES.search(match.group(2)):
        found.append(seen("boundary-needs-quotes", None))
    if len(match.group(1) or match.group(2)) > MAX_BOUNDARY:
        found.append(seen("boundary-too-long", None))
    return found


class _Section:
    """What stands between two delimiters: headers, then content. Section 0 is the preamble."""

    def __init__(self, number: int, offset: int, closing: bool) -> None:
        self.number = number
        self.offset = offset
        self.closing = closing
        """Whether a closing delimiter opened it: it is the epilogue unless another delimiter follows."""
        self.head = bytearray()
        self.content: SpooledTemporaryFile[bytes] | None = None
        self.blank = True
        self.overlong = False

    def write(self, data: memoryview) -> None:
        """Take the next bytes."""
        if self.content is not None:
            self.content.write(data)
            return
        self.blank = self.blank and not _NOT_BLANK.search(data)
        if self.number == 0 or self.overlong:
            return
        before = len(self.head)
        self.head += data[: _LONGEST_HEAD + 1 - before]  # and no more: a document may follow
        lead = self.lead
        if self.bare:
            del self.head[4:]  # no part comes of it
            return
        split = _HEADERS_END.search(self.head, max(before - 3, lead))
        if split and split.start() <= MAX_HEADERS:
            self.content = _spool()
            self.content.write(data[split.end() - before :])
            del self.head[split.start() :]
        elif split or len(self.head) > _LONGEST_HEAD:
            self.overlong = True
            del self.head[:]

    @property
    def lead(self) -> int:
        """Length of the line end that closes the delimiter's line."""
        return 2 if self.head.startswith(b"\r\n") else 1 if self.head.startswith(b"\n") else 0

    @property
    def bare(self) -> bool:
        """Whether a blank line follows the delimiter at once: there are no headers."""
        lead = self.lead
        return lead > 0 and (self.head[lead : lead + 2] == b"\r\n" or self.head[lead : lead + 1] == b"\n")


class FormReader:
    """Reads one form from the pieces of a body. Never raises: what cannot be read is noted and left out."""

    def __init__(self, boundary: bytes, *, lenient: bool = False) -> None:
        """Prepare.

        Args:
            boundary: as `boundary_of` gives it.
            lenient: let a delimiter count where it does not start a line.

        """
        self.form = Form()
        self._mark = b"--" + boundary
        self._lenient = lenient
        self._buffer = bytearray()
        self._base = 0
        """Offset in the body of the buffer's first byte."""
        self._scan = 0
        """Where in the buffer to look for the next delimiter."""
        self._section = _Section(0, 0, closing=False)
        self._noted: Counter[str] = Counter()

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the body."""
        self._buffer += data
        self._advance(final=False)

    def close(self) -> Form:
        """Take the body as ended, and return what it held."""
        self._advance(final=True)
        last = self._section
        if last.number == 0:
            self._note("no-delimiter", 0)
        elif last.closing:
            if not last.blank:
                self._note("epilogue", last.offset)
        else:
            self._note("closing-missing", self._base)
            self._keep(last)
        return self.form

    def _note(self, kind: str, offset: int, **values: object) -> None:
        self._noted[kind] += 1
        if self._noted[kind] <= MAX_NOTED:
            self.form.deviations.append(seen(kind, offset, **values))

    def _advance(self, *, final: bool) -> None:
        while True:
            position = self._buffer.find(self._mark, self._scan)
            if position < 0:
                # The rest may begin a delimiter, and the line end before it would belong to that delimiter.
                kept = 0 if final else len(self._mark) + 1
                passed = self._pass_on(max(0, len(self._buffer) - kept))
                self._scan = max(0, self._scan - passed, len(self._buffer) - len(self._mark) + 1)
                return
            after = position + len(self._mark)
            line_end = self._buffer.find(b"\n", after)
            if line_end < 0 and not final and len(self._buffer) - after <= _DELIMITER_LINE:
                self._scan = position - self._pass_on(max(0, position - 2))
                return
            self._judge(position, after, line_end)

    def _judge(self, position: int, after: int, line_end: int) -> None:
        """Decide whether the mark at ``position`` is a delimiter, and go on behind it."""
        closing = self._buffer[after : after + 2] == b"--"
        if closing:
            after += 2
        rest = self._buffer[after : line_end if line_end >= 0 else len(self._buffer)]
        starts_line = self._base + position == 0 or self._buffer[position - 1 : position] == b"\n"
        delimits = not rest.strip() and len(rest) <= _DELIMITER_LINE
        if not delimits or not (starts_line or self._lenient):
            self._note("delimiter-with-text" if starts_line else "delimiter-inside-line", self._base + position)
            self._scan = after
            return
        start = position
        if not starts_line:
            self._note("tolerated-delimiter", self._base + position)
        elif self._buffer[max(0, start - 2) : start] == b"\r\n":
            start -= 2
        elif start:
            start -= 1
            self._note("bare-line-feed", self._base + position)
        text_end = after + len(rest.rstrip(b"\r"))
        if line_end >= 0 and not rest.endswith(b"\r"):
            self._note("delimiter-line-feed", self._base + line_end)
        number, offset = self._section.number + 1, self._base + position
        self._pass_on(start)
        self._close_section()
        if number > MAX_PARTS:
            self._note("too-many-parts", offset, limit=MAX_PARTS)
        self._section = _Section(number, offset, closing)
        self._drop(text_end - start)
        self._scan = 0

    def _close_section(self) -> None:
        """End a section that another delimiter follows."""
        section = self._section
        if section.number == 0:
            if not section.blank:
                self._note("preamble", 0)
            return
        if section.closing and not section.blank:
            self._note("closing-between-parts", section.offset, part=section.number)
        self._keep(section)

    def _pass_on(self, length: int) -> int:
        """Give the first bytes of the buffer to the section that is being read; return how many."""
        if length:
            if self._section.number <= MAX_PARTS:
                with memoryview(self._buffer) as all_of_it, all_of_it[:length] as some:
                    self._section.write(some)
            self._drop(length)
        return length

    def _drop(self, length: int) -> None:
        del self._buffer[:length]
        self._base += length

    def _keep(self, section: _Section) -> None:
        """Make a part of a section."""
        number, at = section.number, section.offset
        if section.overlong:
            self._note("headers-too-long", at, part=number, limit=MAX_HEADERS)
            return
        if section.bare:
            if not section.blank:
                self._note("no-headers", at, part=number)
            return
        if section.blank:
            return
        head = bytes(section.head)
        disposition = _DISPOSITION.search(head)
        names: dict[str, str] = {}
        for key, _, quoted, bare in _PARAMETER.findall(disposition[2] if disposition else b""):
            raw = _ESCAPED.sub(rb"\1", quoted) if b"\\" in quoted else quoted or bare
            names.setdefault(key.decode().lower(), raw.decode("utf-8", "replace"))
        name = names.get("name")
        if name is None or disposition is None:
            self._note("no-name", at, part=number)
            return
        if disposition[1].lower() != b"form-data":
            self._note("not-form-data", at, part=number)
        if _BARE_LINE_FEED.search(head, section.lead):
            self._note("header-line-feed", at, part=number)
        if name in self.form.parts:
            self._note("repeated-field", at, name=name)
            return
        content = section.content or _spool()
        part = Part(name, names.get("filename"), content)
        self.form.parts[name] = part
        if part.file_name is None:
            if part.size > MAX_VALUE:
                self._note("value-too-long", at, name=name, limit=MAX_VALUE)
            elif (value := part.read()) != value.strip():
                self._note("blanks-around-value", at, name=name)


def read_form(body: bytes, boundary: bytes, *, lenient: bool = False) -> Form:
    """Split a whole request body into its parts."""
    reader = FormReader(boundary, lenient=lenient)
    reader.feed(body)
    return reader.close()
