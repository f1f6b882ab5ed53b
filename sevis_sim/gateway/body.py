"""Bounded reading of request bodies: in size here, in time by the listener's timeouts."""

import asyncio
import contextlib
from collections.abc import Callable

from aiohttp import web

DRAIN_SECONDS = 10.0
DRAIN_BYTES = 1024 * 1024 * 1024
"""How long and how much of an unwanted body is thrown away before the connection is closed."""


class BodyTooLarge(Exception):
    """The body is over the limit. The rest of it is not kept."""


class BodyTooSlow(Exception):
    """The body did not arrive in time."""


class BodyBroken(Exception):
    """The client went away, or broke the transfer coding, before the body was complete."""


async def read_into(take: Callable[[bytes], None], request: web.Request, limit: int, seconds: float) -> None:
    """Give the body, in the pieces in which it arrives, to ``take``.

    Raises:
        BodyTooLarge: more than ``limit`` bytes are announced or sent.
        BodyTooSlow: it takes longer than ``seconds`` of the event loop's time.
        BodyBroken: the body ended early.

    """
    if request.content_length is not None and request.content_length > limit:
        raise BodyTooLarge
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.content.iter_any():
                size += len(chunk)
                if size > limit:
                    raise BodyTooLarge
                take(chunk)
    except TimeoutError as error:
        raise BodyTooSlow from error
    except (web.RequestPayloadError, ConnectionResetError) as error:
        raise BodyBroken(str(error)) from error


async def drain(request: web.Request) -> None:
    """Throw the unread rest of a body away, so that the answer reaches clients that send everything before they read.

    A connection closed with unread data is reset, and takes the answer with it. aiohttp would linger as well, but for
    its whole time even where the client has gone.
    """
    if not request.can_read_body or request.content.at_eof():
        return
    left = DRAIN_BYTES
    with contextlib.suppress(TimeoutError, web.RequestPayloadError, ConnectionResetError):
        async with asyncio.timeout(DRAIN_SECONDS):
            async for chunk in request.content.iter_any():
                left -= len(chunk)
                if left < 0:
                    return
