"""What the outside world tells: facts, decisions, records, withdrawn schools; each leaves a version and an entry."""

from datetime import date

import pytest

from sevis_sim import Simulator
from sevis_sim.domain.records import Record
from sevis_sim.scenarios.load import parse_scenario
from sevis_sim.timeline import outside
from sevis_sim.timeline.outside import OutsideError

STUDENT, CHILD, VISITOR, OTHER = "N9900000001", "N9900000002", "N9900000003", "N9900000004"
SCENARIO = f"""
scenario: outside
clock: "2026-03-06T14:00:00-05:00"
records:
- sevisID: {STUDENT}
  org: ABC214F00012000
  status: INITIAL
  PersonalInfo: {{VisaType: "01"}}
  EducationalInfo: {{PrgStartDate: 2026-03-02, PrgEndDate: 2027-05-20}}
  Dependents: [{{sevisID: {CHILD}, Relationship: "02", BirthDate: 2015-01-01}}]
- {{sevisID: {VISITOR}, org: P-1-12345, status: ACTIVE, PrgStartDate: 2025-08-20, PrgEndDate: 2026-06-30}}
"""


@pytest.fixture
async def world():
    async with Simulator(scenario=parse_scenario(SCENARIO)) as sim:
        yield sim


def stored(sim, sevis_id: str):
    with sim.store.reading() as tx:
        return tx.records.versions("default", "production", sevis_id)


async def kinds(sim) -> list[str]:
    return [entry.kind for entry in await sim.journal.query("default", None, {"record": STUDENT})]


async def test_a_fact_makes_a_version_an_entry_and_another_date(world) -> None:
    await outside.tell_facts(world.default, "production", STUDENT, {"arrived": "2026-03-01", "i901Paid": True})
    first, second = stored(world, STUDENT)
    assert first.record.facts == {}
    assert second.record.facts == {"arrived": "2026-03-01", "i901Paid": True}
    assert second.record.history[-1].event == f"Outside facts: {STUDENT}: arrived 2026-03-01, i901Paid true"
    assert await kinds(world) == ["facts.told"]
    assert await world.clock.advance("2026-04-03T00:00-04:00") == [
        "life cycle of 2026-04-02 (production): 2 student-no-show"
    ]


async def test_a_fact_that_is_known_already_writes_nothing(world) -> None:
    await outside.tell_facts(world.default, "production", STUDENT, {"arrived": True})
    await outside.tell_facts(world.default, "production", STUDENT, {"arrived": "true"})
    assert len(stored(world, STUDENT)) == 2


async def test_a_fact_can_be_taken_back(world) -> None:
    await outside.tell_facts(world.default, "production", STUDENT, {"arrived": True})
    record = await outside.tell_facts(world.default, "production", STUDENT, {"arrived": None, "transferIn": None})
    assert record.facts == {}


async def test_facts_of_a_dependent_are_kept_with_the_dependent(world) -> None:
    record = await outside.tell_facts(world.default, "production", CHILD, {"arrived": True})
    assert (record.facts, record.dependents[0].facts) == ({}, {"arrived": True})


@pytest.mark.parametrize(
    ("sevis_id", "facts", "message", "field", "missing"),
    [
        ("N9999999999", {}, "production has no record of N9999999999", "sevis_id", True),
        (STUDENT, {"arived": True}, r"unknown fact 'arived' \(did you mean 'arrived'\?\)", "arived", False),
        (STUDENT, {"arrived": "soon"}, "'soon' stands here; arrived is true, false or a day", "arrived", False),
        (CHILD, {"transferIn": True}, "'transferIn' is no fact of a dependent", "transferIn", False),
        (VISITOR, {"transferIn": True}, "'transferIn' is no fact of exchangeVisitor records", "transferIn", False),
    ],
)
async def test_what_cannot_be_told_is_refused(world, sevis_id, facts, message, field, missing) -> None:
    with pytest.raises(OutsideError, match=message) as refused:
        await outside.tell_facts(world.default, "production", sevis_id, {"visaIssued": True} | facts)
    assert (refused.value.field, refused.value.missing) == (field, missing)
    assert len(stored(world, STUDENT)) == 1


