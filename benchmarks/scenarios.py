"""The shipped scenarios, all at once on all cores, as ``sevis-sim scenario run`` plays them."""

import asyncio
import os
import time

from benchmarks.timing import report
from sevis_sim.runner.library import cases, shipped_files, sources
from sevis_sim.runner.suite import run_scenarios

_SIXTY, _LIMIT = 60, 30.0


def run() -> None:
    """Play them; the measure is the time of sixty."""
    chosen = [case for case in cases(sources(map(str, shipped_files()))) if case.scenario.steps]
    begin, used = time.perf_counter(), os.times()
    outcomes = asyncio.run(run_scenarios(chosen))
    seconds, now = time.perf_counter() - begin, os.times()
    bad = [outcome.name for outcome in outcomes if outcome.verdict != "passed"]
    if bad:
        raise SystemExit(f"these scenarios do not pass: {', '.join(bad)}")
    processor = now.user + now.system + now.children_user - used.user - used.system - used.children_user
    told = f"{len(outcomes)} scenarios in {seconds:.1f} s, {processor:.1f} s of processor time"
    report(f"{_SIXTY} shipped scenarios", f"{seconds * _SIXTY / len(outcomes):.1f} s", told, f"≤ {_LIMIT:.0f} s")
