"""One file's way from a door to the directory, whatever the door.

    arrival → content's SHA-256 → known already? → whose header? → check against the last accepted file
      → archive file and report → one transaction: delivery and load, or delivery alone → journal

Files of one location take turns; files of several are checked at the same time. Reading and checking happen in
threads, writing in the database's own.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime

from sevis_sim.faults import Faults, FaultStruck
from sevis_sim.journal import Event, Journal
from sevis_sim.store import StoreError
from udir_sim.directory import Delivery, DirectoryError, Load, State
from udir_sim.directory.directory import DirectoryTransaction, held
from udir_sim.receiver import mischief
from udir_sim.receiver.errors import NotKept
from udir_sim.receiver.happenings import (
    FileReceived,
    FileUnreadable,
    HeldFileDecided,
    HistoryForgotten,
    RecordsLoaded,
    RequestFailed,
)
from udir_sim.receiver.judging import Arrival, Judge, Judged, Unreadable
from udir_sim.receiver.outcome import Outcome

_ID_DIGITS = 16


class Intake:
    """Judges files and has them loaded."""

    def __init__(
        self,
        judge: Judge,
        journal: Journal,
        faults: Faults,
        *,
        now: Callable[[], datetime],
        keep: int | None = None,
    ) -> None:
        """Make an intake.

        Args:
            judge: Checks files and knows the directory.
            journal: Gets an entry of everything, as the server's own.
            faults: Asked at the place ``file``.
            now: Simulated time (aware).
            keep: Loaded files of each location that are kept, see `forget_old`; None keeps all.

        """
        self.directory = judge.directory
        self._keep = keep
        self._judge = judge
        self._journal = journal
        self._faults = faults
        self._now = now
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def receive(self, arrival: Arrival) -> Outcome:
        """Take a file in; return what became of it, once that is durable.

        Raises:
            Unreadable: it cannot be checked; nothing of it is kept.
            NotKept: the disk or the database failed; the arrival's file stays.

        """
        async with self._turns[arrival.location]:
            try:
                outcome = await self._receive(arrival)
            except (StoreError, OSError) as error:
                lost = f"{arrival.name} of location {arrival.location} could not be kept: {error}"
                with contextlib.suppress(StoreError):  # the journal may be as full
                    await self.note(RequestFailed(error=lost))
                raise NotKept(f"the receiver could not keep the file ({_reason(error)})") from error
            except Unreadable as error:
                arrival.path.unlink(missing_ok=True)
                said = {"location": arrival.location, "door": arrival.door, "name": arrival.name}
                await self.note(FileUnreadable(**said, reason=str(error)))
                raise
            arrival.path.unlink(missing_ok=True)
            return outcome

    async def _receive(self, arrival: Arrival) -> Outcome:
        now = self._now()
        struck = self._faults.strike(mischief.FILE, arrival.facts, now)
        for fault in struck:
            await self.note(FaultStruck.of(fault))
        digest = await asyncio.to_thread(self._judge.digest, arrival.path)
        delivery_id = f"{arrival.location}-{digest[:_ID_DIGITS]}"
        outcome = await self.outcome(delivery_id, again=True)
        if outcome is None:
            hold = struck.value("hold")
            judged = await asyncio.to_thread(self._judge.judge, arrival, delivery_id, now, hold)
            load = await self.directory.database.run(lambda tx: self._judge.keep(tx, judged, now))
            outcome = Outcome(judged.delivery, load)
        delivery = outcome.delivery
        await self.note(
            FileReceived(
                delivery=delivery.id,
                location=arrival.location,
                door=arrival.door,
                name=arrival.name,
                bytes=delivery.bytes,
                data_records=delivery.data_records,
                verdict=delivery.verdict,
                state=delivery.state.value,
                again=outcome.again,
                note=delivery.note,
            )
        )
        if outcome.load is not None and not outcome.again:
            await self.note(loaded(outcome.load))
            await self._forget(arrival.location)
        return outcome

    async def release(self, delivery_id: str, note: str = "") -> Outcome:
        """Load a held file all the same, as lenient mode would: good records are loaded, those with errors are not.

        Raises:
            DirectoryError: it is not held, a later file of its location was loaded meanwhile, or it has no record
                that could be loaded.

        """
        delivery = await self.directory.database.read(lambda tx: held(tx, delivery_id))
        async with self._turns[delivery.location]:
            now = self._now()
            report = await asyncio.to_thread(self._judge.check_again, delivery)
            if report.records_with_errors >= report.receipt.data_records:
                raise DirectoryError(
                    f"{delivery_id} has no record without errors, so nothing could be loaded: refuse it"
                )
            judged = Judged(delivery, report.plan)
            said = f"released: {note}" if note else "released"

            def keep(tx: DirectoryTransaction) -> Load:
                held(tx, delivery_id)
                last = tx.loads.last_file(delivery.location)
                if last is not None and last.number > delivery.against:
                    raise DirectoryError(
                        f"load {last.number} of location {last.location} is newer than {delivery_id}: "
                        "ask the campus for a new file, or roll back"
                    )
                tx.deliveries.decide(delivery_id, State.LOADED, said, now)
                return self._judge.load(tx, judged, now)

            load = await self.directory.database.run(keep)
            await self._decided(delivery, State.LOADED, said)
            await self.note(loaded(load))
            await self._forget(delivery.location)
        return await self._known(delivery_id)

    async def refuse(self, delivery_id: str, note: str = "") -> Outcome:
        """Refuse a held file for good; DirectoryError where it is not held."""
        said = f"refused: {note}" if note else "refused by hand"
        now = self._now()

        def decide(tx: DirectoryTransaction) -> Delivery:
            delivery = held(tx, delivery_id)
            tx.deliveries.decide(delivery_id, State.REFUSED, said, now)
            return delivery

        await self._decided(await self.directory.database.run(decide), State.REFUSED, said)
        return await self._known(delivery_id)

    async def roll_back(self, location: str, number: int) -> Load:
        """Put an earlier load in force again; DirectoryError as of `Directory.roll_back`."""
        async with self._turns[location]:
            now = self._now()
            load = await asyncio.to_thread(self.directory.roll_back, location, number, now)
        await self.note(loaded(load))
        return load

    async def forget_old(self, locations: Iterable[str]) -> None:
        """Delete what is older than the loads that are to be kept, and what a crash left in the archive."""
        for location in locations:
            async with self._turns[location]:
                await self._forget(location)

    async def _forget(self, location: str) -> None:
        if self._keep is None:
            return
        gone = await asyncio.to_thread(self.directory.forget, location, self._keep)
        if gone.loads or gone.deliveries:
            await self.note(
                HistoryForgotten(location=location, loads=gone.loads, records=gone.records, deliveries=gone.deliveries)
            )

    async def outcome(self, delivery_id: str, *, again: bool = False) -> Outcome | None:
        """Return what became of a file, by its id; None where there is none."""

        def look(tx: DirectoryTransaction) -> Outcome | None:
            delivery = tx.deliveries.get(delivery_id)
            if delivery is None:
                return None
            last = tx.loads.in_force(delivery.location)
            other = last if last is not None and last.delivery != delivery_id else None
            return Outcome(delivery, tx.loads.of_delivery(delivery_id), again, other)

        return await self.directory.database.read(look)

    async def note(self, event: Event) -> None:
        """Keep a journal entry."""
        await self._journal.record(event.entry(None, self._now()))

    async def _known(self, delivery_id: str) -> Outcome:
        outcome = await self.outcome(delivery_id)
        if outcome is None:
            raise DirectoryError(f"there is no delivery {delivery_id!r}")
        return outcome

    async def _decided(self, delivery: Delivery, state: State, note: str) -> None:
        await self.note(HeldFileDecided(delivery=delivery.id, location=delivery.location, state=state.value, note=note))


def loaded(load: Load) -> RecordsLoaded:
    """Return the journal entry of a load."""
    return RecordsLoaded(
        location=load.location,
        delivery=load.delivery,
        number=load.number,
        how=load.kind,
        records=load.records,
        added=load.added,
        changed=load.changed,
        deleted=load.deleted,
        carried=load.carried,
    )


def _reason(error: Exception) -> str:
    """Return why, without paths of ours."""
    return (error.strerror or "disk error") if isinstance(error, OSError) else "database error"
