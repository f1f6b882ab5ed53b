"""A client on asyncio, with aiohttp: the same fixture, awaited."""

import asyncio

import aiohttp
import pytest

from sevis_sim.resources import folder

BATCH = "BATCH000000001"
STUDENTS = folder("scenarios") / "files" / "two-students.xml"


async def upload(sevis, session, batch=BATCH):
    school = sevis.school()
    form = aiohttp.FormData({"orgid": school.org_id, "batchid": batch, "userid": school.user_id})
    form.add_field("xml", STUDENTS.read_bytes(), filename="two-students.xml", content_type="application/xml")
    async with session.post(sevis.upload_url("alpha"), data=form) as answer:
        return await answer.text()


@pytest.fixture
async def session(sevis):
    connector = aiohttp.TCPConnector(ssl=sevis.school().ssl_context())
    async with aiohttp.ClientSession(connector=connector) as session:
        yield session


async def test_alpha_answers_six_seconds_later(sevis, session):
    assert "S0000" in await upload(sevis, session)
    happened = await sevis.aio.clock.advance("+6s")
    assert any("processed" in each for each in happened)


async def test_a_test_can_wait_for_what_its_client_does_meanwhile(sevis, session):
    waiting = asyncio.create_task(sevis.aio.journal.wait("batch.accepted", batch=BATCH, seconds=30))
    await upload(sevis, session)
    (entry,) = await waiting
    assert entry.subjects["batch"] == BATCH


async def test_blocking_calls_work_in_an_async_test_too(sevis, session):
    await upload(sevis, session)
    sevis.clock.advance("next-event")
    sevis.journal.expect("batch.processed", batch=BATCH, after={"kind": "batch.accepted", "batch": BATCH})
