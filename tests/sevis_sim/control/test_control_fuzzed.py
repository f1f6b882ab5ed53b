"""The control API against its own OpenAPI document: whatever is asked, the answer is one that it announces."""

import asyncio
import json
import re
import threading

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from sevis_sim import Simulator
from sevis_sim.control import journal
from sevis_sim.control.examples import BODIES
from sevis_sim.control.openapi import PATH_TEXTS, document
from sevis_sim.control.routes import ROUTES

SCHEMA = schemathesis.openapi.from_dict(document())
# The same routes stand below /sandboxes/{sandbox}; a stream never ends, and has tests of its own.
OWN = SCHEMA.exclude(path_regex=r"^/api/v1/sandboxes/\{sandbox\}/.+").exclude(path="/api/v1/events")


@pytest.fixture(scope="module")
def server():
    """A simulator in a thread of its own: schemathesis asks without asyncio. It waits for nothing."""
    patch = pytest.MonkeyPatch()
    patch.setattr(journal, "MAX_WAIT_SECONDS", 0.0)
    loop, ready = asyncio.new_event_loop(), threading.Event()
    sim = Simulator(clock="2026-03-06T14:00-05:00", seed=7)

    def run() -> None:
        loop.run_until_complete(sim.start())
        ready.set()
        loop.run_forever()
        loop.run_until_complete(sim.stop())
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(60)
    yield sim.control_url
    loop.call_soon_threadsafe(loop.stop)
    thread.join(60)
    patch.undo()


@OWN.parametrize()
@settings(
    max_examples=6,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# What a schema can describe and the simulator must refuse all the same: instants, scenarios, names that do not exist.
def test_whatever_is_asked_the_answer_is_as_announced(case, server):
    case.call_and_validate(base_url=server, timeout=30, excluded_checks=[positive_data_acceptance])


def test_the_document_is_openapi_3_1():
    assert document()["openapi"].startswith("3.1")
    found = [f"{list(error.instance_path)}: {error.message}" for error in OPENAPI_31_VALIDATOR.iter_errors(document())]
    assert found == []


def test_every_request_is_documented_with_an_example():
    for route in ROUTES:
        name = route.handler.__name__
        assert route.text.endswith((".", "``")), name
        assert all(parameter in PATH_TEXTS for parameter in re.findall(r"{(\w+)}", route.path)), name
        if route.takes:
            route.takes.model_validate_json(json.dumps(BODIES[name]), strict=True)
    operations = [each for path in document()["paths"].values() for each in path.values()]
    assert len({each["operationId"] for each in operations}) == len(operations)
    for operation in operations:
        assert operation["summary"].endswith((".", ":"))
        assert operation["x-codeSamples"][0]["source"].startswith("curl -s ")
