"""Records, outside facts and organizations over HTTP."""

import aiohttp
import pytest
from support import SCHOOL, SPONSOR, sample, upload

ADDED = {
    "sevisID": "N9904705123",
    "org": SCHOOL,
    "status": "ACTIVE",
    "PersonalInfo": {"FullName": {"LastName": "SAMPLE", "FirstName": "LIN"}, "VisaType": "01"},
    "EducationalInfo": {"PrgStartDate": "2025-08-20", "PrgEndDate": "2026-05-20"},
    "Dependents": [{"sevisID": "N9904705124", "Relationship": "01"}],
    "facts": {"arrived": True},
    "OPTEmployment": [],
}
PERSON = "/records/N9904705123"


async def call(sim, method: str, path: str, body=None, **query):
    url = f"{sim.control_url}/api/v1{path}"
    async with aiohttp.ClientSession() as session, session.request(method, url, json=body, params=query) as reply:
        return reply.status, await reply.json(content_type=None)


@pytest.fixture
async def world(sim):
    added = {name: value for name, value in ADDED.items() if name != "OPTEmployment"}
    assert (await call(sim, "POST", "/records", {"records": [added]}))[0] == 201
    return sim


async def test_a_record_is_added_listed_and_shown_with_what_the_calendar_will_do(world):
    status, rows = await call(world, "GET", "/records")
    assert status == 200
    assert rows == [
        {
            "sevisID": "N9904705123",
            "system": "production",
            "organization": SCHOOL,
            "population": "student",
            "status": "ACTIVE",
            "level": 1,
            "name": "SAMPLE, LIN",
            "dependents": 1,
            "facts": {"arrived": True},
            "next": "2026-07-20",
        }
    ]
    for who in ("N9904705123", "N9904705124"):
        _, shown = await call(world, "GET", f"/records/{who}")
        assert (shown["sevisID"], shown["version"]) == ("N9904705123", 1)
        assert [(each["day"], each["job"], each["becomes"]) for each in shown["upcoming"]] == [
            ("2026-07-20", "student-completed", "COMPLETED")
        ]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"status": "ACTIVE"}, 1),
        ({"status": "INITIAL"}, 0),
        ({"organization": SCHOOL}, 1),
        ({"organization": SPONSOR}, 0),
        ({"population": "student"}, 1),
        ({"population": "exchangeVisitor"}, 0),
        ({"system": "beta"}, 0),
        ({"after": "N9904705122"}, 1),
        ({"after": "N9904705123"}, 0),
        ({"limit": "0"}, 0),
    ],
)
async def test_lists_are_filtered(world, query, count):
    status, rows = await call(world, "GET", "/records", **query)
    assert (status, len(rows)) == (200, count)


async def test_a_fact_is_told_and_the_rules_of_the_next_batch_read_it(world):
    status, shown = await call(
        world, "PATCH", f"{PERSON}/facts", {"facts": {"visaIssued": "2026-02-01", "arrived": None}}
    )
    assert (status, shown["facts"], shown["version"]) == (200, {"visaIssued": "2026-02-01"}, 2)
    _, entries = await call(world, "GET", "/journal", kind="facts.told")
    assert [entry["summary"] for entry in entries] == ["N9904705123: visaIssued 2026-02-01, arrived taken back"]


async def test_the_journal_of_one_record_is_read_by_its_sevis_id(world):
    await call(world, "PATCH", "/records/N9904705124/facts", {"facts": {"arrived": True}})
    _, entries = await call(world, "GET", "/journal", record="N9904705123")
    assert [entry["kind"] for entry in entries] == ["record.added", "facts.told"]
    assert (await call(world, "GET", "/journal", record="N9904705999"))[1] == []


async def test_a_decision_is_taken(world):
    status, shown = await call(
        world, "POST", f"{PERSON}/decisions", {"request": "ChangeOfStatus", "decision": "pending"}
    )
    assert (status, shown["facts"]["changeOfStatus"]) == (200, "pending")
    assert shown["history"][-1]["event"] == "Decision on ChangeOfStatus: PENDING"


