"""What `check` predicts is what the simulator answers."""

from datetime import date

import pytest
from lxml import etree
from support import download, sample, upload

from sevis_sim.advice.check import Checker
from sevis_sim.advice.check_sources import Source
from sevis_sim.schemas import release

FRIDAY = date(2026, 3, 6)


@pytest.mark.parametrize(
    ("wrong", "file_name"),
    [
        (lambda document: document, "batch.xml"),
        (lambda document: document, "a-file-name-that-is-much-too-long.xml"),
        (lambda document: document[:400], "batch.xml"),
        (lambda document: document.replace(b"<Gender>F<", b"<Gender>X<"), "batch.xml"),
        (lambda document: document.replace(b"<Gender>F<", b"<Gender>X<"), "a-file-name-that-is-much-too-long.xml"),
        (lambda document: document.replace(b"pdso000001", b"pdso000002", 1), "batch.xml"),
        (lambda document: document.replace(b"<OrgID>ABC", b"<OrgID>XYZ"), "batch.xml"),
    ],
)
async def test_the_disposition_is_the_one_that_an_upload_gets(sim, wrong, file_name):
    document = wrong(sample("two-students.xml"))
    answered = (await upload(sim, document, batch="BATCH000000001", file_name=file_name)).code
    checker = Checker(release(), FRIDAY, org_id="ABC214F00012000", batch_id="BATCH000000001", user_id="pdso000001")
    assert checker.check(Source("x", file_name, document)).disposition == answered


@pytest.mark.parametrize(("name", "party"), [("two-students.xml", "school"), ("two-exchange-visitors.xml", "sponsor")])
async def test_the_codes_of_the_records_are_those_of_the_result(sim, name, party):
    document = sample(name)
    party = getattr(sim, party)()
    assert (await upload(sim, document, party=party)).code == "S0000"
    await sim.clock.advance(to="next-business-day")
    result = await download(sim, etree.fromstring(document).findtext("BatchHeader/BatchID"), party=party)
    answered = {
        record.get("requestID"): record.findtext("Result/ErrorCode") or "S0000"
        for record in result.log.iterfind("BatchDetail/Process/Record")
    }
    predicted = dict.fromkeys(answered, "S0000")
    for finding in reversed(Checker(release(), FRIDAY).check(Source("x", "batch.xml", document)).findings):
        predicted[finding.request_id] = finding.code  # the first of a record's is the one that SEVIS reports
    assert predicted == answered
