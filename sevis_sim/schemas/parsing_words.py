"""The words for bytes that are no XML: what libxml2 says of them, put plainly, with the way to mend it."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

Words = tuple[str, str]
"""What is wrong, and how to mend it."""

_SIGNATURES = (
    (b"PK\x03\x04", "a zip", "send the XML file that is in it"),
    (b"PK\x05\x06", "an empty zip", "send the XML file itself"),
    (b"%PDF", "a PDF", "send the batch that it was made from"),
    (b"\x1f\x8b", "a file packed with gzip", "unpack it first"),
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel file", "export it as XML"),
    (b"\x89PNG", "a picture", "send the batch"),
    (b"\xff\xd8\xff", "a picture", "send the batch"),
    (b"-----BEGIN", "a certificate or key", "send the batch"),
)
_HTML = re.compile(rb"\s*(<!doctype html|<html)", re.IGNORECASE)
_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)""")
_JSON = re.compile(rb"\s*[{\[]")
_LOOKED_AT = 2048

_Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], Words]]
_AMPERSAND = "Write &amp; for an ampersand."
_RULES: tuple[_Rule, ...] = (
    (
        re.compile(r"Opening and ending tag mismatch: (\S+) line (\d+) and (\S+)"),
        lambda m: (f"</{m[3]}> closes {m[1]}, which begins in line {m[2]}; expected </{m[1]}>", f"Close {m[1]} first."),
    ),
    (
        re.compile(r"Premature end of data in tag (\S+) line (\d+)"),
        lambda m: (f"the document ends within {m[1]}, which begins in line {m[2]}", "Send the whole file."),
    ),
    (
        re.compile(r"(?:EndTag: '</' not found|Couldn't find end of Start Tag (\S+))"),
        lambda m: (f"the tag {m[1] or ''} is not finished".replace("  ", " "), "Close it with >."),
    ),
    (
        re.compile(r"expected '>'"),
        lambda _: ("a closing tag is not finished", "Close it with >, or send the whole file."),
    ),
    (
        re.compile(r"Entity '(.+)' not defined"),
        lambda m: (
            f"the entity &{m[1]}; is not defined; XML itself has &amp; &lt; &gt; &quot; &apos;",
            "Write the character itself; for an ampersand write &amp;.",
        ),
    ),
    (re.compile(r"xmlParseEntityRef: no name"), lambda _: ("an ampersand stands alone", _AMPERSAND)),
    (re.compile(r"EntityRef: expecting ';'"), lambda _: ("an ampersand begins no entity that ends with ;", _AMPERSAND)),
    (
        re.compile(r"Unescaped '<' not allowed in attributes values"),
        lambda _: ("there is a < in the value of an attribute", "Write &lt; there, or close the value with a quote."),
    ),
    (
        re.compile(r"AttValue: .* expected"),
        lambda _: ("the value of an attribute has no quotes", 'Write it between quotes: name="value".'),
    ),
    (
        re.compile(r"Specification mandates? value for attribute (\S+)"),
        lambda m: (f"the attribute {m[1]} has no value", f'Write {m[1]}="…".'),
    ),
    (re.compile(r"attributes construct error"), lambda _: ("attributes are not separated by blanks", "")),
    (re.compile(r"Attribute (\S+) redefined"), lambda m: (f"the attribute {m[1]} stands twice", "Remove one.")),
    (
        re.compile(r"Namespace prefix (\S+) (?:for (\S+) on (\S+) is not defined|on (\S+) is not defined)"),
        lambda m: (f"the prefix {m[1]} is not declared", _prefix(m[1])),
    ),
    (
        re.compile(r"Extra content at the end of the document"),
        lambda _: ("there is more after the end of the root element", "Remove it: a file holds one document."),
    ),
    (
        re.compile(r"XML declaration allowed only at the start"),
        lambda _: ("<?xml …?> stands inside of the document", "Put it first in the file; a file holds one document."),
    ),
    (
        re.compile(
            r"(?:PCDATA invalid Char value|Char 0x\w+ out of allowed range|invalid xmlChar value|xmlParseCharRef)"
        ),
        lambda _: ("there is a control character, which XML does not allow", "Remove it."),
    ),
    (re.compile(r"Comment not terminated"), lambda _: ("a comment is not finished", "Close it with -->.")),
    (
        re.compile(r"CData section not finished", re.I),
        lambda _: ("a CDATA section is not finished", "Close it with ]]>."),
    ),
    (
        re.compile(r"StartTag: invalid element name"),
        lambda _: ("a < begins no tag", "Write &lt; for the sign, or mend the name of the element."),
    ),
    (
        re.compile(r"Sequence ']]>' not allowed in content"),
        lambda _: ("]]> stands in a text", "Write ]]&gt; there."),
    ),
    (
        re.compile(r"Excessive depth|Maximum element depth"),
        lambda _: ("elements are nested more than 256 levels deep", "A batch has some ten levels."),
    ),
    (
        re.compile(r"huge text node|Resource limit exceeded|too long|too large"),
        lambda _: ("one text has more than 10 million characters", "No text of a batch has over 4,000."),
    ),
    (
        re.compile(r"Unsupported encoding:? ?(\S*)"),
        lambda m: (f"the encoding {m[1]} that is declared is not known", _SAVE),
    ),
    (
        re.compile(r"(?:Invalid bytes in character encoding|not proper UTF-8|conversion failed|encoder error|Bytes: )"),
        lambda _: ("there are bytes that are no text in the declared encoding", _SAVE),
    ),
)
_SAVE = 'Save the file as UTF-8, and declare that: <?xml version="1.0" encoding="UTF-8"?>.'
_KNOWN_PREFIXES: Mapping[str, str] = MappingProxyType({"xsi": 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'})


def what_it_is(document: bytes) -> Words | None:
    """Return what a file is that is plainly no XML; None where it may be some."""
    start = document[:_LOOKED_AT]
    if not start.strip(b"\xef\xbb\xbf \t\r\n"):
        return ("the document is empty" if len(document) <= _LOOKED_AT else "the document begins with blanks only"), ""
    for signature, words, remedy in _SIGNATURES:
        if start.startswith(signature):
            return f"this is {words}, not XML", f"Not this file: {remedy}."
    if _HTML.match(start):
        return "this is an HTML page, not a batch", "It may be an answer that was saved in place of a file."
    if not start.lstrip(b"\xef\xbb\xbf").lstrip().startswith(b"<") and _JSON.match(start):
        return "this is JSON, not XML", "Send the batch as XML."
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") or (b"<" in start[:4] and b"\0" in start[:4]):
        return None  # UTF-16 or UTF-32
    odd = sum(byte < 9 or 13 < byte < 32 for byte in start)
    if odd > len(start) // 20:
        return "this is a binary file, not XML", "Send the batch as XML."
    return None


def words(message: str, document: bytes) -> Words:
    """Return an error of libxml2's parser in plain words.

    Args:
        message: of libxml2, without the position.
        document: that it is about.

    """
    known = what_it_is(document)
    if known is not None:
        return known
    mixed_up = _wrong_encoding(document)
    if mixed_up is not None:
        return mixed_up
    if "Start tag expected" in message or "Document is empty" in message:
        return "the document holds no element", "A batch begins with SEVISBatchCreateUpdateStudent or …EV."
    for pattern, say in _RULES:
        match = pattern.search(message)
        if match:
            return say(match)
    return f"the document is not well-formed ({message})", ""


def _wrong_encoding(document: bytes) -> Words | None:
    """Say that the declared encoding is not that of the bytes, where this is plain."""
    declared = _DECLARED.match(document.lstrip(b"\xef\xbb\xbf"))
    if declared is None and document[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return None
    name = declared[1].decode().upper() if declared is not None else "UTF-8"
    if name.startswith(("UTF-16", "UTF-32", "UCS")):  # the declaration could be read, so that it is not true
        return f"the declared encoding is {name}, but the bytes are not", _SAVE
    if name != "UTF-8":
        return None
    try:
        document.decode("utf-8")
    except UnicodeDecodeError as error:
        line = document.count(b"\n", 0, error.start) + 1
        byte = f"0x{document[error.start]:02X}"
        if declared is None:
            return (
                f"the byte {byte} in line {line} is not UTF-8, and no other encoding is declared",
                f"{_SAVE} {_LATIN}",
            )
        return f"the declared encoding is UTF-8, but the byte {byte} in line {line} is not", f"{_SAVE} {_LATIN}"
    return None


_LATIN = "Editors on Windows often save as windows-1252; that may be declared as well."


def _prefix(prefix: str) -> str:
    known = _KNOWN_PREFIXES.get(prefix)
    return f"Add {known} to the root element." if known else "Remove it, or declare it."
