"""HTTP answers of the receiver, in the form that the client asks for."""

import json
from datetime import datetime
from typing import Any

from aiohttp import web

from sevis_sim.clock import http_date
from udir_sim.receiver.outcome import CONTENT_TYPES, Form, form_wanted


def reply(text: str, form: Form, now: datetime, status: int = 200, **headers: str) -> web.Response:
    """Return an answer; header names with ``_`` for ``-``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.Response(
        text=text,
        status=status,
        content_type=CONTENT_TYPES[form],
        charset="utf-8",
        headers={"Date": http_date(now), "Server": "udir-sim", "Cache-Control": "no-store", **named},
    )


def json_reply(value: Any, now: datetime, status: int = 200, **headers: str) -> web.Response:
    """Return an answer that is always JSON."""
    return reply(json.dumps(value, indent=2, ensure_ascii=False) + "\n", "json", now, status, **headers)


def refusal(request: web.Request, now: datetime, status: int, title: str, detail: str, **headers: str) -> web.Response:
    """Return why a request is refused and how to mend it: a problem (RFC 9457) for who accepts JSON, else text."""
    if form_wanted(request.headers.get("Accept", "")) == "json":
        response = json_reply({"title": title, "status": status, "detail": detail}, now, status, **headers)
        response.content_type = "application/problem+json"
        return response
    return reply(f"{title}: {detail}\n", "txt", now, status, **headers)
