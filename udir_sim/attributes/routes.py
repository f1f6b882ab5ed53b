"""The service over HTTPS: two questions, as routes that the server of the house mounts (udir.md 6.2)."""

import json
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import Any

from aiohttp import web

from sevis_sim.clock import http_date
from sevis_sim.pki import fingerprint
from sevis_sim.wire import peer_certificate
from udir_sim.attributes.eligibility import Outside, Reason
from udir_sim.attributes.openapi import Part, document
from udir_sim.attributes.service import Answer, AttributeService, Question

ELIGIBLE = "/v1/eligible"
ELIGIBLE_BY_CERTIFICATE = "/v1/eligible-by-cert"
OPENAPI = "/v1/openapi.json"

_MAX_CERTIFICATE = 64 * 1024
_STATUS = {Reason.APPLICATION: 403, Reason.LIMIT: 429}
"""Of refusals; all others are 400."""


def routes(service: AttributeService, parts: Sequence[Part] = ()) -> list[web.RouteDef]:
    """Return the routes of a service, for ``application.add_routes``.

    They need client certificates: a listener of `sevis_sim.wire` with the certificates of
    ``service.certificates`` among its anchors.

    Args:
        service: Who answers.
        parts: What the other rooms of the server answer, for the OpenAPI document.

    """

    async def describe(request: web.Request) -> web.Response:
        headers = {"Date": http_date(service.now()), "Server": "udir-sim"}
        return web.json_response(document(str(request.url.origin()), parts), headers=headers)

    return [
        web.get(ELIGIBLE, _answering(service, _by_net_id), allow_head=False),
        web.post(ELIGIBLE_BY_CERTIFICATE, _answering(service, _by_certificate)),
        web.get(OPENAPI, describe, allow_head=False),
    ]


def _answering(
    service: AttributeService, read: Callable[[web.Request], Awaitable[Question]]
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        return response_to(await service.answer(await read(request)), service.now())

    return handle


def response_to(answer: Answer, now: datetime) -> web.Response:
    """Return what goes over the wire. All that is no gives the same bytes."""
    headers = {"Date": http_date(now), "Server": "udir-sim", "Cache-Control": "no-store"}
    if answer.outside is not Outside.REFUSED:
        return web.Response(
            body=json.dumps(answer.told()).encode() + b"\n", content_type="application/json", headers=headers
        )
    status = _STATUS.get(answer.reason, 400)
    if answer.wait_seconds:
        headers["Retry-After"] = str(answer.wait_seconds)
    problem = {"title": "Refused", "status": status, "code": answer.reason.code, "detail": answer.detail}
    return web.Response(
        body=json.dumps(problem).encode() + b"\n",
        status=status,
        content_type="application/problem+json",
        headers=headers,
    )


async def _by_net_id(request: web.Request) -> Question:
    return _question(request, {"app", "netid", "asof"}, net_id=request.query.get("netid"))


async def _by_certificate(request: web.Request) -> Question:
    body = bytearray()
    async for chunk in request.content.iter_chunked(_MAX_CERTIFICATE):
        body += chunk
        if len(body) > _MAX_CERTIFICATE:
            return _question(request, {"app", "asof"}, fault="the body is too long to be a certificate")
    return _question(request, {"app", "asof"}, certificate=bytes(body))


def _question(request: web.Request, known: set[str], fault: str = "", **asked: Any) -> Question:
    der = peer_certificate(request.transport)
    query = request.query
    unknown = sorted(set(query) - known)
    repeated = sorted(name for name in known if len(query.getall(name, [])) > 1)
    day: date | None = None
    if unknown:
        fault = f"there is no parameter {unknown[0]!r:.40}; known: {', '.join(sorted(known))}"
    elif repeated:
        fault = f"the parameter {repeated[0]} was given more than once"
    elif "asof" in query:
        day = _day(query["asof"])
        fault = fault if day else f"asof is a day such as 19991001, not {query['asof']!r:.40}"
    return Question(query.get("app"), fingerprint(der) if der is not None else None, day=day, fault=fault, **asked)


def _day(text: str) -> date | None:
    if not re.fullmatch("[0-9]{8}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
