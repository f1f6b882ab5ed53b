import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sevis_sim.scenarios import Scenario, ScenarioError, load_scenario, parse_scenario
from sevis_sim.scenarios.world import OrganizationEntry, RecordEntry


def problems(*lines):
    with pytest.raises(ScenarioError) as caught:
        parse_scenario("\n".join(("scenario: x", *lines)), "f")
    return [str(problem) for problem in caught.value.problems]


def record(**changes):
    entry = {"sevisID": "N9900000001", "org": "ABC214F00012000", "status": "ACTIVE"} | changes
    return "- " + json.dumps(entry)


SHORT = {
    "STUDENT": "sevisID: N9900000001, org: ABC214F00012000, status: ACTIVE",
    "VISITOR": "sevisID: N9900000001, org: P-1-12345, status: ACTIVE",
    "PDSO": "{id: pdso000001, role: PDSO}",
}


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (
            "records: §x",
            "records: 'x' stands here; expected a list",
        ),
        (
            "records: [§x]",
            "records[0]: 'x' stands here; expected a mapping (key: value)",
        ),
        (
            "clock: §tomorow",
            "clock: 'tomorow' is no clock: expected 'real', a time with offset (2026-03-06T21:50-05:00) to stand ",
        ),
        (
            "system: §prodution",
            "system: 'prodution' is not allowed here (did you mean 'production'?); expected production, beta or a",
        ),
        (
            "organizations:\n- §{}",
            "organizations[0]: the key 'id' is missing: school code (three letters, 214F, eight digits) or progra",
        ),
        (
            "organizations:\n- {id: §abc214f00012000}",
            "organizations[0].id: 'abc214f00012000' is no school code (three capital letters, 214F, eight digits:",
        ),
        (
            "organizations:\n- {id: §P-5-12345}",
            "organizations[0].id: 'P-5-12345' is no school code (three capital letters, 214F, eight digits: ABC21",
        ),
        (
            "organizations:\n- {id: G-7-12345, kind: §school}",
            "organizations[0].kind: 'school' stands here, but G-7-12345 is the id of a sponsor",
        ),
        (
            "organizations:\n- {id: G-7-12345, §publc: true}",
            "organizations[0].publc: unknown key 'publc' (did you mean 'public'?)",
        ),
        (
            "organizations:\n- {id: G-7-12345, §public: true}",
            "organizations[0].public: only a school has 'public'; G-7-12345 is a sponsor",
        ),
        (
            "organizations:\n- {id: G-7-12345, §levels: [04]}",
            "organizations[0].levels: only a school has 'levels'; G-7-12345 is a sponsor",
        ),
        (
            "organizations:\n- {id: ABC214F00012000, §form_limit: 3}",
            "organizations[0].form_limit: only a sponsor has 'form_limit'; ABC214F00012000 is a school",
        ),
        (
            "organizations:\n- {id: P-1-12345, form_limit: §-1}",
            "organizations[0].form_limit: '-1' stands here; expected at least 0",
        ),
        (
            "organizations:\n- {id: P-1-12345, categories: [1A, §1Z]}",
            "organizations[0].categories[1]: '1Z' is no code of the table ev-category",
        ),
        (
            "organizations:\n- {id: P-1-12345, occupations: [§x]}",
            "organizations[0].occupations[0]: 'x' is no code of the table occupation-category",
        ),
        (
            "organizations:\n- {id: ABC214F00012000, levels: [§4]}",
            "organizations[0].levels[0]: '4' is no code of the table education-level (did you mean '04'?)",
        ),
        (
            "organizations:\n- {id: ABC214F00012000, visas: [§J-1]}",
            "organizations[0].visas[0]: 'J-1' is not allowed here (did you mean 'M-1'?); expected F-1 or M-1",
        ),
        (
            "organizations:\n- {id: ABC214F00012000, active: §maybe}",
            "organizations[0].active: 'maybe' stands here; expected true or false",
        ),
        (
            "organizations:\n- {id: ABC214F00012000, approval_date: §2003}",
            "organizations[0].approval_date: '2003' stands here; expected a day such as 2026-03-06",
        ),
        (
            "organizations:\n- {id: P-1-12345}\n- {id: §P-1-12345}",
            "organizations[1].id: P-1-12345 stands here twice, first as organizations[0]",
        ),
        (
            "organizations:\n- {id: ABC214F00012000, users: [{id: pdso000001, role: §Pdso}]}",
            "organizations[0].users[0].role: 'Pdso' is not allowed here (did you mean 'PDSO'?); expected PDSO, DS",
        ),
        (
            "organizations:\n- {id: ABC214F00012000, users: [PDSO, {id: aro0000001, role: §ARO}]}",
            "organizations[0].users[1].role: ARO is no role at a school; expected PDSO or DSO",
        ),
        (
            "organizations:\n- id: P-1-12345\n  users: [{id: pdso000001, role: §DSO}]",
            "organizations[0].users[0].role: DSO is no role at a sponsor; expected RO or ARO",
        ),
        (
            "organizations:\n- id: P-1-12345\n  users:\n  - {id: §'ro 0000001', role: RO}",
            "organizations[0].users[0].id: 'ro 0000001' has 10 characters; expected a user ID: ten, without blank",
        ),
        (
            "records:\n- {sevisID: §N990000000, org: ABC214F00012000, status: ACTIVE}",
            "records[0].sevisID: 'N990000000' is no SEVIS ID; expected N and ten digits, such as N9904705123",
        ),
        (
            "records:\n- {sevisID: §n9900000001, org: ABC214F00012000, status: ACTIVE}",
            "records[0].sevisID: 'n9900000001' is no SEVIS ID; expected N and ten digits, such as N9904705123",
        ),
        (
            "records:\n- {sevisID: §N99000000٠1, org: ABC214F00012000, status: ACTIVE}",
            "records[0].sevisID: 'N99000000٠1' is no SEVIS ID; expected N and ten digits, such as N9904705123",
        ),
        (
            "records:\n- {sevisID: N9900000001, org: §ABC214F00012001, status: ACTIVE}",
            "records[0].org: the scenario has no organization 'ABC214F00012001' (did you mean 'ABC214F00012000'?)",
        ),
        (
            "records:\n- {STUDENT, population: §exchangeVisitor}",
            "records[0].population: ABC214F00012000 is a school; the population of its records is student",
        ),
        (
            "records:\n- {STUDENT, population: §students}",
            "records[0].population: 'students' is not allowed here (did you mean 'student'?); expected student or",
        ),
        (
            "records:\n- {sevisID: N9900000001, org: ABC214F00012000, status: §INACTIVE}",
            "records[0].status: 'INACTIVE' is no status of a student record (did you mean 'ACTIVE'?)",
        ),
        (
            "records:\n- {STUDENT, facts: §[]}",
            "records[0].facts: a list stands here; expected a mapping (key: value)",
        ),
        (
            "life_cycle: {§student-noshow: 3}",
            "life_cycle.student-noshow: unknown job 'student-noshow' (did you mean 's",
        ),
        (
            "life_cycle: {visitor-inactive: §soon}",
            "life_cycle.visitor-inactive: 'soon' stands here; expected on, off or",
        ),
        (
            "records:\n- {STUDENT, facts: {§arived: true}}",
            "records[0].facts.arived: unknown fact 'arived' (did you mean 'arrived'?)",
        ),
        (
            "records:\n- {STUDENT, facts: {arrived: §2025-02-30}}",
            "records[0].facts.arrived: '2025-02-30' stands here; arrived is true, false or a day such as 2026-03-06",
        ),
        (
            "records:\n- {STUDENT, facts: {changeOfStatus: §perhaps}}",
            "records[0].facts.changeOfStatus: 'perhaps' stands here; changeOfStatus is pending or approved or denied",
        ),
        (
            "records:\n- {STUDENT, Dependents: [{sevisID: N9900000002, facts: {§transferIn: true}}]}",
            "records[0].Dependents[0].facts.transferIn: 'transferIn' is no fact of a dependent",
        ),
        (
            "records:\n- {STUDENT}\n- {sevisID: §N9900000001, org: P-1-12345, status: ACTIVE}",
            "records[1].sevisID: N9900000001 stands here twice, first as records[0]",
        ),
        (
            "records:\n- {STUDENT, Dependents: [{sevisID: §N9900000001}]}",
            "records[0].Dependents[0].sevisID: N9900000001 stands here twice, first as records[0]",
        ),
        (
            "records:\n- {STUDENT, Dependents: [{sevisID: N9900000002, status: §NO SHOW}]}",
            "records[0].Dependents[0].status: 'NO SHOW' is no status of a student record; expected ACTIVE, CANCEL",
        ),
        (
            "records:\n- {STUDENT, Dependents: [§{status: ACTIVE}]}",
            "records[0].Dependents[0]: the key 'sevisID' is missing: SEVIS ID: N and ten digits",
        ),
        (
            "records:\n- {STUDENT, Dependents: [{sevisID: N9900000002, §PersonalInfo: {}}]}",
            "records[0].Dependents[0].PersonalInfo: unknown element 'PersonalInfo'; known here: FullName, BirthDa",
        ),
        (
            "records:\n- {STUDENT, §Sites: [{}]}",
            "records[0].Sites: only exchange visitors have sites of activity",
        ),
        (
            "records:\n- {VISITOR, Sites: [{siteID: 1}, {siteID: §1}]}",
            "records[0].Sites[1].siteID: the site 1 stands here twice",
        ),
        (
            "records:\n- {VISITOR, Sites: [{siteID: §12345678901}]}",
            "records[0].Sites[0].siteID: '12345678901' stands here; expected another form, such as 108087",
        ),
        (
            "records:\n- {VISITOR, Sites: [{type: §SAO}]}",
            "records[0].Sites[0].type: 'SAO' is not allowed here (did you mean 'SOA'?); expected SOA, EXEMPT, SEE",
        ),
        (
            "faults: [§{at: upload}]",
            "faults[0]: do: say what goes wrong at upload: delay, drop, reset",
        ),
        (
            "faults: [{at: §uplod, do: drop}]",
            "faults[0].at: 'uplod' is not allowed here (did you mean 'upload'?); expected upload, download",
        ),
        (
            "faults: [{at: upload, do: §dorp}]",
            "faults[0].do: upload does not know 'dorp' (did you mean 'drop'?); known: delay, drop",
        ),
        (
            "faults: [{at: upload, do: drop, whom: §{organisation: ABC}}]",
            "faults[0].whom: nothing is known as 'organisation' (did you mean 'organization'?)",
        ),
        (
            "faults: [{at: upload, do: drop, §frist: 2}]",
            "faults[0].frist: unknown key 'frist' (did you mean 'first'?)",
        ),
        (
            "faults:\n- {preset: results-late}\n- {preset: §result-late}",
            "faults[1].preset: there is no preset 'result-late' (did you mean 'results-late'?)",
        ),
        (
            "faults:\n- {preset: hang}\n- §{preset: hang}",
            "faults[1]: there is a fault 'hang' already: clear it first, or choose another name",
        ),
        (
            "outcomes: [{match: §{}, error: S1024}]",
            "outcomes[0].match: the key 'requestId' is missing: the record's requestID in the batch",
        ),
        (
            "outcomes: [{match: {requestId: a}, error: §S0000}]",
            "outcomes[0].error: S0000 is a code of uploads and downloads; expected one of a record",
        ),
        (
            "outcomes: [{match: {requestId: a}, error: §S0004}]",
            "outcomes[0].error: 'S0004' is no code of SEVIS (did you mean 'S2004'?)",
        ),
        (
            "steps: [§{}]",
            "steps[0]: no action in one step; expected exactly one of upload, download, poll, advance",
        ),
        (
            "steps: [{download: §x}]",
            "steps[0].download: 'x' stands here; expected a mapping (key: value)",
        ),
        (
            "steps: [{advance: §-1s}]",
            "steps[0].advance: '-1s' leads back, but time only moves forward: expected a time with offset (2026-0",
        ),
        (
            "steps: [{advance§: }]",
            "steps[0].advance: nothing stands here; expected what advance needs",
        ),
        (
            "expect: [§x]",
            "expect[0]: 'x' stands here; expected a mapping (key: value)",
        ),
    ],
)
def test_what_is_wrong_has_its_place_and_its_remedy(marked, expected):
    """The mark § stands where the error is."""
    for short, text in SHORT.items():
        marked = marked.replace(f"{{{short}", f"{{{text}").replace(f"[{short}", f"[{text}")
    before = marked[: marked.index("§")]
    line, column = before.count("\n") + 2, len(before) - (before.rfind("\n") + 1) + 1
    found = problems(marked.replace("§", ""))
    assert [each for each in found if each.startswith(f"f:{line}:{column}: {expected}")], found


