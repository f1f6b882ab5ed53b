"""More TLS ports beside the first one, for tests of handshakes and of what a client does about a server certificate."""

import itertools
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from sevis_sim.control.requests import OpenListener
from sevis_sim.pki import CertificateAuthority, issue_server_by_profile
from sevis_sim.simulator.ports import Ports
from sevis_sim.store import Store
from sevis_sim.wire import Doorkeeper, HandshakeFailure, TlsVersion, server_context


class Listeners:
    """Opens and closes them (`control.requests.Listeners`). Handshakes that die at one are told to its sandbox."""

    def __init__(
        self,
        ports: Ports,
        store: Store,
        authority: CertificateAuthority,
        names: Sequence[str],
        failed: Callable[[HandshakeFailure, str | None], None],
        doorkeeper: Callable[[str, str], Doorkeeper],
    ) -> None:
        """Prepare.

        Args:
            ports: where they are opened.
            store: knows the certificates that TLS trusts.
            authority: issues their certificates.
            names: hosts that those are made out to, where their profile names no others.
            failed: told of handshakes that die, with the name of the listener's sandbox.
            doorkeeper: makes what decides of each connection, from the names of sandbox and listener.

        """
        self._doorkeeper = doorkeeper
        self._ports = ports
        self._store = store
        self._authority = authority
        self._names = names
        self._failed = failed
        self._open: dict[str, OpenListener] = {}
        self._numbers = itertools.count(1)

    async def open(self, sandbox: str, certificate: str = "valid", tls: TlsVersion | None = None) -> OpenListener:
        """Open a port that presents a server certificate of a profile and speaks one TLS version, or both.

        Raises:
            PkiError: there is no such profile.

        """
        identity = issue_server_by_profile(self._authority, certificate, datetime.now(UTC), self._names)
        anchors = await self._store.read(lambda tx: tx.certificates.anchors())
        context = server_context(identity, self._authority.pem, [pem.encode("ascii") for pem in anchors], tls)
        name = f"listener-{next(self._numbers)}"
        port = await self._ports.open_more(
            name, context, lambda failure: self._failed(failure, sandbox), self._doorkeeper(sandbox, name)
        )
        self._open[name] = OpenListener(name, sandbox, port, certificate, tls)
        return self._open[name]

    def opened(self, sandbox: str) -> list[OpenListener]:
        """Return those of a sandbox."""
        return [each for each in self._open.values() if each.sandbox == sandbox]

    async def close(self, sandbox: str, name: str) -> bool:
        """Close one; False where the sandbox has none of this name."""
        found = self._open.get(name)
        if found is None or found.sandbox != sandbox:
            return False
        del self._open[name]
        await self._ports.close_more(name)
        return True

    async def close_all(self, sandbox: str) -> None:
        """Close those of a sandbox that is gone."""
        for each in self.opened(sandbox):
            await self.close(sandbox, each.name)
