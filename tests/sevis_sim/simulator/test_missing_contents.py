"""Somebody removes the folder that belongs to the database: what needs it fails and says so, and all else goes on."""

import shutil

import pytest
from support import download, sample, upload, with_batch

from sevis_sim import Simulator
from sevis_sim.settings import Settings

LARGE, SMALL = "LARGE000000001", "SMALL000000001"


def large() -> bytes:
    return with_batch(sample("students.xml"), LARGE).replace(
        b"<CreateStudent>", b"<!--" + b"x" * 20_000 + b"--><CreateStudent>"
    )


def small() -> bytes:
    return with_batch(sample("two-students.xml"), SMALL)


@pytest.fixture
async def sim(tmp_path):
    settings = Settings(data_dir=tmp_path / "data", port=0, control_port=0, clock="2026-03-06T14:00-05:00")
    async with Simulator(settings) as started:
        yield started


def lose(sim: Simulator) -> None:
    shutil.rmtree(sim.folder / "sevis-sim.db-large")


async def journal(sim: Simulator, sandbox: str | None = "default") -> dict[str, str]:
    return {entry.kind: entry.summary for entry in await sim.journal.query(sandbox)}


async def test_a_night_without_a_document_tells_it_and_processes_the_other_batches(sim):
    for document in (large(), small()):
        assert (await upload(sim, document)).code == "S0000"
    lose(sim)
    await sim.clock.advance("next-business-day 06:00")
    assert (await download(sim, SMALL)).code == "S0000"
    assert (await download(sim, LARGE)).code == "S0030"
    told = await journal(sim)
    assert f"the document of batch {LARGE} of ABC214F00012000 is missing from" in told["batch.delayed"]
    assert "put that folder back" in told["batch.delayed"]
    await sim.clock.advance("+7d")  # it is tried once more, and does not stop the clock either
    assert f"batch {LARGE}" in (await journal(sim))["due-work.failed"]
    assert (await upload(sim, with_batch(large(), "LARGE000000002"))).code == "S0000"


async def test_a_folder_that_is_put_back_in_time_is_as_good_as_never_gone(sim, tmp_path):
    await upload(sim, large())
    shutil.move(sim.folder / "sevis-sim.db-large", tmp_path / "away")
    await sim.clock.advance("next-business-day 06:00")
    shutil.move(tmp_path / "away", sim.folder / "sevis-sim.db-large")
    await sim.clock.advance("+7d")
    assert (await download(sim, LARGE)).code == "S0000"


async def test_a_result_that_is_gone_is_a_page_and_the_journal_says_what_to_do(sim):
    for document in (large(), small()):
        await upload(sim, document)
    await sim.clock.advance("next-business-day 06:00")
    lose(sim)
    reply = await download(sim, LARGE)
    assert (reply.status, reply.content_type) == (500, "text/html")
    told = (await journal(sim, None))["request.failed"]
    assert told.startswith(f"a request could not be served: the archive of batch {LARGE} of ABC214F00012000 is missing")
    assert "put that folder back" in told
    assert "report" not in told
