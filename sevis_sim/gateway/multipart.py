"""Our own reader of the one multipart form that SEVIS takes, as forgiving as the real one.

Observed of the real parser (reference sevis-protocol.md §1.2-1.4): a delimiter counts where it starts a line, ended by
CRLF or by LF alone; a closing delimiter between parts does not end the form; blank lines after a value do not belong to
it; a part needs no Content-Type. A value with no line end before the next delimiter swallows the rest of the body.
"""

import re
from dataclasses import dataclass, field

_BOUNDARY = re.compile(r"""boundary\s*=\s*(?:"([^"]*)"|([^\s;,]+))""", re.IGNORECASE)
_PARAMETER = re.compile(rb"""\b(name|filename)(\*?)\s*=\s*(?:"((?:[^"\\\r\n]|\\.)*)"|([^\s;\r\n]+))""", re.IGNORECASE)
_HEADERS_END = re.compile(rb"\r?\n\r?\n")

MAX_PARTS = 64
"""More parts than this are not read: the form has four."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its field name, its file name (None where it has none) and its content."""

    name: str
    file_name: str | None
    content: bytes

    @property
    def text(self) -> str:
        """The content of a value part, without the blanks and line ends around it."""
        return self.content.decode("utf-8", "replace").strip()


@dataclass(slots=True)
class Form:
    """What was read: parts by name (the first of a name counts) and what was odd about the request."""

    parts: dict[str, Part] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def boundary_of(content_type: str) -> bytes | None:
    """Return the boundary named by a ``Content-Type`` header, quoted or not; None if it is no multipart form."""
    if not content_type.lower().lstrip().startswith("multipart/"):
        return None
    match = _BOUNDARY.search(content_type)
    return (match.group(1) or match.group(2) or "").encode("latin-1", "replace") or None if match else None


def read_form(body: bytes, boundary: bytes) -> Form:
    """Split a whole request body into its parts. Never raises: what cannot be read is noted and left out."""
    form = Form()
    delimiters = _delimiters(body, boundary, form)
    if not delimiters:
        form.notes.append("the boundary of the Content-Type header does not occur at the start of any line of the body")
        return form
    ends = [start for start, _, _ in delimiters[1:]] + [len(body)]
    for number, ((_, after, closing), end) in enumerate(zip(delimiters, ends, strict=True), start=1):
        is_last = number == len(delimiters)
        chunk = body[after:end]
        if is_last and closing:
            if chunk.strip():
                form.notes.append("there is data after the closing delimiter")
            break
        if is_last and chunk:
            form.notes.append("the closing delimiter is missing")
        if closing and chunk.strip():
            form.notes.append(f"a closing delimiter stands before part {number}; other servers stop reading there")
        _read_part(chunk, number, form)
    return form


def _delimiters(body: bytes, boundary: bytes, form: Form) -> list[tuple[int, int, bool]]:
    """Find delimiters: where the line end before it starts, where its own line's text ends, whether it is closing."""
    mark = b"--" + boundary
    found: list[tuple[int, int, bool]] = []
    position = body.find(mark)
    while position >= 0 and len(found) < MAX_PARTS:
        after = position + len(mark)
        closing = body[after : after + 2] == b"--"
        if closing:
            after += 2
        line_end = body.find(b"\n", after)
        rest = body[after : line_end if line_end >= 0 else len(body)]
        starts_line = position == 0 or body[position - 1 : position] == b"\n"
        if starts_line and not rest.strip():
            start = position
            if start and body[start - 2 : start] == b"\r\n":
                start -= 2
            elif start:
                start -= 1
                form.notes.append("a delimiter follows a bare line feed instead of CRLF")
            found.append((start, after + len(rest.rstrip(b"\r")), closing))
        elif not starts_line:
            form.notes.append("a delimiter does not start a line, so it belongs to the value before it")
        position = body.find(mark, after)
    return found


def _read_part(chunk: bytes, number: int, form: Form) -> None:
    lead = 2 if chunk.startswith(b"\r\n") else 1 if chunk.startswith(b"\n") else 0
    if chunk[lead : lead + 2] == b"\r\n" or chunk[lead : lead + 1] == b"\n":
        if chunk.strip():
            form.notes.append(f"part {number} has no headers, so its field name is unknown")
        return
    split = _HEADERS_END.search(chunk, lead)
    headers = chunk[lead : split.start() if split else len(chunk)]
    content = chunk[split.end() :] if split else b""
    names: dict[str, str] = {}
    for key, _, quoted, bare in _PARAMETER.findall(headers):
        raw = re.sub(rb"\\([\"\\])", rb"\1", quoted) if quoted or not bare else bare
        names.setdefault(key.decode().lower(), raw.decode("utf-8", "replace"))
    name = names.get("name")
    if name is None:
        if chunk.strip():
            form.notes.append(f"part {number} has no field name")
    elif name in form.parts:
        form.notes.append(f"the field {name!r} is sent more than once; the first counts")
    else:
        form.parts[name] = Part(name, names.get("filename"), content)
