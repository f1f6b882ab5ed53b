"""What a simulator in a program has loaded when it has started, by names of modules."""

import json
import subprocess
import sys

from support import ROOT

PROGRAM = """
import asyncio, json, sys
import aiohttp
from sevis_sim import Simulator

async def main():
    told = {}
    async with Simulator() as sim, aiohttp.ClientSession() as session:
        told["started"] = sorted(sys.modules)
        for name, path in (("healthy", "/readyz"), ("asked", "/api/v1/clock")):
            async with session.get(sim.control_url + path) as answer:
                assert answer.status == 200, await answer.text()
            told[name] = sorted(sys.modules)
    print(json.dumps(told))

asyncio.run(main())
"""


def test_rules_forms_expectations_and_the_control_api_are_loaded_when_they_are_needed():
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    told = {name: set(modules) for name, modules in json.loads(done.stdout).items()}
    api = {"sevis_sim.control.routes", "sevis_sim.control.models", "sevis_sim.control.openapi"}
    late = {"reportlab", "xmlschema", "sevis_sim.events", "sevis_sim.processing.night", "concurrent.futures.process"}
    judged = {"sevis_sim.scenarios.steps", "sevis_sim.scenarios.expect", "sevis_sim.journal.expectations"}
    assert not told["started"] & (api | late | judged)
    assert not told["healthy"] & (api | late | judged)
    assert api <= told["asked"]
    assert not told["asked"] & late
