"""What goes wrong on purpose at the doors."""

import aiohttp
import pytest
from udir_world import Naps, campus_client, kinds, post, put, running, students

from sevis_sim.faults import FaultError
from udir_sim.receiver.mischief import VOCABULARY

GONE = (aiohttp.ClientError, ConnectionError)


@pytest.fixture
def naps():
    return Naps()


@pytest.fixture
async def udir(naps):
    async with running(naps) as university:
        yield university


async def test_a_receiver_that_is_down_answers_503_twice_and_then_takes_the_file(udir):
    await udir.add_fault("upload first=2 do=status:503 location=06")
    async with campus_client(udir) as client:
        assert [(await put(client, students(range(3))))[0] for _ in range(3)] == [503, 503, 201]


async def test_a_fault_meant_for_another_campus_does_nothing(udir):
    await udir.add_fault("upload do=status:503 location=09")
    async with campus_client(udir) as client:
        assert (await put(client, students(range(3))))[0] == 201


@pytest.mark.parametrize("kind", ["drop", "reset"])
async def test_a_connection_that_ends_before_leaves_nothing(udir, kind):
    await udir.add_fault(f"upload first=1 do={kind}")
    async with campus_client(udir) as client:
        with pytest.raises(GONE):
            await post(client, students(range(3)))
    assert udir.directory.deliveries() == []
    assert await kinds(udir, "fault.struck") == [f"fault fault-1 struck at upload: {kind}"]


async def test_a_connection_that_ends_after_has_loaded_the_file_and_the_retry_is_told_so(udir):
    await udir.add_fault("upload first=1 do=drop phase=after")
    async with campus_client(udir) as client:
        with pytest.raises(GONE):
            await post(client, students(range(3)))
        assert udir.directory.in_force("06").records == 3
        status, answer = await put(client, students(range(3)))
    assert (status, answer["delivery"]["again"]) == (200, True)
    assert len(udir.directory.loads()) == 1


async def test_a_transfer_is_interrupted_after_so_many_bytes(udir):
    await udir.add_fault("transfer first=1 do=interrupt:1000")
    async with campus_client(udir) as client:
        with pytest.raises(GONE):
            await post(client, students(range(30)))
        assert list((udir.folder / "incoming" / "https").iterdir()) == []
        assert (await put(client, students(range(30))))[0] == 201
    assert [each for each in await kinds(udir, "transfer.broken") if "a fault ended it" in each]


async def test_a_slow_transfer_takes_its_time(udir, naps):
    await udir.add_fault("transfer do=slow:100")
    content = students(range(3))
    async with campus_client(udir) as client:
        assert (await put(client, content))[0] == 201
    assert sum(naps.seconds) == pytest.approx(len(content) / 100)


async def test_an_answer_is_delayed(udir, naps):
    await udir.add_fault("upload do=delay:30")
    async with campus_client(udir) as client:
        assert (await put(client, students(range(3))))[0] == 201
    assert naps.seconds == [30.0]


async def test_a_report_is_cut_short(udir):
    async with campus_client(udir) as client:
        _, answer = await put(client, students(range(3)))
        await udir.add_fault("report first=1 do=truncate:20")
        place = f"/v1/files/{answer['delivery']['id']}"
        with pytest.raises(GONE):
            async with client.get(place) as cut:
                await cut.text()
        async with client.get(place) as whole:
            assert (await whole.text()).startswith("ACCEPTED")


async def test_a_report_drips(udir, naps):
    async with campus_client(udir) as client:
        _, answer = await put(client, students(range(3)))
        await udir.add_fault("report first=1 do=drip:1000")
        async with client.get(f"/v1/files/{answer['delivery']['id']}") as whole:
            size = len(await whole.read())
    assert sum(naps.seconds) == pytest.approx(size / 1000, abs=0.3)


async def test_a_good_file_is_held_and_can_be_released(udir):
    await udir.add_fault("file first=1 do=hold:'the operator sleeps'")
    async with campus_client(udir) as client:
        status, answer = await put(client, students(range(3)))
    assert (status, answer["delivery"]["verdict"], answer["delivery"]["note"]) == (
        202,
        "ACCEPTED",
        "the operator sleeps",
    )
    outcome = await udir.intake.release(answer["delivery"]["id"])
    assert outcome.load.records == 3


async def test_the_same_seed_strikes_the_same_uploads():
    async def run(seed: int) -> list[int]:
        async with running(seed=seed, faults=("upload rate=0.5 do=status:500",)) as udir, campus_client(udir) as client:
            return [(await put(client, students(range(3))))[0] for _ in range(12)]

    assert await run(1) == await run(1) != await run(2)


async def test_a_fault_that_is_none_is_explained(udir):
    with pytest.raises(FaultError, match=r"did you mean 'upload'"):
        await udir.add_fault("uplod do=drop")
    with pytest.raises(FaultError, match=r"did you mean"):
        await udir.add_fault("upload do=drop locaton=06")


def test_every_place_and_kind_of_this_receiver_is_explained():
    text = VOCABULARY.help()
    for place in ("upload", "transfer", "report", "sftp", "file"):
        assert f"\n{place} " in f"\n{text}"
