"""What will happen in a scenario and when, worked out from its clock without doing any of it.

Uploads are taken for accepted where the scenario expects S0000 and the service is open; what the calendar does to
records is worked out for the records that SEVIS knows at the start, as they stand there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from sevis_sim.client import ClientError, read_header
from sevis_sim.clock import PROFILES, Calendar, ClockError, InstantError, Profile, parse_clock, parse_instant
from sevis_sim.domain.life_cycle import shipped
from sevis_sim.domain.systems import SYSTEMS
from sevis_sim.runner.drafts import draft
from sevis_sim.runner.errors import PlayError
from sevis_sim.scenarios import Scenario
from sevis_sim.scenarios.relative import spoken_duration
from sevis_sim.scenarios.steps import ANY, NO_ANSWER, DownloadStep, PollStep, Step, UploadStep

Lane = Literal["client", "clock", "sevis", "calendar", "fault", "world"]
LANES: tuple[Lane, ...] = ("client", "clock", "sevis", "calendar", "fault", "world")

_SPOILS_REPLIES = ("truncate", "drip")
"""Kinds of faults that let SEVIS take an upload and spoil the reply."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One thing that will happen."""

    instant: datetime
    lane: Lane
    """Who does it: the client, the clock, SEVIS, its calendar, a fault, the outside world."""
    text: str
    step: int | None = None
    """Number of the step that does it, from 1; None where time does it."""
    problem: str = ""
    """Why it cannot be so."""


