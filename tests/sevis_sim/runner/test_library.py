"""The shipped scenarios: well described, without findings, and all as they expect."""

import pytest

from sevis_sim.runner.library import cases, files_in, shipped_files, shipped_folder, sources
from sevis_sim.runner.lint import lint
from sevis_sim.runner.plan import plan
from sevis_sim.runner.suite import run_scenarios
from sevis_sim.scenarios import Scenario, load_sources
from sevis_sim.scenarios.expect import ExpectEntry
from sevis_sim.scenarios.steps import Step, UploadStep

FILES = shipped_files()
FOLDERS = sorted({file.parent for file in FILES})


def files_beside(folder):
    return [file for file in FILES if file.parent == folder]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
async def test_every_shipped_scenario_ends_as_it_expects(folder):
    chosen = [case for case in cases(sources(map(str, files_beside(folder)))) if case.scenario.steps]
    outcomes = await run_scenarios(chosen)
    assert {outcome.name: outcome.problems for outcome in outcomes if outcome.verdict != "passed"} == {}
    assert len(outcomes) == len(chosen) > 0


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_shipped_scenario_is_described_and_nothing_is_found_in_it(file):
    for source in load_sources(file):
        assert [str(each) for each in lint(source)] == []
        scenario = source.scenario
        assert scenario.summary
        if scenario.steps:
            assert scenario.proves
            assert scenario.source
            assert scenario.tags
            assert plan(scenario).problems == []


def test_there_are_at_least_sixty_and_their_names_are_unique():
    names = [source.scenario.scenario for _, source in sources(map(str, FILES))]
    assert len(names) == len(set(names)) >= 60


def test_parts_and_files_of_a_library_are_no_scenarios():
    assert all({"parts", "files"}.isdisjoint(file.parts) for file in FILES)
    assert list((shipped_folder() / "parts").glob("*.yaml"))
    assert files_in(shipped_folder() / "time") == files_beside(shipped_folder() / "time")


def test_the_page_for_authors_tells_every_step_and_expectation():
    page = (shipped_folder() / "README.md").read_text(encoding="utf-8")
    for name in (*Step.model_fields, *ExpectEntry.model_fields, *UploadStep.model_fields, *Scenario.model_fields):
        model = next(each for each in (Step, ExpectEntry, UploadStep, Scenario) if name in each.model_fields)
        shown = model.model_fields[name].alias or name
        assert f"`{shown}" in page or f"{shown}:" in page, shown
