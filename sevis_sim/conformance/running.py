"""A client that runs by itself: it finds batches in a folder, sends them and polls, while the clock moves on.

What it makes of an answer is told by what it does next: to send again, to ask, or to leave a batch alone.
"""

import asyncio
import contextlib
import os
import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sevis_sim.conformance.actor import find_records, places_of
from sevis_sim.conformance.client_file import VARIABLES, ClientFile, Meaning, RunEntry, filled
from sevis_sim.conformance.deliver import Tasks
from sevis_sim.conformance.processes import end_group
from sevis_sim.conformance.transcript import NO_ANSWER, Action, Wire
from sevis_sim.conformance.watch import Watch
from sevis_sim.conformance.world import ServedWorld
from sevis_sim.runner import UploadTask
from sevis_sim.runner.errors import PlayError

IDLE = 3
"""Moves of the clock (or times of quiet, where it runs) without a request, after which the client is left alone."""
MOVES = 20
"""Moves of the clock, after which a client is left alone that goes on asking and gets nowhere."""
_GRACE = 3.0
"""Seconds that it has to end when it is told to."""
_KINDS = ("upload.answered", "download.answered", "handshake.failed", "request.unreadable")
_SHOWN = 256 * 1024
"""Characters of each output that are kept: the last ones."""
_MORNING = "next-business-day 09:00"


