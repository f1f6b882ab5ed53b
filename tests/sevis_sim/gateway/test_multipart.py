from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sevis_sim.gateway.deviations import oddities
from sevis_sim.gateway.multipart import (
    IN_MEMORY,
    MAX_HEADERS,
    MAX_NOTED,
    MAX_PARTS,
    MAX_VALUE,
    FormReader,
    boundary_of,
    header_deviations,
    read_form,
)

XML = b'<?xml version="1.0"?>\r\n<a>\r\n</a>\n'


def value(name: str, text: str) -> bytes:
    return f'Content-Disposition: form-data; name="{name}"\r\n\r\n{text}'.encode()


def document(content: bytes = XML, name: str = "batch.xml") -> bytes:
    return (
        b'Content-Disposition: form-data; name="xml"; filename="' + name.encode() + b'"\r\n'
        b"Content-Type: application/xml\r\n\r\n" + content
    )


FOUR = [value("orgid", "P-1-12345"), value("batchid", "BATCH000000001"), value("userid", "roff000001"), document()]


def texts(form) -> dict[str, str]:
    return {name: part.text for name, part in form.parts.items() if name != "xml"}


def kinds(form) -> list[str]:
    return [each.kind for each in form.deviations]


def spots(form) -> list[tuple[str, int]]:
    return [(each.kind, each.offset) for each in form.deviations]


EXPECTED = {"orgid": "P-1-12345", "batchid": "BATCH000000001", "userid": "roff000001"}


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 0, 1, 2), (3, 1, 0, 2), (0, 2, 1, 3)])
def test_parts_may_come_in_any_order(order):
    body = b"".join(b"--b\r\n" + FOUR[i] + b"\r\n" for i in order) + b"--b--\r\n"
    form = read_form(body, b"b")
    assert texts(form) == EXPECTED
    assert form.parts["xml"].read() == XML
    assert form.parts["xml"].file_name == "batch.xml"
    assert form.notes == []


def test_a_line_feed_alone_before_a_delimiter_is_accepted_and_noted():
    body = b"--b\r\n" + FOUR[3] + b"\n--b\r\n" + FOUR[0] + b"\r\n--b--"
    form = read_form(body, b"b")
    assert form.parts["xml"].read() == XML
    assert form.parts["orgid"].text == "P-1-12345"
    assert any("bare line feed" in note for note in form.notes)


def test_closing_delimiters_between_parts_and_blank_lines_after_values_are_accepted():
    body = b"".join(b"--b--\r\n" + part + b"\r\n\r\n" for part in FOUR) + b"--b--\r\n"
    form = read_form(body, b"b")
    assert texts(form) == EXPECTED
    assert any("closing delimiter stands before part" in note for note in form.notes)


def test_a_value_without_a_line_end_swallows_the_rest_of_the_body():
    body = b"--b\r\n" + FOUR[3] + b"\n--b\r\n" + FOUR[0] + b"--b\r\n" + FOUR[1] + b"--b\r\n" + FOUR[2] + b"--b--\r\n"
    form = read_form(body, b"b")
    assert set(form.parts) == {"xml", "orgid"}
    assert form.parts["orgid"].text.startswith("P-1-12345--b\r\nContent-Disposition")
    assert form.parts["orgid"].text.endswith("--b--")


def test_names_may_be_unquoted_and_the_part_may_lack_a_content_type():
    body = b"--b\r\nContent-Disposition: form-data; name=xml; filename=a.xml\r\n\r\n<a/>\r\n--b--\r\n"
    part = read_form(body, b"b").parts["xml"]
    assert (part.file_name, part.read()) == ("a.xml", b"<a/>")


def test_a_missing_closing_delimiter_leaves_the_last_part_readable_and_is_noted():
    form = read_form(b"--b\r\n" + FOUR[0] + b"\r\n--b\r\n" + document(b"<a><b"), b"b")
    assert form.parts["xml"].read() == b"<a><b"
    assert kinds(form) == ["closing-missing"]


