"""One running simulator: TLS listener, control API, sandboxes, store."""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from sevis_sim.clock import Calendar, zone_named
from sevis_sim.control import Control
from sevis_sim.control.requests import OpenListener, Resources
from sevis_sim.domain.systems import PRODUCTION, SYSTEMS
from sevis_sim.faults.answers import Sleep
from sevis_sim.forms import FormPool
from sevis_sim.gateway import Gateway
from sevis_sim.intake import make_known
from sevis_sim.journal import Event, Journal
from sevis_sim.pki import CertificateAuthority, Identity, ensure_server_identity, read_certificate
from sevis_sim.pki.authority import SERVER_NAMES
from sevis_sim.sandbox import DEFAULT_NAME, CutPoints, Party, SandboxSettings
from sevis_sim.scenarios import World, default_scenario, load_world
from sevis_sim.settings import Fidelity, Settings, Switches
from sevis_sim.simulator import environment
from sevis_sim.simulator.handshakes import handshake_failed
from sevis_sim.simulator.journals import journal_of
from sevis_sim.simulator.listeners import Listeners
from sevis_sim.simulator.metrics import Metrics
from sevis_sim.simulator.mischief import SandboxFaults, doorkeeper
from sevis_sim.simulator.open_sandbox import OpenSandbox, SimulatorClock
from sevis_sim.simulator.opening_clock import opening_clock
from sevis_sim.simulator.outside import OutsideWorld
from sevis_sim.simulator.ports import Ports
from sevis_sim.simulator.releases import any_release, chosen_releases
from sevis_sim.simulator.sandboxes import Sandboxes
from sevis_sim.simulator.seeding import seed_sandbox
from sevis_sim.simulator.tenancy import Tenancy
from sevis_sim.store import Store
from sevis_sim.timeline import SandboxWish, Served, Tenants
from sevis_sim.wire import Doorkeeper, HandshakeFailure, TlsVersion, server_context
from sevis_sim.workspace import DataDirectory

MEMORY = "sqlite://"
MEGABYTE = 1024 * 1024


