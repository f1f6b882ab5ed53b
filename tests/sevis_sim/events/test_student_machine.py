"""Random lives of students: valid and invalid events, outside facts, decisions, the calendar; what must always hold.

The updates are those of the shipped cases, on records for which they were not written: most are refused, for all kinds
of reasons, and some go through.
"""

from collections import Counter
from datetime import date, datetime, time

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from rules_bench import BASES, IN_CLASS, SCHOOL, SESSION, TODAY, context, update
from student_story import CHANGE, logged

from sevis_sim import events
from sevis_sim.clock import EASTERN
from sevis_sim.domain.life_cycle import shipped
from sevis_sim.domain.records import OPEN, STATUSES
from sevis_sim.events import life_cycle
from sevis_sim.events.cases import cases, changed
from sevis_sim.events.student import requests

STUDENTS = sorted(name for name in BASES if name.startswith("STU"))
FACTS = ("arrived", "transferIn", "transferOut", "visaIssued")
_ALONE = ("today", "status", "known", "earlier", "organization")


def _updates():
    """Yield event, content, day and base of both sides of every case of an update."""
    for case in cases():
        if case.population == "student" and case.event:
            for side in (case.breaks, case.near):
                whole = {**case.given, **side}
                plain = {key: new for key, new in whole.items() if ":" not in key and key not in _ALONE}
                yield case.event, changed(case.sends, plain), whole.get("today", IN_CLASS), case.base
    yield "EducationLevel/Change", CHANGE, date(2033, 4, 4), "STU-001"


UPDATES = list(_updates())
BY_EVENT = {each[0]: [other for other in UPDATES if other[0] == each[0]] for each in UPDATES}
DAYS = sorted({day for _, _, day, _ in UPDATES})
_updates_of = st.sampled_from(sorted(BY_EVENT)).flatmap(lambda event: st.sampled_from(BY_EVENT[event]))


