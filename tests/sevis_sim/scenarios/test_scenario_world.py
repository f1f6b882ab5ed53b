"""What a scenario says, as the nouns that the simulator works with."""

import json
from pathlib import Path

import pytest

from sevis_sim.clock import parse_clock
from sevis_sim.domain.organizations import Official, Organization
from sevis_sim.domain.records import Dependent
from sevis_sim.resources import folder
from sevis_sim.scenarios import jsonschema, load_scenario, parse_scenario

SHIPPED = sorted(folder("scenarios").glob("*.yaml"))


def parse(*lines):
    return parse_scenario("\n".join(("scenario: x", *lines)), "f")


def test_an_organization_with_nothing_else_said_may_do_everything():
    school, sponsor = parse("organizations: [{id: ABC214F00012000}, {id: P-1-12345}]").to_organizations()
    assert school == Organization("ABC214F00012000", "school")
    assert sponsor == Organization("P-1-12345", "sponsor")


def test_all_that_is_said_of_a_school_arrives():
    [school] = parse(
        "organizations:",
        "- id: ABC214F00012000",
        "  kind: school",
        "  name: 2001",
        "  address: |",
        "    1 Main Street",
        "    Springfield, IL 62701",
        "  place: Springfield, IL",
        "  phone: 2175550100",
        "  approval_date: 2003-01-30",
        "  active: false",
        "  public: yes",
        "  visas: [F-1]",
        "  levels: [04, 05]",
        "  users:",
        "  - {id: pdso000001, role: PDSO, name: Pat Sample, title: Dean}",
        "  - {id: 0123456789, role: DSO, active: false}",
    ).to_organizations()
    assert school == Organization(
        id="ABC214F00012000",
        kind="school",
        name="2001",
        address=("1 Main Street", "Springfield, IL 62701"),
        place="Springfield, IL",
        phone="2175550100",
        approval_date="2003-01-30",
        active=False,
        public=True,
        visas=frozenset({"F-1"}),
        levels=frozenset({"04", "05"}),
        officials=(
            Official("pdso000001", "PDSO", "Pat Sample", "Dean"),
            Official("0123456789", "DSO", active=False),
        ),
    )


def test_all_that_is_said_of_a_sponsor_arrives():
    [sponsor] = parse(
        "organizations:",
        "- {id: P-1-12345, categories: [1A, 05], occupations: [01], form_limit: 7, korea_west: true}",
    ).to_organizations()
    assert sponsor == Organization(
        id="P-1-12345",
        kind="sponsor",
        categories=frozenset({"1A", "05"}),
        occupations=frozenset({"01"}),
        form_limit=7,
        korea_west=True,
    )


def test_a_scenario_without_organizations_has_the_default_ones_and_an_empty_list_none():
    assert [each.id for each in parse().to_organizations()] == ["ABC214F00012000", "P-1-12345"]
    assert parse("organizations: []").to_organizations() == ()


def test_population_and_dependents_follow_the_record_where_nothing_is_said():
    student, visitor = parse(
        "records:",
        "- {sevisID: N9900000001, org: ABC214F00012000, status: INITIAL, Dependents: [{sevisID: N9900000002,",
        "   Relationship: 01, FullName: {LastName: Null, FirstName: }}]}",
        "- {sevisID: N9900000003, org: P-1-12345, status: NO SHOW}",
    ).to_records()
    assert (student.population, visitor.population) == ("student", "exchangeVisitor")
    assert student.dependents == [
        Dependent("N9900000002", "INITIAL", {"Relationship": "01", "FullName": {"LastName": "Null", "FirstName": ""}})
    ]
    assert visitor.status == "NO SHOW"


def test_facts_that_are_true_or_false_are_no_texts():
    [record] = parse(
        "records:",
        "- sevisID: N9900000001",
        "  org: P-1-12345",
        "  status: INITIAL",
        "  facts: {visaIssued: false, i901Paid: true, arrived: 2026-01-02, changeOfStatus: pending}",
        "  Dependents: [{sevisID: N9900000002, facts: {visaIssued: true}}]",
    ).to_records()
    assert record.facts == {
        "visaIssued": False,
        "i901Paid": True,
        "arrived": "2026-01-02",
        "changeOfStatus": "pending",
    }
    assert record.dependents[0].facts == {"visaIssued": True}


SITES = (
    "records:",
    "- sevisID: N9900000001",
    "  org: P-1-12345",
    "  status: ACTIVE",
    "  Sites:",
    "  - {siteID: 108087, SiteName: Here, PostalCode: 02139, PrimarySite: true}",
    "  - {type: EXEMPT, Remarks: none}",
    "  - {type: TIPP, SiteName: There, TippPhase: {PhaseName: one}}",
)


def test_sites_and_phases_have_ids_that_follow_from_the_record():
    first, again = (parse(*SITES).to_records()[0].sites for _ in range(2))
    assert first == again
    addressed, exempt, plan = first
    assert addressed.site_id == "108087"
    assert addressed.data == {"@type": "SOA", "SiteName": "Here", "PostalCode": "02139", "PrimarySite": "true"}
    assert exempt.data == {"@type": "EXEMPT", "Remarks": "none"}
    [phase] = plan.data["TippPhase"]
    assert "@type" not in plan.data
    ids = {addressed.site_id, exempt.site_id, plan.site_id, phase["PhaseId"]}
    assert len(ids) == 4
    assert all(each.isdigit() and int(each) < 2**31 for each in ids)


