"""Looks whether what a scenario expects is so, and says what is there instead."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from io import BytesIO
from typing import Any

from lxml import etree

from sevis_sim.clock import parse_instant
from sevis_sim.domain.records import Record
from sevis_sim.domain.systems import SYSTEMS
from sevis_sim.journal.matching import Matcher, MatchError, read_condition, shown
from sevis_sim.results import ArchiveError, ParsedLog, read_archive
from sevis_sim.runner.actor import Answer
from sevis_sim.runner.errors import PlayError
from sevis_sim.runner.outcome import CheckOutcome
from sevis_sim.runner.player import Exchange
from sevis_sim.runner.world import World
from sevis_sim.scenarios.expect import ExpectEntry, numbers
from sevis_sim.schemas import NotWellFormed, parse

_SUCCESS = "success"
_NONE = "none"


async def judge(world: World, exchange: Exchange) -> list[CheckOutcome]:
    """Look at every expectation of a scenario, in the order of its file."""
    found = []
    for number, entry in enumerate(world.scenario.expect, start=1):
        judged = _Judge(world, exchange, entry)
        try:
            near = await judged.look()
            found.append(CheckOutcome(number, words(entry), "; ".join(judged.problems), near))
        except (PlayError, MatchError) as error:
            found.append(CheckOutcome(number, words(entry), str(error)))
    return found


def words(entry: ExpectEntry) -> str:
    """Return an expectation in one line."""
    said = entry.model_dump(exclude_unset=True, by_alias=True, mode="json")
    if entry.kind in ("request", "never", "journal"):
        return entry.request_expectation().words
    subject = f"{entry.kind} {said.pop(entry.kind)}"
    told = ", ".join(f"{name} {shown(value)}" for name, value in said.items())
    return f"{subject}: {told}" if told else subject


class _Judge:
    def __init__(self, world: World, exchange: Exchange, entry: ExpectEntry) -> None:
        self._world = world
        self._exchange = exchange
        self._entry = entry
        self._system = entry.system or world.scenario.system
        self.problems: list[str] = []

    async def look(self) -> tuple[str, ...]:
        """Look; problems are in `problems`. Returns what came near in the journal."""
        entry = self._entry
        if entry.kind in ("request", "never", "journal"):
            return await self._journal()
        if entry.kind == "batch":
            await self._batch(entry.batch or "")
        elif entry.kind == "record":
            await self._record(entry.record or "")
        elif entry.kind == "log":
            await self._log(entry.log or "")
        elif entry.kind == "zip":
            await self._zip(entry.zip or "")
        else:
            self._clock(entry.clock or "")
        return ()

    def _same(self, what: str, wanted: object, found: object) -> None:
        if wanted is not None and str(wanted) != str(found):
            self.problems.append(f"{what} is {found}, expected {wanted}")

    async def _journal(self) -> tuple[str, ...]:
        verdict = await self._world.sim.journal.verify(self._world.box.name, self._entry.request_expectation())
        if verdict.met:
            return ()
        self.problems.append(f"found {verdict.count} among {verdict.seen} entries of the journal")
        told = [f"{each['instant']} {each['summary']}" for each in verdict.entries[:3]]
        for near in verdict.near_misses:
            differs = ", ".join(f"{miss.field} is {miss.found}, expected {miss.expected}" for miss in near.misses)
            told.append(f"nearly: {near.entry['summary']} ({differs})")
        return tuple(told)

    async def _batch(self, batch_id: str) -> None:
        entry, world = self._entry, self._world
        uploads, answer = self._exchange.uploads.get(batch_id, []), self._exchange.answers.get(batch_id)
        if entry.upload is not None and entry.upload not in uploads:
            said = ", ".join(uploads) or "none was sent"
            self.problems.append(f"no upload ended in {entry.upload}: {said}")
        self._same("the last download", entry.download, answer.outcome if answer else "none")
        if not {"process", "success", "failure", "forms", "results"} & entry.model_fields_set:
            return
        batch = await world.batch(batch_id, entry.org, self._system)
        if batch is None:
            if entry.process != _NONE:
                self.problems.append(f"SEVIS has no batch {batch_id}")
            return
        log = await world.log(batch)
        if log is None or log.process is None:
            if entry.process != _NONE:
                self.problems.append(f"the batch is {batch.status} and has no result")
            return
        self._same("process", entry.process, log.process_code)
        self._same("success", entry.success, log.process.success)
        self._same("failure", entry.failure, log.process.failure)
        if self.problems and not entry.results:
            self.problems += [f"{each.request_id} is {each.code} ({each.message})" for each in log.failures[:3]]
        if entry.forms is not None:
            self._same("forms", entry.forms, await self._stored_forms(batch.key, batch_id))
        self._results(log)

    async def _stored_forms(self, key: int, batch_id: str) -> str:
        batch = await self._world.batch(batch_id, self._entry.org, self._system)
        content = await self._world.archive(batch) if batch and batch.key == key else None
        if content is None:
            return "none, for there is no zip"
        try:
            return str(len(read_archive(content).forms))
        except ArchiveError as error:
            return f"unknown: {error}"

    def _results(self, log: ParsedLog) -> None:
        by_request = {each.request_id: each for each in log.records}
        for request_id, wanted in self._entry.results.items():
            record = by_request.get(request_id)
            if record is None:
                known = ", ".join(list(by_request)[:5])
                self.problems.append(f"there is no record {request_id} in the result; it has {known or 'none'}")
                continue
            found = _SUCCESS if record.succeeded else record.code
            if found != wanted:
                why = f" ({record.message})" if record.message else ""
                self.problems.append(f"{request_id} is {found}{why}, expected {wanted}")

    async def _record(self, named: str) -> None:
        entry = self._entry
        record = await self._world.record(named, self._system)
        if record is None:
            if not entry.absent:
                self.problems.append(f"SEVIS has no record {named}")
            return
        if entry.absent:
            self.problems.append(f"SEVIS has it, {record.status}")
            return
        sevis_id = named if "/" not in named else record.sevis_id
        person = next((each for each in record.dependents if each.sevis_id == sevis_id), None)
        self._same("status", entry.status, person.status if person else record.status)
        self._same("the organization", entry.org, record.org_id)
        self._same("the number of levels", entry.levels, len(record.levels) + 1)
        if entry.events is not None:
            self._same("its events", list(entry.events), [each.event for each in record.history if each.batch_id])
        if isinstance(entry.dependents, int):
            self._same("the number of dependents", entry.dependents, len(record.dependents))
        elif entry.dependents is not None:
            known = {each.sevis_id: each.status for each in record.dependents}
            for each, status in entry.dependents.items():
                self._same(f"dependent {each}", status, known.get(each, "unknown"))
        facts = person.facts if person else record.facts
        self._values(entry.facts, {name: _plain(value) for name, value in facts.items()}, "fact ")
        self._values(entry.values, _document(record) if person is None else dict(person.data), "")

    def _values(self, wanted: Mapping[str, Any], document: Mapping[str, Any], what: str) -> None:
        for path, content in numbers(dict(wanted)).items():
            condition = read_condition(content, path)
            matcher = Matcher({tuple(path.replace("/", ".").split(".")): condition})
            for miss in matcher.misses(document):
                self.problems.append(f"{what}{path} is {miss.found}, expected {miss.expected}")

    async def _downloaded(self, batch_id: str) -> Answer | None:
        answer = self._exchange.answers.get(batch_id)
        if answer is None:
            self.problems.append(f"no step has downloaded {batch_id}")
        return answer

    async def _log(self, batch_id: str) -> None:
        answer = await self._downloaded(batch_id)
        if answer is None:
            return
        try:
            content = read_archive(answer.body).log_bytes if answer.zipped else answer.body
            root = parse(content).getroot()
        except (ArchiveError, NotWellFormed) as error:
            self.problems.append(f"the log cannot be read: {error}")
            return
        for path, content_wanted in numbers(dict(self._entry.values)).items():
            condition = read_condition(content_wanted, path)
            values = list(_elements(root, path))
            if not condition.holds(values):
                found = ", ".join(map(shown, values[:3])) or "nothing"
                self.problems.append(f"{path} is {found}, expected {condition.words}")

    async def _zip(self, batch_id: str) -> None:
        answer = await self._downloaded(batch_id)
        if answer is None:
            return
        names = answer.files or _names(answer.body)
        if self._entry.forms is not None:
            self._same("the number of forms", self._entry.forms, sum(n.lower().endswith(".pdf") for n in names))
        for pattern in self._entry.files:
            if not any(fnmatchcase(name, pattern) for name in names):
                self.problems.append(f"no {pattern} is in the zip; it has {', '.join(names[:5]) or 'nothing'}")

    def _clock(self, text: str) -> None:
        now, sandbox = self._world.now(), self._world.served.sandbox
        wanted = parse_instant(text).resolve(now, sandbox.calendar, sandbox.profile(SYSTEMS[self._system]))
        if wanted != now:
            self.problems.append(f"it is {self._world.local(now)}, expected {self._world.local(wanted)}")


def _document(record: Record) -> dict[str, Any]:
    return {**record.data, "Dependents": [dict(each.data) for each in record.dependents], "sites": _sites(record)}


def _sites(record: Record) -> list[dict[str, Any]]:
    return [{"siteID": each.site_id, **each.data} for each in record.sites]


def _plain(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _elements(root: etree._Element, path: str) -> Iterator[str]:
    """Yield the texts at a path below the root: elements, ``[@name='x']`` and at the end ``@attribute``."""
    above, _, last = path.rpartition("/")
    place, attribute = (above, last[1:]) if last.startswith("@") else (path, "")
    try:
        found = root.findall(place.rstrip("/") or ".")
    except (SyntaxError, KeyError, ValueError) as error:
        raise MatchError(path, f"this is no path of elements such as BatchDetail/Process/Record: {error}") from None
    for element in found:
        if not attribute:
            yield element.text or ""
        elif attribute in element.attrib:
            yield str(element.get(attribute))


def _names(content: bytes) -> tuple[str, ...]:
    import zipfile

    try:
        with zipfile.ZipFile(BytesIO(content)) as opened:
            return tuple(opened.namelist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return ()
