"""What lint finds in scenarios, with its place; and what it leaves alone."""

import pytest

from sevis_sim.resources import folder
from sevis_sim.runner.lint import lint
from sevis_sim.scenarios import load_sources

FILES = folder("scenarios") / "files"
RECORD = (
    "records: [{sevisID: N9904705123, org: ABC214F00012000, status: ACTIVE,"
    " EducationalInfo: {PrgStartDate: 2025-08-20, PrgEndDate: 2027-05-20}}]"
)
SEND = "  - upload: {batchId: TEST0000000001, records: [{create: STU-001, requestId: a}]}"


@pytest.fixture
def found(tmp_path):
    def look(*lines, clock="2026-03-03T10:00:00-05:00"):
        file = tmp_path / "f.yaml"
        head = ["scenario: t", "summary: x", f"clock: {clock}"]
        file.write_text("\n".join([*head, *lines]) + "\n", encoding="utf-8")
        [source] = load_sources(file)
        return [str(each).removeprefix(f"{tmp_path}/") for each in lint(source)]

    return look


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["steps:", "  - upload: {file: nowhere.xml}"], "f.yaml:5:20: steps[0].upload.file: the file "),
        (
            ["steps:", "  - upload: {file: FILES/two-students.xml}", "organizations: [{id: P-1-12345}]"],
            "f.yaml:5:20: steps[0].upload.file: there is no organization 'ABC214F00012000'",
        ),
        (
            ["steps:", "  - upload: {file: FILES/two-students.xml, expect: S1024}"],
            "steps[0].upload.expect: 'S1024' is no code of uploads and downloads",
        ),
        (["steps:", SEND, "  - use: my"], "f.yaml:6:10: steps[1].use: there is no certificate 'my'"),
        (["steps:", SEND, "  - restore: x"], "f.yaml:6:14: steps[1].restore: there is no snapshot 'x'"),
        (
            ["steps:", "  - certificate: {issue: exspired, name: x}"],
            "f.yaml:5:26: steps[0].certificate.issue: ",
        ),
        (
            ["steps:", "  - fault: {at: upload, do: dorp}"],
            "f.yaml:5:29: steps[0].fault.do: upload does not know 'dorp' (did you mean 'drop'?)",
        ),
        (
            ["steps:", SEND, "  - download: {batchId: TEST0000000001}"],
            "steps[1].download: its result is there from Wed 2026-03-04 06:00:00",
        ),
        (
            ["steps:", SEND, "  - advance: 2026-03-02T10:00:00-05:00"],
            "f.yaml:6:14: steps[1].advance: time never moves backward: it is Tue 2026-03-03 10:00:00 then",
        ),
        (["steps:", SEND, SEND], "steps[1].upload: TEST0000000001 is used already, so this is S0010"),
        (
            ["steps:", SEND, "expect:", "  - {batch: TEST0000000002, process: S0000}"],
            "f.yaml:7:13: expect[0].batch: there is no batch that a step uploads 'TEST0000000002' (did you mean",
        ),
        (
            ["steps:", SEND, "expect:", "  - {batch: TEST0000000001, process: S0000}"],
            "expect[0].batch: the steps end before TEST0000000001 is processed, on Tue 2026-03-03 22:00",
        ),
        (
            ["steps:", SEND, "  - advance: +1d", "expect:", "  - {batch: TEST0000000001, success: 2}"],
            "expect[0].success: 2 records are expected, but the batch has 1",
        ),
        (
            ["steps:", SEND, "  - advance: +1d", "expect:", "  - {batch: TEST0000000001, results: {b: success}}"],
            "f.yaml:8:39: expect[0].results.b: there is no record of the batch 'b'",
        ),
        (
            ["steps:", SEND, "  - advance: +1d", "expect:", "  - {batch: TEST0000000001, results: {a: S1025X}}"],
            "expect[0].results.a: 'S1025X' is no code of SEVIS (did you mean 'S1025'?)",
        ),
        (
            ["steps:", SEND, "  - advance: +1d", "expect:", "  - {batch: TEST0000000001, results: {a: S1068}}"],
            "expect[0].results.a: S1068 cannot occur in CreateStudent; it occurs in Registration",
        ),
        (
            ["steps:", SEND, "expect:", "  - {record: TEST0000000001/b, status: INITIAL}"],
            "f.yaml:7:14: expect[0].record: no step uploads a batch TEST0000000001 with a record b",
        ),
        (
            [RECORD, "steps:", SEND, "expect:", "  - {record: N9904705124, status: ACTIVE}"],
            "expect[0].record: there is no record 'N9904705124' (did you mean 'N9904705123'?)",
        ),
        (
            [RECORD, "steps:", SEND, "expect:", "  - {record: N9904705123, status: ACTIV}"],
            "expect[0].status: there is no status 'ACTIV' (did you mean 'ACTIVE'?)",
        ),
        (
            [RECORD.replace("2027", "2024")],
            "records[0]: the program ends on 2024-05-20, before it starts on 2025-08-20",
        ),
        (["steps:", SEND, "expect: [{log: TEST0000000001, values: {a: b}}]"], "no step downloads TEST0000000001"),
    ],
)
def test_what_cannot_be_is_an_error_with_its_place(found, lines, told):
    said = found(*(line.replace("FILES", str(FILES)) for line in lines))
    assert any(told in each and each.endswith("[error]") for each in said), said


def test_a_scenario_that_can_be_played_has_no_findings(found):
    assert (
        found(
            RECORD,
            "steps:",
            SEND,
            "  - wait: {batchId: TEST0000000001}",
            "  - download: {batchId: TEST0000000001, forms: 1}",
            "expect:",
            "  - {batch: TEST0000000001, process: S0000, results: {a: success}}",
            "  - {record: N9904705123, status: ACTIVE}",
        )
        == []
    )


def test_what_faults_and_forced_outcomes_bring_about_is_no_error(found):
    assert (
        found(
            "outcomes: [{match: {requestId: a}, error: S1068}]",
            "faults: [{at: upload, first: 1, phase: after, do: reset}]",
            "steps:",
            SEND.replace("]}", "], expect: no-answer}"),
            "  - wait: {batchId: TEST0000000001}",
            "  - download: {batchId: TEST0000000001}",
            "expect: [{batch: TEST0000000001, results: {a: S1068}}]",
        )
        == []
    )
