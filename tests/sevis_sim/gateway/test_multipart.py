import pytest
from hypothesis import given
from hypothesis import strategies as st

from sevis_sim.gateway.multipart import boundary_of, read_form

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


EXPECTED = {"orgid": "P-1-12345", "batchid": "BATCH000000001", "userid": "roff000001"}


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 0, 1, 2), (3, 1, 0, 2), (0, 2, 1, 3)])
def test_parts_may_come_in_any_order(order):
    body = b"".join(b"--b\r\n" + FOUR[i] + b"\r\n" for i in order) + b"--b--\r\n"
    form = read_form(body, b"b")
    assert texts(form) == EXPECTED
    assert form.parts["xml"].content == XML
    assert form.parts["xml"].file_name == "batch.xml"
    assert form.notes == []


def test_a_line_feed_alone_before_a_delimiter_is_accepted_and_noted():
    body = b"--b\r\n" + FOUR[3] + b"\n--b\r\n" + FOUR[0] + b"\r\n--b--"
    form = read_form(body, b"b")
    assert form.parts["xml"].content == XML
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
    assert (part.file_name, part.content) == ("a.xml", b"<a/>")


def test_a_missing_closing_delimiter_leaves_the_last_part_readable_and_is_noted():
    form = read_form(b"--b\r\n" + FOUR[0] + b"\r\n--b\r\n" + document(b"<a><b"), b"b")
    assert form.parts["xml"].content == b"<a><b"
    assert "the closing delimiter is missing" in form.notes


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
    assert all(len(part.content) <= len(body) for part in form.parts.values())


@given(st.lists(st.binary(max_size=60).filter(lambda v: b"--bound" not in v), min_size=1, max_size=5))
def test_well_formed_parts_come_back_byte_for_byte(contents):
    parts = [b'Content-Disposition: form-data; name="f%d"\r\n\r\n' % i + c for i, c in enumerate(contents)]
    body = b"".join(b"--bound\r\n" + p + b"\r\n" for p in parts) + b"--bound--\r\n"
    form = read_form(body, b"bound")
    assert [form.parts[f"f{i}"].content for i in range(len(contents))] == contents
