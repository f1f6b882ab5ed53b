"""What a night makes of a batch's records, one after the other."""

from datetime import datetime

import pytest
from lxml import etree
from support import FILES, download, sample, upload, with_batch

from sevis_sim import Simulator, events
from sevis_sim.forms import FormPool
from sevis_sim.processing import night
from sevis_sim.schemas import release

FRIDAY = "2026-03-06T14:00-05:00"
GOOD = etree.fromstring(sample("two-students.xml")).find("CreateStudent/Student")


def student(request: str, **changes: str) -> etree._Element:
    """A student that is good but for the changes, and whose name is the request's ID."""
    node = etree.fromstring(etree.tostring(GOOD))
    node.set("requestID", request)
    name = request.translate(str.maketrans("0123456789", "abcdefghij"))
    for element, text in ({"LastName": name} | changes).items():
        node.find(f".//{element}").text = text
    return node


def students(batch: str, *creates: etree._Element, updates: str = "") -> bytes:
    body = b"".join(etree.tostring(node) for node in creates)
    sections = (b"<CreateStudent>" + body + b"</CreateStudent>" if creates else b"") + (
        f"<UpdateStudent>{updates}</UpdateStudent>".encode() if updates else b""
    )
    return (
        b'<SEVISBatchCreateUpdateStudent userID="pdso000001"><BatchHeader><BatchID>'
        + batch.encode()
        + b"</BatchID><OrgID>ABC214F00012000</OrgID></BatchHeader>"
        + sections
        + b"</SEVISBatchCreateUpdateStudent>"
    )


def rename(request: str, sevis_id: str, last_name: str, *, print_form: str = "true") -> str:
    return (
        f'<Student sevisID="{sevis_id}" requestID="{request}" userID="pdso000001"><PersonalInfo '
        f'printForm="{print_form}"><FullName><LastName>{last_name}</LastName><FirstName>Lin</FirstName></FullName>'
        "</PersonalInfo></Student>"
    )


async def through(sim: Simulator, document: bytes, party=None):
    """Upload to alpha, let its six seconds pass, and download."""
    reply = await upload(sim, document, system="alpha", party=party)
    assert reply.code == "S0000", etree.tostring(reply.log)
    await sim.clock.advance("+6s")
    batch = etree.fromstring(document).findtext("BatchHeader/BatchID")
    return await download(sim, batch, system="alpha", party=party)


def outcomes(reply) -> list[tuple[str, str]]:
    """Request ID and error code, or ``""``, of each record in the log's order."""
    assert release().validate_log(etree.ElementTree(reply.log)) == []
    return [
        (record.get("requestID"), record.findtext("Result/ErrorCode") or "")
        for record in reply.log.findall("BatchDetail/Process/Record")
    ]


def sevis_ids(reply) -> dict[str, str]:
    return {r.get("requestID"): r.get("sevisID") for r in reply.log.findall("BatchDetail/Process/Record")}


def bad_funding(request: str) -> etree._Element:
    return student(request, Tuition="99999999")


async def test_each_record_has_one_code_in_file_order_and_good_ones_are_stored(sim):
    reply = await through(
        sim, students("BATCH-ORDER-01", bad_funding("r1"), student("r2"), bad_funding("r3"), student("r4"))
    )
    assert outcomes(reply) == [("r1", "S1024"), ("r2", ""), ("r3", "S1024"), ("r4", "")]
    process = reply.log.find("BatchDetail/Process")
    assert [process.findtext(f"RecordCount/{name}") for name in ("Success", "Failure", "Total")] == ["2", "2", "4"]
    stored = await sim.store.read(lambda tx: tx.records.list("default", "alpha"))
    made = sevis_ids(reply)
    assert {each.record.sevis_id for each in stored} == {made["r2"], made["r4"]}
    assert reply.names[1:] == [f"{made['r2']}.pdf", f"{made['r4']}.pdf"]


async def test_a_record_that_breaks_two_rules_has_one_code(sim):
    both = bad_funding("r1")
    both.find("EducationalInfo/PrgEndDate").text = "2026-03-05"
    reply = await through(sim, students("BATCH-TWICE-01", both))
    [record] = reply.log.findall("BatchDetail/Process/Record")
    assert len(record.findall("Result/ErrorCode")) == 1