class Students(RuleBasedStateMachine):
    """One school and its students."""

    def __init__(self):
        super().__init__()
        self.world = self.fresh()
        self.steps = []
        self.outcomes = []
        self.owners = {}

    @staticmethod
    def fresh():
        return events.RecordsWorld(
            SCHOOL.id, "BATCH000000009", (), lambda known: events.identity(known.population, known.data)
        )

    def records(self):
        return [record for record, _ in self.world.changed.values()]

    def keep(self, world, record):
        world.keep(record, events.identity(record.population, record.data))

    def run(self, world, section, node, day, position):
        """Process one record as the night does."""
        done = events.process(section, node, context(world, SCHOOL, day, position))
        if done.record is not None:
            self.keep(world, done.record)
        return done

    def happens(self, section, node, day):
        before = {record.sevis_id: record.copy() for record in self.records()}
        self.steps.append(("process", section, node, day))
        outcome = self.run(self.world, section, node, day, len(self.steps)).outcome
        self.outcomes.append(outcome)
        logged(outcome)
        after = {record.sevis_id: record for record in self.records()}
        if outcome.finding is not None:
            assert outcome.finding.code != events.NOT_BUILT
            assert (after, outcome.forms) == (before, ())
            return
        touched = [sevis_id for sevis_id in after if after[sevis_id] != before.get(sevis_id)]
        assert touched == [outcome.sevis_id]
        history = before[outcome.sevis_id].history if outcome.sevis_id in before else []
        assert after[outcome.sevis_id].history[:-1] == history

    @initialize(late=st.sets(st.sampled_from(STUDENTS), max_size=2))
    def a_school_has_students(self, late):
        for number, base in enumerate(STUDENTS):
            self.happens("CreateStudent", BASES[base], TODAY)
            if base not in late:
                self.happens("UpdateStudent", self.update_of(self.records()[number], "Registration", SESSION), IN_CLASS)

    @staticmethod
    def update_of(record, event, sends):
        return update(event, sends or "", record.sevis_id, "pdso000001")

    @rule(base=st.sampled_from(STUDENTS), name=st.sampled_from("ABCD"))
    def a_student_is_created(self, base, name):
        node = changed(BASES[base], {"PersonalInfo/FullName/LastName": name, "@requestID": f"STU-{name}"})
        self.happens("CreateStudent", node, TODAY)

    @rule(sent=_updates_of, level=st.sampled_from(["", "", "ACTIVE", "INITIAL"]), data=st.data())
    def an_update_comes(self, sent, level, data):
        self.one_comes(sent, level, data)

    @rule(sent=_updates_of, level=st.sampled_from(["", "", "ACTIVE", "INITIAL"]), data=st.data())
    def another_update_comes(self, sent, level, data):
        """The same once more: a rule that is there twice is played twice as often."""
        self.one_comes(sent, level, data)

    def one_comes(self, sent, level, data):
        event, sends, day, base = sent
        at_home = data.draw(st.sampled_from([True, True, True, False]))
        record = self.records()[STUDENTS.index(base)] if at_home else data.draw(st.sampled_from(self.records()))
        if "@dependentSevisID" in sends and record.dependents:
            sends = sends | {"@dependentSevisID": data.draw(st.sampled_from(record.dependents)).sevis_id}
        day = day if at_home else data.draw(st.sampled_from(DAYS))
        node = self.update_of(record, event, sends) | ({"@statusCode": level} if level else {})
        self.happens("UpdateStudent", node, day)

    @rule(base=st.sampled_from(STUDENTS), goes_on=st.booleans())
    def a_student_goes_on_to_the_next_level(self, base, goes_on):
        record = self.records()[STUDENTS.index(base)]
        if record.pending_level is None:
            self.happens("UpdateStudent", self.update_of(record, "EducationLevel/Change", CHANGE), date(2033, 4, 4))
        elif goes_on:
            session = SESSION | {
                "CurrentSessionStartDate": "2033-08-22",
                "CurrentSessionEndDate": "2033-12-16",
                "NextSessionStartDate": "2034-01-17",
            }
            node = self.update_of(record, "Registration", session) | {"@statusCode": "INITIAL"}
            self.happens("UpdateStudent", node, date(2033, 8, 29))
        else:
            self.happens("UpdateStudent", self.update_of(record, "EducationLevel/Cancel", ""), date(2033, 8, 29))

    @rule(name=st.sampled_from(FACTS), told=st.booleans(), data=st.data())
    def a_fact_is_told(self, name, told, data):
        record = data.draw(st.sampled_from(self.records())).copy()
        record.facts[name] = told
        self.steps.append(("keep", record))
        self.keep(self.world, record.copy())

    @precondition(lambda self: any(requests.requests(record) for record in self.records()))
    @rule(data=st.data(), decision=st.sampled_from(sorted(requests.DECISIONS)))
    def uscis_decides(self, data, decision):
        record = data.draw(st.sampled_from([each for each in self.records() if requests.requests(each)])).copy()
        request = data.draw(st.sampled_from(requests.requests(record)))
        if request.status in requests.DECISIONS[decision]:
            requests.decide(record, request.reference, decision, date(2030, 6, 3))
            self.steps.append(("keep", record))
            self.keep(self.world, record.copy())

    @rule(day=st.sampled_from(DAYS), data=st.data())
    def the_calendar_looks(self, day, data):
        record = data.draw(st.sampled_from(self.records())).copy()
        instant = datetime.combine(day, time(1), EASTERN)
        if life_cycle.run(record, shipped(), day, instant):
            self.steps.append(("keep", record))
            self.keep(self.world, record.copy())

    @invariant()
    def nobody_is_in_two_statuses(self):
        for record in self.records():
            statuses = record.statuses
            assert set(statuses.values()) <= STATUSES["student"]
            assert len(statuses) == 1 + len(record.levels)
            assert record.level == record.current_level
            often = Counter(statuses.values())
            assert all(often[status] <= 1 for status in OPEN), statuses

    @invariant()
    def dependents_do_not_outlive_the_principal(self):
        for record in self.records():
            statuses = {dependent.status for dependent in record.dependents}
            assert statuses <= STATUSES["student"]
            assert record.standing in OPEN or not statuses & OPEN

    @invariant()
    def a_sevis_id_belongs_to_one_person_for_good(self):
        for record in self.records():
            for sevis_id in (record.sevis_id, *(dependent.sevis_id for dependent in record.dependents)):
                assert self.owners.setdefault(sevis_id, record.sevis_id) == record.sevis_id
            assert len({each.sevis_id for each in record.dependents}) == len(record.dependents)

    def teardown(self):
        """Play the same again: the same outcomes, the same records."""
        world, outcomes = self.fresh(), []
        for number, (kind, *what) in enumerate(self.steps, start=1):
            if kind == "keep":
                self.keep(world, what[0].copy())
            else:
                outcomes.append(self.run(world, *what, number).outcome)
        assert outcomes == self.outcomes
        assert {i: r for i, (r, _) in world.changed.items()} == {i: r for i, (r, _) in self.world.changed.items()}


TestStudents = Students.TestCase
TestStudents.settings = settings(max_examples=30, stateful_step_count=40, deadline=None)
