"""Responses: transaction logs, zips, and HTML pages in the manner of the service's front end."""

from datetime import datetime
from html import escape
from http import HTTPStatus

from aiohttp import web

from sevis_sim.clock import http_date

_PAGE = """<!DOCTYPE html>
<html><head><title>{title}</title></head>
<body><h1>{title}</h1><p>{text}</p></body></html>
"""

_TEXTS = {
    200: ("Scheduled maintenance.", "This service is not available at this time. Please try again later."),
    400: ("400 - Bad request.", "The request is not a form that this service takes."),
    403: ("403 - Forbidden: Access is denied.", "You do not have permission to use this service."),
    404: ("404 - Not found.", "There is no service at this address."),
    405: ("405 - Method not allowed.", "This address does not take requests of this method."),
    408: ("408 - Request timeout.", "The request did not arrive in time."),
    413: ("413 - Request entity too large.", "The file is larger than this service takes."),
    500: ("500 - Internal Server Error.", "The service cannot handle this request at this time."),
    503: (
        "503 - Service unavailable.",
        "The service is closed at this time. Please try again during service hours.",
    ),
}


def xml_reply(log: bytes, now: datetime) -> web.Response:
    """Return a transaction log as the answer to an upload, or as a refusal (Content-Type: design.md §3.1)."""
    return web.Response(body=log, content_type="text/xml", charset="utf-8", headers=_headers(now))


def zip_reply(archive: bytes, batch_id: str, now: datetime) -> web.Response:
    """Return a result as ``application/zip``, named after its batch."""
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in batch_id[:60])
    headers = _headers(now) | {"Content-Disposition": f'attachment; filename="{safe}.zip"'}
    return web.Response(body=archive, content_type="application/zip", headers=headers)


def page_reply(status: int, now: datetime, reason: str = "", **headers: str) -> web.Response:
    """Return an HTML page for a status that never carries a transaction log; ``reason`` replaces its usual text."""
    phrase = next((each.phrase for each in HTTPStatus if each == status), "Unknown status")
    title, text = _TEXTS.get(status, (f"{status} - {phrase}.", "The request could not be served."))
    body = _PAGE.format(title=escape(title), text=escape(reason or text))
    return web.Response(
        status=status, text=body, content_type="text/html", charset="utf-8", headers=_headers(now) | headers
    )


def bare_page(status: HTTPStatus, text: str) -> bytes:
    """Return a whole answer for a connection that has no request to answer: an HTML page, without a date."""
    title = f"{status.value} - {status.phrase}."
    body = _PAGE.format(title=escape(title), text=escape(text)).encode()
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: text/html; charset=utf-8\r\n"
    return f"{head}Content-Length: {len(body)}\r\nConnection: close\r\nServer: sevis-sim\r\n\r\n".encode() + body


def _headers(now: datetime) -> dict[str, str]:
    return {"Date": http_date(now), "Server": "sevis-sim"}