async def test_a_withdrawn_school_fails_all_records_and_may_end_them(world):
    await upload(world, sample("two-students.xml"))
    status, changed = await call(world, "PATCH", f"/organizations/{SCHOOL}", {"active": False, "endRecords": True})
    assert (status, changed["active"]) == (200, False)
    _, shown = await call(world, "GET", PERSON)
    assert (shown["status"], shown["dependents"][0]["status"]) == ("TERMINATED", "TERMINATED")
    await world.clock.advance("next-business-day 06:00")
    [entry] = await world.journal.query("default", "batch.processed")
    assert {failure["code"] for failure in entry.detail["failures"]} == {"S1109"}
    assert (await call(world, "PATCH", f"/organizations/{SCHOOL}", {"active": True}))[1]["active"] is True


async def test_what_can_be_told_and_what_the_calendar_does_is_listed(sim):
    _, facts = await call(sim, "GET", "/facts")
    assert "arrived" in {each["name"] for each in facts}
    _, plan = await call(sim, "GET", "/life-cycle")
    assert plan["at"] == "01:00"
    assert [job["on"] for job in plan["jobs"] if job["name"] == "stale-request"] == [False]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "field", "words"),
    [
        ("GET", "/records/N9999999999", None, 404, "sevis_id", "production has no record of N9999999999"),
        ("GET", "/records?population=students", None, 422, "population", "expected student, exchangeVisitor"),
        ("PATCH", f"{PERSON}/facts", {"facts": {"arived": True}}, 422, "arived", "did you mean 'arrived'?"),
        ("PATCH", f"{PERSON}/facts", {"facts": {"arrived": "soon"}}, 422, "arrived", "true, false or a day"),
        (
            "PATCH",
            f"{PERSON}/facts",
            {"facts": {"arrived": 2}},
            422,
            "arrived",
            "2 stands here; arrived is true, false",
        ),
        ("PATCH", f"{PERSON}/facts", {"facts": {"changeOfStatus": True}}, 422, "changeOfStatus", "true stands here"),
        (
            "POST",
            f"{PERSON}/decisions",
            {"request": "ChangeOfStatus", "decision": "approved", "on": 0},
            422,
            "on",
            "on: Input should be a valid date",
        ),
        ("PATCH", "/records/N1/facts", {"facts": {}}, 404, "sevis_id", "no record of N1"),
        ("PATCH", f"{PERSON}/facts", {}, 422, "facts", "facts: Field required"),
        (
            "POST",
            f"{PERSON}/decisions",
            {"request": "OPTEmployment", "decision": "approved"},
            422,
            "request",
            "it has none",
        ),
        ("POST", f"{PERSON}/decisions", {"request": "OPT", "decision": "granted"}, 422, "decision", "'pending'"),
        ("POST", f"{PERSON}/corrections", {"status": "INITIAL"}, 422, "status", "it can become nothing else"),
        ("PATCH", "/organizations/X", {"active": False}, 404, "organization", "there is no organization 'X'"),
        ("PATCH", f"/organizations/{SCHOOL}", {"active": True, "endRecords": True}, 422, "endRecords", "active: false"),
        ("POST", "/records", {"records": []}, 422, "records", "at least 1 item"),
        ("POST", "/records", {"records": [{}]}, 422, None, "records[0]"),
        (
            "POST",
            "/records",
            {"records": [{"sevisID": "N9904705125", "org": SCHOOL, "status": "ACTVE"}]},
            422,
            "records[0].status",
            "did you mean 'ACTIVE'?",
        ),
        (
            "POST",
            "/records",
            {"records": [{"sevisID": "N9904705125", "org": SCHOOL, "status": "ACTIVE", "facts": {"arived": 1}}]},
            422,
            "records[0].facts.arived",
            "did you mean 'arrived'?",
        ),
        (
            "POST",
            "/records",
            {"records": [{"sevisID": "N9904705124", "org": SCHOOL, "status": "ACTIVE"}]},
            422,
            "sevisID",
            "N9904705124 is somebody's SEVIS ID already",
        ),
        (
            "POST",
            "/records",
            {"records": [{"sevisID": "N9904705125", "org": "XYZ214F00099000", "status": "ACTIVE"}]},
            404,
            "organization",
            "there is no organization 'XYZ214F00099000'",
        ),
    ],
)
async def test_what_cannot_be_is_refused_by_name(world, method, path, body, status, field, words):
    got, problem = await call(world, method, path, body)
    assert got == status, problem
    assert words in problem["detail"]
    if field is not None:
        assert problem["field"] == field
