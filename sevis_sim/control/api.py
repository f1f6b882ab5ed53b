"""What stands below ``/api``: the table of routes as handlers of aiohttp, and the OpenAPI document."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from pydantic import BaseModel

from sevis_sim.control.checks import check_request
from sevis_sim.control.openapi import document, places
from sevis_sim.control.requests import Resources
from sevis_sim.control.routes import ROUTES, Route


def add_api(router: web.UrlDispatcher, resources: Resources) -> None:
    """Add all routes to a router."""
    for route in ROUTES:
        handler = _wrap(resources, route)
        for place in map(_narrowed, places(route)):
            router.add_route(route.method, place, handler)
            if route.method == "GET":
                router.add_route("HEAD", place, handler)
    router.add_get("/api/openapi.json", _openapi)


def _wrap(resources: Resources, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        check_request(route, request)
        result = await route.handler(resources, request)
        if isinstance(result, web.StreamResponse):
            return result
        if result is None:
            return web.Response(status=route.status)
        return web.Response(status=route.status, text=_json(result), content_type="application/json")

    return handle


def _narrowed(place: str) -> str:
    """Return a path whose parameters do not take the names of other paths: ``verify`` is no entry."""
    return place.replace("{entry}", "{entry:[0-9]{1,15}}").replace("{fingerprint}", "{fingerprint:(?!issue$)[^/]+}")


def _json(result: Any) -> str:
    if isinstance(result, BaseModel):
        return result.model_dump_json()
    return "[" + ",".join(item.model_dump_json() for item in result) + "]"


async def _openapi(_: web.Request) -> web.Response:
    return web.json_response(document())
