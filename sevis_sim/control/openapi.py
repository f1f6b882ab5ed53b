"""The OpenAPI 3.1 document of the control API, made from the table of routes and the models."""

import functools
import re
from importlib import metadata
from typing import Any

from pydantic.json_schema import models_json_schema

from sevis_sim.control.examples import BODIES, curl
from sevis_sim.control.models import Model, ProblemOut
from sevis_sim.control.routes import ROUTES, Route

_REF = "#/components/schemas/{model}"
_PARAMETER = re.compile(r"\{(\w+)\}")
_PROBLEMS = {
    400: "The request is not HTTP that can be read.",
    401: "The token is missing or wrong.",
    403: "Host or Origin names another place than this machine, and there is no token.",
    404: "There is no such thing.",
    409: "It cannot be done as things stand.",
    413: "The body is too large.",
    415: "The body is not application/json.",
    422: "A value is not valid; `field` names it.",
    503: "The database does not work.",
}
PATH_TEXTS = {
    "sandbox": "name of a sandbox",
    "snapshot": "name of a snapshot",
    "listener": "name of a TLS port",
    "fingerprint": "SHA-256 of a certificate, or the beginning of it",
    "sevis_id": "SEVIS ID of a student or exchange visitor",
    "org_id": "school code or program number",
    "entry": "id of an entry of the journal",
    "user_id": "user ID of an official",
    "fault": "name of a fault",
}


@functools.cache
def document() -> dict[str, Any]:
    """Return the document as JSON values."""
    models = {model for route in ROUTES for model in (route.takes, route.gives) if model} | {ProblemOut}
    ordered = sorted(models, key=lambda model: model.__name__)
    schemas = models_json_schema(
        [(model, "serialization" if model.__name__.endswith("Out") else "validation") for model in ordered],
        ref_template=_REF,
    )[1]["$defs"]
    _drop_unique(schemas)
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        for place in places(route):
            paths.setdefault(place, {})[route.method.lower()] = _operation(route, place)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "sevis-sim control API",
            "version": metadata.version("sevis-sim"),
            "description": "Test controls of the SEVIS batch simulator. Paths without a sandbox mean `default`.",
        },
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{}, {"token": []}],
    }


def places(route: Route) -> tuple[str, ...]:
    """Return the paths at which a route stands."""
    own = f"/api/v1{route.path}"
    return (own, f"/api/v1/sandboxes/{{sandbox}}{route.path}") if route.of_sandbox else (own,)


def _operation(route: Route, place: str) -> dict[str, Any]:
    first, _, rest = route.text.partition("\n")
    name = route.handler.__name__
    scoped = "{sandbox}" in place and route.of_sandbox
    operation: dict[str, Any] = {
        "operationId": f"{name}_of_sandbox" if scoped else name,
        "summary": first,
        "responses": _responses(route),
        "parameters": [
            {
                "name": each,
                "in": "path",
                "required": True,
                "description": PATH_TEXTS.get(each, each),
                "schema": {"type": "string"},
            }
            for each in _PARAMETER.findall(place)
        ]
        + [
            {"name": each.name, "in": "query", "description": each.text, "schema": dict(each.schema)}
            for each in route.query
        ],
    }
    operation["x-codeSamples"] = [{"lang": "Shell", "source": curl(route)}]
    if rest.strip():
        operation["description"] = " ".join(rest.split())
    if route.takes:
        content: dict[str, Any] = {"application/json": {"schema": _reference(route.takes)}}
        if name in BODIES:
            content["application/json"]["example"] = BODIES[name]
        required = any(each.is_required() for each in route.takes.model_fields.values())
        operation["requestBody"] = {"required": required, "content": content}
    return operation


def _responses(route: Route) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "It is done." if route.gives is None else "What was asked for."}
    if route.gives:
        schema = _reference(route.gives)
        good["content"] = {"application/json": {"schema": {"type": "array", "items": schema} if route.many else schema}}
    if route.media:
        good["content"] = {each: {"schema": {"type": "string", "format": "binary"}} for each in route.media}
    problem = {"application/problem+json": {"schema": _reference(ProblemOut)}}
    taking = (415,) if route.takes else ()
    statuses = sorted({400, 401, 403, 404, 413, 422, 503, *taking, *route.refusals})
    return {str(route.status): good} | {
        str(each): {"description": _PROBLEMS[each], "content": problem} for each in statuses
    }


def _reference(model: type[Model]) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}


def _drop_unique(schema: Any) -> None:
    """Take back that the members of a set differ: one that is named twice is taken once and not refused."""
    if isinstance(schema, dict) and schema.get("uniqueItems") is True:
        del schema["uniqueItems"]
    if isinstance(schema, (dict, list)):
        for each in schema.values() if isinstance(schema, dict) else schema:
            _drop_unique(each)
