"""The first door: files by PUT and POST over HTTPS, and reports of earlier ones. The certificate says whose they are.

====================================  ==================================================================
``PUT /v1/files/NAME``                the file as body, plain or .gz (``curl -T``)
``POST /v1/files``                    the same, or a form with one file (``curl -F``)
``GET /v1/files``                     what this campus has sent
``GET /v1/files/ID``                  a report again, by ``Accept`` or ``?format=json|text|html``
``GET /v1/loads``                     what was loaded when
====================================  ==================================================================
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from aiohttp import BodyPartReader, web

from sevis_sim.faults import Faults, FaultStruck, Struck
from sevis_sim.faults.answers import spoil, stop_short
from sevis_sim.journal import RequestAnswered
from sevis_sim.pki import fingerprint
from sevis_sim.wire import peer_certificate
from udir_sim.receiver import mischief
from udir_sim.receiver.campuses import Campus, Campuses
from udir_sim.receiver.errors import NotKept
from udir_sim.receiver.happenings import TransferBroken
from udir_sim.receiver.intake import Intake
from udir_sim.receiver.judging import Arrival, Unreadable
from udir_sim.receiver.outcome import delivery_document, form_wanted, load_document
from udir_sim.receiver.replies import json_reply, refusal, reply
from udir_sim.receiver.spool import Interrupted, Spool, TooLarge

FILES = "/v1/files"
LOADS = "/v1/loads"

_UNNAMED = "udirstud.txt"
_NAME = re.compile(r"[^\w.@+=-]+", re.ASCII)
_MAX_NAME = 100
_LISTED = 100
_NO_BODY = web.RequestKey("no_body", bool)
"""Set on a request whose client waits for ``100 Continue`` in vain: its body will not come."""
_DRAIN_BYTES = 1 << 30
_DRAIN_SECONDS = 10.0

Answer = Callable[[web.Request, Campus, Struck, dict[str, str]], Awaitable[web.Response]]


def plain_name(name: str) -> str:
    """Return a file name as reports and folders show it: letters, digits and a few signs, no path."""
    return _NAME.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1]).lstrip(".")[:_MAX_NAME] or _UNNAMED


class HttpsDoor:
    """Answers campuses over HTTPS."""

    def __init__(
        self, intake: Intake, campuses: Campuses, faults: Faults, spool: Spool, now: Callable[[], datetime]
    ) -> None:
        self._intake = intake
        self._campuses = campuses
        self._faults = faults
        self._spool = spool
        self._now = now

    def routes(self) -> list[web.RouteDef]:
        """Return the routes. They need client certificates, and an application that leaves bodies alone."""
        upload = self._entry(mischief.UPLOAD, self._upload)
        return [
            web.put(FILES + "/{name}", upload, expect_handler=self._expect),
            web.post(FILES, upload, expect_handler=self._expect),
            web.get(FILES, self._entry(mischief.REPORT, self._list), allow_head=False),
            web.get(FILES + "/{id}", self._entry(mischief.REPORT, self._report), allow_head=False),
            web.get(LOADS, self._entry(mischief.REPORT, self._loads), allow_head=False),
        ]

    def _campus(self, request: web.Request) -> Campus | None:
        der = peer_certificate(request.transport)
        return None if der is None else self._campuses.of_certificate(fingerprint(der))

    async def _expect(self, request: web.Request) -> None:
        """Answer ``Expect: 100-continue`` only where the body will be read."""
        small = (request.content_length or 0) <= self._spool.limits.max_bytes
        if small and self._campus(request) is not None and request.transport is not None:
            request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        else:
            request[_NO_BODY] = True

    def _entry(self, place: str, answer: Answer) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            exchange = uuid4().hex[:12]
            campus = self._campus(request)
            facts = {
                "location": campus.location if campus is not None else "",
                "door": "https",
                "file": plain_name(request.match_info.get("name", request.query.get("name", _UNNAMED))),
            }
            struck = self._faults.strike(place, facts, self._now())
            for fault in struck:
                await self._intake.note(FaultStruck.of(fault, exchange))
            response: web.StreamResponse | None = None
            try:
                response = await stop_short(request, struck.of("before"), self._spool.sleep)
                if response is None:
                    plain = self._stranger(request) if campus is None else await answer(request, campus, struck, facts)
                    response = await spoil(request, plain, struck, self._spool.sleep)
            finally:
                await self._note(request, exchange, response)
            if not request.get(_NO_BODY):
                await _drain(request)
            return response

        return handle

    def _stranger(self, request: web.Request) -> web.Response:
        sent = peer_certificate(request.transport) is not None
        what = "the client certificate is no campus's" if sent else "no client certificate was sent"
        remedy = "use --cert and --key with the files campus-NN.pem and campus-NN.key of the data directory"
        return refusal(request, self._now(), 403, "Not a campus", f"{what}; {remedy}")

    async def _upload(
        self, request: web.Request, campus: Campus, _struck: Struck, facts: dict[str, str]
    ) -> web.Response:
        now, limits = self._now(), self._spool.limits
        form = form_wanted(request.headers.get("Accept", ""), request.query.get("format"))
        if form is None:
            return refusal(request, now, 406, "Not acceptable", "reports are text, JSON or HTML; mend Accept or format")
        too_large = f"more than {limits.max_bytes:,} bytes are not taken; split the file or pack it (.gz)"
        if (request.content_length or 0) > limits.max_bytes:
            return refusal(request, now, 413, "Too large", too_large, Connection="close")
        if request.get(_NO_BODY):
            return refusal(request, now, 417, "Not expected", "the body was not asked for")
        try:
            path, name = await self._take(request, campus, facts)
        except TooLarge:
            return refusal(request, now, 413, "Too large", too_large, Connection="close")
        except TimeoutError:
            request[_NO_BODY] = True
            detail = (
                f"a file may take {limits.seconds:g} s, and {limits.idle_seconds:g} s without a byte; send it again"
            )
            return refusal(request, now, 408, "Too slow", detail, Connection="close")
        except ValueError as error:
            return refusal(request, now, 400, "No file", str(error))
        except OSError as error:
            if isinstance(error, ConnectionError):
                raise
            detail = f"the receiver could not keep the file ({error.strerror}); send it again later"
            return refusal(request, now, 507, "Not kept", detail)
        try:
            outcome = await self._intake.receive(Arrival(path, campus.location, name, "https"))
        except Unreadable as error:
            return refusal(request, self._now(), 422, "Cannot be read", str(error))
        except NotKept as error:
            path.unlink(missing_ok=True)
            return refusal(request, self._now(), 507, "Not kept", f"{error}; send it again later")
        text = await asyncio.to_thread(outcome.render, form, self._intake.directory.archive)
        place = f"{FILES}/{outcome.delivery.id}"
        return reply(text, form, self._now(), outcome.status, Location=place, Udir_Delivery=outcome.delivery.id)

    async def _take(self, request: web.Request, campus: Campus, facts: dict[str, str]) -> tuple[Path, str]:
        """Take the body in; return where it is and what it is called.

        Raises:
            TooLarge, TimeoutError: as the limits say.
            ValueError: a form without a file.
            ConnectionResetError: the client went away, or a fault ended the transfer.

        """
        struck = self._faults.strike(mischief.TRANSFER, facts, self._now())
        for fault in struck:
            await self._intake.note(FaultStruck.of(fault))
        progress: list[int] = []
        name = facts["file"]
        reason = ""
        try:
            async with asyncio.timeout(self._spool.limits.seconds):
                chunks, given = await self._body(request)
                name = plain_name(given) if given else name
                return await self._spool.take(self._paced(chunks), struck, progress), name
        except (TooLarge, TimeoutError) as error:
            reason = "too large" if isinstance(error, TooLarge) else "too slow"
            raise
        except Interrupted:
            reason = "a fault ended it"
            if request.transport is not None:
                request.transport.abort()
            raise ConnectionResetError(reason) from None
        except (web.RequestPayloadError, ConnectionResetError, EOFError) as error:
            reason = "the client went away"
            raise ConnectionResetError(reason) from error
        finally:
            if reason:
                said = {"location": campus.location, "door": "https", "name": name, "reason": reason}
                await self._intake.note(TransferBroken(**said, bytes=sum(progress)))

    async def _body(self, request: web.Request) -> tuple[AsyncIterator[bytes], str]:
        """Return the bytes of the file and its name, if the body says one."""
        if request.content_type != "multipart/form-data":
            return request.content.iter_any(), ""
        reader = await request.multipart()
        async for part in reader:
            if isinstance(part, BodyPartReader) and part.filename is not None:
                return _of_part(part), part.filename
        raise ValueError("the form has no file; send it with curl -F file=@udirstud.txt, or as the whole body with -T")

    async def _paced(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Yield what comes; TimeoutError where nothing comes for too long."""
        while True:
            async with asyncio.timeout(self._spool.limits.idle_seconds):
                chunk = await anext(chunks, None)
            if chunk is None:
                return
            yield chunk

    async def _list(
        self, request: web.Request, campus: Campus, _struck: Struck, _facts: dict[str, str]
    ) -> web.Response:
        found = await self._intake.directory.database.read(
            lambda tx: [
                (each, tx.loads.of_delivery(each.id)) for each in tx.deliveries.find(campus.location, limit=_LISTED)
            ]
        )
        if form_wanted(request.headers.get("Accept", ""), request.query.get("format")) == "json":
            return json_reply({"files": [delivery_document(each, load) for each, load in found]}, self._now())
        lines = [
            f"{each.received:%Y-%m-%d %H:%M:%S}Z  {each.id}  {each.state.value:<8}{each.data_records:>10,}"
            f"  {each.name}\n"
            for each, _ in found
        ]
        return reply("".join(lines) or "nothing yet\n", "txt", self._now())

    async def _report(
        self, request: web.Request, campus: Campus, _struck: Struck, _facts: dict[str, str]
    ) -> web.Response:
        now = self._now()
        outcome = await self._intake.outcome(request.match_info["id"])
        if outcome is None or outcome.delivery.location != campus.location:
            # Another campus's file is nobody's business, not even that it exists.
            detail = f"location {campus.location} has sent no such file; GET {FILES} lists what it has"
            return refusal(request, now, 404, "Not found", detail)
        form = form_wanted(request.headers.get("Accept", ""), request.query.get("format"))
        if form is None:
            return refusal(request, now, 406, "Not acceptable", "reports are text, JSON or HTML; mend Accept or format")
        return reply(await asyncio.to_thread(outcome.render, form, self._intake.directory.archive), form, now)

    async def _loads(
        self, request: web.Request, campus: Campus, _struck: Struck, _facts: dict[str, str]
    ) -> web.Response:
        loads = await self._intake.directory.database.read(lambda tx: tx.loads.of(campus.location))
        if form_wanted(request.headers.get("Accept", ""), request.query.get("format")) == "json":
            return json_reply({"loads": [load_document(load) for load in loads]}, self._now())
        lines = [
            f"{load.number:>4}  {load.instant:%Y-%m-%d %H:%M:%S}Z  {load.kind:<9} {load.delivery}  "
            f"{load.records:,} students: +{load.added:,} ~{load.changed:,} -{load.deleted:,}\n"
            for load in loads
        ]
        return reply("".join(lines) or "nothing yet\n", "txt", self._now())

    async def _note(self, request: web.Request, exchange: str, response: web.StreamResponse | None) -> None:
        der = peer_certificate(request.transport)
        await self._intake.note(
            RequestAnswered(
                exchange=exchange,
                certificate=fingerprint(der) if der is not None else None,
                peer=request.remote or "",
                method=request.method,
                path=request.path,
                status=response.status if response is not None else 0,
                received_bytes=request.content_length or 0,
                sent_bytes=response.content_length or 0 if response is not None else 0,
                outcome="" if response is not None else "the connection ended without an answer",
            )
        )


async def _of_part(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(1 << 16):
        yield chunk


async def _drain(request: web.Request) -> None:
    """Throw the unread rest of a body away, so that the answer reaches who sends everything before reading."""
    if not request.can_read_body or request.content.at_eof():
        return
    left = _DRAIN_BYTES
    with contextlib.suppress(TimeoutError, web.RequestPayloadError, ConnectionResetError):
        async with asyncio.timeout(_DRAIN_SECONDS):
            async for chunk in request.content.iter_any():
                left -= len(chunk)
                if left < 0:
                    return
