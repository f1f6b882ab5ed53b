"""The plugin as pytest runs it, in projects made for the purpose."""

import xml.etree.ElementTree as ElementTree

import pytest

from sevis_sim.testing.wishes import DEFAULT_CLOCK

pytest_plugins = "pytester"

QUIET = ("-q", "-p", "no:cacheprovider", "-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=function")


@pytest.fixture
def project(pytester):
    """A project that knows nothing of this one."""

    def run(*arguments, test="", conftest="", **files):
        pytester.makepyfile(test_project=test)
        pytester.makeconftest(conftest)
        for name, content in files.items():
            (pytester.path / name.replace("__", ".")).write_text(content, encoding="utf-8")
        return pytester.runpytest_inprocess(*QUIET, *arguments)

    return run


def test_each_test_has_a_sandbox_of_its_own_on_one_server(project):
    result = project(
        test="""
        seen = []

        def test_one(sevis):
            seen.append((sevis.name, sevis.port))
            sevis.clock.advance("+3h")

        def test_two(sevis, sevis_server):
            seen.append((sevis.name, sevis.port))
            assert sevis.clock.now().isoformat() == "2026-03-04T15:00:00+00:00"
            assert sevis_server.simulator.tenants.names() == ["default", sevis.name]

        def test_three():
            (one, port), (two, same) = seen
            assert one != two
            assert port == same
        """
    )
    result.assert_outcomes(passed=3)


def test_a_test_begins_as_marker_command_line_and_ini_file_say_in_this_order(project):
    result = project(
        "--sevis-clock=2026-05-01T10:00-04:00",
        "--sevis-seed=5",
        pytest__ini="[pytest]\nsevis_clock = 2026-04-01T10:00-04:00\nsevis_fidelity = strict\nsevis_seed = 4\n",
        test="""
        import pytest
        pytestmark = pytest.mark.sevis(seed=8)

        def test_options(sevis):
            assert sevis.clock.now().month == 5
            assert sevis.seed == 8
            assert sevis.aio.sandbox.fidelity == "strict"

        @pytest.mark.sevis(clock="2026-06-01T10:00-04:00", fidelity="lenient", switches={"closed_answer": "S0001"})
        def test_marked(sevis):
            assert sevis.clock.now().month == 6
            assert sevis.seed == 8
            assert sevis.aio.sandbox.fidelity == "lenient"
            assert sevis.aio.sandbox.switches.closed_answer == "S0001"
        """,
    )
    result.assert_outcomes(passed=2)


def test_the_ini_file_holds_where_nobody_else_says(project):
    result = project(
        pytest__ini="[pytest]\nsevis_clock = 2026-04-01T10:00-04:00\nsevis_scenario = own.yaml\n",
        own__yaml="scenario: own\norganizations:\n"
        "  - {id: XYZ214F00099000, kind: school, users: [{id: pdso000009, role: PDSO}], certificate: valid}\n",
        test="""
        def test_it(sevis):
            assert sevis.clock.now().month == 4
            assert [party.org_id for party in sevis.parties] == ["XYZ214F00099000"]
            assert sevis.env["SEVIS_SIM_USER_ID"] == "pdso000009"
        """,
    )
    result.assert_outcomes(passed=1)


