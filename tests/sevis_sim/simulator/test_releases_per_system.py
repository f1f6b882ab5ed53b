"""A running simulator whose systems keep to different releases of the schemas."""

import pytest
from schema_variants import alpha, variant
from support import sample, upload, with_batch

from sevis_sim import Simulator
from sevis_sim.faults import FaultError
from sevis_sim.schemas.importing import import_release
from sevis_sim.settings import Settings
from sevis_sim.simulator import SimulatorError
from sevis_sim.simulator.releases import chosen_releases

STUDENT = "Create-UpdateStudent.xsd"
ISSUE = '<xs:element name="IssueReason" type="table:StudentCreationReason"/>'
DOCUMENT = sample("two-students.xml")
SHORTER = DOCUMENT.replace(b"<IssueReason>I</IssueReason>", b"")
NOON = "2026-03-06T12:00-05:00"


@pytest.fixture
def data(tmp_path):
    """A data folder with a release of alpha in which IssueReason may be left out."""
    looser = variant(tmp_path / "looser", (STUDENT, ISSUE, ISSUE.replace("/>", ' minOccurs="0"/>')))
    import_release(alpha(tmp_path / "alpha", looser), tmp_path / "data", "my-7.0")
    return tmp_path / "data"


async def test_each_system_judges_uploads_by_its_own_release(data):
    assert SHORTER != DOCUMENT
    settings = Settings(port=0, control_port=0, clock=NOON, data_dir=data, releases={"alpha": "my-7.0"})
    async with Simulator(settings) as sim:
        codes = [
            (await upload(sim, with_batch(document, f"BATCH00000000{number}"), system=system)).code
            for number, (document, system) in enumerate(
                [(SHORTER, "production"), (SHORTER, "alpha"), (DOCUMENT, "production"), (DOCUMENT, "alpha")]
            )
        ]
    assert codes == ["S0013", "S0000", "S0000", "S0000"]


async def test_a_folder_of_alpha_files_serves_every_system_without_a_release_of_its_own(data, tmp_path):
    settings = Settings(port=0, control_port=0, clock=NOON, data_dir=data, schemas=tmp_path / "alpha")
    async with Simulator(settings) as sim:
        assert (await upload(sim, SHORTER, system="production")).code == "S0000"


def test_systems_with_the_same_release_share_it(data):
    chosen = chosen_releases(Settings(releases={"alpha": "my-7.0", "beta": "my-7.0"}), data)
    assert chosen["alpha"] is chosen["beta"]
    assert chosen["production"] is not chosen["alpha"]
    assert len({id(each) for each in chosen_releases(Settings(), data).values()}) == 1


def test_a_release_that_is_not_there_is_told_with_the_setting(data):
    with pytest.raises(
        SimulatorError, match=r"releases\.beta: there is no schema release 'x' \(there are: 6\.31, my-7\.0"
    ):
        chosen_releases(Settings(releases={"beta": "x"}), data)


def test_a_folder_without_schemas_is_told_with_the_setting(data, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(SimulatorError, match=r"schemas: .*empty lacks Create-UpdateStudent\.xsd"):
        chosen_releases(Settings(schemas=tmp_path / "empty"), data)


def test_files_that_do_not_compile_are_told_of_at_the_start(tmp_path):
    broken = variant(tmp_path / "broken", (STUDENT, ISSUE, ISSUE.replace("StudentCreationReason", "Nothing")))
    with pytest.raises(SimulatorError, match=r"schemas: .*Create-UpdateStudent\.xsd:\d+: no usable schema"):
        chosen_releases(Settings(schemas=broken), tmp_path)


async def test_files_that_had_to_be_mended_are_noticed_at_the_start(tmp_path):
    source = alpha(tmp_path / "alpha")
    log = source / "SevisTransLog.xsd"
    log.write_text(log.read_text().replace('schemaLocation="SEVISTable.xsd"', 'schemaLocation="Table.xsd"'))
    settings = Settings(port=0, control_port=0, clock=NOON, data_dir=tmp_path / "data", schemas=source)
    async with Simulator(settings) as sim:
        assert [notice for notice in sim.notices if notice.startswith(f"{log}:7: imports the namespace")]
        assert (await upload(sim, DOCUMENT)).code == "S0000"


async def test_a_fault_switches_to_another_release_while_it_is_armed(data):
    settings = Settings(port=0, control_port=0, clock=NOON, data_dir=data)
    async with Simulator(settings) as sim:
        assert (await upload(sim, SHORTER)).code == "S0013"
        await sim.faults.add("upload do=schema-switch:my-7.0")
        assert (await upload(sim, SHORTER)).code == "S0000"
        (entry,) = await sim.journal.query("default", "upload.answered", newest_first=True, limit=1)
        assert "validated with release my-7.0" in str(entry)
        await sim.faults.clear()
        assert (await upload(sim, with_batch(SHORTER, "BATCH000000002"))).code == "S0013"


async def test_a_fault_that_switches_to_a_release_which_is_not_there_says_so(data):
    async with Simulator(Settings(port=0, control_port=0, clock=NOON, data_dir=data)) as sim:
        await sim.faults.add("upload do=schema-switch:my-8.0")
        assert (await upload(sim, DOCUMENT)).code == "S0013"
        (entry,) = await sim.journal.query("default", "upload.answered", newest_first=True, limit=1)
        assert "there is no schema release 'my-8.0' (there are: 6.31, my-7.0)" in str(entry)
        with pytest.raises(FaultError, match=r"'\.\./x' is no name of a release"):
            await sim.faults.add("upload do=schema-switch:../x")
