from datetime import UTC, datetime

import pytest

from sevis_sim.clock import PROFILES, Calendar, Clock
from sevis_sim.domain.records import Record
from sevis_sim.journal import Journal
from sevis_sim.processing.world import StoreWorld
from sevis_sim.sandbox import Sandbox
from sevis_sim.settings import Switches
from sevis_sim.store import Store

NOW = datetime(2026, 3, 6, 19, tzinfo=UTC)
ORG = "ABC214F00012000"


def record(sevis_id: str, org: str = ORG) -> Record:
    return Record(sevis_id=sevis_id, population="student", org_id=org, status="INITIAL", data={"Name": "x"})


@pytest.fixture
def world():
    store = Store.open("sqlite://")
    clock = Clock.frozen(NOW)
    sandbox = Sandbox("default", 7, store, Journal(store), clock, Calendar(), PROFILES, Switches())
    with store.transaction() as tx:
        tx.sandboxes.create("default", 7, clock.to_state())
        batch = tx.batches.accept(
            "default", "production", ORG, "BATCH000000001", "pdso000001", "a.xml", NOW, NOW, NOW, b"<a/>"
        )
        tx.records.save("default", "production", record("N9900000001"), "old", batch.key, NOW)
        tx.records.save("default", "production", record("N9900000002", "XYZ214F00099000"), "other", batch.key, NOW)
    with store.reading() as tx:
        yield StoreWorld(sandbox, batch, tx)
    store.close()


def test_an_identity_follows_the_record_within_the_batch(world):
    assert world.same_identity("student", "old") == ["N9900000001"]
    world.keep(record("N9900000001"), "new")
    assert (world.same_identity("student", "old"), world.same_identity("student", "new")) == ([], ["N9900000001"])
    world.keep(record("N9900000001"), "newer")
    assert (world.same_identity("student", "new"), world.same_identity("student", "newer")) == ([], ["N9900000001"])
    world.keep(record("N9900000003"), "newer")
    assert world.same_identity("student", "newer") == ["N9900000001", "N9900000003"]
    assert world.same_identity("exchangeVisitor", "newer") == []


def test_a_record_is_seen_as_the_batch_left_it_and_never_by_reference(world):
    changed = record("N9900000001")
    changed.status = "ACTIVE"
    world.keep(changed, "old")
    seen = world.record("student", "N9900000001")
    assert seen.status == "ACTIVE"
    seen.data["Name"] = "a rule that failed half-way"
    assert world.record("student", "N9900000001").data["Name"] == "x"


def test_records_of_others_of_the_other_population_and_of_nobody_are_not_there(world):
    assert world.record("student", "N9900000002") is None
    assert world.record("exchangeVisitor", "N9900000001") is None
    assert world.record("student", "N9900000009") is None


def test_a_new_sevis_id_depends_on_its_place_and_is_never_given_twice(world):
    first = world.new_sevis_id("1", "principal")
    again = world.new_sevis_id("1", "principal")
    assert first != again, "the same place twice must not give the same ID twice"
    assert first.startswith("N99")
    assert len(first) == 11
