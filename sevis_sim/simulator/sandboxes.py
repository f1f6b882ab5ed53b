"""The sandboxes of one simulator, their timelines, and the due work of each kind."""

import asyncio
from collections.abc import Callable

from sevis_sim.clock import Calendar, Clock
from sevis_sim.domain.submissions import Batch
from sevis_sim.forms import FormPool
from sevis_sim.journal import Journal
from sevis_sim.processing.kinds import LIFE_CYCLE, RETRY_BATCH
from sevis_sim.sandbox import DEFAULT_NAME, CutPoints, Sandbox, SandboxSettings
from sevis_sim.sandbox.happenings import ResultAvailable, ResultRemoved
from sevis_sim.sandbox.mischief import begin_faults
from sevis_sim.simulator.dates import computed_by, keep_dates
from sevis_sim.store import DueItem, Store, Transaction
from sevis_sim.timeline import Served, Timeline, passes_by_itself


class Sandboxes:
    """Opens, makes and finds sandboxes (`timeline.Tenants`)."""

    def __init__(
        self,
        store: Store,
        journal: Journal,
        calendar: Calendar,
        forms: FormPool,
        cut: CutPoints,
    ) -> None:
        self._store = store
        self._journal = journal
        self._calendar = calendar
        self._forms = forms
        self._cut = cut
        self._served: dict[str, Served] = {}

    def names(self) -> list[str]:
        """Return the names of all sandboxes, ``default`` first."""
        return sorted(self._served, key=lambda name: (name != DEFAULT_NAME, name))

    def served(self, name: str) -> Served | None:
        """Return a sandbox with its timeline, or None."""
        return self._served.get(name)

    async def open(
        self,
        name: str,
        seed: int,
        clock: Clock,
        settings: SandboxSettings,
        begin: Callable[[Transaction, Sandbox], object] | None = None,
    ) -> Served:
        """Open a sandbox with the given clock, making it in the store if it is new. Its timeline is not started.

        ``begin`` is done in the same transaction: there is no such sandbox without what it does. The disk is not waited
        for: an upload's acceptance, which is, takes what was written before along.
        """
        kept, life_cycle = settings.to_json(), settings.life_cycle()
        sandbox = Sandbox(
            name=name,
            seed=seed,
            store=self._store,
            journal=self._journal,
            clock=clock,
            calendar=self._calendar,
            profiles=settings.processing_profiles(),
            switches=settings.switches,
            fidelity=settings.fidelity,
            overrides=settings.overrides,
            cut=self._cut,
            life_cycle=life_cycle,
            scenario_faults=settings.faults,
        )

        def work(tx: Transaction) -> None:
            stored = tx.sandboxes.get(name)
            if stored is None:
                tx.sandboxes.create(name, seed, clock.to_state(), kept | computed_by(life_cycle))
            else:
                sandbox.seed = stored.seed
                tx.sandboxes.update_clock(name, clock.to_state())
                tx.sandboxes.update_settings(name, keep_dates(tx, sandbox, stored.settings | kept))
            if begin is not None:
                begin(tx, sandbox)

        await self._store.run(work, durable=False)
        await begin_faults(sandbox)
        served = Served(sandbox, self._timeline(sandbox))
        self._served[name] = served
        return served

    async def close(self, name: str, last: Callable[[Transaction], object]) -> None:
        """Let nobody find a sandbox any more; when what is under way in it has ended, do a last thing to its rows.

        Its night is not cut short, and where the last thing cannot be done it is there again.
        """
        served = self._served.pop(name)
        try:
            async with served.sandbox.last_turn(deleted=True):
                await self._store.run(last, durable=False)
                await served.timeline.stop()
        except BaseException:
            self._served[name] = served
            raise

    async def stop(self) -> None:
        """Stop all timelines."""
        for served in self._served.values():
            await served.timeline.stop()

    def _timeline(self, sandbox: Sandbox) -> Timeline:
        async def process(item: DueItem) -> str:
            from sevis_sim.processing import night  # the rules are loaded for the first night, not before

            key, told = int(item.key), f"batch {item.key} had been processed already"
            try:
                again = item.kind == RETRY_BATCH
                done = await night.process_batch(sandbox, key, item.instant, self._forms, again=again)
            except Exception as error:
                if passes_by_itself(error):
                    raise
                why = f"{type(error).__name__}: {error}"
                if item.kind != RETRY_BATCH:
                    delayed = await night.postpone_batch(sandbox, key, item.instant, why)
                    return delayed.summary() if delayed else told
                done = await night.process_batch(sandbox, key, item.instant, self._forms, given_up=why)
            return done.summary() if done else told

        async def live(item: DueItem) -> str:
            from sevis_sim.processing.life_cycle import run_day

            return (await asyncio.to_thread(run_day, sandbox, item)).summary()

        async def available(item: DueItem) -> str:
            batch = await self._batch(item)
            if batch is not None and (batch.status != "processed" or batch.available > item.instant):
                return f"result of batch {batch.batch_id} is late"
            return await self._result_event(sandbox, item, ResultAvailable)

        async def remove(item: DueItem) -> str:
            await self._store.run(lambda tx: tx.batches.remove_files(int(item.key)))
            return await self._result_event(sandbox, item, ResultRemoved)

        async def describe(item: DueItem) -> str:
            if item.kind == LIFE_CYCLE:
                from sevis_sim.processing.life_cycle import planned

                return await self._store.read(lambda tx: planned(sandbox, tx, item))
            batch = await self._batch(item)
            if batch is None:
                return item.kind
            verb = {
                "process-batch": f"batch {batch.batch_id} of {batch.org_id} is processed ({batch.system})",
                RETRY_BATCH: f"batch {batch.batch_id} of {batch.org_id} is tried again ({batch.system})",
                "result-available": f"result of batch {batch.batch_id} becomes available",
                "remove-result": f"result of batch {batch.batch_id} is removed",
            }
            return verb.get(item.kind, item.kind)

        handlers = {
            "process-batch": process,
            RETRY_BATCH: process,
            "result-available": available,
            "remove-result": remove,
            LIFE_CYCLE: live,
        }
        return Timeline(sandbox, handlers, describe)

    async def _batch(self, item: DueItem) -> Batch | None:
        return await self._store.read(lambda tx: tx.batches.get(int(item.key)))

    async def _result_event(self, sandbox: Sandbox, item: DueItem, event: type[ResultAvailable | ResultRemoved]) -> str:
        batch = await self._batch(item)
        if batch is None:
            return "a batch that is gone"
        happening = event(batch=batch.batch_id, organization=batch.org_id, system=batch.system, exchange=batch.exchange)
        await sandbox.record(happening, item.instant)
        return happening.summary()
