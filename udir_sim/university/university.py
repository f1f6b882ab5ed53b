"""One running University Directory: the receiver's three doors, the attribute service, the controls."""

import asyncio
import contextlib
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from aiohttp import web

from sevis_sim.clock import Clock, parse_clock, zone_named
from sevis_sim.faults import Fault, FaultAdded, Faults
from sevis_sim.journal import Event, HandshakeFailed, Journal
from sevis_sim.pki import CertificateAuthority, Identity, ensure_server_identity
from sevis_sim.pki.authority import SERVER_NAMES
from sevis_sim.store.ground import open_ground
from sevis_sim.wire import HandshakeFailure, explain, server_context
from sevis_sim.workspace import DataDirectory, write_variables
from udir_sim.attributes.openapi import part_of
from udir_sim.attributes.opening import anchors, open_service
from udir_sim.attributes.routes import routes as attribute_routes
from udir_sim.directory import Directory
from udir_sim.receiver import Campus, Campuses, Intake, Judge
from udir_sim.receiver.control import Control
from udir_sim.receiver.dropbox import Dropbox
from udir_sim.receiver.happenings import RequestFailed
from udir_sim.receiver.https import HttpsDoor
from udir_sim.receiver.mischief import VOCABULARY
from udir_sim.receiver.spool import Spool
from udir_sim.receiver.watching import Watcher
from udir_sim.rules import Mode
from udir_sim.university import environment
from udir_sim.university.ports import Ports
from udir_sim.university.settings import ZONE, Settings, UniversityError

if TYPE_CHECKING:  # needs asyncssh
    from udir_sim.receiver.sftp import SftpDoor

JOURNAL_DATABASE = "journal.db"
EXAMPLE_CAMPUS = "06"
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0", "::"})  # noqa: S104 - recognized, not chosen


