"""What a request is answered when the ground goes away below it, or when the simulator itself breaks down."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from aiohttp import web

from sevis_sim.gateway.replies import page_reply
from sevis_sim.store import MissingReference

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Tell = Callable[[web.Request, int, str, str], Awaitable[None]]
"""Journals a request that nobody can be named for: status, outcome, remedy."""

_GONE = "its sandbox was deleted or put back while the request was under way"
_REMEDY = "Let clients finish before a sandbox is deleted, reset or restored."


def answered(tell: Tell, now: Callable[[], datetime]) -> Any:
    """Return the middleware that lets no client see a page of the HTTP library.

    A client whose sandbox is deleted meanwhile gets the page of one whose certificate nobody knows; one that the
    simulator fails, for want of room on the disk perhaps, gets the service's page 500, and the log tells why.
    """

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except MissingReference:
            await tell(request, 403, _GONE, _REMEDY)
            return page_reply(403, now())
        except web.HTTPException as error:
            await tell(request, error.status, error.reason, "")
            return page_reply(error.status, now())
        except Exception as error:
            request.protocol.log_exception("Error handling request", exc_info=error)
            return page_reply(500, now(), Connection="close")

    return middleware