async def test_a_later_record_sees_what_an_earlier_one_of_the_batch_did(sim):
    twin = student("r2", LastName="Same")
    reply = await through(sim, students("BATCH-TWINS-01", student("r1", LastName="Same"), twin))
    [(_, first), (_, second)] = outcomes(reply)
    assert (first, second) == ("", await duplicate_code(sim))


async def duplicate_code(sim: Simulator) -> str:
    """The code of a student who is there already, as a second batch gets it."""
    [(_, code)] = outcomes(await through(sim, students("BATCH-TWINS-02", student("r1", LastName="Same"))))
    assert code.startswith("S")
    return code


async def test_an_identity_that_was_given_up_is_free_and_the_new_one_taken(sim):
    made = sevis_ids(await through(sim, students("BATCH-NAMES-01", student("r1", LastName="Old"))))
    update = students("BATCH-NAMES-02", updates=rename("u1", made["r1"], "New"))
    assert outcomes(await through(sim, update)) == [("u1", "")]
    again = students("BATCH-NAMES-03", student("r2", LastName="Old"), student("r3", LastName="New"))
    [free, taken] = outcomes(await through(sim, again))
    assert free == ("r2", "")
    assert taken[1] != ""


async def test_updates_of_one_record_build_on_each_other_and_print_one_form_of_the_last_state(sim):
    made = sevis_ids(await through(sim, students("BATCH-FORMS-01", student("r1"))))["r1"]
    updates = rename("u1", made, "First") + rename("u2", made, "Second")
    reply = await through(sim, students("BATCH-FORMS-02", updates=updates))
    assert outcomes(reply) == [("u1", ""), ("u2", "")]
    assert reply.names == ["sevis_transaction_log.xml", f"{made}.pdf"]
    stored = await sim.store.read(lambda tx: tx.records.get("default", "alpha", made))
    assert stored.data["PersonalInfo"]["FullName"]["LastName"] == "Second"
    pypdf = pytest.importorskip("pypdf")
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(reply.body)) as archive:
        text = "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(archive.read(f"{made}.pdf"))).pages)
    assert "Second" in text or "SECOND" in text


async def test_a_scenario_may_fail_a_record_that_is_good(tmp_path):
    scenario = tmp_path / "forced.yaml"
    scenario.write_text(
        "scenario: forced\nclock: 2026-03-06T14:00-05:00\noutcomes:\n  - {match: {requestId: r2}, error: S1001}\n"
    )
    async with Simulator(scenario=scenario) as sim:
        reply = await through(sim, students("BATCH-FORCE-01", student("r1"), student("r2"), student("r3")))
        assert outcomes(reply) == [("r1", ""), ("r2", "S1001"), ("r3", "")]
        assert len(await sim.store.read(lambda tx: tx.records.list("default", "alpha"))) == 2


@pytest.mark.parametrize(
    ("file", "party", "code"), [("students.xml", "school", "S9999"), ("exchange-visitors.xml", "sponsor", "S2000")]
)
async def test_rules_that_break_down_fail_their_record_alone(sim, monkeypatch, file, party, code):
    real, calls = events.process, []

    def fragile(section, node, context):
        calls.append(node)
        if len(calls) == 1:
            raise ZeroDivisionError("a rule with a fault")
        return real(section, node, context)

    monkeypatch.setattr(events, "process", fragile)
    document = sample(file)
    one = etree.fromstring(document)
    section = one.find("CreateStudent") if party == "school" else one.find("CreateEV")
    if len(section) == 1:
        section.append(etree.fromstring(etree.tostring(section[0])))
        section[1].set("requestID", "another")
    reply = await through(sim, etree.tostring(one), getattr(sim, party)())
    first, *others = outcomes(reply)
    assert first[1] == code
    assert others
    assert {each for _, each in others} == {""}
    message = reply.log.findtext("BatchDetail/Process/Record/Result/ErrorMessage")
    assert "ZeroDivisionError in the simulator" in message


