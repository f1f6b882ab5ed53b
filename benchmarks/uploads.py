"""Accepted mutual TLS uploads of about 100 KB, one client, against the XSD validation of the same document alone."""

import asyncio
import time
from math import inf

from benchmarks.inputs import students
from benchmarks.load import play, served, upload_request
from benchmarks.timing import median_ms, report
from sevis_sim import Simulator
from sevis_sim.client import SevisClient
from sevis_sim.schemas import parse, release
from sevis_sim.settings import Settings

_COUNT = 60
_ROUNDS = 3


def run() -> None:
    asyncio.run(_uploads())
    _per_core()


def _per_core() -> None:
    """Processor time of a server in a process of its own, with its database on disk, against that of the validation."""
    document, shipped = students(50), release()
    shipped.validate(parse(document))
    start = time.process_time()
    for _ in range(20):
        shipped.validate(parse(document))
    limit = (time.process_time() - start) * 1000 / 20
    for clients in (1, 8, 64):
        batches = [f"BENCH{number:09d}" for number in range(_COUNT * 2)]
        requests = [upload_request(students(50, batch), batch) for batch in batches]
        with served() as server:
            context = server.context()
            play(server.port, context, requests[:5], 1, b"S0000")
            before = server.cpu_seconds()
            took = play(server.port, context, requests[5:], clients, b"S0000")
            each = (server.cpu_seconds() - before) * 1000 / len(requests[5:])
        against = f"its validation alone {limit:.1f} ms: {limit / each:.2f}; {len(requests[5:]) / took:.0f} /s"
        report(f"processor time of an accepted upload, {clients} at once", f"{each:.1f} ms", against, ">= 0.7")


async def _uploads() -> None:
    documents = [students(50, f"BENCH{number:09d}") for number in range(_COUNT)]
    shipped = release()
    limit = median_ms(lambda: shipped.validate(parse(documents[0])))
    await _each(documents[:5], Settings(port=0, control_port=0))  # what is loaded for the first upload
    each, bare = inf, inf
    for _ in range(_ROUNDS):
        bare = min(bare, await _each(documents, Settings(port=0, control_port=0, keep_exchanges=0)))
        each = min(each, await _each(documents, Settings(port=0, control_port=0)))
    size = len(documents[0]) / 1000
    against = f"its validation alone {limit:.1f} ms: {limit / each:.2f}"
    report(f"accepted upload of {size:.0f} KB, client and server", f"{each:.1f} ms", against)
    report("  without keeping requests and answers", f"{bare:.1f} ms", f"{bare / each:.2f} of that")


async def _each(documents: list[bytes], settings: Settings) -> float:
    """Return the milliseconds that each upload takes."""
    async with Simulator(settings, in_memory=True, clock="2026-03-06T14:00-05:00") as sim:
        school = sim.school()
        async with SevisClient(sim.upload_url(), sim.download_url(), school.ssl_context()) as client:
            start = time.perf_counter()
            for number, document in enumerate(documents):
                reply = await client.upload(document, "bench.xml", school.org_id, f"BENCH{number:09d}", school.user_id)
                assert reply.log is not None
                assert reply.log.upload_code == "S0000"
            return (time.perf_counter() - start) * 1000 / len(documents)
