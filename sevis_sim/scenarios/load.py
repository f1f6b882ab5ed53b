"""From file to `Scenario` or `World`, or to errors that name file, line and column."""

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from sevis_sim import resources
from sevis_sim.scenarios.compose import compose
from sevis_sim.scenarios.world import World
from sevis_sim.yamlfile import (
    Document,
    Finding,
    Problem,
    YamlError,
    explain,
    load_file,
    load_text,
    path_text,
    suggestion,
)

if TYPE_CHECKING:
    from sevis_sim.scenarios.model import Scenario

DEFAULT = "default.yaml"
"""The shipped scenario that a simulator starts with when nothing is said."""


class ScenarioError(Exception):
    """A scenario that cannot be used. ``problems`` has one entry for each thing that is wrong, in file order."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


def load_scenario(path: Path | str) -> "Scenario":
    """Read a scenario file. The files that it names are looked for beside it.

    A file with a matrix stands for several scenarios: ``FILE#NAME`` names one of them.

    Raises:
        ScenarioError: it cannot be read, is no YAML, or is no scenario; one line each with file, line and column.

    """
    return load_scenarios(path, one=True)[0]


def load_scenarios(path: Path | str, *, one: bool = False) -> list["Scenario"]:
    """Read all scenarios of a file, in their order: one, or as many as its matrix has; ``FILE#NAME`` only that one.

    Args:
        path: the file.
        one: whether several are an error.

    Raises:
        ScenarioError: as `load_scenario`.

    """
    documents, folder = _documents(path, one=one)
    return [_scenario(document).located(folder) for document in documents]


def load_world(path: Path | str) -> World:
    """Read what a sandbox begins with from a scenario file; as `load_scenario`.

    For whoever plays no steps: a file that has none is read without their models, which take long to load.
    """
    documents, folder = _documents(path, one=True)
    return _world(documents[0]).located(folder)


@dataclass(frozen=True, slots=True)
class Source:
    """A scenario with the document that it was read from, for whoever has more to say of it than the models have."""

    scenario: "Scenario"
    document: Document

    def problem(self, found: Finding) -> Problem:
        """Return something that is wrong with the scenario, with its place in the file."""
        known = found.path[: self.document.depth(found.path)]
        position = self.document.key_position(known) if found.at_key else self.document.position(known)
        return Problem(self.document.file(known), position, path_text(known), found.message)


def load_sources(path: Path | str) -> list[Source]:
    """Read all scenarios of a file with their documents; as `load_scenarios`."""
    documents, folder = _documents(path, one=False)
    return [Source(_scenario(document).located(folder), document) for document in documents]


def parse_scenario(text: str, name: str = "scenario", folder: Path | None = None) -> "Scenario":
    """Read a scenario from a text.

    Args:
        text: the YAML.
        name: what errors call it.
        folder: where the files that it names are looked for; by default the current folder, and then it may neither
            extend nor include others.

    Raises:
        ScenarioError: as `load_scenario`.

    """
    try:
        documents = compose(load_text(text, name), folder)
    except YamlError as error:
        raise ScenarioError(error.problems) from error
    return _scenario(_chosen(documents, "", one=True)[0]).located(folder or Path())


def _documents(path: Path | str, *, one: bool) -> tuple[list[Document], Path]:
    """Return the documents that a path names, and the folder that they stand in."""
    path, wanted = _named(Path(path))
    try:
        documents = compose(load_file(path), path.parent)
    except YamlError as error:
        raise ScenarioError(_with_hint(error.problems, path)) from error
    return _chosen(documents, wanted, one=one), path.parent


def _named(path: Path) -> tuple[Path, str]:
    """Take the name of a scenario from the end of a path."""
    text, separator, name = str(path).rpartition("#")
    return (Path(text), name) if separator and text and not path.exists() else (path, "")


def _chosen(documents: list[Document], wanted: str, *, one: bool) -> list[Document]:
    names = [_name_of(document) for document in documents]
    if wanted:
        if wanted not in names:
            hint = suggestion(wanted, names) or f"; its scenarios: {', '.join(names)}"
            raise ScenarioError([_problem(documents[0], f"there is no scenario {wanted!r} in this file{hint}")])
        return [documents[names.index(wanted)]]
    if one and len(documents) > 1:
        few = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
        said = f"stands for {len(names)} scenarios ({few}); name one of them, as {documents[0].name}#{names[0]}"
        raise ScenarioError([_problem(documents[0], said)])
    return documents


def _name_of(document: Document) -> str:
    return str(document.value.get("scenario", "")) if isinstance(document.value, dict) else ""


def _problem(document: Document, message: str) -> Problem:
    return Problem(document.name, document.key_position(("matrix",)), "", message)


@functools.cache
def default_scenario() -> World:
    """Return the shipped default: one school and one sponsor with an official each, and one certificate for both."""
    return load_world(resources.folder("scenarios") / DEFAULT)


def _world(document: Document) -> World:
    try:
        return World.model_validate(document.value)
    except ValidationError:  # it has steps or expectations, or something is wrong, which is said as of a scenario
        return _scenario(document)


def _scenario(document: Document) -> "Scenario":
    from sevis_sim.scenarios.model import Scenario  # a start has no use for steps and expectations

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