async def test_a_form_that_cannot_be_printed_is_missing_and_told_and_nothing_else(sim, monkeypatch):
    real = night.render

    def fragile(request):
        if "ra" in str(request):
            raise ValueError("no glyphs")
        return real(request)

    def broken(*_):
        raise ValueError("no glyphs")

    monkeypatch.setattr(FormPool, "render_all", broken)
    monkeypatch.setattr(night, "render", fragile)
    reply = await through(sim, students("BATCH-PRINT-01", student("r0"), student("r1")))
    assert outcomes(reply) == [("r0", ""), ("r1", "")]
    assert reply.names == ["sevis_transaction_log.xml", f"{sevis_ids(reply)['r1']}.pdf"]
    [entry] = await sim.journal.query("default", "batch.processed")
    assert entry.detail["unprinted"] == [f"{sevis_ids(reply)['r0']}.pdf: ValueError: no glyphs"]
    assert len(await sim.store.read(lambda tx: tx.records.list("default", "alpha"))) == 2


async def test_a_batch_is_processed_once_however_often_it_is_due(sim):
    reply = await through(sim, students("BATCH-ONCE-001", student("r1")))
    [batch] = await sim.store.read(lambda tx: tx.batches.list("default"))
    sandbox = sim.default.sandbox
    assert await night.process_batch(sandbox, batch.key, sim.clock.now(), FormPool()) is None
    assert await night.process_batch(sandbox, batch.key + 1, sim.clock.now(), FormPool()) is None
    assert (await download(sim, "BATCH-ONCE-001", system="alpha")).body == reply.body


async def test_the_result_is_stamped_with_the_due_instant_however_late_the_night_runs(sim):
    await upload(sim, students("BATCH-LATE-001", student("r1")))
    await sim.clock.advance("+20bd")
    reply = await download(sim, "BATCH-LATE-001")
    assert reply.log.find("BatchDetail/Process").get("dateTimeStamp") == "2026-03-06T22:00:00.000-05:00"
    [stored] = await sim.store.read(lambda tx: tx.records.list("default", "production"))
    assert stored.instant == datetime.fromisoformat("2026-03-06T22:00-05:00")


async def test_other_batches_before_it_change_no_byte_of_a_result():
    document = students("BATCH-ALONE-01", student("r1"), bad_funding("r2"))
    bodies = []
    for others in (0, 3):
        async with Simulator(clock=FRIDAY, seed=5) as sim:
            for number in range(others):
                other = students(f"BATCH-OTHER-0{number}", student(f"o{number}"))
                assert (await upload(sim, other)).code == "S0000"
            await upload(sim, document)
            await sim.clock.advance("next-business-day")
            bodies.append((await download(sim, "BATCH-ALONE-01")).body)
    assert bodies[0] == bodies[1]


async def test_the_seed_decides_the_sevis_ids(sim):
    ids = []
    for seed in (1, 2):
        async with Simulator(clock=FRIDAY, seed=seed) as other:
            ids.append(sevis_ids(await through(other, students("BATCH-SEED-001", student("r1"))))["r1"])
    assert ids[0] != ids[1]


async def test_records_of_an_organization_that_has_gone_fail_and_the_batch_does_not_hang(sim):
    await upload(sim, students("BATCH-GONE-001", student("r1")), system="alpha")
    await sim.store.run(lambda tx: tx.organizations.delete("default", "ABC214F00012000"))
    await sim.clock.advance("+6s")
    [batch] = await sim.store.read(lambda tx: tx.batches.list("default"))
    assert (batch.status, batch.success, batch.failure) == ("processed", 0, 1)


async def test_a_full_batch_of_250_records_goes_through_with_its_forms(sim):
    document = students("BATCH-FULL-001", *(student(f"r{number}") for number in range(250)))
    reply = await through(sim, document)
    assert [code for _, code in outcomes(reply)] == [""] * 250
    assert len(set(sevis_ids(reply).values())) == 250
    assert len(reply.names) == 251


def test_the_sample_files_name_different_batches():
    ids = [etree.fromstring(file.read_bytes()).findtext("BatchHeader/BatchID") for file in FILES.glob("*.xml")]
    assert len(set(ids)) == len(ids)
    assert with_batch(sample("students.xml"), "BATCH-X").count(b"BATCH-X") == 1
