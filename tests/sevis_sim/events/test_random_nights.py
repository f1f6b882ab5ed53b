"""Random batches through a whole simulator: uploads, nights and downloads; what comes back is valid and repeatable."""

import asyncio

import random_batches as batches
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from lxml import etree
from student_story import _log_schema
from support import download, upload

from sevis_sim import Simulator
from sevis_sim.events.cases.stage import ORGANIZATIONS
from sevis_sim.generation.for_code import clock_on
from sevis_sim.generation.states import scenario
from sevis_sim.scenarios import parse_scenario


class Nights(RuleBasedStateMachine):
    """One simulator in memory that knows some records, and all that was done to it, to be done again in the end."""

    def __init__(self):
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.sim = None
        self.done = []
        """Documents that were uploaded, and instants to which time was moved."""
        self.waiting = {}
        """Batch ID and population of what was uploaded and not downloaded yet."""
        self.results = []

    @initialize(data=st.data())
    def begin(self, data):
        today, records, _ = data.draw(st.sampled_from(batches.known_records()), "known records")
        state = scenario("random", "", clock_on(today), ORGANIZATIONS.values(), records)
        self.scenario = parse_scenario(state)
        self.sim = self._run(_started(self.scenario))

    @rule(data=st.data(), population=st.sampled_from(sorted(batches.POPULATIONS)))
    def a_batch_is_uploaded(self, data, population):
        sent = batches.some(data, population, self._records(), self.sim.clock.now().date())
        batch_id = f"BATCH{len(self.done):09}"
        document = batches.document(population, batch_id, sent)
        self.done.append((population, document))
        self.waiting[batch_id] = population
        assert self._run(_uploaded(self.sim, population, document)) == "S0000"
        if data.draw(st.integers(0, 2), "waits if 0"):
            self._nights(None)

    @rule(later=st.sampled_from([None, "+30d"]))
    def nights_pass(self, later):
        self._nights(later)

    def _nights(self, later):
        for to in (later, "next-business-day 10:00") if later else ("next-business-day 10:00",):
            self.done.append((None, to))
            self._run(self.sim.clock.advance(to))
        for batch_id, population in self.waiting.items():
            reply = self._run(_result(self.sim, population, batch_id))
            self.results.append(reply.body)
            _check(reply)
        self.waiting = {}

    @invariant()
    def stored_records_are_sound(self):
        records = self._records() if self.sim else []
        people = [sevis_id for record in records for sevis_id in batches.ids(record)]
        assert len(set(people)) == len(people)
        for record in records:
            batches.well_formed(record)

    def teardown(self):
        try:
            if self.sim is not None:
                self._run(self.sim.stop())
                assert self._run(_replayed(self.scenario, self.done)) == self.results
        finally:
            self.loop.close()

    def _run(self, work):
        return self.loop.run_until_complete(work)

    def _records(self):
        stored = self._run(self.sim.store.read(lambda tx: tx.records.list("default", "production", limit=1000)))
        return [each.record for each in stored]


async def _started(world):
    sim = Simulator(scenario=world, seed=7)
    await sim.start()
    return sim


def _party(sim, population):
    return sim.school() if population == "student" else sim.sponsor()


async def _uploaded(sim, population, document):
    return (await upload(sim, document, party=_party(sim, population))).code


async def _result(sim, population, batch_id):
    return await download(sim, batch_id, party=_party(sim, population))


async def _replayed(world, done):
    """Do everything again in another simulator and return the results."""
    results, waiting = [], {}
    async with Simulator(scenario=world, seed=7) as sim:
        for population, what in done:
            if population is not None:
                waiting[etree.fromstring(what).findtext("BatchHeader/BatchID")] = population
                await _uploaded(sim, population, what)
                continue
            await sim.clock.advance(what)
            if what != "+30d":
                for batch_id, whose in waiting.items():
                    results.append((await _result(sim, whose, batch_id)).body)
                waiting = {}
    return results


def _check(reply):
    """Assert that a result is a valid log whose counts add up, with forms for people who succeeded."""
    assert reply.content_type == "application/zip"
    log = reply.log
    _log_schema().assertValid(log)
    process = log.find("BatchDetail/Process")
    assert log.find("BatchDetail/Download").get("resultCode") == "S0000"
    counts = {each.tag: int(each.text) for each in process.find("RecordCount")}
    status = [record.find("Result").get("status") for record in process.iter("Record")]
    assert counts == {"Success": status.count("true"), "Failure": status.count("false"), "Total": len(status)}
    assert (process.get("resultCode") == "S0000") == (counts["Failure"] == 0)
    told = {each.get(name) for each in process.iter("Record") for name in ("sevisID",)}
    told |= {each.get("dependentSevisID") for each in process.iter("Dependent")}
    printed = [name.removesuffix(".pdf") for name in reply.names if name.endswith(".pdf")]
    assert {name.partition("_")[0] for name in printed} <= told, (printed, told)


TestNights = Nights.TestCase
TestNights.settings = settings(
    max_examples=4,
    stateful_step_count=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
