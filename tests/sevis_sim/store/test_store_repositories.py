"""Sandboxes, organizations, certificates, batches, due work, journal rows and named values, in and out."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sevis_sim.domain.organizations import Official, Organization
from sevis_sim.store import (
    Choice,
    DueItem,
    DuplicateBatch,
    DuplicateCertificate,
    DuplicateSandbox,
    Entry,
    MissingReference,
    Store,
    Transaction,
)
from sevis_sim.store.columns import Instant, to_microseconds

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
EASTERN = timezone(timedelta(hours=-5))
SCHOOL = Organization("ABC214F00012000", "school", officials=(Official("pdso000001", "PDSO", name="ANN SAMPLE"),))
SPONSOR = Organization("P-1-12345", "sponsor")


@pytest.fixture
def tx() -> Iterator[Transaction]:
    store = Store.open("sqlite://")
    with store.transaction() as opened:
        opened.sandboxes.create("default", 1, {})
        yield opened
    store.close()


def add_certificate(tx: Transaction, fingerprint: str, sandbox: str = "default", **other: Any) -> None:
    facts: dict[str, Any] = {
        "name": "school",
        "pem": f"PEM {fingerprint}",
        "subject": "CN=school",
        "issuer": "CN=ca",
        "serial": "0a",
        "not_before": NOW,
        "not_after": NOW + timedelta(days=365),
    }
    tx.certificates.add(sandbox, fingerprint=fingerprint, **(facts | other))


def accept(tx: Transaction, batch_id: str, sandbox: str = "default", **other: Any) -> int:
    facts: dict[str, Any] = {
        "system": "production",
        "org_id": SCHOOL.id,
        "user_id": "pdso000001",
        "file_name": "a.xml",
        "received": NOW,
        "due": NOW + timedelta(hours=1),
        "available": NOW + timedelta(hours=9),
        "document": b"<x/>",
    }
    return tx.batches.accept(sandbox, batch_id=batch_id, **(facts | other)).key


# Instants


@settings(deadline=None)
@given(st.datetimes(timezones=st.timezones()), st.datetimes(timezones=st.timezones()))
def test_instants_come_back_as_they_were_and_sort_as_they_do(first: datetime, second: datetime) -> None:
    column = Instant()
    dialect: Any = None
    for instant in (first, second):
        kept = column.process_bind_param(instant, dialect)
        returned = column.process_result_value(kept, dialect)
        assert returned is not None
        assert returned.tzinfo is UTC
        assert returned == instant.astimezone(UTC)
    order = (first.astimezone(UTC) > second.astimezone(UTC)) - (first.astimezone(UTC) < second.astimezone(UTC))
    assert (to_microseconds(first) > to_microseconds(second)) - (
        to_microseconds(first) < to_microseconds(second)
    ) == order


def test_an_instant_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="no UTC offset"):
        to_microseconds(datetime(2026, 3, 6))  # noqa: DTZ001


# Sandboxes


def test_a_sandbox_keeps_a_seed_of_any_size_its_clock_and_its_settings(tx: Transaction) -> None:
    made = tx.sandboxes.create("other", -(2**90), {"mode": "frozen"}, {"fidelity": "strict"})
    assert tx.sandboxes.get("other") == made
    assert made.seed == -(2**90)

    tx.sandboxes.update_clock("other", {"mode": "real"})
    tx.sandboxes.update_settings("other", {})
    changed = tx.sandboxes.get("other")
    assert changed is not None
    assert (changed.clock, changed.settings) == ({"mode": "real"}, {})
    assert [sandbox.name for sandbox in tx.sandboxes.list()] == ["default", "other"]


def test_a_sandbox_that_exists_is_not_created_again(tx: Transaction) -> None:
    with pytest.raises(DuplicateSandbox, match="'default' exists already"):
        tx.sandboxes.create("default", 2, {})


def test_a_sandbox_that_is_not_there_cannot_be_changed_and_deleting_it_says_so(tx: Transaction) -> None:
    assert tx.sandboxes.get("nowhere") is None
    assert not tx.sandboxes.delete("nowhere")
    with pytest.raises(MissingReference, match="no sandbox 'nowhere'"):
        tx.sandboxes.update_clock("nowhere", {})


# Organizations


TEXT_SETS = st.frozensets(st.text(max_size=5), max_size=3)


@settings(deadline=None)
@given(
    st.builds(
        Organization,
        id=st.just("ABC214F00012000"),
        kind=st.sampled_from(["school", "sponsor"]),
        address=st.lists(st.text(), max_size=3).map(tuple),
        visas=TEXT_SETS,
        levels=st.none() | TEXT_SETS,
        categories=st.none() | TEXT_SETS,
        occupations=st.none() | TEXT_SETS,
        form_limit=st.none() | st.integers(0, 10**6),
        officials=st.lists(st.builds(Official, role=st.sampled_from(["PDSO", "RO"])), max_size=3).map(tuple),
    )
)
def test_an_organization_comes_back_as_it_was(organization: Organization) -> None:
    store = Store.open("sqlite://")
    with store.transaction() as tx:
        tx.sandboxes.create("default", 1, {})
        tx.organizations.put("default", organization)
        assert tx.organizations.get("default", organization.id) == organization
    store.close()


def test_putting_an_organization_again_replaces_it_and_keeps_its_certificates(tx: Transaction) -> None:
    tx.organizations.put("default", SCHOOL)
    add_certificate(tx, "ab")
    tx.certificates.register("ab", SCHOOL.id, NOW)
    renamed = Organization(SCHOOL.id, "school", name="SAMPLE SCHOOL")
    tx.organizations.put("default", renamed)
    assert tx.organizations.list("default") == [renamed]
    assert tx.certificates.registrations("ab") == [SCHOOL.id]


def test_deleting_an_organization_ends_its_registrations_only(tx: Transaction) -> None:
    tx.organizations.put("default", SCHOOL)
    tx.organizations.put("default", SPONSOR)
    add_certificate(tx, "ab")
    tx.certificates.register("ab", SPONSOR.id, NOW)
    tx.certificates.register("ab", SCHOOL.id, NOW)
    assert tx.organizations.delete("default", SCHOOL.id)
    assert not tx.organizations.delete("default", SCHOOL.id)
    assert tx.organizations.list("default") == [SPONSOR]
    assert tx.certificates.registrations("ab") == [SPONSOR.id]


# Certificates


def test_a_certificate_tells_its_sandbox_and_comes_back_in_utc(tx: Transaction) -> None:
    add_certificate(tx, "ab", not_before=NOW.astimezone(EASTERN))
    found = tx.certificates.get("ab")
    assert found is not None
    assert found.sandbox == "default"
    assert found.not_before == NOW
    assert found.not_before.tzinfo is UTC
    assert found.revoked is None
    assert tx.certificates.get("cd") is None


def test_a_certificate_is_bound_to_one_sandbox_for_good(tx: Transaction) -> None:
    tx.sandboxes.create("other", 1, {})
    add_certificate(tx, "ab")
    add_certificate(tx, "ab", name="the same again")
    with pytest.raises(DuplicateCertificate, match="belongs to sandbox 'default'"):
        add_certificate(tx, "ab", sandbox="other")
    assert [certificate.name for certificate in tx.certificates.list("default")] == ["school"]
    assert tx.certificates.list("other") == []
    assert tx.certificates.delete("ab")
    add_certificate(tx, "ab", sandbox="other")


def test_registering_twice_is_once_and_unregistering_ends_it(tx: Transaction) -> None:
    tx.organizations.put("default", SCHOOL)
    add_certificate(tx, "ab")
    tx.certificates.register("ab", SCHOOL.id, NOW)
    tx.certificates.register("ab", SCHOOL.id, NOW)
    assert tx.certificates.registrations("ab") == [SCHOOL.id]
    assert tx.certificates.unregister("ab", SCHOOL.id)
    assert not tx.certificates.unregister("ab", SCHOOL.id)
    assert tx.certificates.registrations("ab") == []


def test_what_is_not_there_cannot_be_registered_or_revoked(tx: Transaction) -> None:
    with pytest.raises(MissingReference, match="no certificate ab"):
        tx.certificates.register("ab", SCHOOL.id, NOW)
    with pytest.raises(MissingReference, match="no certificate ab"):
        tx.certificates.revoke("ab", NOW)


def test_a_certificate_cannot_be_registered_for_an_organization_of_another_sandbox() -> None:
    store = Store.open("sqlite://")
    with store.transaction() as tx:
        tx.sandboxes.create("default", 1, {})
        tx.sandboxes.create("other", 1, {})
        tx.organizations.put("other", SCHOOL)
        add_certificate(tx, "ab")
    with pytest.raises(MissingReference), store.transaction() as tx:
        tx.certificates.register("ab", SCHOOL.id, NOW)
    store.close()


def test_a_revoked_certificate_stays_a_trust_anchor_so_that_it_can_be_judged(tx: Transaction) -> None:
    tx.sandboxes.create("other", 1, {})
    add_certificate(tx, "ab")
    add_certificate(tx, "cd", sandbox="other")
    tx.certificates.revoke("ab", NOW)
    found = tx.certificates.get("ab")
    assert found is not None
    assert found.revoked == NOW
    assert tx.certificates.anchors() == ["PEM ab", "PEM cd"]


# Batches


def test_an_accepted_batch_is_found_by_its_id_and_by_its_key(tx: Transaction) -> None:
    args = ("default", "production", SCHOOL.id, "B1", "pdso000001", "a.xml", NOW.astimezone(EASTERN), NOW, NOW)
    batch = tx.batches.accept(*args, b"\x00<x/>")
    assert batch.status == "accepted"
    assert batch.received.tzinfo is UTC
    assert batch == tx.batches.get(batch.key) == tx.batches.find("default", "production", SCHOOL.id, "B1")
    assert tx.batches.document(batch.key) == b"\x00<x/>"
    assert tx.batches.log(batch.key) is None
    assert tx.batches.archive(batch.key) is None
    assert tx.batches.get(batch.key + 1) is None


@pytest.mark.parametrize(
    "other", [{"system": "beta"}, {"org_id": SPONSOR.id}, {"sandbox": "other"}, {"batch_id": "b1"}]
)
def test_a_batch_id_is_used_up_for_its_organization_system_and_sandbox_only(
    tx: Transaction, other: dict[str, Any]
) -> None:
    tx.sandboxes.create("other", 1, {})
    accept(tx, "B1")
    with pytest.raises(DuplicateBatch, match="'B1'"):
        accept(tx, "B1", user_id="someone", document=b"<y/>")
    accept(tx, **({"batch_id": "B1"} | other))
    found = tx.batches.find("default", "production", SCHOOL.id, "B1")
    assert found is not None
    assert tx.batches.document(found.key) == b"<x/>"


def test_a_batch_is_finished_once(tx: Transaction) -> None:
    key = accept(tx, "B1")
    assert tx.batches.finish(key, NOW, 2, 1, b"<log/>", b"PK")
    assert not tx.batches.finish(key, NOW, 0, 0, b"<other/>", b"")
    assert not tx.batches.finish(key + 1, NOW, 0, 0, b"", b"")
    batch = tx.batches.get(key)
    assert batch is not None
    assert (batch.status, batch.processed, batch.success, batch.failure) == ("processed", NOW, 2, 1)
    assert tx.batches.log(key) == b"<log/>"
    assert tx.batches.archive(key) == b"PK"


def test_batches_are_listed_newest_first_and_page_by_page(tx: Transaction) -> None:
    tx.sandboxes.create("other", 1, {})
    for number in range(5):
        accept(tx, f"B{number}")
        accept(tx, f"B{number}", system="beta")
        accept(tx, f"B{number}", sandbox="other")
    listed = tx.batches.list("default", "production", limit=3)
    assert [batch.batch_id for batch in listed] == ["B4", "B3", "B2"]
    listed = tx.batches.list("default", "production", before=listed[-1].key)
    assert [batch.batch_id for batch in listed] == ["B1", "B0"]
    assert len(tx.batches.list("default")) == 10
    assert tx.batches.list("default", org_id=SPONSOR.id) == []


def test_purging_takes_the_files_of_old_processed_batches_and_leaves_their_ids_used(tx: Transaction) -> None:
    tx.sandboxes.create("other", 1, {})
    old, waiting, new, elsewhere = (
        accept(tx, "OLD"),
        accept(tx, "WAITING"),
        accept(tx, "NEW", received=NOW + timedelta(days=1)),
        accept(tx, "OLD", sandbox="other"),
    )
    for key in (old, new, elsewhere):
        tx.batches.finish(key, NOW, 1, 0, b"<log/>", b"PK")
    assert tx.batches.purge("default", NOW + timedelta(days=1)) == 1
    assert tx.batches.purge("default", NOW + timedelta(days=1)) == 0
    assert tx.batches.archive(old) is None
    assert tx.batches.document(old) == b""
    assert tx.batches.document(waiting) == b"<x/>"
    assert tx.batches.archive(new) == tx.batches.archive(elsewhere) == b"PK"
    with pytest.raises(DuplicateBatch):
        accept(tx, "OLD")


# Due work


def test_due_work_comes_in_the_order_of_instants_and_then_of_adding(tx: Transaction) -> None:
    tx.sandboxes.create("other", 1, {})
    later = tx.due.add("default", NOW + timedelta(seconds=1), "process", "later")
    first = tx.due.add("default", NOW, "process", "first")
    second = tx.due.add("default", NOW.astimezone(EASTERN), "purge", "second")
    tx.due.add("other", NOW - timedelta(days=1), "process", "elsewhere")

    assert tx.due.next("default") == DueItem(first, "default", NOW, "process", "first")
    assert [item.sequence for item in tx.due.list("default")] == [first, second, later]
    assert [item.sequence for item in tx.due.list("default", NOW)] == [first, second]
    assert tx.due.next("default", NOW - timedelta(microseconds=1)) is None
    assert tx.due.remove(first)
    assert not tx.due.remove(first)
    following = tx.due.next("default", NOW)
    assert following is not None
    assert following.sequence == second


def test_the_number_of_removed_work_is_not_used_again(tx: Transaction) -> None:
    sequence = tx.due.add("default", NOW, "process", "1")
    tx.due.remove(sequence)
    assert tx.due.add("default", NOW, "process", "1") > sequence


# Journal rows and named values


def test_journal_rows_come_back_and_are_purged_by_instant(tx: Transaction) -> None:
    entry = tx.journal.append([Entry("default", NOW, "a.b", "one", {"exchange": "1"}, {"deep": [1, {"x": None}]})])[0]
    server = tx.journal.append([Entry(None, NOW, "a.b", "two", {"exchange": "1"})])[0]
    assert tx.journal.query("default", Choice(subjects={"exchange": "1"})) == [entry]
    assert tx.journal.query(None, Choice(subjects={"exchange": "1"})) == [server]
    assert (tx.journal.last_id("default"), tx.journal.last_id(None)) == (entry.id, server.id)
    assert tx.journal.purge("default", NOW) == 0
    assert tx.journal.purge("default", NOW + timedelta(seconds=1)) == 1
    assert tx.journal.last_id("default") == 0
    assert tx.journal.query(None) == [server]


def test_named_values_are_kept_replaced_and_forgotten(tx: Transaction) -> None:
    assert tx.meta.get("port") is None
    tx.meta.set("port", 8443)
    tx.meta.set("port", {"control": 8444})
    assert tx.meta.get("port") == {"control": 8444}
    tx.meta.delete("port")
    assert tx.meta.get("port") is None
