"""Test controls over plain HTTP on the loopback interface: held files, history and roll-back, faults, the journal.

==========================================================  =================================================
``GET /api/v1/deliveries?location=&state=&limit=``           what came, the newest first
``GET /api/v1/deliveries/ID?format=``                        outcome and report
``POST /api/v1/deliveries/ID/release`` ``…/refuse``          decide about a held file; ``{"note": "…"}``
``GET /api/v1/loads?location=``                              history
``POST /api/v1/loads/LOCATION/roll-back``                    ``{"to": NUMBER}``
``GET POST DELETE /api/v1/faults``, ``DELETE …/NAME``        mischief
``GET /api/v1/journal?kind=&after=&limit=&wait=``            what happened; ``wait`` seconds for something new
``GET /api/openapi.json``                                    all of it as OpenAPI 3.1 (``control.openapi.json``)
``GET /healthz``                                             whether it runs
==========================================================  =================================================
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from importlib import resources
from typing import Any

from aiohttp import web

from sevis_sim import __version__  # one distribution, one version
from sevis_sim.faults import FaultAdded, FaultError, Faults, FaultsCleared
from sevis_sim.journal import Journal
from udir_sim.directory import DirectoryError, State
from udir_sim.receiver.intake import Intake
from udir_sim.receiver.mischief import VOCABULARY
from udir_sim.receiver.outcome import delivery_document, form_wanted, load_document
from udir_sim.receiver.replies import json_reply, reply

BASE = "/api/v1"
OPENAPI = "/api/openapi.json"
_MAX_BODY = 64 * 1024
_MOST = 1000
_LONGEST_WAIT = 60.0
_LOOPBACK = re.compile(r"(localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]+)?", re.IGNORECASE)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _Refused(Exception):
    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class Control:
    """The control API of one receiver."""

    def __init__(self, intake: Intake, journal: Journal, faults: Faults, now: Callable[[], datetime]) -> None:
        self._intake = intake
        self._journal = journal
        self._faults = faults
        self._now = now

    def application(self) -> web.Application:
        """Build the application, for a port that only this machine can reach."""
        app = web.Application(client_max_size=_MAX_BODY, middlewares=[self._explained])
        app.add_routes(
            [
                web.get("/healthz", self._health),
                web.get(OPENAPI, self._openapi),
                web.get(BASE + "/deliveries", self._deliveries),
                web.get(BASE + "/deliveries/{id}", self._delivery),
                web.post(BASE + "/deliveries/{id}/release", self._release),
                web.post(BASE + "/deliveries/{id}/refuse", self._refuse),
                web.get(BASE + "/loads", self._loads),
                web.post(BASE + "/loads/{location}/roll-back", self._roll_back),
                web.get(BASE + "/faults", self._list_faults),
                web.post(BASE + "/faults", self._add_fault),
                web.delete(BASE + "/faults", self._clear_faults),
                web.delete(BASE + "/faults/{name}", self._clear_faults),
                web.get(BASE + "/journal", self._entries),
            ]
        )
        return app

    @web.middleware
    async def _explained(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Turn what a caller can do wrong into a problem (RFC 9457); refuse what a web page in a browser could send."""
        try:
            _refuse_pages(request)
            return await handler(request)
        except _Refused as error:
            status, detail = error.status, str(error)
        except DirectoryError as error:
            status, detail = 404 if str(error).startswith("there is no") else 409, str(error)
        except FaultError as error:
            status, detail = 400, str(error)
        except web.HTTPException as error:
            status, detail = error.status, error.reason
        response = json_reply({"title": "Refused", "status": status, "detail": detail}, self._now(), status)
        response.content_type = "application/problem+json"
        return response

    async def _health(self, _request: web.Request) -> web.Response:
        return reply("ok\n", "txt", self._now())

    async def _openapi(self, request: web.Request) -> web.Response:
        return json_reply(document() | {"servers": [{"url": f"http://{request.host}"}]}, self._now())

    async def _deliveries(self, request: web.Request) -> web.Response:
        state = request.query.get("state")
        if state is not None and state.upper() not in State.__members__:
            raise _Refused(400, f"state: {state!r}: expected one of {', '.join(State.__members__)}")
        wanted = State[state.upper()] if state is not None else None
        limit, location = _whole(request, "limit", 100, _MOST), request.query.get("location")
        found = await self._intake.directory.database.read(
            lambda tx: [(d, tx.loads.of_delivery(d.id)) for d in tx.deliveries.find(location, wanted, limit)]
        )
        return json_reply({"deliveries": [delivery_document(each, load) for each, load in found]}, self._now())

    async def _delivery(self, request: web.Request) -> web.Response:
        outcome = await self._intake.outcome(request.match_info["id"])
        if outcome is None:
            raise DirectoryError(f"there is no delivery {request.match_info['id']!r}")
        form = form_wanted("application/json", request.query.get("format"))
        if form is None:
            raise _Refused(400, "format: expected json, text or html")
        text = await asyncio.to_thread(outcome.render, form, self._intake.directory.archive)
        return reply(text, form, self._now())

    async def _release(self, request: web.Request) -> web.Response:
        body = await _body(request, ("note",))
        outcome = await self._intake.release(request.match_info["id"], _note(body))
        return json_reply(outcome.document(), self._now())

    async def _refuse(self, request: web.Request) -> web.Response:
        body = await _body(request, ("note",))
        outcome = await self._intake.refuse(request.match_info["id"], _note(body))
        return json_reply(outcome.document(), self._now())

    async def _loads(self, request: web.Request) -> web.Response:
        location = request.query.get("location")
        loads = await self._intake.directory.database.read(lambda tx: tx.loads.of(location))
        return json_reply({"loads": [load_document(load) for load in loads]}, self._now())

    async def _roll_back(self, request: web.Request) -> web.Response:
        number = (await _body(request, ("to",))).get("to")
        if not isinstance(number, int) or isinstance(number, bool):
            raise _Refused(400, 'to: expected the number of a load, as in {"to": 3}')
        load = await self._intake.roll_back(request.match_info["location"], number)
        return json_reply(load_document(load), self._now())

    async def _list_faults(self, _request: web.Request) -> web.Response:
        standings = self._faults.standings()
        documents = [each.fault.document() | {"matched": each.matched, "struck": each.struck} for each in standings]
        return json_reply({"faults": documents}, self._now())

    async def _add_fault(self, request: web.Request) -> web.Response:
        content = await _body(request, None)
        now = self._now()
        text = content.get("text")
        fault = VOCABULARY.read_text(text, now) if isinstance(text, str) else VOCABULARY.read(content, now)
        fault = self._faults.add(fault)
        await self._intake.note(FaultAdded.of(fault))
        return json_reply(fault.document(), now, 201)

    async def _clear_faults(self, request: web.Request) -> web.Response:
        gone = self._faults.clear(request.match_info.get("name"))
        await self._intake.note(FaultsCleared(faults=tuple(fault.name for fault in gone)))
        return json_reply({"cleared": [fault.name for fault in gone]}, self._now())

    async def _entries(self, request: web.Request) -> web.Response:
        after = _whole(request, "after", 0, 2**62)
        limit, wait = _whole(request, "limit", 100, _MOST), _whole(request, "wait", 0, int(_LONGEST_WAIT))
        kind = request.query.getall("kind", [])
        if wait:
            entries = await self._journal.wait(None, kind, after_id=after, seconds=wait)
        else:
            entries = await self._journal.query(None, kind, after_id=after, limit=limit)
        documents = [
            {
                "id": entry.id,
                "instant": entry.instant.isoformat(),
                "kind": entry.kind,
                "summary": entry.summary,
                "subjects": dict(entry.subjects),
                "detail": dict(entry.detail),
            }
            for entry in entries[:limit]
        ]
        return json_reply({"entries": documents}, self._now())


