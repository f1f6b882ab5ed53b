"""Faults of processing and of single records: late and lost results, spoiled zips, records that fail or change."""

import io
import zipfile

import pytest
from lxml import etree
from support import SCHOOL, download, sample, upload, with_batch

from sevis_sim import Simulator
from sevis_sim.schemas import release

FRIDAY = "2026-03-06T14:00-05:00"
MONDAY = "2026-03-09T06:00-04:00"
FOUR = sample("students.xml")
VISITORS = sample("exchange-visitors.xml")
BATCH = "NIGHT000000001"
LOG = "sevis_transaction_log.xml"


async def night(world, document=FOUR, batch=BATCH, **kwargs):
    """Upload, go on to Monday morning, download."""
    accepted = await upload(world, with_batch(document, batch), **kwargs)
    assert accepted.code == "S0000"
    await world.clock.advance(MONDAY)
    return await download(world, batch, **kwargs)


async def stored(world, org=SCHOOL):
    return await world.store.read(lambda tx: tx.records.list("default", org_id=org))


def results(reply):
    return [record.findtext("Result/ErrorCode") for record in reply.log.iter("Record")]


def marked(value: str, number: int = 0, document: bytes = FOUR) -> bytes:
    """The document with a UserDefinedB in one of its records."""
    root = etree.fromstring(document)
    record = list(root.iter("Student", "ExchangeVisitor"))[number]
    for old in record.findall("UserDefinedB"):
        record.remove(old)
    element = etree.Element("UserDefinedB")
    element.text = value
    first = record.find("UserDefinedA")
    record.insert(0 if first is None else 1, element)
    return etree.tostring(root)


async def test_a_late_result_comes_so_much_later_though_the_records_are_there(sim):
    await sim.faults.add(preset="results-late")
    assert (await night(sim)).code == "S0030"
    assert len(await stored(sim)) == 4
    await sim.clock.advance("2026-03-10T05:59-04:00")
    assert (await download(sim, BATCH)).code == "S0030"
    happened = await sim.clock.advance("2026-03-10T06:00-04:00")
    assert f"result of batch {BATCH} available" in happened
    assert (await download(sim, BATCH)).code == "S0000"


async def test_a_batch_that_is_processed_later_has_not_touched_a_record_before(sim):
    await sim.faults.add("processing phase=before do=late:12h")
    assert (await upload(sim, with_batch(FOUR, BATCH))).code == "S0000"
    await sim.clock.advance("2026-03-07T09:59-05:00")
    assert await stored(sim) == []
    [postponed] = await sim.journal.query("default", "batch.postponed")
    assert (postponed.subjects["batch"], postponed.subjects["fault"]) == (BATCH, "fault-1")
    await sim.clock.advance(MONDAY)
    assert (await download(sim, BATCH)).code == "S0030"
    await sim.clock.advance("2026-03-09T18:00-04:00")
    result = await download(sim, BATCH)
    assert (result.code, len(await stored(sim))) == ("S0000", 4)
    assert result.log.find("BatchDetail/Process").get("dateTimeStamp") == "2026-03-07T10:00:00.000-05:00"


@pytest.mark.parametrize(("phase", "records"), [("after", 4), ("before", 0)])
async def test_a_result_that_is_never_written_is_waited_for_in_vain(sim, phase, records):
    await sim.faults.add(f"processing phase={phase} do=no-result")
    assert (await night(sim)).code == "S0030"
    await sim.clock.advance("2026-05-04T12:00-04:00")
    assert (await download(sim, BATCH)).code == "S0030"
    assert len(await stored(sim)) == records
    assert (await upload(sim, with_batch(FOUR, BATCH))).code == "S0010"
    happened = await sim.journal.query("default", "result.available")
    assert happened == []


async def test_december_2011_loses_the_results_of_some_batches_and_the_same_ones_with_the_same_seed():
    seen = []
    for _ in range(2):
        async with Simulator(clock=FRIDAY, seed=5) as world:
            await world.faults.add(preset="december-2011")
            batches = [f"DEC2011{number:07}" for number in range(9)]
            for number, batch in enumerate(batches):
                document = with_batch(FOUR, batch).replace(b"<LastName>", f"<LastName>N{'ABCDEFGHI'[number]}".encode())
                assert (await upload(world, document)).code == "S0000"
            await world.clock.advance(MONDAY)
            seen.append([(await download(world, batch)).code for batch in batches])
    assert seen[0] == seen[1]
    assert {"S0030"} < set(seen[0])
    assert "S0030 S0030 S0030" not in " ".join(seen[0])


@pytest.mark.parametrize(
    ("do", "names"),
    [("missing-log", 7), ("missing-pdf", 1), ("missing-pdf:half", 4), ("missing-pdf:N99*", 1), ("odd-log", 8)],
)
async def test_a_zip_is_written_without_its_log_or_some_forms_for_good(sim, do, names):
    await sim.faults.add(f"processing do={do}")
    result = await night(sim)
    assert len(result.names) == names
    assert (LOG in result.names) is (do != "missing-log")
    assert (await download(sim, BATCH)).body == result.body
    assert len(await stored(sim)) == 4


async def test_a_zip_is_written_damaged(sim):
    await sim.faults.add("processing do=corrupt-zip")
    result = await night(sim)
    assert result.content_type == "application/zip"
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(result.body)).testzip()