def test_a_part_without_headers_is_left_out_and_noted():
    form = read_form(b"--b\r\n\r\nlost\r\n--b\r\n" + FOUR[0] + b"\r\n--b--", b"b")
    assert set(form.parts) == {"orgid"}
    assert any("no headers" in note for note in form.notes)


@pytest.mark.parametrize(
    ("header", "boundary"),
    [
        ("multipart/form-data; boundary=abc", b"abc"),
        ('multipart/form-data; boundary="a b"', b"a b"),
        ("Multipart/Form-Data; charset=utf-8; BOUNDARY=x", b"x"),
        ("multipart/form-data", None),
        ("application/x-www-form-urlencoded", None),
        ("", None),
    ],
)
def test_the_boundary_is_read_quoted_or_not(header, boundary):
    assert boundary_of(header) == boundary


@given(st.binary(max_size=300), st.sampled_from([b"b", b"--", b"x y"]))
def test_no_body_makes_the_reader_raise(body, boundary):
    form = read_form(body, boundary)
    assert all(len(part.read()) <= len(body) for part in form.parts.values())


@given(st.lists(st.binary(max_size=60).filter(lambda v: b"--bound" not in v), min_size=1, max_size=5))
def test_well_formed_parts_come_back_byte_for_byte(contents):
    parts = [b'Content-Disposition: form-data; name="f%d"\r\n\r\n' % i + c for i, c in enumerate(contents)]
    body = b"".join(b"--bound\r\n" + p + b"\r\n" for p in parts) + b"--bound--\r\n"
    form = read_form(body, b"bound")
    assert [form.parts[f"f{i}"].read() for i in range(len(contents))] == contents


def whole(*parts: bytes) -> bytes:
    return b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--\r\n"


PLAIN = value("orgid", "A")
ENDS = len(b"--b\r\n" + PLAIN)


@pytest.mark.parametrize(
    ("kind", "body", "offset"),
    [
        ("no-delimiter", b"no form at all", 0),
        ("preamble", b"a greeting\r\n" + whole(PLAIN), 0),
        ("bare-line-feed", b"--b\r\n" + PLAIN + b"\n--b--\r\n", ENDS + 1),
        ("delimiter-line-feed", b"--b\n" + PLAIN + b"\r\n--b--\r\n", 3),
        ("delimiter-inside-line", b"--b\r\n" + PLAIN + b"--b--\r\n", ENDS),
        ("delimiter-with-text", b"--b\r\n" + PLAIN + b"\r\n--b and more\r\n--b--\r\n", ENDS + 2),
        ("closing-between-parts", b"--b--\r\n" + PLAIN + b"\r\n--b--\r\n", 0),
        ("closing-missing", b"--b\r\n" + PLAIN + b"\r\n", ENDS + 2),
        ("epilogue", whole(PLAIN) + b"goodbye", ENDS + 2),
        ("no-headers", whole(b"\r\nlost"), 0),
        ("no-name", whole(b"Content-Type: text/plain\r\n\r\nlost"), 0),
        ("not-form-data", whole(b"Content-Disposition: attachment; name=orgid\r\n\r\nA"), 0),
        ("header-line-feed", whole(b"Content-Disposition: form-data; name=orgid\nX: 1\n\nA"), 0),
        ("headers-too-long", whole(b"X: " + b"y" * MAX_HEADERS + b"\r\n\r\nA"), 0),
        ("blanks-around-value", whole(value("orgid", "A\r\n")), 0),
        ("value-too-long", whole(value("orgid", "A" * (MAX_VALUE + 1))), 0),
        ("repeated-field", whole(PLAIN, PLAIN), ENDS + 2),
        ("too-many-parts", whole(*[value(f"f{n}", "") for n in range(MAX_PARTS + 1)]), None),
    ],
)
def test_every_deviation_is_noted_where_it_stands(kind, body, offset):
    form = read_form(body, b"b")
    found = {each.kind: each.offset for each in form.deviations}
    assert kind in found
    assert offset is None or found[kind] == offset
    assert (form.forbidden is not None) == any(oddities()[each].forbidden for each in found)


