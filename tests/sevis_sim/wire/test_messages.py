"""What a client sends: the first bytes of a connection, and its certificates."""

import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sevis_sim.wire.messages import MAX_BYTES, ClientHello, NotTls, PlainHttp, read_certificates, read_opening


def client_hello(
    server_name: str | None = "sim.example.test",
    alpn: list[str] | None = None,
    lowest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
    highest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
) -> bytes:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.minimum_version, context.maximum_version = lowest, highest
    if alpn:
        context.set_alpn_protocols(alpn)
    outgoing = ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=server_name).do_handshake()
    return outgoing.read()


def in_records(hello: bytes, size: int) -> bytes:
    """Cut the one record of a hello into records of some bytes each."""
    message = hello[5:]
    pieces = [message[i : i + size] for i in range(0, len(message), size)]
    return b"".join(hello[:3] + len(piece).to_bytes(2) + piece for piece in pieces)


HELLO = client_hello(alpn=["h2", "http/1.1"])
READ = ClientHello(("TLS 1.3", "TLS 1.2"), "sim.example.test", ("h2", "http/1.1"))


def test_what_openssl_offers_is_read() -> None:
    assert read_opening(HELLO) == READ


def test_a_hello_without_extensions_of_interest() -> None:
    only_12 = client_hello(None, highest=ssl.TLSVersion.TLSv1_2)
    assert read_opening(only_12) == ClientHello(("TLS 1.2",))


def test_more_bytes_are_asked_for_until_the_hello_is_whole() -> None:
    assert {read_opening(HELLO[:length]) for length in range(len(HELLO))} == {None}
    assert read_opening(HELLO + b"\x17\x03\x03\x00\x01x") == READ


@given(st.integers(1, 600))
def test_a_hello_in_several_records_is_joined(size: int) -> None:
    assert read_opening(in_records(HELLO, size)) == READ


def test_reserved_version_numbers_are_left_out() -> None:
    assert HELLO.count(b"\x03\x04\x03\x03") == 1
    greased = HELLO.replace(b"\x03\x04\x03\x03", b"\x7a\x7a\x03\x03")
    assert read_opening(greased) == ClientHello(("TLS 1.2",), READ.server_name, READ.alpn)


def test_a_damaged_hello_is_left_to_openssl() -> None:
    suites = 44 + HELLO[43]  # where the length of the cipher suites stands, after the session id
    damaged = HELLO[:suites] + b"\xff\xff" + HELLO[suites + 2 :]  # it points beyond the end
    assert read_opening(damaged) == ClientHello()


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x00\x04\x02\x00\x00\x00",  # a ServerHello
        b"\x16\x03\x01\x00\x00",  # an empty record
        b"\x16\x03\x01\xff\xff" + b"a" * 100,  # a record longer than any may be
        b"\x16\x03\x01\x00\x02\x01\x00\x15\x03\x01\x00\x02\x02\x28",  # an alert in the middle of the hello
        b"\x16\x03\x01\x00\x04\x01\xff\xff\xff",  # a message of 16 MB
        b"\x16\x03\x01\x00\x01\x01" * (MAX_BYTES // 6 + 1),  # crumbs without end
    ],
)
def test_what_only_looks_like_a_hello_is_left_to_openssl(data: bytes) -> None:
    assert read_opening(data) == ClientHello()


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\n", b"POST /a?b HTTP/1.0", b"OPTIONS *", b"PRI * HTTP/2.0\r\n"])
def test_plain_http_is_told_by_its_request_line(data: bytes) -> None:
    assert read_opening(data) == PlainHttp(data.decode().strip())


@pytest.mark.parametrize("data", [b"G", b"GET", b"POST"])
def test_the_beginning_of_a_method_may_become_plain_http(data: bytes) -> None:
    assert read_opening(data) is None


@pytest.mark.parametrize(
    "data",
    [b"\x00", b"get / HTTP/1.1", b"PROXY TCP4 ", b"A" * 11, b"SSH-2.0", b"\x80\x2e\x01\x03\x01", b"\x16\x01\x00"],
)
def test_anything_else_is_shown_in_hexadecimal(data: bytes) -> None:
    assert read_opening(data) == NotTls(data[:16].hex(" "))


@given(st.binary(max_size=400))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    assert read_opening(data) is None or data


@given(st.integers(5, len(HELLO) - 1), st.integers(1, 255))
def test_no_flipped_byte_makes_it_fail(position: int, flip: int) -> None:
    flipped = bytearray(HELLO)
    flipped[position] ^= flip
    assert isinstance(read_opening(bytes(flipped)), ClientHello | None)


def vector(data: bytes, length_bytes: int) -> bytes:
    return len(data).to_bytes(length_bytes) + data


certificates = st.lists(st.binary(max_size=300), max_size=4)


@given(certificates)
def test_the_certificates_of_tls_1_2_are_read(sent: list[bytes]) -> None:
    body = vector(b"".join(vector(der, 3) for der in sent), 3)
    assert read_certificates(b"\x0b" + vector(body, 3)) == tuple(sent)


@given(certificates, st.binary(max_size=20), st.binary(max_size=20))
def test_the_certificates_of_tls_1_3_are_read(sent: list[bytes], context: bytes, extensions: bytes) -> None:
    body = vector(context, 1) + vector(b"".join(vector(der, 3) + vector(extensions, 2) for der in sent), 3)
    if int.from_bytes(body[:3]) != len(body) - 3:  # a context that looks like TLS 1.2; clients send none at this time
        assert read_certificates(b"\x0b" + vector(body, 3)) == tuple(sent)


@given(st.binary(max_size=100))
def test_a_damaged_certificate_message_does_not_fail(data: bytes) -> None:
    assert isinstance(read_certificates(data), tuple)
