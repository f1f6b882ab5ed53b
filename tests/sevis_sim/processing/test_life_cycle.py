"""The life cycle in a running simulator: scenario records and batches get their dates, and the clock keeps them."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import sample, upload

from sevis_sim import Simulator
from sevis_sim.domain.records import Dependent, Record
from sevis_sim.sandbox import LIFE_CYCLE_BEGUN, CutPoints
from sevis_sim.scenarios.load import parse_scenario

SCENARIO = """
scenario: life-cycle
clock: "2026-03-06T14:00:00-05:00"
{more}
records:
- sevisID: N9900000001
  org: ABC214F00012000
  status: INITIAL
  PersonalInfo: {{VisaType: "01"}}
  EducationalInfo: {{PrgStartDate: 2026-01-20, PrgEndDate: 2027-05-20}}
- sevisID: N9900000002
  org: ABC214F00012000
  status: INITIAL
  facts: {{arrived: 2026-03-01}}
  PersonalInfo: {{VisaType: "01"}}
  EducationalInfo: {{PrgStartDate: 2026-03-02, PrgEndDate: 2027-05-20}}
  Dependents: [{{sevisID: N9900000003, Relationship: "01"}}]
- sevisID: N9900000004
  org: P-1-12345
  status: ACTIVE
  PrgStartDate: 2025-08-20
  PrgEndDate: 2026-03-31
- sevisID: N9900000005
  org: ABC214F00012000
  status: INITIAL
  EducationalInfo: {{PrgStartDate: 2025-08-20, PrgEndDate: 2027-05-20}}
