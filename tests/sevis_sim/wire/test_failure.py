"""Failures in words: the table is complete and every placeholder is filled."""

import ssl
from collections import Counter
from typing import get_args

import pytest

from sevis_sim.wire.failure import HandshakeFailure, Phase, explain, from_error, from_kind, from_opening, kinds
from sevis_sim.wire.messages import ClientHello, NotTls, PlainHttp

PEER = ("192.0.2.7", 40000)
HELLO = ClientHello(("TLS 1.3",), "localhost")


@pytest.mark.parametrize("name", list(kinds()))
def test_every_kind_is_explained_with_all_placeholders_filled(name: str) -> None:
    row = kinds()[name]
    failure = HandshakeFailure(name, row.phase, "", "", PEER)
    words = {"ca": "/d/ca.pem", "cert": "/d/c.pem", "key": "/d/c.key", "p12": "/d/c.p12", "url": "https://s/"}
    for advice in (explain(failure), explain(failure, **words, register="import it")):
        text = " ".join([advice.title, *advice.causes, *advice.remedies.values()])
        assert "{" not in text
        assert "}" not in text
        assert advice.title.endswith(".")
        assert advice.causes
        assert "any" in advice.remedies
        assert set(advice.remedies) <= {"any", "curl", "openssl", "java", "dotnet", "python"}
    assert row.phase in get_args(Phase)


def test_no_reason_and_no_verdict_belongs_to_two_kinds() -> None:
    counted = Counter(word for row in kinds().values() for word in (*row.openssl_reasons, *row.verify_codes))
    assert [word for word, count in counted.items() if count > 1] == []


def test_the_reasons_are_words_that_openssl_uses() -> None:
    known = getattr(getattr(ssl, "_ssl", None), "err_codes_to_names", None)
    if known is None:
        pytest.skip("this Python does not list OpenSSL's reasons")
    used = {reason for row in kinds().values() for reason in row.openssl_reasons}
    assert used - set(known.values()) - {"NO_SUITABLE_GROUPS"} == set()


def error_of(reason: str | None) -> ssl.SSLError:
    error = ssl.SSLError(1, "made for a test")
    error.reason = reason  # type: ignore[assignment]
    return error


def verdict_of(code: int, message: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "made for a test")
    error.reason, error.verify_code, error.verify_message = "CERTIFICATE_VERIFY_FAILED", code, message
    return error


def test_an_error_of_openssl_is_sorted_by_its_reason() -> None:
    failure = from_error(error_of("TLSV1_ALERT_UNKNOWN_CA"), PEER, HELLO)
    assert failure == HandshakeFailure(
        "server-refused",
        "server certificate",
        "TLSV1_ALERT_UNKNOWN_CA",
        "tlsv1 alert unknown ca",
        PEER,
        ("TLS 1.3",),
        "localhost",
    )


def test_a_verdict_on_the_client_certificate_is_sorted_by_its_code() -> None:
    failure = from_error(verdict_of(20, "unable to get local issuer certificate"), PEER, HELLO)
    assert (failure.kind, failure.verify_code) == ("unknown-issuer", 20)
    assert failure.detail == "certificate verify failed: unable to get local issuer certificate (code 20)"


def test_what_the_table_does_not_know_still_has_a_kind() -> None:
    assert from_error(error_of("SOMETHING_NEW"), PEER, HELLO).kind == "other"
    assert from_error(error_of(None), PEER, HELLO).reason == "SSLError"
    assert from_error(verdict_of(9999, "new"), PEER, HELLO).kind == "bad-client-certificate"


def test_without_a_hello_the_phase_is_the_opening() -> None:
    assert from_kind("timeout", "late", None, None).phase == "opening"
    assert from_kind("timeout", "late", None, HELLO).phase == "negotiation"


def test_first_bytes_that_are_not_tls_are_quoted() -> None:
    assert "GET / HTTP/1.1" in from_opening(PlainHttp("GET / HTTP/1.1"), PEER).detail
    assert "00 01" in from_opening(NotTls("00 01"), PEER).detail


@pytest.mark.parametrize("name", [name for name, kind in kinds().items() if kind.phase != "opening"])
def test_what_a_client_can_mend_is_said_for_every_client(name: str) -> None:
    wanted = {"any", "curl"} if name == "timeout" else {"any", "curl", "openssl", "java", "dotnet", "python"}
    assert wanted <= set(kinds()[name].remedies)
