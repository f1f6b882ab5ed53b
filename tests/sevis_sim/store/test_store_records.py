"""Records: latest versions, earlier versions, and SEVIS IDs in use."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from sevis_sim.domain.records import ACTIVE, INITIAL, TERMINATED, Dependent, HistoryEntry, Level, Record, Site
from sevis_sim.store import SevisIdTaken, Store, Transaction

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
HERE = ("default", "production")


@pytest.fixture
def tx() -> Iterator[Transaction]:
    store = Store.open("sqlite://")
    with store.transaction() as opened:
        opened.sandboxes.create("default", 1, {})
        opened.sandboxes.create("other", 1, {})
        yield opened
    store.close()


def student(number: int, status: str = INITIAL, **other: Any) -> Record:
    return Record(f"N99{number:08d}", "ABC214F00012000", "student", status, {"number": str(number)}, **other)


# Any text that can reach us by JSON, lone surrogates included.
TEXT = st.text(st.characters(), max_size=20)
NODES = st.recursive(
    TEXT, lambda inner: st.dictionaries(TEXT, inner, max_size=3) | st.lists(inner, max_size=3), max_leaves=8
)
MAPPINGS = st.dictionaries(TEXT, NODES, max_size=4)


@settings(deadline=None)
@given(
    st.builds(
        Record,
        population=st.sampled_from(["student", "exchangeVisitor"]),
        sevis_id=st.just("N9900000001"),
        org_id=st.just("P-1-12345"),
        status=st.just(ACTIVE),
        data=MAPPINGS,
        facts=MAPPINGS,
        dependents=st.lists(
            st.builds(Dependent, sevis_id=st.just("N9900000002"), data=MAPPINGS, status=TEXT), max_size=2
        ),
        sites=st.lists(st.builds(Site, site_id=TEXT, data=MAPPINGS), max_size=2),
        history=st.lists(st.builds(HistoryEntry, TEXT, TEXT, TEXT, TEXT), max_size=2),
        level=st.integers(1, 9),
        levels=st.lists(st.builds(Level, st.integers(1, 9), TEXT, MAPPINGS), max_size=2),
    )
)
def test_a_record_comes_back_as_it_was(record: Record) -> None:
    store = Store.open("sqlite://")
    with store.transaction() as tx:
        tx.sandboxes.create("default", 1, {})
        tx.records.save(*HERE, record, "identity", None, NOW)
        assert tx.records.get(*HERE, record.sevis_id) == record
    store.close()


def test_what_is_given_out_is_a_copy(tx: Transaction) -> None:
    tx.records.save(*HERE, student(1), "a", None, NOW)
    found = tx.records.get(*HERE, "N9900000001")
    assert found is not None
    found.status = TERMINATED
    assert tx.records.get(*HERE, "N9900000001") == student(1)


def test_every_earlier_version_can_be_shown(tx: Transaction) -> None:
    versions = [student(1), student(1, ACTIVE), student(1, TERMINATED)]
    for number, record in enumerate(versions):
        tx.records.save(*HERE, record, f"identity {number}", number or None, NOW + timedelta(days=number))

    kept = tx.records.versions(*HERE, "N9900000001")
    assert [version.record for version in kept] == versions
    assert [version.version for version in kept] == [1, 2, 3]
    assert [version.identity for version in kept] == ["identity 0", "identity 1", "identity 2"]
    assert [version.batch_key for version in kept] == [None, 1, 2]
    assert [version.instant for version in kept] == [NOW + timedelta(days=number) for number in range(3)]
    assert tx.records.get(*HERE, "N9900000001") == versions[-1]
    assert tx.records.versions(*HERE, "N9900000002") == []


def _with_events(*names: str) -> Record:
    record = student(1, ACTIVE)
    record.history = [HistoryEntry(NOW.isoformat(), name, "BATCH", "1") for name in names]
    return record


def test_each_version_has_the_history_that_it_had(tx: Transaction) -> None:
    many = [f"Event{number}" for number in range(200)]
    histories = [(), ("A",), ("A", "B"), many[:1], many, many, [*many, "A"], ["B", *many], ["B", *many, "C"], ("A",)]
    versions = [_with_events(*names) for names in histories]
    for record in versions:
        tx.records.save(*HERE, record, "x", None, NOW)
    assert [each.record for each in tx.records.versions(*HERE, "N9900000001")] == versions


def test_many_events_are_kept_once_not_with_each_version(tx: Transaction) -> None:
    names = [f"Event{number:04d}" for number in range(200)]
    tx.records.save_many(*HERE, [(_with_events(*names[: n + 1]), "x") for n in range(200)], 1, NOW)
    versions = tx.records.versions(*HERE, "N9900000001")
    assert [len(each.record.history) for each in versions] == list(range(1, 201))
    kept = tx.connection.execute(text("SELECT sum(length(payload)) FROM record_versions")).scalar_one()
    assert kept < 500_000  # with every event in each version it would be some 2,000,000


def test_a_record_that_comes_twice_in_one_batch_gets_two_versions_in_that_order(tx: Transaction) -> None:
    saves = [(student(1), "a"), (student(2), "b"), (student(1, ACTIVE), "c"), (student(1, TERMINATED), "d")]
    tx.records.save_many(*HERE, saves, 5, NOW)
    assert [version.record.status for version in tx.records.versions(*HERE, "N9900000001")] == [
        INITIAL,
        ACTIVE,
        TERMINATED,
    ]
    assert [version.record.status for version in tx.records.versions(*HERE, "N9900000002")] == [INITIAL]
    assert tx.records.same_identity(*HERE, "student", "d") == ["N9900000001"]


def test_more_records_than_fit_into_one_query_are_saved_changed_and_fetched(tx: Transaction) -> None:
    records = {f"N99{number:08d}": student(number) for number in range(1_234)}
    tx.records.save_many(*HERE, [(record, "x") for record in records.values()], 1, NOW)
    assert tx.records.get_many(*HERE, [*records, "N9999999999"]) == records
    changed = {sevis_id: student(number, ACTIVE) for number, sevis_id in enumerate(records)}
    tx.records.save_many(*HERE, [(record, "x") for record in changed.values()], 2, NOW)
    assert tx.records.get_many(*HERE, records) == changed
    assert tx.records.taken(*HERE, records) == set(records)
    assert len(tx.records.versions(*HERE, "N9900001233")) == 2


def test_people_of_one_identity_are_found_by_their_latest_version(tx: Transaction) -> None:
    tx.records.save(*HERE, student(2), "LIN", None, NOW)
    tx.records.save(*HERE, student(1), "LIN", None, NOW)
    tx.records.save(*HERE, student(3), "LIN", None, NOW)
    tx.records.save(*HERE, student(3), "RENAMED", None, NOW)
    tx.records.save("default", "beta", student(4), "LIN", None, NOW)
    assert tx.records.same_identity(*HERE, "student", "LIN") == ["N9900000001", "N9900000002"]
    assert tx.records.same_identity(*HERE, "exchangeVisitor", "LIN") == []


def test_ids_of_principals_and_dependents_are_taken_even_after_a_dependent_is_gone(tx: Transaction) -> None:
    tx.records.save(*HERE, student(1, dependents=[Dependent("N9900000101", INITIAL)]), "a", None, NOW)
    tx.records.save(*HERE, student(1, dependents=[Dependent("N9900000102", INITIAL)]), "a", None, NOW)
    asked = ["N9900000001", "N9900000101", "N9900000102", "N9900000103"]
    assert tx.records.taken(*HERE, asked) == set(asked[:3])
    assert tx.records.taken("default", "beta", asked) == set()
    assert tx.records.taken("other", "production", asked) == set()


def test_a_sevis_id_stands_in_one_record_only(tx: Transaction) -> None:
    tx.records.save(*HERE, student(1, dependents=[Dependent("N9900000101", INITIAL)]), "a", None, NOW)
    with pytest.raises(SevisIdTaken, match="N9900000101 belongs to record N9900000001"):
        tx.records.save(*HERE, student(2, dependents=[Dependent("N9900000101", INITIAL)]), "b", None, NOW)
    with pytest.raises(SevisIdTaken, match="N9900000101"):
        tx.records.save(*HERE, student(101), "c", None, NOW)
    twins = [(student(number, dependents=[Dependent("N9900000109", INITIAL)]), "d") for number in (5, 6)]
    with pytest.raises(SevisIdTaken, match="N9900000109 belongs to record N9900000005"):
        tx.records.save_many(*HERE, twins, None, NOW)
    assert tx.records.get_many(*HERE, ["N9900000002", "N9900000101", "N9900000005", "N9900000006"]) == {}


def test_records_are_listed_by_what_is_asked_for_and_page_by_page(tx: Transaction) -> None:
    tx.records.save_many(*HERE, [(student(number), "x") for number in range(5)], None, NOW)
    tx.records.save("default", "beta", student(0, ACTIVE), "x", None, NOW)
    tx.records.save(*HERE, Record("N9900000900", "P-1-12345", "exchangeVisitor", ACTIVE), "x", None, NOW)
    tx.records.save("other", "production", student(7), "x", None, NOW)

    everything = [(stored.system, stored.record.sevis_id) for stored in tx.records.list("default")]
    assert everything == [
        ("beta", "N9900000000"),
        *(("production", f"N990000000{number}") for number in range(5)),
        ("production", "N9900000900"),
    ]
    paged: list[tuple[str, str]] = []
    while page := tx.records.list("default", limit=2, after=paged[-1] if paged else None):
        paged.extend((stored.system, stored.record.sevis_id) for stored in page)
    assert paged == everything
    assert len(tx.records.list("default", "production", "ABC214F00012000")) == 5
    assert len(tx.records.list("default", population="exchangeVisitor")) == 1
    assert len(tx.records.list("default", status=ACTIVE)) == 2


def test_a_row_that_is_older_than_education_levels_is_read(tx: Transaction) -> None:
    tx.records.save(*HERE, student(1), "LIN", None, NOW)
    without = "json_remove(payload, '$.levels', '$.level', '$.history')"
    tx.records._connection.execute(text(f"UPDATE records SET payload = {without}"))
    assert tx.records.get(*HERE, "N9900000001") == student(1)
