"""Bounded reading of request bodies: in size here, in time by the listener's timeouts."""

from aiohttp import web


class BodyTooLarge(Exception):
    """The body is over the limit. The rest of it is not kept."""


class BodyBroken(Exception):
    """The client went away, or broke the transfer coding, before the body was complete."""


async def read_body(request: web.Request, limit: int) -> bytes:
    """Return the whole body, never holding more than ``limit`` bytes and one network chunk.

    Raises:
        BodyTooLarge: more than ``limit`` bytes are announced or sent.
        BodyBroken: the body ended early.

    """
    if request.content_length is not None and request.content_length > limit:
        raise BodyTooLarge
    chunks: list[bytes] = []
    size = 0
    try:
        async for chunk in request.content.iter_any():
            size += len(chunk)
            if size > limit:
                raise BodyTooLarge
            chunks.append(chunk)
    except (web.RequestPayloadError, ConnectionResetError) as error:
        raise BodyBroken(str(error)) from error
    return b"".join(chunks)
