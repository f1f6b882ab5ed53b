"""A connection that died before it could ask for anything: the facts, and in words why and how to mend it."""

import re
import ssl
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from sevis_sim.wire.messages import ClientHello, NotTls, PlainHttp

Phase = Literal["opening", "negotiation", "server certificate", "client certificate"]
"""How far it came: before the ClientHello was complete; agreeing on versions and ciphers; while the client judged
the server's certificate; while the server judged the client's."""


@dataclass(frozen=True, slots=True)
class HandshakeFailure:
    """Why a connection never became a TLS connection."""

    kind: str
    """A name of `kinds()`, such as ``unknown-issuer``."""
    phase: Phase
    reason: str
    """OpenSSL's reason such as ``CERTIFICATE_VERIFY_FAILED``, or our own words where OpenSSL was not asked."""
    detail: str
    """One line with everything that is known about the reason."""
    peer: tuple[str, int] | None
    """Address and port of the client."""
    versions: tuple[str, ...] = ()
    """TLS versions that the client offered."""
    server_name: str = ""
    """The host that the client meant (SNI)."""
    verify_code: int | None = None
    """OpenSSL's verdict on the client certificate (x509_vfy.h), where there was one."""
    offered: tuple[bytes, ...] = field(default=(), repr=False)
    """Certificates (DER) that the client sent, its own first."""


@dataclass(frozen=True, slots=True)
class Advice:
    """A failure in words."""

    title: str
    """One sentence: what happened."""
    causes: tuple[str, ...]
    """Likely causes, the likeliest first."""
    remedies: Mapping[str, str]
    """How to mend it, by client: ``any``, ``curl``, ``openssl``, ``java``, ``dotnet``, ``python``."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of handshake_failures.toml."""

    phase: Phase
    title: str
    causes: tuple[str, ...]
    remedies: Mapping[str, str]
    openssl_reasons: tuple[str, ...] = ()
    verify_codes: tuple[int, ...] = ()


@cache
def kinds() -> Mapping[str, Kind]:
    """Return the kinds of failure of handshake_failures.toml by name."""
    text = Path(__file__).with_name("handshake_failures.toml").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            name: Kind(
                phase=table["phase"],
                title=table["title"],
                causes=tuple(table["causes"]),
                remedies=MappingProxyType(table["remedies"]),
                openssl_reasons=tuple(table.get("openssl_reasons", ())),
                verify_codes=tuple(table.get("verify_codes", ())),
            )
            for name, table in tomllib.loads(text).items()
        }
    )


def explain(failure: HandshakeFailure, **words: str) -> Advice:
    """Say in words what a failure means and how to mend it.

    Args:
        failure: The failure.
        words: What to write for the placeholders ``ca`` (the authority's file), ``cert``, ``key``, ``p12`` (the
            client's files), ``url`` (of the server) and ``register`` (how to make a certificate known).
    """
    filled = {**_PLACEHOLDERS, **words}
    row = kinds()[failure.kind]
    return Advice(
        row.title,
        tuple(_fill(cause, filled) for cause in row.causes),
        {client: _fill(remedy, filled) for client, remedy in row.remedies.items()},
    )


_PLACEHOLDERS = {
    "ca": "ca.pem",
    "cert": "client.pem",
    "key": "client.key",
    "p12": "client.p12",
    "url": "https://localhost:8443/",
    "register": "register the certificate with the server",
}


def _fill(text: str, words: Mapping[str, str]) -> str:
    return re.sub(r"\{(ca|cert|key|p12|url|register)\}", lambda found: words[found[1]], text)


def from_opening(opening: PlainHttp | NotTls, peer: tuple[str, int] | None) -> HandshakeFailure:
    """Describe a connection whose first bytes are not TLS."""
    if isinstance(opening, PlainHttp):
        detail = f"plain HTTP on the TLS port: {opening.request_line}"
        return HandshakeFailure("plain-http", "opening", "plain HTTP", detail, peer)
    detail = f"the first bytes are not TLS: {opening.start}"
    return HandshakeFailure("not-tls", "opening", "not TLS", detail, peer)


def from_kind(kind: str, detail: str, peer: tuple[str, int] | None, hello: ClientHello | None) -> HandshakeFailure:
    """Describe a failure that the connection itself showed, not OpenSSL."""
    phase = kinds()[kind].phase if hello is not None else "opening"
    hello = hello or ClientHello()
    return HandshakeFailure(kind, phase, kind.replace("-", " "), detail, peer, hello.versions, hello.server_name)


def from_error(error: ssl.SSLError, peer: tuple[str, int] | None, hello: ClientHello) -> HandshakeFailure:
    """Describe a handshake that OpenSSL ended."""
    reason = error.reason or type(error).__name__
    verify_code = error.verify_code if isinstance(error, ssl.SSLCertVerificationError) else None
    kind = _kind_of(reason, verify_code)
    detail = reason.replace("_", " ").lower()
    if isinstance(error, ssl.SSLCertVerificationError):
        detail = f"{detail}: {error.verify_message} (code {verify_code})"
    return HandshakeFailure(
        kind, kinds()[kind].phase, reason, detail, peer, hello.versions, hello.server_name, verify_code
    )


def _kind_of(reason: str, verify_code: int | None) -> str:
    for name, row in kinds().items():
        if verify_code in row.verify_codes or (verify_code is None and reason in row.openssl_reasons):
            return name
    return "bad-client-certificate" if verify_code is not None else "other"