def test_all_that_is_wrong_is_told_at_once_in_the_order_of_the_file():
    found = problems("clock: noon", "sumary: x", "organizations: [{id: x}]", "records: [{}]", "steps: x")
    assert [line.split(":")[1] for line in found] == ["2", "3", "4", "5", "5", "5", "6"]


def test_parts_that_do_not_agree_are_all_told():
    found = problems("records:", record(status="x", Remrks="y"), record(org="P-1-99999"))
    assert len(found) == 4
    assert [line.split(":")[1] for line in found] == ["3", "3", "4", "4"]


def test_a_file_of_a_shipped_name_is_pointed_to(tmp_path):
    with pytest.raises(ScenarioError, match=r"no\.yaml:1:1: the file cannot be read: No such file or directory$"):
        load_scenario(tmp_path / "no.yaml")
    with pytest.raises(ScenarioError, match=r"the shipped scenario of that name is .*friday-cutoff\.yaml$"):
        load_scenario("friday-cutoff")


def test_a_scenario_made_in_a_program_is_checked_too():
    with pytest.raises(ValidationError, match="P-1-99999"):
        Scenario.model_validate(
            {"scenario": "x", "records": [{"sevisID": "N9900000001", "org": "P-1-99999", "status": "ACTIVE"}]}
        )


more_keys = ("sevisID", "Dependents", "Sites", "PersonalInfo", "FullName", "match", "error", "upload", "advance")
keys = st.sampled_from([*Scenario.model_fields, *OrganizationEntry.model_fields, *RecordEntry.model_fields, *more_keys])
words = st.sampled_from(["x", "", "1", "P-1-12345", "N9900000001", "ACTIVE", "PDSO", "valid", "S1024", "2026-01-01"])


@given(
    st.dictionaries(
        keys,
        st.recursive(
            words | st.none() | st.booleans(),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
            max_leaves=12,
        ),
        max_size=5,
    )
)
def test_no_scenario_makes_the_loader_raise_anything_else(value):
    text = json.dumps({"scenario": "x"} | value, indent=1)
    with contextlib.suppress(ScenarioError):
        scenario = parse_scenario(text, "f")
        scenario.to_organizations()
        scenario.to_records()
        scenario.forced_codes()
