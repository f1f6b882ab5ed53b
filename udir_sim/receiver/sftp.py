"""The second door: SFTP, by asyncssh (extra ``sftp``).

One account a campus, with password or the campus's own key, and a folder of its own that it cannot leave. What is
written goes to a file that nobody sees; when the client closes it, it appears whole under its name and is received.
A file under an unfinished name (``.part``, ``.filepart``…) is received when it is renamed. A connection that ends in
the middle leaves nothing.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncssh

from sevis_sim.faults import Faults, FaultStruck, Struck
from sevis_sim.pki import files
from udir_sim.receiver import mischief
from udir_sim.receiver.campuses import Campus, Campuses
from udir_sim.receiver.dropbox import Dropbox
from udir_sim.receiver.errors import ReceiverError
from udir_sim.receiver.happenings import LoginAnswered
from udir_sim.receiver.intake import Intake
from udir_sim.receiver.sftp_session import Session
from udir_sim.receiver.spool import Spool

HOST_KEY = "ssh_host_key"
KNOWN_HOSTS = "known_hosts"
"""For clients: ``sftp -o UserKnownHostsFile=DIR/known_hosts``."""
LOGIN_SECONDS = 30.0


class SftpDoor:
    """The SFTP port of a receiver."""

    def __init__(
        self,
        intake: Intake,
        campuses: Campuses,
        faults: Faults,
        spool: Spool,
        dropbox: Dropbox,
        now: Callable[[], datetime],
    ) -> None:
        self.intake = intake
        self.campuses = campuses
        self.faults = faults
        self.spool = spool
        self.dropbox = dropbox
        self.now = now
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self._connections: set[asyncssh.SSHServerConnection] = set()
        self._tasks: set[asyncio.Task[Any]] = set()

    async def open(self, host: str, port: int, folder: Path) -> None:
        """Open the port; the host key is kept in the folder, and ``known_hosts`` is written for clients.

        Raises:
            ReceiverError: the port is in use or cannot be listened on.

        """
        locations = [campus.location for campus in self.campuses]
        self.dropbox.ensure(locations)
        await self.dropbox.receive_leftovers()
        await self.dropbox.receive_waiting(locations)  # closed by the client just before a crash
        try:
            self._acceptor = await asyncssh.listen(
                host,
                port,
                server_factory=lambda: _Guard(self),
                server_host_keys=[host_key(folder)],
                sftp_factory=self._session,
                allow_scp=False,
                encoding=None,
                login_timeout=LOGIN_SECONDS,
                keepalive_interval=self.spool.limits.idle_seconds,
                agent_forwarding=False,
                x11_forwarding=False,
            )
        except (OSError, OverflowError) as error:
            raise ReceiverError(
                f"the SFTP port {port} on {host} cannot be opened ({getattr(error, 'strerror', None) or error}); "
                "choose another with --sftp-port, 0 picks a free one"
            ) from error
        key = (folder / HOST_KEY).with_suffix(".pub").read_bytes()
        names = ",".join(dict.fromkeys(f"[{name}]:{self.port}" for name in ("localhost", "127.0.0.1", host)))
        files.write(folder / KNOWN_HOSTS, names.encode() + b" " + key, files.PUBLIC)

    @property
    def port(self) -> int:
        """The port in use."""
        if self._acceptor is None:
            raise ReceiverError("the SFTP port is not open: start the receiver first")
        return int(self._acceptor.get_port())

    async def close(self) -> None:
        """Close the port and all connections; files that are complete are received before this returns."""
        if self._acceptor is not None:
            self._acceptor.close()
            await self._acceptor.wait_closed()
        for connection in list(self._connections):
            connection.abort()
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def soon(self, work: Any) -> asyncio.Task[Any]:
        """Do something that the caller cannot wait for; `close` waits for it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _session(self, channel: asyncssh.SSHServerChannel[bytes]) -> Session:
        account = channel.get_extra_info("username")
        campus = self.campuses.of_account(account)
        if campus is None:
            raise asyncssh.SFTPPermissionDenied("no such account")
        return Session(
            channel,
            campus,
            intake=self.intake,
            faults=self.faults,
            spool=self.spool,
            dropbox=self.dropbox,
            now=self.now,
            soon=self.soon,
        )


def host_key(folder: Path) -> asyncssh.SSHKey:
    """Return the host key of a data directory (Ed25519), making it where there is none."""
    place = folder / HOST_KEY
    if not place.exists():
        key = asyncssh.generate_private_key("ssh-ed25519", comment="udir-sim")
        files.write(place, key.export_private_key(), files.PRIVATE)
        files.write(place.with_suffix(".pub"), key.export_public_key(), files.PUBLIC)
    try:
        return asyncssh.read_private_key(place)
    except (asyncssh.KeyImportError, OSError) as error:
        raise ReceiverError(f"{place} cannot be read ({error}); delete it to have a new one") from error


class _Guard(asyncssh.SSHServer):
    """Judges one connection's log-in."""

    def __init__(self, door: SftpDoor) -> None:
        self._door = door
        self._connection: asyncssh.SSHServerConnection | None = None
        self._account = ""
        self._struck = Struck()

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Begin."""
        self._connection = conn
        self._door._connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncssh's signature
        """End."""
        if self._connection is not None:
            self._door._connections.discard(self._connection)

    async def begin_auth(self, username: str) -> bool:
        """Ask the faults about this log-in; a log-in is always needed."""
        self._account = username
        campus = self._door.campuses.of_account(username)
        facts = {"location": campus.location if campus is not None else "", "door": "sftp"}
        self._struck = self._door.faults.strike(mischief.SFTP, facts, self._door.now())
        for fault in self._struck:
            await self._door.intake.note(FaultStruck.of(fault))
        if (seconds := self._struck.value("delay")) is not None:
            await self._door.spool.sleep(seconds)
        if self._struck.get("drop") is not None and self._connection is not None:
            self._note("", "a fault ended the connection")
            self._connection.abort()
        return True

    def password_auth_supported(self) -> bool:
        """Yes."""
        return True

    def validate_password(self, username: str, password: str) -> bool:
        """Compare a password, in a time that does not tell how much of it is right."""
        import hmac

        campus = self._door.campuses.of_account(username)
        expected = campus.password if campus is not None else "-" * len(password)
        good = hmac.compare_digest(password.encode(), expected.encode()) and campus is not None
        if not good:
            self._note("password", "refused")
        return good

    def public_key_auth_supported(self) -> bool:
        """Yes."""
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Let in who has the key of the campus's certificate."""
        campus = self._door.campuses.of_account(username)
        return campus is not None and key.public_data == _public_data(campus)

    def auth_completed(self) -> None:
        """Note that somebody is in."""
        self._note("", "logged in")

    def _note(self, method: str, outcome: str) -> None:
        peer = self._connection.get_extra_info("peername") if self._connection is not None else None
        said = LoginAnswered(
            account=self._account, peer=f"{peer[0]}:{peer[1]}" if peer else "", method=method, outcome=outcome
        )
        self._door.soon(self._door.intake.note(said))


def _public_data(campus: Campus) -> bytes:
    data: bytes = asyncssh.import_private_key(campus.identity.key_pem).public_data
    return data
