"""A TLS handshake that failed, as a journal entry with its explanation."""

from collections.abc import Mapping

from sevis_sim.journal import HandshakeFailed
from sevis_sim.wire import HandshakeFailure, explain

REGISTER = "register it: sevis-sim cert register FILE --org ORGID"


def handshake_failed(failure: HandshakeFailure, words: Mapping[str, str]) -> HandshakeFailed:
    """Return the event: who, which TLS versions, which host, OpenSSL's reason, likely causes, remedies by client.

    ``words`` fill the placeholders of the remedies with this simulator's files and addresses.
    """
    advice = explain(failure, register=REGISTER, **words)
    return HandshakeFailed(
        peer=f"{failure.peer[0]}:{failure.peer[1]}" if failure.peer else "",
        failure=failure.kind,
        phase=failure.phase,
        server_name=failure.server_name,
        tls_versions=failure.versions,
        title=advice.title,
        reason=failure.detail,
        causes=advice.causes,
        remedies=dict(advice.remedies),
    )
