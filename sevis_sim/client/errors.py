"""One line for everything that can go wrong on the way to a service, with the remedy where there is one."""

import errno
import ssl
from collections.abc import Iterator

import aiohttp


class ClientError(Exception):
    """A request could not be made, or brought no answer. The text is one line for the user."""


class ControlError(Exception):
    """The control API could not be asked, or refused. The text is one line for the user.

    ``status`` is the HTTP status, None where there was no answer; ``field`` what the refusal is about, if it says.
    """

    def __init__(self, message: str, status: int | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.status, self.field = status, field


FAILURES = (aiohttp.ClientError, TimeoutError, OSError, ValueError)
"""Everything that aiohttp raises where a request fails; a host name that cannot be encoded is a ValueError."""

_NO_CERTIFICATE = ("CERTIFICATE_REQUIRED", "HANDSHAKE_FAILURE")
_NOT_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG", "HTTP_REQUEST")
_RESETS = (errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED)
_EXPIRED = 10
_NAME_MISMATCHES = (62, 64)
"""X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH of OpenSSL."""


def explain(error: BaseException, timeout: float) -> str:
    """Say in half a line, to stand after the address that was asked, why a request failed.

    Args:
        error: What aiohttp raised (`FAILURES`).
        timeout: The limit in seconds that was set for the request.

    """
    # aiohttp's own TLS errors are SSLErrors, too, but blank ones: what OpenSSL said is in the one that they wrap.
    tls = next(
        (e for e in _causes(error) if isinstance(e, ssl.SSLError) and not isinstance(e, aiohttp.ClientError)), None
    )
    if tls is not None:
        return _explain_tls(tls)
    if isinstance(error, aiohttp.InvalidURL | aiohttp.NonHttpUrlClientError):
        return "this is no address of a service: expected https://HOST:PORT/PATH"
    if isinstance(error, TimeoutError):
        return f"no answer within {timeout:g} seconds"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return f"the host {error.host} is not known"
    if _has_errno(error, errno.ECONNREFUSED):
        return "nothing listens there (connection refused)"
    if isinstance(error, aiohttp.ClientPayloadError):
        return "the answer ended before it was complete"
    if isinstance(error, aiohttp.ServerDisconnectedError | ConnectionError) or _has_errno(error, *_RESETS):
        return "the connection was closed before there was an answer"
    return one_line(error)


def one_line(error: BaseException) -> str:
    """Return an error's text on one line; its class where it has no text."""
    return " ".join(str(error).split()) or type(error).__name__


def _explain_tls(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = error.verify_message
        if error.verify_code in _NAME_MISMATCHES:
            return f"the server's certificate is not for this host name: {reason}"
        if error.verify_code == _EXPIRED:
            return "the server's certificate has expired; a simulator renews its own when it starts"
        return (
            f"the server's certificate cannot be trusted: {reason}; "
            "name the ca.pem of this simulator as CA (SEVIS_SIM_CA, --ca)"
        )
    reason = error.reason or one_line(error)
    if any(word in reason for word in _NO_CERTIFICATE):
        return "the server wants a client certificate: name certificate and key (SEVIS_SIM_CLIENT_CERT, …_KEY)"
    if "ALERT" in reason:
        return f"the server ended the TLS handshake: {reason}; does it know the issuer of the client certificate?"
    if reason in _NOT_TLS:
        return f"what listens there does not speak TLS ({reason})"
    return f"TLS failed: {reason}"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the error, what aiohttp wrapped in it, and what caused it."""
    seen: set[int] = set()
    queue: list[BaseException | None] = [error]
    while queue:
        current = queue.pop(0)
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        queue += [a for a in (*current.args, getattr(current, "os_error", None)) if isinstance(a, BaseException)]
        queue += [current.__cause__, current.__context__]
        if isinstance(current, BaseExceptionGroup):
            queue += current.exceptions


def _has_errno(error: BaseException, *numbers: int) -> bool:
    return any(getattr(e, "errno", None) in numbers for e in _causes(error))