@dataclass(slots=True)
class Pending:
    """A batch on its way through SEVIS."""

    batch_id: str
    org_id: str
    system: str
    due: datetime
    available: datetime
    processed: bool = False
    told: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The timeline of a scenario."""

    name: str
    begins: datetime
    ends: datetime
    """Where the clock stands after the last step."""
    events: tuple[Planned, ...]
    later: tuple[Planned, ...]
    """What is still due then."""
    batches: tuple[Pending, ...]
    """Batches that SEVIS has then."""

    @property
    def problems(self) -> list[Planned]:
        """What cannot be so."""
        return [each for each in self.events if each.problem]


def plan(scenario: Scenario, start: datetime | None = None) -> Plan:
    """Work out what will happen.

    Args:
        scenario: the scenario.
        start: where the clock begins if the scenario says nothing.

    Raises:
        PlayError: the scenario says no time and none was given.

    """
    return _Planner(scenario, _start(scenario, start)).made()


def _start(scenario: Scenario, start: datetime | None) -> datetime:
    if scenario.clock is None and start is None:
        raise PlayError("the scenario has no clock, so nothing can be planned; give it one, or a start")
    try:
        return parse_clock(scenario.clock).now() if scenario.clock is not None else start  # type: ignore[return-value]
    except ClockError as error:
        raise PlayError(str(error)) from error


class _Planner:
    def __init__(self, scenario: Scenario, start: datetime) -> None:
        self._scenario = scenario
        self._begins = self._now = start
        self._calendar = Calendar()
        self._organizations = scenario.to_organizations()
        self._events: list[Planned] = []
        self._batches: list[Pending] = []
        self._snapshots: dict[str, tuple[datetime, list[Pending]]] = {}
        self._replies_lost = False
        """Whether a fault strikes uploads after SEVIS has taken them."""
        self._records = list(scenario.to_records())
        self._life_cycle = shipped().changed(scenario.life_cycle)
        self._run: date = self._calendar.today(start)
        """The life cycle has been told up to this day."""
        if self._calendar.at(self._run, self._life_cycle.at) <= start:
            self._run += timedelta(days=1)
        self._since = self._run - timedelta(days=1)

    def made(self) -> Plan:
        for number, fault in enumerate(self._scenario.faults, start=1):
            self._fault(fault.content(), f"faults[{number - 1}]", None)
        for number, step in enumerate(self._scenario.steps, start=1):
            self._step(number, step)
        ends = self._now
        done = len(self._events)
        batches = tuple(replace(each) for each in self._batches)
        if self._batches:
            latest = max(each.available for each in self._batches)
            if latest > self._now:
                self._pass(latest, calendar=False)
        later = self._events[done:]
        events = sorted(self._events[:done], key=lambda each: each.instant)
        return Plan(self._scenario.scenario, self._begins, ends, tuple(events), tuple(later), batches)

    def _add(
        self, lane: Lane, text: str, step: int | None = None, problem: str = "", at: datetime | None = None
    ) -> None:
        self._events.append(Planned(at or self._now, lane, text, step, problem))

    def _step(self, number: int, step: Step) -> None:
        if step.upload is not None:
            self._upload(number, step.upload)
        elif step.poll is not None:
            self._poll(number, step.poll)
        elif step.download is not None:
            self._download(number, step.download)
        elif step.advance is not None or step.clock is not None:
            self._moved(number, step)
        elif step.wait is not None:
            batch = self._batch(step.wait.batch_id)
            if batch is None:
                self._add("clock", step.words, number, f"no step before uploads {step.wait.batch_id}")
            elif batch.available > self._now:
                self._pass(batch.available)
                self._add("clock", f"the clock stands at {self.local(self._now)}", number)
        elif step.snapshot is not None:
            self._snapshots[step.snapshot] = self._now, [replace(each) for each in self._batches]
            self._add("world", step.words, number)
        elif step.restore is not None:
            problem = "" if step.restore in self._snapshots else "no step before has taken this snapshot"
            self._now, self._batches = self._snapshots.get(step.restore, (self._now, self._batches))
            self._add("world", step.words, number, problem)
        elif step.fault is not None:
            self._fault(step.fault.content(), "fault", number)
        else:
            lane: Lane = "client" if step.use is not None else "fault" if step.clear_fault is not None else "world"
            self._add(lane, step.words, number)
            if step.record is not None and step.record.tell:
                self._tell(step.record.sevis_id, step.record.tell)

    def _upload(self, number: int, step: UploadStep) -> None:
        system = step.system or self._scenario.system
        profile = self._profile(system)
        try:
            made = draft(step, self._scenario, self._organizations, self._calendar.today(self._now), _some)
        except PlayError as error:
            self._add("client", f"upload {step.batch_id or ''}", number, str(error))
            return
        batch_id = dict(step.form).get("batchid", made.batch_id) or ""
        count = _records_in(made.document)
        size = f" ({count} record{'s' * (count != 1)})" if count else ""
        often = f" {step.at_once} times at once" if step.at_once > 1 else ""
        text = f"uploads {batch_id or 'a batch'}{size} to {system}{often}: expects {_said(step.expect)}"
        closed = not profile.is_open(self._now, self._calendar)
        known = self._batch(batch_id, made.org_id, system)
        problem = ""
        accepted = "S0000" in step.expect or ANY in step.expect
        accepted = accepted or (NO_ANSWER in step.expect and self._replies_lost)
        if closed and step.expect == ("S0000",):
            problem = f"{system} is closed then; it opens {self.local(profile.next_opening(self._now, self._calendar))}"
        elif known is not None and step.expect == ("S0000",):
            problem = f"{batch_id} is used already, so this is S0010"
        self._add("client", text, number, problem)
        if accepted and not closed and known is None and not problem:
            when = profile.schedule(self._now, self._calendar)
            self._batches.append(Pending(batch_id, made.org_id, system, when.due, when.available))

    def _download(self, number: int, step: DownloadStep) -> None:
        system = step.system or self._scenario.system
        text = f"downloads {step.batch_id} from {system}: expects {_said(step.expect)}"
        problem = ""
        batch = self._batch(step.batch_id or "")
        profile = self._profile(system)
        if not profile.is_open(self._now, self._calendar) and step.expect == ("S0000",):
            problem = f"{system} is closed then"
        elif step.expect == ("S0000",) and batch is None:
            problem = f"no step before uploads {step.batch_id} so that it is accepted"
        elif step.expect == ("S0000",) and batch is not None and batch.available > self._now:
            problem = f"its result is there from {self.local(batch.available)}"
        self._add("client", text, number, problem)

    def _poll(self, number: int, step: PollStep) -> None:
        asked = 0
        batch = self._batch(step.batch_id or "")
        every = f"+{step.every.lstrip('+')}"
        while asked < step.at_most:
            asked += 1
            if batch is None or "S0000" not in step.expect or batch.available <= self._now:
                break
            self._pass(self._target(every, self._scenario.system))
        problem = ""
        if "S0000" in step.expect and (batch is None or batch.available > self._now):
            problem = "asking so often is not enough" if batch else f"no step before uploads {step.batch_id}"
        self._add("client", f"asks for {step.batch_id} every {step.every}, {asked} times", number, problem)

    def _moved(self, number: int, step: Step) -> None:
        text = step.advance or step.clock or ""
        try:
            target = self._target(text, self._scenario.system)
        except InstantError as error:
            self._add("clock", step.words, number, str(error))
            return
        if target < self._now:
            free = step.clock is not None and not self._batches
            problem = "" if free else f"time never moves backward: it is {self.local(self._now)} then"
            if free:
                self._now = target
            self._add("clock", f"the clock is set to {self.local(target)}", number, problem, at=self._now)
            return
        self._pass(target)
        self._add("clock", f"the clock stands at {self.local(target)} ({text})", number)

    def _target(self, text: str, system: str) -> datetime:
        pending = [each.due for each in self._batches if not each.processed]
        pending += [each.available for each in self._batches if not each.told]
        instant = parse_instant(spoken_duration(text), bare_duration=True)
        return instant.resolve(self._now, self._calendar, self._profile(system), min(pending, default=None))

    def _pass(self, target: datetime, *, calendar: bool = True) -> None:
        """Tell what falls due until an instant, in order, and go there."""
        found: list[Planned] = []
        for batch in self._batches:
            if not batch.processed and batch.due <= target:
                batch.processed = True
                text = f"processes {batch.batch_id} of {batch.org_id} ({batch.system})"
                found.append(Planned(batch.due, "sevis", text))
            if batch.processed and not batch.told and batch.available <= target:
                batch.told = True
                found.append(Planned(batch.available, "sevis", f"result of {batch.batch_id} can be downloaded"))
        if calendar:
            found += self._days(target)
        self._events += sorted(found, key=lambda each: each.instant)
        self._now = target

    def _days(self, target: datetime) -> Iterator[Planned]:
        """Yield what the calendar does to records until an instant."""
        from sevis_sim.events import life_cycle

        for record in self._records:
            while (day := life_cycle.next_day(record, self._life_cycle, self._since)) is not None:
                when = self._calendar.at(max(day, self._run), self._life_cycle.at)
                if when > target:
                    break
                done = life_cycle.run(record, self._life_cycle, self._calendar.today(when), when, self._since)
                for change in done:
                    what = f"{change.sevis_id} {change.part}".rstrip()
                    yield Planned(when, "calendar", f"{what}: {change.before} to {change.after} ({change.job})")
                if not done:
                    break

    def _fault(self, entry: dict[str, object], where: str, number: int | None) -> None:
        from sevis_sim.faults import FaultError
        from sevis_sim.mischief import read_faults

        try:
            faults = read_faults(entry, self._now, self._calendar)
        except FaultError as error:
            self._add("fault", where, number, str(error))
            return
        for fault in faults:
            self._replies_lost |= fault.at == "upload" and (fault.phase == "after" or fault.kind in _SPOILS_REPLIES)
            value = "" if fault.value is None else f" {fault.value}"
            when = fault.when
            often = (
                f"the first {when.first}"
                if when.first
                else f"every {when.every}."
                if when.every
                else f"a share of {when.rate:g}"
                if when.rate
                else "always"
            )
            until = f", until {self.local(when.until)}" if when.until else ""
            at = when.since if when.since and when.since > self._now else self._now
            self._add("fault", f"{fault.at}: {fault.kind}{value}, {often}{until}", number, at=at)

    def _tell(self, sevis_id: str, told: dict[str, object]) -> None:
        from sevis_sim.domain.facts import FactError, find

        for record in self._records:
            if record.sevis_id == sevis_id:
                for name, value in told.items():
                    try:
                        record.facts[name] = find(name, record.population, "record").read(value)
                    except FactError:
                        continue

    def _batch(self, batch_id: str, org_id: str | None = None, system: str | None = None) -> Pending | None:
        for batch in self._batches:
            if batch.batch_id == batch_id and org_id in (None, batch.org_id) and system in (None, batch.system):
                return batch
        return None

    def _profile(self, system: str) -> Profile:
        return PROFILES[SYSTEMS[system].name]

    def local(self, instant: datetime) -> str:
        return f"{self._calendar.local(instant):%a %Y-%m-%d %H:%M:%S}"


def as_lines(made: Plan) -> Iterator[str]:
    """Yield a plan as text."""
    calendar = Calendar()
    begins, ends = (f"{calendar.local(each):%a %Y-%m-%d %H:%M}" for each in (made.begins, made.ends))
    yield f"{made.name}: from {begins} to {ends}"
    for events, margin in ((made.events, "  "), (made.later, "  later: ")):
        for each in events:
            step = f"{each.step:>3}." if each.step else "    "
            yield f"{margin}{calendar.local(each.instant):%a %Y-%m-%d %H:%M:%S} {step} {each.lane:<8} {each.text}"
            if each.problem:
                yield f"{' ' * 29}  ! {each.problem}"


def as_json(made: Plan) -> dict[str, object]:
    """Return a plan as plain values."""

    def one(each: Planned) -> dict[str, object]:
        found: dict[str, object] = {"instant": each.instant.isoformat(), "lane": each.lane, "text": each.text}
        if each.step:
            found["step"] = each.step
        if each.problem:
            found["problem"] = each.problem
        return found

    return {
        "scenario": made.name,
        "begins": made.begins.isoformat(),
        "ends": made.ends.isoformat(),
        "events": [one(each) for each in made.events],
        "later": [one(each) for each in made.later],
    }


def _said(expected: object) -> str:
    if isinstance(expected, dict):
        return ", ".join(f"{outcome} {count} times" for outcome, count in expected.items())
    return " or ".join(expected) if isinstance(expected, tuple) else str(expected)


def _some(named: str) -> str:
    """Return a SEVIS ID in place of one that only playing gives."""
    return named if "/" not in named else "N9900000000"


def _records_in(document: bytes) -> int:
    try:
        read_header(document)
    except ClientError:
        return 0
    return document.count(b"requestID=")
