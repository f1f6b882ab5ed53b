"""Documents from strangers: what is read, and what is refused with a position."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sevis_sim.schemas import NotWellFormed, parse

BOMB = b"<!DOCTYPE a [" + b'<!ENTITY l0 "ha">' + b"".join(
    b'<!ENTITY l%d "%s">' % (level, b"&l%d;" % (level - 1) * 10) for level in range(1, 12)
)  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("declared", [True, False])
def test_any_encoding_that_names_itself_is_read(encoding, declared):
    name = encoding.replace("-sig", "").replace("-le", "").replace("-be", "")
    head = f'<?xml version="1.0" encoding="{name}"?>' if declared else ""
    if not declared and encoding in ("utf-16-le", "utf-16-be"):
        head = "\ufeff"  # without a declaration only the mark says which way round the bytes are
    assert parse(f"{head}<a>Émile</a>".encode(encoding)).getroot().text == "Émile"


def test_a_declared_single_byte_encoding_is_read():
    assert parse('<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>'.encode("latin-1")).getroot().text == "é"


def test_text_around_comments_and_instructions_and_cdata_is_one_piece():
    root = parse(b"<a>one<!-- no -->two<?no no?>three<![CDATA[<four>]]></a>").getroot()
    assert root.text == "onetwothree<four>"
    assert len(root) == 0


@pytest.mark.parametrize(
    "document",
    [
        b"<!DOCTYPE a><a/>",
        b'<?xml version="1.0"?>\n<!-- first --><?pi?>\n<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        BOMB + b"]><a>&l11;</a>",
        BOMB + b']><a b="&l11;"/>',
        b"<!DOCTYPE a [" + b"<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;" + b"]><a/>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_document_type_is_refused_whatever_it_holds(document, encoding):
    with pytest.raises(NotWellFormed, match="DOCTYPE"):
        parse(document.decode().encode(encoding))


def test_a_document_type_hidden_by_an_encoding_unlike_ascii_is_refused():
    hidden = '<?xml version="1.0" encoding="cp037"?><!DOCTYPE a><a/>'.encode("cp037")
    with pytest.raises(NotWellFormed):
        parse(hidden)


def test_the_word_doctype_in_a_comment_or_text_is_no_document_type():
    assert parse(b"<!-- <!DOCTYPE a> --><a><![CDATA[<!DOCTYPE a>]]></a>").getroot().text == "<!DOCTYPE a>"


def test_the_position_of_a_document_type_is_told():
    with pytest.raises(NotWellFormed) as caught:
        parse(b"<?xml version='1.0'?>\n  <!DOCTYPE a><a/>")
    assert (caught.value.line, caught.value.column) == (2, 3)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (b"", "the document is empty"),
        (b" \n ", "the document is empty"),
        (b" " * 5_000, "begins with blanks only"),
        (b"hello", "holds no element"),
        (b"PK\x03\x04", "this is a zip, not XML"),
        (b"%PDF-1.7", "this is a PDF, not XML"),
        (b"<!doctype html><html></html>", "this is an HTML page"),
        (b"<html><br></html>", "this is an HTML page"),
        (b'{"a": 1}', "this is JSON"),
        (bytes(range(256)), "this is a binary file"),
        (b"\0" * 50, "this is a binary file"),
        (b"<a><b></a>", "</a> closes b, which begins in line 1; expected </b>"),
        (b"<a>\n<b>", "the document ends within b, which begins in line 2"),
        (b"<a b=1/>", "the value of an attribute has no quotes"),
        (b"<a b/>", "the attribute b has no value"),
        (b"<a b='1' b='1'/>", "the attribute b stands twice"),
        (b"<a b='<'/>", "there is a < in the value of an attribute"),
        (b"<a>x < y</a>", "a < begins no tag"),
        (b"<a>x & y</a>", "an ampersand stands alone"),
        (b"<a>x&y</a>", "an ampersand begins no entity"),
        (b"<a>&nbsp;</a>", "the entity &nbsp; is not defined"),
        (b"<a><b>1</b", "a closing tag is not finished"),
        (b"<a>]]></a>", "]]> stands in a text"),
        (b"<a><!-- </a>", "a comment is not finished"),
        (b"<a><![CDATA[ </a>", "a CDATA section is not finished"),
        (b"<a/><b/>", "more after the end of the root element"),
        (b"<a/><?xml version='1.0'?><a/>", "stands inside of the document"),
        (b"<a>\x00</a>", "there is a control character"),
        (b"<a>\x0b</a>", "there is a control character"),
        (b"<a>\xe9</a>", "the byte 0xE9 in line 1 is not UTF-8, and no other encoding is declared"),
        (b'<?xml version="1.0" encoding="UTF-8"?>\n<a>\xe9</a>', "but the byte 0xE9 in line 2 is not"),
        (b'<?xml version="1.0" encoding="UTF-16"?><a/>', "the declared encoding is UTF-16, but the bytes are not"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "the encoding klingon that is declared is not known"),
        (b"<x:a/>", "the prefix x is not declared"),
        (b"<a xsi:nil='true'/>", "the prefix xsi is not declared"),
        (b"<a>" * 5_000 + b"</a>" * 5_000, "256 levels"),
        (b"<a>" + b"x" * 10_500_000 + b"</a>", "more than 10 million characters"),
    ],
)
def test_what_is_no_xml_is_refused_with_a_position(document, message):
    with pytest.raises(NotWellFormed, match=re.escape(message)) as caught:
        parse(document)
    assert caught.value.line >= 1
    assert caught.value.column >= 1
    assert "column" not in caught.value.message
    assert "not well-formed (" not in caught.value.message  # that would be words of libxml2


def test_many_comments_before_the_root_take_no_more_than_one_look():
    # A pattern that could read this in more than one way would not come back.
    assert parse(b"<!---->" * 100_000 + b" " * 100_000 + b"<a/>").getroot().tag == "a"


@given(st.binary(max_size=200))
def test_any_bytes_are_a_tree_or_not_well_formed(document):
    with suppress(NotWellFormed):  # and nothing else
        parse(document)


@given(st.text(alphabet="<>/!?-[]&;ab\"'= \n", max_size=60))
def test_any_markup_is_a_tree_or_not_well_formed(document):
    with suppress(NotWellFormed):  # and nothing else
        parse(document.encode())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_column_of_a_document_type(encoding):
    with pytest.raises(NotWellFormed) as refused:
        parse('<?xml version="1.0"?><!DOCTYPE a><a/>'.encode(encoding))
    assert (refused.value.line, refused.value.column) == (1, 22)
