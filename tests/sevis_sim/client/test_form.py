"""The multipart form looks like curl's and is read back as it was meant."""

import hashlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sevis_sim.client.form import FilePart, multipart

FIELDS = {"orgid": "ABC214F00012000", "batchid": "BATCH000000001", "userid": "pdso000001"}


def test_the_body_is_that_of_curl_byte_for_byte() -> None:
    """What curl 7.88 sends for -F orgid=… -F batchid=… -F userid=… -F 'xml=@a b.xml', but for the boundary's digits."""
    body, content_type = multipart(FIELDS, FilePart("xml", "a b.xml", b"<R/>\n"))
    found = re.fullmatch(r"multipart/form-data; boundary=(-{24}[0-9a-f]{16})", content_type)
    assert found is not None
    boundary = found[1]
    assert body.decode() == (
        f"--{boundary}\r\n"
        'Content-Disposition: form-data; name="orgid"\r\n\r\nABC214F00012000\r\n'
        f"--{boundary}\r\n"
        'Content-Disposition: form-data; name="batchid"\r\n\r\nBATCH000000001\r\n'
        f"--{boundary}\r\n"
        'Content-Disposition: form-data; name="userid"\r\n\r\npdso000001\r\n'
        f"--{boundary}\r\n"
        'Content-Disposition: form-data; name="xml"; filename="a b.xml"\r\n'
        "Content-Type: application/xml\r\n\r\n<R/>\n\r\n"
        f"--{boundary}--\r\n"
    )


def test_equal_forms_give_equal_bytes() -> None:
    assert multipart(FIELDS, FilePart("xml", "a.xml", b"1")) == multipart(FIELDS, FilePart("xml", "a.xml", b"1"))


def test_a_boundary_that_occurs_in_the_file_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    digests = iter(["1" * 64, "2" * 64, "3" * 64])

    class Digest:
        def update(self, _: bytes) -> None: ...

        def hexdigest(self) -> str:
            return next(digests)

    monkeypatch.setattr(hashlib, "sha256", Digest)
    unlucky = f"--{'-' * 24}{'1' * 16}--{'-' * 24}{'2' * 16}"
    _, content_type = multipart({"orgid": unlucky})
    assert content_type.endswith("=" + "-" * 24 + "3" * 16)


def test_a_file_name_cannot_break_out_of_its_header() -> None:
    body, _ = multipart({}, FilePart("xml", 'a"; x="\r\nEvil: 1', b""))
    assert b'filename="a%22; x=%22%0D%0AEvil: 1"' in body


@settings(max_examples=150, deadline=None)
@given(
    values=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), min_size=3, max_size=3),
    content=st.binary(max_size=300),
)
def test_our_own_gateway_reads_what_was_sent(values: list[str], content: bytes) -> None:
    from sevis_sim.gateway.multipart import boundary_of, read_form

    fields = dict(zip(FIELDS, values, strict=True))
    body, content_type = multipart(fields, FilePart("xml", "batch.xml", content))
    boundary = boundary_of(content_type)
    assert boundary is not None
    parts = read_form(body, boundary).parts
    assert {name: parts[name].text for name in fields} == {name: value.strip() for name, value in fields.items()}
    assert (parts["xml"].file_name, parts["xml"].read()) == ("batch.xml", content)
