"""A batch whose processing itself breaks down is tried again, then ends with a result that says so."""

import pytest
from support import download, sample, upload

from sevis_sim.processing import night

BATCH = "BATCH000000001"


@pytest.fixture
def broken(monkeypatch):
    """Break the next nights: how many, is put into the list."""
    left: list[str] = []
    archive = night.archive

    def breaking(*arguments):
        if left:
            raise RuntimeError(left.pop())
        return archive(*arguments)

    monkeypatch.setattr(night, "archive", breaking)
    return left


async def test_a_batch_that_breaks_down_once_is_good_after_the_next_window(sim, broken):
    broken += ["first"]
    await upload(sim, sample("two-students.xml"))
    happened = await sim.clock.advance("next-business-day 06:00")
    assert happened == [
        f"batch {BATCH} is tried again later, since the simulator broke down, please report it: RuntimeError: first",
        f"result of batch {BATCH} is late",
    ]
    assert (await download(sim, BATCH)).code == "S0030"
    assert await sim.clock.plan("next-business-day 06:00") == [
        f"batch {BATCH} of ABC214F00012000 is tried again (production)",
        f"result of batch {BATCH} becomes available",
    ]
    await sim.clock.advance("next-business-day 06:00")
    reply = await download(sim, BATCH)
    assert reply.code == "S0000"
    assert len(reply.names) == 2, "the log, and the form of the one good record"
    kinds = [entry.kind for entry in await sim.journal.query("default", None, {"batch": BATCH})]
    assert [kind for kind in kinds if not kind.endswith("answered")] == [
        "batch.accepted",
        "batch.delayed",
        "batch.processed",
        "result.available",
    ]


async def test_a_batch_that_breaks_down_twice_fails_record_by_record(sim, broken):
    broken += ["second", "first"]
    await upload(sim, sample("two-students.xml"))
    await sim.clock.advance("next-business-day 06:00")
    await sim.clock.advance("next-business-day 06:00")
    reply = await download(sim, BATCH)
    assert reply.code == "S0000"
    results = reply.log.findall("BatchDetail/Process/Record/Result")
    assert [result.findtext("ErrorCode") for result in results] == ["S9999", "S9999"]
    assert "second" in results[0].findtext("ErrorMessage")
    assert reply.names == ["sevis_transaction_log.xml"]
    assert await sim.store.read(lambda tx: tx.records.list("default")) == []
    assert await sim.journal.query("default", "due-work.failed") == []


async def test_a_batch_of_alpha_is_tried_again_six_seconds_later(sim, broken):
    broken += ["first"]
    await upload(sim, sample("two-students.xml"), system="alpha")
    await sim.clock.advance("+6s")
    assert (await download(sim, BATCH, system="alpha")).code == "S0030"
    await sim.clock.advance("+6s")
    assert (await download(sim, BATCH, system="alpha")).code == "S0000"
