"""Playing scenarios: what steps do, and how it is told when something is not as expected."""

import json

from lxml import etree

from sevis_sim.resources import folder
from sevis_sim.runner import reports
from sevis_sim.runner.suite import Case, run_scenarios
from sevis_sim.scenarios import parse_scenario

SHIPPED = folder("scenarios") / "files"
HEAD = "scenario: t\nclock: 2026-03-03T10:00:00-05:00\n"
UPLOAD = "  - upload: {batchId: TEST0000000001, records: [{create: STU-001, requestId: a}]}\n"


async def play(*texts, **options):
    return await run_scenarios([Case(parse_scenario(HEAD + text), "t.yaml") for text in texts], **options)


async def one(text):
    [outcome] = await play(text)
    return outcome


async def test_a_step_that_ends_otherwise_says_why_and_the_others_go_on():
    outcome = await one("steps:\n  - upload: {file: nowhere.xml}\n")
    assert outcome.verdict == "error"
    assert "nowhere.xml cannot be read" in outcome.error

    outcome = await one(
        "steps:\n  - upload: {batchId: TEST0000000001, user: nobody0001, records: [{create: STU-001}]}\n"
        "  - download: {batchId: TEST0000000001, user: pdso000001, expect: S0031}\n"
    )
    assert outcome.verdict == "failed"
    assert len(outcome.problems) == 1
    assert outcome.problems[0].startswith("step 1 (upload TEST0000000001): expected S0000; got S0003")
    assert "nobody0001" in outcome.problems[0]
    assert outcome.steps[1].passed


async def test_expectations_that_are_not_met_say_what_is_there_instead():
    outcome = await one(
        f"steps:\n{UPLOAD}  - wait: {{batchId: TEST0000000001}}\n  - download: {{batchId: TEST0000000001}}\n"
        "expect:\n"
        "  - {batch: TEST0000000001, process: S0020, success: 2, forms: 3, results: {a: S1024, b: success}}\n"
        "  - {record: TEST0000000001/a, status: ACTIVE, values: {PersonalInfo/VisaType: 02}}\n"
        "  - {record: N9999999999, absent: true}\n"
        "  - {request: download, count: 2}\n"
        "  - {never: {request: upload, code: S0000}}\n"
        "  - {zip: TEST0000000001, forms: 1, files: ['*.txt']}\n"
        "  - {log: TEST0000000001, values: {BatchDetail/@system: PROD-ALPHA}}\n"
        "  - {clock: 2026-03-03T10:00:00-05:00}\n"
    )
    told = [check.problem for check in outcome.checks]
    assert told[0].split("; ")[:3] == [
        "process is S0000, expected S0020",
        "success is 1, expected 2",
        "forms is 1, expected 3",
    ]
    assert "a is success, expected S1024" in told[0]
    assert "no record b" in told[0]
    assert told[1].startswith("status is INITIAL, expected ACTIVE; PersonalInfo/VisaType is 01, expected 02")
    assert told[2] == ""
    assert told[3].startswith("found 1 among")
    assert told[4].startswith("found 1 among")
    assert told[5].startswith("no *.txt is in the zip; it has sevis_transaction_log.xml")
    assert told[6] == "BatchDetail/@system is PROD, expected PROD-ALPHA"
    assert "it is Wed 2026-03-04 06:00:00" in told[7]


async def test_sandboxes_of_scenarios_do_not_see_each_other_and_ids_are_the_same_in_each_run():
    text = f"steps:\n{UPLOAD}  - wait: {{batchId: TEST0000000001}}\n"
    first = await play(text, text.replace("TEST0000000001", "TEST0000000002"), at_once=2)
    again = await play(text, at_once=1)
    assert [each.verdict for each in first] == ["passed", "passed"]
    assert first[0].steps == again[0].steps


async def test_a_client_may_change_its_certificate_and_faults_come_and_go():
    outcome = await one(
        "steps:\n"
        "  - certificate: {issue: expired, name: old}\n"
        "  - use: old\n"
        "  - upload: {file: two-students.xml, expect: 403}\n"
        "  - certificate: {register: old, expect: refused}\n"
        "  - use: own\n"
        "  - fault: {name: down, at: upload, do: {disposition: S0001}}\n"
        "  - upload: {file: two-students.xml, expect: S0001}\n"
        "  - clear_fault: down\n"
        "  - upload: {file: two-students.xml}\n".replace("two-students.xml", str(SHIPPED / "two-students.xml"))
    )
    assert outcome.problems == []


async def test_an_update_may_name_the_record_of_an_earlier_create():
    outcome = await one(
        f"steps:\n{UPLOAD}  - wait: {{batchId: TEST0000000001}}\n"
        "  - upload: {batchId: TEST0000000002, records: [{update: TEST0000000001/a, event: PersonalInfo, requestId: b,"
        " attributes: {statusCode: INITIAL}, sends: {'@printForm': false, Email: b@example.org}}]}\n"
        "  - wait: {batchId: TEST0000000002}\n"
        "expect:\n  - {record: TEST0000000001/a, events: [CreateStudent, PersonalInfo],"
        " values: {PersonalInfo/Email: b@example.org}}\n"
    )
    assert outcome.problems == []


async def test_reports_name_what_failed_for_people_json_and_junit():
    good, bad = await play(
        f"steps:\n{UPLOAD}",
        "steps:\n  - note: never sent\n    download: {batchId: NEVER000000001}\n",
    )
    text = "\n".join(reports.as_lines(bad, verbose=True))
    assert "failed t (1 steps, 0 expectations" in text
    assert "expected S0000; got S0031" in text
    assert "# never sent" in text
    found = json.loads(json.dumps(reports.as_json([good, bad])))
    assert (found["passed"], found["failed"], found["errors"]) == (1, 1, 0)
    assert found["scenarios"][1]["steps"][0]["problem"].startswith("expected S0000; got S0031")
    suite = etree.fromstring(reports.as_junit([good, bad]).encode())[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "0")
    assert suite[1].find("failure").get("message").startswith("step 1 (download NEVER000000001): expected S0000")
    assert suite[0].find("failure") is None
    assert reports.summary([good, bad]) == "2 scenarios: 1 passed, 1 failed"
