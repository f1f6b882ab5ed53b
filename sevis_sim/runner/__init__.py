"""Plays scenarios: in a fresh sandbox of a simulator, with a clock of its own, and says whether all is as expected.

================  ==================================================================================
``actor``         `Actor`, who uploads and downloads; the reference client is one (`reference`)
``drafts``        the batch that an upload step means
``world``         one sandbox as steps see it: clock, faults, certificates, snapshots, outside world
``player``        carries out the steps, one after the other
``judge``         looks whether what is expected is so
``outcome``       what came of a scenario, its steps and expectations
``suite``         many scenarios at once in one simulator
``reports``       the outcomes as text, JSON and JUnit XML
``plan``          what will happen when, worked out without doing it (``plan_svg`` draws it)
``lint``          what is wrong with a scenario that only rules and codes can tell
``coverage``      what scenarios exercise, what not, and which others would
``learn``         a scenario learnt from a real result, with invented people
================  ==================================================================================

Steps do not know who performs them: whoever judges a client gives `Player` another `Actor`.
"""

from sevis_sim.runner.actor import Actor, Answer, Credentials, DownloadTask, UploadTask
from sevis_sim.runner.outcome import ScenarioOutcome, StepOutcome
from sevis_sim.runner.reference import ReferenceActor
from sevis_sim.runner.suite import Suite, run_scenarios

__all__ = [
    "Actor",
    "Answer",
    "Credentials",
    "DownloadTask",
    "ReferenceActor",
    "ScenarioOutcome",
    "StepOutcome",
    "Suite",
    "UploadTask",
    "run_scenarios",
]
