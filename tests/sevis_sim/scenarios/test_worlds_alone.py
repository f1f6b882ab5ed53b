"""`load_world`: what a sandbox begins with, read without steps and expectations where a file has none."""

import json
import subprocess
import sys

import pytest
from support import ROOT

from sevis_sim.scenarios import Scenario, ScenarioError, World, default_scenario, load_scenario, load_world

WORLD = "scenario: x\nclock: 2026-03-06T21:50-05:00\norganizations:\n- {id: P-1-12345}\n"
STEPS = "steps:\n- advance: +1h\n"


def written(folder, text):
    file = folder / "x.yaml"
    file.write_text(text)
    return file


def test_a_file_without_steps_is_a_world_with_all_that_the_scenario_has(tmp_path):
    file = written(tmp_path, WORLD)
    world, scenario = load_world(file), load_scenario(file)
    assert type(world) is World
    assert type(scenario) is Scenario
    assert world.model_dump() == scenario.model_dump(exclude={"steps", "expect"})
    assert world.to_organizations() == scenario.to_organizations()
    assert world.file("y.xml") == scenario.file("y.xml") == tmp_path / "y.xml"


def test_a_file_with_steps_is_a_whole_scenario(tmp_path):
    file = written(tmp_path, WORLD + STEPS)
    assert load_world(file) == load_scenario(file)


def test_of_several_scenarios_one_is_named(tmp_path):
    file = written(tmp_path, "scenario: x\nmatrix: {system: [beta, alpha]}\nsystem: $(system)\n")
    with pytest.raises(ScenarioError, match="stands for 2 scenarios"):
        load_world(file)
    assert load_world(f"{file}#x-alpha").system == "alpha"


@pytest.mark.parametrize(
    "wrong",
    [
        "expct: []\n",
        "record: []\n",
        "records:\n- {sevisID: N9900000001, org: P-1-12345, status: ACTVE}\n",
        "steps:\n- advnce: +1h\n",
        "clock: tomorow\n" + STEPS,
        "[",
    ],
)
def test_what_is_wrong_is_said_as_of_a_whole_scenario(tmp_path, wrong):
    file = written(tmp_path, "scenario: x\norganizations:\n- {id: P-1-12345}\n" + wrong)
    told = []
    for load in (load_world, load_scenario):
        with pytest.raises(ScenarioError) as caught:
            load(file)
        told.append(str(caught.value))
    assert told[0] == told[1] != ""


def test_the_default_scenario_is_read_without_the_models_of_steps():
    program = "import json, sys; from sevis_sim.scenarios import default_scenario; print(default_scenario().scenario); "
    program += "print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    name, modules = done.stdout.splitlines()
    assert name == default_scenario().scenario == "default"
    late = {f"sevis_sim.scenarios.{name}" for name in ("model", "steps", "expect")}
    assert not late & set(json.loads(modules))
