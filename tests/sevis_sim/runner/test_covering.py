"""What scenarios exercise, and which others close the gap."""

from datetime import UTC, datetime

import pytest

from sevis_sim.clock import PROFILES, Calendar
from sevis_sim.runner.coverage import KINDS, closing, coverage, universe
from sevis_sim.runner.library import shipped_folder
from sevis_sim.runner.outcome import ScenarioOutcome, Seen
from sevis_sim.runner.seen import WINDOWS, branches, windows_of
from sevis_sim.runner.suite import Case, run_scenarios
from sevis_sim.scenarios import load_scenarios


async def test_what_is_played_is_noted():
    names = ["first-steps.yaml", "life-cycle.yaml", "faults/rate.yaml"]
    cases = [Case(each) for name in names for each in load_scenarios(shipped_folder() / name)]
    first, life, fault = [outcome.seen for outcome in await run_scenarios(cases, look=True)]
    assert first.dispositions == {"S0000", "S0020", "S0030"}
    assert first.codes == {"S1024"}
    assert first.events == {"CreateStudent"}
    assert first.windows == {"open"}
    assert "SEVISBatchCreateUpdateStudent/CreateStudent/Student/PersonalInfo/FullName/LastName" in first.branches
    assert {"student-no-show", "student-canceled", "visitor-invalid"} <= life.jobs
    assert fault.faults == {"upload:status"}


@pytest.mark.parametrize(
    ("at", "system", "windows"),
    [
        ("2026-03-03T15:00:00+00:00", "production", {"open"}),
        ("2026-03-03T09:00:00+00:00", "production", {"night"}),
        ("2026-03-04T02:59:30+00:00", "production", {"before-cut-off"}),
        ("2026-03-04T03:00:30+00:00", "production", {"at-cut-off"}),
        ("2026-03-04T04:00:00+00:00", "production", {"after-cut-off"}),
        ("2026-03-08T17:00:00+00:00", "production", {"closed", "dst"}),
        ("2026-05-25T15:00:00+00:00", "production", {"holiday"}),
        ("2026-03-03T15:00:00+00:00", "alpha", {"no-window"}),
    ],
)
def test_times_have_names(at, system, windows):
    assert windows_of(datetime.fromisoformat(at).astimezone(UTC), PROFILES[system], Calendar()) == windows
    assert windows <= set(WINDOWS)


def test_everything_that_there_is_can_be_named():
    there = universe()
    assert set(there) == set(KINDS)
    assert all(there.values())
    assert {"S0000", "S0020", "S0031"} <= there["dispositions"]
    assert "UpdateStudent/Registration" in there["events"]
    assert "SEVISBatchCreateUpdateEV/CreateEV/ExchangeVisitor/Biographical/FullName/LastName" in there["branches"]


@pytest.mark.parametrize("name", ["students.xml", "exchange-visitors.xml"])
def test_every_element_of_a_valid_document_is_one_of_the_schema(name):
    document = (shipped_folder() / "files" / name).read_bytes()
    assert set(branches(document)) <= universe()["branches"]
    assert branches(b"<broken") == ()


def played(name, *codes):
    return ScenarioOutcome(name, "", seen=Seen(codes=frozenset(codes)))


def test_the_gap_is_closed_by_few_scenarios():
    mine = coverage([played("mine", "S1001", "not a code")])
    assert mine.covered["codes"] == {"S1001"}
    assert "S1002" in mine.missing["codes"]
    candidates = [
        played("a", "S1002", "S1003"),
        played("b", "S1003", "S1004"),
        played("c", "S1002", "S1003", "S1004", "S1006"),
        played("known", "S1001"),
    ]
    assert [each.name for each in closing(mine.gap, candidates)] == ["c"]
    assert [each.name for each in closing(mine.gap, candidates[:2])] == ["a", "b"]
    assert closing(mine.gap, []) == []
    assert closing(frozenset(), candidates) == []
