"""The clock of a sandbox over the control API."""

from aiohttp import web

from sevis_sim.control import models
from sevis_sim.control.requests import (
    Resources,
    body_of,
    eastern,
    resolved,
    served_by,
    system_of,
)
from sevis_sim.domain.systems import PRODUCTION, SYSTEMS
from sevis_sim.timeline import Happening, Served


async def show_clock(resources: Resources, request: web.Request) -> models.ClockOut:
    """The clock."""
    served = served_by(resources, request)
    await served.timeline.settle()
    return await _clock(resources, served)


async def set_clock(resources: Resources, request: web.Request) -> models.MovedOut:
    """Set the clock: forward, or anywhere while there are no batches."""
    served, body = served_by(resources, request), await body_of(request, models.MoveClock)
    happened = await resolved(served.timeline.set(body.to, SYSTEMS[body.system]))
    return models.MovedOut(clock=await _clock(resources, served), happened=_happenings(served, happened))


async def advance_clock(resources: Resources, request: web.Request) -> models.MovedOut:
    """Move the clock forward, running all that falls due; returns settled."""
    served, body = served_by(resources, request), await body_of(request, models.MoveClock)
    happened = await resolved(served.timeline.advance(body.to, SYSTEMS[body.system]))
    return models.MovedOut(clock=await _clock(resources, served), happened=_happenings(served, happened))


async def plan(resources: Resources, request: web.Request) -> models.PlanOut:
    """What would happen until an instant (default: three business days from now)."""
    served = served_by(resources, request)
    until = request.query.get("until", "+3bd")
    system = system_of(request) or PRODUCTION
    target = await resolved(served.timeline.resolve(until, system), "until")
    events = await served.timeline.plan(target, system)
    return models.PlanOut(until=target, events=_happenings(served, events))


def _happenings(served: Served, happened: list[Happening]) -> list[models.HappeningOut]:
    return [
        models.HappeningOut(
            instant=h.instant, eastern=eastern(served, h.instant), kind=h.kind, key=h.key, summary=h.summary
        )
        for h in happened
    ]


async def _clock(resources: Resources, served: Served) -> models.ClockOut:
    sandbox = served.sandbox
    item = await resources.store.read(lambda tx: tx.due.next(sandbox.name))
    now = sandbox.now()
    return models.ClockOut(
        now=now,
        eastern=eastern(served, now),
        mode=sandbox.clock.mode,
        factor=sandbox.clock.factor,
        business_day=sandbox.calendar.is_business_day(sandbox.today()),
        open={name: sandbox.is_open(system) for name, system in SYSTEMS.items()},
        next_event=item.instant if item else None,
    )
