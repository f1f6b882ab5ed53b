"""The simulator for programs that block."""

import asyncio
import gc
import socket
import ssl
import threading
import urllib.request
import warnings

import pytest
from support import FILES

from sevis_sim import Simulator, SyncSimulator
from sevis_sim.simulator import SimulatorError
from sevis_sim.simulator.evidence import NotAsExpected
from sevis_sim.synchronous import LoopThread
from sevis_sim.timeline import SandboxRefused

FRIDAY = "2026-03-06T14:00-05:00"


@pytest.fixture(scope="module")
def simulator():
    with SyncSimulator(clock=FRIDAY, seed=7) as sim:
        yield sim


@pytest.fixture
def box(simulator):
    with simulator.fresh_sandbox(clock=FRIDAY) as box:
        yield box


def upload(box, batch="BATCH000000001"):
    """Upload with nothing but the standard library."""
    school = box.school()
    fields = {"orgid": school.org_id, "batchid": batch, "userid": school.user_id}
    parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in fields.items()]
    head = (
        '--x\r\nContent-Disposition: form-data; name="xml"; filename="b.xml"\r\nContent-Type: application/xml\r\n\r\n'
    )
    body = "".join(parts).encode() + head.encode() + (FILES / "two-students.xml").read_bytes() + b"\r\n--x--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=school.ssl_context()))
    with opener.open(urllib.request.Request(box.upload_url(), body, headers)) as answer:
        return answer.read().decode()


def test_it_starts_and_stops_and_leaves_no_thread():
    before = threading.active_count()
    sim = SyncSimulator(clock=FRIDAY)
    with pytest.raises(SimulatorError, match="not running; start it first"):
        sim.school()
    with sim:
        assert sim.upload_url().startswith("https://localhost:")
        assert repr(sim) == "<SyncSimulator default>"
        folder = sim.school().cert_file.parent
        assert folder.is_dir()
    assert not folder.exists()
    assert threading.active_count() == before
    sim.stop()  # once more does nothing


@pytest.mark.parametrize("leaves_first", [True, False])
def test_nothing_is_left_open_whatever_the_client_does(leaves_first):
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        with SyncSimulator(clock=FRIDAY) as sim:
            upload(sim)
            context = sim.school().ssl_context()
            raw = socket.create_connection(("localhost", sim.port))
            client = context.wrap_socket(raw, server_hostname="localhost")
            client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert client.recv(20).startswith(b"HTTP/1.1 ")
            if leaves_first:
                client.close()
        client.close()
        gc.collect()
    assert [str(each.message) for each in seen if each.category is ResourceWarning] == []


def test_a_start_that_fails_leaves_no_thread(tmp_path):
    before = threading.active_count()
    with pytest.raises(Exception, match=r"nowhere\.yaml"):
        SyncSimulator(scenario=tmp_path / "nowhere.yaml").start()
    assert threading.active_count() == before


def test_the_whole_way_of_a_batch_without_a_loop(box):
    assert "S0000" in upload(box)
    assert box.clock.plan("next-business-day 06:00")
    happened = box.clock.advance("next-business-day 06:00")
    assert [each for each in happened if "processed" in each]
    entry = box.journal.entries("batch.processed", batch="BATCH000000001")[0]
    assert entry.detail["success"] == 1
    assert box.journal.wait("batch.processed", seconds=0)
    assert box.journal.verify({"match": {"kind": "batch.processed"}, "exactly": 1})


def test_expectations_say_how_often_and_in_which_order(box):
    upload(box)
    journal = box.journal
    journal.expect("upload.answered", code="S0000", exactly=1)
    journal.expect("upload.*", least=1, most=1)
    journal.expect("upload.answered", remedy="")
    journal.expect("upload.answered", no_such_detail=None)
    journal.never("upload.answered", code="S0010")
    journal.expect("upload.answered", after={"kind": "sandbox.created"})
    with pytest.raises(NotAsExpected, match="found 1 among"):
        journal.never("upload.answered")
    with pytest.raises(AssertionError, match=r"nearly: upload[^|]*code: expected S0031, found S0000"):
        journal.expect("upload.answered", code="S0031")


