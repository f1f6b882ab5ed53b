"""Dockerfile and compose file, as far as they can be tried without an engine; .ci/try_dockerfile.py does more."""

import importlib.util
import json
import os
import subprocess
import sys
import tomllib

import pytest
from ruamel.yaml import YAML
from support import ROOT

from sevis_sim.settings import Settings, load_settings


@pytest.fixture(scope="module")
def trial():
    spec = importlib.util.spec_from_file_location("try_dockerfile", ROOT / ".ci" / "try_dockerfile.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def steps(trial):
    return trial.instructions((ROOT / "Dockerfile").read_text())


@pytest.fixture(scope="module")
def compose():
    return YAML(typ="safe").load(ROOT / "docs" / "examples" / "compose.yaml")["services"]


def test_everything_that_the_wheel_is_made_of_is_copied(steps):
    copied = {source for name, rest in steps if name == "COPY" for source in rest.split()[:-1]}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {"pyproject.toml", project["project"]["readme"], *wheel["packages"], *wheel["force-include"]}
    assert copied == needed
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert copied == {line[1:] for line in ignored if line.startswith("!")}


def test_it_runs_as_a_user_that_is_not_root_and_owns_the_data(steps):
    user = dict(steps)["USER"]
    assert user.isdigit()
    assert int(user) > 0
    assert any(name == "RUN" and f"-o {user}" in rest and "/data" in rest for name, rest in steps)
    assert [name for name, _ in steps].index("USER") > max(i for i, (name, _) in enumerate(steps) if name == "RUN")


def test_the_health_check_is_the_command_ready(steps):
    told = dict(steps)
    assert json.loads(told["HEALTHCHECK"].partition(" CMD ")[2]) == ["sevis-sim", "ready"]
    settings = Settings()
    assert told["EXPOSE"].split() == [str(settings.port), str(settings.control_port)]


def test_the_places_of_the_image_are_moved_and_nothing_else(trial, tmp_path):
    moved = trial.here("pip wheel --wheel-dir /wheels /src[udir] /usr/src /data", tmp_path)
    assert moved == f"pip wheel --wheel-dir {tmp_path}/wheels {tmp_path}/src[udir] /usr/src {tmp_path}/data"


def test_the_settings_of_the_compose_file_are_settings(compose):
    variables = {name: str(value) for name, value in compose["sevis"]["environment"].items()}
    variables["SEVIS_SIM_CONTROL_TOKEN"] = "only-for-tests"
    loaded = load_settings(environ=variables)
    assert not loaded.warnings
    assert loaded.settings.server_names == ("sevis",)
    assert compose["client"]["depends_on"]["sevis"]["condition"] == "service_healthy"


def test_the_client_of_the_compose_file_does_its_work(compose, tmp_path):
    """Play both services here: the simulator with its settings, the client with its script."""
    data, away = tmp_path / "data", tmp_path / "away"
    away.mkdir()
    told = {name: str(value) for name, value in compose["sevis"]["environment"].items()}
    told |= {"SEVIS_SIM_CONTROL_HOST": "127.0.0.1", "SEVIS_SIM_SERVER_NAMES": "localhost"}
    told["SEVIS_SIM_CONTROL_TOKEN"] = "only-for-tests"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SEVIS_SIM_")}
    path = {"PATH": f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}"}
    serve = [sys.executable, "-m", "sevis_sim", "serve", "-q", "--data", data, "--port", "0", "--control-port", "0"]
    server = subprocess.Popen(serve, env=kept | told)
    try:
        (away / ".sevis-sim").symlink_to(data)
        ready = [sys.executable, "-m", "sevis_sim", "ready", "--wait"]
        subprocess.run(ready, cwd=away, env=kept, check=True, capture_output=True)
        (script,) = compose["client"]["command"]
        script = script.replace("/data/", f"{data}/").replace("/batches/", f"{ROOT}/scenarios/files/")
        shell = [*compose["client"]["entrypoint"], script]
        environment = kept | path | {"SEVIS_SIM_CONTROL_TOKEN": "only-for-tests"}
        done = subprocess.run(shell, cwd=away, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert (away / "result.zip").exists()
        assert "BATCH000000003" in done.stdout
    finally:
        server.terminate()
        server.wait()
