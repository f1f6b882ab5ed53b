"""Accepted mutual TLS uploads of about 100 KB against the XSD validation of the same document alone.

The limit is a process that does nothing but have lxml validate and, like a server, waits for each document: a processor
that was idle takes a fifth longer for the next one than a loop that never waits. Beside it stands our own validation,
which is faster than lxml's (`sevis_sim.schemas.code_lists`).
"""

import asyncio
import subprocess
import sys
import time
from math import inf

from benchmarks.inputs import students
from benchmarks.load import cpu_seconds, play, served, upload_request
from benchmarks.timing import median_ms, report
from sevis_sim import Simulator
from sevis_sim.client import SevisClient
from sevis_sim.schemas import parse, release
from sevis_sim.settings import Settings

_COUNT = 100
_PAUSE = 0.004
"""Seconds between two documents of the limit."""
_ROUNDS = 3


def run() -> None:
    asyncio.run(_uploads())
    _per_core()


_LXML = """
from lxml import etree
schema = etree.XMLSchema(etree.parse(folder("schemas") / "6.31" / "Create-UpdateStudent.xsd"))
validate = lambda document: schema.validate(etree.fromstring(document))
"""
_OURS = """
from sevis_sim.schemas import parse, release
validate = lambda document: not release().validate(parse(document))
"""
_WAIT_AND_VALIDATE = """
while sys.stdin.buffer.read(1):
    assert validate(document)
    sys.stdout.buffer.write(b"v")
    sys.stdout.buffer.flush()
"""


def _validation_alone(validator: str) -> float:
    """Return the milliseconds of processor time that a validation takes where each document is waited for."""
    pipe = subprocess.PIPE
    begin = "import sys\nfrom benchmarks.inputs import students\nfrom sevis_sim.resources import folder\n"
    program = f"{begin}document = students(50)\n{validator}{_WAIT_AND_VALIDATE}"
    with subprocess.Popen([sys.executable, "-c", program], stdin=pipe, stdout=pipe, bufsize=0) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        used = 0.0
        for number in range(10 + _COUNT):
            if number == 10:  # what is loaded for the first ones does not count
                used = cpu_seconds(process.pid)
            process.stdin.write(b"d")
            process.stdout.read(1)
            time.sleep(_PAUSE)
        each = (cpu_seconds(process.pid) - used) * 1000 / _COUNT
        process.stdin.close()
    return each


def _per_core() -> None:
    """Processor time of a server in a process of its own, with its database on disk, against that of the validation.

    They take turns, and the best of each counts: the machine may be shared.
    """
    for clients in (1, 8, 64):
        limit, ours, each, rate = inf, inf, inf, 0.0
        for _ in range(_ROUNDS):
            limit, ours = min(limit, _validation_alone(_LXML)), min(ours, _validation_alone(_OURS))
            used, took = _accepted(clients)
            each, rate = min(each, used), max(rate, 1 / took)
        against = f"its validation by lxml alone {limit:.1f} ms: {limit / each:.2f}; by us {ours:.1f} ms; {rate:.0f} /s"
        report(f"processor time of an accepted upload, {clients} at once", f"{each:.1f} ms", against, ">= 0.7")


def _accepted(clients: int) -> tuple[float, float]:
    """Return for each upload the milliseconds of a server's processor time, and the seconds that pass."""
    batches = [f"BENCH{number:09d}" for number in range(_COUNT * 2)]
    requests = [upload_request(students(50, batch), batch) for batch in batches]
    with served() as server:
        context = server.context()
        play(server.port, context, requests[:20], 1, b"S0000")
        before = server.cpu_seconds()
        took = play(server.port, context, requests[20:], clients, b"S0000")
        used = server.cpu_seconds() - before
    return used * 1000 / len(requests[20:]), took / len(requests[20:])


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
