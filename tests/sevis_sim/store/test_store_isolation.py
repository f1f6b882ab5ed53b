"""Two sandboxes never see, change or delete each other's rows, whatever happens in whichever order."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sevis_sim.domain.organizations import Organization
from sevis_sim.domain.records import Dependent, Record
from sevis_sim.store import AlreadyThere, Choice, Entry, Message, Messages, MissingReference, Store, Transaction
from sevis_sim.store.tables import ALL

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
Step = Callable[[Transaction, str, int], object]


def org_id(number: int) -> str:
    return f"ABC214F0001200{number}"


def create(tx: Transaction, sandbox: str, number: int) -> None:
    if tx.sandboxes.get(sandbox) is None:
        tx.sandboxes.create(sandbox, number, {"number": number})


def certificate(tx: Transaction, sandbox: str, number: int) -> None:
    # Half of them are wanted by both sandboxes; the first one to ask gets it.
    fingerprint = f"shared{number}" if number % 2 else f"{sandbox}{number}"
    facts: dict[str, Any] = {
        "name": "n",
        "pem": "p",
        "subject": "s",
        "issuer": "i",
        "serial": "1",
        "not_before": NOW,
        "not_after": NOW,
    }
    tx.certificates.add(sandbox, fingerprint=fingerprint, **facts)
    if tx.organizations.get(sandbox, org_id(number)):
        tx.certificates.register(fingerprint, org_id(number), NOW)
    tx.certificates.revoke(fingerprint, NOW)


def accept(tx: Transaction, sandbox: str, number: int) -> None:
    batch = tx.batches.accept(sandbox, "production", org_id(0), f"B{number}", "u", "f", NOW, NOW, NOW, sandbox.encode())
    tx.due.add(sandbox, NOW + timedelta(seconds=number), "process", str(batch.key))


def finish(tx: Transaction, sandbox: str, _number: int) -> None:
    if item := tx.due.next(sandbox):
        tx.batches.finish(int(item.key), NOW, 1, 0, b"log", sandbox.encode())
        tx.due.remove(item.sequence)


def save(tx: Transaction, sandbox: str, number: int) -> None:
    dependents = [Dependent(f"N98{number:08d}", sandbox)]
    record = Record(f"N99{number:08d}", org_id(0), "student", sandbox, {"by": sandbox}, dependents)
    tx.records.save(sandbox, "production", record, f"identity {number}", None, NOW)


def note(tx: Transaction, sandbox: str, number: int) -> None:
    entry = tx.journal.append([Entry(sandbox, NOW, "k", "s", {"number": str(number)})])[0]
    tx.journal.keep([(entry, Messages(Message(b"head", sandbox.encode(), 9)))], most=2, most_bytes=1000)


STEPS: dict[str, Step] = {
    "create": create,
    "delete": lambda tx, sandbox, _number: tx.sandboxes.delete(sandbox),
    "clock": lambda tx, sandbox, number: tx.sandboxes.update_clock(sandbox, {"now": number}),
    "settings": lambda tx, sandbox, number: tx.sandboxes.update_settings(sandbox, {"s": number}),
    "organization": lambda tx, sandbox, number: tx.organizations.put(
        sandbox, Organization(org_id(number), "school", sandbox)
    ),
    "no organization": lambda tx, sandbox, number: tx.organizations.delete(sandbox, org_id(number)),
    "certificate": certificate,
    "accept": accept,
    "finish": finish,
    "purge": lambda tx, sandbox, number: tx.batches.purge(sandbox, NOW + timedelta(seconds=number)),
    "save": save,
    "note": note,
    "snapshot": lambda tx, sandbox, number: tx.snapshots.take(sandbox, f"s{number}", {}, NOW),
    "restore": lambda tx, sandbox, number: tx.snapshots.restore(sandbox, f"s{number}"),
    "no snapshot": lambda tx, sandbox, number: tx.snapshots.delete(sandbox, f"s{number}"),
    "forget": lambda tx, sandbox, number: tx.journal.purge(sandbox, NOW + timedelta(seconds=number)),
}


def view(tx: Transaction, sandbox: str) -> dict[str, Any]:
    """Everything that can be read of a sandbox."""
    ids = [f"N9{kind}{number:08d}" for kind in (8, 9) for number in range(4)]
    batches = tx.batches.list(sandbox)
    certificates = tx.certificates.list(sandbox)
    return {
        "sandbox": tx.sandboxes.get(sandbox),
        "organizations": tx.organizations.list(sandbox),
        "certificates": [(one, tx.certificates.registrations(one.fingerprint)) for one in certificates],
        "batches": batches,
        "files": [
            (tx.batches.document(one.key), tx.batches.log(one.key), tx.batches.archive(one.key)) for one in batches
        ],
        "due": tx.due.list(sandbox),
        "snapshots": tx.snapshots.list(sandbox),
        "journal": tx.journal.query(sandbox),
        "messages": [tx.journal.kept(entry.id) for entry in tx.journal.query(sandbox)],
        "subjects": [tx.journal.query(sandbox, Choice(subjects={"number": str(number)})) for number in range(4)],
        "records": tx.records.list(sandbox),
        "fetched": tx.records.get_many(sandbox, "production", ids),
        "versions": [tx.records.versions(sandbox, "production", sevis_id) for sevis_id in ids],
        "taken": tx.records.taken(sandbox, "production", ids),
        "same": [tx.records.same_identity(sandbox, "production", "student", f"identity {n}") for n in range(4)],
    }


def count_all(tx: Transaction) -> dict[str, int]:
    return {t.name: tx.connection.exec_driver_sql(f"SELECT count(*) FROM {t.name}").scalar_one() for t in ALL}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["one", "two"]), st.sampled_from(sorted(STEPS)), st.integers(0, 3)), max_size=30)
)
def test_no_step_in_one_sandbox_can_be_noticed_in_the_other(steps: list[tuple[str, str, int]]) -> None:
    store = Store.open("sqlite://")
    with store.transaction() as tx:
        create(tx, "one", 1)
        create(tx, "two", 2)
    for sandbox, name, number in steps:
        other = "two" if sandbox == "one" else "one"
        with store.reading() as tx:
            before = view(tx, other)
        with suppress(AlreadyThere, MissingReference), store.transaction() as tx:
            STEPS[name](tx, sandbox, number)
        with store.reading() as tx:
            assert view(tx, other) == before

    with store.transaction() as tx:
        tx.sandboxes.delete("one")
        tx.sandboxes.delete("two")
        assert set(count_all(tx).values()) == {0}
    store.close()
