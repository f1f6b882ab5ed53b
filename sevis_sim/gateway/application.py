"""The aiohttp application of the wire: its URLs, and what every request goes through before its handler.

The order is: certificate → sandbox → due work → service hours → body → fields → intake → journal. An exchange writes
exactly one journal entry, whatever becomes of it.
"""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import uuid4

from aiohttp import HttpVersion11, web

from sevis_sim.domain.submissions import Upload
from sevis_sim.domain.systems import SYSTEMS, System
from sevis_sim.faults.answers import Sleep
from sevis_sim.gateway import replies
from sevis_sim.gateway.body import BodyBroken, BodyTooLarge, BodyTooSlow, drain, read_into
from sevis_sim.gateway.connections import Traffic
from sevis_sim.gateway.exchange import Action, Exchange
from sevis_sim.gateway.fields import UploadReader, download_fields, field_text, upload_fields
from sevis_sim.gateway.identity import Identities
from sevis_sim.gateway.mischief import Mischief, release_in_force, spoiled
from sevis_sim.gateway.mishaps import answered
from sevis_sim.gateway.multipart import IN_MEMORY, Form
from sevis_sim.gateway.recording import Recording, recorded
from sevis_sim.intake import MAX_FILE_NAME, Caller, Collection, Receipt, collect, receive
from sevis_sim.journal import Entry, Journal, Messages, RequestAnswered
from sevis_sim.mischief import DOWNLOAD, UPLOAD
from sevis_sim.schemas import Release
from sevis_sim.store import Store, Transaction
from sevis_sim.timeline import Served, Tenants, passes_by_itself
from sevis_sim.wire import peer_certificate

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MAX_NOTED_VIOLATIONS = 20
DOWNLOAD_LIMIT = 1024 * 1024
"""Largest body of a download request in bytes: it holds three short fields."""
LARGE_UPLOADS_AT_WORK = 4
"""Documents over `IN_MEMORY` that are in memory at once; the others wait in their temporary files."""
_NO_BODY = web.RequestKey("no_body", bool)
"""Set on a request whose client waits for ``100 Continue`` in vain: its body will not come."""


