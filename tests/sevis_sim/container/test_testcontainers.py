"""The testcontainers module. No engine is needed: what stands in for one runs `serve` as the image would."""

import os
import re
import shlex
import socket
import subprocess
import sys
import types
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from support import FILES, sample

from sevis_sim.client import SevisClient, from_environment
from sevis_sim.testcontainers import ContainerError, SevisSimContainer

CLI = [sys.executable, "-m", "sevis_sim"]


@dataclass
class Result:
    exit_code: int
    output: bytes


@dataclass
class StandIn:
    """A container in the shape of testcontainers': /data is a folder, each command is run here."""

    image: str
    data: Path
    env: dict = field(default_factory=dict)
    volumes: dict = field(default_factory=dict)
    ports: tuple = ()
    process: subprocess.Popen | None = None
    control: int = 0

    def with_exposed_ports(self, *ports):
        self.ports = ports
        return self

    def with_env(self, name, value):
        self.env[name] = value
        return self

    def with_volume_mapping(self, host, container, mode="ro"):
        self.volumes[container] = (Path(host), mode)
        return self

    def get_docker_client(self):
        return types.SimpleNamespace(host=lambda: "localhost")

    def get_container_host_ip(self):
        return "localhost"

    def environment(self):
        env = dict(self.env, SEVIS_SIM_CONTROL_HOST="127.0.0.1")  # nothing here is to be reached from outside
        for container, (host, _) in self.volumes.items():
            env = {name: value.replace(container, str(host)) for name, value in env.items()}
        return {name: value for name, value in os.environ.items() if not name.startswith("SEVIS_SIM_")} | env

    def start(self):
        with socket.socket() as free:  # the image has 8444 for itself; here another test may have it
            free.bind(("127.0.0.1", 0))
            self.control = free.getsockname()[1]
        serve = ["serve", "--data", str(self.data), "--port", "0", "--control-port", str(self.control)]
        log = (self.data.parent / "log").open("wb")
        with log:
            self.process = subprocess.Popen([*CLI, *serve], env=self.environment(), stdout=log, stderr=log)
        return self

    def variables(self):
        return dict(
            word.split("=", 1) for word in shlex.split((self.data / "sevis-sim.env").read_text()) if "=" in word
        )

    def exec(self, command):
        if command[0] == "cat":
            words = ["cat", re.sub("^/data/", f"{self.data}/", command[1])]
            env = None
        else:
            control = f"http://127.0.0.1:{self.control}"
            words, env = [*CLI, *command[1:]], self.environment() | {"SEVIS_SIM_CONTROL_URL": control}
        done = subprocess.run(words, env=env, capture_output=True, cwd=self.data.parent)
        return Result(done.returncode, done.stdout + done.stderr)

    def get_exposed_port(self, port):
        assert port in self.ports
        url = {8443: "SEVIS_SIM_UPLOAD_URL", 8444: "SEVIS_SIM_CONTROL_URL"}[port]
        return int(re.search(r":(\d+)", self.variables()[url].split("//")[1])[1])

    def get_logs(self):
        return (self.data.parent / "log").read_bytes(), b""

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait()


@pytest.fixture
def engine(tmp_path, monkeypatch):
    """Put the stand-in where testcontainers would be; returns the containers that are made."""
    made = []

    def new(image):
        made.append(StandIn(image, tmp_path / "data"))
        return made[-1]

    package, core = types.ModuleType("testcontainers"), types.ModuleType("testcontainers.core")
    container = types.ModuleType("testcontainers.core.container")
    container.DockerContainer = new
    for module in (package, core, container):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    return made


async def test_a_batch_goes_its_whole_way_through_a_container(engine, tmp_path):
    clock = "2026-03-06T14:00-05:00"
    with SevisSimContainer(clock=clock, seed=7, folder=tmp_path / "copies") as sevis:
        assert engine[0].image == "sevis-sim"
        assert Path(sevis.env["SEVIS_SIM_CLIENT_KEY"]).parent == tmp_path / "copies"
        assert Path(sevis.env["SEVIS_SIM_CLIENT_KEY"]).stat().st_mode & 0o077 == 0
        async with SevisClient.from_settings(from_environment(sevis.env)) as client:
            answer = await client.upload(sample("two-students.xml"), "two-students.xml")
            assert answer.code == "S0000"
            assert "processed" in sevis.command("clock", "advance", "next-business-day")
            result = await client.download(client.org_id, "BATCH000000001", client.user_id)
            assert result.ready
        assert sevis.upload_url("beta").endswith("/sbtsevisbatch/action/batchUpload")
        assert sevis.control_url == sevis.env["SEVIS_SIM_CONTROL_URL"]
        with pytest.raises(ContainerError, match=r"clock advance never ended with 2: .*never"):
            sevis.command("clock", "advance", "never")
        with pytest.raises(ContainerError, match="no system 'gamma'"):
            sevis.download_url("gamma")
    assert engine[0].process.returncode is not None


def test_a_scenario_is_mounted_and_its_system_is_in_the_addresses(engine):
    scenario = FILES.parent / "alpha-2016.yaml"
    with SevisSimContainer(scenario=scenario) as sevis:
        assert engine[0].volumes == {"/scenarios": (scenario.parent, "ro")}
        assert engine[0].env["SEVIS_SIM_SCENARIO"] == "/scenarios/alpha-2016.yaml"
        assert sevis.env["SEVIS_SIM_UPLOAD_URL"] == sevis.upload_url("alpha")
        folder = sevis.folder
    assert not folder.exists()


def test_a_simulator_that_cannot_start_says_why(engine):
    with pytest.raises(ContainerError, match=r"(?s)sevis-sim ready --wait .*ended with 1: .*SEVIS_SIM_FIDELITY"):
        SevisSimContainer(fidelity="rael", seconds=0.5).start()
    assert engine[0].process.returncode is not None


def test_a_container_that_was_not_started_says_so():
    with pytest.raises(ContainerError, match="start it first"):
        SevisSimContainer().command("ready")


def test_without_testcontainers_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "testcontainers", None)
    monkeypatch.setitem(sys.modules, "testcontainers.core.container", None)
    with pytest.raises(ContainerError, match=r"pip install 'sevis-sim\[testcontainers\]'"):
        SevisSimContainer().start()


def test_an_engine_that_does_not_answer_is_told_in_one_line(engine, monkeypatch):
    def nothing(image):
        raise OSError("no such file: docker.sock")

    monkeypatch.setattr(sys.modules["testcontainers.core.container"], "DockerContainer", nothing)
    with pytest.raises(ContainerError, match=r"no container engine answers \(no such file: docker\.sock\); start one"):
        SevisSimContainer().start()


def test_the_stand_in_has_the_shape_of_the_true_one():
    container = pytest.importorskip("testcontainers.core.container", reason="testcontainers is not installed")
    used = {name for name, value in vars(StandIn).items() if callable(value) and not name.startswith("_")}
    assert not used - {"environment", "variables"} - set(dir(container.DockerContainer))
