"""Files that are held: released, refused, or overtaken by a later one."""

import pytest
from udir_world import SECOND, campus_client, file_of, kinds, put, running, student, students

from udir_sim.directory import DirectoryError


@pytest.fixture
async def udir():
    async with running() as university:
        yield university


async def held_file(udir, content: bytes | None = None) -> str:
    """Send a file that strict mode holds: student 1 has a status that is none."""
    async with campus_client(udir) as client:
        await put(client, students(range(4)))
        records = (student(0, D11="W"), student(1, D11="Q"), student(2), student(3))
        status, answer = await put(client, content or file_of(*records, created=SECOND))
    assert status == 202
    return answer["delivery"]["id"]


async def test_a_released_file_is_loaded_as_lenient_mode_would(udir):
    outcome = await udir.intake.release(await held_file(udir), "checked by phone")
    assert (outcome.delivery.state, outcome.delivery.note) == ("LOADED", "released: checked by phone")
    assert (outcome.load.changed, outcome.load.unchanged, outcome.load.carried) == (1, 2, 1)
    assert udir.directory.lookup_net_id("NET0")[0].student_status == "W"
    assert udir.directory.lookup_net_id("NET1")[0].student_status == "R"


async def test_a_file_that_is_held_for_its_volume_is_loaded_whole_when_released(udir):
    outcome = await udir.intake.release(await held_file(udir, students(range(20), SECOND)))
    assert (outcome.load.records, outcome.load.carried) == (20, 0)


async def test_a_refused_file_is_never_loaded(udir):
    delivery = await held_file(udir)
    outcome = await udir.intake.refuse(delivery, "sent by mistake")
    assert (outcome.delivery.state, outcome.delivery.note) == ("REFUSED", "refused: sent by mistake")
    for decide in (udir.intake.release, udir.intake.refuse):
        with pytest.raises(DirectoryError, match=f"{delivery} is REFUSED, not HELD"):
            await decide(delivery)
    assert udir.directory.in_force("06").number == 1


async def test_the_sender_is_told_what_became_of_it(udir):
    delivery = await held_file(udir)
    await udir.intake.release(delivery)
    async with campus_client(udir) as client:
        async with client.get(f"/v1/files/{delivery}") as answer:
            assert "LOADED as load 2" in await answer.text()
        status, again = await put(client, udir.directory.archive.path(udir.directory.delivery(delivery)).read_bytes())
    assert (status, again["delivery"]["load"]["number"]) == (200, 2)


async def test_a_file_that_a_later_one_has_overtaken_cannot_be_released(udir):
    delivery = await held_file(udir)
    async with campus_client(udir) as client:
        assert (await put(client, students(range(4), SECOND)))[0] == 201
    with pytest.raises(DirectoryError, match="load 2 of location 06 is newer"):
        await udir.intake.release(delivery)
    assert udir.directory.delivery(delivery).state == "HELD"


async def test_after_a_roll_back_a_held_file_can_still_be_released(udir):
    async with campus_client(udir) as client:
        await put(client, students(range(4)))
        await put(client, students(range(1, 5), SECOND))
        _, answer = await put(client, file_of(student(0, D11="Q"), student(1), created=SECOND))
    delivery = answer["delivery"]["id"]
    await udir.intake.roll_back("06", 1)
    assert (await udir.intake.release(delivery)).load.number == 4


async def test_a_file_without_a_single_good_record_cannot_be_released(udir):
    delivery = await held_file(udir, file_of(*(student(n, D11="Q") for n in range(4)), created=SECOND))
    with pytest.raises(DirectoryError, match="no record without errors"):
        await udir.intake.release(delivery)


async def test_what_is_not_there_cannot_be_decided(udir):
    for decide in (udir.intake.release, udir.intake.refuse):
        with pytest.raises(DirectoryError, match="there is no delivery '06-nothing'"):
            await decide("06-nothing")


async def test_decisions_and_loads_are_journalled(udir):
    delivery = await held_file(udir)
    await udir.intake.release(delivery)
    assert (await kinds(udir, "file.decided", "records.loaded"))[-2:] == [
        f"held file {delivery} of location 06: LOADED (released)",
        "location 06, load 2 (file): 4 students, 0 added, 1 changed, 0 deleted, 1 carried forward",
    ]


async def test_a_roll_back_puts_the_earlier_file_in_force_for_the_next_comparison(udir):
    async with campus_client(udir) as client:
        await put(client, students(range(10)))
        await put(client, students(range(1, 11), SECOND))
        await udir.intake.roll_back("06", 1)
        _, answer = await put(client, students(range(11), SECOND))
    assert answer["report"]["difference"]["added"] == 1
    assert answer["delivery"]["load"]["number"] == 4
    assert (await kinds(udir, "records.loaded"))[2].startswith("location 06, load 3 (roll-back): 10 students")
