"""The journal of a sandbox over the control API: read, wait, look at messages, verify."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from sevis_sim.clock import parse_stamp
from sevis_sim.clock.hints import did_you_mean, quoted
from sevis_sim.control import models
from sevis_sim.control.journal_models import DifferenceOut, KindOut, NearMissOut, VerdictOut, VerifyJournal
from sevis_sim.control.requests import (
    Problem,
    Resources,
    body_of,
    flag_of,
    number_of,
    served_by,
    unless_closing,
)
from sevis_sim.journal import Choice, Entry, Expectation, MatchError, Message, Messages, Verdict
from sevis_sim.sandbox.catalogue import HAPPENINGS

MAX_WAIT_SECONDS = 60.0

SUBJECTS = ("batch", "organization", "certificate", "system", "exchange", "record")
"""Ids that have a parameter of their own; ``subject`` takes any."""


async def read_journal(resources: Resources, request: web.Request) -> list[models.JournalEntryOut]:
    """Entries after an id, oldest first; ``wait`` seconds for the first that fits.

    All filters must hold. ``limit`` leaves out the newest, so that a reader goes on after the last id it has; with
    ``last=true`` the oldest.
    """
    choice, whose = choice_of(request), whose_journal(resources, request)
    still = _still(resources, request)
    limit, last = number_of(request, "limit", 100), flag_of(request, "last")
    wait = min(float(number_of(request, "wait", 0)), MAX_WAIT_SECONDS)
    entries = await resources.journal.find(whose, choice, newest_first=last, limit=limit)
    if last:
        entries.reverse()
    if not entries and wait and limit:
        waiting = resources.journal.wait_for(whose, choice, seconds=wait)
        entries = (await unless_closing(request, waiting, []))[:limit]
        still()
    return [entry_out(entry) for entry in entries]


async def show_entry(resources: Resources, request: web.Request) -> models.JournalEntryOut:
    """One entry."""
    return entry_out(await _entry(resources, request))


async def list_kinds(resources: Resources, request: web.Request) -> list[KindOut]:
    """The kinds of entries that there can be, each with its documentation."""
    served_by(resources, request)
    return [
        KindOut(kind=each.kind, text=each.text, subjects=list(each.subjects), fields=list(each.fields))
        for each in HAPPENINGS.descriptions()
    ]


async def show_request(resources: Resources, request: web.Request) -> web.Response:
    """The request of an upload or download as it stood on the wire, or with ``part=body`` what it carried.

    Kept of the newest exchanges of a sandbox (settings keep_exchanges, keep_exchanges_mb). ``X-Whole-Size`` tells the
    bytes of the whole body: only the first MB of one is kept.
    """
    return _message(request, (await _messages(resources, request)).request)


async def show_response(resources: Resources, request: web.Request) -> web.Response:
    """The answer to an upload or download as it stood on the wire, or with ``part=body`` what it carried."""
    message = (await _messages(resources, request)).response
    if message is None:
        raise Problem(404, "No answer", "the client had gone before it could be answered", "entry")
    return _message(request, message)


async def verify_journal(resources: Resources, request: web.Request) -> VerdictOut:
    """Say whether something has happened, never happened, or how often; if not, what came nearest and how it differs.

    The answer is 200 in both cases; ``met`` is the verdict. With ``wait`` the answer is put off until it is met.
    """
    whose, still = whose_journal(resources, request), _still(resources, request)
    body = await body_of(request, VerifyJournal)
    content = body.model_dump(include={"match", "never", "exactly", "min", "max"}, exclude_none=True)
    try:
        expectation = Expectation.read(content)
    except MatchError as error:
        raise Problem(422, "The expectation is not valid", str(error), error.field) from error

    async def verdict(seconds: float) -> Verdict:
        return await resources.journal.verify(whose, expectation, after_id=body.after, seconds=seconds)

    found = await verdict(0)
    if body.wait and not found.met:
        found = await unless_closing(request, verdict(min(body.wait, MAX_WAIT_SECONDS)), found)
        still()
    return VerdictOut(
        met=found.met,
        summary=found.words,
        count=found.count,
        seen=found.seen,
        entries=[_out(each) for each in found.entries],
        near_misses=[
            NearMissOut(
                entry=_out(near.entry),
                differs=[DifferenceOut(field=m.field, expected=m.expected, found=m.found) for m in near.misses],
            )
            for near in found.near_misses
        ],
    )


def whose_journal(resources: Resources, request: web.Request) -> str | None:
    """Return whose journal is asked for: a sandbox's, or None for the server's."""
    served = served_by(resources, request)
    return None if flag_of(request, "server") else served.sandbox.name


def _still(resources: Resources, request: web.Request) -> Callable[[], None]:
    """Return a check that whose journal it is has not been deleted since: by now its name may be another one's."""
    sandbox = served_by(resources, request).sandbox
    return (lambda: None) if flag_of(request, "server") else sandbox.check