class RunningClient:
    """Runs a client in a world until it has the result of every batch, ends, or does nothing any more."""

    def __init__(self, client: ClientFile, entry: RunEntry, world: ServedWorld, watch: Watch, folder: Path) -> None:
        """Prepare; ``folder`` is empty, for the files that it needs."""
        self._client, self._entry = client, entry
        self._world, self._watch, self._folder = world, watch, folder
        self._inbox = folder / "inbox"

    async def run(self, tasks: Tasks) -> tuple[Action, ...]:
        """Run it.

        Raises:
            PlayError: a batch cannot be made.

        """
        batches = await self._fill(tasks)
        first = next(iter(batches.values()))
        places = places_of(self._folder, first.credentials, self._watch) | {
            "action": "run",
            "org": first.org_id,
            "user": first.user_id,
            "inbox": str(self._inbox),
            "output": str(self._folder / "results"),
        }
        words = [filled(word, places) for word in self._entry.command]
        variables = {key: filled(text, places) for key, text in {**VARIABLES, **self._client.env}.items()}
        out, err = self._folder / "stdout", self._folder / "stderr"
        problem, code = "", None
        instant, seconds = self._watch.now()
        with out.open("wb") as to_out, err.open("wb") as to_err:
            try:
                process = await asyncio.create_subprocess_exec(
                    *words,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=to_out,
                    stderr=to_err,
                    env={**os.environ, **variables},
                    cwd=self._client.folder,
                    start_new_session=True,
                )
            except (OSError, ValueError) as error:
                problem = f"the command {words[0]} cannot be started: {getattr(error, 'strerror', None) or error}"
            else:
                try:
                    problem = await self._accompany(process, list(batches))
                finally:
                    code = await _stop(process)
        wires = await self._watch.end()
        base = Action(
            number=1,
            name="run",
            batch="",
            organization=first.org_id,
            user=first.user_id,
            certificate=first.credentials.identity.fingerprint if first.credentials.identity else "",
            instant=instant,
            seconds=seconds,
            exit=code,
            means=None,
            problem=problem,
            stdout=out.read_text("utf-8", "replace")[-_SHOWN:],
            stderr=err.read_text("utf-8", "replace")[-_SHOWN:],
            command=shlex.join(words),
        )
        documents = {batch: each.document for batch, each in batches.items()}
        return tuple(_as_actions(base, wires, documents, self._entry))

    async def _fill(self, tasks: Tasks) -> dict[str, UploadTask]:
        """Put the batches of the scenario into the inbox; return them by batch ID."""
        self._inbox.mkdir()
        (self._folder / "results").mkdir()
        found: dict[str, UploadTask] = {}
        for step in self._world.scenario.steps:
            if step.upload is None:
                continue
            task = await tasks.task(step.upload)
            if task.batch_id not in found:
                found[task.batch_id] = task
                (self._inbox / f"{task.batch_id}.xml").write_bytes(task.document)
        return found

    async def _accompany(self, process: asyncio.subprocess.Process, batches: Sequence[str]) -> str:
        """Move the clock while the client runs; return why it was ended early, blank where all is well."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._entry.timeout
        journal, name = self._world.sim.journal, self._world.box.name
        after = idle = burst = moves = 0
        while process.returncode is None:
            if loop.time() > deadline:
                return f"it was ended after {self._entry.timeout:g} seconds"
            news = await journal.wait(name, _KINDS, after_id=after, seconds=self._entry.quiet)
            if news:
                after, idle, burst = news[-1].id, 0, burst + len(news)
                if await self._all_done(batches):
                    await asyncio.wait({asyncio.ensure_future(process.wait())}, timeout=self._entry.quiet)
                    return ""
                if burst < self._client.requests:
                    continue
            burst = 0
            idle += not news
            if idle > IDLE or moves > MOVES:
                return ""
            moves += 1
            if self._entry.scale is None and process.returncode is None:
                await self._move()
        return ""

    async def _move(self) -> None:
        system = self._world.scenario.system
        try:
            await self._world.advance("next-event", system)
        except PlayError:  # nothing is due
            await self._world.advance(_MORNING, system)

    async def _all_done(self, batches: Sequence[str]) -> bool:
        journal, name = self._world.sim.journal, self._world.box.name
        rows = await journal.query(name, "download.answered", newest_first=True, limit=1000)
        faults = await journal.query(name, "fault.struck", newest_first=True, limit=1000)
        struck = {each.subjects.get("exchange") for each in faults}
        got = {
            each.subjects.get("batch")
            for each in rows
            if each.detail.get("code") == "S0000" and each.subjects.get("exchange") not in struck
        }
        return set(batches) <= got


def _as_actions(base: Action, wires: Sequence[Wire], documents: "dict[str, bytes]", entry: RunEntry) -> list[Action]:
    """Return each request as an action, with what the client made of its answer by what it did next."""
    said = find_records(entry.records.failed, base.stdout) if entry.records else None
    actions = []
    for index, wire in enumerate(wires):
        later = [each for each in wires[index + 1 :] if each.request and each.batch == wire.batch]
        # A handshake that died is taken for an upload: nobody knows what was to follow.
        name = wire.kind if wire.request else "upload"
        made = _meaning(wire, later, said)
        actions.append(
            replace(
                base,
                number=index + 1,
                name=name,
                batch=wire.batch,
                instant=wire.instant,
                seconds=wire.seconds,
                exit=0,
                means=made,
                problem="",
                document=documents.get(wire.batch, b"") if name == "upload" else b"",
                said_failed=tuple(each for each in said if each in (*wire.failed, *wire.stored))
                if said is not None and wire.outcome == "S0000" and name == "download"
                else None,
                stdout=base.stdout if index == 0 else "",
                stderr=base.stderr if index == 0 else "",
                wires=(wire,),
            )
        )
    if base.problem and actions:
        actions[-1] = replace(actions[-1], problem=base.problem)
    return actions or [base]


def _meaning(wire: Wire, later: Sequence[Wire], said: tuple[str, ...] | None) -> Meaning | None:
    follows = later[0].kind if later else ""
    if wire.kind == "download":
        if wire.outcome != "S0000":
            return "again" if follows == "download" else "ask" if follows else "refused"
        if said is None:
            return None
        return "partly" if any(each in wire.failed for each in said) else "received"
    if wire.kind != "upload":
        return None
    if wire.outcome == "S0000":
        return "again" if follows == "upload" else "accepted"
    if wire.outcome == NO_ANSWER and not wire.batch:
        return "ask" if follows == "download" else "again"
    return "again" if follows == "upload" else "ask" if follows == "download" else "refused"


async def _stop(process: asyncio.subprocess.Process) -> int | None:
    """End a client and all that it has started; return its exit code, None where it had to be killed."""
    for kill in (False, True):
        if process.returncode is not None:
            break
        end_group(process, kill=kill)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GRACE):
                await process.wait()
    return process.returncode