@pytest.mark.parametrize(("document", "party"), [(FOUR, "school"), (VISITORS, "sponsor")])
async def test_a_log_breaks_its_schema_and_is_good_but_for_that(sim, document, party):
    await sim.faults.add(preset="log-breaks-its-schema")
    result = await night(sim, document, party=getattr(sim, party)())
    broken = release().validate_log(etree.ElementTree(result.log))
    assert broken
    assert all("PhysicalCorrectedAddress" in each.message or "PhysicalCorrectedAddress" in each.path for each in broken)
    assert len(result.log.findall(".//Record")) == int(result.log.findtext(".//Total"))


@pytest.mark.parametrize(("document", "party", "code"), [(FOUR, "school", "S9999"), (VISITORS, "sponsor", "S2000")])
async def test_a_system_fault_fails_every_record_and_stores_none(sim, document, party, code):
    await sim.faults.add("processing do=system-fault")
    result = await night(sim, document, party=getattr(sim, party)())
    assert set(results(result)) == {code}
    assert await stored(sim) == await stored(sim, "P-1-12345") == []
    assert "report" not in result.log.findtext(".//ErrorMessage")


async def test_every_third_record_fails_with_a_code_and_the_others_are_stored(sim):
    await sim.faults.add(preset="record-exception")
    assert results(await night(sim)) == [None, None, "S9999", None]
    assert len(await stored(sim)) == 3


async def test_a_record_is_stored_and_reported_as_failed(sim):
    await sim.faults.add("record first=1 phase=after do=error:S9999")
    result = await night(sim)
    assert results(result) == ["S9999", None, None, None]
    assert result.log.find(".//Record").get("sevisID") is None
    assert len(await stored(sim)) == 4
    assert len(result.names) == 7


async def test_a_record_without_its_forms_succeeds(sim):
    await sim.faults.add("record first=1 do=no-pdf")
    result = await night(sim)
    assert results(result) == [None] * 4
    assert len(result.names) == 7
    assert f"{result.log.find('.//Record').get('sevisID')}.pdf" not in result.names


async def test_names_are_stored_in_capitals(sim):
    await sim.faults.add(preset="names-in-capitals")
    await night(sim)
    for row in await stored(sim):
        names = row.record.data["PersonalInfo"]["FullName"]
        assert all(text.isupper() for text in names.values())


@pytest.mark.parametrize(
    ("whom", "struck"),
    [
        ({"request": "{request}"}, 1),
        ({"event": "CreateStudent"}, 4),
        ({"event": "Registration"}, 0),
        ({"population": "exchangeVisitor"}, 0),
        ({"user": "pdso000001", "organization": SCHOOL, "batch": BATCH}, 4),
        ({"sevisid": "N*"}, 0),
    ],
)
async def test_a_fault_of_records_strikes_those_that_it_is_meant_for(sim, whom, struck):
    request = etree.fromstring(FOUR).find(".//Student").get("requestID")
    whom = {fact: pattern.replace("{request}", request) for fact, pattern in whom.items()}
    await sim.faults.add(at="record", do={"error": "S9999"}, whom=whom)
    assert results(await night(sim)).count("S9999") == struck
    assert [each.struck for each in sim.faults.list()] == [struck]


async def test_the_journal_ties_each_strike_to_the_upload(sim):
    await sim.faults.add("record every=2 do=error:S9999 name=second")
    await night(sim)
    [accepted] = await sim.journal.query("default", "batch.accepted")
    struck = await sim.journal.query("default", "fault.struck")
    assert [entry.subjects["exchange"] for entry in struck] == [accepted.subjects["exchange"]] * 2
    assert {entry.instant.isoformat() for entry in struck} == {"2026-03-07T03:00:00+00:00"}


@pytest.mark.parametrize(
    ("value", "code", "records", "names"),
    [
        ("SIM:S1042", "S1042", 3, 5),
        ("SIM:S9999", "S9999", 3, 5),
        ("SIM:S9999+", "S9999", 4, 5),
        ("SIM:NOPDF", None, 4, 5),
        ("SIM:S0003", None, 4, 8),
        ("SIM:ROYAL", None, 4, 8),
    ],
)
async def test_a_magic_value_decides_of_its_record_alone(sim, value, code, records, names):
    result = await night(sim, marked(value, 1))
    assert results(result) == [None, code, None, None]
    assert result.log.findall(".//Record")[1].findtext("UserDefinedB") == value
    assert (len(await stored(sim)), len(result.names)) == (records, names)


@pytest.mark.parametrize(
    ("value", "monday", "names"),
    [("SIM:DELAY24h", "S0030", 0), ("SIM:DELAY=1d", "S0030", 0), ("SIM:NORESULT", "S0030", 0), ("SIM:NOLOG", None, 7)],
)
async def test_a_magic_value_of_one_record_decides_of_the_whole_batch(sim, value, monday, names):
    result = await night(sim, marked(value, 2))
    if monday:
        assert result.code == monday
    else:
        assert len(result.names) == names
    await sim.clock.advance("2026-03-10T06:00-04:00")
    assert len(await stored(sim)) == 4
    if "DELAY" in value:
        assert (await download(sim, BATCH)).code == "S0000"


async def test_without_faults_and_magic_the_night_is_what_it_was(sim):
    plain = await night(sim)
    async with Simulator(clock=FRIDAY, seed=7) as other:
        await other.faults.add("record do=error:S9999 batch=NOBODY*")
        assert (await night(other)).body == plain.body
