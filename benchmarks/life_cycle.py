"""The calendar over many records: whether it slows the clock, and how fast it changes them."""

import asyncio
import time
from datetime import UTC, date, datetime, timedelta

from benchmarks.timing import median_ms, report
from sevis_sim import Simulator
from sevis_sim.domain.records import Record
from sevis_sim.processing.seeds import seed_records

_COUNT = 20_000
_DAYS = 200
"""The records are due on as many days."""
_SETTLES = 200


def run() -> None:
    asyncio.run(_calendar())


async def _calendar() -> None:
    async with Simulator(clock="2026-03-06T14:00-05:00") as sim:
        timeline, sandbox = sim.default.timeline, sim.default.sandbox

        def seed(records: list[Record]) -> None:
            for start in range(0, len(records), 1000):
                with sandbox.store.transaction() as tx:
                    seed_records(sandbox, tx, "production", records[start : start + 1000])

        async def settle() -> float:
            start = time.perf_counter()
            for _ in range(_SETTLES):
                timeline.changed()  # as after each upload: it must be looked up what is due next
                await timeline.settle()
            return (time.perf_counter() - start) * 1000 / _SETTLES

        await asyncio.to_thread(seed, [_student(0)])
        few = min([await settle() for _ in range(5)])
        students = [_student(number) for number in range(1, _COUNT)]
        await asyncio.to_thread(seed, students)
        many = min([await settle() for _ in range(5)])
        start = time.perf_counter()
        await sim.clock.advance(f"+{_DAYS + 40}d")
        seconds = time.perf_counter() - start
        changed = await sim.store.read(lambda tx: len(tx.records.list("default", status="TERMINATED", limit=_COUNT)))

        def store_again() -> None:
            with sandbox.store.transaction() as tx:
                saves = [(student, "") for student in students[:1000]]
                tx.records.save_many("default", "production", saves, None, datetime(2027, 1, 1, tzinfo=UTC))

        storing = median_ms(store_again, 3) / 1000
    alone = f"with one record {few:.2f} ms: {many / few:.1f} times"
    report(f"what is due next, with {_COUNT:,} records", f"{many:.2f} ms", alone, "at most twice")
    rate, peer = changed / seconds, 1000 / storing
    against = f"storing new versions alone {peer:.0f} rec/s: 1/{peer / rate:.0f}"
    report(f"the calendar changes {changed:,} records on {_DAYS} days", f"{rate:.0f} rec/s", against)


def _student(number: int) -> Record:
    start = date(2026, 3, 20) + timedelta(days=number % _DAYS)
    data = {
        "PersonalInfo": {"VisaType": "01", "FullName": {"LastName": "Sample", "FirstName": f"Number {number}"}},
        "EducationalInfo": {"PrgStartDate": "2025-08-20", "PrgEndDate": "2029-05-20"},
        "Registration": {"NextSessionStartDate": start.isoformat()},
    }
    return Record(f"N99{number:08d}", "ABC214F00012000", "student", "ACTIVE", data)
