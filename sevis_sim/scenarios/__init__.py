"""Scenarios: a world and what happens in it, as YAML (design.md §4; scenarios/README.md is for their authors).

=================  ====================================================================
``world``          the pydantic models of what a sandbox begins with: the truth about the shape of the files
``steps``          the models of what is done
``expect``         the models of what must be true then
``model``          `Scenario`: a world with its steps and expectations
``compose``        ``extends``, ``include``, ``variables`` and ``matrix``: from files to scenarios
``relative``       dates that count from the clock or from a program
``checks``         what must agree between the parts of a scenario
``elements``       the XML elements of a create, as records write them
``convert``        organizations and records as the nouns of `sevis_sim.domain`
``load``           from file to `Scenario` or `World`, or to errors with file, line and column
``jsonschema``     the published JSON Schema: ``python -m sevis_sim.scenarios.jsonschema``
=================  ====================================================================

``elements.csv`` lists the elements: ``part`` says whose they are, ``path`` where they stand, ``kind`` what they hold
(``text``, ``date``, ``dollars``, ``boolean``, the name of a code table, or ``any`` for what updates leave behind).

`Scenario` is loaded when it is first asked for: a simulator that plays no steps starts without their models.
"""

from typing import TYPE_CHECKING, Any

from sevis_sim.scenarios.load import (
    ScenarioError,
    Source,
    default_scenario,
    load_scenario,
    load_scenarios,
    load_sources,
    load_world,
    parse_scenario,
)
from sevis_sim.scenarios.world import OrganizationEntry, RecordEntry, World

if TYPE_CHECKING:
    from sevis_sim.scenarios.model import Scenario

__all__ = [
    "OrganizationEntry",
    "RecordEntry",
    "Scenario",
    "ScenarioError",
    "Source",
    "World",
    "default_scenario",
    "load_scenario",
    "load_scenarios",
    "load_sources",
    "load_world",
    "parse_scenario",
]


def __getattr__(name: str) -> Any:
    if name == "Scenario":
        from sevis_sim.scenarios.model import Scenario

        return Scenario
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
