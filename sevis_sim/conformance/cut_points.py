"""Plays one scenario once for each point at which its deliveries can break (``cut_points.toml``)."""

import asyncio
import contextlib
import functools
import socket
import tomllib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from sevis_sim.conformance.cases import Case
from sevis_sim.conformance.errors import ConformError

_PIECE = 4096
_HANDSHAKE = 64
"""Bytes of the client after which the line breaks in the handshake: inside of its first message."""


@dataclass(frozen=True, slots=True)
class LineCut:
    """Where the line between client and simulator breaks."""

    action: Literal["upload", "download"]
    cut: Literal["refuse", "handshake", "document"]


@dataclass(frozen=True, slots=True)
class CutPoint:
    """A point at which a delivery breaks."""

    name: str
    says: str
    fault: Mapping[str, Any] | None = None
    line: LineCut | None = None


@functools.cache
def cut_points() -> tuple[CutPoint, ...]:
    """Return all points, in the order of a delivery."""
    with Path(__file__).with_name("cut_points.toml").open("rb") as file:
        rows = tomllib.load(file)
    return tuple(
        CutPoint(name, row["says"], row.get("fault"), LineCut(**row["line"]) if "line" in row else None)
        for name, row in rows.items()
    )


def cut_cases(cases: Sequence[Case]) -> list[Case]:
    """Return a case for each point, of one scenario.

    Raises:
        ConformError: it is more than one, or has no upload.

    """
    if len(cases) != 1:
        names = ", ".join(each.name for each in cases[:4]) or "none"
        raise ConformError(
            f"cut points are those of one scenario, such as first-steps; this names {len(cases)}: {names}"
        )
    case = cases[0]
    if not any(each.upload is not None for each in case.scenario.steps):
        raise ConformError(f"{case.name}: the scenario has no upload step, so there is nothing to deliver")
    return [replace(case, name=f"{case.name}@{each.name}", flow="deliver", point=each.name) for each in cut_points()]


def point_named(name: str) -> CutPoint | None:
    """Return the point of a case; None for a case without one."""
    return next((each for each in cut_points() if each.name == name), None)


@contextlib.asynccontextmanager
async def cut_line(cut: LineCut, port: int, document_size: int) -> AsyncIterator[int]:
    """Open a port whose first connection breaks; all later ones reach the simulator.

    Args:
        cut: where it breaks.
        port: the simulator's.
        document_size: bytes of the batch; half of them pass.

    Yields:
        The port that stands for the simulator's. Where it refuses, nobody listens there at all.

    """
    if cut.cut == "refuse":
        with socket.socket() as bound:  # bound and not listening: connections are refused, and nobody else gets it
            bound.bind(("127.0.0.1", 0))
            yield int(bound.getsockname()[1])
        return
    let_pass = _HANDSHAKE if cut.cut == "handshake" else max(document_size // 2, 1) + 4096
    first = True

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal first
        limit, first = (let_pass if first else None), False
        with contextlib.suppress(OSError):
            there, back = await asyncio.open_connection("127.0.0.1", port)
            try:
                answers = asyncio.create_task(_carry(there, writer, None))
                await _carry(reader, back, limit)
                if limit is None:
                    await answers
                answers.cancel()
            finally:
                back.transport.abort()
        writer.transport.abort()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    async with server:
        yield int(server.sockets[0].getsockname()[1])
        server.close()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limit: int | None) -> None:
    with contextlib.suppress(OSError):
        while limit is None or limit > 0:
            piece = await reader.read(_PIECE if limit is None else min(_PIECE, limit))
            if not piece:
                break
            writer.write(piece)
            await writer.drain()
            limit = None if limit is None else limit - len(piece)
        if limit is None and writer.can_write_eof():
            writer.write_eof()