async def test_a_decision_ends_the_waiting_of_a_request(world) -> None:
    request = {"StartDate": "2026-06-01", "EndDate": "2026-12-01", "Status": "REQUESTED", "RequestDate": "2026-03-01"}
    added = Record(OTHER, "ABC214F00012000", "student", "ACTIVE", {"OPTEmployment": [request]})
    await outside.add_records(world.default, "production", [added])
    await outside.decide(
        world.default, "production", OTHER, "OPTEmployment", "approved", start=date(2026, 6, 15), on=date(2026, 3, 5)
    )
    kept = stored(world, OTHER)[-1].record.data["OPTEmployment"][0]
    assert (kept["Status"], kept["ApprovedStartDate"], kept["DecisionDate"]) == ("APPROVED", "2026-06-15", "2026-03-05")
    entries = await world.journal.query("default", None, {"record": OTHER})
    assert [entry.summary for entry in entries] == [
        f"{OTHER} added to ABC214F00012000, ACTIVE",
        f"OPTEmployment[1] of {OTHER}: APPROVED on 2026-03-05",
    ]
    with pytest.raises(OutsideError, match=r"no request OPTEmployment; it has OPTEmployment\[1\] \(APPROVED\)"):
        await outside.decide(world.default, "production", OTHER, "OPTEmployment", "denied")


async def test_a_change_of_status_is_decided_as_a_fact(world) -> None:
    record = await outside.decide(world.default, "production", VISITOR, "ChangeOfStatus", "pending")
    assert record.facts == {"changeOfStatus": "pending"}


@pytest.mark.parametrize(
    ("sevis_id", "request_name", "decision", "message"),
    [
        (STUDENT, "OPT", "approved", "'OPT' is no request; expected OPTEmployment"),
        (STUDENT, "OPTEmployment", "granted", "'GRANTED' is no decision; expected PENDING"),
        (STUDENT, "ChangeOfStatus", "granted", "'granted' stands here; changeOfStatus is pending or approved"),
        (CHILD, "OPTEmployment", "approved", f"{CHILD} is a dependent of {STUDENT}"),
    ],
)
async def test_decisions_that_cannot_be_are_refused(world, sevis_id, request_name, decision, message) -> None:
    with pytest.raises(OutsideError, match=message):
        await outside.decide(world.default, "production", sevis_id, request_name, decision)


async def test_a_sevis_id_that_is_taken_is_refused(world) -> None:
    with pytest.raises(OutsideError, match=f"{CHILD} is somebody's SEVIS ID already"):
        added = Record(CHILD, "ABC214F00012000", "student", "ACTIVE")
        await outside.add_records(world.default, "production", [added])


async def test_a_record_of_an_unknown_organization_is_refused(world) -> None:
    with pytest.raises(OutsideError, match="there is no organization 'ABC214F99999999'") as refused:
        added = Record(OTHER, "ABC214F99999999", "student", "ACTIVE")
        await outside.add_records(world.default, "production", [added])
    assert refused.value.missing


async def test_a_withdrawn_school_stays_withdrawn_after_a_restart(tmp_path) -> None:
    async with Simulator(scenario=parse_scenario(SCENARIO), data_dir=tmp_path) as sim:
        await outside.set_active(sim.default, "ABC214F00012000", False)
        assert stored(sim, STUDENT)[-1].record.status == "INITIAL"
    async with Simulator(scenario=parse_scenario(SCENARIO), data_dir=tmp_path) as sim:
        with sim.store.reading() as tx:
            assert not tx.organizations.get("default", "ABC214F00012000").active


