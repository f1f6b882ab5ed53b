from pathlib import Path
from typing import get_args

import pytest
from support import RO, SPONSOR, download, sample, upload

from sevis_sim import Simulator
from sevis_sim.pki import profiles
from sevis_sim.resources import folder
from sevis_sim.scenarios import ScenarioError, default_scenario, jsonschema, load_scenario, parse_scenario
from sevis_sim.scenarios.world import Certificate

SHIPPED = sorted(folder("scenarios").glob("*.yaml"))

STUDENT = """
scenario: known-student
clock: 2026-03-06T14:00-05:00
records:
  - sevisID: N9904705123
    org: ABC214F00012000
    population: student
    status: ACTIVE
    PersonalInfo: {FullName: {LastName: SAMPLE, FirstName: LIN}, BirthDate: 2004-05-01, Gender: F,
      BirthCountryCode: FR, CitizenshipCountryCode: FR, VisaType: 01}
    EducationalInfo: {PrgStartDate: 2025-08-20, PrgEndDate: 2027-05-20}
    Dependents: [{sevisID: N9904705124, status: ACTIVE, Relationship: 01}]
outcomes:
  - {match: {requestId: forced}, error: S1025}
"""


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
async def test_every_shipped_scenario_loads_and_starts(path):
    scenario = load_scenario(path)
    assert scenario.summary
    assert scenario.scenario == path.stem
    async with Simulator(scenario=path) as sim:
        assert sim.parties


def test_the_default_scenario_has_a_school_and_a_sponsor_with_one_certificate():
    school, sponsor = default_scenario().to_organizations()
    assert (school.kind, school.official("pdso000001").role, school.levels, school.public) == (
        "school",
        "PDSO",
        None,
        False,
    )
    assert (sponsor.id, sponsor.official(RO).role, sponsor.categories, sponsor.form_limit) == (
        SPONSOR,
        "RO",
        None,
        None,
    )


def test_the_published_json_schema_is_fresh():
    assert jsonschema.main(["--check"]) == 0


async def test_records_that_sevis_knows_can_be_updated_and_outcomes_be_forced(tmp_path):
    file = tmp_path / "s.yaml"
    file.write_text(STUDENT)
    update = sample("students.xml").split(b"<CreateStudent>")[0] + (
        b'<UpdateStudent><Student sevisID="N9904705123" requestID="good" userID="pdso000001">'
        b'<PersonalInfo printForm="true"><FullName><LastName>NEW</LastName></FullName></PersonalInfo></Student>'
        b'<Student sevisID="N9904705123" requestID="forced" userID="pdso000001">'
        b'<PersonalInfo printForm="true"><FullName><LastName>NEWER</LastName></FullName></PersonalInfo></Student>'
        b"</UpdateStudent></SEVISBatchCreateUpdateStudent>"
    )
    async with Simulator(scenario=file) as sim:
        assert (await upload(sim, update)).code == "S0000"
        await sim.clock.advance("next-business-day")
        result = await download(sim, "BATCH000000003")
    good, forced = result.log.findall("BatchDetail/Process/Record")
    assert (good.get("sevisID"), good.find("Result").get("status")) == ("N9904705123", "true")
    assert forced.findtext("Result/ErrorCode") == "S1025"
    assert result.names == ["sevis_transaction_log.xml", "N9904705123.pdf"]


def test_a_scenario_knows_every_profile_of_certificates():
    assert set(get_args(Certificate)) == {*profiles(), "none"}


@pytest.mark.parametrize("kind", ["expired", "not-yet-valid", "revoked", "unregistered", "elsewhere"])
async def test_a_scenario_may_give_an_organization_a_bad_certificate(tmp_path, kind):
    file = tmp_path / "s.yaml"
    file.write_text(
        "scenario: bad-certificate\nclock: 2026-03-06T14:00-05:00\norganizations:\n"
        f"  - {{id: ABC214F00012000, users: [{{id: pdso000001, role: PDSO}}], certificate: {kind}}}\n"
    )
    async with Simulator(scenario=file) as sim:
        assert (await upload(sim, sample("students.xml"))).status == 403


RECORD = "scenario: x\nrecords:\n  - {sevisID: N9900000001, org: ABC214F00012000, status: ACTIVE}\n"
ORG = "organizations:\n  - {id: ABC214F00012000, users: [{id: pdso000001, role: PDSO}], certificate: valid}\n"


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("scenario: x\nsumary: y\n", "s:2:1", "summary"),
        ("scenario: Not A Name\n", "s:1:11", "Not A Name"),
        ("clock: 2026-03-06T14:00-05:00\n", "s:1:1", "scenario"),
        ("scenario: x\nclock: noon\n", "s:2:8", "noon"),
        ("scenario: x\nsystem: gamma\n", "s:2:9", "alpha"),
        ("scenario: x\n" + ORG.replace("PDSO}", "RO}"), "s:3:", "PDSO"),
        ("scenario: x\n" + ORG.replace("pdso000001", "pdso1"), "s:3:", "ten"),
        ("scenario: x\n" + ORG.replace("ABC214F00012000", "ABC"), "s:3:", "ABC"),
        ("scenario: x\n" + ORG.replace("certificate: valid", "certificate: vald"), "s:3:", "valid"),
        ("scenario: x\n" + ORG + ORG.split("\n", 1)[1], "s:4:", "ABC214F00012000"),
        ("scenario: x\nrecords:\n  - {sevisID: N1, org: ABC214F00012000, status: ACTIVE}\n", "s:3:", "N1"),
        (
            "scenario: x\nrecords:\n  - {sevisID: N9900000001, org: ABC214F00012000, status: ACTIV}\n",
            "s:3:",
            "ACTIVE",
        ),
        (RECORD.replace("}", ", PersonalInf: {}}"), "s:3:", "PersonalInfo"),
        ("scenario: x\nfaults:\n  - {at: download, do: dripp}\n", "s:3:24", "drip"),
        ("scenario: x\noutcomes:\n  - {match: {requestId: a}, error: S9}\n", "s:3:", "S9"),
    ],
)
def test_an_error_names_file_line_column_and_the_remedy(text, place, words):
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, "s")
    first = str(caught.value).splitlines()[0]
    assert first.startswith(place), first
    assert words in str(caught.value)


def test_a_missing_file_is_told():
    with pytest.raises(ScenarioError, match="nowhere"):
        load_scenario(Path("nowhere.yaml"))
