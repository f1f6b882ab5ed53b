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