def document() -> dict[str, Any]:
    """Return the OpenAPI document of the controls. Deliveries and loads are described once, for campuses."""
    own: dict[str, Any] = json.loads(_described("control.openapi.json"))
    shared = json.loads(_described("openapi.json"))["components"]["schemas"]
    own["info"]["version"] = __version__
    own["components"]["schemas"] |= {name: shared[name] for name in ("Delivery", "Load")}
    return own


def _described(name: str) -> str:
    return resources.files("udir_sim.receiver").joinpath(name).read_text(encoding="utf-8")


def _refuse_pages(request: web.Request) -> None:
    """Refuse what a web page could make a browser on this machine send: cross-site requests and DNS rebinding."""
    foreign = request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin")
    if request.headers.get("Origin") or foreign:
        raise _Refused(403, "requests of web pages are not answered; use the command line or a program")
    if not _LOOPBACK.fullmatch(request.host):
        raise _Refused(403, f"Host is {request.host[:100]!r}; the controls answer to localhost and 127.0.0.1 only")


async def _body(request: web.Request, known: tuple[str, ...] | None) -> dict[str, Any]:
    text = await request.text()
    try:
        content = json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError) as error:
        raise _Refused(400, f"the body is no JSON: {error}") from error
    if not isinstance(content, dict):
        raise _Refused(400, "the body is no JSON object")
    for key in content:
        if known is not None and key not in known:
            raise _Refused(400, f"{key!r} is not known here; known: {', '.join(known)}")
    return content


def _note(body: dict[str, Any]) -> str:
    note = body.get("note", "")
    if not isinstance(note, str) or len(note) > 200:
        raise _Refused(400, "note: expected a text of up to 200 characters")
    return " ".join(note.split())


def _whole(request: web.Request, name: str, default: int, most: int) -> int:
    text = request.query.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or int(text[:20]) > most:
        raise _Refused(400, f"{name}: {text[:30]!r}: expected a number from 0 to {most}")
    return int(text)
