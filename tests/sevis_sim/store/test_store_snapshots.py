"""A snapshot holds all of a sandbox but its past, and brings it back whatever came afterwards."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from test_store_isolation import NOW, STEPS, Step, create, view

from sevis_sim.store import AlreadyThere, DuplicateSandbox, MissingReference, Store, Transaction
from sevis_sim.store.snapshots import BATCH_WORK, COPIED, NOT_COPIED, SHARED
from sevis_sim.store.tables import ALL, file_contents, journal_subjects, meta, snapshot_certificates

LATER = datetime(2026, 3, 9, 6, 0, tzinfo=UTC)


def night(tx: Transaction, sandbox: str, number: int) -> None:
    for batch in tx.batches.list(sandbox):
        tx.due.add(sandbox, NOW + timedelta(minutes=number), sorted(BATCH_WORK)[number % 3], str(batch.key))


STEPS_OF_A_LIFE: dict[str, Step] = {
    name: step for name, step in STEPS.items() if name not in ("create", "delete", "note", "forget")
} | {"night": night}
LIFE = st.lists(st.tuples(st.sampled_from(sorted(STEPS_OF_A_LIFE)), st.integers(0, 3)), max_size=25)


def live(tx: Transaction, sandbox: str, life: list[tuple[str, int]]) -> None:
    for name, number in life:
        with suppress(AlreadyThere, MissingReference):  # a step that is not possible now changes nothing
            STEPS_OF_A_LIFE[name](tx, sandbox, number)


def seen(tx: Transaction, sandbox: str) -> dict[str, Any]:
    """All that can be read of a sandbox, without the numbers that differ from copy to copy."""
    found = view(tx, sandbox)
    names = {str(each.key): each.batch_id for each in found["batches"]}
    batch_of = {each.key: each.batch_id for each in found["batches"]}
    stored = found["records"]
    return {
        "organizations": found["organizations"],
        "batches": [(b.batch_id, b.status, b.success, b.received, b.due) for b in found["batches"]],
        "files": found["files"],
        "due": [(d.instant, d.kind, names.get(d.key, "gone") if d.kind in BATCH_WORK else d.key) for d in found["due"]],
        "records": [(r.record, r.version, r.identity, batch_of.get(r.batch_key)) for r in stored],
        "certificates": found["certificates"],
    }


def test_every_table_of_a_sandbox_is_copied_or_known_not_to_be():
    assert set(ALL) == COPIED | NOT_COPIED | SHARED | {meta, journal_subjects, snapshot_certificates}


@settings(deadline=None)
@given(LIFE, LIFE)
def test_a_sandbox_comes_back_as_it_was_whatever_came_between(before, between):
    store = Store.open("sqlite://")
    with store.transaction() as tx:
        create(tx, "a", 1)
        create(tx, "other", 2)
        live(tx, "a", before)
        live(tx, "other", between)
        expected, others, bound = seen(tx, "a"), seen(tx, "other"), tx.certificates.list("a")
        tx.snapshots.take("a", "s", {"at": "then"}, NOW)
        live(tx, "a", between)
        assert tx.snapshots.restore("a", "s") == {"at": "then"}
        found = seen(tx, "a")
        newer = [c for c in found["certificates"] if c[0].fingerprint not in {each.fingerprint for each in bound}]
        assert [registered for _, registered in newer] == [[]] * len(newer)
        found["certificates"] = [each for each in found["certificates"] if each not in newer]
        assert found == expected
        assert seen(tx, "other") == others
    store.close()


@settings(deadline=None)
@given(LIFE, LIFE)
def test_a_branch_lives_on_its_own(before, after):
    store = Store.open("sqlite://")
    with store.transaction() as tx:
        create(tx, "a", 1)
        live(tx, "a", before)
        expected = seen(tx, "a") | {"certificates": []}
        tx.snapshots.take("a", "s", {}, NOW)
        tx.snapshots.branch("a", "now", {"at": "now"})
        tx.snapshots.branch("a", "then", {}, "s")
        live(tx, "a", after)
        assert seen(tx, "now") == expected
        assert seen(tx, "then") == expected
        original = seen(tx, "a")
        tx.sandboxes.delete("then")
        assert seen(tx, "a") == original
    store.close()


@pytest.fixture
def tx():
    store = Store.open("sqlite://")
    with store.transaction() as transaction:
        create(transaction, "a", 1)
        yield transaction
    store.close()


def test_snapshots_are_listed_by_age_and_are_no_sandboxes(tx):
    tx.snapshots.take("a", "second", {}, LATER)
    tx.snapshots.take("a", "first", {}, NOW)
    assert [(each.name, each.taken) for each in tx.snapshots.list("a")] == [("first", NOW), ("second", LATER)]
    assert [each.name for each in tx.sandboxes.list()] == ["a"]
    assert tx.sandboxes.get("a@first") is None


def test_a_name_is_taken_once_unless_it_may_be_replaced(tx):
    tx.snapshots.take("a", "s", {}, NOW)
    with pytest.raises(DuplicateSandbox):
        tx.snapshots.take("a", "s", {}, LATER)
    tx.snapshots.take("a", "s", {}, LATER, replace=True)
    assert [each.taken for each in tx.snapshots.list("a")] == [LATER]


def test_what_does_not_exist_cannot_be_copied_or_brought_back(tx):
    for refused in (
        lambda: tx.snapshots.take("b", "s", {}, NOW),
        lambda: tx.snapshots.restore("a", "s"),
        lambda: tx.snapshots.branch("b", "c", {}),
        lambda: tx.snapshots.branch("a", "c", {}, "s"),
    ):
        with pytest.raises(MissingReference):
            refused()
    with pytest.raises(DuplicateSandbox):
        tx.snapshots.branch("a", "a", {})
    assert not tx.snapshots.delete("a", "s")


def test_a_sandbox_takes_its_snapshots_with_it(tx):
    tx.snapshots.take("a", "s", {}, NOW)
    tx.sandboxes.delete("a")
    create(tx, "a", 1)
    assert tx.snapshots.list("a") == []


def test_copies_share_what_stands_in_files_until_the_last_of_them_goes(tx):
    def contents():
        return sorted(tx.connection.execute(select(file_contents.c.content)).scalars())

    def batch(sandbox):
        return tx.batches.list(sandbox)[0].key

    tx.batches.accept("a", "production", "ABC214F00012000", "B1", "u", "f.xml", NOW, NOW, NOW, b"document")
    tx.snapshots.take("a", "accepted", {}, NOW)
    tx.batches.finish(batch("a"), NOW, 1, 0, b"log", b"archive")
    tx.snapshots.take("a", "processed", {}, NOW)
    tx.snapshots.branch("a", "b", {})
    assert contents() == [b"archive", b"document", b"log"]
    tx.batches.finish(batch("a"), NOW, 1, 0, b"other log", b"other archive")  # done before: nothing changes
    tx.batches.remove_files(batch("a"))
    assert tx.batches.archive(batch("b")) == b"archive"
    tx.snapshots.delete("a", "processed")
    assert contents() == [b"archive", b"document", b"log"]
    tx.snapshots.restore("a", "accepted")
    tx.sandboxes.delete("b")
    assert contents() == [b"document"]
    assert tx.batches.document(batch("a")) == b"document"
    tx.sandboxes.delete("a")
    assert contents() == []
