"""Judges a client: it goes through scenarios in sandboxes of its own, and checks look at what was seen of it.

==================  ===============================================================================
``client_file``     ``client.yaml``: how the client is called, and what its exit codes mean
``command``         runs one of its commands
``actor``           the client as a `runner.Actor`; ``watch`` sees what comes in meanwhile
``cases``           what it goes through: ``drills.toml`` and ``drills/``, or any scenarios
``running``         a client that runs by itself, while the clock moves on
``deliver``         delivers a batch as the client itself decides
``world``           the sandbox of a case, with a server certificate that may be wrong
``transcript``      everything that was done and seen, as plain data
``catalogue``       the checks as data, from ``checks.toml``
``rules``           what all rules share; ``wire_rules``, ``conduct_rules``, ``result_rules``
``judging``         from transcript to findings, with nothing but the transcript
``verdicts``        what came of a check, a case, a run
``suite``           plays cases, several at the same time
``cut_points``      one scenario, broken at each point of its way
``baseline``        failures that are expected
``reports``         text, JSON, JUnit XML; ``html_report`` one page; ``report_schema`` the published schemas
``evidence``        everything in one zip, and judging it again
==================  ===============================================================================
"""

from sevis_sim.conformance.cases import Case, chosen, drills
from sevis_sim.conformance.client_file import ClientFile, client_of, load_client, parse_client
from sevis_sim.conformance.errors import ConformError
from sevis_sim.conformance.judging import judge
from sevis_sim.conformance.suite import ConformSuite, conform
from sevis_sim.conformance.verdicts import CaseReport, Finding, Report

__all__ = [
    "Case",
    "CaseReport",
    "ClientFile",
    "ConformError",
    "ConformSuite",
    "Finding",
    "Report",
    "chosen",
    "client_of",
    "conform",
    "drills",
    "judge",
    "load_client",
    "parse_client",
]