"""


def scenario(more: str = ""):
    return parse_scenario(SCENARIO.format(more=more))


def record(sim, sevis_id: str):
    with sim.store.reading() as tx:
        return tx.records.get("default", "production", sevis_id)


def versions(sim, sevis_id: str):
    with sim.store.reading() as tx:
        return tx.records.versions("default", "production", sevis_id)


async def test_the_plan_shows_and_the_clock_does_what_is_due() -> None:
    async with Simulator(scenario=scenario()) as sim:
        plan = await sim.clock.plan("2026-06-01T00:00-04:00")
        assert plan == [f"the calendar changes 1 record (N990000000{n}) (production)" for n in (1, 4, 2)]
        await sim.clock.advance("2026-03-22T00:59:59-04:00")
        assert record(sim, "N9900000001").status == "INITIAL"
        happened = await sim.clock.advance("2026-03-22T01:00-04:00")
        assert happened == ["life cycle of 2026-03-22 (production): 1 student-canceled"]
        assert record(sim, "N9900000001").status == "CANCELED"
        happened = await sim.clock.advance("2026-06-01T00:00-04:00")
        assert happened == [
            "life cycle of 2026-04-01 (production): 1 visitor-inactive",
            "life cycle of 2026-04-02 (production): 2 student-no-show",
        ]
        ended = record(sim, "N9900000002")
        assert (ended.status, ended.dependents[0].status) == ("TERMINATED", "TERMINATED")
        assert ended.history[-1].event == "No Show - System Termination"
        assert ended.history[-1].instant == "2026-04-02T05:00:00+00:00"
        assert [(v.version, v.record.status) for v in versions(sim, "N9900000002")] == [
            (1, "INITIAL"),
            (2, "TERMINATED"),
        ]
        assert record(sim, "N9900000005").status == "INITIAL", "its day lay before the scenario"
        entries = await sim.journal.query("default", "record.changed", {"record": "N9900000002"})
        assert [entry.summary for entry in entries] == [
            "N9900000002: INITIAL to TERMINATED: No Show - System Termination",
            "N9900000003: INITIAL to TERMINATED: No Show - System Termination",
        ]
        assert await sim.clock.plan("2027-01-01T00:00-05:00") == []


async def test_a_scenario_switches_jobs_and_changes_days_and_the_time_of_day() -> None:
    more = "life_cycle: {all: off, student-canceled: 50, at: '02:30'}"
    async with Simulator(scenario=scenario(more)) as sim:
        assert await sim.clock.advance("2026-03-12T02:29:59-04:00") == []
        assert await sim.clock.advance("2026-06-01T00:00-04:00") == [
            "life cycle of 2026-03-12 (production): 1 student-canceled"
        ]


async def test_a_batch_moves_the_date_of_the_record_that_it_changes(sim) -> None:
    await upload(sim, sample("two-students.xml"))
    await sim.clock.advance("next-business-day 06:00")
    with sim.store.reading() as tx:
        made = [row.record for row in tx.records.list("default", "production")]
        dates = tx.record_dates.get_many("default", "production", [each.sevis_id for each in made])
    assert made
    assert all(dates[each.sevis_id].day is not None for each in made)
    assert all(dates[each.sevis_id].since is None for each in made)


async def test_dates_are_computed_again_when_a_data_directory_is_opened_with_other_days(tmp_path) -> None:
    async with Simulator(scenario=scenario(), data_dir=tmp_path) as sim:
        assert "N9900000001" in "".join(await sim.clock.plan("2026-03-25T00:00-04:00"))
    async with Simulator(scenario=scenario("life_cycle: {student-canceled: 49}"), data_dir=tmp_path) as sim:
        assert await sim.clock.advance("2026-03-25T00:00-04:00") == [
            "life cycle of 2026-03-11 (production): 1 student-canceled"
        ]
        assert record(sim, "N9900000005").status == "INITIAL"


async def test_a_restored_snapshot_has_its_dates_again() -> None:
    async with Simulator(scenario=scenario()) as sim, aiohttp.ClientSession() as http:
        plan = await sim.clock.plan("2026-06-01T00:00-04:00")
        url = f"{sim.control_url}/api/v1/snapshots"
        assert (await http.post(url, json={"name": "before"})).status == 201
        await sim.clock.advance("2026-05-01T00:00-04:00")
        assert await sim.clock.plan("2026-06-01T00:00-04:00") == []
        assert (await http.post(f"{url}/before/restore")).ok
        assert await sim.clock.plan("2026-06-01T00:00-04:00") == plan
        await sim.clock.advance("2026-05-01T00:00-04:00")
        assert record(sim, "N9900000001").status == "CANCELED"


class Killed(BaseException):
    pass


async def test_a_run_that_ends_half_way_goes_on_after_the_restart(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("sevis_sim.processing.life_cycle._AT_ONCE", 1)
    both = SCENARIO.replace("2026-01-20", "2026-01-30").replace("arrived: 2026-03-01", "arrived: false")
    both = both.replace("2026-03-02", "2026-01-30")

    def kill(point: str) -> None:
        if point == LIFE_CYCLE_BEGUN:
            raise Killed

    async with Simulator(scenario=parse_scenario(both.format(more="")), data_dir=tmp_path) as sim:
        sim.default.sandbox.cut = CutPoints(kill)
        with pytest.raises(Killed):
            await sim.clock.advance("2026-04-03T00:00-04:00")
        assert [record(sim, f"N990000000{n}").status for n in (1, 2)] in (
            ["CANCELED", "INITIAL"],
            ["INITIAL", "CANCELED"],
        )
    async with Simulator(scenario=parse_scenario(both.format(more="")), data_dir=tmp_path) as sim:
        await sim.clock.advance("2026-04-03T00:00-04:00")
        assert [record(sim, f"N990000000{n}").status for n in (1, 2)] == ["CANCELED", "CANCELED"]
        assert len(versions(sim, "N9900000001")) == len(versions(sim, "N9900000002")) == 2
        instants = {record(sim, f"N990000000{n}").history[-1].instant for n in (1, 2)}
        assert instants == {"2026-04-01T05:00:00+00:00"}


_START = datetime(2026, 3, 6, 19, tzinfo=UTC)
_people = st.lists(
    st.tuples(
        st.sampled_from(["INITIAL", "ACTIVE"]),
        st.booleans(),
        st.dates(date(2026, 1, 1), date(2026, 9, 1)),
        st.dates(date(2004, 12, 1), date(2006, 3, 1)),
    ),
    min_size=1,
    max_size=4,
)


def _students(people) -> list[Record]:
    return [
        Record(
            f"N990000001{number}",
            "ABC214F00012000",
            "student",
            status,
            {
                "PersonalInfo": {"VisaType": "01"},
                "EducationalInfo": {"PrgStartDate": start.isoformat(), "PrgEndDate": "2026-10-30"},
                "Registration": {"NextSessionStartDate": (start + timedelta(40)).isoformat()},
            },
            [Dependent(f"N990000002{number}", status, {"Relationship": "02", "BirthDate": born.isoformat()})],
            facts={"arrived": arrived},
        )
        for number, (status, arrived, start, born) in enumerate(people)
    ]


async def _lived(people, steps: list[int]):
    """Let records live until 2027, with stops after so many hours; return all versions and what the journal says."""
    async with Simulator(clock=_START.isoformat()) as sim:
        await sim.records.add(*_students(people))
        for hours in sorted(steps):
            await sim.clock.advance(_START + timedelta(hours=hours))
        await sim.clock.advance(datetime(2027, 3, 3, tzinfo=UTC))  # the last of them has turned 21
        found = [versions(sim, each.sevis_id) for each in _students(people)]
        entries = await sim.journal.query("default", None, None, limit=1000)
        told = [
            (entry.instant, entry.summary) for entry in entries if entry.kind in ("record.changed", "life-cycle.ran")
        ]
        assert not [item for item in await sim.clock.plan("2029-01-01T00:00-05:00") if "calendar" in item]
        return found, told


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_people, st.lists(st.integers(1, 7_000), max_size=5))
def test_it_makes_no_difference_in_how_many_steps_time_goes_by(people, steps) -> None:
    assert asyncio.run(_lived(people, [])) == asyncio.run(_lived(people, steps))
