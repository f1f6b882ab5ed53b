"""The night of 250 updates of mixed events without forms, against bare parsing of the same file."""

import asyncio
import time
from collections.abc import Sequence

from lxml import etree

from benchmarks.inputs import students
from benchmarks.timing import median_ms, report
from sevis_sim import Simulator
from sevis_sim.client import SevisClient

_COUNT = 250
_ROUNDS = 3

_SESSION = """<Registration printForm="false"><LastSession>false</LastSession>
<CurrentSessionStartDate>2029-08-20</CurrentSessionStartDate><CurrentSessionEndDate>2029-12-14</CurrentSessionEndDate>
<NextSessionStartDate>2030-01-14</NextSessionStartDate><USAddress><Address1>1200 Specimen Street</Address1>
<City>Springfield</City><State>IL</State><PostalCode>62701</PostalCode></USAddress></Registration>"""
_MIXED = (
    '<PersonalInfo printForm="false"><FullName><LastName>Married</LastName></FullName></PersonalInfo>',
    '<FinancialInfo printForm="false"><Funding><Personal>{money}</Personal></Funding></FinancialInfo>',
    '<Program><Edit printForm="false"><Minor>27.0101</Minor></Edit></Program>',
    (
        '<Program><Extension printForm="false"><NewPrgEndDate>{year}-12-16</NewPrgEndDate>'
        "<Explanation>Thesis</Explanation></Extension></Program>"
    ),
    "<DisciplinaryAction><Explanation>Vandalism</Explanation></DisciplinaryAction>",
    '<Reprint printForm="false"><Reason>02</Reason></Reprint>',
    _SESSION,
    "<Status><Verify/></Status>",
    (
        '<AuthDropBelowFC><Add printForm="false"><Reason>01</Reason><StartDate>20{month}-01</StartDate>'
        "<EndDate>20{month}-20</EndDate></Add></AuthDropBelowFC>"
    ),
    (
        '<OffCampusEmployment><Cancel printForm="false"><StartDate>2030-01-01</StartDate><EndDate>2030-02-01</EndDate>'
        "<EmploymentType>01</EmploymentType></Cancel></OffCampusEmployment>"
    ),
)
"""Ten events; the last one is refused, as some always are."""


def updates(sevis_ids: Sequence[str], batch_id: str, events: Sequence[str], number: int = 0) -> bytes:
    """Return a batch with one update of each record, the events in turn."""
    words = {"money": 50_000 + number, "year": 2034 + number, "month": f"30-{number + 2:02d}"}
    body = "".join(
        f'<Student sevisID="{sevis_id}" requestID="u{place}" userID="pdso000001">'
        f"{events[place % len(events)].format(**words)}</Student>"
        for place, sevis_id in enumerate(sevis_ids)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><SEVISBatchCreateUpdateStudent userID="pdso000001"><BatchHeader>'
        f"<BatchID>{batch_id}</BatchID><OrgID>ABC214F00012000</OrgID></BatchHeader>"
        f"<UpdateStudent>{body}</UpdateStudent></SEVISBatchCreateUpdateStudent>"
    ).encode()


def run() -> None:
    asyncio.run(_night())


async def _night() -> None:
    async with Simulator(clock="2029-08-14T14:00-04:00") as sim:
        school = sim.school()
        async with SevisClient(sim.upload_url(), sim.download_url(), school.ssl_context()) as client:

            async def batch(document: bytes, batch_id: str) -> tuple[float, int]:
                reply = await client.upload(document, "bench.xml", school.org_id, batch_id, school.user_id)
                assert reply.accepted, reply
                start = time.perf_counter()
                await sim.clock.advance("next-window")
                seconds = time.perf_counter() - start
                [done] = await sim.store.read(lambda tx: tx.batches.list("default", "production", None, batch_id))
                return seconds, done.success

            await batch(students(_COUNT, "CREATES0000001", print_form=False), "CREATES0000001")
            stored = await sim.store.read(lambda tx: tx.records.list("default", "production", limit=_COUNT))
            sevis_ids = [each.record.sevis_id for each in stored]
            await sim.clock.advance("2029-09-04T14:00-04:00")
            await batch(updates(sevis_ids, "REGISTER000001", [_SESSION]), "REGISTER000001")
            rounds = []
            for number in range(_ROUNDS):
                name = f"MIXED{number:09d}"
                document = updates(sevis_ids, name, _MIXED, number)
                rounds.append(await batch(document, name))
    seconds, good = min(rounds)
    parsing = median_ms(lambda: etree.fromstring(document)) / 1000
    report(
        f"night of {_COUNT} mixed updates, {good} of them good, no forms",
        f"{_COUNT / seconds:.0f} rec/s",
        f"bare parsing {_COUNT / parsing:.0f} rec/s: 1/{seconds / parsing:.0f}",
        "all of them in a second",
    )
