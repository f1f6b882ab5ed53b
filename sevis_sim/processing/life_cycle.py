"""Runs the life cycle: keeps the day on which each record is next due, and changes the records of a day.

All records that are due on one Eastern day share one piece of due work, ``life-cycle`` with the key
``<system> <day>``; which records they are is looked up by day in the store's ``record_dates``. So the clock looks at
one row a day, however many records there are, ``clock plan`` stays short, and a record that changes moves its own row
from one day to another (the due work of a day that nobody has any more goes with its last record). Records are changed
some hundred in a transaction, each with its new date, so that a process that ends half-way goes on with the rest.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from sevis_sim.domain.records import Record
from sevis_sim.events import identity, life_cycle
from sevis_sim.processing.kinds import LIFE_CYCLE
from sevis_sim.sandbox import LIFE_CYCLE_BEGUN, Sandbox
from sevis_sim.sandbox.record_happenings import LifeCycleRan, RecordChanged
from sevis_sim.store import DueItem, Transaction
from sevis_sim.store.record_dates import RecordDate

_AT_ONCE = 200
"""Records changed in one transaction."""


def schedule(
    sandbox: Sandbox,
    tx: Transaction,
    system: str,
    records: Iterable[Record],
    instant: datetime,
    since: date | None = None,
) -> None:
    """Keep when the calendar next changes records that were just stored, and have it fall due.

    Args:
        sandbox: whose records they are.
        tx: the transaction that stores them.
        system: production, beta or alpha.
        records: as they stand now; of several versions of one the last counts.
        instant: when they were stored, aware. What was due before falls due at the next run after it.
        since: see `life_cycle.due`; for records that no batch gave the status that they have: the day before the next
            run. Left out, what was kept before holds.

    """
    latest = {record.sevis_id: record for record in records}
    known = tx.record_dates.get_many(sandbox.name, system, latest)
    first = _first_run(sandbox, instant)
    dates: dict[str, RecordDate] = {}
    for sevis_id, record in latest.items():
        kept = since or (known[sevis_id].since if sevis_id in known else None)
        day = life_cycle.next_day(record, sandbox.life_cycle, kept)
        dates[sevis_id] = RecordDate(day and max(day, first), kept)
    changed = {sevis_id: each for sevis_id, each in dates.items() if known.get(sevis_id) != each}
    tx.record_dates.put_many(sandbox.name, system, changed)
    for day in sorted({each.day for each in changed.values() if each.day}):
        _have_fall_due(sandbox, tx, system, day)
    left = {known[sevis_id].day for sevis_id in changed if sevis_id in known} - {None}
    for day in sorted(tx.record_dates.empty(sandbox.name, system, {each for each in left if each})):
        _forget(sandbox, tx, system, day)


def seeded_since(sandbox: Sandbox, instant: datetime) -> date:
    """Return the day up to which the calendar has no say about a record that is put into SEVIS at an instant."""
    return _first_run(sandbox, instant) - timedelta(days=1)


def run_day(sandbox: Sandbox, item: DueItem) -> LifeCycleRan:
    """Change every record that is due on the day of a piece of due work, as of its instant. Bears to be repeated.

    Does blocking work: call it off the event loop.
    """
    system, day = _meant(item)
    counts: dict[str, int] = {}
    while True:
        with sandbox.store.transaction() as tx:
            due = tx.record_dates.due(sandbox.name, system, day, _AT_ONCE)
            for job, count in _run_some(sandbox, tx, system, due, day, item.instant).items():
                counts[job] = counts.get(job, 0) + count
            if len(due) < _AT_ONCE:
                happening = LifeCycleRan(system=system, day=day.isoformat(), changes=dict(sorted(counts.items())))
                if counts:
                    sandbox.note(tx, happening, item.instant)
                return happening
        sandbox.cut.reach(LIFE_CYCLE_BEGUN)


def planned(sandbox: Sandbox, tx: Transaction, item: DueItem) -> str:
    """Say in words what a piece of due work would do."""
    system, day = _meant(item)
    count = tx.record_dates.count(sandbox.name, system, day)
    ids = tx.record_dates.on(sandbox.name, system, day, 3)
    names = f" ({', '.join(ids)})" if count <= len(ids) else ""
    return f"the calendar changes {count} record{'s' if count != 1 else ''}{names} ({system})"


def reschedule_all(sandbox: Sandbox, tx: Transaction, instant: datetime) -> None:
    """Compute all dates of a sandbox again, after days or switches have changed."""
    for item in tx.due.list(sandbox.name):
        if item.kind == LIFE_CYCLE:
            tx.due.remove(item.sequence)
    after: tuple[str, str] | None = None
    while rows := tx.records.list(sandbox.name, limit=500, after=after):
        after = rows[-1].system, rows[-1].record.sevis_id
        by_system: dict[str, list[Record]] = {}
        for row in rows:
            by_system.setdefault(row.system, []).append(row.record)
        for system, records in by_system.items():
            known = tx.record_dates.get_many(sandbox.name, system, [each.sevis_id for each in records])
            tx.record_dates.put_many(
                sandbox.name, system, {sevis_id: RecordDate(None, each.since) for sevis_id, each in known.items()}
            )
            new = [each for each in records if each.sevis_id not in known]
            schedule(sandbox, tx, system, (each for each in records if each.sevis_id in known), instant)
            schedule(sandbox, tx, system, new, instant, seeded_since(sandbox, instant))


def _run_some(
    sandbox: Sandbox, tx: Transaction, system: str, sevis_ids: list[str], day: date, instant: datetime
) -> Mapping[str, int]:
    """Change some records in one transaction; return how many changes each job made."""
    known = tx.record_dates.get_many(sandbox.name, system, sevis_ids)
    found = tx.records.get_many(sandbox.name, system, sevis_ids)
    counts: dict[str, int] = {}
    saves = []
    for sevis_id in sevis_ids:
        record = found.get(sevis_id)
        if record is None:  # deleted meanwhile
            tx.record_dates.put_many(sandbox.name, system, {sevis_id: RecordDate(None)})
            continue
        changes = life_cycle.run(record, sandbox.life_cycle, day, instant, known[sevis_id].since)
        if changes:
            saves.append((record, identity(record.population, record.data, sandbox.switches.rules)))
        for each in changes:
            counts[each.job] = counts.get(each.job, 0) + 1
            happening = RecordChanged(
                record=record.sevis_id,
                dependent=each.sevis_id if each.sevis_id != record.sevis_id else "",
                organization=record.org_id,
                system=system,
                job=each.job,
                request=each.part,
                before=each.before,
                after=each.after,
                reason=each.reason,
            )
            sandbox.note(tx, happening, instant)
    tx.records.save_many(sandbox.name, system, saves, None, instant)
    schedule(sandbox, tx, system, found.values(), instant)
    return counts


def _first_run(sandbox: Sandbox, instant: datetime) -> date:
    """Return the day of the first run after an instant."""
    day = sandbox.calendar.today(instant)
    return day if _runs_at(sandbox, day) > instant else day + timedelta(days=1)


def _runs_at(sandbox: Sandbox, day: date) -> datetime:
    return sandbox.calendar.at(day, sandbox.life_cycle.at)


def _have_fall_due(sandbox: Sandbox, tx: Transaction, system: str, day: date) -> None:
    if day >= date.max - timedelta(days=1):  # beyond the last instant that a clock can show
        return
    instant, key = _runs_at(sandbox, day), f"{system} {day.isoformat()}"
    if tx.due.find(sandbox.name, instant, LIFE_CYCLE, key) is None:
        tx.due.add(sandbox.name, instant, LIFE_CYCLE, key)


def _forget(sandbox: Sandbox, tx: Transaction, system: str, day: date) -> None:
    if day >= date.max - timedelta(days=1):
        return
    item = tx.due.find(sandbox.name, _runs_at(sandbox, day), LIFE_CYCLE, f"{system} {day.isoformat()}")
    if item is not None:
        tx.due.remove(item.sequence)


def _meant(item: DueItem) -> tuple[str, date]:
    system, _, day = item.key.partition(" ")
    return system, date.fromisoformat(day)
