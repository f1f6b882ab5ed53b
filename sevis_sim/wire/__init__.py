"""TLS connections: a listener that tells why handshakes fail, and what to do about it in words.

=====================  ===============================================================================
``context``            the server's TLS context: who is let in
``listener``           the port: from acceptance through the handshake to the application's protocol
``messages``           what a client sends first: TLS or not, what it offers, its certificates
``failure``            what went wrong, and its explanation (from handshake_failures.toml)
``farewell``           making sure that last words arrive
=====================  ===============================================================================

Nothing here knows what travels over the connections, or what a certificate entitles to.
"""

from sevis_sim.wire.context import ServerContext, TlsVersion, WireError, add_anchor, server_context
from sevis_sim.wire.failure import Advice, HandshakeFailure, explain
from sevis_sim.wire.listener import Accountable, Admission, Doorkeeper, Peer, TlsListener, peer_certificate

__all__ = [
    "Accountable",
    "Admission",
    "Advice",
    "Doorkeeper",
    "HandshakeFailure",
    "Peer",
    "ServerContext",
    "TlsListener",
    "TlsVersion",
    "WireError",
    "add_anchor",
    "explain",
    "peer_certificate",
    "server_context",
]
