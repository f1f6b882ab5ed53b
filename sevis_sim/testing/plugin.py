"""What pytest sees: options, the marker, fixtures, and the journal in the report of a failing test.

One server a worker process, started by the first test that asks for it; one sandbox a test. Workers of pytest-xdist
are processes of their own with free ports of their own, so they never meet.
"""

from collections.abc import Generator, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from sevis_sim.testing.evidence import Evidence, add_evidence
from sevis_sim.testing.wishes import MARKER, OPTIONS, UDIR_MARKER, Wishes, udir_wish_of, wish_of

if TYPE_CHECKING:
    from sevis_sim.settings import Settings
    from sevis_sim.synchronous import LoopThread, SyncSandbox, SyncSimulator
    from sevis_sim.testing.university import SyncUniversity

EVIDENCE = pytest.StashKey[list[Evidence]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add one command-line option and one ini value for each of `wishes.OPTIONS`."""
    group = parser.getgroup("sevis", "sevis-sim: sandboxes of the simulated SEVIS batch interface")
    for name, (metavar, words) in OPTIONS.items():
        group.addoption(f"--sevis-{name}", default=None, metavar=metavar, help=words)
        parser.addini(f"sevis_{name}", words, default="")


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known, for ``--strict-markers`` and ``--markers``."""
    config.addinivalue_line("markers", MARKER)
    config.addinivalue_line("markers", UDIR_MARKER)


@pytest.fixture(scope="session")
def sevis_settings() -> "Settings":
    """The settings of the server: override it in a conftest.py to change limits, switches or profiles."""
    from sevis_sim.settings import Settings

    return Settings(port=0, control_port=0)


@pytest.fixture(scope="session")
def sevis_server(sevis_settings: "Settings") -> "Iterator[SyncSimulator]":
    """The running simulator of this worker process, in memory, in a thread of its own."""
    from sevis_sim.synchronous import SyncSimulator

    with SyncSimulator(sevis_settings, in_memory=True) as server:
        yield server


@pytest.fixture(scope="session")
def sevis_wishes(pytestconfig: pytest.Config) -> Wishes:
    """What command line and ini file ask for; also keeps scenarios that were read already."""
    return Wishes.of(pytestconfig)


@pytest.fixture
def sevis(
    request: pytest.FixtureRequest,
    sevis_server: "SyncSimulator",
    sevis_wishes: Wishes,
    tmp_path_factory: pytest.TempPathFactory,
) -> "Iterator[SyncSandbox]":
    """A fresh SEVIS for this test alone: its own clock (frozen), organizations, certificates, records and journal.

    ``@pytest.mark.sevis(clock=..., scenario=..., seed=..., fidelity=..., switches=...)`` says how it begins.
    """
    from sevis_sim.testing.evidence import SandboxEvidence

    wish = wish_of(request.node, sevis_wishes)
    sandbox = sevis_server.create_sandbox(**wish, folder=tmp_path_factory.mktemp("sevis"))
    kept = request.node.stash.setdefault(EVIDENCE, [])
    evidence = SandboxEvidence(sevis_server, sandbox)
    kept.append(evidence)
    try:
        yield sandbox
    finally:
        kept.remove(evidence)
        sevis_server.delete_sandbox(sandbox)


@pytest.fixture(scope="session")
def udir_loop() -> "Iterator[LoopThread]":
    """The loop in which University Directories run."""
    from sevis_sim.synchronous import LoopThread

    with LoopThread("udir-sim") as thread:
        yield thread


@pytest.fixture
def udir(request: pytest.FixtureRequest, udir_loop: "LoopThread") -> "Iterator[SyncUniversity]":
    """A fresh University Directory for this test alone: HTTPS, watched folder, controls; nothing is kept.

    ``@pytest.mark.udir(clock=..., mode=..., sftp=True)`` says how it begins.
    """
    from sevis_sim.testing.evidence import UniversityEvidence
    from sevis_sim.testing.university import SyncUniversity

    if find_spec("numpy") is None:
        pytest.fail("the fixture udir needs numpy; install it with: pip install 'sevis-sim[udir]'", pytrace=False)
    kept = request.node.stash.setdefault(EVIDENCE, [])
    with SyncUniversity(udir_loop, **udir_wish_of(request.node)) as university:
        evidence = UniversityEvidence(university)
        kept.append(evidence)
        try:
            yield university
        finally:
            kept.remove(evidence)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what happened in the sandboxes of a failing test to its report, while they are still there."""
    report = yield
    if report.failed and (kept := item.stash.get(EVIDENCE, None)):
        add_evidence(report, kept)
    return report
