"""A server for each module of tests, and a shell to run commands against it as a user does."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support import ROOT

SEVIS_SIM = [sys.executable, "-m", "sevis_sim"]


class Shell:
    """Runs commands in a folder with the client variables of a running server."""

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        self.folder, self.variables = folder, variables

    def __call__(self, *arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {name: text for name, text in os.environ.items() if not name.startswith("SEVIS_SIM_")}
        environment |= {"PYTHONPATH": str(ROOT)} | self.variables | variables
        done = subprocess.run(
            [*SEVIS_SIM, *map(str, arguments)],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shell")
    serve = [*SEVIS_SIM, "serve", "--port", "0", "--control-port", "0", "--clock", "2026-03-06T14:00-05:00"]
    environment = {name: text for name, text in os.environ.items() if not name.startswith("SEVIS_SIM_")}
    log = (folder / "serve.log").open("w")
    process = subprocess.Popen(
        [*serve, "--env-file", "client.env"],
        cwd=folder,
        env=environment | {"PYTHONPATH": str(ROOT)},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        variables = _variables(process, folder / "client.env")
        yield Shell(folder, variables)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()
        log.close()
    assert "Traceback" not in (folder / "serve.log").read_text()


def _variables(process: subprocess.Popen[bytes], file: Path) -> dict[str, str]:
    """Wait for the file that is written once the server is ready; the end of the process ends the wait."""
    while not file.exists():
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        raise AssertionError((file.parent / "serve.log").read_text())
    lines = (line.removeprefix("export ").partition("=") for line in file.read_text().splitlines())
    return {name: text.strip("'") for name, _, text in lines}
