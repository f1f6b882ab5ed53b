"""What faults do to an exchange on the wire: instead of an answer, after one, and to its bytes (design.md §3.4)."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from aiohttp import web

from sevis_sim.domain.submissions import Batch
from sevis_sim.domain.systems import System
from sevis_sim.faults import Phase, Struck
from sevis_sim.faults.answers import Sleep, deliver, drop, pause, reset
from sevis_sim.faults.happenings import words_of
from sevis_sim.gateway import replies
from sevis_sim.mischief import NEXT
from sevis_sim.sandbox import Sandbox
from sevis_sim.sandbox.mischief import journal_strikes, strike
from sevis_sim.schemas import Release
from sevis_sim.schemas.releases import ReleaseError
from sevis_sim.timeline import Served

_ENDINGS = {"reset": reset, "drop": drop}
_OUT_OF_SERVICE = 503


@dataclass(frozen=True, slots=True)
class Asked:
    """What faults were asked about an exchange, to be asked again when it has been handled."""

    at: str
    facts: Mapping[str, str]
    magic: Mapping[str, str]


class Exchange(Protocol):
    """What must be known of an exchange (`exchange.Exchange`)."""

    system: System
    served: Served
    fingerprint: str
    id: str
    org_id: str
    batch_id: str
    code: str
    reason: str
    remedy: str
    notes: list[str]
    noted: bool
    struck: Struck
    asked: Asked | None
    ending: str

    @property
    def now(self) -> datetime:
        """The sandbox's time."""


@dataclass(frozen=True, slots=True)
class Instead:
    """What is answered instead; None where the connection is to end without an answer (`Exchange.ending`)."""

    response: web.Response | None


class Mischief:
    """Does what faults ask for. Delays are waited for here, where nothing is held: no lock, no place in a queue."""

    def __init__(self, sleep: Sleep, refusal: Callable[..., bytes]) -> None:
        """Prepare.

        Args:
            sleep: waits for seconds of wall time.
            refusal: writes the log of an exchange that is answered with ``exchange.code`` alone.

        """
        self._sleep = sleep
        self._refusal = refusal

    async def before(
        self, exchange: Exchange, at: str, user: str, magic: Mapping[str, str], file: str = ""
    ) -> Instead | None:
        """Ask which faults strike a request that has been read, and do those that come before it is handled.

        Returns:
            What to answer instead of handling it; None where it goes on.

        """
        facts = {
            "system": exchange.system.name,
            "organization": exchange.org_id,
            "user": user,
            "batch": exchange.batch_id,
            "certificate": exchange.fingerprint,
            "file": file,
        }
        exchange.asked = Asked(at, facts, magic)
        return await self._do(exchange, await self._strike(exchange, exchange.asked, "before"))

    def over(self, exchange: Exchange) -> bool:
        """Whether no fault can strike an exchange any more, so that its answer is certain before it is handled."""
        magic = exchange.asked.magic.values() if exchange.asked else ()
        return not (exchange.struck or exchange.served.sandbox.faults.armed or any("SIM" in text for text in magic))

    async def after(self, exchange: Exchange, response: web.Response | None) -> web.Response | None:
        """Do the faults that come after a request was handled; return what is answered then."""
        if exchange.asked is None or exchange.noted or response is None:
            return response
        last = await self._strike(exchange, exchange.asked, "after")
        truth = exchange.code or f"HTTP {response.status}"
        instead = await self._do(exchange, last)
        if instead is None:
            return response
        exchange.notes = [*exchange.notes, f"the request was handled, and the true answer is {truth}"]
        return instead.response

    async def send(self, request: web.Request, exchange: Exchange, response: web.Response | None) -> web.StreamResponse:
        """Send an answer as faults want it sent; ConnectionResetError where the client gets none, or not all of it."""
        if response is not None:
            return await deliver(request, response, exchange.struck, self._sleep)
        if exchange.ending:
            _ENDINGS[exchange.ending](request)
        raise ConnectionResetError("the client went away")

    async def _strike(self, exchange: Exchange, asked: Asked, phase: Phase) -> Struck:
        """Ask which faults of a phase strike; of those after it, by the code of the answer too."""
        sandbox, facts = exchange.served.sandbox, asked.facts
        if phase == "after":
            facts = {**facts, "code": exchange.code}
        struck = strike(sandbox, asked.at, facts, exchange.now, (asked.magic,), phase)
        if struck:
            exchange.struck = Struck((*exchange.struck, *struck))
            await journal_strikes(sandbox, struck, exchange.id, exchange.now)
        return struck

    async def _do(self, exchange: Exchange, struck: Struck) -> Instead | None:
        await pause(struck, self._sleep)
        for fault in struck:
            ending = str(fault.value) if fault.kind == "outage" else fault.kind
            if ending in _ENDINGS:
                exchange.ending, response = ending, None
            elif fault.kind == "outage":
                response = replies.page_reply(_OUT_OF_SERVICE, exchange.now)
            elif fault.kind == "status":
                response = replies.page_reply(fault.value, exchange.now)
            elif fault.kind == "html":
                response = replies.page_reply(200, exchange.now)
            elif fault.kind == "disposition":
                exchange.code = str(fault.value)
                response = replies.xml_reply(self._refusal(exchange, exchange.org_id, exchange.batch_id), exchange.now)
            else:
                continue
            exchange.reason = f"fault {fault.name}: {words_of(fault)}"
            exchange.remedy = "It is there on purpose: sevis-sim fault list shows it, sevis-sim fault clear ends it."
            return Instead(response)
        return None


async def release_in_force(exchange: Exchange, usual: Release, find: Callable[[str], Release]) -> tuple[Release, str]:
    """Return the release that an upload is validated with, and why it keeps to none where a fault wants that."""
    fault = exchange.struck.get("schema-switch")
    if fault is None:
        return usual, ""
    if fault.value == NEXT:
        return usual, "the service validates with the schema of another release"
    try:
        release = await asyncio.to_thread(find, fault.value)
    except ReleaseError as error:
        return usual, f"the service validates with another release, and {error}"
    exchange.notes = [*exchange.notes, f"fault {fault.name}: validated with release {fault.value}"]
    return release, ""


async def spoiled(sandbox: Sandbox, batch: Batch, package: bytes, struck: Struck) -> bytes:
    """Return the zip that faults let a download have: an earlier one, one that lacks parts, a broken one."""
    from sevis_sim.mischief.spoiling import spoiled_zip

    if struck.get("old-result") is not None:
        package = await sandbox.store.read(
            lambda tx: next(
                (
                    older
                    for each in tx.batches.list(batch.sandbox, batch.system, batch.org_id, before=batch.key)
                    if (older := tx.batches.archive(each.key)) is not None
                ),
                package,
            )
        )
    return await asyncio.to_thread(spoiled_zip, package, struck)
