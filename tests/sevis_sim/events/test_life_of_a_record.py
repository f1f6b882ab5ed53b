"""Random lives: whatever batches bring, whatever USCIS decides and the calendar does, records stay sound."""

import copy
from datetime import timedelta

import random_batches as batches
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from lxml import etree
from student_story import _log_schema

from sevis_sim import events
from sevis_sim.domain.life_cycle import shipped
from sevis_sim.events import life_cycle
from sevis_sim.events.cases.stage import TODAY
from sevis_sim.events.student import requests
from sevis_sim.generation.batches import Sender
from sevis_sim.generation.draw import Profile
from sevis_sim.generation.updates import Outcome, UpdatesMaking, updates
from sevis_sim.results import LogHeader, ProcessStage, UploadStage, transaction_log

PLAN = shipped().changed({"all": "on"})


class Lives(RuleBasedStateMachine):
    """A school and a sponsor, from their first batch on. The records are kept as the store would keep them."""

    def __init__(self):
        super().__init__()
        self.today = TODAY
        self.records = {}
        self.owners = {}
        """Of every SEVIS ID that was ever issued, the record that it was issued for."""
        self.number = 0

    @rule(days=st.sampled_from([1, 30, 120, 400]))
    def time_passes(self, days):
        self.today += timedelta(days=days)

    @rule(data=st.data(), population=st.sampled_from(sorted(batches.POPULATIONS)))
    def a_batch_comes(self, data, population):
        sent = batches.some(data, population, list(self.records.values()), self.today)
        self._process(population, batches.document(population, self._next_id(), sent))

    @rule(data=st.data())
    def a_record_is_known_from_elsewhere(self, data):
        today, records, sent = data.draw(st.sampled_from(batches.known_records()), "known records")
        if any(sevis_id in self.owners for record in records for sevis_id in batches.ids(record)):
            return
        self.today = max(self.today, today)
        self.records |= {record.sevis_id: record.copy() for record in records}
        self._process(records[0].population, batches.document(records[0].population, self._next_id(), sent))

    @precondition(lambda self: self.records)
    @rule(data=st.data(), seed=st.integers(0, 10**6))
    def a_batch_that_makes_sense_comes(self, data, seed):
        record = self.records[data.draw(st.sampled_from(sorted(self.records)), "record")]
        organization = batches.POPULATIONS[record.population]
        making = UpdatesMaking(
            organization=organization,
            records=[record],
            seed=seed,
            today=self.today,
            profile=Profile.typical,
            sender=Sender(organization.id, organization.officials[0].id, self._next_id()),
            most=4,
        )
        for made in updates(making, Outcome()):
            self._process(record.population, made.xml)

    @precondition(lambda self: any(self._waiting()))
    @rule(data=st.data())
    def uscis_decides(self, data):
        sevis_id, reference = data.draw(st.sampled_from(list(self._waiting())), "request")
        record = self.records[sevis_id].copy()
        status = requests.find(record, reference).status
        possible = [word for word, allowed in requests.DECISIONS.items() if status in allowed]
        requests.decide(record, reference, data.draw(st.sampled_from(possible), "decision"), self.today)
        self.records[sevis_id] = record

    @precondition(lambda self: self.records)
    @rule()
    def the_calendar_runs(self):
        for sevis_id, record in self.records.items():
            after = record.copy()
            life_cycle.run(after, PLAN, self.today, batches.noon(self.today))
            assert life_cycle.run(after.copy(), PLAN, self.today, batches.noon(self.today)) == []
            self.records[sevis_id] = after

    @invariant()
    def every_record_is_sound(self):
        for record in self.records.values():
            batches.well_formed(record)

    @invariant()
    def every_id_is_of_one_person_for_ever(self):
        now = [sevis_id for record in self.records.values() for sevis_id in batches.ids(record)]
        assert len(set(now)) == len(now)
        for record in self.records.values():
            for sevis_id in batches.ids(record):
                assert self.owners.setdefault(sevis_id, record.sevis_id) == record.sevis_id

    def _waiting(self):
        for sevis_id, record in self.records.items():
            if record.population == "student":
                for request in requests.requests(record):
                    if request.status in requests.WAITING:
                        yield sevis_id, request.reference

    def _next_id(self):
        self.number += 1
        return f"BATCH{self.number:09}"

    def _process(self, population, document):
        before = copy.deepcopy(self.records)
        outcomes, world = self._applied(population, document)
        assert self.records == before, "a batch changes nothing before it is stored"
        again, _ = self._applied(population, document)
        assert _log(again) == _log(outcomes), "the same batch gives the same bytes"
        _check_log(_log(outcomes), outcomes)
        new = {sevis_id for record, _ in world.changed.values() for sevis_id in batches.ids(record)}
        known = {sevis_id for record in before.values() for sevis_id in batches.ids(record)}
        assert not (new - known) & set(self.owners), "an ID is issued once"
        self.records |= {sevis_id: record for sevis_id, (record, _) in world.changed.items()}

    def _applied(self, population, document):
        """Apply a batch as a night does; every failed record must leave the world as it was."""
        organization = batches.POPULATIONS[population]
        batch_id = f"BATCH{self.number:09}"
        world = events.RecordsWorld(
            organization.id,
            batch_id,
            self.records.values(),
            lambda known: events.identity(known.population, known.data),
        )
        outcomes = []
        for position, (section, node) in enumerate(batches.read(document), start=1):
            sent, changed = copy.deepcopy(node), copy.deepcopy(world.changed)
            context = events.Context(world, organization, batches.noon(self.today), self.today, batch_id, position)
            done = events.process(section, node, context)
            assert node == sent, "processing reads what was sent and changes nothing in it"
            assert world.changed == changed, "processing itself stores nothing"
            assert (done.record is None) == (done.outcome.finding is not None)
            if done.record is None:
                assert done.outcome.forms == ()
                broken = events.broken_rules(section, node, context)
                assert broken[0] == done.outcome.finding
            else:
                _grew(self.records.get(done.record.sevis_id), world.changed.get(done.record.sevis_id), done)
                world.keep(done.record, events.identity(done.record.population, done.record.data))
            outcomes.append(done.outcome)
        return outcomes, world


def _grew(stored, changed, done):
    """Assert that a success adds exactly one entry to the history, and takes nobody away."""
    before = changed[0] if changed else stored
    history = before.history if before else []
    assert done.record.history[:-1] == history
    assert done.record.history[-1].event == done.outcome.event
    if before:
        assert set(batches.ids(before)) <= set(batches.ids(done.record))


def _log(outcomes):
    return transaction_log(
        LogHeader("BATCH000000001", "ABC214F00012000"),
        status=all(outcome.succeeded for outcome in outcomes),
        upload=UploadStage("S0000", outcomes[0].processed, "batch.xml"),
        process=ProcessStage.of(outcomes[0].processed, outcomes),
        download="S0000",
    )


def _check_log(log, outcomes):
    """Assert that a log is valid and that its counts are those of its records."""
    root = etree.fromstring(log)
    _log_schema().assertValid(root)
    process = root.find("BatchDetail/Process")
    counts = {each.tag: int(each.text) for each in process.find("RecordCount")}
    results = [record.find("Result").get("status") for record in process.iter("Record")]
    assert counts == {
        "Success": results.count("true"),
        "Failure": results.count("false"),
        "Total": len(outcomes),
    }
    assert [record.get("requestID") for record in process.iter("Record")] == [each.request_id for each in outcomes]


TestLives = Lives.TestCase
TestLives.settings = settings(
    max_examples=25,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