def test_every_deviation_of_the_catalogue_is_tried():
    marks = test_every_deviation_is_noted_where_it_stands.pytestmark
    tried = {case[0] for mark in marks for case in mark.args[1]}
    elsewhere = {"content-type", "boundary-needs-quotes", "boundary-too-long", "tolerated-delimiter"}
    assert tried | elsewhere == set(oddities())


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("multipart/form-data; boundary=abc", []),
        ('multipart/form-data; boundary="a b"', []),
        ("multipart/form-data; boundary=a/b", ["boundary-needs-quotes"]),
        (f"multipart/form-data; boundary={'x' * 71}", ["boundary-too-long"]),
        ("multipart/mixed; boundary=x", ["content-type"]),
        ("text/xml", ["content-type"]),
    ],
)
def test_the_header_of_a_form_is_judged_too(header, found):
    assert [each.kind for each in header_deviations(header)] == found


def test_a_lenient_reader_takes_a_delimiter_inside_a_line():
    body = b"".join(b"--b\r\n" + part for part in FOUR) + b"--b--"
    assert set(read_form(body, b"b").parts) == {"orgid"}
    form = read_form(body, b"b", lenient=True)
    assert texts(form) == EXPECTED
    assert "tolerated-delimiter" in kinds(form)


def test_a_large_part_comes_back_from_its_temporary_file():
    large = b"<a>" + b"x" * (2 * IN_MEMORY) + b"</a>"
    form = read_form(whole(document(large)), b"b")
    assert (form.parts["xml"].size, form.parts["xml"].read(), form.deviations) == (len(large), large, [])


PIECES = st.lists(
    st.sampled_from(
        [
            b"--b",
            b"--b--",
            b"\r\n",
            b"\n",
            b"\r",
            b"--",
            b"b",
            b" ",
            PLAIN,
            FOUR[1],
            FOUR[3],
            b"\r\n--b\r\n",
            b"x",
            b":",
        ]
    ),
    max_size=25,
).map(b"".join)


@given(PIECES, st.lists(st.integers(1, 40), min_size=1, max_size=30), st.booleans())
def test_it_does_not_matter_in_what_pieces_a_body_arrives(body, cuts, lenient):
    expected = read_form(body, b"b", lenient=lenient)
    reader = FormReader(b"b", lenient=lenient)
    start = 0
    for length in cuts:
        reader.feed(body[start : start + length])
        start += length
    reader.feed(body[start:])
    form = reader.close()
    assert {name: (part.file_name, part.read()) for name, part in form.parts.items()} == {
        name: (part.file_name, part.read()) for name, part in expected.parts.items()
    }
    assert spots(form) == spots(expected)


def test_a_body_of_nothing_but_deviations_leaves_few_notes():
    form = read_form(b"\n--b text" * 5000 + b"\n--b\n\nx" * 5000, b"b")
    assert max(Counter(each.kind for each in form.deviations).values()) == MAX_NOTED


def test_of_a_value_that_swallowed_a_large_body_only_the_beginning_is_read():
    form = read_form(whole(value("orgid", "A" * (MAX_VALUE + 5))), b"b")
    assert len(form.parts["orgid"].text) == MAX_VALUE


@pytest.mark.parametrize(
    "before", [b'Content-Type: text/xml; name="a.xml"; filename="b.xml"\r\n', b"X-Field: name=orgid\r\n"]
)
def test_other_headers_of_a_part_name_no_field(before):
    part = before + b'Content-Disposition: form-data; name="xml"; filename="batch.xml"\r\n\r\n' + XML
    form = read_form(b"--x\r\n" + part + b"\r\n--x--\r\n", b"x")
    assert {name: read.file_name for name, read in form.parts.items()} == {"xml": "batch.xml"}
    assert form.notes == []


def test_parameters_may_stand_on_a_line_of_their_own():
    part = b'content-disposition: form-data;\r\n name="orgid"\r\n\r\nP-1-12345'
    assert texts(read_form(b"--x\r\n" + part + b"\r\n--x--\r\n", b"x")) == {"orgid": "P-1-12345"}
