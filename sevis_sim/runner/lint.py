"""What is wrong with a scenario that its models cannot tell: it takes codes, events, files and time together.

The models have found the shape right when this begins. Each finding has its place in the file.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from lxml import etree

from sevis_sim.client import ClientError, read_header
from sevis_sim.clock import Calendar, parse_clock
from sevis_sim.codes import catalogue
from sevis_sim.codes.meaning import meaning
from sevis_sim.domain.document import day
from sevis_sim.runner.drafts import Draft, draft
from sevis_sim.runner.errors import PlayError
from sevis_sim.runner.plan import Plan, plan
from sevis_sim.runner.seen import event_of
from sevis_sim.runner.world import NONE, OWN
from sevis_sim.scenarios import Scenario, Source
from sevis_sim.scenarios.expect import ExpectEntry
from sevis_sim.scenarios.steps import ANY, RequestEntry, UploadStep
from sevis_sim.schemas import NotWellFormed, parse
from sevis_sim.yamlfile import Finding, Problem, quoted, suggestion

Severity = Literal["error", "warning"]
_SUCCESS = "success"
_PROCESS = ("S0000", "S0020", "S0021")
_UPLOADS, _DOWNLOADS = "Upload/@resultCode", "Download/@resultCode"


@dataclass(frozen=True, slots=True)
class Lint:
    """One finding."""

    severity: Severity
    problem: Problem

    def __str__(self) -> str:
        return f"{self.problem} [{self.severity}]"


@dataclass(slots=True)
class _Sent:
    """A batch that steps send."""

    draft: Draft
    events: Mapping[str, str] = field(default_factory=dict)
    """By request ID the event of each record; empty where the document cannot be read."""


def lint(source: Source) -> list[Lint]:
    """Return what is wrong with a scenario, in the order of the file."""
    found = [Lint(severity, source.problem(each)) for severity, each in _Linter(source.scenario).findings()]
    return sorted(found, key=lambda each: (each.problem.file, each.problem.position))


class _Linter:
    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._sent: dict[str, _Sent] = {}
        self._downloaded: set[str] = set()
        self._plan: Plan | None = None
        self._forced = set(scenario.forced_codes().values())

    def findings(self) -> Iterator[tuple[Severity, Finding]]:
        """Yield everything."""
        yield from self._described()
        yield from self._records()
        yield from self._steps()
        yield from self._timeline()
        for number, entry in enumerate(self._scenario.expect):
            yield from self._expected(number, entry)

    def _described(self) -> Iterator[tuple[Severity, Finding]]:
        if not self._scenario.summary:
            yield "warning", Finding(("scenario",), "there is no summary: say in a sentence what it shows")
        if self._scenario.steps and not self._scenario.expect:
            checked = any(s.download or s.poll for s in self._scenario.steps)
            if not checked:
                yield "warning", Finding(("steps",), "nothing is expected and nothing downloaded: it proves little")

    def _records(self) -> Iterator[tuple[Severity, Finding]]:
        clock = self._scenario.clock
        today = Calendar().today(parse_clock(clock).now()) if clock else None
        for number, record in enumerate(self._scenario.to_records()):
            path = ("records", number)
            info = "EducationalInfo/" if record.population == "student" else ""
            start, end = (day(record.data, f"{info}{name}") for name in ("PrgStartDate", "PrgEndDate"))
            if start and end and end <= start:
                yield "error", Finding(path, f"the program ends on {end}, before it starts on {start}")
            if today and record.status == "ACTIVE" and start and start > today:
                arrived = record.facts.get("arrived")
                if arrived is None:
                    told = f"the record is ACTIVE on {today} though the program starts on {start}"
                    yield "warning", Finding((*path, "status"), told)

    def _steps(self) -> Iterator[tuple[Severity, Finding]]:
        issued, snapshots, faults = {OWN, NONE}, set[str](), self._fault_names()
        known = {entry.id: {user.id for user in entry.users} for entry in self._scenario.organizations}
        for number, step in enumerate(self._scenario.steps):
            path = ("steps", number)
            request: RequestEntry | None = step.upload or step.download or step.poll
            if step.upload is not None:
                yield from self._upload(step.upload, (*path, "upload"), known)
            if request is not None:
                below = (*path, step.action)
                if request.certificate is not None and request.certificate not in issued:
                    yield (
                        "error",
                        Finding((*below, "certificate"), _unknown("certificate", request.certificate, issued)),
                    )
                if request.org is not None and request.org not in known:
                    yield "error", Finding((*below, "org"), _unknown("organization", request.org, known))
                yield from _codes(request, (*below, "expect"), _UPLOADS if step.upload else _DOWNLOADS)
            if step.download is not None or step.poll is not None:
                self._downloaded.add((step.download or step.poll).batch_id or "")  # type: ignore[union-attr]
            if step.certificate is not None and step.certificate.issue is not None:
                issued.add(step.certificate.name or "")
                if wrong := _profile(step.certificate.issue):
                    yield "error", Finding((*path, "certificate", "issue"), wrong)
            if step.use is not None and step.use not in issued:
                yield "error", Finding((*path, "use"), _unknown("certificate", step.use, issued))
            if step.snapshot is not None:
                snapshots.add(step.snapshot)
            if step.restore is not None and step.restore not in snapshots:
                yield "error", Finding((*path, "restore"), _unknown("snapshot", step.restore, snapshots))
            if step.fault is not None:
                faults.add(step.fault.name or step.fault.preset or "")
                yield from _fault(step.fault.content(), (*path, "fault"))
            if step.clear_fault not in (None, "all") and faults and step.clear_fault not in faults:
                yield "error", Finding((*path, "clear_fault"), _unknown("fault", step.clear_fault or "", faults))

    def _upload(
        self, step: UploadStep, path: tuple[str | int, ...], known: Mapping[str, set[str]]
    ) -> Iterator[tuple[Severity, Finding]]:
        key = "file" if step.file is not None else "records" if step.records else "code"
        try:
            clock = self._scenario.clock
            today = Calendar().today(parse_clock(clock or "2026-03-02T09:00-05:00").now())
            made = draft(step, self._scenario, self._scenario.to_organizations(), today, lambda named: named)
        except PlayError as error:
            yield "error", Finding((*path, key), str(error))
            return
        batch_id = dict(step.form).get("batchid", made.batch_id) or ""
        self._sent.setdefault(batch_id, _Sent(made, _requests(made.document)))
        if step.expect != ("S0000",):
            return
        if made.org_id not in known:
            yield "error", Finding((*path, key), f"{_unknown('organization', made.org_id, known)}, so this is S0002")
        elif made.user_id not in known[made.org_id]:
            users = ", ".join(sorted(known[made.org_id])) or "none"
            told = f"{made.org_id} has no user {quoted(made.user_id)} (users: {users}), so this is S0003"
            yield "error", Finding((*path, key), told)

    def _timeline(self) -> Iterator[tuple[Severity, Finding]]:
        if self._scenario.clock is None:
            if any(step.advance or step.wait or step.poll for step in self._scenario.steps):
                yield "warning", Finding(("steps",), "there is no clock, so when things happen is not said")
            return
        try:
            self._plan = plan(self._scenario)
        except PlayError as error:
            yield "error", Finding(("clock",), str(error))
            return
        for each in self._plan.problems:
            if each.step is not None:
                action = self._scenario.steps[each.step - 1].action
                yield self._severity(each.step - 1), Finding(("steps", each.step - 1, action), each.problem)

    def _severity(self, number: int) -> Severity:
        """Faults and tricks of certificates can make true what time alone would not."""
        faulty = self._scenario.faults or any(step.fault or step.restore for step in self._scenario.steps[:number])
        return "warning" if faulty else "error"

    def _fault_names(self) -> set[str]:
        return {entry.name or entry.preset or "" for entry in self._scenario.faults}

    def _expected(self, number: int, entry: ExpectEntry) -> Iterator[tuple[Severity, Finding]]:
        path = ("expect", number)
        if entry.kind in ("batch", "log", "zip"):
            named = entry.batch or entry.log or entry.zip or ""
            if named not in self._sent and entry.process != "none":
                yield "error", Finding((*path, entry.kind), _unknown("batch that a step uploads", named, self._sent))
                return
            if entry.kind != "batch" and named not in self._downloaded:
                yield "error", Finding((*path, entry.kind), f"no step downloads {named}")
            if entry.kind == "batch":
                yield from self._batch(path, entry, self._sent.get(named))
        elif entry.kind == "record" and "/" in (entry.record or ""):
            batch_id, _, request = (entry.record or "").partition("/")
            sent = self._sent.get(batch_id)
            if sent is None or (sent.events and request not in sent.events):
                told = f"no step uploads a batch {batch_id} with a record {request}"
                yield "error", Finding((*path, "record"), told)
        elif entry.kind == "record":
            yield from self._known_record(path, entry)
        elif entry.kind in ("request", "never"):
            pattern = entry.never or entry
            if pattern.batch_id is not None and pattern.batch_id not in self._sent and not entry.never:
                where = (*path, "batchId")
                yield "warning", Finding(where, _unknown("batch that a step uploads", pattern.batch_id, self._sent))

    def _known_record(self, path: tuple[str | int, ...], entry: ExpectEntry) -> Iterator[tuple[Severity, Finding]]:
        ids = {entry.sevis_id for entry in self._scenario.records}
        ids |= {each.sevis_id for entry in self._scenario.records for each in entry.dependents}
        if entry.record not in ids and not entry.absent:
            told = f"{_unknown('record', entry.record or '', ids)}; BATCH/REQUESTID names one that a batch creates"
            yield "error", Finding((*path, "record"), told)
        if entry.status is not None:
            from sevis_sim.domain.records import STATUSES

            words = set().union(*STATUSES.values())
            if entry.status not in words:
                yield "error", Finding((*path, "status"), _unknown("status", entry.status, words))

    def _batch(
        self, path: tuple[str | int, ...], entry: ExpectEntry, sent: _Sent | None
    ) -> Iterator[tuple[Severity, Finding]]:
        if entry.process is not None and entry.process not in (*_PROCESS, "none"):
            told = f"{quoted(entry.process)} is no code of processing; expected {', '.join(_PROCESS)} or none"
            yield "error", Finding((*path, "process"), told)
        if sent is None:
            return
        if sent.events:
            total, wanted = len(sent.events), (entry.success or 0) + (entry.failure or 0)
            if wanted > total:
                where = (*path, "success" if entry.success is not None else "failure")
                yield "error", Finding(where, f"{wanted} records are expected, but the batch has {total}")
            for request_id, code in entry.results.items():
                yield from self._result((*path, "results", request_id), request_id, code, sent)
        results = {"success", "failure", "forms", "results"} & entry.model_fields_set or entry.process in _PROCESS
        if results and self._plan is not None:
            name = sent.draft.batch_id
            batch = next((each for each in self._plan.batches if each.batch_id == name), None)
            if batch is not None and not batch.processed:
                told = f"the steps end before {name} is processed, on {Calendar().local(batch.due):%a %Y-%m-%d %H:%M}"
                yield self._severity(len(self._scenario.steps)), Finding((*path, "batch"), told)

    def _result(
        self, path: tuple[str | int, ...], request_id: str, code: str, sent: _Sent
    ) -> Iterator[tuple[Severity, Finding]]:
        if request_id not in sent.events:
            yield "error", Finding(path, _unknown("record of the batch", request_id, sent.events), at_key=True)
            return
        if code == _SUCCESS:
            return
        entry = catalogue.entries().get(code)
        if entry is None:
            hint = suggestion(code, catalogue.entries())
            yield "error", Finding(path, f"{quoted(code)} is no code of SEVIS{hint}; expected success or a code")
            return
        event = sent.events[request_id]
        path_of_event = event.partition("/")[2] or event
        if entry.population == "transport":
            yield "error", Finding(path, f"{code} is a code of uploads and downloads; expected one of a record")
        elif code not in self._forced and not self._faulty() and not meaning(code).occurs_in(path_of_event):
            events = ", ".join(meaning(code).events[:4]) or "no event that a batch can send"
            yield "error", Finding(path, f"{code} cannot occur in {path_of_event}; it occurs in {events}")

    def _faulty(self) -> bool:
        return bool(self._scenario.faults) or any(step.fault for step in self._scenario.steps)


def _codes(request: RequestEntry, path: tuple[str | int, ...], place: str) -> Iterator[tuple[Severity, Finding]]:
    """Yield what is wrong with the codes that a request may end in."""
    expected = getattr(request, "expect", ())
    for outcome in expected:
        if outcome == ANY or not outcome.startswith("S"):
            continue
        entry = catalogue.entries().get(outcome)
        if entry is None or entry.population != "transport":
            known = [code for code, each in catalogue.entries().items() if each.population == "transport"]
            told = f"{quoted(outcome)} is no code of uploads and downloads{suggestion(outcome, known)}"
            yield "error", Finding(path, f"{told}; known: {', '.join(known)}")
        elif place not in meaning(outcome).places:
            what = place.partition("/")[0].lower()
            yield "warning", Finding(path, f"{outcome} is not known to answer a request to {what}")


def _fault(content: dict[str, object], path: tuple[str | int, ...]) -> Iterator[tuple[Severity, Finding]]:
    from datetime import UTC, datetime

    from sevis_sim.faults import FaultError
    from sevis_sim.mischief import read_faults

    try:
        read_faults(content, datetime(2026, 3, 6, 19, tzinfo=UTC), Calendar())
    except FaultError as error:
        key = error.key if error.key in content else None
        yield "error", Finding((*path, key) if key else path, str(error).removeprefix(f"{key}: "))


def _profile(name: str) -> str:
    from sevis_sim.pki import PkiError, profile_named

    try:
        profile_named(name)
    except PkiError as error:
        return str(error)
    return ""


def _requests(document: bytes) -> dict[str, str]:
    try:
        read_header(document)
        root = parse(document).getroot()
    except (ClientError, NotWellFormed):
        return {}
    found: dict[str, str] = {}
    for section in root.iterchildren(etree.Element):
        for record in section.iterchildren(etree.Element):
            request_id = record.get("requestID")
            if request_id:
                found[str(request_id)] = event_of(section, record)
    return found


def _unknown(what: str, name: str, known: Mapping[str, object] | set[str]) -> str:
    words = sorted(known)
    hint = suggestion(name, words) or f"; there are: {', '.join(words[:8]) or 'none'}"
    return f"there is no {what} {quoted(name)}{hint}"
