"""The journal as a stream of server-sent events (WHATWG HTML, section "Server-sent events")."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

from aiohttp import web

from sevis_sim.control.journal import choice_of, entry_out, whose_journal
from sevis_sim.control.requests import CLOSING, HEARTBEAT, Problem, Resources, served_by
from sevis_sim.journal import Choice, Entry, Journal


async def stream_events(resources: Resources, request: web.Request) -> web.StreamResponse:
    """Entries of the journal as they come, as server-sent events: id, event (its kind) and data (as in /journal).

    It begins after ``Last-Event-ID``, which browsers and other clients send when they come back, or after ``after``;
    without either with what is to come. Filters are those of /journal. A comment is sent every 15 seconds of silence.
    """
    whose, choice = whose_journal(resources, request), choice_of(request)
    sandbox = served_by(resources, request).sandbox
    choice = replace(choice, after_id=await _start(resources.journal, request, whose))
    headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    # Says that it has begun: a client may act now and will be told of what comes of it.
    await response.write(b": here\n\n")
    entries = _entries(resources.journal, whose, choice)
    closing = asyncio.ensure_future(request.app[CLOSING].wait())
    following = asyncio.ensure_future(anext(entries))
    try:
        while True:
            await asyncio.wait(
                (closing, following), timeout=request.app[HEARTBEAT], return_when=asyncio.FIRST_COMPLETED
            )
            if whose is not None and sandbox.deleted:  # by now its name may be another one's
                return response
            if following.done():
                await response.write(_event(following.result()))
                following = asyncio.ensure_future(anext(entries))
            elif closing.done():
                return response
            else:
                await response.write(b": still here\n\n")
    except ConnectionError:
        return response
    finally:
        closing.cancel()
        following.cancel()


async def _start(journal: Journal, request: web.Request, whose: str | None) -> int:
    for name, text in (("Last-Event-ID", request.headers.get("Last-Event-ID")), ("after", request.query.get("after"))):
        if text:
            if not (text.isascii() and text.isdigit() and len(text) < 16):
                raise Problem(422, "Not a number", f"{name} is {text!r}; expected the id of an entry", name)
            return int(text)
    return await journal.last_id(whose)


async def _entries(journal: Journal, whose: str | None, choice: Choice) -> AsyncIterator[Entry]:
    while True:
        for entry in await journal.wait_for(whose, choice):
            choice = replace(choice, after_id=entry.id)
            yield entry


def _event(entry: Entry) -> bytes:
    return f"id: {entry.id}\nevent: {entry.kind}\ndata: {entry_out(entry).model_dump_json()}\n\n".encode()
