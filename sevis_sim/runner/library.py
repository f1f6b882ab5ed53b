"""Which scenarios are meant: files, folders, names of shipped ones, chosen by tags and names."""

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from sevis_sim import resources
from sevis_sim.runner.suite import Case
from sevis_sim.scenarios import ScenarioError, Source, load_sources
from sevis_sim.yamlfile import Position, Problem, suggestion

_NO_SCENARIOS = ("files", "parts")
"""Folders of a library whose YAML files are no scenarios."""


def shipped_folder() -> Path:
    """Return the folder of the shipped scenarios."""
    return resources.folder("scenarios")


def shipped_files() -> list[Path]:
    """Return the files of the shipped scenarios."""
    return files_in(shipped_folder())


def files_in(folder: Path) -> list[Path]:
    """Return the scenario files of a folder and those below it, by name."""
    found = [*folder.rglob("*.yaml"), *folder.rglob("*.yml")]
    return sorted(each for each in found if not set(each.relative_to(folder).parts[:-1]) & set(_NO_SCENARIOS))


def files_of(given: Sequence[str]) -> list[str]:
    """Return the files that are meant, each perhaps with ``#NAME``; without any all shipped ones.

    Raises:
        ScenarioError: there is no such file, folder or shipped scenario.

    """
    if not given:
        return [str(each) for each in shipped_files()]
    found: list[str] = []
    for each in given:
        found += _meant(each)
    return list(dict.fromkeys(found))


def _meant(given: str) -> Iterator[str]:
    path = Path(given.partition("#")[0] if not Path(given).exists() else given)
    if path.is_dir():
        yield from (str(each) for each in files_in(path))
        return
    if path.exists():
        yield given
        return
    name, _, one = given.partition("#")
    shipped = {each.stem: each for each in shipped_files()}
    if name in shipped:
        yield f"{shipped[name]}#{one}" if one else str(shipped[name])
        return
    if name.endswith((".yaml", ".yml")) or "/" in name:
        raise ScenarioError([Problem(given, Position(1, 1), "", "there is no such file or folder")])
    in_matrices = {source.scenario.scenario: file for file in shipped.values() for source in load_sources(file)}
    if name in in_matrices:
        yield f"{in_matrices[name]}#{name}"
        return
    hint = suggestion(name, (*shipped, *in_matrices)) or "; see: sevis-sim scenario list"
    raise ScenarioError(
        [Problem(given, Position(1, 1), "", f"there is no such file, folder or shipped scenario{hint}")]
    )


def sources(files: Iterable[str], tags: Sequence[str] = (), name: str | None = None) -> list[tuple[str, Source]]:
    """Return the scenarios of files, of those only the ones that have all tags and a name of a pattern.

    Raises:
        ScenarioError: some cannot be used; one line each, of all files.

    """
    found: list[tuple[str, Source]] = []
    problems: list[Problem] = []
    for file in files:
        try:
            found += [(file.partition("#")[0], source) for source in load_sources(file)]
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return [
        (file, source)
        for file, source in found
        if set(tags) <= set(source.scenario.tags) and (name is None or fnmatchcase(source.scenario.scenario, name))
    ]


def cases(chosen: Iterable[tuple[str, Source]]) -> list[Case]:
    """Return scenarios as a suite plays them."""
    return [Case(source.scenario, file) for file, source in chosen]
