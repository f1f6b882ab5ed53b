"""What a request to the control API is checked for before its handler sees it."""

import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from sevis_sim.clock.hints import did_you_mean, quoted
from sevis_sim.control.requests import Problem
from sevis_sim.control.routes import Query, Route

_JSON = re.compile(r"application/(json|[a-z0-9.+-]+\+json|x-www-form-urlencoded)", re.IGNORECASE)
"""Content types of bodies; the last one is what ``curl -d`` calls everything."""


def check_request(route: Route, request: web.Request) -> None:
    """Check a request against what its route says of the query and the body.

    Raises:
        Problem: 415 for a body that is no JSON by its Content-Type; 422 for a parameter that is unknown, repeated or
            not as its schema wants it.

    """
    if route.takes is not None and request.can_read_body:
        kind = request.headers.get("Content-Type", "application/json").partition(";")[0].strip()
        if not _JSON.fullmatch(kind):
            detail = f"Content-Type is {quoted(kind)}; expected application/json"
            raise Problem(415, "Not JSON", detail, "Content-Type")
    known = {each.name: each for each in route.query}
    for name in request.query:
        if name not in known:
            expected = ", ".join(known) or "none"
            hint = did_you_mean(name, list(known))
            detail = f"there is no parameter {quoted(name)} (= {quoted(request.query[name])}){hint}; known: {expected}"
            raise Problem(422, "No such parameter", detail, name)
        _check_parameter(known[name], request.query.getall(name))


def _check_parameter(query: Query, texts: list[str]) -> None:
    schema = query.schema
    if schema.get("type") == "array":
        return
    if len(texts) > 1:
        said = ", ".join(quoted(each) for each in texts)
        raise Problem(422, "Said twice", f"{query.name} is {said}; expected one value", query.name)
    wanted = _expected(schema, texts[0])
    if wanted:
        raise Problem(422, "Not valid", f"{query.name} is {quoted(texts[0])}; expected {wanted}", query.name)


def _expected(schema: Mapping[str, Any], text: str) -> str:
    """Say what a text should be; blank where it is that."""
    if "enum" in schema and text not in schema["enum"]:
        return ", ".join(schema["enum"])
    if schema.get("type") == "boolean" and text.lower() not in ("true", "false", "1", "0"):
        return "true or false"
    if schema.get("type") == "integer":
        low, high = schema.get("minimum", 0), schema.get("maximum", 2**53 - 1)
        if not (text.isascii() and text.isdigit() and len(text) < 17 and low <= int(text) <= high):
            return f"a whole number from {low} to {high}"
    return ""
