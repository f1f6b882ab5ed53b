"""The resources of the control API, one function each: request in, model out."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from aiohttp import web

from sevis_sim.clock import InstantError
from sevis_sim.control import models
from sevis_sim.domain.submissions import Batch
from sevis_sim.domain.systems import PRODUCTION, SYSTEMS, System
from sevis_sim.intake import register
from sevis_sim.journal import Journal
from sevis_sim.pki import CertificateFacts
from sevis_sim.sandbox.happenings import HAPPENINGS
from sevis_sim.store import Store, StoredRecord, Transaction
from sevis_sim.timeline import Happening, Served, Tenants

M = TypeVar("M", bound=models.Model)
T = TypeVar("T")

MAX_ROWS = 1000
MAX_WAIT_SECONDS = 60.0

CLOSING = web.AppKey("closing", asyncio.Event)
"""Set when the port is about to be closed."""


@dataclass(frozen=True, slots=True)
class Resources:
    """What the control API works on."""

    store: Store
    journal: Journal
    tenants: Tenants
    trust: Callable[[CertificateFacts], None]
    """Makes the TLS listener accept an imported certificate as its own anchor."""


class Problem(Exception):
    """A request that cannot be served, as problem+json."""

    def __init__(self, status: int, title: str, detail: str, field: str | None = None) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail, self.field = status, title, detail, field


async def list_sandboxes(resources: Resources, _: web.Request) -> list[models.SandboxOut]:
    """All sandboxes."""
    return [
        models.SandboxOut(name=served.sandbox.name, seed=served.sandbox.seed, now=served.sandbox.now())
        for name in resources.tenants.names()
        if (served := resources.tenants.served(name))
    ]


async def show_clock(resources: Resources, request: web.Request) -> models.ClockOut:
    """The clock."""
    served = _served(resources, request)
    await served.timeline.settle()
    return await _clock(resources, served)


async def set_clock(resources: Resources, request: web.Request) -> models.MovedOut:
    """Set the clock: forward, or anywhere while there are no batches."""
    served, body = _served(resources, request), await _body(request, models.MoveClock)
    happened = await _resolved(served.timeline.set(body.to, SYSTEMS[body.system]))
    return models.MovedOut(clock=await _clock(resources, served), happened=_happenings(served, happened))


async def advance_clock(resources: Resources, request: web.Request) -> models.MovedOut:
    """Move the clock forward, running all that falls due; returns settled."""
    served, body = _served(resources, request), await _body(request, models.MoveClock)
    happened = await _resolved(served.timeline.advance(body.to, SYSTEMS[body.system]))
    return models.MovedOut(clock=await _clock(resources, served), happened=_happenings(served, happened))


async def plan(resources: Resources, request: web.Request) -> models.PlanOut:
    """What would happen until an instant (default: three business days from now)."""
    served = _served(resources, request)
    until = request.query.get("until", "+3bd")
    system = _system(request) or PRODUCTION
    target = await _resolved(served.timeline.resolve(until, system), "until")
    events = await served.timeline.plan(target, system)
    return models.PlanOut(until=target, events=_happenings(served, events))


async def list_batches(resources: Resources, request: web.Request) -> list[models.BatchOut]:
    """Batches, newest first; filters: system, organization, batch."""
    served = _served(resources, request)
    await served.timeline.settle()
    system, name = _system(request), served.sandbox.name
    organization, batch_id = request.query.get("organization"), request.query.get("batch")
    limit = _number(request, "limit", 100)
    rows = await resources.store.read(
        lambda tx: tx.batches.list(name, system.name if system else None, organization, batch_id, limit=limit)
    )
    return [
        models.BatchOut(
            system=b.system,
            organization=b.org_id,
            batch_id=b.batch_id,
            user_id=b.user_id,
            file_name=b.file_name,
            status=_stage(b.status, b.available, served.sandbox.now()),
            received=b.received,
            due=b.due,
            available=b.available,
            processed=b.processed,
            success=b.success,
            failure=b.failure,
        )
        for b in rows
    ]


async def list_versions(resources: Resources, request: web.Request) -> list[models.VersionOut]:
    """Every version of a record, the first one first; ``system`` is production unless it says otherwise."""
    name, system = _served(resources, request).sandbox.name, _system(request) or PRODUCTION
    sevis_id = request.match_info["sevis_id"]

    def read(tx: Transaction) -> list[models.VersionOut]:
        found = tx.records.versions(name, system.name, sevis_id)
        batches = {key: tx.batches.get(key) for key in {each.batch_key for each in found} if key is not None}
        return [_version(each, batches.get(each.batch_key or 0)) for each in found]

    found = await resources.store.read(read)
    if not found:
        raise Problem(404, "No such record", f"{system.name} has no record of {sevis_id}", "sevis_id")
    return found


def _version(stored: StoredRecord, batch: Batch | None) -> models.VersionOut:
    record = stored.record
    return models.VersionOut(
        version=stored.version,
        instant=stored.instant,
        batch_id=batch.batch_id if batch else None,
        sevisID=record.sevis_id,
        system=stored.system,
        organization=record.org_id,
        population=record.population,
        status=record.status,
        level=record.level,
        data=record.data,
        dependents=[
            models.PersonOut(sevisID=d.sevis_id, status=d.status, data=d.data, facts=d.facts) for d in record.dependents
        ],
        sites=[models.SiteOut(siteID=site.site_id, data=site.data) for site in record.sites],
        facts=record.facts,
        levels=[models.LevelOut(number=e.number, status=e.status, data=e.data) for e in record.levels],
        history=[
            models.EventOut(
                instant=datetime.fromisoformat(e.instant), event=e.event, batch_id=e.batch_id, request_id=e.request_id
            )
            for e in record.history
        ],
    )


async def read_journal(resources: Resources, request: web.Request) -> list[models.JournalEntryOut]:
    """Entries after an id, oldest first; filters: kind, batch; ``wait`` seconds for the first that fits.

    ``limit`` leaves out the newest, so that a reader goes on after the last id it has; with ``last=true`` the oldest.
    """
    served = _served(resources, request)
    after, limit = _number(request, "after", 0), _number(request, "limit", 100)
    kind, batch = _kind(request), request.query.get("batch")
    subject = {"batch": batch} if batch else None
    wait = min(float(_number(request, "wait", 0)), MAX_WAIT_SECONDS)
    whose, last = None if _flag(request, "server") else served.sandbox.name, _flag(request, "last")
    entries = await resources.journal.query(whose, kind, subject, after, newest_first=last, limit=limit)
    if last:
        entries.reverse()
    if not entries and wait:
        waiting = resources.journal.wait(whose, kind, subject, after, seconds=wait)
        entries = (await _unless_closing(request, waiting, []))[:limit]
    return [
        models.JournalEntryOut(
            id=e.id,
            sandbox=e.sandbox,
            instant=e.instant,
            kind=e.kind,
            summary=e.summary,
            subjects=dict(e.subjects),
            detail=dict(e.detail),
        )
        for e in entries
    ]


async def list_organizations(resources: Resources, request: web.Request) -> list[models.OrganizationOut]:
    """Organizations with their officials."""
    name = _served(resources, request).sandbox.name
    rows = await resources.store.read(lambda tx: tx.organizations.list(name))
    return [
        models.OrganizationOut(
            id=o.id,
            kind=o.kind,
            name=o.name,
            active=o.active,
            users=[models.UserOut(id=u.id, role=u.role, name=u.name, active=u.active) for u in o.officials],
        )
        for o in rows
    ]


async def list_certificates(resources: Resources, request: web.Request) -> list[models.CertificateOut]:
    """Client certificates with the organizations they are registered for."""
    name = _served(resources, request).sandbox.name
    return await resources.store.read(
        lambda tx: [
            models.CertificateOut(
                fingerprint=c.fingerprint,
                name=c.name,
                subject=c.subject,
                issuer=c.issuer,
                not_before=c.not_before,
                not_after=c.not_after,
                revoked=c.revoked,
                organizations=list(tx.certificates.registrations(c.fingerprint)),
            )
            for c in tx.certificates.list(name)
        ]
    )


async def register_certificate(resources: Resources, request: web.Request) -> models.RegisteredOut:
    """Register a certificate for an organization, as in RTI."""
    served, body = _served(resources, request), await _body(request, models.RegisterCertificate)
    done = await register(served.sandbox, body.certificate.encode(), body.organization, body.name)
    if done.imported:
        resources.trust(done.facts)
    return models.RegisteredOut(
        fingerprint=done.facts.fingerprint, subject=done.facts.subject, organization=done.org_id
    )


def _served(resources: Resources, request: web.Request) -> Served:
    name = request.match_info.get("sandbox", "default")
    served = resources.tenants.served(name)
    if served is None:
        known = ", ".join(resources.tenants.names())
        raise Problem(404, "No such sandbox", f"there is no sandbox {name!r}; there are: {known}", "sandbox")
    return served


async def _body(request: web.Request, model: type[M]) -> M:
    return model.model_validate_json(await request.read() or b"{}")


def _system(request: web.Request) -> System | None:
    name = request.query.get("system")
    if name is None:
        return None
    if name not in SYSTEMS:
        raise Problem(422, "No such system", f"system is {name!r}; expected {', '.join(SYSTEMS)}", "system")
    return SYSTEMS[name]


def _flag(request: web.Request, name: str) -> bool:
    text = request.query.get(name, "false").lower()
    if text not in ("true", "1", "false", "0"):
        raise Problem(422, "Not true or false", f"{name} is {text!r}; expected true or false", name)
    return text in ("true", "1")


def _kind(request: web.Request) -> str | None:
    kind = request.query.get("kind")
    if kind is not None and kind not in HAPPENINGS:
        known = ", ".join(each.kind for each in HAPPENINGS.descriptions())
        raise Problem(422, "No such kind of entry", f"kind is {kind!r}; expected one of {known}", "kind")
    return kind


async def _unless_closing(request: web.Request, waiting: Coroutine[Any, Any, T], otherwise: T) -> T:
    """Wait, but not longer than the port is open: a long poll must not hold up the end of the simulator."""
    both = asyncio.ensure_future(waiting), asyncio.ensure_future(request.app[CLOSING].wait())
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        return both[0].result() if both[0].done() else otherwise
    finally:
        for task in both:
            task.cancel()


def _number(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Problem(422, "Not a number", f"{name} is {text!r}; expected a whole number of 0 or more", name)
    return min(int(text), MAX_ROWS) if name == "limit" else int(text)


async def _resolved(awaitable: Awaitable[T], field: str = "to") -> T:
    try:
        return await awaitable
    except InstantError as error:
        raise Problem(422, "Not an instant", str(error), field) from error


def _stage(status: str, available: datetime, now: datetime) -> str:
    """``accepted``, ``processed`` while its result is held back, then ``available``."""
    return "available" if status == "processed" and now >= available else status


def _eastern(served: Served, instant: datetime) -> str:
    return instant.astimezone(served.sandbox.calendar.zone).strftime("%a %Y-%m-%d %H:%M:%S %Z")


def _happenings(served: Served, happened: list[Happening]) -> list[models.HappeningOut]:
    return [
        models.HappeningOut(
            instant=h.instant, eastern=_eastern(served, h.instant), kind=h.kind, key=h.key, summary=h.summary
        )
        for h in happened
    ]


async def _clock(resources: Resources, served: Served) -> models.ClockOut:
    sandbox = served.sandbox
    item = await resources.store.read(lambda tx: tx.due.next(sandbox.name))
    now = sandbox.now()
    return models.ClockOut(
        now=now,
        eastern=_eastern(served, now),
        mode=sandbox.clock.mode,
        factor=sandbox.clock.factor,
        business_day=sandbox.calendar.is_business_day(sandbox.today()),
        open={name: sandbox.is_open(system) for name, system in SYSTEMS.items()},
        next_event=item.instant if item else None,
    )
