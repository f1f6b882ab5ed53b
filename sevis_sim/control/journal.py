"""The journal of a sandbox over the control API."""

from aiohttp import web

from sevis_sim.control import models
from sevis_sim.control.requests import (
    Problem,
    Resources,
    flag_of,
    number_of,
    served_by,
    unless_closing,
)
from sevis_sim.sandbox.happenings import HAPPENINGS

MAX_WAIT_SECONDS = 60.0


async def read_journal(resources: Resources, request: web.Request) -> list[models.JournalEntryOut]:
    """Entries after an id, oldest first; filters: kind, batch, record; ``wait`` seconds for the first that fits.

    ``limit`` leaves out the newest, so that a reader goes on after the last id it has; with ``last=true`` the oldest.
    """
    served = served_by(resources, request)
    after, limit = number_of(request, "after", 0), number_of(request, "limit", 100)
    kind, batch = _kind(request), request.query.get("batch")
    asked = {"batch": batch, "record": request.query.get("record")}
    subject = {name: value for name, value in asked.items() if value} or None
    wait = min(float(number_of(request, "wait", 0)), MAX_WAIT_SECONDS)
    whose, last = None if flag_of(request, "server") else served.sandbox.name, flag_of(request, "last")
    entries = await resources.journal.query(whose, kind, subject, after, newest_first=last, limit=limit)
    if last:
        entries.reverse()
    if not entries and wait:
        waiting = resources.journal.wait(whose, kind, subject, after, seconds=wait)
        entries = (await unless_closing(request, waiting, []))[:limit]
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


def _kind(request: web.Request) -> str | None:
    kind = request.query.get("kind")
    if kind is not None and kind not in HAPPENINGS:
        known = ", ".join(each.kind for each in HAPPENINGS.descriptions())
        raise Problem(422, "No such kind of entry", f"kind is {kind!r}; expected one of {known}", "kind")
    return kind
