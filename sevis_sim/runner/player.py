"""Carries out the steps of a scenario, one after the other, and notes what came of each."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sevis_sim.runner.actor import Actor, Answer, Credentials, DownloadTask, UploadTask
from sevis_sim.runner.drafts import Draft, draft, official
from sevis_sim.runner.errors import PlayError
from sevis_sim.runner.outcome import StepOutcome
from sevis_sim.runner.world import OWN, World
from sevis_sim.scenarios.steps import ANY, DownloadStep, PollStep, RequestEntry, Step, UploadStep

Told = Callable[[StepOutcome], None]


@dataclass(slots=True)
class Exchange:
    """What the client and SEVIS have told each other so far."""

    sent: list[tuple[datetime, str, Draft]] = field(default_factory=list)
    """Uploads: when, to which system, what."""
    answers: dict[str, Answer] = field(default_factory=dict)
    """The last download of each batch ID."""
    uploads: dict[str, list[str]] = field(default_factory=dict)
    """How each upload of a batch ID ended."""


class Player:
    """Plays one scenario in one world with one actor."""

    def __init__(self, world: World, actor: Actor, told: Told | None = None) -> None:
        self._world = world
        self._actor = actor
        self._told = told
        self._using = OWN
        self.exchange = Exchange()
        """What was sent and received."""
        self.outcomes: list[StepOutcome] = []
        """What came of the steps so far."""

    async def play(self) -> None:
        """Carry out all steps.

        Raises:
            PlayError: one cannot be carried out, and the rest would mean nothing.

        """
        for number, step in enumerate(self._world.scenario.steps, start=1):
            began = self._world.now()
            try:
                says, problem = await self._do(step)
            except PlayError as error:
                self._note(StepOutcome(number, step.action, step.words, began, "", str(error), step.note))
                raise PlayError(f"step {number} ({step.words}) cannot be carried out: {error}") from error
            self._note(StepOutcome(number, step.action, step.words, began, says, problem, step.note))

    def _note(self, outcome: StepOutcome) -> None:
        self.outcomes.append(outcome)
        if self._told is not None:
            self._told(outcome)

    async def _do(self, step: Step) -> tuple[str, str]:
        """Carry out a step; return what it says, and why that is not as expected."""
        world, system = self._world, self._world.scenario.system
        if step.upload is not None:
            return await self._upload(step.upload)
        if step.poll is not None:
            return await self._poll(step.poll)
        if step.download is not None:
            return await self._download(step.download)
        if step.certificate is not None:
            says = await world.certificate(step.certificate)
            refused = says.startswith("refused: ")
            wanted = step.certificate.expect == "refused"
            return says, "" if refused == wanted else f"expected {step.certificate.expect}; {says}"
        moved: Awaitable[list[str]] | None = None
        if step.advance is not None:
            moved = world.advance(step.advance, system)
        elif step.clock is not None:
            moved = world.set_clock(step.clock, system)
        elif step.wait is not None:
            moved = world.wait_for(step.wait.batch_id, step.wait.org, system)
        if moved is not None:
            happened = await moved
            return "; ".join([world.local(world.now()), *happened]), ""
        return await self._beside(step), ""

    async def _beside(self, step: Step) -> str:
        """Carry out a step that neither the client nor the clock has to do with."""
        world, system = self._world, self._world.scenario.system
        if step.snapshot is not None:
            await world.snapshot(step.snapshot)
            return f"kept as {step.snapshot}"
        if step.restore is not None:
            await world.restore(step.restore)
            return f"back to {step.restore}, {world.local(world.now())}"
        if step.fault is not None:
            return await world.add_fault(step.fault.content())
        if step.clear_fault is not None:
            return f"{await world.clear_fault(step.clear_fault) or 'none'} cleared"
        if step.record is not None:
            return await world.outside(step.record, system)
        if step.organization is not None:
            return await world.organization(step.organization)
        self._using = step.use or OWN
        return f"presents {self._using}"

    async def _upload(self, step: UploadStep) -> tuple[str, str]:
        made = await self._draft(step)
        system = step.system or self._world.scenario.system
        task = UploadTask(
            url=self._world.upload_url(system),
            document=made.document,
            file_name=made.file_name,
            org_id=_field(step, "orgid", made.org_id),
            batch_id=_field(step, "batchid", made.batch_id),
            user_id=_field(step, "userid", made.user_id),
            credentials=self._credentials(step, made.org_id),
            timeout=step.timeout,
        )
        self.exchange.sent += [(self._world.now(), system, made)] * step.at_once
        answers = await asyncio.gather(*(self._actor.upload(task) for _ in range(step.at_once)))
        self.exchange.uploads.setdefault(task.batch_id, []).extend(each.outcome for each in answers)
        says, problem = _judged(answers, step.expect)
        return says, problem + await self._world.why("upload") if problem else ""

    async def _download(self, step: DownloadStep) -> tuple[str, str]:
        answer = await self._asked(step)
        says, problem = _judged([answer], step.expect)
        if problem:
            return says, problem + await self._world.why("download")
        return says, _forms_problem(answer, step.forms)

    async def _poll(self, step: PollStep) -> tuple[str, str]:
        asked: list[str] = []
        for _ in range(step.at_most):
            answer = await self._asked(step)
            asked.append(answer.outcome)
            if ANY in step.expect or answer.outcome in step.expect:
                return f"{answer.outcome} when asked {len(asked)} times", _forms_problem(answer, step.forms)
            await self._world.advance(f"+{step.every.lstrip('+')}", self._world.scenario.system)
        said = ", ".join(f"{outcome} {count} times" for outcome, count in Counter(asked).items())
        return said, f"expected {' or '.join(step.expect)}; after asking {len(asked)} times every {step.every}: {said}"

    async def _asked(self, step: DownloadStep) -> Answer:
        org_id, user_id = await self._who(step)
        system = step.system or self._world.scenario.system
        task = DownloadTask(
            url=self._world.download_url(system),
            org_id=_field(step, "orgid", org_id),
            batch_id=_field(step, "batchid", step.batch_id or ""),
            user_id=_field(step, "userid", user_id),
            credentials=self._credentials(step, org_id),
            method=step.method,
            timeout=step.timeout,
        )
        answer = await self._actor.download(task)
        self.exchange.answers[task.batch_id] = answer
        return answer

    async def _who(self, step: DownloadStep) -> tuple[str, str]:
        """Return organization and user of a download: as it says, else as of the upload, else the first ones."""
        before = next((each for _, _, each in reversed(self.exchange.sent) if each.batch_id == step.batch_id), None)
        organizations = await self._world.organizations()
        org_id = step.org or (before.org_id if before else organizations[0].id if organizations else "")
        owner = next((each for each in organizations if each.id == org_id), None)
        same = before is not None and before.org_id == org_id
        return org_id, step.user or (before.user_id if before and same else official(owner) if owner else "")

    async def _draft(self, step: UploadStep) -> Draft:
        world, system = self._world, self._world.scenario.system
        named = {each.update for each in step.records if each.update}
        ids = {each: await world.sevis_id(each, system) for each in named}
        organizations, sandbox = await world.organizations(), world.served.sandbox
        return await asyncio.to_thread(draft, step, world.scenario, organizations, sandbox.today(), ids.__getitem__)

    def _credentials(self, step: RequestEntry, org_id: str) -> Credentials:
        return Credentials(self._world.identity(step.certificate or self._using, org_id), self._world.sim.ca)


def _field(step: RequestEntry, name: str, usual: str) -> str:
    fields: dict[str, str | None] = {str(key): text for key, text in step.form.items()}
    return (fields[name] or "") if name in fields else usual


def _judged(answers: Sequence[Answer], expected: "tuple[str, ...] | dict[str, int]") -> tuple[str, str]:
    """Return what answers say, and why that is not as expected."""
    counts = Counter(each.outcome for each in answers)
    says = ", ".join(outcome if len(answers) == 1 else f"{outcome} {count} times" for outcome, count in counts.items())
    why = next((f": {each.problem}" for each in answers if each.problem), "")
    if isinstance(expected, dict):
        if dict(counts) == {outcome: count for outcome, count in expected.items() if count}:
            return says, ""
        wanted = ", ".join(f"{outcome} {count} times" for outcome, count in expected.items())
        return says, f"expected {wanted}; got {says}{why}"
    if ANY in expected or all(outcome in expected for outcome in counts):
        return says, ""
    return says, f"expected {' or '.join(expected)}; got {says}{why}"


def _forms_problem(answer: Answer, wanted: int | None) -> str:
    if wanted is None or len(answer.forms) == wanted:
        return ""
    return f"expected {wanted} forms in the zip; it has {len(answer.forms)}"
