"""The client of the control API: where it asks, what it sends, how it tells refusals and absence."""

import json
from collections.abc import AsyncIterator

import pytest
from client_service import Service

from sevis_sim.client import ControlClient, ControlError


@pytest.fixture
async def control(plain_service: Service) -> AsyncIterator[ControlClient]:
    async with ControlClient(plain_service.base, sandbox="my tests/1") as made:
        yield made


def says(service: Service, answer: object, status: int = 200, content_type: str = "application/json") -> None:
    service.says(json.dumps(answer).encode(), status, content_type)


async def test_a_resource_is_that_of_the_sandbox(control: ControlClient, plain_service: Service) -> None:
    says(plain_service, [{"batch_id": "B"}])
    assert await control.get("batches", {"system": "alpha"}) == [{"batch_id": "B"}]
    (seen,) = plain_service.seen
    assert (seen.method, seen.path, seen.query) == (
        "GET",
        "/api/v1/sandboxes/my tests/1/batches",
        {"system": "alpha"},
    )


async def test_a_leading_slash_means_a_resource_of_the_server(control: ControlClient, plain_service: Service) -> None:
    says(plain_service, [])
    assert await control.get("/sandboxes") == []
    assert plain_service.seen[0].path == "/api/v1/sandboxes"


@pytest.mark.parametrize("ending", ["", "/", "/api/v1", "/api/v1/"])
async def test_the_address_may_name_the_api_or_not(plain_service: Service, ending: str) -> None:
    says(plain_service, {})
    async with ControlClient(plain_service.base + ending) as control:
        await control.get("clock")
    assert plain_service.seen[0].path == "/api/v1/sandboxes/default/clock"


async def test_bodies_are_json(control: ControlClient, plain_service: Service) -> None:
    says(plain_service, {"done": True}, 201)
    for method, call in (("POST", control.post), ("PUT", control.put)):
        assert await call("clock", {"to": "+1d", "name": "ä"}) == {"done": True}
        seen = plain_service.seen.pop()
        assert (seen.method, json.loads(seen.body)) == (method, {"to": "+1d", "name": "ä"})
        assert seen.headers["Content-Type"] == "application/json"


async def test_nothing_comes_back_from_a_deletion(control: ControlClient, plain_service: Service) -> None:
    plain_service.says(b"", 204, "application/octet-stream")
    assert await control.delete("faults/1") is None
    assert plain_service.seen[0].method == "DELETE"


async def test_a_token_is_sent_where_there_is_one(control: ControlClient, plain_service: Service) -> None:
    says(plain_service, {})
    async with ControlClient(plain_service.base, token="secret") as with_token:
        await with_token.get("clock")
    await control.get("clock")
    assert plain_service.seen[0].headers["Authorization"] == "Bearer secret"
    assert "Authorization" not in plain_service.seen[1].headers


async def test_a_refusal_is_one_line_with_its_status_and_field(control: ControlClient, plain_service: Service) -> None:
    says(
        plain_service,
        {"title": "Not an instant", "status": 422, "detail": "'soon'\nis no instant", "field": "to"},
        422,
        "application/problem+json",
    )
    with pytest.raises(ControlError) as caught:
        await control.put("clock", {"to": "soon"})
    assert str(caught.value) == "Not an instant: 'soon' is no instant"
    assert (caught.value.status, caught.value.field) == (422, "to")


async def test_a_refusal_without_words_names_the_request(control: ControlClient, plain_service: Service) -> None:
    says(plain_service, [], 500)
    with pytest.raises(ControlError, match=r"GET http://.*/clock: HTTP 500"):
        await control.get("clock")


async def test_a_missing_token_is_said_so(control: ControlClient, plain_service: Service) -> None:
    says(plain_service, {"title": "Unauthorized"}, 401, "application/problem+json")
    with pytest.raises(ControlError, match="asks for its token"):
        await control.get("clock")


@pytest.mark.parametrize("status", [200, 404])
async def test_another_server_is_not_taken_for_a_simulator(
    control: ControlClient, plain_service: Service, status: int
) -> None:
    plain_service.says(b"<html>welcome</html>", status, "text/html")
    with pytest.raises(ControlError, match="no control API of a simulator") as caught:
        await control.get("clock")
    assert "\n" not in str(caught.value)


async def test_a_broken_answer_is_said_so(control: ControlClient, plain_service: Service) -> None:
    plain_service.says(b"{", 200, "application/json")
    with pytest.raises(ControlError, match="the answer is no JSON"):
        await control.get("clock")


async def test_where_no_simulator_answers_the_remedy_is_named(free_port_url: str) -> None:
    url = free_port_url.replace("https:", "http:")
    async with ControlClient(url) as control:
        with pytest.raises(ControlError) as caught:
            await control.get("clock")
    assert str(caught.value).startswith(f"no simulator answers at {url}: nothing listens there (connection refused);")
    assert "sevis-sim serve" in str(caught.value)
    assert caught.value.status is None


async def test_an_address_that_is_none_is_said_so() -> None:
    async with ControlClient("nowhere") as control:
        with pytest.raises(ControlError, match="no address of a service"):
            await control.get("clock")


async def test_a_control_api_behind_tls_that_is_not_trusted_is_not_called_absent(service: Service) -> None:
    async with ControlClient(service.base) as control:
        with pytest.raises(ControlError, match="certificate cannot be trusted") as caught:
            await control.get("clock")
    assert "no simulator answers" not in str(caught.value)