def test_outcomes_are_known_by_the_request():
    codes = parse("outcomes:", "- {match: {requestId: 042}, error: S1024}", "- {match: {requestId: b}, error: S9999}")
    assert codes.forced_codes() == {"042": "S1024", "b": "S9999"}


def test_steps_and_expectations_are_kept_for_those_who_play_them():
    scenario = parse("steps:", "- upload: {file: a.xml}", "- advance: 30s", "expect: [{batch: a, success: 1}]")
    assert [step.action for step in scenario.steps] == ["upload", "advance"]
    assert (scenario.steps[0].upload.file, scenario.steps[1].advance) == ("a.xml", "30s")
    assert [(each.kind, each.batch, each.success) for each in scenario.expect] == [("batch", "a", 1)]


def test_files_stand_beside_the_scenario_or_in_files(tmp_path):
    (tmp_path / "files").mkdir()
    for name in ("files/a.xml", "files/b.xml", "b.xml"):
        (tmp_path / name).touch()
    (tmp_path / "s.yaml").write_text("scenario: s\n")
    scenario = load_scenario(tmp_path / "s.yaml")
    assert scenario.file("a.xml") == tmp_path / "files" / "a.xml"
    assert scenario.file("b.xml") == tmp_path / "b.xml"
    assert scenario.file("c.xml") == tmp_path / "c.xml"
    assert parse().file("c.xml") == Path("c.xml")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_files_of_shipped_scenarios_are_shipped_and_fit_their_organizations(path):
    from lxml import etree

    scenario = load_scenario(path)
    organizations = {each.id: each for each in scenario.to_organizations()}
    for step in scenario.steps:
        if step.upload is not None and step.upload.file is not None:
            root = etree.parse(scenario.file(step.upload.file)).getroot()
            organization = organizations[root.findtext("BatchHeader/OrgID")]
            assert organization.official(root.get("userID"))


def test_the_cut_off_scenario_begins_a_second_before_it():
    scenario = load_scenario(folder("scenarios") / "friday-cutoff.yaml")
    assert parse_clock(scenario.clock).now().isoformat() == "2026-03-07T02:59:59+00:00"
    assert scenario.to_records()[0].data["PersonalInfo"]["VisaType"] == "01"


def test_the_2016_scenario_is_that_of_the_recorded_batch():
    scenario = load_scenario(folder("scenarios") / "alpha-2016.yaml")
    [sponsor] = scenario.to_organizations()
    assert (scenario.system, sponsor.id, sponsor.officials[0].id) == ("alpha", "P-1-19833", "esayya9302")
    assert parse_clock(scenario.clock).now().isoformat() == "2016-05-04T17:15:00+00:00"


def test_a_stale_schema_is_told_and_mended(tmp_path, capsys):
    file = tmp_path / "s.json"
    assert jsonschema.main(["--check", "-o", str(file)]) == 1
    assert "python -m sevis_sim.scenarios.jsonschema" in capsys.readouterr().err
    assert jsonschema.main(["-o", str(file)]) == 0
    assert jsonschema.main(["--check", "-o", str(file)]) == 0
    file.write_text(file.read_text().replace("sevisID", "sevisId"))
    assert jsonschema.main(["--check", "-o", str(file)]) == 1


def test_the_schema_offers_elements_of_both_populations_and_nothing_else():
    definitions = json.loads(jsonschema.text())["$defs"]
    record = definitions["RecordEntry"]
    assert {"PersonalInfo", "Biographical", "Dependents", "Sites", "sevisID", "facts"} <= set(record["properties"])
    assert record["additionalProperties"] is False
    assert "CreateDependent" not in record["properties"]
    assert any("NO SHOW" in choice.get("enum", ()) for choice in record["properties"]["status"]["anyOf"])
    visa = record["properties"]["PersonalInfo"]["properties"]["VisaType"]
    assert visa == {
        "type": ["string", "number", "null"],
        "description": visa["description"],
    }, "01 without quotes is a number to other readers of YAML"
    assert "01 F-1" in visa["description"]


def test_every_shipped_scenario_fits_the_schema():
    schema = jsonschema.schema()
    for path in SHIPPED:
        assert list(strangers(written(path), schema, schema)) == []


def test_the_schema_refuses_what_the_loader_refuses():
    schema = jsonschema.schema()
    assert list(strangers({"scenario": "x", "sumary": "y"}, schema, schema)) == ["sumary"]
    record = {"sevisID": "N9900000001", "PersonalInfo": {"FulName": {}}}
    assert list(strangers({"records": [record]}, schema, schema)) == ["records/0/PersonalInfo/FulName"]


def written(path):
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def strangers(value, schema, root, at=""):
    """Yield the paths of keys that a schema does not list: as much of JSON Schema as tells whether a key is known."""
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    if "anyOf" in schema:
        tries = [list(strangers(value, each, root, at)) for each in schema["anyOf"]]
        yield from min(tries, key=len)
    elif isinstance(value, dict) and "properties" in schema:
        for key, inner in value.items():
            below = f"{at}/{key}" if at else key
            if key in schema["properties"]:
                yield from strangers(inner, schema["properties"][key], root, below)
            elif schema.get("additionalProperties") is False:
                yield below
    elif isinstance(value, list) and "items" in schema:
        for number, inner in enumerate(value):
            yield from strangers(inner, schema["items"], root, f"{at}/{number}")
