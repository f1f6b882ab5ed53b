"""Reading and rewriting the header of upload documents, sound and broken ones."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from sevis_sim.client import ClientError, FileHeader, read_header, with_batch_id

SAMPLE = Path(__file__).resolve().parents[4] / "shared" / "reference" / "samples" / "ev-batch-2016.xml"

STUDENTS = (
    '<SEVISBatchCreateUpdateStudent userID="pdso000001">'
    "<BatchHeader><BatchID>BATCH000000001</BatchID><OrgID>ABC214F00012000</OrgID></BatchHeader>"
    "{rest}</SEVISBatchCreateUpdateStudent>"
)
EXPECTED = FileHeader("ABC214F00012000", "BATCH000000001", "pdso000001", "student")


def test_a_document_says_who_it_is_from() -> None:
    assert read_header(STUDENTS.format(rest="").encode()) == EXPECTED


@pytest.mark.skipif(not SAMPLE.is_file(), reason="the reference folder is not here")
def test_a_real_document_of_exchange_visitors_is_read() -> None:
    header = read_header(SAMPLE.read_bytes())
    assert header == FileHeader("P-1-19833", "----kynEn47azQ", "esayya9302", "exchangeVisitor")


@pytest.mark.parametrize("rest", ["<CreateStudent><oops></CreateStudent>", "\x01", "&nbsp;", "<unfinished"])
def test_what_is_broken_behind_the_header_does_not_matter(rest: str) -> None:
    document = STUDENTS.format(rest=rest).encode()
    assert read_header(document) == EXPECTED
    assert read_header(with_batch_id(document, "BATCH000000002")).batch_id == "BATCH000000002"


def test_what_a_document_does_not_say_is_blank() -> None:
    assert read_header(b"<Other/>") == FileHeader("", "", "", None)
    assert read_header(b"<SEVISBatchCreateUpdateEV><BatchHeader/></SEVISBatchCreateUpdateEV>") == FileHeader(
        "", "", "", "exchangeVisitor"
    )


def test_a_batch_id_elsewhere_in_the_document_is_not_taken_for_the_header_s() -> None:
    document = b"<R><BatchID>WRONG</BatchID><BatchHeader><X><BatchID>WRONG</BatchID></X></BatchHeader></R>"
    assert read_header(document).batch_id == ""


def test_comments_cdata_and_blanks_around_an_id_do_not_matter() -> None:
    document = b"<R><BatchHeader><BatchID>\r\n BATCH<!-- x --><![CDATA[0001]]>\t</BatchID></BatchHeader></R>"
    assert read_header(document).batch_id == "BATCH0001"
    assert with_batch_id(document, "B2") == b"<R><BatchHeader><BatchID>B2</BatchID></BatchHeader></R>"


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"", "no element found"),
        (b"PK\x03\x04", "not well-formed"),
        (b"<R><BatchHeader><BatchID>X</OrgID></BatchHeader></R>", r"mismatched tag \(line 1, column 29\)"),
        (b'<?xml version="1.0" encoding="klingon"?><R/>', "unknown encoding"),
        (b'<!DOCTYPE R [<!ENTITY a "x">]><R><BatchHeader/></R>', "declares entities"),
    ],
)
def test_what_cannot_be_read_is_an_error_of_one_line(document: bytes, reason: str) -> None:
    with pytest.raises(ClientError, match=reason) as caught:
        read_header(document)
    assert "\n" not in str(caught.value)


def test_entities_are_refused_before_they_are_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    document = (
        f'<!DOCTYPE R [<!ENTITY x SYSTEM "{secret.as_uri()}">]><R><BatchHeader><BatchID>&x;</BatchID></BatchHeader></R>'
    )
    with pytest.raises(ClientError, match="declares entities"):
        read_header(document.encode())


def test_a_document_without_a_batch_id_cannot_get_another() -> None:
    with pytest.raises(ClientError, match="no BatchHeader/BatchID"):
        with_batch_id(b"<R><BatchHeader/></R>", "B2")


@pytest.mark.parametrize(
    "tag", ["<BatchID></BatchID>", "<BatchID/>", '<BatchID a="&lt;/>" />', "<BatchID><b/></BatchID>"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1"])
def test_an_empty_batch_id_is_filled_in_every_encoding(tag: str, encoding: str) -> None:
    name = "utf-16" if encoding.startswith("utf-16") else "iso-8859-1" if encoding == "iso-8859-1" else "utf-8"
    text = f'<?xml version="1.0" encoding="{name}"?><R><BatchHeader>{tag}</BatchHeader><N>ÄÖ</N></R>'
    changed = with_batch_id(text.encode(encoding), "BATCH000000002")
    assert read_header(changed).batch_id == "BATCH000000002"
    assert etree.fromstring(changed).findtext("N") == "ÄÖ"


words = st.text(st.characters(codec="latin-1", min_codepoint=0x20), max_size=30)


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@settings(max_examples=200, deadline=None)
@given(
    before=words,
    old=words,
    new=st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=14),
    after=words,
    encoding=st.sampled_from(["utf-8", "utf-16", "iso-8859-1", "windows-1252"]),
    newline=st.sampled_from(["\n", "\r\n"]),
)
def test_only_the_batch_id_changes(before: str, old: str, new: str, after: str, encoding: str, newline: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?>{newline}<R><N>{escaped(before)}</N><BatchHeader><BatchID>'
    tail = f"</BatchID>{newline}</BatchHeader><N>{escaped(after)}</N></R>{newline}"
    try:
        parts = head.encode(encoding), escaped(old).encode(encoding), tail.encode(encoding)
    except UnicodeEncodeError:
        return  # windows-1252 lacks a few of latin-1
    if encoding == "utf-16":  # each encode() writes a mark; only the first belongs
        parts = parts[0], parts[1][2:], parts[2][2:]
    changed = with_batch_id(b"".join(parts), new)
    assert changed.startswith(parts[0])
    assert changed.endswith(parts[2])
    expat_text = etree.fromstring(changed, etree.XMLParser(resolve_entities=False))
    assert expat_text.findtext("BatchHeader/BatchID") == new
    assert read_header(changed).batch_id == " ".join(new.split())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=120))
def test_any_bytes_are_read_or_refused(document: bytes) -> None:
    try:
        header = read_header(document)
    except ClientError:
        return
    assert header.population is None
