"""The whole night of one batch: 250 students parsed, ruled, stored, printed, zipped; against the naive way.

The naive way validates with xmlschema, draws every form afresh on a reportlab canvas and deflates the zip; it neither
rules nor stores.
"""

import asyncio
import io
import time
import zipfile
from datetime import datetime

from benchmarks.inputs import students
from benchmarks.timing import report
from sevis_sim import Simulator
from sevis_sim.client import SevisClient
from sevis_sim.domain.document import to_node
from sevis_sim.domain.outcomes import FormRequest
from sevis_sim.forms.plain import render_plain
from sevis_sim.resources import folder
from sevis_sim.results import archive
from sevis_sim.schemas import parse

_COUNT = 250
_NAIVE_COUNT = 50


def run() -> None:
    naive = _naive()
    asyncio.run(_night(naive))


def _naive() -> float:
    """Return records per second."""
    import xmlschema

    schema = xmlschema.XMLSchema10(str(folder("schemas") / "6.31" / "Create-UpdateStudent.xsd"), validation="skip")
    document = students(_NAIVE_COUNT)
    start = time.perf_counter()
    schema.validate(document)
    with zipfile.ZipFile(io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as package:
        for number, element in enumerate(parse(document).getroot().iterfind("CreateStudent/Student")):
            sevis_id = f"N99{number:08d}"
            record = {
                "sevis_id": sevis_id,
                "status": "INITIAL",
                "data": to_node(element),
                "dependents": [],
                "sites": [],
            }
            request = FormRequest("I-20", sevis_id, "INITIAL ATTENDANCE", record, None, {}, {}, "2026-03-06")
            package.writestr(f"{sevis_id}.pdf", render_plain(request))
    return _NAIVE_COUNT / (time.perf_counter() - start)


async def _night(naive: float) -> None:
    async with Simulator(clock="2026-03-06T14:00-05:00") as sim:
        school = sim.school()
        seconds = []
        async with SevisClient(sim.upload_url(), sim.download_url(), school.ssl_context()) as client:
            for number in range(3):
                batch = f"NIGHT{number:09d}"
                document = students(_COUNT, batch).replace(b"BENCH ", f"N{'ABC'[number]} ".encode())
                reply = await client.upload(document, "bench.xml", school.org_id, batch, school.user_id)
                assert reply.accepted, reply
                start = time.perf_counter()
                await sim.clock.advance("next-business-day")
                seconds.append(time.perf_counter() - start)
                result = await client.download(school.org_id, batch, school.user_id)
                assert result.archive is not None
                assert len(result.archive.forms) == _COUNT
        stamp = sim.clock.now()
    best = _COUNT / min(seconds)
    report(
        f"night of {_COUNT} students with forms, both cores",
        f"{best:.0f} rec/s",
        f"naive {naive:.0f} rec/s: {best / naive:.1f} x; first batch {_COUNT / seconds[0]:.0f}",
        "≥ 350 rec/s and core, ≥ 4 x",
    )
    _zip([(f"{number}.pdf", pdf) for number, pdf in enumerate(result.archive.forms.values())], stamp)


def _zip(forms: list[tuple[str, bytes]], stamp: datetime) -> None:
    start = time.perf_counter()
    with zipfile.ZipFile(io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as package:
        for name, pdf in forms:
            package.writestr(name, pdf)
    deflated = (time.perf_counter() - start) * 1000
    start = time.perf_counter()
    archive(b"<TransactionLog/>", forms, stamp)
    ours = (time.perf_counter() - start) * 1000
    report(f"zip of {len(forms)} forms", f"{ours:.1f} ms", f"zipfile deflated {deflated:.0f} ms", "≤ 5 ms")