def test_faults_and_records_and_snapshots(simulator, box):
    box.faults.add("upload first=1 do=status:503")
    with pytest.raises(urllib.error.HTTPError) as refused:
        upload(box)
    refused.value.close()
    assert [standing.struck for standing in box.faults.list()] == [1]
    box.faults.clear()
    assert box.faults.list() == []
    box.take_snapshot("before")
    upload(box)
    box.clock.advance("next-business-day 06:00")
    (kept,) = simulator.loop_thread.run(simulator.simulator.store.read(lambda tx: tx.records.list(box.name)))
    sevis_id = kept.record.sevis_id
    assert box.records.get(sevis_id).sevis_id == sevis_id
    box.restore("before")
    assert box.records.get(sevis_id) is None
    box.reset()
    box.journal.never("upload.answered")


def test_sandboxes_do_not_see_each_other(simulator, box):
    with simulator.fresh_sandbox(clock=FRIDAY) as other:
        upload(other)
        upload(box)
        other.clock.advance("+1h")
        assert other.clock.now() != box.clock.now()
        box.journal.expect("upload.answered", exactly=1)
    assert other.name not in simulator.simulator.tenants.names()
    with pytest.raises(SandboxRefused, match="always there"):
        simulator.delete_sandbox(simulator)


def test_files_of_a_party_are_what_clients_open(box):
    school = box.school()
    context = ssl.create_default_context(cafile=school.ca_file)
    context.load_cert_chain(school.cert_file, school.key_file)
    assert school.p12_file.read_bytes()
    assert school.key_file.stat().st_mode & 0o077 == 0
    assert b"BEGIN" not in repr(school).encode()
    assert box.env["SEVIS_SIM_CLIENT_KEY"] == str(school.key_file)
    assert box.env["SEVIS_SIM_SANDBOX"] == box.name
    with pytest.raises(SimulatorError, match="organizations with one: ABC214F00012000, P-1-12345"):
        box.school("XYZ")
    with pytest.raises(SimulatorError, match="no system 'gamma'; there are: production, beta, alpha"):
        box.upload_url("gamma")


async def test_another_loop_awaits_what_happens_in_the_simulators(box):
    waiting = asyncio.create_task(box.aio.journal.wait("upload.answered", seconds=60))
    await asyncio.to_thread(upload, box)
    assert (await waiting)[0].detail["code"] == "S0000"
    await box.aio.clock.advance("+1h")
    assert box.aio.name == box.name


async def test_a_blocking_call_in_the_simulators_own_loop_is_refused():
    with LoopThread() as thread:

        async def wrong():
            return thread.run(asyncio.sleep(0))

        with pytest.raises(RuntimeError, match="would never end"):
            thread.run(wrong())


def test_a_loop_that_does_not_run_says_so():
    with pytest.raises(RuntimeError, match="not running"):
        LoopThread("nothing").run(asyncio.sleep(0))


def test_the_loop_cancels_what_is_left_when_it_ends():
    ended = threading.Event()

    async def forever():
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    thread = LoopThread()
    thread.start()
    left = thread.submit(forever())
    thread.run(asyncio.sleep(0))
    thread.close()
    assert ended.is_set()
    assert left.cancelled()


def test_every_call_of_the_awaited_parts_has_a_blocking_twin():
    from sevis_sim.simulator.evidence import SandboxJournal
    from sevis_sim.simulator.mischief import SandboxFaults
    from sevis_sim.simulator.open_sandbox import SimulatorClock
    from sevis_sim.simulator.outside import OutsideWorld
    from sevis_sim.synchronous import parts

    def public(kind):
        return {name for name in vars(kind) if not name.startswith("_")}

    for awaited, blocking in (
        (SimulatorClock, parts.SyncClock),
        (SandboxJournal, parts.SyncJournal),
        (OutsideWorld, parts.SyncRecords),
        (SandboxFaults, parts.SyncFaults),
    ):
        assert public(awaited) == public(blocking)


async def test_the_journal_of_a_sandbox_is_there_for_programs_that_await():
    async with Simulator(clock=FRIDAY) as sim:
        await sim.clock.advance("+1h")
        assert [entry.kind for entry in await sim.sandbox.journal.entries("clock.*")] == ["clock.moved"]