class UniversityDirectory:
    """A University Directory that starts and stops inside a program: ``async with UniversityDirectory() as udir``.

    Nothing is kept longer than it runs unless ``data_dir`` is given. Ports default to free ones, the clock to the wall
    clock.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        data_dir: Path | None = None,
        clock: Clock | str | None = None,
        mode: Mode | None = None,
        sftp: bool = True,
        sleep: Any = asyncio.sleep,
    ) -> None:
        """Prepare; `start` opens the ports.

        Args:
            settings: How it is to run; what follows goes before them.
            data_dir: Where everything is kept.
            clock: A clock of the caller's, which moves it, or a text as ``--clock`` has it.
            mode: How files are judged.
            sftp: Whether to open the SFTP port, which needs asyncssh (extra ``sftp``).
            sleep: Waits for wall-clock seconds; a test gives one that does not.

        """
        self.settings = settings or Settings()
        self._data_dir = data_dir if data_dir is not None else self.settings.data_dir
        self.clock = clock if isinstance(clock, Clock) else parse_clock(clock or self.settings.clock)
        """Simulated time."""
        self._mode = mode or self.settings.mode
        self._sftp_wanted = sftp and self.settings.sftp_port is not None
        self._sleep = sleep
        self._exit = contextlib.AsyncExitStack()
        self._notes: set[asyncio.Task[Any]] = set()
        self._sftp: SftpDoor | None = None
        self._held: DataDirectory | None = None
        self.notices: list[str] = []
        """What a user should be told about this start."""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    # -- what a program asks a running one for ---------------------------------------------------------------------

    @property
    def url(self) -> str:
        """The base address of HTTPS."""
        return f"https://{self._reached_as}:{self._ports.port}"

    @property
    def _reached_as(self) -> str:
        """The name that clients use: the address that it listens on, unless this machine's own name does."""
        host = self.settings.host
        if host in _THIS_MACHINE:
            return "localhost"
        return f"[{host}]" if ":" in host else host

    @property
    def control_url(self) -> str:
        """The base address of the control API."""
        return self._ports.control_url

    @property
    def sftp_port(self) -> int | None:
        """The SFTP port; None where there is none."""
        return self._sftp.port if self._sftp is not None else None

    @property
    def folder(self) -> Path:
        """The data directory."""
        return self._folder

    @property
    def ca(self) -> bytes:
        """PEM of the authority that clients must trust."""
        return self._authority.pem

    @property
    def authority(self) -> CertificateAuthority:
        """The certificate authority itself, to issue more certificates with."""
        return self._authority

    @property
    def directory(self) -> Directory:
        """Records, loads, deliveries."""
        return self._directory

    @property
    def journal(self) -> Journal:
        """What happened, one entry each; all of it is the server's own (``sandbox=None``)."""
        return self._journal

    @property
    def faults(self) -> Faults:
        """What goes wrong on purpose."""
        return self._faults

    @property
    def intake(self) -> Intake:
        """Receives, releases, refuses and rolls back."""
        return self._intake

    @property
    def watcher(self) -> Watcher:
        """The watched folder, to have it looked at now."""
        return self._watcher

    @property
    def watched(self) -> Path:
        """The folder that is watched; ``watched / "06"`` is San Diego's."""
        return self._watch_box.root

    @property
    def applications(self) -> tuple[str, ...]:
        """The applications that may ask about students; NAME's certificate is ``folder / "applications/NAME.pem"``."""
        return tuple(self._service.policies.applications)

    def campus(self, location: str = EXAMPLE_CAMPUS) -> Campus:
        """Return a campus with its certificate and account; UniversityError where there is none."""
        try:
            return self._campuses[location]
        except KeyError:
            known = ", ".join(campus.location for campus in self._campuses)
            raise UniversityError(f"there is no campus {location!r}; there are {known}") from None

    async def add_fault(self, text: str) -> Fault:
        """Add a fault, written as on the command line: ``upload first=2 do=status:503``; FaultError if it is none."""
        fault = self._faults.add(VOCABULARY.read_text(text, self.clock.now()))
        await self._intake.note(FaultAdded.of(fault))
        return fault

    def variables(self, location: str = EXAMPLE_CAMPUS) -> dict[str, str]:
        """Return what client programs must know, with the files of one campus, which are there afterwards."""
        campus = self.campus(location)
        if not (self._folder / f"{campus.account}.pem").exists():
            campus.identity.write(self._folder, ca=self.ca)
        sftp = (self._reached_as.strip("[]"), self._sftp.port) if self._sftp is not None else None
        return environment.variables(self._folder, campus, url=self.url, control_url=self.control_url, sftp=sftp)

    # -- start and stop ----------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Open the directory, then the ports: who is answered finds everything ready.

        Raises:
            UniversityError, ReceiverError, DataDirectoryError, StoreError, PkiError, WireError, YamlError, FaultError,
            ClockError: one line each.

        """
        try:
            await self._start()
        except BaseException:
            await self._exit.aclose()
            raise

    async def stop(self) -> None:
        """Finish what is being received, then close ports and directory."""
        await self._exit.aclose()

    async def _start(self) -> None:
        settings = self.settings
        self._folder = folder = self._open_folder()
        self._directory = Directory.open(folder)
        self._exit.callback(self._directory.close)
        ground = open_ground(f"sqlite:///{folder / JOURNAL_DATABASE}", "udir-sim journal")
        self._exit.callback(ground.close)
        self._journal = Journal(ground)
        self._exit.push_async_callback(self._settle_notes)
        self._faults = Faults(settings.seed)
        judge = Judge(
            self._directory,
            zone=zone_named(ZONE),
            mode=self._mode,
            profile=settings.profile,
            max_bytes=settings.limits.max_bytes,
        )
        self._intake = Intake(judge, self._journal, self._faults, now=self.clock.now, keep=settings.keep)
        for text in settings.faults:
            await self.add_fault(text)
        server = self._open_identities(datetime.now(UTC))
        await self._intake.forget_old(campus.location for campus in self._campuses)
        await self._open_watch()
        await self._open_sftp()
        loop = asyncio.get_running_loop()
        service = self._service = open_service(
            folder, self._directory, self._journal, self._authority, now=self.clock.now, ticks=loop.time
        )
        door = HttpsDoor(self._intake, self._campuses, self._faults, self._spool("https"), self.clock.now)
        application = web.Application(client_max_size=0)
        application.add_routes([*door.routes(), *attribute_routes(service, [part_of("udir_sim.receiver")])])
        context = server_context(server, self._authority.pem, anchors(service.certificates))
        self._ports = Ports(lambda error: self._note_soon(RequestFailed(error=error)))
        self._exit.push_async_callback(self._ports.close)
        await self._ports.open_https(application, context, settings.host, settings.port, self._handshake_failed)
        control = Control(self._intake, self._journal, self._faults, self.clock.now)
        await self._ports.open_control(control.application(), settings.control_host, settings.control_port)
        if self._held is not None:
            self._held.announce(f"process {os.getpid()} ({self.url})")
            for name in ("udir-sim.env", "udir-sim.ps1"):
                write_variables(folder / name, self.variables())

    def _open_folder(self) -> Path:
        if self._data_dir is None:
            return Path(self._exit.enter_context(tempfile.TemporaryDirectory(prefix="udir-sim-")))
        self._held = DataDirectory.acquire(self._data_dir)
        self._exit.callback(self._held.release)
        return self._held.path

    def _open_identities(self, wall_now: datetime) -> Identity:
        """Load or make authority and campuses; return the server's identity."""
        host = self.settings.host
        names = SERVER_NAMES if host in _THIS_MACHINE else (*SERVER_NAMES, host)
        if self._held is None:  # for a folder that goes away: writing all these files takes longer than the rest
            self._authority = CertificateAuthority.create()
            self._campuses = Campuses.issue(self._authority)
            return self._authority.issue_server(wall_now, names)
        self._authority = CertificateAuthority.ensure(self._folder)
        self._campuses = Campuses.ensure(self._folder, self._authority)
        return ensure_server_identity(self._folder, self._authority, wall_now, names)

    def _spool(self, door: str) -> Spool:
        return Spool(self._folder / "incoming" / door, self.settings.limits, self._sleep)

    async def _open_watch(self) -> None:
        locations = [campus.location for campus in self._campuses]
        root = self.settings.watch or self._folder / "watch"
        self._watch_box = Dropbox(root, self._folder / "taken" / "folder", "folder", self._intake)
        self._watch_box.ensure(locations)
        await self._watch_box.receive_leftovers()
        self._watcher = Watcher(self._watch_box, locations, self._sleep, self.settings.watch_seconds)
        if self.settings.watch_seconds:
            task = asyncio.get_running_loop().create_task(self._watcher.watch())
            self._exit.push_async_callback(self._watcher.end, task)

    async def _open_sftp(self) -> None:
        if not self._sftp_wanted or self.settings.sftp_port is None:
            return
        try:
            from udir_sim.receiver.sftp import SftpDoor
        except ModuleNotFoundError:
            self.notices.append("SFTP is off: it needs asyncssh; install it with: pip install 'sevis-sim[sftp]'")
            return
        box = Dropbox(self._folder / "sftp", self._folder / "taken" / "sftp", "sftp", self._intake)
        door = SftpDoor(self._intake, self._campuses, self._faults, self._spool("sftp"), box, self.clock.now)
        await door.open(self.settings.host, self.settings.sftp_port, self._folder)
        self._exit.push_async_callback(door.close)
        self._sftp = door

    def _handshake_failed(self, failure: HandshakeFailure) -> None:
        words = {"ca": str(self._folder / "ca.pem"), "url": self.url}
        advice = explain(failure, register="use a certificate of the data directory: campus-NN.pem", **words)
        self._note_soon(
            HandshakeFailed(
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
        )

    def _note_soon(self, event: Event) -> None:
        """Keep a journal entry from a callback that cannot wait for it."""
        task = asyncio.get_running_loop().create_task(self._intake.note(event))
        self._notes.add(task)
        task.add_done_callback(self._notes.discard)

    async def _settle_notes(self) -> None:
        await asyncio.gather(*self._notes, return_exceptions=True)