def test_a_shipped_scenario_is_found_by_its_name_and_sets_the_clock(project):
    result = project(
        test="""
        import pytest

        @pytest.mark.sevis(scenario="friday-cutoff")
        def test_it(sevis):
            assert sevis.scenario.scenario == "friday-cutoff"
            assert sevis.clock.now().isoformat() == "2026-03-07T02:59:59+00:00"
        """
    )
    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ("clok='x'", "*no argument 'clok'; known: clock, scenario, seed, fidelity, switches; did you mean clock?*"),
        ("clock='tomorrow-ish'", "*clock: *tomorrow-ish*"),
        ("seed='many'", "*'many' is no seed; expected a whole number*"),
        ("seed=-1", "*-1 is no seed*"),
        ("fidelity='rael'", "*no fidelity 'rael'; expected real, strict, lenient*"),
        ("scenario='nowhere'", "*no scenario 'nowhere' in *, and no shipped one*"),
        ("switches={'closed': 'reset'}", "*switches: closed: *known: *closed_answer*"),
        ("'2026-03-06'", "*takes only named arguments: clock, *got '2026-03-06'*"),
    ],
)
def test_a_wish_that_cannot_be_is_one_line(project, mark, said):
    result = project(test=f"import pytest\n\n@pytest.mark.sevis({mark})\ndef test_it(sevis):\n    pass\n")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([said])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_scenario_that_cannot_be_read_is_told_with_line_and_column(project):
    result = project(
        "--sevis-scenario=bad.yaml", bad__yaml="scenario: bad\nrecrods: []\n", test="def test_it(sevis): pass"
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*bad.yaml:2:1: *recrods*records*"])


def test_settings_of_the_server_can_be_overridden(project):
    result = project(
        conftest="""
        import pytest
        from sevis_sim.settings import Settings

        @pytest.fixture(scope="session")
        def sevis_settings():
            return Settings(port=0, control_port=0, upload_limit_mb=3)
        """,
        test="def test_it(sevis_server, sevis): assert sevis_server.simulator.settings.upload_limit_mb == 3",
    )
    result.assert_outcomes(passed=1)


def test_nothing_is_started_or_imported_for_tests_that_do_not_ask(pytester):
    pytester.makepyfile(
        """
        import sys

        def test_it():
            heavy = {"aiohttp", "sqlalchemy", "lxml", "pydantic", "sevis_sim.simulator", "udir_sim"}
            assert not heavy & set(sys.modules)
        """
    )
    result = pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider", "-p", "no:schemathesis")
    result.assert_outcomes(passed=1)


UPLOADS = """
    import requests
    import pytest
    from sevis_sim.resources import folder

    def upload(sevis, batch, **how):
        school = sevis.school()
        files = {"cert": (str(school.cert_file), str(school.key_file)), "verify": str(school.ca_file)}
        fields = {"orgid": school.org_id, "batchid": batch, "userid": school.user_id}
        document = (folder("scenarios") / "files" / "two-students.xml").read_bytes()
        return requests.post(sevis.upload_url(), data=fields, files={"xml": ("b.xml", document)}, **{**files, **how})
"""


def test_the_report_of_a_failing_test_tells_what_happened_and_what_to_do(project):
    result = project(
        "--junitxml=result.xml",
        test=UPLOADS
        + """
    def test_wrong_batch(sevis):
        assert "S0000" in upload(sevis, "OTHER").text

    def test_good(sevis):
        assert "S0000" in upload(sevis, "BATCH000000001").text

    def test_no_certificate(sevis):
        upload(sevis, "BATCH000000001", cert=None).raise_for_status()
        """,
    )
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [
            "*SEVIS: what happened in the test's sandbox*",
            "sandbox *, scenario default, seed 1, clock Wed 2026-03-04 10:00:00 EST",
            "Wed 03-04 10:00:00  upload.answered *S0012: the form says 'OTHER'*",
            "* → Send the same batch ID *",
            "*meanwhile, from clients whose certificate names no sandbox:",
            "*403*",
        ]
    )
    junit = ElementTree.parse("result.xml")
    failures = {case.get("name"): case.findtext("failure") for case in junit.iter("testcase")}
    assert "Send the same batch ID" in failures["test_wrong_batch"]
    assert failures["test_good"] is None
    assert "sandbox" not in failures["test_wrong_batch"].split("meanwhile")[1:]  # nobody else's affairs


def test_a_failure_of_the_test_is_told_even_where_its_sandbox_cannot(project):
    result = project(
        test="""
        def test_it(sevis, sevis_server):
            sevis_server.delete_sandbox(sevis)
            sevis_server.create_sandbox(sevis.name)
            sevis._box = None
            assert False, "the test's own words"
        """
    )
    result.stdout.fnmatch_lines(["*the test's own words*", "cannot be told: SimulatorError: *"])


def test_expectations_that_are_not_met_name_the_nearest_misses(project):
    result = project(
        test=UPLOADS
        + """
    def test_it(sevis):
        upload(sevis, "BATCH000000001")
        sevis.journal.expect("upload.answered", batch="BATCH000000001", code="S0010")
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*not as expected: *", "*nearly: upload.answered *", "*detail.code: expected S0010, found S0000"]
    )


def test_workers_of_xdist_have_servers_of_their_own(pytester):
    pytester.makepyfile(
        UPLOADS
        + """
    from pathlib import Path

    @pytest.mark.parametrize("number", range(8))
    def test_it(sevis, worker_id, number):
        assert "S0000" in upload(sevis, "BATCH000000001").text  # the same ID in every test: no world sees another
        sevis.clock.advance("next-business-day 06:00")
        sevis.journal.expect("batch.processed", exactly=1)
        Path(f"port-{worker_id}-{sevis.port}").touch()

    def test_red(sevis):
        upload(sevis, "OTHER")
        assert False
        """
    )
    result = pytester.runpytest_subprocess(*QUIET, "-n2")
    result.assert_outcomes(passed=8, failed=1)
    result.stdout.fnmatch_lines(["*SEVIS: what happened in the test's sandbox*", "* → Send the same batch ID *"])
    ports = [path.name.split("-")[1:] for path in pytester.path.glob("port-*")]
    assert len({worker for worker, _ in ports}) == len({port for _, port in ports}) == len(ports)


def test_the_markers_are_listed_with_what_they_take(project):
    result = project("--markers", test="")
    result.stdout.fnmatch_lines(["@pytest.mark.sevis(clock=None, scenario=None*", "@pytest.mark.udir(clock=None*"])


def test_a_university_directory_is_there_and_its_journal_is_in_the_report(project):
    pytest.importorskip("numpy", reason="udir needs numpy")
    result = project(
        test="""
        import pytest

        def test_clock(udir):
            assert udir.now().isoformat() == "2026-03-04T15:00:00+00:00"

        @pytest.mark.udir(mode="nonsense")
        def test_mode(udir):
            pass

        def test_red(udir):
            udir.add_fault("upload first=1 do=status:503")
            assert False
        """
    )
    result.assert_outcomes(passed=1, failed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["*there is no mode 'nonsense'; expected *", "*University Directory: what happened*", "*fault.added*"]
    )


def test_the_default_clock_is_one_at_which_all_systems_are_open():
    from sevis_sim import SyncSimulator
    from sevis_sim.domain.systems import SYSTEMS

    with SyncSimulator(clock=DEFAULT_CLOCK) as sim:
        assert all(sim.simulator.default.sandbox.is_open(system) for system in SYSTEMS.values())
