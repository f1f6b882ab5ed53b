"""What the functions of the control API share: their resources, their refusals, and reading a request."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from aiohttp import web

from sevis_sim.clock import InstantError
from sevis_sim.domain.systems import SYSTEMS, System
from sevis_sim.journal import Journal
from sevis_sim.pki import CertificateAuthority, CertificateFacts
from sevis_sim.store import Store
from sevis_sim.timeline import Served, Tenants
from sevis_sim.wire import TlsVersion

if TYPE_CHECKING:
    from sevis_sim.control.models import Model

M = TypeVar("M", bound="Model")
T = TypeVar("T")

MAX_ROWS = 1000

CLOSING = web.AppKey("closing", asyncio.Event)
"""Set when the port is about to be closed."""
HEARTBEAT = web.AppKey("heartbeat", float)
"""Seconds of silence after which a stream gets a comment, so that neither side takes the other for dead."""


@dataclass(frozen=True, slots=True)
class OpenListener:
    """A TLS port beside the first one."""

    name: str
    sandbox: str
    """Whose journal its dead handshakes are told to."""
    port: int
    certificate: str
    """A name of certs/servers.toml."""
    tls: TlsVersion | None
    """The one TLS version that it speaks; None for both."""


class Listeners(Protocol):
    """Opens and closes TLS ports beside the first one."""

    async def open(self, sandbox: str, certificate: str, tls: TlsVersion | None) -> OpenListener:
        """Open one; PkiError for a certificate that there is not."""

    def opened(self, sandbox: str) -> list[OpenListener]:
        """Return those of a sandbox."""

    async def close(self, sandbox: str, name: str) -> bool:
        """Close one; False where the sandbox has none of this name."""


@dataclass(frozen=True, slots=True)
class Resources:
    """What the control API works on."""

    store: Store
    journal: Journal
    tenants: Tenants
    trust: Callable[[CertificateFacts], None]
    """Makes the TLS listener accept an imported certificate as its own anchor."""
    addresses: Callable[[int | None], Mapping[str, Mapping[str, str]]]
    """The addresses of uploads and downloads at a TLS port, None for the first one, by system."""
    listeners: Listeners
    authority: Callable[[], CertificateAuthority]
    """Who issues client certificates, and whom clients must trust."""
    metrics: Callable[[], Awaitable[bytes]]
    """What Prometheus is told, in its text format."""


class Problem(Exception):
    """A request that cannot be served, as problem+json."""

    def __init__(self, status: int, title: str, detail: str, field: str | None = None) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail, self.field = status, title, detail, field


def served_by(resources: Resources, request: web.Request) -> Served:
    """Return the sandbox that the path names; ``default`` where it names none."""
    name = request.match_info.get("sandbox", "default")
    served = resources.tenants.served(name)
    if served is None:
        known = ", ".join(resources.tenants.names())
        raise Problem(404, "No such sandbox", f"there is no sandbox {name!r}; there are: {known}", "sandbox")
    return served


async def body_of(request: web.Request, model: type[M]) -> M:
    """Return the request's body as a model; pydantic's ValidationError tells what is wrong with it.

    Strict: 1 is not true, and "1" is no number, as the OpenAPI document says.
    """
    return model.model_validate_json(await request.read() or b"{}", strict=True)


def system_of(request: web.Request) -> System | None:
    """Return the system of the query, or None."""
    name = request.query.get("system")
    if name is None:
        return None
    if name not in SYSTEMS:
        raise Problem(422, "No such system", f"system is {name!r}; expected {', '.join(SYSTEMS)}", "system")
    return SYSTEMS[name]


def flag_of(request: web.Request, name: str) -> bool:
    """Return whether the query says true; not saying is false."""
    text = request.query.get(name, "false").lower()
    if text not in ("true", "1", "false", "0"):
        raise Problem(422, "Not true or false", f"{name} is {text!r}; expected true or false", name)
    return text in ("true", "1")


def number_of(request: web.Request, name: str, default: int) -> int:
    """Return a whole number of the query; ``limit`` is capped."""
    text = request.query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Problem(422, "Not a number", f"{name} is {text!r}; expected a whole number of 0 or more", name)
    return min(int(text), MAX_ROWS) if name == "limit" else int(text)


async def resolved(awaitable: Awaitable[T], field: str = "to") -> T:
    """Await what reads an instant; one that is none is a problem with a field."""
    try:
        return await awaitable
    except InstantError as error:
        raise Problem(422, "Not an instant", str(error), field) from error


async def unless_closing(request: web.Request, waiting: Coroutine[Any, Any, T], otherwise: T) -> T:
    """Wait, but not longer than the port is open: a long poll must not hold up the end of the simulator."""
    both = asyncio.ensure_future(waiting), asyncio.ensure_future(request.app[CLOSING].wait())
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        return both[0].result() if both[0].done() else otherwise
    finally:
        for task in both:
            task.cancel()


def eastern(served: Served, instant: datetime) -> str:
    """Write an instant in Eastern words."""
    return instant.astimezone(served.sandbox.calendar.zone).strftime("%a %Y-%m-%d %H:%M:%S %Z")
