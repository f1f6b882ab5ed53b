"""The log, the numbers for Prometheus, readiness: views of the journal and of the store."""

import asyncio
import io
import json
import subprocess
import sys
from datetime import UTC, datetime

import aiohttp
import pytest
from support import FILES, ROOT, upload

from sevis_sim import Simulator
from sevis_sim.journal import Entry
from sevis_sim.simulator.logs import Log, level_of
from sevis_sim.store import StoreError

CLOCK = "2026-03-06T14:00-05:00"
STUDENTS = (FILES / "students.xml").read_bytes()


@pytest.fixture
async def sim():
    async with Simulator(clock=CLOCK) as running:
        yield running


async def numbers(sim) -> dict[str, float]:
    """Read what Prometheus would, with its own parser."""
    from prometheus_client.parser import text_string_to_metric_families

    async with aiohttp.ClientSession() as session, session.get(f"{sim.control_url}/metrics") as response:
        assert response.status == 200
        assert response.content_type == "text/plain"
        text = await response.text()
    return {
        f"{sample.name}{sorted(sample.labels.items())}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_prometheus_is_told_of_requests_nights_records_and_dead_handshakes(sim):
    before = await numbers(sim)
    assert not any(name.startswith("sevis_sim_requests") for name in before)
    await upload(sim, STUDENTS)
    await upload(sim, STUDENTS)
    await sim.clock.advance("next-window")
    reader, writer = await asyncio.open_connection("127.0.0.1", sim.port)
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    await reader.read()
    writer.close()
    await sim.journal.wait(None, "handshake.failed", seconds=30)
    after = await numbers(sim)
    asked = {name: value for name, value in after.items() if name.startswith("sevis_sim_requests_total")}
    assert asked == {
        "sevis_sim_requests_total"
        f"[('action', 'upload'), ('code', '{code}'), ('status', '200'), ('system', 'production')]": 1.0
        for code in ("S0000", "S0010")
    }
    assert after["sevis_sim_nights_total[('system', 'production')]"] == 1
    assert after["sevis_sim_records_total[('result', 'success')]"] == 4
    assert after["sevis_sim_handshake_failures_total[('failure', 'plain-http')]"] == 1
    assert after["sevis_sim_sandboxes[]"] == 1
    assert after["sevis_sim_due_work_lag_seconds[]"] == 0
    for what in ("read", "write"):
        counted = after[f"sevis_sim_store_seconds_count[('transaction', '{what}')]"]
        assert counted > 0
        assert after[f"sevis_sim_store_seconds_bucket[('le', '+Inf'), ('transaction', '{what}')]"] == counted


async def test_due_work_that_is_late_shows_in_the_numbers(sim):
    name, late = sim.sandbox.name, sim.clock.now().replace(hour=18)
    await sim.store.run(lambda tx: tx.due.add(name, late, "result-available", "1"))
    assert (await numbers(sim))["sevis_sim_due_work_lag_seconds[]"] == 3600


async def test_two_simulators_in_one_process_count_for_themselves(sim):
    async with Simulator(clock=CLOCK) as other:
        await upload(sim, STUDENTS)
        assert any(name.startswith("sevis_sim_requests") for name in await numbers(sim))
        assert not any(name.startswith("sevis_sim_requests") for name in await numbers(other))


async def test_a_store_that_does_not_work_is_not_ready_but_lives(sim):
    async with aiohttp.ClientSession() as session:

        async def status(path: str) -> int:
            async with session.get(f"{sim.control_url}{path}") as response:
                return response.status

        assert [await status(path) for path in ("/healthz", "/readyz")] == [200, 200]
        sim.store.close()
        assert [await status(path) for path in ("/healthz", "/readyz")] == [200, 503]


async def test_each_exchange_and_night_is_one_json_line_with_the_ids_that_tie_them(sim):
    stream = io.StringIO()
    log = Log(sim.journal, "json", stream=stream)
    await upload(sim, STUDENTS)
    await sim.clock.advance("next-window")
    log.close()
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["upload.answered", "batch.processed", "clock.moved"]
    answered, processed, _ = lines
    assert (answered["sandbox"], answered["batch"], answered["level"]) == ("default", "BATCH000000003", "info")
    assert processed["exchange"] == answered["exchange"]
    assert processed["simulated"] == "2026-03-07T03:00:00+00:00"


async def test_people_read_what_to_do_below_what_was_refused(sim):
    stream = io.StringIO()
    log = Log(sim.journal, "human", "warning", sim.default.sandbox.calendar.local, stream)
    await upload(sim, STUDENTS)
    await upload(sim, STUDENTS)
    await sim.journal.query("default")  # what was answered is in the journal, and in the log
    log.close()
    first, *advice = stream.getvalue().splitlines()
    assert first.startswith("2026-03-06 14:00:00  upload BATCH000000003 to production: S0010: ")
    assert [line.strip()[:1] for line in advice] == ["→"]


async def test_what_the_journal_could_not_take_stands_in_the_log(sim, monkeypatch):
    def full() -> None:
        raise StoreError("cannot write to store.db (database or disk is full)")

    stream = io.StringIO()
    log = Log(sim.journal, "json", "error", stream=stream)
    with monkeypatch.context() as broken:
        broken.setattr(sim.store._engine, "connect", full)
        entry = Entry("default", sim.clock.now(), "upload.answered", "upload\nto production: S0031", {}, {})
        lost: list[BaseException] = []
        sim.journal.record_soon(entry, failed=lost.append)
        with pytest.raises(StoreError):
            await sim.journal.record(entry)
    log.close()
    [line] = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert (line["event"], line["level"], line["entry"]) == ("upload.answered", "error", 0)
    assert line["message"] == (
        "upload to production: S0031 (lost to the journal: cannot write to store.db (database or disk is full))"
    )
    assert len(lost) == 1


@pytest.mark.parametrize("form", ["human", "json"])
async def test_no_client_writes_a_line_of_its_own_into_the_log(sim, form):
    stream = io.StringIO()
    log = Log(sim.journal, form, stream=stream)
    await upload(sim, STUDENTS, batch="B\x1b[31m\r\n2026-03-06 14:00:00  all is well\u202e")
    await sim.journal.query("default")
    log.close()
    text = stream.getvalue()
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert not any(line.startswith("2026-03-06 14:00:00  all") for line in text.splitlines())
    assert "x1b[31m" in text


async def test_lines_that_come_faster_than_they_go_are_counted(sim, monkeypatch):
    monkeypatch.setattr("sevis_sim.simulator.logs.MOST_WAITING", 1)
    stream = _Stuck()
    log = Log(sim.journal, "human", stream=stream)
    entry = Entry(None, datetime(2026, 3, 6, tzinfo=UTC), "thing.done", "something", {}, {})
    for _ in range(5):
        await sim.journal.record(entry)
    stream.free.set()
    await sim.journal.record(entry)
    log.close()
    assert "lines were left out" in stream.getvalue()


class _Stuck(io.StringIO):
    """A stream that takes nothing until it is freed."""

    def __init__(self) -> None:
        import threading

        super().__init__()
        self.free = threading.Event()

    def write(self, text: str) -> int:
        self.free.wait(30)
        return super().write(text)


@pytest.mark.parametrize(
    ("kind", "detail", "level"),
    [
        ("upload.answered", {"status": 200, "code": "S0000", "reason": ""}, "info"),
        ("upload.answered", {"status": 200, "code": "S0010", "reason": "sent before"}, "warning"),
        ("download.answered", {"status": 403, "reason": ""}, "warning"),
        ("handshake.failed", {}, "warning"),
        ("fault.struck", {}, "warning"),
        ("request.failed", {}, "error"),
        ("due-work.failed", {}, "error"),
        ("record.added", {"status": "INITIAL"}, "debug"),
        ("record.changed", {"reason": "Failure to Enroll"}, "debug"),
        ("batch.processed", {}, "info"),
    ],
)
def test_what_matters_more_has_a_higher_level(kind, detail, level):
    assert level_of(Entry(None, datetime(2026, 3, 6, tzinfo=UTC), kind, "", {}, detail)) == level


def test_a_start_loads_neither_structlog_nor_prometheus():
    code = (
        "import asyncio, sys\n"
        "from sevis_sim import Simulator\n"
        "async def main():\n"
        "    async with Simulator(): pass\n"
        "asyncio.run(main())\n"
        "print({'structlog', 'prometheus_client'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
