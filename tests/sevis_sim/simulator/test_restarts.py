"""What a data directory keeps from one run to the next, and who may have it."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from support import download, sample, upload

from sevis_sim import Simulator
from sevis_sim.settings import Settings
from sevis_sim.settings.environment import CLIENT_VARIABLES
from sevis_sim.simulator import DataDirectoryError, SimulatorError
from sevis_sim.workspace import DataDirectory

FRIDAY = "2026-03-06T14:00-05:00"
SCENARIO = """
scenario: friday
clock: 2026-03-06T14:00-05:00
organizations:
  - {id: ABC214F00012000, kind: school, users: [{id: pdso000001, role: PDSO}], certificate: valid}
"""


@pytest.fixture
def scenario(tmp_path):
    file = tmp_path / "friday.yaml"
    file.write_text(SCENARIO)
    return file


async def test_a_scenario_does_not_stand_in_the_way_of_a_restart(tmp_path, scenario):
    async with Simulator(scenario=scenario, data_dir=tmp_path / "data") as sim:
        await upload(sim, sample("students.xml"))
        await sim.clock.advance("next-business-day")
        first = (await download(sim, "BATCH000000003")).body
        reached = sim.clock.now()
    async with Simulator(scenario=scenario, data_dir=tmp_path / "data") as sim:
        assert sim.clock.now() == reached
        assert "past the scenario's clock" in sim.notices[0]
        assert (await download(sim, "BATCH000000003")).body == first


async def test_what_the_user_says_of_the_clock_goes_before_the_scenario(tmp_path, scenario):
    said = Settings(data_dir=tmp_path / "data", port=0, control_port=0, clock="2026-04-06T12:00-04:00")
    async with Simulator(said, scenario=scenario) as sim:
        assert sim.clock.now().isoformat() == "2026-04-06T16:00:00+00:00"


async def test_a_clock_told_to_start_before_batches_is_refused_and_a_real_one_runs_ahead(tmp_path):
    async with Simulator(clock="2098-03-07T14:00-05:00", data_dir=tmp_path) as sim:
        await upload(sim, sample("students.xml"), system="alpha")
    with pytest.raises(SimulatorError, match="never moves backward"):
        async with Simulator(clock=FRIDAY, data_dir=tmp_path):
            pass
    async with Simulator(clock="real", data_dir=tmp_path) as sim:
        assert sim.clock.now().year == 2098
        assert "ahead of the wall" in sim.notices[0]
        assert (await upload(sim, sample("students.xml"), system="alpha")).code == "S0010"


async def test_a_damaged_clock_in_the_database_is_told(tmp_path):
    async with Simulator(clock=FRIDAY, data_dir=tmp_path) as sim:
        await sim.store.run(lambda tx: tx.sandboxes.update_clock("default", {"mode": "frozen"}))
    with pytest.raises(SimulatorError, match="clock in the database is damaged"):
        async with Simulator(data_dir=tmp_path):
            pass


@pytest.mark.parametrize("name", ["ca.pem", "ca.key", "client.key", "client.pem"])
async def test_damaged_keys_and_certificates_are_named_with_the_remedy(tmp_path, name):
    async with Simulator(clock=FRIDAY, data_dir=tmp_path):
        pass
    (tmp_path / name).write_text("garbage")
    with pytest.raises(Exception, match=rf"{name}.*delete") as caught:
        async with Simulator(data_dir=tmp_path):
            pass
    assert type(caught.value).__module__.startswith("sevis_sim")
    assert "\n" not in str(caught.value)


async def test_a_damaged_server_certificate_is_replaced(tmp_path):
    async with Simulator(clock=FRIDAY, data_dir=tmp_path):
        pass
    (tmp_path / "server.pem").write_text("garbage")
    async with Simulator(data_dir=tmp_path) as sim:
        assert (await upload(sim, sample("students.xml"))).code == "S0000"


def test_a_folder_is_held_by_one_at_a_time_and_the_other_is_told_by_whom(tmp_path):
    holder = DataDirectory.acquire(tmp_path / "new" / "folder")
    with pytest.raises(DataDirectoryError, match=f"in use by process {os.getpid()};"):
        DataDirectory.acquire(tmp_path / "new" / "folder")
    holder.release()
    DataDirectory.acquire(tmp_path / "new" / "folder").release()
    assert stat.S_IMODE((tmp_path / "new" / "folder").stat().st_mode) == 0o700


def test_a_holder_that_was_killed_holds_nothing(tmp_path):
    code = "import os, sys; from pathlib import Path; from sevis_sim.workspace import DataDirectory\n"
    code += "DataDirectory.acquire(Path(sys.argv[1])); os.abort()"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], timeout=60, capture_output=True)
    assert (tmp_path / "lock").exists()
    DataDirectory.acquire(tmp_path).release()


def test_a_folder_that_is_a_file_or_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataDirectoryError, match="is a file"):
        DataDirectory.acquire(tmp_path / "file")
    with pytest.raises(DataDirectoryError, match="cannot be written"):
        DataDirectory.acquire(tmp_path / "file" / "below")


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_told(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(DataDirectoryError, match="cannot be written"):
        DataDirectory.acquire(tmp_path)
    tmp_path.chmod(0o700)


async def test_a_failed_start_gives_everything_back(tmp_path):
    async with Simulator(clock=FRIDAY) as other:
        with pytest.raises(Exception, match=str(other.port)):
            await Simulator(clock=FRIDAY, data_dir=tmp_path, port=other.port).start()
    async with Simulator(data_dir=tmp_path) as sim:
        assert (await upload(sim, sample("students.xml"))).code == "S0000"


def sourced(file: Path) -> dict[str, str]:
    shown = subprocess.run(
        ["/bin/sh", "-c", '. "$1"; /usr/bin/env', "sh", str(file)],
        env={},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return dict(line.partition("=")[::2] for line in shown.stdout.splitlines() if line.startswith("SEVIS_SIM_"))


@pytest.mark.skipif(not Path("/bin/sh").exists(), reason="no POSIX shell here")
async def test_the_variables_can_be_sourced_and_name_files_that_exist(tmp_path):
    folder = tmp_path / "it's a $folder"
    settings = Settings(data_dir=folder, port=0, control_port=0, env_file=tmp_path / "client.env", clock=FRIDAY)
    async with Simulator(settings) as sim:
        sim.write_environment()
        values = sourced(tmp_path / "client.env")
        assert values == sim.variables() == sourced(folder / "sevis-sim.env")
        files = ("CA", "CLIENT_CERT", "CLIENT_KEY", "CLIENT_P12")
        assert all(Path(values[f"SEVIS_SIM_{name}"]).is_file() for name in files)
        assert stat.S_IMODE((tmp_path / "client.env").stat().st_mode) == 0o600
        powershell = (folder / "sevis-sim.ps1").read_text()
        assert f"$env:SEVIS_SIM_CA = '{tmp_path}/it''s a $folder/ca.pem'" in powershell
        assert powershell.count("$env:") == len(values)
        assert set(values) <= CLIENT_VARIABLES, "else every command would warn of variables that are no settings"


async def test_variables_for_powershell_and_a_place_that_cannot_be_written(tmp_path):
    settings = Settings(data_dir=tmp_path / "d", port=0, control_port=0, env_file=tmp_path / "client.ps1", clock=FRIDAY)
    async with Simulator(settings) as sim:
        sim.write_environment()
        assert (tmp_path / "client.ps1").read_text().startswith("$env:SEVIS_SIM_UPLOAD_URL = 'https://localhost:")
        sim.settings = settings.changed(env_file=tmp_path / "nowhere" / "client.env")
        with pytest.raises(SimulatorError, match=r"cannot be written to .*/nowhere/client\.env"):
            sim.write_environment()


async def test_a_scenarios_organizations_are_the_ones_that_the_variables_name(tmp_path):
    scenario = SCENARIO.replace("ABC214F00012000", "XYZ214F00099000").replace("pdso000001", "pdso000009")
    (tmp_path / "other.yaml").write_text(scenario)
    async with Simulator(scenario=tmp_path / "other.yaml", data_dir=tmp_path / "data") as sim:
        values = sim.variables()
        assert (values["SEVIS_SIM_ORG_ID"], values["SEVIS_SIM_USER_ID"]) == ("XYZ214F00099000", "pdso000009")
        assert "SEVIS_SIM_SPONSOR_ORG_ID" not in values
