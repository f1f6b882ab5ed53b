"""What transport faults do to the answer of an aiohttp handler.

Delays are wall time; the function that waits is injected, so that no test sleeps.
"""

import socket
import struct
from collections.abc import Awaitable, Callable

from aiohttp import web

from sevis_sim.faults.schedule import Struck

Sleep = Callable[[float], Awaitable[object]]
"""Waits for so many seconds, like `asyncio.sleep`."""

_STEPS_A_SECOND = 4


async def stop_short(request: web.Request, struck: Struck, sleep: Sleep) -> web.Response | None:
    """Do what keeps a request from being handled: delay, drop, reset, status.

    Returns:
        The answer to give instead; None where the request goes on.

    Raises:
        ConnectionResetError: the connection is gone, there is nobody to answer.

    """
    await pause(struck, sleep)
    hang_up(request, struck)
    status = struck.value("status")
    if status is None:
        return None
    return web.Response(status=status, text=f"{status}: a fault asked for by the tester\n")


async def spoil(request: web.Request, response: web.Response, struck: Struck, sleep: Sleep) -> web.StreamResponse:
    """Do to a finished answer what faults ask for; return what was sent.

    Those of the phase ``after`` do what `stop_short` does. Truncate and drip are about the answer in either phase.

    Raises:
        ConnectionResetError: as `stop_short`.

    """
    response = await stop_short(request, struck.of("after"), sleep) or response
    return await deliver(request, response, struck, sleep)


async def pause(struck: Struck, sleep: Sleep) -> None:
    """Wait as long as a delay asks for."""
    if (seconds := struck.value("delay")) is not None:
        await sleep(seconds)


def hang_up(request: web.Request, struck: Struck) -> None:
    """End the connection where a reset or drop asks for it: ConnectionResetError then ends the handler."""
    if struck.get("reset") is not None:
        reset(request)
    if struck.get("drop") is not None:
        drop(request)


async def deliver(request: web.Request, response: web.Response, struck: Struck, sleep: Sleep) -> web.StreamResponse:
    """Return an answer as it is, or send it cut off (truncate) or slowly (drip) and return what was sent.

    Raises:
        ConnectionResetError: it was cut off.

    """
    cut, rate = struck.value("truncate"), struck.value("drip")
    if cut is None and rate is None:
        return response
    body = response.body if isinstance(response.body, bytes) else b""
    stream = web.StreamResponse(status=response.status, headers=response.headers)
    stream.content_length = len(body)
    stream.force_close()
    await stream.prepare(request)
    sent = body if cut is None else body[:cut]
    step = len(sent) if rate is None else max(rate // _STEPS_A_SECOND, 1)
    for start in range(0, len(sent), max(step, 1)):
        await stream.write(sent[start : start + step])
        if rate is not None:
            await sleep(step / max(rate, 1))
    if len(sent) < len(body):
        drop(request)
    await stream.write_eof()
    return stream


def drop(request: web.Request) -> None:
    """Close the connection without a word; always raises ConnectionResetError, which ends the handler."""
    if request.transport is not None:
        request.transport.close()
    raise ConnectionResetError("a fault dropped the connection")


def reset(request: web.Request) -> None:
    """Reset the connection: the client sees that the other side is gone, not that it has finished. Raises as `drop`."""
    if request.transport is not None:
        handle = request.transport.get_extra_info("socket")
        if handle is not None:
            # Linger for no time: the kernel then sends RST in place of FIN.
            handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    raise ConnectionResetError("a fault reset the connection")
