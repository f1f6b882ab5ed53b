"""Bounded reading of request bodies: in size here, in time by the listener's timeouts."""

import asyncio
import contextlib

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


async def read_body(request: web.Request, limit: int, seconds: float) -> bytes:
    """Return the whole body, never holding more than ``limit`` bytes and one network chunk.

    Raises:
        BodyTooLarge: more than ``limit`` bytes are announced or sent.
        BodyTooSlow: it takes longer than ``seconds`` of the event loop's time.
        BodyBroken: the body ended early.

    """
    if request.content_length is not None and request.content_length > limit:
        raise BodyTooLarge
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.content.iter_any():
                size += len(chunk)
                if size > limit:
                    raise BodyTooLarge
                chunks.append(chunk)
    except TimeoutError as error:
        raise BodyTooSlow from error
    except (web.RequestPayloadError, ConnectionResetError) as error:
        raise BodyBroken(str(error)) from error
    return b"".join(chunks)


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
