from datetime import UTC, datetime

import pytest
from support import download, sample, upload, with_batch

from sevis_sim import Simulator
from sevis_sim.timeline import TimelineError


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("received", "processed", "available"),
    [
        ("2026-03-06T21:59:59-05:00", "2026-03-06T22:00:00.000-05:00", "2026-03-09T06:00-04:00"),
        ("2026-03-06T22:00:00-05:00", "2026-03-09T22:00:00.000-04:00", "2026-03-10T06:00-04:00"),
        ("2026-03-06T22:30:00-05:00", "2026-03-09T22:00:00.000-04:00", "2026-03-10T06:00-04:00"),
        ("2026-07-02T12:00:00-04:00", "2026-07-02T22:00:00.000-04:00", "2026-07-06T06:00-04:00"),
        ("2026-07-03T12:00:00-04:00", "2026-07-06T22:00:00.000-04:00", "2026-07-07T06:00-04:00"),
    ],
    ids=["last second", "cut-off", "half an hour late", "before an observed holiday", "on an observed holiday"],
)
async def test_what_is_received_when_is_processed_in_its_window(received, processed, available):
    async with Simulator(clock=received) as sim:
        assert (await upload(sim, sample("students.xml"))).code == "S0000"
        batch = "BATCH000000003"
        last_moment = at(available).replace(microsecond=0).timestamp() - 1
        await sim.clock.advance(datetime.fromtimestamp(last_moment, UTC))
        early = await download(sim, batch)
        assert early.status == 503 or early.code == "S0030"
        await sim.clock.advance("+1s")
        log = (await download(sim, batch)).log
        assert log.find("BatchDetail/Process").get("dateTimeStamp") == processed


async def test_the_plan_is_what_then_happens(sim):
    for number in range(3):
        system = ("production", "beta", "alpha")[number]
        await upload(sim, with_batch(sample("students.xml"), f"BATCH-PLAN-00{number}"), system=system)
    planned = await sim.default.timeline.plan("+4bd")
    happened = await sim.default.timeline.advance("+4bd")
    assert [(p.instant, p.kind, p.key) for p in planned] == [(h.instant, h.kind, h.key) for h in happened]
    assert [h.instant for h in happened] == sorted(h.instant for h in happened)
    assert {h.kind for h in happened} == {"process-batch", "result-available"}


async def test_next_event_steps_from_one_piece_of_due_work_to_the_next(sim):
    await upload(sim, sample("students.xml"))
    assert (await sim.clock.advance("next-event"))[0].startswith("batch BATCH000000003 processed")
    assert sim.clock.now() == at("2026-03-06T22:00-05:00")
    assert await sim.clock.advance("next-event") == ["result of batch BATCH000000003 available"]
    assert sim.clock.now() == at("2026-03-09T06:00-04:00")


async def test_results_are_removed_at_the_end_of_their_retention_period(sim):
    await upload(sim, sample("students.xml"))
    await sim.clock.advance("next-business-day")
    assert (await download(sim, "BATCH000000003")).code == "S0000"
    await sim.clock.advance("+91d")
    await sim.clock.advance("next-business-day")
    assert (await download(sim, "BATCH000000003")).code == "S0031"
    assert (await upload(sim, sample("students.xml"))).code == "S0010", "the batch ID remains used"


async def test_time_never_moves_backward_once_a_batch_is_received(sim):
    await sim.clock.set("2020-01-06T12:00-05:00")
    await upload(sim, sample("students.xml"))
    with pytest.raises(TimelineError, match="never moves backward"):
        await sim.clock.set("2019-01-07T12:00-05:00")
    with pytest.raises(TimelineError, match="never moves backward"):
        await sim.clock.advance("2019-01-07T12:00-05:00")
    assert sim.clock.now() == at("2020-01-06T12:00-05:00")


async def test_a_fast_clock_runs_due_work_by_itself():
    async with Simulator(clock="2026-03-06T14:00-05:00 x36000") as sim:
        await upload(sim, sample("students.xml"), system="beta")
        [entry] = await sim.journal.wait("default", "result.available", seconds=60)
        assert entry.subjects["batch"] == "BATCH000000003"
        reply = await download(sim, "BATCH000000003", system="beta")
        assert reply.status == 503 or reply.code == "S0000"


async def test_due_work_that_breaks_down_is_told_and_does_not_stop_time(sim):
    with sim.store.transaction() as tx:
        tx.due.add("default", sim.clock.now(), "process-batch", "not a number")
    sim.default.timeline.changed()
    await upload(sim, sample("students.xml"))
    await sim.clock.advance("next-business-day")
    assert (await download(sim, "BATCH000000003")).code == "S0000"
    [entry] = await sim.journal.query("default", "due-work.failed")
    assert "please report it" in entry.summary
