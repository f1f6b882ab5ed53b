"""Who an upload document says it is from, and the same document under another batch ID.

Only the way to ``BatchHeader`` is read, so a document that is broken further down - sent on purpose, to see S0012 or
S0013 - still names its batch. expat does it: it reports byte positions, expands nothing from outside, and entity
declarations, which no batch needs, end the reading.
"""

import codecs
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape

from sevis_sim.client.errors import ClientError
from sevis_sim.domain.records import Population

_POPULATIONS: dict[str, Population] = {
    "SEVISBatchCreateUpdateStudent": "student",
    "SEVISBatchCreateUpdateEV": "exchangeVisitor",
}
_HEADER_PATHS = (["BatchHeader", "BatchID"], ["BatchHeader", "OrgID"])


@dataclass(frozen=True, slots=True)
class FileHeader:
    """What a document says of itself; what it does not say is ``""``."""

    org_id: str
    batch_id: str
    user_id: str
    """``userID`` of the root element."""
    population: Population | None
    """Whom the document is about, by its root element; None if that is neither of the two."""


def read_header(document: bytes) -> FileHeader:
    """Read batch ID, organization and user of an upload document, valid or not.

    Raises:
        ClientError: what stands before the end of ``BatchHeader`` is not well-formed, or the document declares
            entities.

    """
    reader = _Reader(document)
    texts = reader.texts
    return FileHeader(
        org_id=" ".join(texts.get("OrgID", "").split()),
        batch_id=" ".join(texts.get("BatchID", "").split()),
        user_id=" ".join(reader.user_id.split()),
        population=_POPULATIONS.get(reader.root),
    )


def with_batch_id(document: bytes, new_id: str) -> bytes:
    """Return the document with another ``BatchHeader/BatchID``, every other byte as it was.

    Raises:
        ClientError: as `read_header`; or there is no ``BatchID``.

    """
    reader = _Reader(document)
    if reader.span is None:
        raise ClientError("the file has no BatchHeader/BatchID that could be changed")
    start, end = reader.span
    encoding = _wide_encoding(document)
    # Outside UTF-16 every encoding that expat knows agrees with ASCII, and references spell the rest.
    content = escape(new_id).encode("ascii", "xmlcharrefreplace").decode("ascii")
    if start == end and document[:start].endswith("/>".encode(encoding)):  # <BatchID/>
        head = document[:start].removesuffix("/>".encode(encoding))
        return head + f">{content}</{reader.tag}>".encode(encoding) + document[end:]
    return document[:start] + content.encode(encoding) + document[end:]


def _wide_encoding(document: bytes) -> str:
    """Return the encoding in which to write ASCII into the document: two bytes a character, or one."""
    if document.startswith(codecs.BOM_UTF16_LE) or document[1:2] == b"\0":
        return "utf-16-le"
    if document.startswith(codecs.BOM_UTF16_BE) or document[:1] == b"\0":
        return "utf-16-be"
    return "ascii"


class _HeaderRead(Exception):
    """All that is wanted has been read."""


class _Reader:
    """Reads a document up to the end of its first ``BatchHeader``."""

    def __init__(self, document: bytes) -> None:
        self.root = ""
        self.user_id = ""
        self.texts: dict[str, str] = {}
        self.tag = ""
        self.span: tuple[int, int] | None = None
        """Where the content of ``BatchID`` starts and ends, in bytes."""
        self._path: list[str] = []
        self._content_start: int | None = None
        self._awaiting = False
        self._parser = expat.ParserCreate()
        self._listen()
        try:
            self._parser.Parse(document, True)
        except _HeaderRead:
            pass
        except expat.ExpatError as error:
            reason = expat.errors.messages.get(error.code, str(error.code))
            place = f"line {error.lineno}, column {error.offset + 1}"
            raise ClientError(
                f"the file cannot be read as XML as far as its BatchHeader: {reason} ({place}); "
                "name organization, batch and user yourself to send it all the same"
            ) from error
        except (LookupError, ValueError) as error:  # an encoding that nobody knows, or one of several bytes
            raise ClientError(f"the file cannot be read: {' '.join(str(error).split())}") from error

    def _listen(self) -> None:
        parser = self._parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        # Whatever follows a start tag tells where its content begins.
        noted: Callable[..., None] = self._noted
        parser.CommentHandler = parser.ProcessingInstructionHandler = noted
        parser.StartCdataSectionHandler = noted
        parser.EntityDeclHandler = self._refuse_entities

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._noted()
        if not self._path and not self.root:
            self.root = _local(name)
            self.user_id = attributes.get("userID", "")
        self._path.append(_local(name))
        if self._path[1:] in _HEADER_PATHS and self._path[-1] not in self.texts:
            self.texts[self._path[-1]] = ""
            if self._path[-1] == "BatchID":
                self._awaiting, self.tag = True, name

    def _end(self, _: str) -> None:
        self._noted()
        if self._path[1:] == ["BatchHeader", "BatchID"] and self._content_start is not None and self.span is None:
            self.span = self._content_start, self._parser.CurrentByteIndex
        if self._path[1:] == ["BatchHeader"]:
            raise _HeaderRead
        self._path.pop()

    def _characters(self, data: str) -> None:
        self._noted()
        if self._path[1:] in _HEADER_PATHS:
            self.texts[self._path[-1]] += data

    def _noted(self, *_: Any) -> None:
        if self._awaiting:
            self._awaiting, self._content_start = False, self._parser.CurrentByteIndex

    def _refuse_entities(self, *_: Any) -> None:
        raise ClientError(
            "the file declares entities, which no batch needs; name organization, batch and user yourself"
        )


def _local(name: str) -> str:
    return name.rpartition(":")[2]
