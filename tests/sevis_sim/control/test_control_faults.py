"""Faults and log-ins over the control API, and from the shell."""

import aiohttp
import pytest
from support import PDSO, SCHOOL, sample, upload, with_batch

STUDENTS = sample("two-students.xml")


async def call(sim, method, path, **kwargs):
    address = f"{sim.control_url}/api/v1/{path}"
    async with aiohttp.ClientSession() as session, session.request(method, address, **kwargs) as reply:
        return reply.status, await reply.json(content_type=None)


async def test_a_fault_is_added_listed_strikes_and_is_cleared(sim):
    status, [added] = await call(
        sim, "POST", "faults", json={"at": "upload", "first": 1, "do": {"status": 503}, "whom": {"user": "pdso*"}}
    )
    assert status == 201
    assert (added["name"], added["kind"], added["value"], added["first"], added["struck"]) == (
        "fault-1", "status", 503, 1, 0,
    )  # fmt: skip
    assert [(await upload(sim, with_batch(STUDENTS, f"CONTROL000000{n}"))).status for n in (1, 2)] == [503, 200]
    _, [listed] = await call(sim, "GET", "sandboxes/default/faults")
    assert (listed["matched"], listed["struck"]) == (2, 1)
    assert await call(sim, "DELETE", "faults/fault-1") == (200, {"cleared": ["fault-1"]})
    assert await call(sim, "GET", "faults") == (200, [])


async def test_text_and_presets_are_taken_and_all_is_cleared_at_once(sim):
    _, [window] = await call(sim, "POST", "faults", json={"text": 'download do=html from="friday 20:00" ttl=4h'})
    assert (window["since"], window["until"]) == ("2026-03-07T01:00:00Z", "2026-03-07T05:00:00Z")
    status, down = await call(sim, "POST", "faults", json={"preset": "server-down", "ttl": "2h"})
    assert (status, [each["name"] for each in down]) == (201, ["server-down", "server-down-2"])
    assert (await upload(sim, STUDENTS)).code == "S0001"
    _, gone = await call(sim, "DELETE", "faults")
    assert gone == {"cleared": ["fault-1", "server-down", "server-down-2"]}
    assert await call(sim, "DELETE", "faults") == (200, {"cleared": []})


async def test_presets_are_told_with_what_a_good_client_does(sim):
    status, found = await call(sim, "GET", "fault-presets")
    assert status == 200
    [one] = [each for each in found if each["name"] == "december-2011"]
    assert one["good"]
    assert one["faults"] == [
        {"at": "processing", "rate": 0.67, "in_a_row": 2, "phase": "after", "do": "no-result"},
    ]


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({}, "at", "say where: upload, download"),
        ({"at": "uplaod", "do": "drop"}, "at", "did you mean 'upload'"),
        ({"at": "upload", "do": {"error": "S9999"}}, "do", "upload does not know 'error'"),
        ({"at": "upload", "do": ["drop"]}, "do", "upload does not know"),
        ({"at": "upload", "do": "drop", "first": 0}, "first", "whole number from 1"),
        ({"at": "upload", "do": "drop", "first": 1, "every": 2}, "every", "contradict"),
        ({"at": "upload", "do": "drop", "from": "never"}, "from", "no instant"),
        ({"at": "upload", "do": "drop", "whom": {"colour": "red"}}, "whom", "nothing is known as 'colour'"),
        ({"preset": "december"}, "preset", "no preset"),
        ({"text": "upload do=drop", "first": 2}, "text", "leave out first"),
        ({"text": "upload drop"}, "text", "expected key=value"),
    ],
)
async def test_what_is_no_fault_is_a_problem_that_names_its_field(sim, body, field, words):
    status, problem = await call(sim, "POST", "faults", json=body)
    assert (status, problem["field"]) == (422, field)
    assert words in problem["detail"]
    assert await call(sim, "GET", "faults") == (200, [])


async def test_a_fault_that_is_not_there_is_not_found(sim):
    status, problem = await call(sim, "DELETE", "faults/fault-7")
    assert (status, problem["field"]) == (404, "fault")
    assert (await call(sim, "GET", "sandboxes/nobody/faults"))[0] == 404


async def test_an_official_logs_in_to_rti(sim):
    await sim.clock.advance("2026-03-10T09:00-04:00")
    status, organization = await call(sim, "POST", f"organizations/{SCHOOL}/users/{PDSO}/login")
    assert (status, organization["users"][0]["last_login"]) == (200, "2026-03-10")
    [entry] = await sim.journal.query("default", "user.logged-in")
    assert entry.subjects == {"organization": SCHOOL, "user": PDSO}
    status, problem = await call(sim, "POST", f"organizations/{SCHOOL}/users/nobody0001/login")
    assert status == 404
    assert "it has: pdso000001" in problem["detail"]
