"""The server's TLS context, and the view into a handshake that asyncio does not give.

`loop.start_tls` takes any `ssl.SSLContext` and asks it for an `SSLObject`. Ours hands out an object that belongs to
one connection: it starts with the ClientHello that was read before, and when the handshake fails it saves the alert
for the client, which asyncio throws away: without it the client is told only that the connection was closed.
"""

import ssl
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any, Literal, Protocol

NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME (OpenSSL x509_vfy.h), which the ssl module does not name."""


_HANDSHAKE, _CERTIFICATE = 22, 11  # content type and handshake type, RFC 8446 sections 5.1 and 4


TlsVersion = Literal["1.2", "1.3"]


class WireError(Exception):
    """The network cannot be used as asked; the message is one line that says what to do."""


class ServerIdentity(Protocol):
    """A certificate with its key."""

    def load_into(self, context: ssl.SSLContext) -> None:
        """Let a context present this identity."""


class Attempt:
    """One connection's handshake, as the connection and the TLS object see it."""

    __slots__ = ("certificate_message", "last_words", "opening")

    def __init__(self, opening: bytes, last_words: Callable[[bytes], None]) -> None:
        self.opening = opening
        """Bytes that were received before the handshake was begun."""
        self.last_words = last_words
        """Called with OpenSSL's alert for the client when the handshake has failed."""
        self.certificate_message = b""
        """The client's Certificate message (decrypted), once it came."""


current_attempt: ContextVar[Attempt] = ContextVar("current_attempt")
"""Set by the task that is about to call `loop.start_tls`, which makes the TLS object within the same task."""


class _HandshakeObject(ssl.SSLObject):
    attempt: Attempt | None = None
    outgoing: ssl.MemoryBIO

    def do_handshake(self) -> None:
        try:
            super().do_handshake()
        except ssl.SSLWantReadError:
            raise
        except ssl.SSLError:
            if self.attempt is not None:
                self.attempt.last_words(self.outgoing.read())
            raise
        self.attempt = None  # the connection outlives its handshake, and needs nothing of it


class ServerContext(ssl.SSLContext):
    """A server's TLS context. You obtain one from `server_context`."""

    sslobject_class = _HandshakeObject

    def wrap_bio(self, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, *args: Any, **kwargs: Any) -> ssl.SSLObject:
        """As in the standard library; also ties the new object to the current attempt."""
        made = super().wrap_bio(incoming, outgoing, *args, **kwargs)
        attempt = current_attempt.get(None)
        if attempt is not None and isinstance(made, _HandshakeObject):
            incoming.write(attempt.opening)
            made.attempt, made.outgoing = attempt, outgoing
        return made


def server_context(
    identity: ServerIdentity, ca: bytes, extra_anchors: Iterable[bytes] = (), tls: TlsVersion | None = None
) -> ServerContext:
    """Make a context that asks for a client certificate and leaves the judgement to the application.

    TLS 1.2 and 1.3, session tickets on. The handshake succeeds without a certificate and with every certificate that
    `ca` or an anchor vouches for, whatever its validity dates say.

    Args:
        identity: What the server presents.
        ca: PEM of the authority whose client certificates are let in.
        extra_anchors: PEM of single certificates that are let in, self-signed or of any issuer.
        tls: The one version to speak; None for both.

    Raises:
        WireError: an anchor is not a certificate.
    """
    context = ServerContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3 if tls == "1.3" else ssl.TLSVersion.TLSv1_2
    if tls == "1.2":
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.num_tickets = 1  # what a connection can resume with; OpenSSL's usual two take 10 % of a handshake more
    context.verify_mode = ssl.CERT_OPTIONAL
    # PARTIAL_CHAIN lets a certificate vouch for itself although its issuer is unknown.
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN | ssl.VerifyFlags(NO_CHECK_TIME)
    _watch_for_certificates(context)
    identity.load_into(context)
    for anchor in (ca, *extra_anchors):
        add_anchor(context, anchor)
    return context


def _watch_for_certificates(context: ServerContext) -> None:
    """Note the Certificate message of each client, for OpenSSL forgets a certificate that it refuses.

    This is the debugging hook of CPython's ssl module. Its Python layer is passed by: it turns all arguments into
    enumerations, 4 microseconds for every record of every connection where the bare hook takes half of one. A Python
    without the hook only knows less about failures.
    """
    hook = getattr(ssl.SSLContext.__base__, "_msg_callback", None)
    if hook is not None:
        hook.__set__(context, _note_certificates)


def _note_certificates(
    tls: object, direction: str, _version: int, content_type: int, message_type: int, data: bytes
) -> None:
    if content_type == _HANDSHAKE and message_type == _CERTIFICATE and direction == "read":
        attempt = getattr(tls, "attempt", None)
        if attempt is not None:
            attempt.certificate_message = data


def add_anchor(context: ssl.SSLContext, pem: bytes) -> None:
    """Let a certificate in from the next handshake on; works on a context that is serving, and repeatedly.

    Raises:
        WireError: it is not a certificate.
    """
    try:
        context.load_verify_locations(cadata=pem.decode("ascii"))
    except (ssl.SSLError, ValueError) as error:
        raise WireError(f"a trust anchor is not a PEM certificate ({error}); export the certificate again") from error
