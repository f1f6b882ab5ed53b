"""Sees what comes in at one sandbox while a client does something: requests, dead handshakes, faults that struck."""

import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from sevis_sim.client import replies
from sevis_sim.conformance.transcript import DAMAGED, NO_ANSWER, Action, Wire
from sevis_sim.journal import Entry
from sevis_sim.results import LOG_NAME, ParsedLog
from sevis_sim.runner import Answer
from sevis_sim.runner.world import World

_KINDS = {
    "upload.answered": "upload",
    "download.answered": "download",
    "handshake.failed": "handshake",
    "request.unreadable": "unreadable",
}
_NEWS_WITHIN = 2.0
"""Seconds in which what the client has ended is in the journal; both ends learn of it at once."""
_PAGE = 500
_REQUESTS = ("upload.answered", "download.answered")
_CUT = ("truncate:",)
_ENDED = ("drop", "reset", "outage:drop", "outage:reset")


class Watch:
    """Reads the journal of a sandbox. ``times`` gives the wall time at which each entry was written."""

    def __init__(self, world: World, times: Mapping[int, float]) -> None:
        """Prepare to watch a world."""
        self._world = world
        self._times = times
        self._began = time.monotonic()
        self._after = self._after_server = 0
        self._port = urlsplit(world.upload_url(world.scenario.system)).port or 0
        self.upload_url = world.upload_url(world.scenario.system)
        self.download_url = world.download_url(world.scenario.system)

    def now(self) -> tuple[str, float]:
        """Return the simulated time, and the seconds of wall time since the beginning."""
        return self._world.now().isoformat(), time.monotonic() - self._began

    async def end(self) -> tuple[Wire, ...]:
        """Return what has come in since the last time; waits a little where there is nothing yet."""
        journal, name = self._world.sim.journal, self._world.box.name
        found = await self._entries()
        if not any(each.kind in _KINDS for each in found):
            # A handshake that the client breaks off is written down when the server has noticed it.
            await journal.wait(name, tuple(_KINDS), after_id=self._after, seconds=_NEWS_WITHIN)
            found += await self._entries()
        faults: dict[str, list[str]] = {}
        for entry in found:
            if entry.kind == "fault.struck" and entry.detail["at"] in ("upload", "download"):
                words = f"{entry.detail['at']}:{entry.detail['does']} {entry.detail['phase']}"
                faults.setdefault(entry.subjects.get("exchange", ""), []).append(words)
        wires = [await self._wire(each, faults) for each in found if each.kind in _KINDS]
        unanswered = set(faults) - {each.subjects.get("exchange", "") for each in found if each.kind in _KINDS} - {""}
        for entry in found:
            # A client that hangs up while a fault holds the answer back: only the fault tells of its request.
            if entry.kind == "fault.struck" and entry.subjects.get("exchange") in unanswered:
                unanswered.discard(entry.subjects["exchange"])
                struck = tuple(faults[entry.subjects["exchange"]])
                instant, seconds = entry.instant.isoformat(), self._seconds(entry)
                wires.append(Wire(str(entry.detail["at"]), instant, seconds, NO_ANSWER, faults=struck))
        return tuple(sorted(wires, key=lambda each: each.seconds))

    def answer(self, action: Action) -> Answer:
        """Return how an action ended on the wire, as scenarios expect it."""
        last = action.last
        if last is None or last.outcome == NO_ANSWER:
            return Answer(None, problem=action.problem or "no request was answered")
        status = _status(last.response_head)
        reply = _reply(action.name, status, last.response_body)
        archive = reply.archive if isinstance(reply, replies.DownloadReply) else None
        return Answer(
            http=status,
            body=last.response_body,
            code=reply.code,
            log=reply.log,
            files=(LOG_NAME, *archive.forms) if archive else (),
            zipped=archive is not None,
            title=reply.title,
            problem=reply.problem or last.reason,
        )

    async def _entries(self) -> list[Entry]:
        found: list[Entry] = []
        journal, name = self._world.sim.journal, self._world.box.name
        while page := await journal.query(name, after_id=found[-1].id if found else self._after, limit=_PAGE):
            found += page
        if found:
            self._after = found[-1].id
        return sorted([*found, *await self._without_certificate()], key=lambda each: each.id)

    async def _without_certificate(self) -> list[Entry]:
        """Return requests that came without a certificate: nobody knows whose they are but by the port they ask."""
        journal, found = self._world.sim.journal, []
        while page := await journal.query(None, _REQUESTS, after_id=self._after_server, limit=_PAGE):
            self._after_server = page[-1].id
            for entry in page:
                kept = await journal.messages(None, entry.id)
                if kept and _asked_port(kept.request.head) == self._port:
                    found.append(entry)
        return found

    def _seconds(self, entry: Entry) -> float:
        return self._times.get(entry.id, time.monotonic()) - self._began

    async def _wire(self, entry: Entry, faults: Mapping[str, list[str]]) -> Wire:
        kind = _KINDS[entry.kind]
        detail, subjects = entry.detail, entry.subjects
        struck = tuple(faults.get(subjects.get("exchange", "-"), ()))
        kept = await self._world.sim.journal.messages(entry.sandbox, entry.id)
        request, response = (kept.request, kept.response) if kept else (None, None)
        body = response.body if response else b""
        words = [each.partition(":")[2].partition(" ")[0] for each in struck]
        outcome, log = NO_ANSWER, None
        arrived = not any(each in _ENDED or each.startswith(_CUT) for each in words)
        if kind in ("upload", "download") and response and arrived:
            outcome, log = _outcome(kind, _status(response.head.decode("latin-1")), body)
        records = log.process.records if log and log.process and log.download_code == "S0000" else ()
        return Wire(
            kind=kind,
            instant=entry.instant.isoformat(),
            seconds=self._seconds(entry),
            outcome=outcome,
            truth=str(detail.get("code", "")),
            batch=subjects.get("batch", ""),
            organization=subjects.get("organization", ""),
            certificate=subjects.get("certificate", ""),
            reason=str(detail.get("reason", "")) or str(detail.get("title", "")),
            faults=struck,
            violations=tuple(f"line {each['line']}: {each['message']}" for each in detail.get("violations", ())),
            request_head=request.head.decode("latin-1") if request else "",
            request_body=request.body if request else b"",
            request_size=request.size if request else 0,
            response_head=response.head.decode("latin-1") if response else "",
            response_body=body,
            failed=tuple(each.request_id for each in records if not each.succeeded),
            stored=tuple(each.request_id for each in records if each.succeeded),
        )


def _outcome(kind: str, status: int, body: bytes) -> tuple[str, ParsedLog | None]:
    reply = _reply(kind, status, body)
    if not 200 <= status < 300:
        return str(status), None
    if reply.code == "S0000" and isinstance(reply, replies.DownloadReply) and not reply.ready:
        return DAMAGED, None
    if reply.code:
        return reply.code, reply.log
    return ("page" if reply.title else DAMAGED), None


def _reply(kind: str, status: int, body: bytes) -> replies.UploadReply | replies.DownloadReply:
    return (replies.upload_reply if kind == "upload" else replies.download_reply)(status, body)


def _asked_port(head: bytes) -> int | None:
    """Return the port of a request's Host header."""
    for line in head.decode("latin-1").split("\r\n")[1:]:
        name, _, host = line.partition(":")
        if name.strip().lower() == "host":
            port = host.rpartition(":")[2].strip()
            return int(port) if port.isdigit() else None
    return None


def _status(head: str) -> int:
    words = head.split(" ", 2)
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
