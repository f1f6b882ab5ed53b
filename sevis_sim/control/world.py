"""Batches, versions of records and organizations of a sandbox over the control API."""

from datetime import date, datetime

from aiohttp import web

from sevis_sim.control import models
from sevis_sim.control.requests import (
    Problem,
    Resources,
    number_of,
    served_by,
    system_of,
)
from sevis_sim.domain.organizations import Organization
from sevis_sim.domain.submissions import NEVER, Batch
from sevis_sim.domain.systems import PRODUCTION
from sevis_sim.intake import log_in
from sevis_sim.store import StoredRecord, Transaction


async def list_batches(resources: Resources, request: web.Request) -> list[models.BatchOut]:
    """Batches, newest first; filters: system, organization, batch."""
    served = served_by(resources, request)
    await served.timeline.settle()
    system, name = system_of(request), served.sandbox.name
    organization, batch_id = request.query.get("organization"), request.query.get("batch")
    limit = number_of(request, "limit", 100)
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


def _stage(status: str, available: datetime, now: datetime) -> str:
    """``accepted``, ``processed`` while its result is held back, then ``available``; ``lost`` if it never comes."""
    if available == NEVER:
        return "lost"
    return "available" if status == "processed" and now >= available else status


async def list_versions(resources: Resources, request: web.Request) -> list[models.VersionOut]:
    """Every version of a record, the first one first; ``system`` is production unless it says otherwise."""
    name, system = served_by(resources, request).sandbox.name, system_of(request) or PRODUCTION
    sevis_id = request.match_info["sevis_id"]

    def read(tx: Transaction) -> list[models.VersionOut]:
        found = tx.records.versions(name, system.name, sevis_id)
        batches = {key: tx.batches.get(key) for key in {each.batch_key for each in found} if key is not None}
        return [version_out(each, batches.get(each.batch_key or 0)) for each in found]

    found = await resources.store.read(read)
    if not found:
        raise Problem(404, "No such record", f"{system.name} has no record of {sevis_id}", "sevis_id")
    return found


def version_out(stored: StoredRecord, batch: Batch | None) -> models.VersionOut:
    """Return one version of a record; ``batch`` is the one that made it."""
    from sevis_sim.events import addresses  # the rules are loaded for the first record, not before

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
        addresses=[
            models.AddressOut(path=path, corrected=each.corrected, result=each.code, message=each.message)
            for path, each in addresses.stored(record)
        ],
        dependents=[
            models.PersonOut(sevisID=d.sevis_id, status=d.status, data=d.data, facts=d.facts) for d in record.dependents
        ],
        sites=[models.SiteOut(siteID=site.site_id, data=site.data) for site in record.sites],
        facts=record.facts,
        levels=[models.LevelOut(number=e.number, status=e.status, data=e.data) for e in record.levels],
        history=[
            models.EventOut(
                instant=datetime.fromisoformat(e.instant),
                event=e.event,
                batch_id=e.batch_id,
                request_id=e.request_id,
                level=e.level,
            )
            for e in record.history
        ],
    )


async def list_organizations(resources: Resources, request: web.Request) -> list[models.OrganizationOut]:
    """Organizations with their officials."""
    name = served_by(resources, request).sandbox.name
    rows = await resources.store.read(lambda tx: tx.organizations.list(name))
    return [organization_out(each) for each in rows]


async def log_user_in(resources: Resources, request: web.Request) -> models.OrganizationOut:
    """Have an official log in to RTI today, which keeps the account from being locked (switch rti_login_lock)."""
    sandbox = served_by(resources, request).sandbox
    return organization_out(await log_in(sandbox, request.match_info["org_id"], request.match_info["user_id"]))


def organization_out(organization: Organization) -> models.OrganizationOut:
    """Return an organization with its officials."""
    return models.OrganizationOut(
        id=organization.id,
        kind=organization.kind,
        name=organization.name,
        active=organization.active,
        users=[
            models.UserOut(
                id=user.id,
                role=user.role,
                name=user.name,
                active=user.active,
                last_login=date.fromisoformat(user.last_login) if user.last_login else None,
            )
            for user in organization.officials
        ],
    )
