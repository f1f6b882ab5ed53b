"""The main job, end to end: real sockets, real certificates, real files."""

import asyncio
import shutil
import subprocess

import pytest
from lxml import etree
from support import REFERENCE, download, sample, upload, with_batch

from sevis_sim import Simulator
from sevis_sim.schemas import release


async def test_a_batch_goes_from_upload_over_its_night_to_the_zip(sim):
    accepted = await upload(sim, sample("two-students.xml"))
    assert (accepted.status, accepted.content_type, accepted.code) == (200, "text/xml", "S0000")
    batch = accepted.log.findtext("BatchHeader/BatchID")

    early = await download(sim, batch)
    assert (early.status, early.code, early.names) == (200, "S0030", ["sevis_transaction_log.xml"])

    await sim.clock.advance(to="next-business-day 06:00")
    result = await download(sim, batch)
    assert (result.status, result.content_type, result.code) == (200, "application/zip", "S0000")
    assert result.names[0] == "sevis_transaction_log.xml"
    process = result.log.find("BatchDetail/Process")
    assert process.get("resultCode") == "S0020"
    assert process.get("dateTimeStamp") == "2026-03-06T22:00:00.000-05:00"
    assert [process.findtext(f"RecordCount/{n}") for n in ("Success", "Failure", "Total")] == ["1", "1", "2"]
    good, bad = process.findall("Record")
    assert good.get("sevisID").startswith("N99")
    assert f"{good.get('sevisID')}.pdf" in result.names
    assert bad.get("sevisID") is None
    assert bad.findtext("Result/ErrorCode").startswith("S1")
    assert release().validate_log(etree.ElementTree(result.log)) == []
    assert (await download(sim, batch, method="POST")).body == result.body


async def test_the_same_seed_clock_and_input_give_the_same_bytes():
    bodies = []
    for _ in range(2):
        async with Simulator(clock="2026-03-06T14:00-05:00", seed=11) as sim:
            reply = await upload(sim, sample("students.xml"))
            batch = reply.log.findtext("BatchHeader/BatchID")
            await sim.clock.advance(to="next-business-day")
            bodies.append((await download(sim, batch)).body)
    assert bodies[0] == bodies[1]
    assert len(bodies[0]) > 10_000


async def test_a_batch_id_is_unique_for_an_organization_and_a_system(sim):
    document = sample("students.xml")
    assert (await upload(sim, document)).code == "S0000"
    assert (await upload(sim, document)).code == "S0010"
    assert (await upload(sim, document, system="beta")).code == "S0000"
    assert (await upload(sim, document, system="alpha")).code == "S0000"
    visitors = with_batch(sample("exchange-visitors.xml"), etree.fromstring(document).findtext("BatchHeader/BatchID"))
    assert (await upload(sim, visitors, party=sim.sponsor())).code == "S0000"


async def test_of_many_parallel_uploads_of_one_batch_one_is_accepted(sim):
    document = sample("students.xml")
    replies = await asyncio.gather(*(upload(sim, document) for _ in range(60)))
    assert sorted(reply.code for reply in replies) == ["S0000"] + ["S0010"] * 59


async def test_alpha_answers_after_six_seconds_and_beta_after_twenty_minutes(sim):
    for system, wait in (("alpha", "+6s"), ("beta", "+20m")):
        batch = f"BATCH-{system:<8}".replace(" ", "0")
        assert (await upload(sim, with_batch(sample("students.xml"), batch), system=system)).code == "S0000"
        assert (await download(sim, batch, system=system)).code == "S0030"
        await sim.clock.advance(to=wait)
        reply = await download(sim, batch, system=system)
        assert reply.code == "S0000"
        assert reply.log.find("BatchDetail").get("system") == {"alpha": "PROD-ALPHA", "beta": "PROD-SBT"}[system]


async def test_an_update_sees_the_record_that_an_earlier_batch_created(sim):
    await upload(sim, sample("students.xml"))
    await sim.clock.advance(to="next-business-day")
    batch = etree.fromstring(sample("students.xml")).findtext("BatchHeader/BatchID")
    created = (await download(sim, batch)).log.find("BatchDetail/Process/Record").get("sevisID")
    update = f"""<SEVISBatchCreateUpdateStudent userID="pdso000001"><BatchHeader><BatchID>UPDATE00000001</BatchID>
    <OrgID>ABC214F00012000</OrgID></BatchHeader><UpdateStudent>
    <Student sevisID="{created}" requestID="u1" userID="pdso000001"><PersonalInfo printForm="true">
    <FullName><LastName>CHANGED</LastName></FullName></PersonalInfo></Student>
    <Student sevisID="N9900000000" requestID="u2" userID="pdso000001"><PersonalInfo printForm="false">
    <FullName><LastName>NOBODY</LastName></FullName></PersonalInfo></Student>
    </UpdateStudent></SEVISBatchCreateUpdateStudent>""".encode()
    assert (await upload(sim, update)).code == "S0000"
    await sim.clock.advance(to="next-business-day")
    result = await download(sim, "UPDATE00000001")
    first, second = result.log.findall("BatchDetail/Process/Record")
    assert first.find("Result").get("status") == "true"
    assert second.findtext("Result/ErrorCode") == "S1003"
    assert result.names == ["sevis_transaction_log.xml", f"{created}.pdf"]


REAL = REFERENCE / "samples" / "ev-batch-2016.xml"


@pytest.mark.skipif(not REAL.exists(), reason="the real sample batch is not on this machine")
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not on this machine")
async def test_the_real_batch_of_2016_sent_with_curl_comes_back_like_the_real_log(tmp_path):
    scenario = tmp_path / "alpha.yaml"
    scenario.write_text(
        "scenario: alpha-2016\nclock: 2016-05-04T13:15:00-04:00\nsystem: alpha\norganizations:\n"
        "  - {id: P-1-19833, kind: sponsor, users: [{id: esayya9302, role: RO}], certificate: valid}\n"
    )
    async with Simulator(scenario=scenario, data_dir=tmp_path / "data") as sim:
        folder = tmp_path / "data"
        identity = sim.sponsor().identity.name
        curl = ["curl", "-sS", "--cacert", f"{folder}/ca.pem", "--cert", f"{folder}/{identity}.pem"]
        curl += ["--key", f"{folder}/{identity}.key", "-F", "orgid=P-1-19833", "-F", "batchid=----kynEn47azQ"]
        curl += ["-F", "userid=esayya9302", "-F", f"xml=@{REAL};filename=batchfile3.xml", sim.upload_url("alpha")]
        done = await asyncio.to_thread(subprocess.run, curl, capture_output=True, timeout=60, check=True)
        assert etree.fromstring(done.stdout).find("BatchDetail/Upload").get("resultCode") == "S0000"
        await sim.clock.advance(to="+6s")
        result = await download(sim, "----kynEn47azQ", party=sim.sponsor(), system="alpha")
    ours, real = result.log, etree.parse(REFERENCE / "samples" / "ev-transaction-log-2016.xml").getroot()
    extra = {"PhysicalCorrectedAddress", "PhysicalAddressResult"}
    assert _shape(ours, without=extra) == _shape(real, without=extra)
    record = ours.find("BatchDetail/Process/Record")
    people = [record.get("sevisID"), record.find("Dependent").get("dependentSevisID")]
    assert result.names == ["sevis_transaction_log.xml", *(f"{person}.pdf" for person in people)]


def _shape(element, without):
    return [
        (child.tag, list(child.attrib), _shape(child, without))
        for child in element.iterchildren(etree.Element)
        if child.tag not in without
    ]