class Gateway:
    """Answers SEVIS clients for all sandboxes on one port."""

    def __init__(
        self,
        store: Store,
        journal: Journal,
        tenants: Tenants,
        releases: Mapping[str, Release],
        find_release: Callable[[str], Release],
        default: Served,
        upload_limit: int,
        request_seconds: float,
        traffic: Traffic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Prepare.

        Args:
            store: Where certificates are looked up.
            journal: Gets one entry an exchange.
            tenants: The sandboxes, of which the certificate chooses one.
            releases: By name of the system, the schemas that its uploads must keep.
            find_release: Gives any release by name, for faults; ReleaseError where there is none.
            default: The sandbox whose clock answers where no certificate chooses one.
            upload_limit: Largest body in bytes.
            request_seconds: How long a body may take.
            traffic: How many requests are answered at a time.
            sleep: Waits for the delays of faults (wall time).

        """
        self._journal = journal
        self._identities = Identities(store, tenants)
        self._releases, self._find_release = releases, find_release
        self._default = default
        self._upload_limit = upload_limit
        self._request_seconds = request_seconds
        self._traffic = traffic
        self._mischief = Mischief(sleep, self._refusal_log)
        self._large_uploads = asyncio.Semaphore(LARGE_UPLOADS_AT_WORK)
        # More threads than processors would only push each other's documents out of the processors' caches.
        self._checkers = ThreadPoolExecutor(os.cpu_count() or 1, "checker")

    def application(self) -> web.Application:
        """Build the application. Bodies are bounded, and their unread rest is drained, by `body` and not by aiohttp."""
        mishaps = answered(self._tell, lambda: self._default.sandbox.now())
        around = [self._traffic.middleware(self._crowded, self._page), _drained, mishaps]
        app = web.Application(client_max_size=0, middlewares=around)
        for system in SYSTEMS.values():
            base = f"/{system.url_path}/action"
            app.router.add_route("*", f"{base}/batchUpload", self._entry(system, "upload"), expect_handler=self._expect)
            app.router.add_route(
                "*", f"{base}/batchDownload", self._entry(system, "download"), expect_handler=self._expect
            )
        app.router.add_route("*", "/{path:(?s:.*)}", self._unknown)
        app.on_cleanup.append(self._end)
        return app

    async def _end(self, _app: web.Application) -> None:
        """Let go of the threads; all requests have been answered."""
        self._checkers.shutdown(wait=False)

    async def _expect(self, request: web.Request) -> None:
        """Answer ``Expect: 100-continue`` only where the body will be read: too large a body is never asked for.

        Clients of HTTP/1.0 know no interim answers, and send the body whatever they expect (RFC 9110 §10.1.1).
        """
        if request.version < HttpVersion11:
            return
        if (request.content_length or 0) <= self._upload_limit:
            await _continue(request)
        else:
            request[_NO_BODY] = True

    def _entry(self, system: System, action: Action) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            verdict = await self._identities.judge(peer_certificate(request.transport))
            served = verdict.served or self._default
            exchange = Exchange(
                action=action,
                system=system,
                served=served,
                caller=verdict.caller,
                fingerprint=verdict.fingerprint,
                peer=request.remote or "",
                recording=Recording(request) if self._journal.keeps_messages else None,
                reason=verdict.reason,
                remedy=verdict.remedy,
            )
            await served.timeline.settle()
            response = await self._mischief.after(exchange, await self._answer(request, exchange))
            if not exchange.noted:
                await self._journal.keep_pace()
                served.sandbox.check(verdict.caller.life if verdict.caller else None)
                known = served.sandbox.name if verdict.served else None
                self._record(request, *exchange.entry(request, response, known))
            return await self._mischief.send(request, exchange, response)

        return handle

    def _record(self, request: web.Request, entry: Entry, messages: Messages | None) -> None:
        """Journal an exchange while its answer is on its way; a fault of ours is told as of a broken request."""

        def failed(error: BaseException) -> None:
            if not passes_by_itself(error):  # of a full disk the log tells
                request.protocol.log_exception("Error in journalling", exc_info=error)

        self._journal.record_soon(entry, messages, failed=failed)

    async def _answer(self, request: web.Request, exchange: Exchange) -> web.Response | None:
        """Return the response; None if the client has gone away."""
        now = exchange.now
        if request.method not in (("POST",) if exchange.action == "upload" else ("GET", "POST")):
            allowed = "POST" if exchange.action == "upload" else "GET, POST"
            exchange.reason = f"{request.method} is not a method of this address"
            exchange.remedy = f"Send {allowed.replace(', ', ' or ')}."
            return replies.page_reply(405, now, Allow=allowed)
        if exchange.caller is None:
            return replies.page_reply(403, now)
        sandbox = exchange.served.sandbox
        if not sandbox.is_open(exchange.system):
            return await self._closed(request, exchange)
        form = UploadReader(request.headers.get("Content-Type", ""), lenient=sandbox.fidelity == "lenient")
        query = bytearray()
        limit = self._upload_limit if exchange.action == "upload" else min(DOWNLOAD_LIMIT, self._upload_limit)
        try:
            if request.can_read_body:
                take = form.feed if exchange.action == "upload" else query.extend
                await read_into(recorded(take, exchange.recording), request, limit, self._request_seconds)
        except BodyTooLarge:
            exchange.reason = f"the body is larger than {limit} bytes"
            exchange.remedy = "Send fewer records in one file, or raise --upload-limit-mb."
            if exchange.action == "download":
                exchange.remedy = "Send orgid, batchid and userid, and nothing else."
            return replies.page_reply(413, now, Connection="close")
        except BodyTooSlow:
            request[_NO_BODY] = True
            exchange.reason = f"the body did not arrive within {self._request_seconds:g} seconds"
            exchange.remedy = "Send the request without pauses, or raise request_timeout_s."
            return replies.page_reply(408, now, Connection="close")
        except BodyBroken as error:
            if request.transport is None or request.transport.is_closing():
                exchange.reason = f"the body ended before it was complete: {error}"
                return None
            exchange.reason = f"the body cannot be read: {error}"
            exchange.remedy = "Send the body as Content-Encoding and Transfer-Encoding say that it is, or without them."
            return replies.page_reply(400, now, Connection="close")
        if exchange.action == "upload":
            return await self._upload(request, exchange, exchange.caller, form.close())
        return await self._download(request, exchange, exchange.caller, bytes(query))

    async def _closed(self, request: web.Request, exchange: Exchange) -> web.Response | None:
        """Outside service hours: a 503 page, S0001, or a reset, as the switch says."""
        sandbox = exchange.served.sandbox
        opening = sandbox.profile(exchange.system).next_opening(exchange.now, sandbox.calendar)
        local = opening.astimezone(sandbox.calendar.zone)
        exchange.reason = f"{exchange.system.name} is closed until {local:%A %Y-%m-%d %H:%M} Eastern"
        exchange.remedy = "Try again then, or advance the clock: sevis-sim clock advance next-business-day."
        answer = sandbox.switches.closed_answer
        if answer == "reset":
            if request.transport is not None:
                request.transport.abort()
            return None
        if answer == "S0001":
            exchange.code = "S0001"
            return replies.xml_reply(self._refusal_log(exchange, "", ""), exchange.now)
        seconds = max(1, int((opening - exchange.now).total_seconds()))
        return replies.page_reply(503, exchange.now, **{"Retry-After": str(seconds)})

    async def _upload(
        self, request: web.Request, exchange: Exchange, caller: Caller, form: Form
    ) -> web.Response | None:
        sandbox = exchange.served.sandbox
        exchange.notes = form.notes
        if sandbox.fidelity == "strict" and form.forbidden:
            exchange.reason = f"fidelity is strict, and {form.forbidden.source} forbids this: {form.forbidden}"
            exchange.remedy = "Mend the form, or set fidelity: real to be answered as the service would."
            return replies.page_reply(400, exchange.now, exchange.reason)
        document = form.parts.get("xml")
        exchange.org_id, exchange.batch_id = field_text(form, "orgid"), field_text(form, "batchid")
        file = (document.file_name or "") if document else ""
        instead = await self._mischief.before(exchange, UPLOAD, field_text(form, "userid"), {"file": file}, file)
        if instead is not None:
            return instead.response
        slot = self._large_uploads if document and document.size > IN_MEMORY else contextlib.nullcontext()
        async with slot:
            upload = upload_fields(form)
            usual = self._releases[exchange.system.name]
            release, switched = await release_in_force(exchange, usual, self._find_release)
            answers: list[web.Response] = []

            def reply(receipt: Receipt) -> web.Response:
                exchange.notes += receipt.notes
                self._explain_receipt(exchange, receipt)
                return replies.xml_reply(self._upload_log(exchange, upload, receipt), exchange.now)

            def note(tx: Transaction, receipt: Receipt) -> None:
                answers.append(reply(receipt))
                self._journal.append(tx, *exchange.entry(request, answers[0], sandbox.name))
                exchange.noted = True

            also = note if self._mischief.over(exchange) else None
            receipt = await receive(
                sandbox, exchange.system, release, caller, upload, exchange.id, switched, also, self._checkers
            )
        if receipt.batch is not None:
            exchange.served.timeline.changed(receipt.batch.due)
        return answers[0] if exchange.noted else reply(receipt)

    def _upload_log(self, exchange: Exchange, upload: Upload, receipt: Receipt) -> bytes:
        """The reply to an upload: a log with only ``Upload``; the line feeds of swallowed text are lost (§1.4)."""
        org_id = upload.org_id.replace("\r\n", "\r")
        stamp = receipt.batch.received if receipt.batch else exchange.now
        name = receipt.batch.file_name if receipt.batch else upload.file_name
        echo = name if name and receipt.code != "S0001" and len(name) <= MAX_FILE_NAME else None
        return self._log(exchange, org_id, upload.batch_id, receipt.code == "S0000", (receipt.code, stamp, echo))

    def _explain_receipt(self, exchange: Exchange, receipt: Receipt) -> None:
        exchange.code, exchange.reason, exchange.remedy = receipt.code, receipt.reason, receipt.remedy
        exchange.violations = [
            {"line": v.line, "path": v.path, "message": v.message, "remedy": v.remedy}
            for v in receipt.violations[:MAX_NOTED_VIOLATIONS]
        ]

    async def _download(
        self, request: web.Request, exchange: Exchange, caller: Caller, body: bytes
    ) -> web.Response | None:
        sandbox = exchange.served.sandbox
        fields = download_fields(request, body)
        org_id, batch_id, user_id = fields["orgid"], fields["batchid"], fields["userid"]
        exchange.org_id, exchange.batch_id = org_id, batch_id
        instead = await self._mischief.before(exchange, DOWNLOAD, user_id, {"BatchID": batch_id})
        if instead is not None:
            return instead.response
        found = await collect(sandbox, exchange.system, caller, org_id, batch_id, user_id)
        exchange.code, exchange.reason, exchange.remedy = found.code, found.reason, found.remedy
        exchange.upload = found.batch.exchange if found.batch else ""
        if found.archive is not None and found.batch is not None:
            package = found.archive
            if exchange.struck:
                package = await spoiled(sandbox, found.batch, package, exchange.struck)
            return replies.zip_reply(package, batch_id, exchange.now)
        log = self._download_log(exchange, org_id, batch_id, found)
        if sandbox.switches.not_ready_download == "zip":
            from sevis_sim.results import archive  # as in `_log`

            package = archive(log, [], exchange.now.astimezone(sandbox.calendar.zone))
            return replies.zip_reply(package, batch_id, exchange.now)
        return replies.xml_reply(log, exchange.now)

    def _download_log(self, exchange: Exchange, org_id: str, batch_id: str, found: Collection) -> bytes:
        """The log of a download without a result: ``Upload`` is repeated where the batch is known (§6.2)."""
        batch = found.batch if found.code == "S0030" else None
        upload = ("S0000", batch.received, batch.file_name) if batch else None
        return self._log(exchange, org_id, batch_id, False, upload, found.code)

    def _refusal_log(self, exchange: Exchange, org_id: str, batch_id: str) -> bytes:
        upload = (exchange.code, exchange.now, None) if exchange.action == "upload" else None
        download = exchange.code if exchange.action == "download" else None
        return self._log(exchange, org_id, batch_id, exchange.code == "S0000", upload, download)

    def _log(
        self,
        exchange: Exchange,
        org_id: str,
        batch_id: str,
        status: bool,
        upload: tuple[str, datetime, str | None] | None,
        download: str | None = None,
    ) -> bytes:
        """Return a log without records; ``upload`` is told by its code, its instant and the name of its file."""
        from sevis_sim.results import LogHeader, UploadStage, transaction_log  # only now: a simulator starts without

        return transaction_log(
            LogHeader(batch_id, org_id),
            system=exchange.system.label,
            status=status,
            upload=UploadStage(*upload) if upload else None,
            download=download,
            zone=exchange.served.sandbox.calendar.zone,
        )

    def _page(self, status: int) -> web.Response:
        return replies.page_reply(status, self._default.sandbox.now())

    async def _unknown(self, request: web.Request) -> web.Response:
        known = ", ".join(f"/{s.url_path}/action/batchUpload|batchDownload" for s in SYSTEMS.values())
        await self._tell(request, 404, "no such address", f"The addresses are: {known}.")
        return replies.page_reply(404, self._default.sandbox.now())

    async def _crowded(self, request: web.Request, reason: str, remedy: str) -> web.Response:
        await self._tell(request, 503, reason, remedy)
        await drain(request)
        headers = {"Retry-After": "1", "Connection": "close"}
        return replies.page_reply(503, self._default.sandbox.now(), f"Too busy: {reason}.", **headers)

    async def _tell(self, request: web.Request, status: int, outcome: str, remedy: str) -> None:
        """Journal a request that never became an exchange: nobody knows whose it is."""
        happening = RequestAnswered(
            exchange=uuid4().hex,
            peer=request.remote or "",
            method=request.method,
            path=request.path[:200],
            status=status,
            outcome=outcome,
            remedy=remedy,
        )
        await self._journal.record(happening.entry(None, self._default.sandbox.now()))


@web.middleware
async def _drained(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Send no answer while the client is still sending: see `drain`."""
    response = await handler(request)
    if not request.get(_NO_BODY):
        await drain(request)
    return response


async def _continue(request: web.Request) -> None:
    """Send the interim answer that a client with ``Expect: 100-continue`` waits for."""
    if request.headers.get("Expect", "").lower() == "100-continue" and request.transport is not None:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