class Simulator:
    """A simulator that starts and stops inside a program: ``async with Simulator(...) as sim``.

    Nothing is kept on disk unless ``data_dir`` is given, or ``settings`` without ``in_memory``. Ports default to free
    ones, the clock to the wall clock.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        clock: str | None = None,
        seed: int | None = None,
        scenario: Path | str | World | None = None,
        data_dir: Path | str | None = None,
        in_memory: bool | None = None,
        port: int = 0,
        control_port: int = 0,
        cut_points: CutPoints | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Prepare; ``sleep`` waits for the delays that faults ask for."""
        changes: dict[str, Any] = {"port": port, "control_port": control_port}
        self.settings = settings or Settings(**changes)
        self._memory = settings is None and data_dir is None if in_memory is None else in_memory
        self._data_path = Path(data_dir) if data_dir else self.settings.data_dir
        self._clock_text = clock
        self._seed = seed if seed is not None else self.settings.seed
        self._seed_told = seed is not None or "seed" in self.settings.model_fields_set
        self._scenario = scenario if scenario is not None else self.settings.scenario
        self._cut = cut_points or CutPoints()
        self._sleep = sleep
        self._exit = contextlib.AsyncExitStack()
        self._directory: DataDirectory | None = None
        self.notices: list[str] = []
        """What a user should be told about this start: a shifted clock, a renewed certificate."""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    # -- what a program asks a running simulator for -------------------------------------------------------------

    @property
    def clock(self) -> SimulatorClock:
        """The clock of the default sandbox."""
        return self.sandbox.clock

    @property
    def records(self) -> OutsideWorld:
        """The records of the default sandbox, and the outside world that tells SEVIS about them."""
        return OutsideWorld(self._default)

    @property
    def ca(self) -> bytes:
        """PEM of the certificate authority that clients must trust."""
        return self._authority.pem

    @property
    def authority(self) -> CertificateAuthority:
        """The certificate authority itself, to issue more identities with."""
        return self._authority

    @property
    def folder(self) -> Path | None:
        """The data directory; None for a simulator in memory."""
        return self._directory.path if self._directory else None

    @property
    def port(self) -> int:
        """The port of the TLS listener."""
        return self._ports.port

    @property
    def control_url(self) -> str:
        """The base address of the control API."""
        return self._ports.control_url

    @property
    def default(self) -> Served:
        """The default sandbox with its timeline."""
        return self._default

    @property
    def store(self) -> Store:
        """The store, for programs that look inside."""
        return self._store

    @property
    def journal(self) -> Journal:
        """The journal: one entry for every request, refused handshake, clock move and processed batch."""
        return self._journal

    @property
    def sandbox(self) -> OpenSandbox:
        """The sandbox ``default``. Its clock and its parties are those of the simulator."""
        return OpenSandbox(self._default, self._loaded, self.parties)

    @property
    def faults(self) -> SandboxFaults:
        """What goes wrong in the default sandbox on purpose."""
        return self.sandbox.faults

    @property
    def parties(self) -> list[Party]:
        """The organizations of the default sandbox that have a client identity, in the scenario's order."""
        return self._seeded.parties(self.ca)

    @property
    def identities(self) -> list[Identity]:
        """The client identities of the scenario, each once."""
        return self.sandbox.identities

    @property
    def scenario(self) -> World:
        """The scenario that the default sandbox was seeded with."""
        return self._loaded

    def school(self, org_id: str | None = None) -> Party:
        """Return a school of the default sandbox, as `OpenSandbox.school`."""
        return self.sandbox.school(org_id)

    def sponsor(self, org_id: str | None = None) -> Party:
        """Return a program sponsor of the default sandbox, as `OpenSandbox.sponsor`."""
        return self.sandbox.sponsor(org_id)

    async def create_sandbox(
        self,
        name: str | None = None,
        *,
        clock: str | None = None,
        seed: int | None = None,
        scenario: Path | str | World | None = None,
        fidelity: Fidelity | None = None,
        switches: Switches | None = None,
    ) -> OpenSandbox:
        """Make an isolated world beside the default one, entered with the identities of its own organizations.

        Args:
            name: what to call it; None makes a name.
            clock: as the setting; None starts where the clock of the default sandbox stands.
            seed: of its SEVIS IDs; None takes the simulator's.
            scenario: a file or a loaded scenario whose organizations and records it begins with.
            fidelity: None takes the simulator's.
            switches: None takes the simulator's.

        Raises:
            DuplicateSandbox: there is one of this name.
            ScenarioError: the scenario file cannot be used.

        """
        loaded = load_world(Path(scenario)) if isinstance(scenario, (str, Path)) else scenario
        wish = SandboxWish(name=name, clock=clock, seed=seed, scenario=loaded, fidelity=fidelity, switches=switches)
        made = await self._tenancy.create(wish)
        return OpenSandbox(made.served, made.scenario, made.parties)

    async def open_listener(
        self, certificate: str = "valid", *, tls: TlsVersion | None = None, sandbox: str = DEFAULT_NAME
    ) -> OpenListener:
        """Open another TLS port: with a server certificate of certs/servers.toml, for one TLS version or both.

        Its uploads go to ``upload_url(port=...)``; handshakes that die there are in the sandbox's journal.
        """
        return await self._listeners.open(sandbox, certificate, tls)

    async def close_listener(self, listener: OpenListener) -> None:
        """Close a port that `open_listener` opened."""
        await self._listeners.close(listener.sandbox, listener.name)

    async def delete_sandbox(self, name: str) -> None:
        """Delete a sandbox with everything in it."""
        await self._tenancy.delete(name)

    @property
    def tenants(self) -> Tenants:
        """All sandboxes: reset, snapshots, branches."""
        return self._tenancy

    async def import_identity(self, identity: Identity, organizations: Sequence[str] = ()) -> None:
        """Make a client certificate known to the default sandbox and register it for organizations.

        Unlike RTI this takes any certificate, an expired one too; TLS trusts it as its own anchor from now on.
        """
        facts = read_certificate(identity.certificate_pem)
        sandbox = self._default.sandbox
        await self._store.run(lambda tx: make_known(tx, sandbox, facts, identity.name, organizations))
        self._ports.trust(facts.pem)

    def sample_for(self, party: Party) -> Path | None:
        """Return a shipped sample batch that a party can send as it is, or None."""
        return environment.sample_for(party)

    def variables(self) -> dict[str, str]:
        """Return the variables for client programs (design.md §3.2); paths where there is a data directory."""
        system = self._loaded.system
        addresses = environment.addresses(
            self.upload_url(system), self.download_url(system), self.control_url, DEFAULT_NAME
        )
        return environment.variables(addresses, self.folder, self.parties)

    def write_environment(self) -> None:
        """Write `variables` to the data directory and to the file that the settings name."""
        if self.folder is not None:
            environment.write_both(self.folder, self.variables())
        if self.settings.env_file is not None:
            environment.write(self.settings.env_file, self.variables())

    def upload_url(self, system: str = "production", port: int | None = None) -> str:
        """Return the address that uploads to a system go to, at the first TLS port or another."""
        return f"{self._base(system, port)}/batchUpload"

    def download_url(self, system: str = "production", port: int | None = None) -> str:
        """Return the address that downloads from a system go to, at the first TLS port or another."""
        return f"{self._base(system, port)}/batchDownload"

    def _base(self, system: str, port: int | None = None) -> str:
        host = next(iter(self.settings.server_names), "localhost")
        return f"https://{host}:{port or self.port}/{SYSTEMS[system].url_path}/action"

    # -- start and stop ------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Open the store, seed the default sandbox, then open the ports: who is answered finds it ready.

        Raises:
            SimulatorError, DataDirectoryError, StoreError, PkiError, WireError, ScenarioError: one line each.

        """
        try:
            await self._start()
        except BaseException:
            await self._exit.aclose()
            raise

    async def stop(self) -> None:
        """Close ports, timers and store. Due work stays in the store."""
        await self._exit.aclose()

    async def _start(self) -> None:
        settings, wall_now = self.settings, datetime.now(UTC)
        self._loaded = self._load_scenario()
        folder = self._open_folder()
        self._store = Store.open(self._database(folder))
        self._exit.callback(self._store.close)
        self._journal = journal_of(self._store, settings)
        forms = FormPool()
        self._exit.callback(forms.close)
        calendar = Calendar(zone_named(settings.eastern), frozenset(settings.closures))
        self._sandboxes = Sandboxes(self._store, self._journal, calendar, forms, self._cut)
        of_default = SandboxSettings.of(settings, self._loaded)
        told = self._clock_text or settings.told_clock
        production = of_default.processing_profiles()[PRODUCTION.name]
        clock = await opening_clock(self._store, calendar, production, told, self.notices, self._loaded.clock)
        self._default = await self._sandboxes.open(DEFAULT_NAME, self._seed, clock, of_default)
        if self._seed_told and self._default.sandbox.seed != self._seed:
            self.notices.append(f"the data directory keeps its seed {self._default.sandbox.seed}")
        self._exit.push_async_callback(self._sandboxes.stop)

        self._authority = CertificateAuthority.ensure(folder) if folder else CertificateAuthority.create()
        names = (*SERVER_NAMES, *settings.server_names)
        server = (
            ensure_server_identity(folder, self._authority, wall_now, names)
            if folder
            else self._authority.issue_server(wall_now, names)
        )
        self._seeded = await seed_sandbox(self._default.sandbox, self._loaded, self._authority, folder)
        await self._default.timeline.settle()
        self._tenancy = Tenancy(self._sandboxes, settings, self._store, self._journal, self._authority)
        await self._tenancy.remember_beginning(self._default.sandbox, self._loaded)
        metrics = Metrics(self._store, self._journal, self._tenancy)
        self._default.timeline.start()
        await self._tenancy.reopen()
        anchors = await self._store.read(lambda tx: tx.certificates.anchors())
        context = server_context(server, self._authority.pem, [pem.encode("ascii") for pem in anchors])
        self._ports = Ports(settings, self._note_soon)
        self._exit.push_async_callback(self._ports.close)
        application, keeper = self._gateway().application(), self._doorkeeper(DEFAULT_NAME, "")
        await self._ports.open_wire(application, context, self._handshake_failed, keeper)
        self._listeners = Listeners(
            self._ports, self._store, self._authority, names, self._handshake_failed, self._doorkeeper
        )
        self._tenancy.on_delete(self._listeners.close_all)
        controls = Resources(
            store=self._store,
            journal=self._journal,
            tenants=self._tenancy,
            trust=lambda facts: self._ports.trust(facts.pem),
            addresses=self._addresses,
            listeners=self._listeners,
            authority=lambda: self._authority,
            metrics=metrics.exposition,
        )
        control = Control(controls, settings.control_token)
        await self._ports.open_control(control.application())

    def _addresses(self, port: int | None = None) -> dict[str, dict[str, str]]:
        bases = {name: self._base(name, port) for name in SYSTEMS}
        return {
            name: {"upload": f"{base}/batchUpload", "download": f"{base}/batchDownload"} for name, base in bases.items()
        }

    def _load_scenario(self) -> World:
        if isinstance(self._scenario, World):
            return self._scenario
        return load_world(Path(self._scenario)) if self._scenario else default_scenario()

    def _open_folder(self) -> Path | None:
        if self._memory:
            return None
        self._directory = DataDirectory.acquire(self._data_path)
        self._exit.callback(self._directory.release)
        return self._directory.path

    def _database(self, folder: Path | None) -> str:
        if self.settings.database:
            return self.settings.database
        return f"sqlite:///{folder / 'sevis-sim.db'}" if folder else MEMORY

    def _gateway(self) -> Gateway:
        return Gateway(
            self._store,
            self._journal,
            self._tenancy,
            chosen_releases(self.settings, self._data_path, self.notices),
            any_release(self._data_path),
            self._default,
            self.settings.upload_limit_mb * MEGABYTE,
            self.settings.request_timeout_s,
            self._ports.traffic,
            self._sleep,
        )

    def _doorkeeper(self, sandbox: str, listener: str) -> Doorkeeper:
        return doorkeeper(lambda: self._tenancy.served(sandbox), listener, self._sleep)

    def _handshake_failed(self, failure: HandshakeFailure, sandbox: str | None = None) -> None:
        """Journal a connection that died before a request: no sandbox is known but that of the port, if it has one."""
        folder = self.folder or Path()
        words = {"ca": str(folder / "ca.pem"), "url": self.upload_url()}
        self._note_soon(handshake_failed(failure, words), sandbox)

    def _note_soon(self, happening: Event, sandbox: str | None = None) -> None:
        """Append to a journal, the server's by default, from a callback that cannot wait for it."""
        served = self._tenancy.served(sandbox) if sandbox else None
        now = (served or self._default).sandbox.now()
        entry = happening.entry(sandbox if served else None, now)
        self._journal.record_soon(entry, failed=lambda _error: None)  # the log tells it
