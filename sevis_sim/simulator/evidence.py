"""The journal of one sandbox as programs use it: read it, wait for it, expect things of it."""

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from sevis_sim.journal import Entry
from sevis_sim.sandbox import Sandbox

if TYPE_CHECKING:
    from sevis_sim.journal import Expectation, Verdict

MOST = 10_000
"""Entries that `SandboxJournal.entries` returns when nothing else is said."""


class NotAsExpected(AssertionError):
    """A journal is not as expected; the message names the entries that came nearest, and in what they differ."""

    def __init__(self, verdict: "Verdict") -> None:
        super().__init__("\n".join(explained(verdict)))
        self.verdict = verdict


class SandboxJournal:
    """What happened in a sandbox, one entry each (docs/journal.md tells the kinds)."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def entries(
        self, kind: str | Collection[str] | None = None, *, after_id: int = 0, limit: int = MOST, **ids: str
    ) -> list[Entry]:
        """Return entries, oldest first.

        Args:
            kind: one kind or several, ``upload.*`` for all that begin so; None for all.
            after_id: only entries with a higher number.
            limit: how many at most.
            ids: what they must be about: ``batch="BATCH000000001"``.

        """
        return await self._sandbox.journal.query(self._sandbox.name, kind, ids, after_id, limit=limit)

    async def wait(
        self, kind: str | Collection[str] | None = None, *, after_id: int = 0, seconds: float = 30.0, **ids: str
    ) -> list[Entry]:
        """Return entries as `entries`; where there is none yet, wait until there is one.

        ``seconds`` are wall time; when they are over the list is empty.
        """
        return await self._sandbox.journal.wait(self._sandbox.name, kind, ids, after_id, seconds=seconds)

    async def verify(
        self, expectation: "Expectation | Mapping[str, Any]", *, after_id: int = 0, seconds: float = 0
    ) -> "Verdict":
        """Say whether the journal is as an expectation says, written as `sevis_sim.journal.Expectation.read` takes it.

        Raises:
            MatchError: it is no expectation.

        """
        return await self._sandbox.journal.verify(self._sandbox.name, expectation, after_id=after_id, seconds=seconds)

    async def expect(
        self,
        kind: str | Collection[str] | None = None,
        *,
        exactly: int | None = None,
        least: int | None = None,
        most: int | None = None,
        after: Mapping[str, Any] | None = None,
        after_id: int = 0,
        seconds: float = 0,
        **conditions: Any,
    ) -> "Verdict":
        """Expect entries, once or more if nothing else is said: ``expect("upload.answered", code="S0000", exactly=1)``.

        Args:
            kind: one kind or several; None for all.
            exactly: so many.
            least: so many or more.
            most: so many or fewer.
            after: only entries after one that meets these conditions: ``{"kind": "batch.accepted", "batch": "B1"}``.
            after_id: only entries with a higher number.
            seconds: how long to wait for it, wall time.
            conditions: an id such as ``batch`` or a name in the detail such as ``code`` or ``failures__code``, with a
                value, a compiled regular expression, or None where there must be nothing.

        Raises:
            NotAsExpected: it is not so; an AssertionError.
            MatchError: the conditions cannot be.

        """
        times = {"exactly": exactly, "min": least, "max": most}
        expectation: dict[str, Any] = {name: value for name, value in times.items() if value is not None}
        told = {"kind": kind} if kind is not None else {}
        expectation["match"] = match_of({**told, **conditions, **({"after": after} if after is not None else {})})
        verdict = await self.verify(expectation, after_id=after_id, seconds=seconds)
        if not verdict:
            raise NotAsExpected(verdict)
        return verdict

    async def never(self, kind: str | Collection[str] | None = None, **conditions: Any) -> "Verdict":
        """Expect that no such thing happened; conditions and errors as of `expect`."""
        return await self.expect(kind, exactly=0, **conditions)


def match_of(conditions: Mapping[str, Any]) -> dict[str, Any]:
    """Return flat conditions as the ``match`` of an expectation: ids to ``subjects``, other names to ``detail``."""
    from sevis_sim.sandbox.catalogue import HAPPENINGS  # only now: a simulator starts without all kinds of entries

    ids = {subject for each in HAPPENINGS.descriptions() for subject in each.subjects}
    match: dict[str, Any] = {}
    for name, value in conditions.items():
        if name == "after":
            match["after"] = match_of(value)
        elif name in ("kind", "summary"):
            match[name] = value if name == "kind" else _condition(value)
        else:
            where = "subjects" if name in ids else "detail"
            match.setdefault(where, {})[name.replace("__", ".")] = _condition(value)
    return match


def explained(verdict: "Verdict") -> list[str]:
    """Return a verdict in lines: what was expected, what there is instead, what came nearest."""
    lines = [verdict.words]
    if not verdict.met:
        lines += [f"  there is: {each['kind']}  {each['summary']}" for each in verdict.entries]
    for near in verdict.near_misses:
        lines.append(f"  nearly: {near.entry['kind']}  {near.entry['summary']}")
        lines += [f"    {miss.field}: expected {miss.expected}, found {miss.found}" for miss in near.misses]
    return lines


def _condition(value: Any) -> Any:
    if value is None:
        return {"absent": True}
    return {"matches": value.pattern} if isinstance(value, re.Pattern) else value
