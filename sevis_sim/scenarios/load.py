"""From file to `Scenario`, or to errors that name file, line and column."""

import functools
from pathlib import Path

from pydantic import ValidationError

from sevis_sim import resources
from sevis_sim.scenarios.model import Scenario
from sevis_sim.yamlfile import Document, Problem, YamlError, explain, load_file, load_text

DEFAULT = "default.yaml"
"""The shipped scenario that a simulator starts with when nothing is said."""


class ScenarioError(Exception):
    """A scenario that cannot be used. ``problems`` has one entry for each thing that is wrong, in file order."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


def load_scenario(path: Path | str) -> Scenario:
    """Read a scenario file. The files that it names are looked for beside it.

    Raises:
        ScenarioError: it cannot be read, is no YAML, or is no scenario; one line each with file, line and column.

    """
    path = Path(path)
    try:
        document = load_file(path)
    except YamlError as error:
        raise ScenarioError(_with_hint(error.problems, path)) from error
    return _scenario(document).located(path.parent)


def parse_scenario(text: str, name: str = "scenario", folder: Path | None = None) -> Scenario:
    """Read a scenario from a text.

    Args:
        text: the YAML.
        name: what errors call it.
        folder: where the files that it names are looked for; the current folder by default.

    Raises:
        ScenarioError: as `load_scenario`.

    """
    try:
        document = load_text(text, name)
    except YamlError as error:
        raise ScenarioError(error.problems) from error
    return _scenario(document).located(folder or Path())


@functools.cache
def default_scenario() -> Scenario:
    """Return the shipped default: one school and one sponsor with an official each, and one certificate for both."""
    return load_scenario(resources.folder("scenarios") / DEFAULT)


def _scenario(document: Document) -> Scenario:
    try:
        return Scenario.model_validate(document.value)
    except ValidationError as error:
        raise ScenarioError(explain(error, document, Scenario)) from error


def _with_hint(problems: list[Problem], path: Path) -> list[Problem]:
    """Say where a shipped scenario is, if that is what was meant by a file that does not exist."""
    shipped = resources.folder("scenarios") / f"{path.stem}.yaml"
    if path.exists() or not shipped.is_file():
        return problems
    return [
        Problem(each.file, each.position, each.path, f"{each.message}; the shipped scenario of that name is {shipped}")
        for each in problems
    ]
