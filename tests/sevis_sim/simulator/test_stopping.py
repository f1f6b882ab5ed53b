"""A stop finishes what is in flight, takes nothing new, and waits for nobody for ever."""

import asyncio
import os
import signal
import ssl
import subprocess
import sys

import pytest
from support import PDSO, ROOT, SCHOOL, form, sample

from sevis_sim import Simulator
from sevis_sim.settings import Settings

CLOCK = "2026-03-06T14:00-05:00"
BODY, KIND = form(sample("students.xml"), SCHOOL, "BATCH000000003", PDSO)
HEAD = (
    f"POST /sevisbatch/action/batchUpload HTTP/1.1\r\nHost: x\r\nContent-Type: {KIND}\r\n"
    f"Content-Length: {len(BODY)}\r\nExpect: 100-continue\r\n\r\n"
).encode()


async def begin(port: int, context):
    """Begin an upload; return once the server reads it."""
    reader, writer = await asyncio.open_connection("localhost", port, ssl=context, server_hostname="localhost")
    writer.write(HEAD)
    assert b"100 Continue" in await reader.readuntil(b"\r\n\r\n")
    writer.write(BODY[:500])
    await writer.drain()
    return reader, writer


async def test_an_upload_in_flight_is_finished_before_the_end():
    sim = Simulator(clock=CLOCK)
    await sim.start()
    port, context = sim.port, sim.school().ssl_context()
    reader, writer = await begin(port, context)
    stopping = asyncio.create_task(sim.stop())
    with pytest.raises(ConnectionError):  # nobody new is let in
        while not stopping.done():
            (await asyncio.open_connection("localhost", port))[1].close()
            await asyncio.sleep(0)
    assert not stopping.done()
    writer.write(BODY[500:])
    answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"Connection: close" in answer
    assert b"S0000" in answer
    await stopping
    writer.close()


async def test_a_client_that_never_finishes_does_not_keep_the_simulator_alive():
    sim = Simulator(Settings(port=0, control_port=0, stop_timeout_s=0.05), in_memory=True, clock=CLOCK)
    await sim.start()
    _, writer = await begin(sim.port, sim.school().ssl_context())
    await asyncio.wait_for(sim.stop(), 30)
    writer.close()


async def test_idle_connections_do_not_hold_up_a_stop():
    sim = Simulator(Settings(port=0, control_port=0, stop_timeout_s=3600), in_memory=True, clock=CLOCK)
    await sim.start()
    reader, writer = await asyncio.open_connection(
        "localhost", sim.port, ssl=sim.school().ssl_context(), server_hostname="localhost"
    )
    await asyncio.wait_for(sim.stop(), 30)
    assert await reader.read() == b""
    writer.close()


async def test_a_served_upload_outlives_sigterm_and_is_there_after_the_next_start(tmp_path):
    environment = {name: text for name, text in os.environ.items() if not name.startswith("SEVIS_SIM_")}
    serve = [sys.executable, "-m", "sevis_sim", "serve", "--port", "0", "--control-port", "0", "--clock", CLOCK]
    process = subprocess.Popen(
        [*serve, "--log-format", "json", "--env-file", "client.env"],
        cwd=tmp_path,
        env=environment | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=(tmp_path / "log").open("wb"),
    )
    try:
        while not (tmp_path / "client.env").exists():
            assert process.poll() is None, (tmp_path / "log").read_text()
            await asyncio.sleep(0.02)
        lines = (tmp_path / "client.env").read_text().splitlines()
        values = dict(line.removeprefix("export ").split("=", 1) for line in lines)
        port = int(values["SEVIS_SIM_UPLOAD_URL"].strip("'").split(":")[2].split("/")[0])
        context = ssl.create_default_context(cafile=values["SEVIS_SIM_CA"].strip("'"))
        context.load_cert_chain(values["SEVIS_SIM_CLIENT_CERT"].strip("'"), values["SEVIS_SIM_CLIENT_KEY"].strip("'"))
        reader, writer = await begin(port, context)
        process.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionError):  # it has begun to stop
            while True:
                (await asyncio.open_connection("localhost", port))[1].close()
                await asyncio.sleep(0.01)
        writer.write(BODY[500:])
        assert b"S0000" in await reader.read()
        writer.close()
        assert await asyncio.to_thread(process.wait, 30) == 0
    finally:
        process.kill()
        process.wait()
    log = (tmp_path / "log").read_text()
    assert "Traceback" not in log
    assert '"upload.answered"' in log
    async with Simulator(data_dir=tmp_path / ".sevis-sim") as again:
        batches = await again.store.read(lambda tx: tx.batches.list("default"))
        assert [batch.batch_id for batch in batches] == ["BATCH000000003"]
