"""Reading XML from strangers: no document type, no entities, no network, no huge or bottomless trees."""

import re

from lxml import etree

_PROLOG = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?(?>\s+|<\?.*?\?>|<!--.*?-->)*+(<!DOCTYPE)?", re.DOTALL)
_MARK = re.compile(rb"\A(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)")
_POSITION = re.compile(r",? line \d+, column \d+$")


class NotWellFormed(Exception):
    """The bytes are no XML that may be read.

    Attributes:
        message: what is wrong, in plain words, without the position.
        line: 1-based; 0 where unknown.
        column: 1-based; 0 where unknown.
        remedy: how to mend it, as a sentence; blank where that is not known.
    """

    def __init__(self, message: str, line: int = 0, column: int = 0, remedy: str = "") -> None:
        super().__init__(f"line {line}, column {column}: {message}" if line else message)
        self.message = message
        self.line = line
        self.column = column
        self.remedy = remedy


def parse(document: bytes) -> etree._ElementTree:
    """Return the tree of a document, in whatever encoding its byte order mark or declaration names.

    Comments and processing instructions are left out, so that the text of an element is in one piece.

    Raises:
        NotWellFormed: not XML, a document type declaration, more than 256 levels, or text of over 10 MB in
            one element.
    """
    _refuse_document_type(document)
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        tree = etree.fromstring(document, parser).getroottree()
    except etree.XMLSyntaxError as error:
        from sevis_sim.schemas.parsing_words import what_it_is, words  # only a broken document needs its patterns

        line, offset = error.position
        message, remedy = words(_POSITION.sub("", error.msg or "").strip(), document)
        place = (1, 1) if what_it_is(document) else (line or 0, (offset or 0) + 1)
        raise NotWellFormed(message, *place, remedy) from None
    if tree.docinfo.internalDTD is not None or tree.docinfo.doctype:
        # A prolog in an encoding that is no superset of ASCII slips past the look at the bytes.
        raise NotWellFormed(_NO_DOCTYPE, 1, 1, _NO_DOCTYPE_REMEDY)
    return tree


_NO_DOCTYPE = "a document type declaration (<!DOCTYPE …>) is not allowed; remove it"
_NO_DOCTYPE_REMEDY = "A batch needs none, and entities of its own are not expanded."


def _refuse_document_type(document: bytes) -> None:
    """Refuse a DOCTYPE before any of its entity declarations is read."""
    # The markup of UTF-16 and UTF-32 is ASCII with zero bytes between.
    head = document.replace(b"\0", b"") if b"\0" in document[:8] else document
    prolog = _PROLOG.match(head)
    if prolog and prolog[1]:
        before = _MARK.sub(b"", head[: prolog.start(1)])
        from sevis_sim.schemas.parsing_words import what_it_is

        page = what_it_is(document)
        if page is not None:
            raise NotWellFormed(page[0], 1, 1, page[1])
        line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
        raise NotWellFormed(_NO_DOCTYPE, line, column, _NO_DOCTYPE_REMEDY)
