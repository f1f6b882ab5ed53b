import aiohttp
import pytest
from support import SCHOOL, sample, upload

from sevis_sim.pki import CertificateAuthority


async def call(sim, method, path, **kwargs):
    async with aiohttp.ClientSession() as session, session.request(method, sim.control_url + path, **kwargs) as reply:
        return reply.status, await reply.json(content_type=None), reply.content_type


async def get(sim, path):
    status, body, _ = await call(sim, "GET", path)
    assert status == 200, body
    return body


async def test_health_and_readiness_answer(sim):
    assert await get(sim, "/healthz") == {"status": "ok"}
    assert await get(sim, "/readyz") == {"status": "ok"}


@pytest.mark.parametrize("prefix", ["/api/v1", "/api/v1/sandboxes/default"])
async def test_the_clock_is_shown_advanced_and_planned(sim, prefix):
    await upload(sim, sample("students.xml"))
    clock = await get(sim, f"{prefix}/clock")
    assert clock["eastern"] == "Fri 2026-03-06 14:00:00 EST"
    assert clock["open"] == {"production": True, "beta": True, "alpha": True}
    assert clock["business_day"] is True
    plan = await get(sim, f"{prefix}/clock/plan?until=%2B1bd")
    assert [event["kind"] for event in plan["events"]] == ["process-batch", "result-available"]
    status, moved, _ = await call(sim, "POST", f"{prefix}/clock/advance", json={"to": "next-window"})
    assert status == 200
    assert [event["kind"] for event in moved["happened"]] == ["process-batch"]
    assert moved["clock"]["eastern"] == "Fri 2026-03-06 22:00:00 EST"


async def test_batches_show_their_stage(sim):
    async def stage():
        [batch] = await get(sim, "/api/v1/batches?system=production&batch=BATCH000000003")
        return batch["status"]

    await upload(sim, sample("students.xml"))
    assert await stage() == "accepted"
    await sim.clock.advance("next-window")
    assert await stage() == "processed"
    await sim.clock.advance("next-event")
    assert await stage() == "available"
    assert await get(sim, "/api/v1/batches?system=beta") == []


async def test_the_journal_is_filtered_and_waited_for(sim):
    await upload(sim, sample("students.xml"))
    entries = await get(sim, "/api/v1/journal?kind=upload.answered&batch=BATCH000000003")
    [entry] = entries
    assert entry["detail"]["code"] == "S0000"
    later = f"/api/v1/journal?kind=clock.moved&after={entry['id']}"
    assert await get(sim, later) == []
    await sim.clock.advance("+1s")
    [moved] = await get(sim, later + "&wait=30")
    assert moved["summary"].startswith("clock moved from 2026-03-06T19:00:00")
    assert await get(sim, "/api/v1/journal?server=1") == []


async def test_organizations_and_certificates_are_listed(sim):
    organizations = await get(sim, "/api/v1/organizations")
    assert [o["id"] for o in organizations] == [SCHOOL, "P-1-12345"]
    assert organizations[0]["users"][0]["id"] == "pdso000001"
    [certificate] = await get(sim, "/api/v1/certificates")
    assert certificate["organizations"] == [SCHOOL, "P-1-12345"]
    assert await get(sim, "/api/v1/sandboxes") == [
        {
            "name": "default",
            "seed": 7,
            "now": (await get(sim, "/api/v1/clock"))["now"],
            "mode": "frozen",
            "factor": 0.0,
            "fidelity": "real",
        }
    ]


async def test_a_certificate_is_registered_as_in_rti(sim):
    stranger = CertificateAuthority.create("Others").issue_client("Jo Sample")
    body = {"organization": SCHOOL, "certificate": stranger.certificate_pem.decode()}
    status, done, _ = await call(sim, "POST", "/api/v1/certificates", json=body)
    assert (status, done["organization"]) == (200, SCHOOL)
    status, problem, kind = await call(sim, "POST", "/api/v1/certificates", json=body)
    assert (status, kind) == (422, "application/problem+json")
    assert "registered" in problem["detail"]
    for change, words in (
        ({"organization": "XYZ214F00099000"}, "no organization"),
        ({"certificate": stranger.key_pem.decode()}, "private key"),
        ({"certificate": "nonsense"}, "certificate"),
    ):
        status, problem, _ = await call(sim, "POST", "/api/v1/certificates", json=body | change)
        assert status == 422
        assert words in problem["detail"]


@pytest.mark.parametrize(
    ("method", "path", "kwargs", "status", "field"),
    [
        ("GET", "/api/v1/nothing", {}, 404, None),
        ("GET", "/api/v1/sandboxes/nobody/clock", {}, 404, "sandbox"),
        ("DELETE", "/api/v1/clock", {}, 405, None),
        ("POST", "/api/v1/clock/advance", {"json": {"to": "yesterday"}}, 422, "to"),
        ("POST", "/api/v1/clock/advance", {"json": {"to": "2020-01-01T00:00-05:00"}}, 409, "to"),
        ("POST", "/api/v1/clock/advance", {"json": {}}, 422, "to"),
        ("POST", "/api/v1/clock/advance", {"json": {"to": "+1s", "fast": True}}, 422, "fast"),
        ("POST", "/api/v1/clock/advance", {"json": {"to": "+1s", "system": "gamma"}}, 422, "system"),
        (
            "POST",
            "/api/v1/clock/advance",
            {"data": b"{not json", "headers": {"Content-Type": "application/json"}},
            422,
            None,
        ),
        (
            "POST",
            "/api/v1/clock/advance",
            {"data": b"\xff\xfe", "headers": {"Content-Type": "application/json"}},
            422,
            None,
        ),
        ("GET", "/api/v1/batches?system=gamma", {}, 422, "system"),
        ("GET", "/api/v1/journal?limit=many", {}, 422, "limit"),
        ("GET", "/api/v1/clock/plan?until=whenever", {}, 422, "until"),
        ("GET", "/api/v1/journal?kind=upload", {}, 422, "kind"),
        ("GET", "/api/v1/journal?last=perhaps", {}, 422, "last"),
        (
            "POST",
            "/api/v1/certificates",
            {"data": b"x" * 3_000_000, "headers": {"Content-Type": "application/json"}},
            413,
            None,
        ),
    ],
)
async def test_a_request_that_cannot_be_served_is_a_problem_that_names_the_field(
    sim, method, path, kwargs, status, field
):
    got, problem, kind = await call(sim, method, path, **kwargs)
    assert (got, kind) == (status, "application/problem+json")
    assert problem["title"]
    assert problem["detail"]
    assert problem.get("field") == field


async def test_beyond_loopback_a_token_is_needed_and_asked_for():
    from pydantic import ValidationError

    from sevis_sim import Simulator
    from sevis_sim.settings import Settings

    with pytest.raises(ValidationError, match="control_token"):
        Settings(control_host="0.0.0.0")
    settings = Settings(
        port=0, control_port=0, control_host="0.0.0.0", control_token="long enough", database="sqlite://"
    )
    async with Simulator(settings, in_memory=True) as sim:
        base = f"http://127.0.0.1:{sim.control_url.rpartition(':')[2]}"
        async with aiohttp.ClientSession() as session:
            assert (await session.get(f"{base}/healthz")).status == 200
            assert (await session.get(f"{base}/api/v1/clock")).status == 401
            headers = {"Authorization": "Bearer long enough"}
            assert (await session.get(f"{base}/api/v1/clock", headers=headers)).status == 200
