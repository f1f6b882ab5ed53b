"""What a client goes through: the shipped drills, or any scenarios."""

import functools
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from sevis_sim import resources
from sevis_sim.conformance.errors import ConformError
from sevis_sim.runner.library import files_of, sources
from sevis_sim.scenarios import Scenario, load_scenarios

Flow = Literal["steps", "deliver"]

_LEFT_ALONE = ("upload", "download", "poll", "wait", "advance")
_DRILLS = Path(__file__).with_name("drills")


@dataclass(frozen=True, slots=True)
class Case:
    """One scenario to play."""

    name: str
    """Unique in a run."""
    scenario: Scenario
    file: str
    wanted: str
    """What names it on the command line."""
    flow: Flow = "steps"
    server: str = "valid"
    path: Path = Path()
    """The scenario file."""
    point: str = ""
    """Where its delivery breaks (``cut_points.toml``); blank where it does not."""


@functools.cache
def drills() -> tuple[Case, ...]:
    """Return the drills, in the order of ``drills.toml``; a scenario with a matrix gives several."""
    with Path(__file__).with_name("drills.toml").open("rb") as file:
        rows = tomllib.load(file)
    found = []
    for name, row in rows.items():
        file_name = _DRILLS / f"{row['scenario']}.yaml"
        scenarios = load_scenarios(file_name)
        for each in scenarios:
            variant = each.scenario.removeprefix(row["scenario"]).strip("-") if len(scenarios) > 1 else ""
            full = f"{name}-{variant}" if variant else name
            located = each.located(resources.folder("scenarios"))
            found.append(
                Case(
                    full, located, file_name.name, full, row.get("flow", "steps"), row.get("server", "valid"), file_name
                )
            )
    return tuple(found)


def chosen(names: Sequence[str]) -> list[Case]:
    """Return the cases that names mean: drills, scenario files, folders, shipped scenarios; without any, all drills.

    A name of a drill with variants means all of them; where a drill and a shipped scenario have one name, the drill.

    Raises:
        ConformError: a scenario has no steps.
        ScenarioError: there is no such file or name, or it cannot be used.

    """
    if not names:
        return list(drills())
    found: list[Case] = []
    for name in names:
        meant = [each for each in drills() if each.name == name] or [
            each for each in drills() if each.name.startswith(f"{name}-") and not Path(name).exists()
        ]
        found += meant or _of_scenarios(name)
    unique: dict[str, Case] = {}
    for case in found:
        name, count = case.name, 1
        while name in unique and unique[name].path != case.path:
            count += 1
            name = f"{case.name}-{count}"
        unique.setdefault(name, replace(case, name=name))
    return list(unique.values())


def for_running(cases: Sequence[Case], named: bool) -> list[Case]:
    """Return the cases that can be left to a client that runs by itself.

    Args:
        cases: what was chosen.
        named: whether somebody has named them; then one that cannot is an error.

    Raises:
        ConformError: a case that was named has steps that such a client cannot be asked to do.

    """
    good = [each for each in cases if can_run(each.scenario)]
    odd = [each.name for each in cases if each not in good]
    if odd and (named or not good):
        raise ConformError(
            f"{odd[0]}: a client that runs by itself can go through scenarios of uploads, downloads and time only"
        )
    return [replace(each, flow="deliver") for each in good]


def can_run(scenario: Scenario) -> bool:
    """Whether a scenario can be left to a client: nothing but uploads, downloads and time is in its steps."""
    return any(each.upload is not None for each in scenario.steps) and all(
        each.action in _LEFT_ALONE for each in scenario.steps
    )


def _of_scenarios(name: str) -> list[Case]:
    found = [(file, source.scenario) for file, source in sources(files_of([name]))]
    played = [
        Case(each.scenario, each, file, f"{file}#{each.scenario}" if len(found) > 1 else file, path=Path(file))
        for file, each in found
        if each.steps
    ]
    if not played:
        raise ConformError(f"{name}: the scenario has no steps, so there is nothing to play")
    return played
