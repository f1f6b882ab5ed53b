"""Merges config file, environment and flags into one checked `Settings`, and remembers who said what."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sevis_sim.clock import PROFILES
from sevis_sim.settings import environment
from sevis_sim.settings.environment import CONFIG_VARIABLE, SettingPath
from sevis_sim.settings.model import Settings
from sevis_sim.yamlfile import Document, YamlError, explain, findings, load_file, path_text, quoted, suggestion

CONFIG_FILE = "sevis-sim.yaml"
_MISNAMED = ("sevis-sim.yml", "sevis-sim.toml", "sevis_sim.yaml", ".sevis-sim.yaml")

_NESTED = ("switches", "profiles", "releases", "life_cycle")
_SUBGROUPS = ("rules", *PROFILES)
_LISTS = ("closures", "k12_levels", "server_names")
_PATHS = ("data_dir", "scenario", "env_file", "schemas")
_FLAGS = {"data_dir": "--data"}
"""Flags that are not named after their setting."""

_PASSWORD = re.compile(r"(://[^:/@\s]*):[^@\s]*@")


class SettingsError(Exception):
    """Settings that cannot be used. ``problems`` has one line for each thing that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings with the origin of each: ``default``, ``file PATH:LINE``, ``environment NAME`` or ``flag --NAME``."""

    settings: Settings
    origins: Mapping[str, str]
    """By name: ``port``; settings inside of groups also as ``switches.closed_answer``."""
    warnings: tuple[str, ...] = ()
    """What a user should be told, one line each: variables and files that look like settings and are none."""

    def rows(self) -> list[tuple[str, str, str]]:
        """Return name, value and origin of every setting, for people: passwords are masked."""
        return [
            (
                name,
                "***" if name == "control_token" and value else _PASSWORD.sub(r"\1:***@", _shown(value)),
                self.origins.get(name, "default"),
            )
            for name, value in _leaves(self.settings.model_dump(mode="json"))
        ]


@dataclass(frozen=True, slots=True)
class _Said:
    """A value and who said it."""

    value: Any
    origin: str
    blame: str
    """How an error about the value begins: ``sevis-sim.yaml:3:7``, ``SEVIS_SIM_PORT``, ``--port``."""


def load_settings(
    flags: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    config_file: Path | None = None,
) -> Loaded:
    """Load the settings: file < environment < flag.

    Relative paths in a config file start at its folder; those of environment and flags at the current folder.

    Args:
        flags: values by setting name, nested ones with dots (``switches.closed_answer``); None means not given.
        environ: the environment; empty by default.
        config_file: the config file. By default what ``SEVIS_SIM_CONFIG`` names, else ``sevis-sim.yaml`` in the
            current folder if there is one.

    Raises:
        SettingsError: one line for each thing that is wrong, with its place, what stands there and what was expected.

    """
    environ = environ or {}
    config, warnings = _find_config(environ, config_file)
    said: dict[SettingPath, _Said] = {}
    if config is not None:
        said.update(_from_file(config))
    variables, unknown = environment.read(environ)
    for path, (variable, text) in variables.items():
        said[path] = _Said(_split(text) if path[-1] in _LISTS else text, f"environment {variable}", variable)
    said.update(_from_flags(flags or {}))
    return Loaded(_validated(said), _origins(said), (*warnings, *unknown))


def _find_config(environ: Mapping[str, str], given: Path | None) -> tuple[Path | None, list[str]]:
    if given is None and environ.get(CONFIG_VARIABLE, "").strip():
        given = Path(environ[CONFIG_VARIABLE])
        if not given.is_file():
            raise SettingsError([f"{CONFIG_VARIABLE}: there is no file {given}"])
    if given is not None:
        if not given.is_file():
            raise SettingsError([f"--config: there is no file {given}"])
        return given, []
    if Path(CONFIG_FILE).is_file():
        return Path(CONFIG_FILE), []
    misnamed = [name for name in _MISNAMED if Path(name).is_file()]
    return None, [f"{name} is not read; a config file is called {CONFIG_FILE}" for name in misnamed]


def _from_file(path: Path) -> dict[SettingPath, _Said]:
    try:
        document = load_file(path)
    except YamlError as error:
        raise SettingsError([str(problem) for problem in error.problems]) from error
    values = _without_empty(document.value)
    try:
        Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError([str(problem) for problem in explain(error, document, Settings)]) from error
    return {place: _said_in(document, path, place, value) for place, value in _paths(values)}


def _said_in(document: Document, file: Path, place: SettingPath, value: Any) -> _Said:
    position = document.position(place)
    if place[0] in _PATHS and value is not None and not value.startswith("~"):
        value = file.parent / value
    return _Said(value, f"file {file}:{document.key_position(place).line}", f"{file}:{position.line}:{position.column}")


def _without_empty(value: Any) -> Any:
    """Return a file's values without groups in which everything is commented out."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        return value
    kept = {name: each for name, each in value.items() if each is not None or name not in (*_NESTED, *_LISTS)}
    for group in _NESTED:
        if isinstance(kept.get(group), dict):
            kept[group] = {
                name: each for name, each in kept[group].items() if each is not None or name not in _SUBGROUPS
            }
    return kept


def _from_flags(flags: Mapping[str, Any]) -> dict[SettingPath, _Said]:
    said = {}
    known = [".".join(path) for path in environment.setting_variables().values()]
    for name, value in flags.items():
        if name not in known:
            raise SettingsError([f"there is no setting {quoted(name)}{suggestion(name, known)}"])
        if value is not None:
            flag = _FLAGS.get(name, "--" + name.replace("_", "-"))
            said[tuple(name.split("."))] = _Said(value, f"flag {flag}", flag)
    return said


def _validated(said: Mapping[SettingPath, _Said]) -> Settings:
    values: dict[str, Any] = {}
    for path, each in said.items():
        group = values
        for name in path[:-1]:
            group = group.setdefault(name, {})
        group[path[-1]] = each.value
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        problems = [
            f"{_blame(said, found.path)}: {found.message}"
            for detail in error.errors(include_url=False)
            for found in findings(detail, Settings)
        ]
        raise SettingsError(problems) from error


def _blame(said: Mapping[SettingPath, _Said], path: tuple[str | int, ...]) -> str:
    """Return who said the value at a path, or the values below it."""
    for length in range(len(path), 0, -1):
        start = path[:length]
        blamed = [each.blame for place, each in said.items() if place[:length] == start]
        if blamed:
            return ", ".join(blamed)
    return path_text(path)


def _origins(said: Mapping[SettingPath, _Said]) -> dict[str, str]:
    origins = dict.fromkeys(Settings.model_fields, "default")
    for path, each in said.items():
        origins[".".join(path)] = each.origin
    for group in _NESTED:
        within = dict.fromkeys(each.origin for path, each in said.items() if path[0] == group)
        origins[group] = ", ".join(within) or "default"
    return origins


def _paths(values: Mapping[str, Any], above: SettingPath = ()) -> Iterator[tuple[SettingPath, Any]]:
    """Yield every setting of nested values with its place; lists are one setting."""
    for name, value in values.items():
        place = (*above, name)
        if isinstance(value, Mapping):
            yield from _paths(value, place)
        else:
            yield place, value


def _leaves(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for path, value in _paths(values):
        yield ".".join(path), value


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(sorted(map(str, value))) or "none"
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