def choice_of(request: web.Request) -> Choice:
    """Return the entries that the query chooses."""
    subjects = {name: request.query[name] for name in SUBJECTS if request.query.get(name)}
    for text in request.query.getall("subject", []):
        name, colon, value = text.partition(":")
        if not (name and colon and value):
            raise Problem(422, "No such id", f"subject is {quoted(text)}; expected NAME:VALUE", "subject")
        subjects[name] = value
    return Choice(
        kinds=_kinds(request),
        subjects=subjects,
        after_id=number_of(request, "after", 0),
        before_id=number_of(request, "before", 0) or None,
        since=_instant(request, "since"),
        until=_instant(request, "until"),
        text=request.query.get("text", ""),
    )


def entry_out(entry: Entry) -> models.JournalEntryOut:
    """Return an entry as the API gives it."""
    return models.JournalEntryOut(
        id=entry.id,
        sandbox=entry.sandbox,
        instant=entry.instant,
        kind=entry.kind,
        summary=entry.summary,
        subjects=dict(entry.subjects),
        detail=dict(entry.detail),
    )


def _out(document: Any) -> models.JournalEntryOut:
    return models.JournalEntryOut.model_validate(dict(document))


def _kinds(request: web.Request) -> tuple[str, ...]:
    known = [each.kind for each in HAPPENINGS.descriptions()]
    kinds = tuple(each.strip() for each in request.query.get("kind", "").split(",") if each.strip())
    for kind in kinds:
        if kind in known or (kind.endswith("*") and any(each.startswith(kind[:-1]) for each in known)):
            continue
        hint = did_you_mean(kind, known)
        raise Problem(
            422, "No such kind of entry", f"kind is {quoted(kind)}{hint}; expected some of {', '.join(known)}", "kind"
        )
    return kinds


def _instant(request: web.Request, name: str) -> Any:
    text = request.query.get(name)
    if text is None:
        return None
    try:
        return parse_stamp(text.replace(" ", "+"))  # what a + in an address becomes
    except ValueError as error:
        raise Problem(422, "Not an instant", f"{name} is {quoted(text)}: {error}", name) from error


async def _entry(resources: Resources, request: web.Request) -> Entry:
    whose, text = whose_journal(resources, request), request.match_info["entry"]
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
    entry = await resources.journal.get(whose, number)
    if entry is None:
        journal = f"the journal of {whose}" if whose else "the server's journal"
        raise Problem(404, "No such entry", f"{journal} has no entry {quoted(text)}", "entry")
    return entry


async def _messages(resources: Resources, request: web.Request) -> Messages:
    entry = await _entry(resources, request)
    messages = await resources.journal.messages(entry.sandbox, entry.id)
    if messages is None:
        detail = (
            f"nothing is kept beside entry {entry.id} ({entry.kind}): only uploads and downloads have a request and an "
            "answer, and of them the newest are kept (settings keep_exchanges, keep_exchanges_mb); large bodies "
            "only as long as the folder beside the database is there"
        )
        raise Problem(404, "Nothing is kept", detail, "entry")
    return messages


def _message(request: web.Request, message: Message) -> web.Response:
    """Return a message in a form that no browser takes for a page."""
    body_only = request.query.get("part") == "body"
    headers = {
        "X-Whole-Size": str(message.size),
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": "attachment",
        "Content-Type": "application/octet-stream" if body_only else "message/http",
    }
    return web.Response(body=message.body if body_only else message.head + message.body, headers=headers)
