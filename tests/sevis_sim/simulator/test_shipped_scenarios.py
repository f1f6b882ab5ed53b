import pytest
from support import download, upload

from sevis_sim import Simulator
from sevis_sim.resources import folder

SCENARIOS = sorted(folder("scenarios").glob("*.yaml"))


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
async def test_a_simulator_starts_with_every_shipped_scenario_and_serves_its_organizations(file):
    async with Simulator(scenario=file) as sim:
        assert sim.parties
        for party in sim.parties:
            assert (await download(sim, "BATCH-NEVER-01", party=party, system="alpha")).code == "S0031"
            sample = sim.sample_for(party)
            if sample is not None:
                assert (await upload(sim, sample.read_bytes(), party=party, system="alpha")).code == "S0000"


async def test_the_variables_name_the_system_of_the_scenario():
    async with Simulator(scenario=folder("scenarios") / "alpha-2016.yaml") as sim:
        values = sim.variables()
        assert "/alphasevisbatch/action/batchUpload" in values["SEVIS_SIM_UPLOAD_URL"]
        assert (values["SEVIS_SIM_ORG_ID"], values["SEVIS_SIM_USER_ID"]) == ("P-1-19833", "esayya9302")


async def test_a_data_directory_keeps_its_seed_and_says_so(tmp_path):
    async with Simulator(clock="2026-03-06T14:00-05:00", seed=7, data_dir=tmp_path):
        pass
    async with Simulator(seed=8, data_dir=tmp_path) as sim:
        assert sim.default.sandbox.seed == 7
        assert sim.notices == ["the data directory keeps its seed 7"]
    async with Simulator(data_dir=tmp_path) as sim:
        assert sim.notices == []


async def test_the_scenario_of_the_life_cycle_does_what_its_remarks_say():
    async with Simulator(scenario=folder("scenarios") / "life-cycle.yaml") as sim:
        happened = [line for step in sim.scenario.steps for line in await sim.clock.advance(step.advance)]
        assert happened == [
            "life cycle of 2026-04-01 (production): 2 student-no-show, 1 visitor-invalid",
            "life cycle of 2026-05-01 (production): 1 student-canceled, 1 visitor-inactive",
            "life cycle of 2026-05-02 (production): 1 student-failure-to-enroll",
            "life cycle of 2026-06-15 (production): 1 student-child-21",
            "life cycle of 2026-07-20 (production): 1 student-completed",
        ]
        ends = {
            "N9904705201": "CANCELED",
            "N9904705202": "TERMINATED",
            "N9904705204": "COMPLETED",
            "N9904705206": "TERMINATED",
            "N9904705207": "INVALID",
            "N9904705208": "INACTIVE",
        }
        assert {sevis_id: (await sim.records.get(sevis_id)).status for sevis_id in ends} == ends
