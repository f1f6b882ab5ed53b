"""Sandboxes come, go, are copied and put back, while the others go on (design.md "Sandboxes")."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import uuid4

from sevis_sim.clock import Clock, parse_clock
from sevis_sim.domain.organizations import Organization
from sevis_sim.domain.systems import PRODUCTION
from sevis_sim.intake import make_known
from sevis_sim.journal import Journal
from sevis_sim.pki import CertificateAuthority, Identity, issue_by_profile, read_certificate
from sevis_sim.sandbox import DEFAULT_NAME, Party, Sandbox, SandboxSettings
from sevis_sim.sandbox.mischief import begin_faults
from sevis_sim.sandbox.sandbox_events import (
    SandboxBranched,
    SandboxCreated,
    SandboxDeleted,
    SandboxReset,
    SnapshotRestored,
    SnapshotTaken,
)
from sevis_sim.scenarios import World, default_scenario
from sevis_sim.settings import Settings
from sevis_sim.simulator.errors import SimulatorError
from sevis_sim.simulator.opening_clock import at_opening
from sevis_sim.simulator.sandboxes import Sandboxes
from sevis_sim.simulator.seeding import Seeds, seeds_of
from sevis_sim.store import DuplicateSandbox, MissingReference, Store, StoredSnapshot, Transaction
from sevis_sim.timeline import NewSandbox, SandboxRefused, SandboxWish, Served

INITIAL = "initial"
"""Name of the snapshot that is taken when a sandbox is made or loads another scenario; a reset goes back to it."""

_LOADED = "loaded"
"""Key in the settings of a stored sandbox: which worlds of scenarios have been put into it."""


class Tenancy:
    """The sandboxes of one simulator, as the faces change them (`timeline.Tenants`)."""

    def __init__(
        self,
        sandboxes: Sandboxes,
        settings: Settings,
        store: Store,
        journal: Journal,
        authority: CertificateAuthority,
    ) -> None:
        self._sandboxes = sandboxes
        self._settings = settings
        self._store = store
        self._journal = journal
        self._authority = authority
        self._busy: set[str] = set()
        """Names of sandboxes that are being made or deleted."""
        self._farewells: list[Callable[[str], Awaitable[None]]] = []

    def on_delete(self, farewell: Callable[[str], Awaitable[None]]) -> None:
        """Have something done with the name of each sandbox that has been deleted."""
        self._farewells.append(farewell)

    def served(self, name: str) -> Served | None:
        """Return the sandbox of this name with its timeline, or None."""
        return self._sandboxes.served(name)

    def names(self) -> list[str]:
        """Return the names of all sandboxes, ``default`` first."""
        return self._sandboxes.names()

    async def reopen(self) -> None:
        """Open the sandboxes of an earlier run of the data directory."""
        for stored in await self._store.read(lambda tx: tx.sandboxes.list()):
            if stored.name != DEFAULT_NAME:
                try:
                    kept, clock = SandboxSettings.from_json(stored.settings), Clock.from_state(stored.clock)
                    kept.processing_profiles(), kept.life_cycle()
                except (ValueError, TypeError, AttributeError) as error:
                    why = " ".join(str(error).split())[:200]
                    raise SimulatorError(
                        f"what the database keeps of sandbox {stored.name!r} is damaged ({why}); put back a copy of "
                        "the database, or choose another data directory with --data"
                    ) from error
                served = await self._sandboxes.open(stored.name, stored.seed, clock, kept)
                await served.timeline.settle()
                served.timeline.start()

    async def remember_beginning(self, sandbox: Sandbox, loaded: World) -> None:
        """Take the snapshot that a reset goes back to, just after a scenario was loaded.

        Nothing is taken of a sandbox that has begun to live already, unless this scenario is new to it.
        """

        def work(tx: Transaction) -> None:
            if _loaded_anew(tx, sandbox.name, loaded) or not _lived(tx, sandbox.name):
                _remember(tx, sandbox)

        await self._store.run(work)

    async def create(self, wish: SandboxWish) -> NewSandbox:
        """Make a sandbox and seed it with its scenario."""
        name = wish.name or _new_name()
        with self._alone(name):
            if self.served(name):
                raise DuplicateSandbox(name)
            return await self._create(name, wish)

    async def _create(self, name: str, wish: SandboxWish) -> NewSandbox:
        scenario = wish.scenario or default_scenario()
        settings = SandboxSettings.of(self._settings, scenario)
        settings = replace(
            settings,
            fidelity=wish.fidelity or settings.fidelity,
            switches=wish.switches or settings.switches,
            profiles={**settings.profiles, **wish.profiles},
        )
        seed = self._settings.seed if wish.seed is None else wish.seed
        clock = self._clock(wish.clock or scenario.clock)
        seeds = Seeds(scenario, self._authority, clock.now(), None)

        def begin(tx: Transaction, sandbox: Sandbox) -> None:
            seeds.sow(tx, sandbox)
            _remember(tx, sandbox)
            sandbox.note(tx, SandboxCreated())

        async with self._whole(name):
            served = await self._sandboxes.open(name, seed, clock, settings, begin)
        served.timeline.start()
        return NewSandbox(served, scenario, seeds.made.parties(self._authority.pem))

    async def delete(self, name: str) -> None:
        """Delete a sandbox with everything in it; what is under way in it ends first."""
        if name == DEFAULT_NAME:
            raise SandboxRefused(f"sandbox {DEFAULT_NAME!r} is always there: reset it instead")
        now = self._served(name).sandbox.now()

        def work(tx: Transaction) -> None:
            tx.sandboxes.delete(name)
            self._journal.append(tx, SandboxDeleted(name=name).entry(None, now))

        with self._alone(name):
            await self._sandboxes.close(name, work)
            for farewell in self._farewells:
                await farewell(name)

    async def reset(self, name: str) -> None:
        """Put a sandbox back to what it was when a scenario was last loaded into it, and empty its journal."""

        def work(tx: Transaction, sandbox: Sandbox) -> None:
            tx.journal.purge(name, None)
            sandbox.note(tx, SandboxReset())

        await self._put_back(name, INITIAL, work)

    async def restore(self, name: str, snapshot: str) -> None:
        """Put a sandbox back to a snapshot, its clock too."""
        await self._put_back(name, snapshot, lambda tx, sandbox: sandbox.note(tx, SnapshotRestored(snapshot=snapshot)))

    async def take_snapshot(self, name: str, snapshot: str) -> StoredSnapshot:
        """Keep a sandbox as it stands under a name."""
        sandbox = self._served(name).sandbox

        def work(tx: Transaction) -> None:
            tx.snapshots.take(name, snapshot, sandbox.clock.to_state(), now)
            sandbox.note(tx, SnapshotTaken(snapshot=snapshot))

        async with sandbox.turn():
            now = sandbox.now()
            await self._store.run(work)
        return StoredSnapshot(snapshot, now)

    async def snapshots(self, name: str) -> list[StoredSnapshot]:
        """Return the snapshots of a sandbox, oldest first."""
        self._served(name)
        return await self._store.read(lambda tx: tx.snapshots.list(name))

    async def delete_snapshot(self, name: str, snapshot: str) -> bool:
        """Delete a snapshot; False where there is none of this name."""
        self._served(name)
        return await self._store.run(lambda tx: tx.snapshots.delete(name, snapshot))

    async def branch(self, name: str, target: str | None, snapshot: str | None = None) -> NewSandbox:
        """Make a new sandbox as a copy of one, with one identity registered for all organizations that had one."""
        source, target = self._served(name).sandbox, target or _new_name()
        with self._alone(target):
            async with source.turn():
                await self._store.run(lambda tx: tx.snapshots.branch(name, target, source.clock.to_state(), snapshot))
            async with self._whole(target):
                stored = await self._store.read(lambda tx: tx.sandboxes.get(target))
                if stored is None:
                    raise MissingReference(f"sandbox {target!r} was deleted while it was made")
                settings = SandboxSettings.from_json(stored.settings)
                served = await self._sandboxes.open(target, stored.seed, Clock.from_state(stored.clock), settings)
                sandbox = served.sandbox
                identity = issue_by_profile(self._authority, "valid", "SEVIS test client", sandbox.now(), name="client")
                organizations = await self._store.run(partial(_register_everywhere, sandbox=sandbox, identity=identity))
        await sandbox.record(SandboxBranched(origin=name, snapshot=snapshot or ""))
        served.timeline.start()
        parties = [Party(organization, identity, self._authority.pem) for organization in organizations]
        return NewSandbox(served, default_scenario(), parties)

    @contextlib.contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        """Let nobody else make or delete a sandbox of this name meanwhile."""
        if name in self._busy:
            raise SandboxRefused(f"sandbox {name!r} is being made or deleted at this moment: try again")
        self._busy.add(name)
        try:
            yield
        finally:
            self._busy.discard(name)

    @contextlib.asynccontextmanager
    async def _whole(self, name: str) -> AsyncIterator[None]:
        """Leave nothing of a new sandbox that cannot be made to its end."""
        try:
            yield
        except BaseException:

            def forget(tx: Transaction) -> None:
                tx.sandboxes.delete(name)

            await (self._sandboxes.close(name, forget) if self.served(name) else self._store.run(forget))
            raise

    async def _put_back(self, name: str, snapshot: str, note: Callable[[Transaction, Sandbox], None]) -> None:
        served = self._served(name)
        sandbox = served.sandbox

        def work(tx: Transaction) -> None:
            sandbox.clock = Clock.from_state(tx.snapshots.restore(name, snapshot))
            note(tx, sandbox)

        async with sandbox.last_turn():
            clock = sandbox.clock
            try:
                await self._store.run(work)
            except Exception:
                sandbox.clock = clock
                raise
            await begin_faults(sandbox)
        served.timeline.changed()

    def _served(self, name: str) -> Served:
        served = self._sandboxes.served(name)
        if served is None:
            raise MissingReference(f"there is no sandbox {name!r}; there are: {', '.join(self.names())}")
        return served

    def _clock(self, told: str | datetime | None) -> Clock:
        """Return the clock that was asked for; by default one like that of ``default``."""
        default = self._served(DEFAULT_NAME).sandbox
        if told is None:
            return Clock.from_state(default.clock.to_state())
        return at_opening(parse_clock(told), default.calendar, default.profile(PRODUCTION), [])


def _remember(tx: Transaction, sandbox: Sandbox) -> None:
    """Take the snapshot that a reset goes back to."""
    tx.snapshots.take(sandbox.name, INITIAL, sandbox.clock.to_state(), sandbox.now(), replace=True)


def _loaded_anew(tx: Transaction, name: str, scenario: World) -> bool:
    """Have a sandbox keep that a scenario was loaded into it; tell whether others were before and this one never.

    It stands in the sandbox's settings, which go into snapshots and come back with them.
    """
    stored, signature = tx.sandboxes.get(name), seeds_of(scenario)
    before = stored.settings.get(_LOADED, []) if stored else []
    if stored is None or signature in before:
        return False
    tx.sandboxes.update_settings(name, stored.settings | {_LOADED: [*before, signature]})
    return bool(before)  # a database of an earlier release does not tell: the beginning stays


def _lived(tx: Transaction, name: str) -> bool:
    """Tell whether anything has happened in a sandbox since its beginning was kept: a record told, the clock moved."""
    kept = any(each.name == INITIAL for each in tx.snapshots.list(name))
    return bool(tx.batches.list(name, limit=1) or (kept and tx.journal.query(name, limit=1)))


def _new_name() -> str:
    return f"sandbox-{uuid4().hex[:12]}"


def _register_everywhere(tx: Transaction, *, sandbox: Sandbox, identity: Identity) -> Sequence[Organization]:
    organizations = tx.organizations.list(sandbox.name)
    facts = read_certificate(identity.certificate_pem)
    make_known(tx, sandbox, facts, identity.name, [organization.id for organization in organizations])
    _remember(tx, sandbox)
    return organizations