async def test_sevp_ends_the_records_of_a_withdrawn_school(world) -> None:
    await outside.set_active(world.default, "ABC214F00012000", False, end_records=True)
    record = stored(world, STUDENT)[-1].record
    assert (record.status, record.dependents[0].status) == ("TERMINATED", "TERMINATED")
    assert record.data["Termination"] == {"Reason": "25"}
    assert stored(world, VISITOR)[-1].record.status == "ACTIVE"
    assert await kinds(world) == ["record.changed", "record.changed"]
    assert await world.clock.plan("2026-06-01T00:00-04:00") == []


async def test_records_do_not_end_with_an_active_school(world) -> None:
    with pytest.raises(OutsideError, match="send active: false"):
        await outside.set_active(world.default, "ABC214F00012000", True, end_records=True)


async def test_programs_play_the_outside_world_too(world) -> None:
    assert await world.records.get("N9999999999") is None
    assert (await world.records.tell(CHILD, arrived=date(2026, 3, 1))).dependents[0].facts == {"arrived": "2026-03-01"}
    await world.records.decide(VISITOR, "ChangeOfStatus", "approved")
    await world.records.add(Record(OTHER, "ABC214F00012000", "student", "ACTIVE"))
    await world.records.withdraw("ABC214F00012000", end_records=True)
    await world.records.activate("ABC214F00012000")
    assert (await world.records.get(CHILD)).status == "TERMINATED"
    assert (await world.records.get(OTHER)).status == "TERMINATED"
    assert (await world.records.get(VISITOR)).facts == {"changeOfStatus": "approved"}


async def canceled(sim) -> None:
    """Let the calendar cancel the student on 2 May 2026, 01:00."""
    await sim.clock.advance("2026-05-02T01:00-04:00")
    assert (await sim.records.get(STUDENT)).status == "CANCELED"


async def test_a_cancellation_is_undone_within_15_days_and_the_calendar_leaves_it_alone(world) -> None:
    await canceled(world)
    await world.clock.advance("2026-05-17T23:59-04:00")
    record = await world.records.correct(STUDENT, "INITIAL")
    assert (record.status, record.dependents[0].status) == ("INITIAL", "INITIAL")
    assert record.history[-1].event == "Correction in RTI: CANCELED to INITIAL"
    await world.clock.advance("2026-08-01T00:00-04:00")
    assert (await world.records.get(STUDENT)).status == "INITIAL"
    [entry] = await world.journal.query("default", "record.corrected")
    assert entry.summary == f"{STUDENT}: CANCELED corrected to INITIAL in RTI"


async def test_a_cancellation_is_not_undone_after_15_days_but_becomes_a_termination(world) -> None:
    await canceled(world)
    await world.clock.advance("2026-05-18T00:00-04:00")
    with pytest.raises(OutsideError, match="CANCELED since 2026-05-02: it can become INITIAL for 15 days only"):
        await world.records.correct(STUDENT, "INITIAL")
    assert (await world.records.correct(STUDENT, "TERMINATED", "by mistake")).status == "TERMINATED"


async def test_an_invalid_visitor_is_initial_again_unless_arrived(world) -> None:
    visitor = Record(OTHER, "P-1-12345", "exchangeVisitor", "INVALID", facts={"arrived": True})
    await world.records.add(visitor)
    with pytest.raises(OutsideError, match="INVALID cannot become INITIAL with port-of-entry data"):
        await world.records.correct(OTHER, "INITIAL")
    await world.records.tell(OTHER, arrived=None)
    assert (await world.records.correct(OTHER, "INITIAL")).status == "INITIAL"


@pytest.mark.parametrize(
    ("sevis_id", "status", "message"),
    [
        (STUDENT, "TERMINATED", "INITIAL cannot become TERMINATED in RTI; it can become nothing else"),
        (VISITOR, "INITIAL", "ACTIVE cannot become INITIAL in RTI"),
        (CHILD, "INITIAL", f"{CHILD} is a dependent of {STUDENT}"),
    ],
)
async def test_what_rti_cannot_undo_is_refused(world, sevis_id, status, message) -> None:
    with pytest.raises(OutsideError, match=message):
        await world.records.correct(sevis_id, status)
