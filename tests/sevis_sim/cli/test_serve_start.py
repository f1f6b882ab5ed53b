"""What `serve` has loaded when it is ready, by names of modules; benchmarks/startup.py has the times."""

import json
import os
import ssl
import subprocess
import sys

import pytest
from support import ROOT

from sevis_sim.cli import serve

READY = """
import gc, json, os, signal, sys
from sevis_sim.cli import main, serve

as_usual = serve.collect_as_usual

def ready():
    as_usual()
    told = {"modules": sorted(sys.modules), "thresholds": gc.get_threshold(), "frozen": gc.get_freeze_count()}
    names = ("SSL_CERT_FILE", "PYDANTIC_DISABLE_PLUGINS")
    print(json.dumps(told | {"left": [name for name in names if name in os.environ]}))
    os.kill(os.getpid(), signal.SIGTERM)

serve.collect_as_usual = ready
sys.argv = ["sevis-sim", "serve", "-q", "--port", "0", "--control-port", "0", "--data", sys.argv[1]]
main()
"""

NOT_NEEDED = {
    "the forms": ("reportlab", "sevis_sim.forms.flow", "concurrent.futures.process"),
    "the rules and the night": ("sevis_sim.events", "sevis_sim.processing.night"),
    "explaining schemas": ("xmlschema", "sevis_sim.advice"),
    "the handlers and models of the control API": ("sevis_sim.control.routes", "sevis_sim.control.models"),
    "the steps and expectations of scenarios": ("sevis_sim.scenarios.steps", "sevis_sim.scenarios.expect"),
    "what is expected of the journal": ("sevis_sim.journal.expectations", "sevis_sim.journal.matching"),
    "the logs and zips of answers": ("sevis_sim.results", "sevis_sim.domain.outcomes"),
    "the catalogue of the journal": ("sevis_sim.sandbox.catalogue",),
    "issuing and verifying certificates": ("trustme", "cryptography.hazmat.backends.openssl.backend"),
    "logs and numbers": ("structlog", "prometheus_client"),
    "printing": ("rich",),
    "clients and judges": ("sevis_sim.client", "sevis_sim.runner", "sevis_sim.conformance"),
}


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """What a second start on a data directory tells when it is ready."""
    folder = tmp_path_factory.mktemp("restarted")
    command = [sys.executable, "-c", READY, str(folder / "data")]
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("SEVIS_SIM_", "SSL_CERT_"))}
    for _ in range(2):
        environment = plain | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("what", NOT_NEEDED)
def test_it_is_ready_before_it_has_loaded(ready, what):
    assert not set(NOT_NEEDED[what]) & set(ready["modules"])


def test_the_names_of_what_is_not_loaded_are_those_of_modules(ready):
    present = {"sevis_sim.control.application", "sevis_sim.gateway.application", "cryptography.x509", "sqlalchemy"}
    assert present <= set(ready["modules"])


def test_once_it_is_ready_garbage_is_collected_as_usual_and_the_environment_is_as_before(ready):
    usual = subprocess.run(
        [sys.executable, "-c", "import gc; print(list(gc.get_threshold()))"], capture_output=True, text=True, check=True
    )
    assert ready["thresholds"] == json.loads(usual.stdout)
    assert ready["frozen"] > 0
    assert ready["left"] == []


@pytest.mark.parametrize("before", [None, "/etc/of-the-user.pem"])
def test_the_certificates_of_public_authorities_are_left_out_only_while_it_loads(monkeypatch, before):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    if before is not None:
        monkeypatch.setenv("SSL_CERT_FILE", before)
    with serve._nothing_sought():
        assert ssl.create_default_context().cert_store_stats()["x509_ca"] == 0
        assert os.environ["PYDANTIC_DISABLE_PLUGINS"] == "__all__"
    assert os.environ.get("SSL_CERT_FILE") == before
